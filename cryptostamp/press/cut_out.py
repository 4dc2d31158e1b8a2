"""A unit as it is parted from its sheet: teeth, the perforation inside, round corners, and a soft shadow.

Only for pictures on a screen. On paper the same cuts are the die line (`cryptostamp.press.pdf.sheet_furniture`).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from cryptostamp.press.layout import HOLE_MM, holes_along
from cryptostamp.press.marks import PAPER, Box, Dots, Fill
from cryptostamp.press.raster import draw_marks, pixels
from cryptostamp.press.template import Cut

__all__ = ["MARGIN_MM", "cut_out"]

MARGIN_MM = 2.2
"""The transparent ground around a stamp, with room for its shadow."""

_SHADOW, _SHADOW_COLOUR = 90, "#3a3226"
_FINER = 4


def cut_out(image: Image.Image, cuts: tuple[Cut, ...], gauge: Decimal, dpi: int) -> Image.Image:
    """Return a unit, drawn whole, as it is cut: RGBA on a transparent ground, `MARGIN_MM` larger on each side."""
    mask = _paper(cuts, gauge, dpi)
    shadow = Image.new("L", mask.size, 0)
    shadow.paste(mask.point([value * _SHADOW // 255 for value in range(256)]), (pixels(0.15, dpi), pixels(0.3, dpi)))
    ground = Image.new("RGBA", mask.size, _SHADOW_COLOUR)
    ground.putalpha(shadow.filter(ImageFilter.GaussianBlur(dpi * 0.35 / 25.4)))
    stamp = Image.new("RGBA", mask.size, PAPER)
    margin = pixels(MARGIN_MM, dpi)
    stamp.paste(image, (margin, margin))
    stamp.putalpha(mask)
    return Image.alpha_composite(ground, stamp)


@lru_cache(maxsize=8)
def _paper(cuts: tuple[Cut, ...], gauge: Decimal, dpi: int) -> Image.Image:
    """Return a mask of the unit on its ground: white is paper."""
    whole = cuts[0].box
    margin = pixels(MARGIN_MM, dpi)
    size = pixels(whole.width_mm, dpi) + 2 * margin, pixels(whole.height_mm, dpi) + 2 * margin
    if not cuts[0].perforated:
        return _rounded(size, margin, cuts[0].corner_mm * dpi / 25.4)
    mask = Image.new("RGB", size, "#000000")
    paper = Fill(box=_moved(whole), colour="#ffffff")
    draw_marks(mask, (paper, *(row for cut in cuts for row in _holes(_moved(cut.box), gauge))), dpi)
    return mask.convert("L")


def _rounded(size: tuple[int, int], margin: int, radius: float) -> Image.Image:
    large = Image.new("L", (size[0] * _FINER, size[1] * _FINER), 0)
    near, right, bottom = margin * _FINER, (size[0] - margin) * _FINER - 1, (size[1] - margin) * _FINER - 1
    ImageDraw.Draw(large).rounded_rectangle((near, near, right, bottom), radius * _FINER, fill=255)
    return large.resize(size, Image.Resampling.BOX)


def _moved(box: Box) -> Box:
    return Box(x_mm=box.x_mm + MARGIN_MM, y_mm=box.y_mm + MARGIN_MM, width_mm=box.width_mm, height_mm=box.height_mm)


def _holes(box: Box, gauge: Decimal) -> Iterator[Dots]:
    """Yield the rows of holes along the sides of a box, which may be a line."""
    left, top, right, bottom = box.x_mm, box.y_mm, box.right_mm, box.bottom_mm
    sides = [((left, y), (right, y), box.width_mm) for y in dict.fromkeys((top, bottom))]
    sides += [((x, top), (x, bottom), box.height_mm) for x in dict.fromkeys((left, right))]
    for start, end, length in sides:
        if length:
            count = holes_along(length, gauge) + 1
            yield Dots(from_mm=start, to_mm=end, count=count, diameter_mm=HOLE_MM, colour="#000000")
