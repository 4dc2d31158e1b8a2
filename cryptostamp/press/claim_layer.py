"""The claim layer: the sheets with the hidden codes, in register with the faces, and the scratch plate.

The layer is made in memory and returned as bytes, for `cryptostamp.press.seal` to encrypt; nothing
here touches a disk. Its pages have the size, TrimBox and places of the face sheets. It carries what lies
under the scratch field; the field itself is a plate of its own, without secrets, 100 % black and 0.5 mm
larger than what it covers.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from cryptostamp.errors import InputError
from cryptostamp.press.claim_part import ClaimLayout, claim_layout, claim_marks, claim_static_marks
from cryptostamp.press.imposition import place_of, sheet_geometry, sheets_in_order, sheets_of
from cryptostamp.press.marks import BLACK, Box, Fill, TextRun
from cryptostamp.press.pdf_marks import PageWriter, number, symbol_image
from cryptostamp.press.sheet_furniture import sheet_number
from cryptostamp.press.sheet_pdf import SheetBook
from cryptostamp.press.stamp_image import ClaimPart
from cryptostamp.series.models import Series

__all__ = ["claim_layer_pdf", "scratch_layer_pdf"]


def claim_layer_pdf(series: Series, parts: Iterable[ClaimPart]) -> bytes:
    """Return the sheets of the claim layer as a PDF. It is as secret as the codes: seal it, do not write it.

    Parts come in ascending order of their serials and fall on the sheets and places of their stamps.
    Raises `InputError`, which never holds a code.
    """
    geometry = sheet_geometry(series)
    height = geometry.media.height_mm
    book: SheetBook | None = None
    layout: ClaimLayout | None = None
    side = 0
    for sheet, held in sheets_in_order(series, parts):
        if book is None or layout is None:
            side = held[0].symbol.side
            layout = claim_layout(series.stamp, side)
            book = _book(series, layout)
        writer = PageWriter(height)
        writer.raw("/Selvedge Do")
        writer.draw(sheet_number(geometry, sheet, sheets_of(series)))
        for part in held:
            if part.symbol.side != side:
                raise InputError(
                    f"Its claim QR has {part.symbol.side} modules a side, those before it {side}.",
                    where=f"stamp No. {part.serial}",
                    remedy="Make all claim symbols of a series in one version.",
                )
            _, row, column = place_of(series, part.serial)
            cell = geometry.cell(row, column)
            writer.raw(f"q 1 0 0 1 {number(cell.x_mm)} {number(height - cell.bottom_mm)} cm /Claim Do")
            writer.raw(symbol_image(part.symbol, layout.symbol, layout.height_mm))
            letters = PageWriter(layout.height_mm)
            letters.draw(claim_marks(layout, part.serial, part.short_code, part.claim_text))
            writer.raw(letters.data() + b"Q")
        writer.raw("/Register Do")
        book.add_sheet(writer)
    if book is None:
        raise InputError("There is no claim part to print.", remedy="Give at least one part.")
    return _bytes_of(book)


def _book(series: Series, layout: ClaimLayout) -> SheetBook:
    static = claim_static_marks(series, layout)
    letters = "".join(mark.text for mark in static if isinstance(mark, TextRun)) + "Belongs to stamp"
    book = SheetBook(series, sheet_geometry(series), letters)
    writer = PageWriter(layout.height_mm)
    writer.draw(static)
    whole = Box(x_mm=0, y_mm=0, width_mm=layout.width_mm, height_mm=layout.height_mm)
    book.add_form("Claim", writer.data(), whole)
    return book


def _bytes_of(book: SheetBook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


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
    return _bytes_of(book)
