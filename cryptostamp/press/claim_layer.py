"""The claim layer: the sheets with the hidden codes, in register with the faces, and the scratch plate.

The layer is made in memory and leaves it encrypted (`write_claim_layer`) or not at all; in the clear it
never touches a disk. Its pages have the size, TrimBox and places of the face sheets. It carries what lies
under the scratch field; the field itself is a plate of its own, without secrets, 100 % black and 0.5 mm
larger than what it covers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from pathlib import Path

from cryptostamp.errors import InputError
from cryptostamp.files import sha256_of, write_whole
from cryptostamp.press.claim_part import ClaimLayout, claim_layout, claim_marks, claim_static_marks
from cryptostamp.press.imposition import place_of, sheet_geometry, sheets_in_order, sheets_of
from cryptostamp.press.marks import BLACK, Box, Fill, TextRun
from cryptostamp.press.pdf_marks import PageWriter, SymbolPlace, number
from cryptostamp.press.runs import ClaimRow, ClaimRun, claim_rows
from cryptostamp.press.seal import SealedFile, recipients_of, seal_stream
from cryptostamp.press.sheet_book import SheetBook
from cryptostamp.press.sheet_furniture import sheet_number
from cryptostamp.press.stamp_image import ClaimPart
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series

__all__ = ["claim_layer_pdf", "scratch_layer_pdf", "write_claim_layer"]


def claim_layer_pdf(
    series: Series, parts: Iterable[ClaimPart] | ClaimRun, *, progress: Callable[[int], None] | None = None
) -> bytes:
    """Return the sheets of the claim layer as a PDF. It is as secret as the codes: seal it, do not write it.

    Parts come in ascending order of their serials and fall on the sheets and places of their stamps.
    `progress` is called with the number of parts so far, once a sheet. Raises `InputError`, which never
    holds a code.
    """
    return _layer(series, parts, progress).getvalue()


def write_claim_layer(
    path: Path,
    series: Series,
    parts: Iterable[ClaimPart] | ClaimRun,
    recipients: Sequence[str],
    *,
    progress: Callable[[int], None] | None = None,
) -> SealedFile:
    """Write the claim layer sealed to age recipients, whole or not at all; the disk sees it encrypted only.

    Raises `InputError` for a recipient that is none, before anything is drawn, and what `claim_layer_pdf` raises.
    """
    keys = recipients_of(recipients)
    layer = _layer(series, parts, progress)
    write_whole(path, lambda stream: seal_stream(layer, stream, keys))
    return SealedFile(path=path, size=path.stat().st_size, sha256=sha256_of(path))


def _layer(series: Series, parts: Iterable[ClaimPart] | ClaimRun, progress: Callable[[int], None] | None) -> BytesIO:
    printer: _ClaimPrinter | None = None
    for sheet, held in sheets_in_order(series, claim_rows(parts)):
        printer = printer or _ClaimPrinter(series, held[0].side)
        printer.print_sheet(sheet, held)
        if progress:
            progress(printer.parts)
    if printer is None:
        raise InputError("There is no claim part to print.", remedy="Give at least one part.")
    return printer.book.saved()


class _ClaimPrinter:
    """Turn claim parts, whose symbols have `side` modules a side, into pages of a book."""

    def __init__(self, series: Series, side: int) -> None:
        self.series = series
        self.side = side
        self.geometry = sheet_geometry(series)
        self.layout = claim_layout(series.stamp, side)
        self.symbols = SymbolPlace(side, self.layout.symbol, self.layout.height_mm)
        self.book = _book(series, self.layout)
        self.sheets = sheets_of(series)
        self.parts = 0

    def print_sheet(self, sheet: int, parts: list[ClaimRow]) -> None:
        writer = PageWriter(self.geometry.media.height_mm)
        writer.raw("/Selvedge Do")
        writer.draw(sheet_number(self.geometry, sheet, self.sheets))
        for part in parts:
            self.print_part(writer, part)
        writer.raw("/Register Do")
        self.book.add_sheet(writer)

    def print_part(self, writer: PageWriter, part: ClaimRow) -> None:
        if part.side != self.side:
            raise InputError(
                f"Its claim QR has {part.side} modules a side, those before it {self.side}.",
                where=f"stamp No. {part.serial}",
                remedy="Make all claim symbols of a series in one version.",
            )
        writer.raw(self.place_on_sheet(part.serial))
        writer.raw(self.symbols.operators(part.bits))
        letters = PageWriter(self.layout.height_mm)
        letters.draw(claim_marks(self.layout, part.serial, part.short_code, part.claim_text))
        writer.raw(f"{letters.operators()} Q")
        self.parts += 1

    def place_on_sheet(self, serial: Serial) -> str:
        _, row, column = place_of(self.series, serial)
        cell = self.geometry.cell(row, column)
        return f"q 1 0 0 1 {number(cell.x_mm)} {number(self.geometry.media.height_mm - cell.bottom_mm)} cm /Claim Do"


def _book(series: Series, layout: ClaimLayout) -> SheetBook:
    static = claim_static_marks(series, layout)
    letters = "".join(mark.text for mark in static if isinstance(mark, TextRun)) + "Belongs to stamp"
    book = SheetBook(series, sheet_geometry(series), letters)
    writer = PageWriter(layout.height_mm)
    writer.draw(static)
    whole = Box(x_mm=0, y_mm=0, width_mm=layout.width_mm, height_mm=layout.height_mm)
    book.add_form("Claim", writer.operators(), whole)
    return book


def scratch_layer_pdf(series: Series, *, symbol_side: int) -> bytes:
    """Return the scratch plate: one sheet, in register, with the scratch field of each place in 100 % black."""
    geometry = sheet_geometry(series)
    layout = claim_layout(series.stamp, symbol_side)
    book = SheetBook(series, geometry, "")
    writer = PageWriter(geometry.media.height_mm)
    for row in range(geometry.rows):
        for column in range(geometry.columns):
            cell, field = geometry.cell(row, column), layout.scratch
            place = Box(
                x_mm=cell.x_mm + field.x_mm,
                y_mm=cell.y_mm + field.y_mm,
                width_mm=field.width_mm,
                height_mm=field.height_mm,
            )
            writer.draw((Fill(box=place, colour=BLACK),))
    writer.raw("/Register Do")
    book.add_sheet(writer)
    return book.saved().getvalue()
