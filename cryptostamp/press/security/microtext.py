"""Micro-text: letters of 0.2 to 0.3 mm along lines, round frames and along curves, repeated to fill them exactly.

To the eye it is a thin line; under a lens it says the title, the number of the stamp, anything. Document
examiners count letters of 0.15 to 0.3 mm as micro-text (Regula Forensics, glossary, "Microprinting"). A capital
needs about seven dots of height to keep its shape, as in the smallest bitmap typefaces: at 600 dpi that
is 0.3 mm of capital, so micro-text is for plates of 1,200 dpi and more (`least_dpi`, `microtext_warning`).

Letters are set by their advances, without kerning, and spaced so that a whole number of repetitions fills the line.
Straight stretches are one run of letters; round a corner each glyph is a run of its own, turned along
the path, which costs some 12 bytes a glyph in a PDF: on every stamp prefer straight lines.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cryptostamp.errors import InputError
from cryptostamp.press.lettering import Typeface, set_line
from cryptostamp.press.marks import BLACK, CURVE_UNIT_MM, Box, Path, TextRun

__all__ = [
    "MICRO_SIZES_MM",
    "least_dpi",
    "microtext_warning",
    "text_along",
    "text_circle",
    "text_frame",
    "text_line",
]

MICRO_SIZES_MM = (0.2, 0.6)
"""The smallest em that offset holds on coated paper, and the largest that is still read as a line."""
_CAPITAL_DOTS = 7
_TIGHT, _LOOSE = -0.02, 0.5
"""Bounds of what may be added between letters to fill a line, in ems."""


def least_dpi(size_mm: float, typeface: Typeface = Typeface.TEXT) -> int:
    """Return the resolution at which a capital of this em has seven dots of height."""
    return math.ceil(_CAPITAL_DOTS * 25.4 / (size_mm * typeface.cap_height))


def microtext_warning(size_mm: float, dpi: int, typeface: Typeface = Typeface.TEXT) -> str | None:
    """Return a sentence if a device of this resolution cannot print an em so that it is read, else nothing."""
    least = least_dpi(size_mm, typeface)
    if dpi >= least:
        return None
    dots = size_mm * typeface.cap_height * dpi / 25.4
    return (
        f"Micro-text of {size_mm:g} mm has capitals of {dots:.1f} dots at {dpi} dpi and will print as a broken line; "
        f"to be read under a lens it takes {least:,} dpi: a plate for offset, or a digital press of 1,200 dpi or more."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A part of a path: `at` gives x, y and the direction in degrees after a length of it."""

    length_mm: float
    at: Callable[[float], tuple[float, float, float]]
    straight: bool


def _straight(start: tuple[float, float], end: tuple[float, float]) -> _Stretch:
    length = math.dist(start, end)
    run, fall = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    turn = math.degrees(math.atan2(fall, run))
    return _Stretch(
        length_mm=length, at=lambda along: (start[0] + along * run, start[1] + along * fall, turn), straight=True
    )


def _arc(centre: tuple[float, float], radius_mm: float, start_deg: float, sweep_deg: float) -> _Stretch:
    """Return an arc that begins at an angle (0 is up, clockwise) and runs on clockwise, or back."""
    sign = math.copysign(1.0, sweep_deg)

    def at(along: float) -> tuple[float, float, float]:
        angle = math.radians(start_deg) + sign * along / radius_mm
        turn = math.degrees(angle) + (0 if sign > 0 else 180)
        return centre[0] + radius_mm * math.sin(angle), centre[1] - radius_mm * math.cos(angle), turn

    return _Stretch(length_mm=radius_mm * math.radians(abs(sweep_deg)), at=at, straight=False)


def _check(text: str, size_mm: float) -> None:
    low, high = MICRO_SIZES_MM
    if not low <= size_mm <= high:
        raise InputError(
            f"Micro-text is to be set in {size_mm:g} mm.",
            where="size_mm",
            remedy=f"Choose an em from {low} to {high} mm; 0.25 mm is usual.",
        )
    if not text.strip():
        raise InputError("Micro-text has no letters.", where="text", remedy="Give it a title or a serial to repeat.")


def _set(
    text: str, stretches: Sequence[_Stretch], *, size_mm: float, typeface: Typeface, colour: str, closed: bool
) -> tuple[TextRun, ...]:
    """Set as many repetitions as fill the stretches, with what is left over spread between the letters."""
    _check(text, size_mm)
    room = sum(stretch.length_mm for stretch in stretches)
    unit = text.strip() + " "
    placed, unit_mm = set_line(unit, typeface, size_mm, kerned=False, element="micro-text")
    space_mm = unit_mm - placed[-1].x_mm
    over_mm = 0.0 if closed else space_mm  # an open line ends with a letter, not with a space
    count = round((room + over_mm) / unit_mm)
    if count > 1 and (count * unit_mm - over_mm - room) / (count * len(unit)) > -_TIGHT * size_mm:
        count -= 1
    letters = unit * count if closed else (unit * count)[:-1]
    gaps = len(letters) if closed else len(letters) - 1
    tracking = round((room + over_mm - count * unit_mm) / max(gaps, 1), 4)
    if count == 0 or not _TIGHT * size_mm <= tracking <= _LOOSE * size_mm:
        raise InputError(
            f"The micro-text {text.strip()!r} is {unit_mm - space_mm:.1f} mm long in {size_mm:g} mm; its line has "
            f"{room:.1f} mm, which no whole number of repetitions fills.",
            where="micro-text",
            remedy="Shorten the text, or give it a longer line.",
        )
    if len(stretches) == 1 and stretches[0].straight:
        return (_run(letters, *stretches[0].at(0.0), size_mm, typeface, colour, tracking),)
    once = np.array([glyph.x_mm for glyph in placed])
    repeats = (unit_mm + tracking * len(unit)) * np.arange(count)[:, None]
    lefts = (once + tracking * np.arange(len(unit)) + repeats).ravel()[: len(letters)]
    rights = lefts + np.tile(np.diff(once, append=unit_mm), count)[: len(letters)]
    runs: list[TextRun] = []
    for first, last, stretch, along in _split(stretches, lefts, rights):
        held = letters[first:last]
        if held.isspace():
            continue
        if stretch.straight:
            runs.append(_run(held, *stretch.at(along), size_mm, typeface, colour, tracking))
        else:
            half = float(rights[first] - lefts[first]) / 2
            x, y, turn = stretch.at(along + half)
            angle = math.radians(turn)
            corner = x - half * math.cos(angle), y - half * math.sin(angle)
            runs.append(_run(held, *corner, turn, size_mm, typeface, colour, 0.0))
    return tuple(runs)


def _split(
    stretches: Sequence[_Stretch], lefts: npt.NDArray[np.float64], rights: npt.NDArray[np.float64]
) -> Iterator[tuple[int, int, _Stretch, float]]:
    """Split letters into those that lie whole on one straight stretch, and each of the others by itself.

    Yields the first letter, the one after the last, their stretch, and where on it the first begins. A letter
    that reaches over the end of a straight stretch is set as on a curve, in the direction of its middle.
    """
    ends = np.cumsum([stretch.length_mm for stretch in stretches])
    starts = np.concatenate([[0.0], ends[:-1]])
    on = np.minimum(np.searchsorted(ends, (lefts + rights) / 2, side="right"), len(stretches) - 1)
    straight = np.array([stretch.straight for stretch in stretches])
    whole = straight[on] & (lefts >= starts[on] - 1e-9) & (rights <= ends[on] + 1e-9)
    begins = np.flatnonzero(np.concatenate([[True], (on[1:] != on[:-1]) | ~(whole[1:] & whole[:-1])]))
    for first, last in pairwise([*begins.tolist(), len(lefts)]):
        stretch = stretches[on[first]]
        if stretch.straight and not whole[first]:
            stretch = replace(stretch, straight=False)
        yield first, last, stretch, float(lefts[first] - starts[on[first]])


def _run(
    letters: str, x: float, y: float, turn: float, size_mm: float, typeface: Typeface, colour: str, tracking: float
) -> TextRun:
    return TextRun(
        text=letters.rstrip(),
        typeface=typeface,
        size_mm=size_mm,
        x_mm=round(x, 4),
        baseline_mm=round(y, 4),
        tracking_mm=tracking,
        kerned=False,
        colour=colour,
        turn_deg=round((turn + 180) % 360 - 180, 3),
    )


def text_line(
    text: str,
    from_mm: tuple[float, float],
    to_mm: tuple[float, float],
    *,
    size_mm: float = 0.25,
    typeface: Typeface = Typeface.TEXT,
    colour: str = BLACK,
) -> tuple[TextRun, ...]:
    """Return a text repeated along a straight baseline from one point to another.

    Raises `InputError` if it does not fit once, for a size that cannot be printed, and for a missing glyph.
    """
    if math.dist(from_mm, to_mm) < size_mm:
        raise InputError("The line of micro-text has no length.", where="micro-text", remedy="Give it two ends.")
    stretch = _straight(from_mm, to_mm)
    return _set(text, (stretch,), size_mm=size_mm, typeface=typeface, colour=colour, closed=False)


def text_frame(
    text: str,
    box: Box,
    *,
    size_mm: float = 0.25,
    corner_mm: float = 0.6,
    typeface: Typeface = Typeface.TEXT,
    colour: str = BLACK,
) -> tuple[TextRun, ...]:
    """Return a text repeated clockwise round a box, its baseline the sides, round its corners without a gap.

    Capitals stand outside of the box; corners are quarter circles. Raises `InputError` as `text_line` does,
    and for corners that leave no sides.
    """
    if not size_mm <= corner_mm < min(box.width_mm, box.height_mm) / 2:
        raise InputError(
            f"The corners of a frame of micro-text of {size_mm:g} mm are to have a radius of {corner_mm:g} mm "
            f"in a box of {box.width_mm:g} x {box.height_mm:g} mm.",
            where="corner_mm",
            remedy="Choose a radius from the size of the letters to less than half of the shorter side.",
        )
    left, top, right, bottom, r = box.x_mm, box.y_mm, box.right_mm, box.bottom_mm, corner_mm
    stretches = (
        _straight((left + r, top), (right - r, top)),
        _arc((right - r, top + r), r, 0, 90),
        _straight((right, top + r), (right, bottom - r)),
        _arc((right - r, bottom - r), r, 90, 90),
        _straight((right - r, bottom), (left + r, bottom)),
        _arc((left + r, bottom - r), r, 180, 90),
        _straight((left, bottom - r), (left, top + r)),
        _arc((left + r, top + r), r, 270, 90),
    )
    return _set(text, stretches, size_mm=size_mm, typeface=typeface, colour=colour, closed=True)


def text_circle(
    text: str,
    centre_mm: tuple[float, float],
    radius_mm: float,
    *,
    size_mm: float = 0.25,
    inwards: bool = False,
    typeface: Typeface = Typeface.TEXT,
    colour: str = BLACK,
) -> tuple[TextRun, ...]:
    """Return a text repeated round a circle that is its baseline, from the top clockwise, letters outside.

    With `inwards` it runs the other way round, letters inside. Raises `InputError` as `text_line` does, and
    for a circle too small to turn letters on.
    """
    if radius_mm < 3 * size_mm:
        raise InputError(
            f"Micro-text of {size_mm:g} mm is to run round a circle of radius {radius_mm:g} mm.",
            where="radius_mm",
            remedy=f"Choose a radius of at least {3 * size_mm:g} mm.",
        )
    circle = _arc(centre_mm, radius_mm, 0, -360 if inwards else 360)
    return _set(text, (circle,), size_mm=size_mm, typeface=typeface, colour=colour, closed=True)


def text_along(
    text: str,
    path: Path,
    origin_mm: tuple[float, float],
    *,
    size_mm: float = 0.25,
    typeface: Typeface = Typeface.TEXT,
    colour: str = BLACK,
) -> tuple[TextRun, ...]:
    """Return a text repeated along a smooth path, as `Curves` take it, each glyph turned along it.

    Raises `InputError` as `text_line` does. Where the path bends more than letters can follow they overlap.
    """
    numbers = np.asarray(path, dtype=np.float64) * CURVE_UNIT_MM
    pieces = numbers[2:].reshape(-1, 3, 2)
    begins = np.concatenate([numbers[None, :2], pieces[:-1, 2]])
    t = np.linspace(0, 1, 17)[:, None, None]
    spots = (
        (1 - t) ** 3 * begins
        + 3 * t * (1 - t) ** 2 * pieces[:, 0]
        + 3 * t * t * (1 - t) * pieces[:, 1]
        + t**3 * pieces[:, 2]
    )
    line = np.concatenate([spots[:-1].transpose(1, 0, 2).reshape(-1, 2), spots[-1, -1:]]) + np.asarray(origin_mm)
    steps = np.hypot(*np.diff(line, axis=0).T)
    lengths = np.concatenate([[0.0], np.cumsum(steps)])

    def at(along: float) -> tuple[float, float, float]:
        x, y = (float(np.interp(along, lengths, line[:, axis])) for axis in (0, 1))
        near = [along - size_mm / 4, along + size_mm / 4]
        run, fall = (float(np.diff(np.interp(near, lengths, line[:, axis]))[0]) for axis in (0, 1))
        return x, y, math.degrees(math.atan2(fall, run))

    stretch = _Stretch(length_mm=float(lengths[-1]), at=at, straight=False)
    closed = path[:2] == path[-2:]
    return _set(text, (stretch,), size_mm=size_mm, typeface=typeface, colour=colour, closed=closed)
