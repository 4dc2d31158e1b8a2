"""Fine-line relief: a picture that is seen only because the lines of a ground bend or swell.

`relief` is what a medal-ruling machine draws: parallel lines, each lifted by the height of the motif below it, so
that numerals or arms seem to stand out of the paper. `engraving` keeps the lines where they are and makes them
broader where the motif is dark, as an engraver does. Lines never meet: where a motif is too steep for that, it
is lifted less. Marks are curves of cubic pieces, as many as the motif asks for and no more.

Lines take no grey: a halftone screen on top of them would break them up, so they are printed in one
solid ink each. Angle-modulated lines that only a copier shows are not made here; they need calibration on the press.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from cryptostamp.errors import InputError
from cryptostamp.press.marks import CURVE_UNIT_MM, PAPER, Area, Box, Curves, Mark, Path
from cryptostamp.press.raster import draw_marks
from cryptostamp.press.security.fine_lines import check_line_width
from cryptostamp.press.security.smooth_path import TOLERANCE_MM, Draws, hermite_path

__all__ = ["Heights", "engraving", "heights_of", "heights_of_marks", "relief"]

Heights = npt.NDArray[np.float64]
"""(rows, columns) over a box, from 0 (light, low) to 1 (dark, high)."""

_DPI = 305
"""Twelve samples a millimetre: finer than two lines are apart."""
_SAMPLE_MM = 0.05
_LONGEST = 32
"""Samples that one piece of a line may span."""
_STEEPEST = 0.7
"""By how much of their distance two lines may come closer."""


def heights_of(image: Image.Image, *, size_mm: tuple[float, float], blur_mm: float = 0.25) -> Heights:
    """Return the heights of a picture stretched over a box of a size: dark is high, the whole range is used.

    `blur_mm` rounds its edges, so that lines climb them. Raises `InputError` for a picture of one tone.
    """
    size = [max(round(side * _DPI / 25.4), 8) for side in size_mm]
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = Image.alpha_composite(Image.new("RGBA", image.size, PAPER), image.convert("RGBA"))
    grey = image.convert("L").resize((size[0], size[1]), Image.Resampling.LANCZOS)
    dark = 1 - np.asarray(grey, dtype=np.float64) / 255
    reach = blur_mm * _DPI / 25.4
    if reach > 0:
        far = math.ceil(3 * reach)
        bell = np.exp(-0.5 * (np.arange(-far, far + 1) / reach) ** 2)
        bell /= bell.sum()
        for _ in range(2):
            padded = np.pad(dark, ((far, far), (0, 0)), mode="edge")
            dark = np.lib.stride_tricks.sliding_window_view(padded, len(bell), axis=0) @ bell
            dark = dark.T
    low, high = float(dark.min()), float(dark.max())
    if high - low < 0.02:  # noqa: PLR2004 (of 1: a fiftieth of the range is noise)
        raise InputError(
            "The picture for a relief has one tone only: no line would bend.",
            where="relief",
            remedy="Give it a motif with light and dark parts.",
        )
    return np.asarray((dark - low) / (high - low))


def heights_of_marks(marks: Iterable[Mark], box: Box, *, blur_mm: float = 0.25) -> Heights:
    """Return the heights of marks, a numeral or an emblem, drawn in dark colours where they lie in a box."""
    size = round(box.right_mm * _DPI / 25.4), round(box.bottom_mm * _DPI / 25.4)
    image = Image.new("RGB", size, PAPER)
    draw_marks(image, marks, _DPI)
    corner = round(box.x_mm * _DPI / 25.4), round(box.y_mm * _DPI / 25.4)
    return heights_of(image.crop((*corner, *size)), size_mm=(box.width_mm, box.height_mm), blur_mm=blur_mm)


def _refuse_small(box: Box, spacing_mm: float, width_mm: float) -> None:
    if spacing_mm < 1.5 * width_mm or box.height_mm < 10 * spacing_mm or box.width_mm < 2:  # noqa: PLR2004 (mm)
        raise InputError(
            f"A relief of lines every {spacing_mm:g} mm, {width_mm:g} mm wide, is to fill "
            f"{box.width_mm:g} x {box.height_mm:g} mm.",
            where="relief",
            remedy="Set lines at least one and a half widths apart, in a box at least 2 mm wide and ten lines high.",
        )


def _sampled(heights: Heights, across: npt.NDArray[np.float64], down: npt.NDArray[np.float64]) -> Heights:
    """Return heights between the samples; `across` and `down` are parts of the box, 0 to 1, (n,) and (m, n)."""
    rows, columns = heights.shape
    x = np.clip(across * columns - 0.5, 0, columns - 1)
    y = np.clip(down * rows - 0.5, 0, rows - 1)
    left, top = np.minimum(x.astype(int), columns - 2), np.minimum(y.astype(int), rows - 2)
    dx, dy = x - left, y - top
    upper = heights[top, left] * (1 - dx) + heights[top, left + 1] * dx
    lower = heights[top + 1, left] * (1 - dx) + heights[top + 1, left + 1] * dx
    return np.asarray(upper * (1 - dy) + lower * dy)


def _nodes(values: Heights, slopes: Heights) -> npt.NDArray[np.bool_]:
    """Return at which samples of each line a piece must end, for the pieces to stay within the tolerance."""
    lines, samples = values.shape
    kept = np.zeros((lines, samples), dtype=bool)
    kept[:, ::_LONGEST] = True
    unsettled = np.ones((lines, (samples - 1) // _LONGEST), dtype=bool)
    span = _LONGEST
    while span > 1:
        t = np.arange(span + 1) / span
        first, last = values[:, :-1:span, None], values[:, span::span, None]
        out, into = slopes[:, :-1:span, None] * span, slopes[:, span::span, None] * span
        fitted = (1 + 2 * t) * (1 - t) ** 2 * first + t * t * (3 - 2 * t) * last
        fitted = fitted + t * (1 - t) ** 2 * out - t * t * (1 - t) * into
        index = np.arange(0, samples - 1, span)[:, None] + np.arange(span + 1)
        off = np.abs(fitted - values[:, index]).max(axis=2) > TOLERANCE_MM
        unsettled = unsettled & off
        kept[:, span // 2 :: span] |= unsettled
        unsettled = np.repeat(unsettled, 2, axis=1)
        span //= 2
    return kept


def _samples(width_mm: float) -> int:
    return max(_LONGEST, _LONGEST * math.ceil(width_mm / _SAMPLE_MM / _LONGEST)) + 1


def _line(x: Heights, y: Heights, slope: Heights, kept: npt.NDArray[np.bool_]) -> Path:
    """Return one line through the samples that were kept; `slope` is that of y for each mm of x."""
    at = np.flatnonzero(kept)
    points = np.stack([x[at], y[at]], axis=1)
    return hermite_path(points, np.stack([np.ones(len(at)), slope[at]], axis=1), np.diff(x[at]))


def relief(
    box: Box,
    heights: Heights,
    *,
    seed: bytes,
    spacing_mm: float = 0.3,
    lift_mm: float = 0.45,
    width_mm: float = 0.07,
    colours: Sequence[str] = ("#1f5a78",),
) -> tuple[Curves, ...]:
    """Return a ground of lines that rise over a motif and run straight, or in a long faint wave, beside it.

    `lift_mm` is how far a line rises over the highest part. With two colours neighbouring lines alternate.
    Raises `InputError` for a box or spacing that cannot show it.
    """
    check_line_width(width_mm)
    _refuse_small(box, spacing_mm, width_mm)
    if not 0 < lift_mm <= box.height_mm / 4:
        raise InputError(
            f"The lines of a relief are to rise by {lift_mm:g} mm.",
            where="lift_mm",
            remedy=f"Choose more than 0 and at most {box.height_mm / 4:g} mm; one to two spacings look best.",
        )
    draws = Draws(seed)
    steepest = float(np.abs(np.diff(heights, axis=0)).max()) * heights.shape[0] / box.height_mm
    lift = min(lift_mm, _STEEPEST / max(steepest, 1e-9))
    swing, waves, lean = draws.between(0.05, 0.15) * spacing_mm, draws.between(0.6, 1.4), draws.between(0, 2 * math.pi)
    inset = width_mm / 2 + CURVE_UNIT_MM
    top, bottom = inset + swing + lift, box.height_mm - inset - swing
    count = int((bottom - top) / spacing_mm) + 1
    base = top + (bottom - top) * np.arange(count) / (count - 1)
    part = np.linspace(0, 1, _samples(box.width_mm))
    down = np.repeat(base[:, None] / box.height_mm, len(part), axis=1)
    y = base[:, None] - lift * _sampled(heights, part, down) + swing * np.sin(2 * math.pi * waves * part + lean)
    x = inset + (box.width_mm - 2 * inset) * part
    slopes = np.gradient(y, axis=1)
    kept = _nodes(y, slopes)
    paths = [_line(x, y[i], slopes[i] / (x[1] - x[0]), kept[i]) for i in range(count)]
    every = len(colours)
    return tuple(
        Curves(paths=tuple(paths[i::every]), origin_mm=(box.x_mm, box.y_mm), width_mm=width_mm, colour=colour)
        for i, colour in enumerate(colours)
    )


def engraving(
    box: Box,
    heights: Heights,
    *,
    seed: bytes,
    spacing_mm: float = 0.3,
    widths_mm: tuple[float, float] = (0.05, 0.22),
    colour: str = "#1f5a78",
) -> tuple[Area, ...]:
    """Return a ground of gently waving lines, broad where the motif is dark and fine where it is light.

    Raises `InputError` for a box, a spacing or widths that cannot show it.
    """
    fine, broad = widths_mm
    check_line_width(fine)
    if not fine < broad <= 0.85 * spacing_mm:
        raise InputError(
            f"The lines of an engraving are to be {fine:g} to {broad:g} mm wide, every {spacing_mm:g} mm.",
            where="widths_mm",
            remedy="Leave light between the broadest: at most 0.85 of the spacing.",
        )
    _refuse_small(box, spacing_mm, fine)
    draws = Draws(seed)
    swing, waves = draws.between(1.0, 2.0) * spacing_mm, draws.between(0.8, 1.6)
    lean, drift = draws.between(0, 2 * math.pi), draws.between(0.6, 1.4)
    inset = broad / 2 + CURVE_UNIT_MM
    top, bottom = inset + swing, box.height_mm - inset - swing
    count = int((bottom - top) / spacing_mm) + 1
    base = top + (bottom - top) * np.arange(count) / (count - 1)
    part = np.linspace(0, 1, _samples(box.width_mm))
    wave = np.sin(2 * math.pi * waves * part + lean + drift * base[:, None] / box.height_mm)
    y = base[:, None] + swing * wave
    half = (fine + (broad - fine) * _sampled(heights, part, y / box.height_mm)) / 2
    x = inset + (box.width_mm - 2 * inset) * part
    step = x[1] - x[0]
    paths = []
    edges = [(edge, np.gradient(edge, axis=1)) for edge in (y - half, y + half)]
    kept = _nodes(*edges[0]) | _nodes(*edges[1])
    for i in range(count):
        upper, lower = (_line(x, edge[i], slope[i] / step, kept[i]) for edge, slope in edges)
        paths.append(_shape(upper, lower))
    return (Area(paths=tuple(paths), origin_mm=(box.x_mm, box.y_mm), colour=colour),)


def _shape(upper: Path, lower: Path) -> Path:
    """Return the closed shape between two lines that run the same way."""
    points = list(zip(lower[::2], lower[1::2], strict=True))[::-1]
    back = tuple(number for point in points[1:] for number in point)
    return (*upper, *_side(upper[-2:], points[0]), *back, *_side(points[-1], upper[:2]))


def _side(start: tuple[int, ...], end: tuple[int, ...]) -> tuple[int, ...]:
    """Return the six numbers of a straight piece."""
    return (*start, *end, *end)
