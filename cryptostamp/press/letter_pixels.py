"""Letters as pixels, kept for the next stamp: a serial or a code is put together from pictures of its letters.

A letter begins on a quarter of a pixel (`cryptostamp.press.raster.on_grid`), so each has four pictures in a size and
colour, drawn once by the very renderer that draws whole stamps. It smooths edges in 16 steps, and at another place may
round to the next; so a pixel at the edge of a letter may differ by one step, 16 of 255, from a stamp drawn whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple, TypeGuard

import numpy as np
from PIL import Image

from cryptostamp.press.lettering import Typeface, glyph_of, pens_of
from cryptostamp.press.marks import SPOT_INKS, Mark, TextRun
from cryptostamp.press.raster import draw_letter, on_grid

__all__ = ["are_letters", "paste_letters"]


class _Letter(NamedTuple):
    picture: Any
    """RGBA, as `Image.im` has it."""
    width: int
    height: int
    left: int
    """Pixels from the whole pixel that the letter begins in to its left side."""
    top: int
    """Pixels from the whole pixel of the baseline to its upper side."""


def are_letters(marks: Sequence[Mark]) -> TypeGuard[Sequence[TextRun]]:
    """Tell whether all marks are upright lines of letters that are seen in daylight."""
    return all(isinstance(mark, TextRun) and not mark.turn_deg and mark.colour not in SPOT_INKS for mark in marks)


def paste_letters(image: Image.Image, runs: Iterable[TextRun], dpi: int, corner_px: tuple[int, int]) -> None:
    """Put lines of letters onto an RGB picture whose upper left corner lies at `corner_px` of the stamp."""
    image.load()
    canvas = image.im  # `Image.paste` looks twenty times at what it is given, for each letter
    for run in runs:
        baseline = run.baseline_mm * dpi / 25.4
        row = int(baseline)
        letters = _letters(run.typeface, run.size_mm, run.colour, baseline - row, dpi)
        pens = pens_of(run.text, run.typeface, run.size_mm, tracking_mm=run.tracking_mm, kerned=run.kerned)
        for character, pen in zip(run.text, pens, strict=False):
            x = on_grid(run.x_mm + pen, dpi)
            column = int(x)
            letter = letters(character, x - column)
            if letter is not None:
                picture, wide, high, to_right, down = letter
                left, top = column + to_right - corner_px[0], row + down - corner_px[1]
                canvas.paste(picture, (left, top, left + wide, top + high), picture)


@lru_cache(maxsize=256)
def _letters(
    typeface: Typeface, size_mm: float, colour: str, down_px: float, dpi: int
) -> Callable[[str, float], _Letter | None]:
    """Return what gives pictures of letters, by their character and the fraction of a pixel they begin at."""
    return cache(partial(_letter, typeface, size_mm, colour, down_px, dpi))


def _letter(
    typeface: Typeface, size_mm: float, colour: str, down_px: float, dpi: int, character: str, right_px: float
) -> _Letter | None:
    """Return the picture of a letter that begins at these fractions of a pixel; `None` for a space."""
    reach = int(size_mm * dpi / 25.4 * 1.5) + 3  # of a letter beyond its origin: an em, and more
    glyph, begin = glyph_of(typeface, character), (reach + right_px, reach + down_px)
    picture = Image.fromarray(draw_letter(typeface, glyph, size_mm, colour, begin, dpi, side_px=2 * reach))
    seen = np.asarray(picture)[:, :, 3]
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return None
    left, top = int(columns[0]), int(rows[0])
    box = left, top, int(columns[-1]) + 1, int(rows[-1]) + 1
    cut = picture.crop(box)
    cut.load()
    return _Letter(cut.im, cut.width, cut.height, left - reach, top - reach)
