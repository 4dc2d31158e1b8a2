"""Finished print files as a printer's machine sees them: pages as pixels, letters with their places, page boxes.

The reader is PDFium, which wrote none of these files; nothing that drew them is asked what it meant to
draw. A file may be damaged or made by somebody else: its size, its pages and the pixels of a page are
bounded before anything is drawn, and what cannot be read is an `InputError` that names file and page.
PDFium renders in RGB and knows nothing of separations: what lies on which plate is not looked at here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pypdfium2  # type: ignore[import-untyped]

from cryptostamp.errors import InputError
from cryptostamp.primitives import Box

__all__ = ["MAX_PAGES", "MAX_SIDE_MM", "PagePicture", "PrintedFilePages", "PrintedPage"]

MAX_BYTES: Final = 4 * 2**30
MAX_PAGES: Final = 20_000
"""More pages than a print file of this program ever has."""
MAX_SIDE_MM: Final = 1600.0
"""More than the largest sheet of any press."""
MAX_PIXELS: Final = 250_000_000
"""A byte each: a sheet of 900 x 1200 mm at 300 dpi has 151 million."""
_MAX_LETTERS: Final = 100_000

_POINTS_PER_MM: Final = 72 / 25.4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PagePicture:
    """A page or a part of one, as shades of grey."""

    pixels: npt.NDArray[np.uint8] = field(repr=False)
    """(height, width), 255 is paper."""
    x_mm: float
    """Where on the page the left side of the picture lies."""
    y_mm: float
    per_mm: float
    """Pixels a millimetre."""

    def on_page(self, x: float, y: float) -> tuple[float, float]:
        """Return a place of the picture, in pixels, as a place on the page in mm."""
        return self.x_mm + x / self.per_mm, self.y_mm + y / self.per_mm

    def part(self, box: Box) -> PagePicture:
        """Return what lies in a box of the page; what is outside of the picture is left out."""
        height, width = self.pixels.shape
        left, right = (min(max(math.floor((x - self.x_mm) * self.per_mm), 0), width) for x in (box.x_mm, box.right_mm))
        top, bottom = (
            min(max(math.floor((y - self.y_mm) * self.per_mm), 0), height) for y in (box.y_mm, box.bottom_mm)
        )
        x_mm, y_mm = self.on_page(left, top)
        return PagePicture(pixels=self.pixels[top:bottom, left:right], x_mm=x_mm, y_mm=y_mm, per_mm=self.per_mm)

    def ink(self) -> float:
        """Return how much of the picture is darker than a middle grey, 0..1."""
        return float(np.mean(self.pixels < 128)) if self.pixels.size else 0.0  # noqa: PLR2004 (a middle grey)


class PrintedFilePages:
    """A print file, open to be read. Use it in a `with` statement."""

    def __init__(self, source: Path | bytes, *, name: str = "") -> None:
        """Open a file of the disk, or one that has never been there; `name` is what errors call it.

        Raises `InputError` if it is no PDF, too damaged to be opened, or beyond the limits.
        """
        self.name = name or (source.name if isinstance(source, Path) else "the layer in memory")
        try:
            size = source.stat().st_size if isinstance(source, Path) else len(source)
        except OSError as error:
            raise InputError(f"The file cannot be opened: {error.strerror}.", where=self.name) from error
        if size > MAX_BYTES:
            raise InputError(f"The file is larger than {MAX_BYTES // 2**30} GB.", where=self.name)
        try:
            self._document = pypdfium2.PdfDocument(source)
        except (pypdfium2.PdfiumError, OSError) as error:
            raise InputError(
                "The file is no PDF, or so damaged that none of it can be read.",
                where=self.name,
                remedy="Print it again.",
            ) from error
        self.pages = len(self._document)
        if self.pages > MAX_PAGES:
            self.close()
            raise InputError(
                f"The file has {self.pages:,} pages; more than {MAX_PAGES:,} are not read.", where=self.name
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._document.close()

    def size_mm(self, index: int) -> tuple[float, float]:
        """Return width and height of a page (from 0) without reading what is on it."""
        width, height = self._document.get_page_size(index)
        return width / _POINTS_PER_MM, height / _POINTS_PER_MM

    @contextmanager
    def page(self, index: int) -> Iterator[PrintedPage]:
        """Open a page (from 0); raise `InputError` if it is damaged or larger than any sheet."""
        where = f"{self.name}, page {index + 1}"
        width, height = self.size_mm(index)
        if not (0 < width <= MAX_SIDE_MM and 0 < height <= MAX_SIDE_MM):
            raise InputError(
                f"The page measures {width:,.0f} x {height:,.0f} mm; no press prints such a sheet.", where=where
            )
        try:
            page = self._document[index]
        except pypdfium2.PdfiumError as error:
            raise InputError("The page is damaged.", where=where, remedy="Print the file again.") from error
        try:
            yield PrintedPage(page, where)
        finally:
            page.close()


class PrintedPage:
    """One page of a print file. Places are in mm from its upper left corner."""

    def __init__(self, page: pypdfium2.PdfPage, where: str) -> None:
        self._page = page
        self._where = where
        self.width_mm, self.height_mm = (side / _POINTS_PER_MM for side in page.get_size())

    @property
    def turned(self) -> int:
        """The degrees by which a viewer turns the page: 0 on every page that this program writes."""
        return int(self._page.get_rotation())

    @property
    def media(self) -> Box:
        """The sheet before it is trimmed. PDFium draws the crop box, so places count from that one's corner."""
        return self._box(self._page.get_mediabox())

    @property
    def trim(self) -> Box:
        """The sheet after it is trimmed."""
        return self._box(self._page.get_trimbox())

    def _box(self, corners: tuple[float, float, float, float]) -> Box:
        left, bottom, right, top = corners
        crop_left, _, _, crop_top = self._page.get_cropbox()
        return Box(
            x_mm=(left - crop_left) / _POINTS_PER_MM,
            y_mm=(crop_top - top) / _POINTS_PER_MM,
            width_mm=(right - left) / _POINTS_PER_MM,
            height_mm=(top - bottom) / _POINTS_PER_MM,
        )

    def picture(self, dpi: int, within: Box | None = None) -> PagePicture:
        """Draw the page, or a box of it; raise `InputError` if that takes too many pixels."""
        box = within or Box(x_mm=0, y_mm=0, width_mm=self.width_mm, height_mm=self.height_mm)
        left, top = max(box.x_mm, 0), max(box.y_mm, 0)
        cut = left, self.height_mm - box.bottom_mm, self.width_mm - box.right_mm, top
        pixels = (self.width_mm - left - max(cut[2], 0)) * (self.height_mm - top - max(cut[1], 0)) * (dpi / 25.4) ** 2
        if pixels > MAX_PIXELS:
            raise InputError(
                f"At {dpi} dpi the page has {pixels / 10**6:,.0f} million pixels; "
                f"{MAX_PIXELS // 10**6} million are read at most.",
                where=self._where,
            )
        try:
            drawn = self._page.render(
                scale=dpi / 72,
                crop=tuple(max(side, 0.0) * _POINTS_PER_MM for side in cut),
                grayscale=True,
                may_draw_forms=False,
            )
        except (pypdfium2.PdfiumError, ValueError) as error:
            raise InputError("The page cannot be drawn.", where=self._where) from error
        # PDFium cuts at whole pixels, away from the corner of the page.
        per_mm, step = dpi / 25.4, dpi / 72 * _POINTS_PER_MM
        corner = [math.ceil(round(side * step, 6)) / per_mm for side in (left, top)]
        return PagePicture(pixels=drawn.to_numpy(), x_mm=corner[0], y_mm=corner[1], per_mm=per_mm)

    def letters(self, within: list[Box]) -> list[str]:
        """Return the letters in each of these boxes as the file has them, line by line; not what they look like."""
        try:
            text = self._page.get_textpage()
        except pypdfium2.PdfiumError as error:
            raise InputError("The letters of the page cannot be read.", where=self._where) from error
        try:
            if text.count_chars() > _MAX_LETTERS:
                raise InputError(f"The page has more than {_MAX_LETTERS:,} letters.", where=self._where)
            left, _, _, top = (side / _POINTS_PER_MM for side in self._page.get_cropbox())
            return [
                text.get_text_bounded(
                    left=(left + box.x_mm) * _POINTS_PER_MM,
                    bottom=(top - box.bottom_mm) * _POINTS_PER_MM,
                    right=(left + box.right_mm) * _POINTS_PER_MM,
                    top=(top - box.y_mm) * _POINTS_PER_MM,
                )
                for box in within
            ]
        finally:
            text.close()
