"""Guilloche bands, borders and grounds: fine interlaced lines along a line, around a box or all over it.

Every line is a wave between two envelopes; several of them, each a little behind the one before, make a braid. All of
it follows from a seed, within the bounds of `fine_lines`. Nothing leaves the box that is given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cryptostamp.press.marks import Box, Curves, Path
from cryptostamp.press.security.fine_lines import (
    COLOURS,
    SPACING_MM,
    check_line_width,
    check_lines,
    refused,
    two_of,
)
from cryptostamp.press.security.smooth_path import Complex, Draws, Formula, smooth_path

__all__ = ["band", "border", "ground"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Braid:
    """A family of waves along a line of beads: the waves swell and wane with the beads."""

    waves: float
    """In a bead."""
    lines: int
    reach: float
    """The widest deflection, in parts of half the depth."""
    waist: float
    """The narrowest, in parts of the widest."""
    overtone: float
    colour: str

    def deflection(self, line: int, bead: Complex) -> Complex:
        """Return the deflection, -1 to 1, of a line at a phase of the beads (a turn is one bead)."""
        swell = self.waist + (1 - self.waist) * (1 - np.cos(bead)) / 2
        wave = self.waves * bead + 2 * math.pi * line / self.lines
        shape = (np.sin(wave) + self.overtone * np.sin(3 * wave)) / (1 + abs(self.overtone))
        return self.reach * swell * shape


def _braids(
    draws: Draws, bead_mm: float, spacing_mm: float, lines: int | None, colours: tuple[str, str]
) -> tuple[_Braid, _Braid]:
    first, second = colours
    wide, narrow = draws.one_of((1.5, 2.0, 2.5)), draws.one_of((1.0, 1.5))
    count = lines or 2 * max(2, round(bead_mm / (3.2 * wide * spacing_mm)))
    return (
        _Braid(
            waves=wide,
            lines=count,
            reach=1.0,
            waist=draws.between(0.3, 0.5),
            overtone=draws.between(-0.08, 0.08),
            colour=first,
        ),
        _Braid(
            waves=narrow,
            lines=2 * max(1, round(count * 0.4)),
            reach=draws.between(0.55, 0.7),
            waist=draws.between(0.55, 0.8),
            overtone=0.0,
            colour=second,
        ),
    )


def band(
    box: Box,
    *,
    seed: bytes,
    lines: int | None = None,
    width_mm: float = 0.06,
    spacing_mm: float = SPACING_MM,
    colours: Sequence[str] = COLOURS,
    tapered: bool = False,
) -> tuple[Curves, ...]:
    """Return a band of interlaced waves along the longer side of a box.

    `tapered` draws its lines together at both ends; else they run out to the ends. `lines` is for the wider of
    its two families. Raises `InputError` for a box that is too small.
    """
    check_line_width(width_mm)
    check_lines(lines)
    long_mm, deep_mm = max(box.width_mm, box.height_mm), min(box.width_mm, box.height_mm)
    if deep_mm < 1 or long_mm < 2 * deep_mm:
        raise refused(
            f"A band is to fill {box.width_mm:g} x {box.height_mm:g} mm.",
            "box",
            "Give it at least 1 mm, and twice as much length as depth.",
        )
    draws = Draws(seed)
    beads = max(1, round(long_mm / (deep_mm * draws.between(1.3, 1.9))))
    upright = box.height_mm > box.width_mm
    half = deep_mm / 2 - width_mm
    inset = width_mm

    def formula(braid: _Braid, line: int) -> Formula:
        def at(part: Complex) -> tuple[Complex, Complex]:
            ends = 1 - np.cos(math.pi * part) ** 12 if tapered else 1
            along = inset + (long_mm - 2 * inset) * part - long_mm / 2
            across = half * ends * braid.deflection(line, 2 * math.pi * beads * part)
            return (across, along) if upright else (along, across)

        return at

    middle = box.x_mm + box.width_mm / 2, box.y_mm + box.height_mm / 2
    return tuple(
        Curves(
            paths=tuple(
                smooth_path(formula(braid, line), 0, 1, pieces=math.ceil(5 * braid.waves * beads))
                for line in range(braid.lines)
            ),
            origin_mm=middle,
            width_mm=width_mm,
            colour=braid.colour,
        )
        for braid in _braids(draws, long_mm / beads, spacing_mm, lines, two_of(colours))
    )


class _Course:
    """The middle line of a border: straight sides, and corners whose curvature grows and falls smoothly.

    A quarter circle would change the curvature at once, and waves beside it would get a corner there.
    """

    _NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)

    def __init__(self, width_mm: float, height_mm: float, corner_mm: float) -> None:
        """Take the size of the middle line, and how much of each side a corner takes."""
        self.corner_mm = corner_mm / float(self._turn(np.array([1.0 + 0j]))[0].real[0])
        straight = width_mm - 2 * corner_mm, height_mm - 2 * corner_mm
        self.half_mm = width_mm / 2, height_mm / 2
        self.straight_mm = straight
        self.sides_mm = straight[0] + self.corner_mm, straight[1] + self.corner_mm
        self.length_mm = 2 * sum(self.sides_mm)
        self.taken_mm = corner_mm

    def _turn(self, part: Complex) -> tuple[Complex, Complex]:
        """Return x and y of a corner of length 1 after a part of it, from the right to downwards."""
        at = part[:, None] * ((self._NODES + 1) / 2)
        angle = math.pi / 2 * (at - np.sin(2 * math.pi * at) / (2 * math.pi))
        weights = self._WEIGHTS / 2
        return part * (np.cos(angle) @ weights), part * (np.sin(angle) @ weights)

    def at(self, along: Complex) -> tuple[Complex, Complex, Complex, Complex]:
        """Return x, y and the unit normal (outwards) at lengths from the middle of the upper left corner.

        A quarter is: half a corner, a side, half a corner. The four quarters are one, turned.
        """
        x, y = np.empty_like(along), np.empty_like(along)
        out_x, out_y = np.empty_like(along), np.empty_like(along)
        first, second = self.sides_mm
        starts = (0.0, first, first + second, 2 * first + second)
        quarter = np.searchsorted(starts, along.real, side="right") - 1
        for index, start in enumerate(starts):
            chosen = quarter == index
            here = along[chosen] - start
            side = index % 2
            across, down, angle = self._quarter(here, side)
            cos, sin = round(math.cos(math.pi / 2 * index)), round(math.sin(math.pi / 2 * index))
            x[chosen], y[chosen] = cos * across - sin * down, sin * across + cos * down
            normal = np.sin(angle), -np.cos(angle)
            out_x[chosen] = cos * normal[0] - sin * normal[1]
            out_y[chosen] = sin * normal[0] + cos * normal[1]
        return x, y, out_x, out_y

    def _quarter(self, here: Complex, side: int) -> tuple[Complex, Complex, Complex]:
        """Return x, y and the angle of the tangent on the upper side and the halves of its two corners."""
        half_wide, half_high = self.half_mm[side], self.half_mm[1 - side]
        straight, corner = self.straight_mm[side], self.corner_mm
        left, right = here.real < corner / 2, here.real > corner / 2 + straight
        x, y, angle = here - corner / 2 - straight / 2, np.full_like(here, -half_high), np.zeros_like(here)
        for chosen, sign in ((left, -1), (right, 1)):
            into = corner / 2 - here[chosen] if sign < 0 else here[chosen] - corner / 2 - straight
            part = into / corner
            run, fall = self._turn(part)
            x[chosen] = sign * (half_wide - self.taken_mm + corner * run)
            y[chosen] = -half_high + corner * fall
            angle[chosen] = sign * math.pi / 2 * (part - np.sin(2 * math.pi * part) / (2 * math.pi))
        return x, y, angle


def _paced(course: _Course, beads: tuple[int, int]) -> Callable[[Complex], Complex]:
    """Return the phase of the beads along a course: a whole number on each side, the pace changing smoothly."""
    paces = [2 * math.pi * count / side for count, side in zip(beads, course.sides_mm, strict=True)]
    common = sum(paces) / 2

    def phase(along: Complex) -> Complex:
        total = np.zeros_like(along)
        start, before = 0.0, 0.0
        for index in range(4):
            side, pace = course.sides_mm[index % 2], paces[index % 2]
            chosen = along.real >= start
            here = along[chosen] - start
            wobble = np.sin(2 * math.pi * here / side) * side / (2 * math.pi)
            total[chosen] = before + common * here + (pace - common) * (here - wobble)
            start += side
            before += pace * side
        return total

    return phase


def border(
    box: Box,
    *,
    depth_mm: float,
    seed: bytes,
    lines: int | None = None,
    width_mm: float = 0.06,
    spacing_mm: float = SPACING_MM,
    colours: Sequence[str] = COLOURS,
) -> tuple[Curves, ...]:
    """Return a closed band of a given depth along the inside of a box, round its corners without a break.

    Each side has a whole number of beads and each corner the same waist between two. The lines of one half,
    turned by half a turn, are those of the other: an even number of `lines`, in the wider of the two families,
    sees to that. Raises `InputError` for a depth that leaves no sides.
    """
    check_line_width(width_mm)
    check_lines(lines)
    if lines is not None and lines % 2:
        raise refused(f"A border is to have {lines} lines.", "lines", "Choose an even number: its halves are alike.")
    if depth_mm < 0.8 or min(box.width_mm, box.height_mm) < 5 * depth_mm:  # noqa: PLR2004 (mm)
        raise refused(
            f"A border of {depth_mm:g} mm is to run round {box.width_mm:g} x {box.height_mm:g} mm.",
            "depth_mm",
            "Give it at least 0.8 mm, and at most a fifth of the shorter side.",
        )
    draws = Draws(seed)
    course = _Course(box.width_mm - depth_mm, box.height_mm - depth_mm, 1.2 * depth_mm)
    bead_mm = depth_mm * draws.between(1.5, 2.2)
    beads = max(1, round(course.sides_mm[0] / bead_mm)), max(1, round(course.sides_mm[1] / bead_mm))
    phase = _paced(course, beads)
    half = depth_mm / 2 - width_mm
    half_way = sum(beads)

    def formula(braid: _Braid, line: int) -> Formula:
        def at(along: Complex) -> tuple[Complex, Complex]:
            x, y, out_x, out_y = course.at(along)
            off = half * braid.deflection(line, phase(along))
            return x + off * out_x, y + off * out_y

        return at

    middle = box.x_mm + box.width_mm / 2, box.y_mm + box.height_mm / 2
    return tuple(
        Curves(
            paths=tuple(
                smooth_path(formula(braid, line), 0, course.length_mm / 2, pieces=math.ceil(5 * braid.waves * half_way))
                for line in range(braid.lines)
            ),
            origin_mm=middle,
            width_mm=width_mm,
            colour=braid.colour,
            turns=2,
        )
        for braid in _braids(draws, bead_mm, spacing_mm, lines, two_of(colours))
    )


def ground(
    box: Box,
    *,
    seed: bytes,
    spacing_mm: float = 0.4,
    width_mm: float = 0.06,
    colours: Sequence[str] = ("#c3d6dc",),
) -> tuple[Curves, ...]:
    """Return an underprint: long waves across a box, drifting against each other from line to line.

    With two colours neighbouring lines alternate. Raises `InputError` for a box lower than ten lines.
    """
    check_line_width(width_mm)
    first, second = two_of(colours)
    if spacing_mm < 3 * width_mm or box.height_mm < 10 * spacing_mm or box.width_mm < 4:  # noqa: PLR2004 (mm)
        raise refused(
            f"A ground of lines every {spacing_mm:g} mm is to fill {box.width_mm:g} x {box.height_mm:g} mm.",
            "spacing_mm",
            "Set lines at least three widths apart, in a box at least 4 mm wide and ten lines high.",
        )
    draws = Draws(seed)
    swing = min(box.height_mm / 8, 4 * spacing_mm) * draws.between(0.7, 1.0)
    long_waves, short_waves = draws.between(1.2, 2.2), draws.between(3.2, 4.6)
    drift, lean = draws.between(1.5, 3.0), draws.between(0, 2 * math.pi)
    high = box.height_mm - 2 * (swing + width_mm)
    count = int(high / spacing_mm) + 1

    def formula(line: int) -> Formula:
        down = line / (count - 1)

        def at(part: Complex) -> tuple[Complex, Complex]:
            long = np.sin(2 * math.pi * long_waves * part + lean + drift * down)
            short = np.sin(2 * math.pi * short_waves * part - drift * down)
            y = (down - 0.5) * high + swing * (0.7 * long + 0.3 * short)
            return (part - 0.5) * (box.width_mm - 2 * width_mm), y

        return at

    middle = box.x_mm + box.width_mm / 2, box.y_mm + box.height_mm / 2
    paths: list[Path] = [smooth_path(formula(line), 0, 1, pieces=12) for line in range(count)]
    kept = ((paths, first),) if first == second else ((paths[::2], first), (paths[1::2], second))
    return tuple(
        Curves(paths=tuple(chosen), origin_mm=middle, width_mm=width_mm, colour=colour) for chosen, colour in kept
    )
