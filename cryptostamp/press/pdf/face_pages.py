"""The pages of face sheets, by two ways that give the same pages: many at once, or stamp by stamp.

On most faces nothing but symbol and lines of codes differs from stamp to stamp: NumPy fills a mould with them. Any
other face, such as one with a rosette of its own, is written mark by mark.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cryptostamp.errors import InputError
from cryptostamp.press.code_lines import CodeLines, is_code
from cryptostamp.press.imposition import Places, sheet_geometry, sheets_at_once, sheets_in_order
from cryptostamp.press.marks import Box
from cryptostamp.press.pdf.face_book import FaceBook, before_stamps, form_name, shared_by_faces
from cryptostamp.press.pdf.operators import SymbolPlace, number
from cryptostamp.press.pdf.page_file import PageList, SharedPart
from cryptostamp.press.pdf.sheet_book import AFTER, BEFORE
from cryptostamp.press.pdf.sheet_furniture import SheetMarks
from cryptostamp.press.pdf.sheet_mould import Column, Hole, SheetMould, column_of_hex, column_of_lines, column_of_names
from cryptostamp.press.runs import FaceRow, FaceRun
from cryptostamp.press.template import Template, template_of
from cryptostamp.press.template_marks import code_lines, variable_marks
from cryptostamp.series.models import Series

__all__ = ["FacePages", "MouldedPages", "WrittenPages", "has_codes_alone"]

_BITS, _FORM = "bits", "form"
"""Columns of a mould, beside the patterns of its lines."""
_SHEETS_AT_ONCE: Final = 64
"""Some 17 kB each."""
_MOULDS: Final = 16


class _Lines(NamedTuple):
    """The lines of codes that a stamp adds to its form."""

    around: tuple[str, ...]
    """What stands before, between and after them."""
    patterns: tuple[str, ...]


class FacePages(ABC):
    """The pages of sheets of faces, whose symbols have `side` modules a side."""

    def __init__(self, series: Series, side: int, auto: str | None) -> None:
        self.series = series
        self.side = side
        self.auto = auto
        self.template = template_of(series, side)
        self.geometry = sheet_geometry(series)
        self.marks = SheetMarks(series, self.geometry)
        self.places = Places(series)
        self.before = before_stamps(series)
        self.pages = PageList()
        self.beginnings: dict[tuple[int, int], str] = {}
        self.stamps = 0
        self.sheets = 0

    @abstractmethod
    def made(self) -> Iterator[int]:
        """Make all pages; yield the number of each sheet when it is there."""

    @abstractmethod
    def shared(self) -> SharedPart:
        """Return what the pages share, when all of them are made."""

    def _place(self, row: int, column: int) -> str:
        """Return what leads to a place; kept in a dict, for a cache of a method would keep the whole file alive."""
        if (row, column) not in self.beginnings:
            self.beginnings[row, column] = self._place_in(self.geometry.cell(row, column))
        return self.beginnings[row, column]

    def _place_in(self, cell: Box) -> str:
        return f"q 1 0 0 1 {number(cell.x_mm)} {number(self.geometry.media.height_mm - cell.bottom_mm)} cm "


class MouldedPages(FacePages):
    """Sheets whose stamps differ in what fits into the holes of a mould; `codes` are the short codes of the run."""

    def __init__(
        self,
        series: Series,
        run: FaceRun,
        codes: npt.NDArray[np.bytes_],
        *,
        auto: str | None = None,
        shared: SharedPart | None = None,
    ) -> None:
        super().__init__(series, run.side, auto)
        self.run = run
        self.codes = codes
        self._shared = shared

    def shared(self) -> SharedPart:
        """Return what was given, or else what these very stamps need."""
        if self._shared is not None:
            return self._shared
        kinds = dict.fromkeys(zip(map(int, self.run.designs), map(int, self.run.variants), strict=True))
        return shared_by_faces(self.series, self.side, self.auto, tuple(sorted(kinds)))

    def made(self) -> Iterator[int]:
        """Make all pages; yield the number of each sheet when it is there."""
        run = self.run
        serials = np.asarray(run.serials, dtype=np.int64)
        designs, variants = (np.asarray(_listed(column), dtype=np.intp) for column in (run.designs, run.variants))
        fields = {"serial": serials.astype(np.bytes_), "short_code": self.codes}
        colours = len(self.series.variants)
        names = [form_name(*divmod(kind, colours)) for kind in range(len(self.series.designs) * colours)]
        columns = {
            _BITS: column_of_hex(run.symbols),
            _FORM: column_of_names(names, designs * colours + variants),
        }
        for design in np.flatnonzero(np.bincount(designs)).tolist():
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
            mould = kept.get(key) or self._mould(designs, held[start], beyond[start], columns)
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

    def _mould(
        self,
        designs: npt.NDArray[np.intp],
        held: npt.NDArray[np.intp],
        beyond: npt.NDArray[np.bool_],
        columns: Mapping[str, Column],
    ) -> SheetMould:
        """Return the mould of sheets that hold these stamps, -1 for none, and places that are beyond the edition."""
        symbol = SymbolPlace(self.side, self.template.symbol, self.template.height_mm)
        parts: list[str | Hole] = []
        for index in np.flatnonzero(held >= 0).tolist():
            lines = _expected(_lines_of(self.series, self.template, int(designs[held[index]]), 0))
            parts += [f"{self._place(*self.places.cell_of(index))}/", Hole(_FORM, index)]
            parts += [f" Do {symbol.before}", Hole(_BITS, index), f"{symbol.after}\n{lines.around[0]}"]
            for pattern, after in zip(lines.patterns, lines.around[1:], strict=True):
                parts += [Hole(pattern, index), after]
            parts.append(" Q\n")
        for index in np.flatnonzero(beyond).tolist():
            parts.append(f"{self._place(*self.places.cell_of(index))}/Cancelled Do Q\n")
        parts.append("/DieLines Do /Register Do")
        return SheetMould(parts, columns)


class WrittenPages(FacePages):
    """Sheets of any stamps, one after another. Their book is complete when they are."""

    def __init__(self, series: Series, side: int, rows: Iterable[FaceRow], *, auto: str | None = None) -> None:
        super().__init__(series, side, auto)
        self.rows = rows
        self.book = FaceBook(series, side, auto)
        self.kinds: dict[tuple[int, int, int], _Kind] = {}
        self.symbols: dict[int, SymbolPlace] = {}

    def shared(self) -> SharedPart:
        """Return what all of them have needed."""
        return self.book.shared()

    def made(self) -> Iterator[int]:
        """Make all pages; yield the number of each sheet when it is there."""
        for sheet, held in sheets_in_order(self.series, self.rows):
            self._print_sheet(sheet, held)
            yield sheet

    def _print_sheet(self, sheet: int, faces: list[FaceRow]) -> None:
        writer = self.book.writer(self.geometry.media.height_mm)
        writer.raw(self.before)
        writer.raw(self.marks.operators(sheet))
        codes_only = is_code("".join([face.short_code for face in faces]))
        self.book.provide_forms((face.design, face.variant) for face in faces)
        for face in faces:
            writer.raw(self._operators(face, codes_only=codes_only))
        for cell in self.marks.empty_places(sheet):
            writer.raw(f"{self._place_in(cell)}/Cancelled Do Q")
        writer.raw("/DieLines Do /Register Do")
        self.pages.add(*self.book.page_of(writer))
        self.stamps += len(faces)
        self.sheets += 1

    def _operators(self, face: FaceRow, *, codes_only: bool) -> str:
        """Return what prints one stamp: `codes_only` says that its short code is known to be a code."""
        serial, design, variant, short_code, side, bits = face
        kind = self.kinds.get((design, variant, side)) or self._add_kind(face)
        _, row, column = self.places.of(serial)
        if kind.letters and codes_only:
            letters = kind.letters.format(serial=serial, short_code=short_code)
        else:
            letters = self._letters(face, kind.lines)
        return f"{self._place(row, column)}{kind.before}{bits.hex()}{SymbolPlace.after}\n{letters} Q"

    def _letters(self, face: FaceRow, lines: tuple[CodeLines, list[str]] | None) -> str:
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

    def _add_kind(self, face: FaceRow) -> _Kind:
        """Return what stamps of this design, colour and size of symbol share."""
        design, variant = face.design, face.variant
        symbols = self.symbols.get(face.side) or self._add_symbols(face.side, face.serial)
        form = form_name(design, variant)
        lines = code_lines(
            self.template, self.series.designs[design], self.series.variants[variant], self.template.height_mm
        )
        kind = _Kind(
            before=f"/{form} Do {symbols.before}", lines=lines, letters=lines[0].pattern(lines[1]) if lines else None
        )
        self.kinds[design, variant, face.side] = kind
        return kind

    def _add_symbols(self, side: int, serial: int) -> SymbolPlace:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What stamps of one design, colour and size of symbol have in common."""

    before: str
    """The operators up to the modules of the symbol: they paint the form."""
    lines: tuple[CodeLines, list[str]] | None
    """The lines of codes and their patterns, where a stamp adds nothing else."""
    letters: str | None
    """The same as one pattern, where that can be."""


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
