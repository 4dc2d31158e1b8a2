"""The print master: sheets of stamps as a vector PDF whose bytes depend on its input alone.

What stamps share is stored once: each picture in each colour is a Form XObject, and a stamp adds an inline
1-bit image mask and two lines of letters, some 140 bytes. A file appears under its name only when it is
complete. It is made in memory before that, about 10 kB a sheet; so an edition of any size is printed
in files of at most about 1,000 sheets (`cryptostamp.press.imposition.cut`). Pictures keep the ICC-based sRGB
of their conversion: separation for a given press, output intent and PDF/X are not done here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf

from cryptostamp.errors import InputError
from cryptostamp.files import sha256_of, write_file
from cryptostamp.press.artwork import artwork_pdf, check_shape, load_artwork
from cryptostamp.press.code_lines import CodeLines, is_code
from cryptostamp.press.face import face_parts
from cryptostamp.press.imposition import Places, sheet_geometry, sheets_in_order
from cryptostamp.press.marks import Box
from cryptostamp.press.pdf_marks import PageWriter, SymbolPlace, number
from cryptostamp.press.runs import FaceRow, FaceRun, face_rows
from cryptostamp.press.sheet_book import SheetBook, blend_as_on_screen
from cryptostamp.press.sheet_furniture import SheetMarks, cancelled_place, die_lines
from cryptostamp.press.sheet_picture import sheet_picture
from cryptostamp.press.stamp_image import StampFace
from cryptostamp.press.template import template_of
from cryptostamp.press.template_marks import PlacedPicture, code_lines, variable_marks
from cryptostamp.press.wording import letters_of
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series
from cryptostamp.series.template import TextLayer

__all__ = ["SheetFile", "write_face_pdf"]


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


def write_face_pdf(
    path: Path,
    series: Series,
    faces: Iterable[StampFace] | FaceRun,
    *,
    progress: Callable[[int], None] | None = None,
) -> SheetFile:
    """Write the sheets that hold these faces and return what was written.

    Faces come in ascending order of their serials; sheet and place follow from the serial, and the place of
    a serial that is left out stays empty. `progress` is called with the number of stamps so far, once a
    sheet. Raises `InputError`, `ArtworkError`, `StorageProblem`; nothing is left under `path` then.
    """
    printer: _FacePrinter | None = None
    serials = list[Serial]()
    sheets = 0
    for sheet, held in sheets_in_order(series, face_rows(series, faces)):
        printer = printer or _FacePrinter(series, held[0].side)
        printer.print_sheet(sheet, held)
        sheets += 1
        serials += [held[0].serial, held[-1].serial]
        if progress:
            progress(printer.stamps)
    if printer is None:
        raise InputError("There is no stamp to print.", where=str(path), remedy="Give at least one face.")
    write_file(path, printer.book.saved().getbuffer())
    return SheetFile(
        path=path,
        sheets=sheets,
        stamps=printer.stamps,
        first_serial=min(serials),
        last_serial=max(serials),
        size=path.stat().st_size,
        sha256=sha256_of(path),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What stamps of one design, colour and size of symbol have in common."""

    before: str
    """The operators up to the modules of the symbol: they paint the form."""
    lines: tuple[CodeLines, list[str]] | None
    """The lines of codes and their patterns, where a stamp adds nothing else."""
    letters: str | None
    """The same as one pattern, where that can be."""


class _FacePrinter:
    """Turn faces, whose symbols have `side` modules a side, into pages of a book."""

    def __init__(self, series: Series, side: int) -> None:
        self.series = series
        self.side = side
        self.template = template_of(series, side)
        self.geometry = sheet_geometry(series)
        self._whole = self.geometry.media
        self._unit = Box(x_mm=0, y_mm=0, width_mm=self.template.width_mm, height_mm=self.template.height_mm)
        texts = [layer for layer in self.template.layers if isinstance(layer, TextLayer)]
        letters = "".join(letters_of(layer.text, series, capitals=layer.capitals) for layer in texts)
        self.book = SheetBook(series, self.geometry, letters)
        self.book.add_form("DieLines", die_lines(self.geometry, self.template.cuts, series.sheet.gauge), self._whole)
        self.book.add_form("Cancelled", cancelled_place(self.geometry), self._unit)
        self.ground = self.add_sheet_picture()
        self.marks = SheetMarks(series, self.geometry)
        self.places = Places(series)
        self.symbols: dict[int, SymbolPlace] = {}
        self.forms: dict[tuple[int, int], str] = {}
        self.kinds: dict[tuple[int, int, int], _Kind] = {}
        self.place = cache(self.place_on_sheet)
        self.stamps = 0

    def add_sheet_picture(self) -> str:
        """Add the picture that covers a miniature sheet, and return what paints it: nothing where there is none."""
        part = sheet_picture(self.series, self.geometry)
        if part is None:
            return ""
        check_shape(load_artwork(part.path), part.box)
        writer = self.book.writer(self.geometry.media.height_mm)
        picture = self.place_picture(writer, part, 0)
        self.book.add_form("SheetPicture", writer.operators(), self._whole, Picture0=picture)
        return "/SheetPicture Do "

    def print_sheet(self, sheet: int, faces: list[FaceRow]) -> None:
        writer = self.book.writer(self.geometry.media.height_mm)
        writer.raw(f"{self.ground}/Selvedge Do")
        self.marks.draw(writer, sheet)
        codes_only = is_code("".join([face.short_code for face in faces]))
        for face in faces:
            writer.raw(self.operators(face, codes_only=codes_only))
        for cell in self.marks.empty_places(sheet):
            writer.raw(f"{self.place_in(cell)}/Cancelled Do Q")
        writer.raw("/DieLines Do /Register Do")
        self.book.add_sheet(writer)
        self.stamps += len(faces)

    def operators(self, face: FaceRow, *, codes_only: bool) -> str:
        """Return what prints one stamp: `codes_only` says that its short code is known to be a code."""
        serial, design, variant, short_code, side, bits = face
        kind = self.kinds.get((design, variant, side)) or self.add_kind(face)
        _, row, column = self.places.of(serial)
        if kind.letters and codes_only:
            letters = kind.letters.format(serial=serial, short_code=short_code)
        else:
            letters = self.letters(face, kind.lines)
        return f"{self.place(row, column)}{kind.before}{bits.hex()}{SymbolPlace.after}\n{letters} Q"

    def letters(self, face: FaceRow, lines: tuple[CodeLines, list[str]] | None) -> str:
        """Return what this stamp adds to its form, besides the symbol."""
        if lines is not None:
            quick, patterns = lines
            return quick.operators(
                [pattern.format(serial=face.serial, short_code=face.short_code) for pattern in patterns]
            )
        letters = self.book.writer(self.template.height_mm)
        design, variant = self.series.designs[face.design], self.series.variants[face.variant]
        letters.draw(variable_marks(self.template, face.serial, face.short_code, design, variant))
        return letters.operators()

    def add_kind(self, face: FaceRow) -> _Kind:
        """Return what stamps of this design, colour and size of symbol share, and add its form if it is new."""
        design, variant = face.design, face.variant
        symbols = self.symbols.get(face.side) or self.add_symbols(face)
        form = self.forms.get((design, variant)) or self.add_form(design, variant)
        lines = code_lines(
            self.template, self.series.designs[design], self.series.variants[variant], self.template.height_mm
        )
        kind = _Kind(
            before=f"/{form} Do {symbols.before}", lines=lines, letters=lines[0].pattern(lines[1]) if lines else None
        )
        self.kinds[design, variant, face.side] = kind
        return kind

    def place_on_sheet(self, row: int, column: int) -> str:
        return self.place_in(self.geometry.cell(row, column))

    def place_in(self, cell: Box) -> str:
        return f"q 1 0 0 1 {number(cell.x_mm)} {number(self.geometry.media.height_mm - cell.bottom_mm)} cm "

    def add_symbols(self, face: FaceRow) -> SymbolPlace:
        """Return the place of symbols of this size: smaller ones may share the layout, with larger modules."""
        template = template_of(self.series, face.side)
        if template.layers != self.template.layers:
            raise InputError(
                f"Its QR has {face.side} modules a side, those before it {self.side}.",
                where=f"stamp No. {face.serial}",
                remedy="Make all symbols of a series in one version.",
            )
        self.symbols[face.side] = SymbolPlace(face.side, template.symbol, template.height_mm)
        return self.symbols[face.side]

    def add_form(self, design: int, variant: int) -> str:
        """Add the form with all that stamps of this design and colour share, and return its name."""
        series, template = self.series, self.template
        name = f"Face{design + 1}.{variant + 1}"
        writer, pictures = self.book.writer(template.height_mm), dict[str, pikepdf.Object]()
        for part in face_parts(series, template, series.designs[design], series.variants[variant]):
            if isinstance(part, PlacedPicture):
                pictures[f"Picture{len(pictures)}"] = self.place_picture(writer, part, len(pictures))
            else:
                writer.draw((part,))
        # Pictures that reach the cut go on beyond it, as far as the neighbours leave paper.
        bleed = min(float(series.sheet.bleed_mm), float(series.sheet.gutter_mm) / 2)
        self.book.add_form(name, writer.operators(), self._unit.grown(bleed), **pictures)
        self.forms[design, variant] = name
        return name

    def place_picture(self, writer: PageWriter, part: PlacedPicture, index: int) -> pikepdf.Object:
        """Paint a picture into its place, and return it as a Form XObject."""
        box = part.box
        width, height = round(box.width_mm, 4), round(box.height_mm, 4)
        with pikepdf.open(BytesIO(artwork_pdf(load_artwork(part.path), part.colour, width, height))) as source:
            picture = self.book.pdf.copy_foreign(source.pages[0].as_form_xobject())
        blend_as_on_screen(picture)
        wide, high = (float(value) for value in list(picture["/BBox"])[2:])
        writer.raw(
            f"q {width / wide:.8f} 0 0 {height / high:.8f} {number(box.x_mm)} "
            f"{number(writer.height_mm - box.bottom_mm)} cm /Picture{index} Do Q"
        )
        return picture
