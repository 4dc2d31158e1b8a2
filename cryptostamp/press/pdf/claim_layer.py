"""The claim layer: the sheets with the hidden codes, in register with the faces, and the scratch plate.

The layer is made in memory and leaves it encrypted (`write_claim_layer`) or not at all; in the clear it
never touches a disk. Its pages have the size, TrimBox and places of the face sheets. It carries what lies
under the scratch field; the field itself is a plate of its own, without secrets, 100 % black and 0.5 mm
larger than what it covers. For two printers there are two layers, and two plates: that of half A has all that is
printed around the fields, that of half B its own field and number alone, for sheets that come from printer A.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from pathlib import Path

from cryptostamp.codes import Half
from cryptostamp.errors import InputError
from cryptostamp.files import sha256_of, write_whole
from cryptostamp.press.claim_layout import ClaimLayout, claim_layout, claim_symbol_side
from cryptostamp.press.claim_part import ClaimLines, claim_static_marks
from cryptostamp.press.code_lines import CodeLines
from cryptostamp.press.imposition import Places, sheet_geometry, sheets_in_order
from cryptostamp.press.marks import BLACK, Box, Fill, TextRun
from cryptostamp.press.pdf.operators import PageWriter, SymbolPlace, number
from cryptostamp.press.pdf.page_file import PageList, file_parts
from cryptostamp.press.pdf.sheet_book import SheetBook
from cryptostamp.press.pdf.sheet_furniture import SheetMarks
from cryptostamp.press.runs import ClaimRow, ClaimRun, claim_rows
from cryptostamp.press.seal import SealedFile, recipients_of, seal_stream
from cryptostamp.press.stamp_image import ClaimPart
from cryptostamp.series.models import Series

__all__ = ["claim_layer_pdf", "scratch_layer_pdf", "write_claim_layer"]


def claim_layer_pdf(
    series: Series,
    parts: Iterable[ClaimPart] | ClaimRun,
    *,
    half: Half | None = None,
    progress: Callable[[int], None] | None = None,
) -> bytes:
    """Return the sheets of the claim layer as a PDF. It is as secret as the codes: seal it, do not write it.

    Parts come in ascending order of their serials and fall on the sheets and places of their stamps; with
    `half` they are that half of the codes. `progress` is called with the number of parts so far, once a sheet.
    Raises `InputError`, which never holds a code.
    """
    return _layer(series, parts, half, progress).getvalue()


def write_claim_layer(
    path: Path,
    series: Series,
    parts: Iterable[ClaimPart] | ClaimRun,
    recipients: Sequence[str],
    *,
    half: Half | None = None,
    progress: Callable[[int], None] | None = None,
    inspect: Callable[[memoryview], None] | None = None,
) -> SealedFile:
    """Write the claim layer sealed to age recipients, whole or not at all; the disk sees it encrypted only.

    `inspect` is given the PDF before it is sealed; what it raises leaves nothing written. Raises `InputError` for a
    recipient that is none, before anything is drawn, and what `claim_layer_pdf` raises.
    """
    keys = recipients_of(recipients)
    layer = _layer(series, parts, half, progress)
    if inspect is not None:
        inspect(layer.getbuffer())
    write_whole(path, lambda stream: seal_stream(layer, stream, keys))
    return SealedFile(path=path, size=path.stat().st_size, sha256=sha256_of(path))


def _layer(
    series: Series,
    parts: Iterable[ClaimPart] | ClaimRun,
    half: Half | None,
    progress: Callable[[int], None] | None,
) -> BytesIO:
    printer: _ClaimPrinter | None = None
    for sheet, held in sheets_in_order(series, claim_rows(parts)):
        printer = printer or _ClaimPrinter(series, held[0].side, half)
        printer.print_sheet(sheet, held)
        if progress:
            progress(printer.parts)
    if printer is None:
        raise InputError("There is no claim part to print.", remedy="Give at least one part.")
    return BytesIO(b"".join(file_parts(printer.book.shared(), printer.pages)))


class _ClaimPrinter:
    """Turn claim parts, whose symbols have `side` modules a side, into pages of a book."""

    def __init__(self, series: Series, side: int, half: Half | None) -> None:
        self.side = side
        self.geometry = sheet_geometry(series)
        layout = claim_layout(series, side, halves=half is not None)
        self.symbols = SymbolPlace(side, layout.field(half).symbol, layout.height_mm)
        self.lines = ClaimLines(series, layout, half)
        self.letters = CodeLines(self.lines.lines, layout.height_mm)
        self.book = _book(series, layout, half)
        self.pages = PageList()
        # What is printed around the stamps is on the sheet already when half B comes to it.
        self.surround = "" if half is Half.B else "/Selvedge Do"
        self.marks = SheetMarks(series, self.geometry)
        self.places = Places(series)
        self.beginnings: dict[tuple[int, int], str] = {}
        self.parts = 0

    def print_sheet(self, sheet: int, parts: list[ClaimRow]) -> None:
        writer = self.book.writer(self.geometry.media.height_mm)
        writer.raw(self.surround)
        if self.surround:
            writer.raw(self.marks.operators(sheet))
        for part in parts:
            self.print_part(writer, part)
        writer.raw("/Register Do")
        self.pages.add(*self.book.page_of(writer))

    def print_part(self, writer: PageWriter, part: ClaimRow) -> None:
        serial, short_code, claim_text, side, bits = part
        if side != self.side:
            raise InputError(
                f"Its claim QR has {side} modules a side, those before it {self.side}.",
                where=f"stamp No. {serial}",
                remedy="Make all claim symbols of a series in one version.",
            )
        _, row, column = self.places.of(serial)
        texts = self.lines.texts(serial, short_code, claim_text)
        writer.raw(f"{self.place(row, column)}{self.symbols.operators(bits)}\n{self.letters.operators(texts)} Q")
        self.parts += 1

    def place(self, row: int, column: int) -> str:
        """Return what leads to a place; kept in a dict, for a cache of a method would keep the whole file alive."""
        if (row, column) not in self.beginnings:
            cell = self.geometry.cell(row, column)
            up_mm = self.geometry.media.height_mm - cell.bottom_mm
            self.beginnings[row, column] = f"q 1 0 0 1 {number(cell.x_mm)} {number(up_mm)} cm /Claim Do\n"
        return self.beginnings[row, column]


def _book(series: Series, layout: ClaimLayout, half: Half | None) -> SheetBook:
    static = claim_static_marks(series, layout, half)
    letters = "".join(mark.text for mark in static if isinstance(mark, TextRun))
    what = "hidden codes" if half is None else f"half {half.value} of the hidden codes"
    book = SheetBook(series, sheet_geometry(series), letters, what)
    writer = book.writer(layout.height_mm)
    writer.draw(static)
    whole = Box(x_mm=0, y_mm=0, width_mm=layout.width_mm, height_mm=layout.height_mm)
    book.add_form("Claim", writer.operators(), whole)
    return book


def scratch_layer_pdf(series: Series, *, half: Half | None = None) -> bytes:
    """Return the scratch plate: one sheet, in register, with the scratch field of each place in 100 % black.

    With `half` the plate is that half's, for its own printer.
    """
    geometry = sheet_geometry(series)
    field = claim_layout(series, claim_symbol_side(series, half), halves=half is not None).field(half).scratch
    book = SheetBook(series, geometry, "", "scratch field" if half is None else f"scratch field of half {half.value}")
    writer = book.writer(geometry.media.height_mm)
    for cell in geometry.cells:
        place = Box(
            x_mm=cell.x_mm + field.x_mm,
            y_mm=cell.y_mm + field.y_mm,
            width_mm=field.width_mm,
            height_mm=field.height_mm,
        )
        writer.draw((Fill(box=place, colour=BLACK),))
    writer.raw("/Register Do")
    pages = PageList()
    pages.add(*book.page_of(writer))
    return b"".join(file_parts(book.shared(), pages))
