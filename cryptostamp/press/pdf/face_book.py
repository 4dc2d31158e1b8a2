"""What the sheets of faces share: one form for each design and colour, and what surrounds the stamps.

A stamp on a sheet is its form and the little that it has for itself. Forms are the dear part of a file, so the files of
a job that are made by one process have them in common.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pikepdf

from cryptostamp.press.artwork import Artwork, SizedArtwork, artwork_pdf, check_shape, load_artwork
from cryptostamp.press.bitmap import Bitmap
from cryptostamp.press.face import face_parts
from cryptostamp.press.imposition import sheet_geometry
from cryptostamp.press.legibility import artwork_of
from cryptostamp.press.marks import Box
from cryptostamp.press.pdf.operators import PageWriter, number
from cryptostamp.press.pdf.page_file import SharedPart
from cryptostamp.press.pdf.sheet_book import SheetBook, blend_as_on_screen
from cryptostamp.press.pdf.sheet_furniture import cancelled_place, die_lines
from cryptostamp.press.sheet_picture import sheet_picture
from cryptostamp.press.template import template_of
from cryptostamp.press.template_marks import PlacedPicture
from cryptostamp.press.wording import letters_of
from cryptostamp.series.models import Series
from cryptostamp.series.template import TextLayer

__all__ = ["FaceBook", "before_stamps", "form_name", "shared_by_faces"]


def form_name(design: int, variant: int) -> str:
    """Return the name of the form with a design in a colour, both as their index in the series."""
    return f"Face{design + 1}.{variant + 1}"


def before_stamps(series: Series) -> str:
    """Return what paints all that lies below and around the stamps of a sheet."""
    picture = sheet_picture(series, sheet_geometry(series))
    return f"{'' if picture is None else '/SheetPicture Do '}/Selvedge Do"


def shared_by_faces(series: Series, side: int, auto: str | None, kinds: tuple[tuple[int, int], ...]) -> SharedPart:
    """Return what files share whose stamps are of these kinds, a design and a colour each. See `FaceBook`."""
    return _shared_by_faces(series, side, auto, kinds, artwork_of(series))


@lru_cache(maxsize=2)
def _shared_by_faces(
    series: Series,
    side: int,
    auto: str | None,
    kinds: tuple[tuple[int, int], ...],
    _artworks: tuple[Artwork | Bitmap, ...],
) -> SharedPart:
    book = FaceBook(series, side, auto)
    book.provide_forms(kinds)
    return book.shared()


class FaceBook(SheetBook):
    """The PDF of faces whose symbols have `side` modules a side.

    `auto` is the colour of lines in ``auto``, if it is known.
    """

    def __init__(self, series: Series, side: int, auto: str | None) -> None:
        self.template = template_of(series, side)
        self.auto = auto
        texts = [layer for layer in self.template.layers if isinstance(layer, TextLayer)]
        letters = "".join(letters_of(layer.text, series, capitals=layer.capitals) for layer in texts)
        super().__init__(series, sheet_geometry(series), letters)
        self._unit = Box(x_mm=0, y_mm=0, width_mm=self.template.width_mm, height_mm=self.template.height_mm)
        cut = die_lines(self.geometry, self.template.cuts, series.sheet.gauge)
        self.add_form("DieLines", cut, self.geometry.media)
        self.add_form("Cancelled", cancelled_place(self.geometry), self._unit)
        self._kinds = set[tuple[int, int]]()
        self._pictures = dict[_Sized, pikepdf.Object]()
        self._add_sheet_picture()

    def provide_forms(self, kinds: Iterable[tuple[int, int]]) -> None:
        """Add forms with all that stamps of these kinds share, a design and a colour each, if they are not there."""
        missing = [kind for kind in dict.fromkeys(kinds) if kind not in self._kinds]
        series, template = self.series, self.template
        faces = [
            face_parts(series, template, series.designs[design], series.variants[variant], self.auto)
            for design, variant in missing
        ]
        self._draw(part for parts in faces for part in parts if isinstance(part, PlacedPicture))
        # Pictures that reach the cut go on beyond it, as far as the neighbours leave paper.
        bleed = min(float(series.sheet.bleed_mm), float(series.sheet.gutter_mm) / 2)
        for (design, variant), parts in zip(missing, faces, strict=True):
            writer, pictures = self.writer(template.height_mm), dict[str, pikepdf.Object]()
            for part in parts:
                if isinstance(part, PlacedPicture):
                    pictures[f"Picture{len(pictures)}"] = self._place_picture(writer, part, len(pictures))
                else:
                    writer.draw((part,))
            self.add_form(form_name(design, variant), writer.operators(), self._unit.grown(bleed), **pictures)
        self._kinds.update(missing)

    def _add_sheet_picture(self) -> None:
        """Add the picture that covers a miniature sheet, if there is one."""
        part = sheet_picture(self.series, self.geometry)
        if part is None:
            return
        check_shape(load_artwork(part.path), part.box)
        writer = self.writer(self.geometry.media.height_mm)
        self._draw([part])
        picture = self._place_picture(writer, part, 0)
        self.add_form("SheetPicture", writer.operators(), self.geometry.media, Picture0=picture)

    def _draw(self, parts: Iterable[PlacedPicture]) -> None:
        """Add pictures as Form XObjects, each once."""
        new = [sized for sized in dict.fromkeys(map(_sized, parts)) if sized not in self._pictures]
        if not new:
            return
        artworks = [SizedArtwork(load_artwork(each.path), *each[1:]) for each in new]
        with pikepdf.open(BytesIO(artwork_pdf(*artworks))) as source:
            for sized, page in zip(new, source.pages, strict=True):
                picture = self._pictures[sized] = self.pdf.copy_foreign(page.as_form_xobject())
                blend_as_on_screen(picture)

    def _place_picture(self, writer: PageWriter, part: PlacedPicture, index: int) -> pikepdf.Object:
        """Paint a picture into its place, and return it as a Form XObject."""
        sized = _sized(part)
        picture = self._pictures[sized]
        wide, high = (float(value) for value in list(picture["/BBox"])[2:])
        writer.raw(
            f"q {sized.width_mm / wide:.8f} 0 0 {sized.height_mm / high:.8f} {number(part.box.x_mm)} "
            f"{number(writer.height_mm - part.box.bottom_mm)} cm /Picture{index} Do Q"
        )
        return picture


class _Sized(NamedTuple):
    """A picture as `SizedArtwork` has it, before it is read."""

    path: Path
    colour: str
    width_mm: float
    height_mm: float


def _sized(part: PlacedPicture) -> _Sized:
    return _Sized(part.path, part.colour, round(part.box.width_mm, 4), round(part.box.height_mm, 4))
