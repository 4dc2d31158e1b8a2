"""How stamps lie on sheets: which serial on which sheet and place, and where everything around them goes.

Place follows from the serial alone: stamps fill a sheet row by row, sheets follow one another, and a
serial that is left out leaves its place empty. So faces and claim parts come out in register, and a part of
an edition that is printed again falls on the same places. Lengths are mm from the top left corner
of the untrimmed sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from cryptostamp.errors import InputError
from cryptostamp.press.marks import Box
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series

__all__ = ["MARGIN_MM", "SheetGeometry", "cut", "place_of", "sheet_geometry", "sheets_in_order", "sheets_of"]

MARGIN_MM = 11.0
"""Paper outside of the trimmed sheet, for crop and registration marks."""


class _Numbered(Protocol):
    @property
    def serial(self) -> Serial: ...


_Stamp = TypeVar("_Stamp", bound=_Numbered)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetGeometry:
    """The measures of a sheet."""

    media: Box
    trim: Box
    """The sheet as it is sold: the stamps and the selvedge around them."""
    pane: Box
    """The stamps alone, from outer perforation to outer perforation."""
    rows: int
    columns: int
    stamp_width_mm: float
    stamp_height_mm: float

    def cell(self, row: int, column: int) -> Box:
        """Return the box of a stamp, from perforation to perforation."""
        return Box(
            x_mm=self.pane.x_mm + column * self.stamp_width_mm,
            y_mm=self.pane.y_mm + row * self.stamp_height_mm,
            width_mm=self.stamp_width_mm,
            height_mm=self.stamp_height_mm,
        )


def sheet_geometry(series: Series) -> SheetGeometry:
    """Return the measures of a series' sheets."""
    width, height = float(series.stamp.width_mm), float(series.stamp.height_mm)
    rows, columns, selvedge = series.sheet.rows, series.sheet.columns, float(series.sheet.selvedge_mm)
    pane = Box(x_mm=MARGIN_MM + selvedge, y_mm=MARGIN_MM + selvedge, width_mm=columns * width, height_mm=rows * height)
    trim = pane.grown(selvedge)
    return SheetGeometry(
        media=trim.grown(MARGIN_MM),
        trim=trim,
        pane=pane,
        rows=rows,
        columns=columns,
        stamp_width_mm=width,
        stamp_height_mm=height,
    )


def sheets_of(series: Series) -> int:
    """Return how many sheets an edition fills."""
    return -(-series.edition // series.sheet.stamps)


def place_of(series: Series, serial: Serial) -> tuple[int, int, int]:
    """Return sheet (from 1), row and column (from 0) of a serial."""
    sheet, position = series.sheet.place_of(serial)
    return sheet, *divmod(position - 1, series.sheet.columns)


def cut(series: Series, serials: range, sheets_per_file: int) -> list[range]:
    """Return the parts of `serials` that go into one file each: at most `sheets_per_file` whole sheets.

    The cuts depend on the sheet alone, so that two jobs that overlap have their files in common.
    """
    stamps = sheets_per_file * series.sheet.stamps
    first, last = serials[0], serials[-1]
    starts = [first, *range((first - 1) // stamps * stamps + stamps + 1, last + 1, stamps)]
    return [range(start, end) for start, end in zip(starts, [*starts[1:], last + 1], strict=True)]


def sheets_in_order(series: Series, stamps: Iterable[_Stamp]) -> Iterator[tuple[int, list[_Stamp]]]:
    """Yield sheet by sheet the number of the sheet and its stamps.

    Raises `InputError` if the serials do not ascend, or leave 1..N.
    """
    before, current, held = 0, 0, list[_Stamp]()
    for stamp in stamps:
        if not before < stamp.serial <= series.edition:
            raise InputError(
                f"Stamp No. {stamp.serial} follows No. {before}; serials must ascend from 1 to {series.edition}.",
                where=f"stamp No. {stamp.serial}",
                remedy="Give each stamp once, in the order of its number.",
            )
        before = stamp.serial
        sheet = place_of(series, stamp.serial)[0]
        if sheet != current and held:
            yield current, held
            held = []
        current = sheet
        held.append(stamp)
    if held:
        yield current, held
