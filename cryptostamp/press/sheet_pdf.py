"""The print master: sheets of stamps as a vector PDF whose bytes depend on its input alone.

Pages are the untrimmed sheet; TrimBox is the sheet as it is sold. What stamps share is stored once: each
picture in each colour is a Form XObject, and a stamp adds an inline 1-bit image mask and two lines of
letters. No date, no random identifier, no system font enters the file, and it appears under its name
only when it is complete. Pictures keep the ICC-based sRGB of their conversion: separation for a given
press, output intent and PDF/X are not done here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pikepdf

from cryptostamp.errors import InputError
from cryptostamp.files import sha256_of, write_whole
from cryptostamp.press.artwork import artwork_pdf, load_artwork
from cryptostamp.press.imposition import (
    SheetGeometry,
    place_of,
    sheet_geometry,
    sheets_in_order,
    sheets_of,
)
from cryptostamp.press.layout import (
    StampLayout,
    face_value_text,
    legend_marks,
    panel_static_marks,
    serial_marks,
    stamp_layout,
    symbol_box,
)
from cryptostamp.press.marks import Box
from cryptostamp.press.pdf_marks import POINTS_PER_MM, PageWriter, Plates, number, symbol_image
from cryptostamp.press.preflight import check_picture_shape, legend_colour
from cryptostamp.press.sheet_furniture import (
    perforation,
    register_marks,
    selvedge,
    selvedge_texts,
    sheet_number,
)
from cryptostamp.press.stamp_image import StampFace
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series

__all__ = ["LETTERS_OF_CODES", "SheetBook", "SheetFile", "write_face_pdf"]

LETTERS_OF_CODES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. "
"""The characters of serial numbers and codes, which are embedded before the first stamp is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFile:
    """A finished print file."""

    path: Path
    sheets: int
    stamps: int
    first_serial: Serial
    last_serial: Serial
    size: int
    """In bytes."""
    sha256: str


class SheetBook:
    """A PDF under construction whose pages are sheets of one series."""

    def __init__(self, series: Series, geometry: SheetGeometry, letters: str) -> None:
        self.series = series
        self.geometry = geometry
        self.pdf = pikepdf.new()
        texts = "".join(selvedge_texts(series)) + "Plate Sheet of No. " + LETTERS_OF_CODES + letters
        self.plates = Plates(self.pdf, texts)
        self.forms = self.pdf.make_indirect(pikepdf.Dictionary())
        self.resources = self.pdf.make_indirect(pikepdf.Dictionary({**self.plates.resources, "/XObject": self.forms}))
        self.add_form("Register", register_marks(geometry), geometry.media)
        self.add_form("Selvedge", selvedge(series, geometry), geometry.media)

    def add_form(self, name: str, data: bytes, box: Box, **xobjects: pikepdf.Object) -> None:
        """Add a Form XObject in mm that pages can paint by name."""
        resources = pikepdf.Dictionary(self.plates.resources)
        if xobjects:
            resources["/XObject"] = pikepdf.Dictionary({f"/{key}": value for key, value in xobjects.items()})
        form = self.plates.stream(data)
        form["/Type"], form["/Subtype"] = pikepdf.Name("/XObject"), pikepdf.Name("/Form")
        form["/BBox"] = pikepdf.Array([0, 0, _decimal(box.width_mm), _decimal(box.height_mm)])
        form["/Resources"] = resources
        self.forms[f"/{name}"] = form

    def add_sheet(self, writer: PageWriter) -> None:
        """Append a page with these operators, which are in mm."""
        media, trim, k = self.geometry.media, self.geometry.trim, POINTS_PER_MM
        scaled = f"q {k:.6f} 0 0 {k:.6f} 0 0 cm\n".encode() + writer.data() + b"Q\n"
        cut = [trim.x_mm, media.height_mm - trim.bottom_mm, trim.right_mm, media.height_mm - trim.y_mm]
        page = pikepdf.Dictionary(
            {
                "/Type": pikepdf.Name("/Page"),
                "/MediaBox": pikepdf.Array([0, 0, _decimal(media.width_mm * k), _decimal(media.height_mm * k)]),
                "/TrimBox": pikepdf.Array([_decimal(value * k) for value in cut]),
                "/Resources": self.resources,
                "/Contents": self.plates.stream(scaled),
            }
        )
        self.pdf.pages.append(pikepdf.Page(self.pdf.make_indirect(page)))

    def save(self, stream: BinaryIO) -> None:
        """Write the file; its identifier is a digest of its content."""
        self.pdf.save(
            stream,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=False,
        )


def _decimal(value: float) -> object:
    return pikepdf.Object.parse(number(value).encode())


def write_face_pdf(
    path: Path, series: Series, faces: Iterable[StampFace], *, progress: Callable[[int], None] | None = None
) -> SheetFile:
    """Write the sheets that hold these faces and return what was written.

    Faces come in ascending order of their serials; sheet and place follow from the serial, and the place of
    a serial that is left out stays empty. `progress` is called with the number of stamps so far, once a
    sheet. At most about 1,000 sheets a file keep memory flat; cut larger editions at whole sheets.
    Raises `InputError`, `ArtworkError`, `StorageProblem`; nothing is left under `path` then.
    """
    printer = _FacePrinter(series)
    serials: list[Serial] = []
    sheets = 0
    for sheet, held in sheets_in_order(series, faces):
        printer.print_sheet(sheet, held)
        sheets += 1
        serials += [held[0].serial, held[-1].serial]
        if progress:
            progress(printer.stamps)
    if not serials:
        raise InputError("There is no stamp to print.", where=str(path), remedy="Give at least one face.")
    write_whole(path, printer.book.save)
    return SheetFile(
        path=path,
        sheets=sheets,
        stamps=printer.stamps,
        first_serial=serials[0],
        last_serial=serials[-1],
        size=path.stat().st_size,
        sha256=sha256_of(path),
    )


class _FacePrinter:
    """Turn faces into pages of a book; the first face fixes the size of the symbols."""

    def __init__(self, series: Series) -> None:
        self.series = series
        self.geometry = sheet_geometry(series)
        words = [series.issuer.country_name.upper(), face_value_text(series.face_value), series.title, str(series.year)]
        words += [f"{design.title}, " for design in series.designs]
        self.book = SheetBook(series, self.geometry, "".join(words))
        self.book.add_form("Perforation", perforation(series, self.geometry), self.geometry.media)
        self.layout: StampLayout | None = None
        self.side = 0
        self.known: set[str] = set()
        self.stamps = 0

    def print_sheet(self, sheet: int, faces: list[StampFace]) -> None:
        writer = PageWriter(self.geometry.media.height_mm)
        writer.raw("/Selvedge Do")
        writer.draw(sheet_number(self.geometry, sheet, sheets_of(self.series)))
        for face in faces:
            self.print_face(writer, face)
        writer.raw("/Perforation Do /Register Do")
        self.book.add_sheet(writer)

    def print_face(self, writer: PageWriter, face: StampFace) -> None:
        layout = self.layout_for(face)
        _, row, column = place_of(self.series, face.serial)
        cell = self.geometry.cell(row, column)
        up = self.geometry.media.height_mm - cell.bottom_mm
        writer.raw(f"q 1 0 0 1 {number(cell.x_mm)} {number(up)} cm /{self.form_for(face, layout)} Do")
        writer.raw(symbol_image(face.symbol, symbol_box(layout.symbol, face.symbol.side), layout.height_mm))
        letters = PageWriter(layout.height_mm)
        letters.draw(serial_marks(layout, face.serial, face.short_code))
        writer.raw(letters.data() + b"Q")
        self.stamps += 1

    def layout_for(self, face: StampFace) -> StampLayout:
        if self.layout is None:
            self.side = face.symbol.side
            self.layout = stamp_layout(self.series.stamp, self.side)
        if stamp_layout(self.series.stamp, face.symbol.side) != self.layout:
            raise InputError(
                f"Its QR has {face.symbol.side} modules a side, those before it {self.side}.",
                where=f"stamp No. {face.serial}",
                remedy="Make all symbols of a series in one version.",
            )
        return self.layout

    def form_for(self, face: StampFace, layout: StampLayout) -> str:
        """Return the name of the form with all that stamps of this design and colour share, made at first use."""
        series, design, variant = self.series, face.design, face.variant
        name = f"Face{series.designs.index(design) + 1}.{series.variants.index(variant) + 1}"
        if name in self.known:
            return name
        art = load_artwork(design.artwork)
        check_picture_shape(art, layout)
        box = layout.picture
        width, height = round(box.width_mm, 4), round(box.height_mm, 4)
        with pikepdf.open(BytesIO(artwork_pdf(art, variant.colour, width, height))) as source:
            picture = self.book.pdf.copy_foreign(source.pages[0].as_form_xobject())
        wide, high = (float(value) for value in list(picture["/BBox"])[2:])
        writer = PageWriter(layout.height_mm)
        writer.raw(
            f"q {width / wide:.8f} 0 0 {height / high:.8f} {number(box.x_mm)} "
            f"{number(layout.height_mm - box.bottom_mm)} cm /Picture Do Q"
        )
        colour = legend_colour(series, self.side)
        writer.draw((*legend_marks(series, layout, colour), *panel_static_marks(series, design, layout)))
        whole = Box(x_mm=0, y_mm=0, width_mm=layout.width_mm, height_mm=layout.height_mm)
        self.book.add_form(name, writer.data(), whole, Picture=picture)
        self.known.add(name)
        return name
