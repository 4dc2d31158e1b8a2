"""The print master: sheets of stamps as a vector PDF whose bytes depend on its input alone.

What stamps share is stored once: each picture in each colour is a Form XObject, and a stamp adds an inline
1-bit image mask and two lines of letters, some 140 bytes. A file appears under its name only when it is
complete. It is made in memory before that, about 10 kB a sheet; so an edition of any size is printed
in files of at most about 1,000 sheets (`cryptostamp.press.imposition.cut`). Pictures keep the ICC-based sRGB
of their conversion: separation for a given press, output intent and PDF/X are not done here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cryptostamp.errors import InputError
from cryptostamp.files import write_whole
from cryptostamp.press.code_lines import CodeLines, is_code
from cryptostamp.press.face_book import FaceBook, before_stamps, form_name, shared_by_faces
from cryptostamp.press.imposition import Places, sheet_geometry, sheets_at_once, sheets_in_order
from cryptostamp.press.marks import Box
from cryptostamp.press.page_file import PageList, SharedPart, file_parts
from cryptostamp.press.pdf_marks import SymbolPlace, number
from cryptostamp.press.runs import FaceRow, FaceRun, face_rows, face_run
from cryptostamp.press.sheet_book import AFTER, BEFORE
from cryptostamp.press.sheet_furniture import SheetMarks
from cryptostamp.press.sheet_mould import Column, Hole, SheetMould, column_of_hex, column_of_lines, column_of_names
from cryptostamp.press.stamp_image import StampFace
from cryptostamp.press.template import Template, template_of
from cryptostamp.press.template_marks import code_lines, variable_marks
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series

__all__ = ["SheetFile", "shared_faces", "write_face_pdf"]

_BITS, _COLOUR = "bits", "colour"
"""Columns of a mould, beside the patterns of its lines."""
_SHEETS_AT_ONCE: Final = 64
"""Some 17 kB each."""
_MOULDS: Final = 16


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


def shared_faces(series: Series, symbol_side: int, auto: str | None = None) -> SharedPart | None:
    """Return what all files of a series can share: the forms of all its stamps. Makes no two files of one job wait.

    `None` where a stamp is more than its form, its symbol and its codes: each file finds out what it needs then.
    """
    if not has_codes_alone(series, template_of(series, symbol_side)):
        return None
    designs, variants = range(len(series.designs)), range(len(series.variants))
    kinds = tuple((design, variant) for design in designs for variant in variants)
    return shared_by_faces(series, symbol_side, auto, kinds)


def write_face_pdf(
    path: Path,
    series: Series,
    faces: Iterable[StampFace] | FaceRun,
    *,
    auto: str | None = None,
    shared: SharedPart | None = None,
    progress: Callable[[int], None] | None = None,
) -> SheetFile:
    """Write the sheets that hold these faces and return what was written.

    Faces come in ascending order of their serials; sheet and place follow from the serial, and the place of a serial
    that is left out stays empty. `auto` is what `letters_colour` returns and `shared` what `shared_faces` does, if they
    are known. `progress` is called with the number of stamps so far, once a sheet. Raises `InputError`, `ArtworkError`,
    `StorageProblem`; nothing is left under `path` then.
    """
    run = face_run(series, faces)
    if not len(run.serials if isinstance(run, FaceRun) else run):
        raise InputError("There is no stamp to print.", where=str(path), remedy="Give at least one face.")
    printer = _FacePrinter(series, run.side if isinstance(run, FaceRun) else run[0].side, auto, shared)
    for _ in printer.print_run(run):
        if progress:
            progress(printer.stamps)
    size, digest = 0, hashlib.sha256()

    def write(stream: BinaryIO) -> None:
        nonlocal size
        for part in printer.parts():
            stream.write(part)
            digest.update(part)
            size += len(part)

    write_whole(path, write)
    return SheetFile(
        path=path,
        sheets=printer.sheets,
        stamps=printer.stamps,
        first_serial=run.serials[0] if isinstance(run, FaceRun) else run[0].serial,
        last_serial=run.serials[-1] if isinstance(run, FaceRun) else run[-1].serial,
        size=size,
        sha256=digest.hexdigest(),
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


class _Lines(NamedTuple):
    """The lines of codes that a stamp adds to its form."""

    around: tuple[str, ...]
    """What stands before, between and after them."""
    patterns: tuple[str, ...]


class _FacePrinter:
    """Turn faces, whose symbols have `side` modules a side, into pages."""

    def __init__(self, series: Series, side: int, auto: str | None, shared: SharedPart | None) -> None:
        self.series = series
        self.side = side
        self.auto = auto
        self.known = shared
        self.template = template_of(series, side)
        self.geometry = sheet_geometry(series)
        self.marks = SheetMarks(series, self.geometry)
        self.places = Places(series)
        self.before = before_stamps(series)
        self.pages = PageList()
        self.symbols: dict[int, SymbolPlace] = {}
        self.kinds: dict[tuple[int, int, int], _Kind] = {}
        self.beginnings: dict[tuple[int, int], str] = {}
        self.shared: Callable[[], SharedPart] | None = None
        self.stamps = 0
        self.sheets = 0

    def print_run(self, run: FaceRun | list[FaceRow]) -> Iterator[int]:
        """Print all sheets; yield the number of each when it is there."""
        codes = run.codes() if isinstance(run, FaceRun) else None
        if isinstance(run, FaceRun) and codes is not None and has_codes_alone(self.series, self.template):
            yield from self.print_at_once(run, codes)
            return
        book = FaceBook(self.series, self.side, self.auto)
        self.shared = book.shared
        for sheet, held in sheets_in_order(
            self.series, face_rows(self.series, run) if isinstance(run, FaceRun) else run
        ):
            self.print_sheet(book, sheet, held)
            yield sheet

    def parts(self) -> Iterator[bytes]:
        """Yield the file, part by part, once all is printed."""
        assert self.shared is not None  # noqa: S101 (something was printed)
        return file_parts(self.shared(), self.pages)

    def print_at_once(self, run: FaceRun, codes: npt.NDArray[np.bytes_]) -> Iterator[int]:
        """Print sheets whose stamps differ in what fits into the holes of a mould."""
        serials = np.asarray(run.serials, dtype=np.int64)
        designs, variants = (np.asarray(_listed(column), dtype=np.intp) for column in (run.designs, run.variants))
        fields = {"serial": serials.astype(np.bytes_), "short_code": codes}
        columns = {
            _BITS: column_of_hex(run.symbols),
            _COLOUR: column_of_names([str(number + 1) for number in range(len(self.series.variants))], variants),
        }
        colours = len(self.series.variants)
        kinds = [divmod(kind, colours) for kind in np.flatnonzero(np.bincount(designs * colours + variants)).tolist()]
        known = self.known
        self.shared = (
            (lambda: known) if known else partial(shared_by_faces, self.series, self.side, self.auto, tuple(kinds))
        )
        for design in sorted({design for design, _ in kinds}):
            for pattern in _expected(_lines_of(self.series, self.template, design, 0)).patterns:
                columns.setdefault(pattern, column_of_lines(pattern, fields))
        sheets, numbers, held = sheets_at_once(self.places, serials)
        beyond = numbers > self.places.edition
        kept: dict[bytes, SheetMould] = {}
        start = 0
        # Sheets with the same designs in the same places share a mould.
        alike = np.concatenate((designs[held] * (held >= 0) + 1 - (held < 0), -1 * beyond), axis=1)
        for key, group in groupby(range(len(sheets)), lambda index: alike[index].tobytes()):
            count = len(list(group))
            mould = kept.get(key) or self.mould(designs, held[start], beyond[start], columns)
            kept = {key: mould} if len(kept) >= _MOULDS else {**kept, key: mould}
            for first in range(start, start + count, _SHEETS_AT_ONCE):
                part = slice(first, min(first + _SHEETS_AT_ONCE, start + count))
                for index, body in zip(range(len(sheets))[part], mould.filled(columns, held[part]), strict=True):
                    sheet = int(sheets[index])
                    around = f"{self.before}\n{self.marks.operators(sheet)}".encode()
                    self.pages.add(BEFORE, around, body.data, AFTER)
                    self.stamps += int(np.count_nonzero(held[index] >= 0))
                    self.sheets += 1
                    yield sheet
            start += count

    def mould(
        self,
        designs: npt.NDArray[np.intp],
        held: npt.NDArray[np.intp],
        beyond: npt.NDArray[np.bool_],
        columns: Mapping[str, Column],
    ) -> SheetMould:
        """Return the mould of sheets that hold these stamps, -1 for none, and places that are beyond the edition."""
        symbol = self.symbols.get(self.side) or self.add_symbols(self.side, 0)
        parts: list[str | Hole] = []
        for index in np.flatnonzero(held >= 0).tolist():
            design = int(designs[held[index]])
            lines = _expected(_lines_of(self.series, self.template, design, 0))
            parts += [f"{self.place(*self.places.cell_of(index))}/{form_name(design, 0)[:-1]}", Hole(_COLOUR, index)]
            parts += [f" Do {symbol.before}", Hole(_BITS, index), f"{symbol.after}\n{lines.around[0]}"]
            for pattern, after in zip(lines.patterns, lines.around[1:], strict=True):
                parts += [Hole(pattern, index), after]
            parts.append(" Q\n")
        for index in np.flatnonzero(beyond).tolist():
            parts.append(f"{self.place(*self.places.cell_of(index))}/Cancelled Do Q\n")
        parts.append("/DieLines Do /Register Do")
        return SheetMould(parts, columns)

    def print_sheet(self, book: FaceBook, sheet: int, faces: list[FaceRow]) -> None:
        writer = book.writer(self.geometry.media.height_mm)
        writer.raw(self.before)
        writer.raw(self.marks.operators(sheet))
        codes_only = is_code("".join([face.short_code for face in faces]))
        book.provide_forms((face.design, face.variant) for face in faces)
        for face in faces:
            writer.raw(self.operators(book, face, codes_only=codes_only))
        for cell in self.marks.empty_places(sheet):
            writer.raw(f"{self.place_in(cell)}/Cancelled Do Q")
        writer.raw("/DieLines Do /Register Do")
        self.pages.add(*book.page_of(writer))
        self.stamps += len(faces)
        self.sheets += 1

    def operators(self, book: FaceBook, face: FaceRow, *, codes_only: bool) -> str:
        """Return what prints one stamp: `codes_only` says that its short code is known to be a code."""
        serial, design, variant, short_code, side, bits = face
        kind = self.kinds.get((design, variant, side)) or self.add_kind(face)
        _, row, column = self.places.of(serial)
        if kind.letters and codes_only:
            letters = kind.letters.format(serial=serial, short_code=short_code)
        else:
            letters = self.letters(book, face, kind.lines)
        return f"{self.place(row, column)}{kind.before}{bits.hex()}{SymbolPlace.after}\n{letters} Q"

    def letters(self, book: FaceBook, face: FaceRow, lines: tuple[CodeLines, list[str]] | None) -> str:
        """Return what this stamp adds to its form, besides the symbol."""
        if lines is not None:
            quick, patterns = lines
            return quick.operators(
                [pattern.format(serial=face.serial, short_code=face.short_code) for pattern in patterns]
            )
        letters = book.writer(self.template.height_mm)
        design, variant = self.series.designs[face.design], self.series.variants[face.variant]
        letters.draw(variable_marks(self.template, face.serial, face.short_code, design, variant))
        return letters.operators()

    def add_kind(self, face: FaceRow) -> _Kind:
        """Return what stamps of this design, colour and size of symbol share."""
        design, variant = face.design, face.variant
        symbols = self.symbols.get(face.side) or self.add_symbols(face.side, face.serial)
        form = form_name(design, variant)
        lines = code_lines(
            self.template, self.series.designs[design], self.series.variants[variant], self.template.height_mm
        )
        kind = _Kind(
            before=f"/{form} Do {symbols.before}", lines=lines, letters=lines[0].pattern(lines[1]) if lines else None
        )
        self.kinds[design, variant, face.side] = kind
        return kind

    def place(self, row: int, column: int) -> str:
        """Return what leads to a place; kept in a dict, for a cache of a method would keep the whole file alive."""
        if (row, column) not in self.beginnings:
            self.beginnings[row, column] = self.place_in(self.geometry.cell(row, column))
        return self.beginnings[row, column]

    def place_in(self, cell: Box) -> str:
        return f"q 1 0 0 1 {number(cell.x_mm)} {number(self.geometry.media.height_mm - cell.bottom_mm)} cm "

    def add_symbols(self, side: int, serial: int) -> SymbolPlace:
        """Return the place of symbols of this size: smaller ones may share the layout, with larger modules."""
        template = template_of(self.series, side)
        if template.layers != self.template.layers:
            raise InputError(
                f"Its QR has {side} modules a side, those before it {self.side}.",
                where=f"stamp No. {serial}",
                remedy="Make all symbols of a series in one version.",
            )
        self.symbols[side] = SymbolPlace(side, template.symbol, template.height_mm)
        return self.symbols[side]


def _listed(column: Sequence[int]) -> list[int] | npt.NDArray[np.uint8]:
    """Return numbers as NumPy takes them: it would take bytes for a text."""
    return np.frombuffer(column, dtype=np.uint8) if isinstance(column, bytes) else list(column)


def has_codes_alone(series: Series, template: Template) -> bool:
    """Return whether nothing but symbol and lines of codes differs from stamp to stamp, whatever design and colour."""
    return all(
        _lines_of(series, template, design, variant) is not None
        for design in range(len(series.designs))
        for variant in range(len(series.variants))
    )


def _lines_of(series: Series, template: Template, design: int, variant: int) -> _Lines | None:
    """Return the lines of codes of a design and colour, `None` if a stamp adds anything else."""
    lines = code_lines(template, series.designs[design], series.variants[variant], template.height_mm)
    around = lines[0].around(lines[1]) if lines else None
    return _Lines(tuple(around), tuple(lines[1])) if lines and around else None


def _expected(lines: _Lines | None) -> _Lines:
    assert lines is not None  # noqa: S101 (`has_codes_alone` has looked)
    return lines
