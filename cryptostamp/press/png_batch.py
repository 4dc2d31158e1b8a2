"""Pictures of many single stamps: what stamps of a design and colour share is drawn and compressed once.

A picture is that of `render_stamp` without its perforation, pixel for pixel; only at the edges of the letters of its
number it may differ by one step of their smoothing, 16 of 255 (`cryptostamp.press.letter_pixels`). Templates with
lines that differ from stamp to stamp (micro-text, guilloche) are drawn as `render_stamp` does: exact, and slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from PIL import Image

from cryptostamp.press.imposition import place_of
from cryptostamp.press.letter_pixels import are_letters, paste_letters
from cryptostamp.press.marks import Box
from cryptostamp.press.png_rows import PngRows, Region
from cryptostamp.press.raster import check_dpi, draw_marks, module_px, symbol_corner
from cryptostamp.press.runs import FaceRow, FaceRun, face_rows
from cryptostamp.press.stamp_image import shared_picture
from cryptostamp.press.template import template_of
from cryptostamp.press.template_marks import variable_marks
from cryptostamp.press.webp import webp_bytes
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series

__all__ = ["StampPictures"]


class StampPictures:
    """The pictures of stamps of one series, whose symbols have `side` modules a side, at one resolution."""

    def __init__(self, series: Series, *, side: int, dpi: int) -> None:
        """Raise `InputError` for a resolution too low for the QR, and what `render_stamp` raises."""
        self.series = series
        self.side = side
        self.dpi = dpi
        self._template = template_of(series, side)
        check_dpi(dpi, self._template.symbol, side)
        self._module = module_px(self._template.symbol, side, dpi)
        self._corner = symbol_corner(self._template.symbol, side, dpi)
        self._room = self._template.numbered_room.grown(1.0)
        self._shared = cache(self._make_shared)

    def png(self, run: FaceRun) -> Iterator[tuple[Serial, bytes]]:
        """Yield the number of each stamp and its picture as a PNG file."""
        for face in face_rows(self.series, run):
            band, rows, top = self._shared(*self._kind_of(face))
            picture = self._filled(band.copy(), face, top)
            yield face.serial, rows.encoded(np.asarray(picture))

    def webp(self, run: FaceRun) -> Iterator[tuple[Serial, bytes]]:
        """Yield the number of each stamp and its picture as a WebP file."""
        for face in face_rows(self.series, run):
            yield face.serial, webp_bytes(self._picture(face))

    def _picture(self, face: FaceRow) -> Image.Image:
        return self._filled(self._ground(*self._kind_of(face)).copy(), face, 0)

    def _kind_of(self, face: FaceRow) -> tuple[int, int, tuple[int, int]]:
        """Return design, variant and, where the sheet has a picture of its own, the place on it."""
        if self._template.sheet is None:
            return face.design, face.variant, (0, 0)
        _, row, column = place_of(self.series, face.serial)
        return face.design, face.variant, (row, column)

    def _ground(self, design: int, variant: int, place: tuple[int, int]) -> Image.Image:
        series = self.series
        return shared_picture(series, self._template, series.designs[design], series.variants[variant], place, self.dpi)

    def _make_shared(self, design: int, variant: int, place: tuple[int, int]) -> tuple[Image.Image, PngRows, int]:
        """Return the rows that differ, as they are shared; the rest of the file; and the first of the rows."""
        ground = self._ground(design, variant, place)
        (left, top), size = self._corner, self._module * self.side
        symbol = Region(left, top, left + size, top + size, self._module)
        rooms = [_pixels_of(room, self.dpi, ground.size) for room in self._template.numbered_rooms]
        rows = PngRows(np.asarray(ground), (symbol, *rooms), dpi=self.dpi)
        band = ground.crop((0, rows.band.start, ground.width, rows.band.stop))
        return band, rows, rows.band.start

    def _filled(self, picture: Image.Image, face: FaceRow, top: int) -> Image.Image:
        """Return a picture, or the part of one that begins in the row `top`, with what is this stamp's own."""
        series, dpi = self.series, self.dpi
        picture.paste(self._symbol(face), (self._corner[0], self._corner[1] - top))
        design, variant = series.designs[face.design], series.variants[face.variant]
        marks = variable_marks(self._template, face.serial, face.short_code, design, variant)
        if are_letters(marks):
            paste_letters(picture, marks, dpi, (0, top))
        elif top:
            whole = self._picture(face)
            return whole.crop((0, top, whole.width, top + picture.height))
        else:
            draw_marks(picture, marks, dpi, within=self._room)
        return picture

    def _symbol(self, face: FaceRow) -> Image.Image:
        modules = Image.frombytes("1", (self.side, self.side), face.bits, "raw", "1;I")
        size = self.side * self._module
        return modules.resize((size, size), Image.Resampling.NEAREST)


def _pixels_of(box: Box, dpi: int, size: tuple[int, int]) -> Region:
    """Return the pixels that marks in a box can touch, as `draw_marks` cuts them."""
    scale = dpi / 25.4
    return Region(
        max(int(np.floor(box.x_mm * scale)), 0),
        max(int(np.floor(box.y_mm * scale)), 0),
        min(int(np.ceil(box.right_mm * scale)), size[0]),
        min(int(np.ceil(box.bottom_mm * scale)), size[1]),
    )
