"""What a finished sheet is compared with: where its stamps lie, what their letters say, how large the page is.

Asks the functions that lay sheets and stamps out (`imposition`, `template`, `claim_part`, `sheet_furniture`), and
nothing that writes files: what is compared is the plan with the file. Lengths are mm from the upper left corner
of the untrimmed sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptostamp.codes import Half
from cryptostamp.press.claim_layout import claim_layout
from cryptostamp.press.claim_part import ClaimLines
from cryptostamp.press.imposition import Places, sheet_geometry, sheets_in_order
from cryptostamp.press.marks import Box
from cryptostamp.press.pdf.sheet_code import QUIET_MM, sheet_code
from cryptostamp.press.pdf.sheet_furniture import SheetMarks
from cryptostamp.press.template import template_of
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series

__all__ = ["ClaimPlan", "PlannedPlace", "ProofPlan", "SheetPlan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPlace:
    """One place of a sheet, whatever lies there."""

    position: int
    """From 1, pane by pane, row by row; 0 is the code of the sheet itself."""
    cell: Box
    """What belongs to the place: for a stamp, from cut to cut."""
    symbol: Box
    """The modules of its QR, without the quiet zone."""


@dataclass(frozen=True, slots=True)
class _Stamp:
    serial: Serial


class SheetPlan:
    """The sheets of one series that have a symbol in the same place of each stamp."""

    def __init__(self, series: Series, symbol: Box) -> None:
        self.series = series
        self._sheets = Places(series)
        self._geometry = geometry = sheet_geometry(series)
        self.media, self.trim = geometry.media, geometry.trim
        self.places = tuple(
            PlannedPlace(position=position, cell=cell, symbol=_within(cell, symbol))
            for position, cell in sorted(
                (_position(series, index // geometry.columns, index % geometry.columns), cell)
                for index, cell in enumerate(geometry.cells)
            )
        )
        """All places of a full sheet, by their positions."""

    def place_of(self, serial: Serial) -> tuple[int, int]:
        """Return the sheet of a stamp and its position there; both count from 1."""
        return self._sheets.on_sheet(serial)

    def pages(self, serials: Iterable[int]) -> Iterator[tuple[int, dict[int, Serial]]]:
        """Yield, page by page, the number of the sheet and which serial has which position on it."""
        stamps = (_Stamp(Serial(serial)) for serial in serials)
        for sheet, held in sheets_in_order(self.series, stamps):
            yield sheet, {self.place_of(stamp.serial)[1]: stamp.serial for stamp in held}


class ProofPlan(SheetPlan):
    """The sheets of faces whose symbols have `symbol_side` modules a side."""

    def __init__(self, series: Series, symbol_side: int) -> None:
        self._template = template_of(series, symbol_side)
        super().__init__(series, self._template.symbol)
        self._furniture = SheetMarks(series, self._geometry)
        code = sheet_code(series, 1)
        self.sheet_place = (
            None if code is None else PlannedPlace(position=0, cell=code[1].grown(QUIET_MM), symbol=code[1])
        )
        """Where the code of the sheet itself lies, if it has one."""

    def letters_of(self, serial: Serial, short_code: str) -> tuple[str, ...]:
        """Return the lines that stand on this stamp alone."""
        design = self.series.design_of(serial).key
        return tuple(
            line.pattern.format(serial=serial, short_code=short_code)
            for line in self._template.numbered
            if not line.designs or design in line.designs
        )

    def letters_of_sheet(self, sheet: int) -> tuple[str, ...]:
        """Return the lines in the selvedge that stand on this sheet alone; none without a selvedge."""
        return self._furniture.texts(sheet)

    def code_of_sheet(self, sheet: int) -> str:
        """Return what the code of a sheet says; empty if it has none."""
        code = sheet_code(self.series, sheet)
        return code[0] if code else ""


class ClaimPlan(SheetPlan):
    """The sheets of a layer of hidden codes, or of halves, whose symbols have `symbol_side` modules a side."""

    def __init__(self, series: Series, symbol_side: int, half: Half | None) -> None:
        layout = claim_layout(series, symbol_side, halves=half is not None)
        super().__init__(series, layout.field(half).symbol)
        self._lines = ClaimLines(series, layout, half)

    def letters_of(self, serial: Serial, short_code: str, claim_text: str) -> tuple[str, ...]:
        """Return the lines that stand on this claim part alone. They are as secret as the code."""
        return tuple(self._lines.texts(serial, short_code, claim_text))


def _position(series: Series, row: int, column: int) -> int:
    """Return the position of a place, whose row and column run through all panes."""
    sheet = series.sheet
    pane = row // sheet.rows * sheet.panes_across + column // sheet.columns
    return pane * sheet.pane_stamps + row % sheet.rows * sheet.columns + column % sheet.columns + 1


def _within(cell: Box, box: Box) -> Box:
    return Box(x_mm=cell.x_mm + box.x_mm, y_mm=cell.y_mm + box.y_mm, width_mm=box.width_mm, height_mm=box.height_mm)
