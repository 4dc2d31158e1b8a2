"""How stamps lie on sheets: which serial on which sheet and place, and where everything around them goes.

Place follows from serial and edition alone (`Places`): a serial that is left out leaves its place empty, and
so faces and claim parts come out in register, and a part of an edition that is printed again falls on the same
places. Places are counted pane by pane, row by row; serials take them in one of three orders: by row, by
column, or down through stacks of sheets (cut-and-stack). Lengths are mm from the top left corner of the
untrimmed sheet. Nothing here draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from cryptostamp.errors import InputError
from cryptostamp.press.marks import Box
from cryptostamp.primitives import Serial
from cryptostamp.series.models import SerialOrder, Series

__all__ = [
    "MARGIN_MM",
    "Places",
    "SheetGeometry",
    "cut",
    "place_of",
    "position_of",
    "serial_at",
    "sheet_geometry",
    "sheets_at_once",
    "sheets_in_order",
    "sheets_of",
    "sheets_with",
]

MARGIN_MM = 11.0
"""Paper outside of the trimmed sheet, for crop and registration marks."""


class _Numbered(Protocol):
    @property
    def serial(self) -> Serial: ...


_Stamp = TypeVar("_Stamp", bound=_Numbered)


class Places:
    """Which serial lies where in an edition. Sheets and positions count from 1, rows and columns from 0.

    In a stack of K sheets, position p (from 0) of sheet s (from 0) holds the serial K p + s after the stack's
    first. The last stack has only as many sheets as it needs, and is as full as they can be.
    """

    def __init__(self, series: Series) -> None:
        sheet = series.sheet
        self.edition = series.edition
        self.stamps = sheet.stamps
        self._rows, self._columns, self._across = sheet.rows, sheet.columns, sheet.panes_across
        self._pane = sheet.pane_stamps
        self._by_column = sheet.order is SerialOrder.COLUMN
        self.sheets = -(-series.edition // self.stamps)
        self.batch_sheets = sheet.stack_sheets if sheet.order is SerialOrder.STACK else 1
        """Sheets whose serials are contiguous only all together: a stack, or one sheet."""
        self.batch = self.batch_sheets * self.stamps
        """Serials in such a batch; the last one may have fewer."""
        self._positions = tuple(map(self._position_of, range(self.stamps)))
        self._cells = tuple(map(self._cell_at, range(self.stamps)))

    def stack_of(self, batch: int) -> int:
        """Return how many sheets a batch has; batches count from 0."""
        return min(self.batch_sheets, self.sheets - batch * self.batch_sheets)

    def on_sheet(self, serial: int) -> tuple[int, int]:
        """Return the sheet of a serial and its position there."""
        batch, offset = divmod(serial - 1, self.batch)
        if self.batch_sheets == 1:
            return batch + 1, self._positions[offset]
        position, sheet = divmod(offset, self.stack_of(batch))
        return batch * self.batch_sheets + sheet + 1, self._positions[position]

    def on_sheets(self, serials: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the sheets (n,) of serials and their positions there, as `on_sheet` does."""
        batch, offset = np.divmod(serials - 1, self.batch)
        position, sheet = np.divmod(offset, np.minimum(self.batch_sheets, self.sheets - batch * self.batch_sheets))
        return batch * self.batch_sheets + sheet + 1, np.array(self._positions, dtype=np.int64)[position]

    def of(self, serial: int) -> tuple[int, int, int]:
        """Return sheet, row and column of a serial; rows and columns run through all panes of the sheet."""
        sheet, position = self.on_sheet(serial)
        return sheet, *self._cells[position - 1]

    def _position_of(self, index: int) -> int:
        """Return the position, from 1, of the stamp that comes after `index` others on its sheet."""
        if not self._by_column:
            return index + 1
        pane, inside = divmod(index, self._pane)
        column, row = divmod(inside, self._rows)
        return pane * self._pane + row * self._columns + column + 1

    def _cell_at(self, index: int) -> tuple[int, int]:
        """Return row and column, across all panes, of the position `index`, from 0."""
        pane, inside = divmod(index, self._pane)
        pane_row, pane_column = divmod(pane, self._across)
        row, column = divmod(inside, self._columns)
        return pane_row * self._rows + row, pane_column * self._columns + column

    def serial_at(self, sheet: int, row: int, column: int) -> Serial | None:
        """Return the serial that lies at a place, `None` where the edition is at its end."""
        pane_row, row = divmod(row, self._rows)
        pane_column, column = divmod(column, self._columns)
        inside = column * self._rows + row if self._by_column else row * self._columns + column
        position = (pane_row * self._across + pane_column) * self._pane + inside
        batch, in_batch = divmod(sheet - 1, self.batch_sheets)
        serial = batch * self.batch + position * self.stack_of(batch) + in_batch + 1
        return Serial(serial) if serial <= self.edition else None

    def numbers_on(self, sheets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the numbers (sheets, stamps) that sheets (n,) have room for, each in the order of `serials_of`.

        Numbers beyond the edition are those of places that stay empty.
        """
        batch, in_batch = np.divmod(sheets - 1, self.batch_sheets)
        step = np.minimum(self.batch_sheets, self.sheets - batch * self.batch_sheets)
        first = batch * self.batch + in_batch + 1
        numbers: npt.NDArray[np.int64] = first[:, np.newaxis] + step[:, np.newaxis] * np.arange(self.stamps)
        return numbers

    def cell_of(self, index: int) -> tuple[int, int]:
        """Return row and column of the stamp that comes after `index` others on its sheet: the same on all sheets."""
        return self._cells[self._positions[index] - 1]

    def serials_of(self, sheet: int) -> range:
        """Return the serials of a sheet in their order; in a stack they are a stack's height apart."""
        batch, in_batch = divmod(sheet - 1, self.batch_sheets)
        first = batch * self.batch + in_batch + 1
        step = self.stack_of(batch)
        return range(first, min(first + step * self.stamps, self.edition + 1), step)


def sheets_of(series: Series) -> int:
    """Return how many sheets an edition fills."""
    return Places(series).sheets


def place_of(series: Series, serial: Serial) -> tuple[int, int, int]:
    """Return sheet (from 1), row and column (from 0) of a serial."""
    return Places(series).of(serial)


def position_of(series: Series, serial: Serial) -> tuple[int, int]:
    """Return sheet and position of a serial as people count them, both from 1: pane by pane, row by row."""
    return Places(series).on_sheet(serial)


def serial_at(series: Series, sheet: int, row: int, column: int) -> Serial | None:
    """Return the serial at a place, the inverse of `place_of`; `None` for a place that the edition leaves empty."""
    return Places(series).serial_at(sheet, row, column)


def sheets_with(series: Series, serials: range) -> int:
    """Return how many sheets hold at least one of these serials, which follow one another."""
    places = Places(series)
    first, last = (serials[0] - 1) // places.batch, (serials[-1] - 1) // places.batch
    total = 0
    for batch in {first, last}:
        begin = max(serials[0], batch * places.batch + 1)
        end = min(serials[-1], (batch + 1) * places.batch)
        total += min(end - begin + 1, places.stack_of(batch))
    return total + max(last - first - 1, 0) * places.batch_sheets


def cut(series: Series, serials: range, sheets_per_file: int) -> list[range]:
    """Return the parts of `serials` that go into one file each: at most `sheets_per_file` whole sheets.

    The cuts depend on the sheet alone, so that two jobs that overlap have their files in common. A stack is
    never torn: a file holds whole stacks, and at least one.
    """
    places = Places(series)
    stamps = max(sheets_per_file // places.batch_sheets, 1) * places.batch
    first, last = serials[0], serials[-1]
    starts = [first, *range((first - 1) // stamps * stamps + stamps + 1, last + 1, stamps)]
    return [range(start, end) for start, end in zip(starts, [*starts[1:], last + 1], strict=True)]


def sheets_in_order(series: Series, stamps: Iterable[_Stamp]) -> Iterator[tuple[int, list[_Stamp]]]:
    """Yield sheet by sheet the number of the sheet and its stamps, which come in the order of their serials.

    At most one stack is held in memory. Raises `InputError` if the serials do not ascend, or leave 1..N.
    """
    places, edition = Places(series), series.edition
    on_sheet = places.on_sheet
    before, batch_end = 0, 0
    held: dict[int, list[_Stamp]] = {}
    for stamp in stamps:
        serial = stamp.serial
        if not before < serial <= edition:
            raise _slipped(before, serial, edition)
        before = serial
        if serial > batch_end:
            yield from sorted(held.items())
            held = {}
            batch_end = ((serial - 1) // places.batch + 1) * places.batch
        held.setdefault(on_sheet(serial)[0], []).append(stamp)
    yield from sorted(held.items())


def sheets_at_once(
    places: Places, serials: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """Return the sheets (n,) with at least one of these serials, which ascend; what they have room for; who is there.

    Room is as `Places.numbers_on` gives it; who is there, of the same shape, is the index in `serials`, or -1 for none.
    Raises `InputError` if the serials do not ascend, or leave 1..N.
    """
    before = np.concatenate(([0], serials[:-1]))
    wrong = np.flatnonzero((serials <= before) | (serials > places.edition))
    if len(wrong):
        raise _slipped(int(before[wrong[0]]), int(serials[wrong[0]]), places.edition)
    first, last = (int(serial - 1) // places.batch for serial in (serials[0], serials[-1]))
    sheets = np.arange(
        first * places.batch_sheets + 1, min((last + 1) * places.batch_sheets, places.sheets) + 1, dtype=np.int64
    )
    numbers = places.numbers_on(sheets)
    found = np.minimum(np.searchsorted(serials, numbers), len(serials) - 1)
    held = np.where(serials[found] == numbers, found, -1)
    there = (held >= 0).any(axis=1)
    return sheets[there], numbers[there], held[there]


def _slipped(before: int, serial: int, edition: int) -> InputError:
    return InputError(
        f"Stamp No. {serial} follows No. {before}; serials must ascend from 1 to {edition}.",
        where=f"stamp No. {serial}",
        remedy="Give each stamp once, in the order of its number.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetGeometry:
    """The measures of a sheet."""

    media: Box
    bleed: Box
    """How far pictures may go beyond the trimmed sheet."""
    trim: Box
    """The sheet as it is sold: the stamps and the selvedge around them."""
    pane: Box
    """The stamps alone, from outer cut to outer cut, of all panes together."""
    panes: tuple[Box, ...]
    """Each pane, row by row."""
    rows: int
    columns: int
    """Of all panes together."""
    stamp_width_mm: float
    stamp_height_mm: float
    cells: tuple[Box, ...]
    """The box of each place from cut to cut, row by row across the sheet."""

    def cell(self, row: int, column: int) -> Box:
        """Return the box of a stamp, from cut to cut."""
        return self.cells[row * self.columns + column]


def sheet_geometry(series: Series) -> SheetGeometry:
    """Return the measures of a series' sheets."""
    sheet, template = series.sheet, series.template
    width = template.width_mm if template else float(series.stamp.width_mm)
    height = template.height_mm if template else float(series.stamp.height_mm)
    gutter, between, selvedge = float(sheet.gutter_mm), float(sheet.pane_gutter_mm), float(sheet.selvedge_mm)
    pane_width = sheet.columns * width + (sheet.columns - 1) * gutter
    pane_height = sheet.rows * height + (sheet.rows - 1) * gutter
    all_width = sheet.panes_across * pane_width + (sheet.panes_across - 1) * between
    all_height = sheet.panes_down * pane_height + (sheet.panes_down - 1) * between
    trim = Box(
        x_mm=MARGIN_MM,
        y_mm=MARGIN_MM,
        width_mm=float(sheet.width_mm) if sheet.width_mm else all_width + 2 * selvedge,
        height_mm=float(sheet.height_mm) if sheet.height_mm else all_height + 2 * selvedge,
    )
    left, top = trim.x_mm + (trim.width_mm - all_width) / 2, trim.y_mm + (trim.height_mm - all_height) / 2
    panes = tuple(
        Box(
            x_mm=left + across * (pane_width + between),
            y_mm=top + down * (pane_height + between),
            width_mm=pane_width,
            height_mm=pane_height,
        )
        for down in range(sheet.panes_down)
        for across in range(sheet.panes_across)
    )
    cells = tuple(
        Box(
            x_mm=panes[column // sheet.columns].x_mm + column % sheet.columns * (width + gutter),
            y_mm=panes[row // sheet.rows * sheet.panes_across].y_mm + row % sheet.rows * (height + gutter),
            width_mm=width,
            height_mm=height,
        )
        for row in range(sheet.rows * sheet.panes_down)
        for column in range(sheet.columns * sheet.panes_across)
    )
    if template and template.sheet and template.sheet.places_mm:
        cells = tuple(
            Box(x_mm=trim.x_mm + x, y_mm=trim.y_mm + y, width_mm=width, height_mm=height)
            for x, y in template.sheet.places_mm
        )
    return SheetGeometry(
        media=trim.grown(MARGIN_MM),
        bleed=trim.grown(min(float(sheet.bleed_mm), MARGIN_MM)),
        trim=trim,
        pane=Box(x_mm=left, y_mm=top, width_mm=all_width, height_mm=all_height),
        panes=panes,
        rows=sheet.rows * sheet.panes_down,
        columns=sheet.columns * sheet.panes_across,
        stamp_width_mm=width,
        stamp_height_mm=height,
        cells=cells,
    )
