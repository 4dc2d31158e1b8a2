"""The code of a sheet: which series, which sheet, which serials; for whoever packs, counts and delivers sheets.

A QR in the selvedge with the text ``LEAP/0007/000151-000175``: the identifier of the series, the number of the
sheet, its lowest and its highest serial, each with as many digits as the largest of the edition. In stacks of K
sheets the serials of a sheet are K apart. It says nothing that is not printed beside it, and it is no stamp's code.
"""

from __future__ import annotations

from functools import lru_cache

from cryptostamp.codes import SymbolBatch, text_symbols
from cryptostamp.press.imposition import Places, SheetGeometry, sheet_geometry
from cryptostamp.press.marks import Box
from cryptostamp.press.pdf.operators import SymbolPlace
from cryptostamp.series.models import Series

__all__ = ["QUIET_MM", "SheetCodes", "sheet_code"]

_SIDE_MM = 7.5
_QUIET_MODULES = 4
QUIET_MM = _SIDE_MM * _QUIET_MODULES / 25
"""Around the symbol, whose least version has 25 modules a side."""
_LEAST_VERSION = 2
_CHUNK = 256  # sheets whose symbols are made at once


def sheet_code(series: Series, sheet: int) -> tuple[str, Box] | None:
    """Return what the code of a sheet says and where its modules are, `None` if the selvedge has no room for one."""
    codes = SheetCodes(series, sheet_geometry(series))
    return None if codes.box is None else (codes.text(sheet), codes.box)


def _box(series: Series, geometry: SheetGeometry) -> Box | None:
    """Return the square at the right end of the lower selvedge, if that is bare paper and large enough."""
    if series.template is not None and series.template.sheet is not None:
        return None
    pane, trim = geometry.pane, geometry.trim
    room = trim.bottom_mm - pane.bottom_mm
    if room < _SIDE_MM + 2 * QUIET_MM:
        return None
    return Box(
        x_mm=pane.right_mm - QUIET_MM - _SIDE_MM,
        y_mm=pane.bottom_mm + (room - _SIDE_MM) / 2,
        width_mm=_SIDE_MM,
        height_mm=_SIDE_MM,
    )


class SheetCodes:
    """The codes of the sheets of a series, made many at a time."""

    def __init__(self, series: Series, geometry: SheetGeometry) -> None:
        self.series = series
        self.places = Places(series)
        self.box = _box(series, geometry)
        self._height_mm = geometry.media.height_mm
        self._sheet_digits, self._serial_digits = len(str(self.places.sheets)), len(str(series.edition))
        self._symbol_places: dict[int, SymbolPlace] = {}
        self._batch = lru_cache(maxsize=2)(self._symbols)

    def text(self, sheet: int) -> str:
        """Return what the code of a sheet says."""
        return self.series.id + self._ending(sheet)

    def operators(self, sheet: int) -> str:
        """Return PDF operators that print the code of a sheet; none where there is no room."""
        if self.box is None:
            return ""
        chunk, index = divmod(sheet - 1, _CHUNK)
        batch = self._batch(chunk)
        if batch.side not in self._symbol_places:
            self._symbol_places[batch.side] = SymbolPlace(batch.side, self.box, self._height_mm)
        return self._symbol_places[batch.side].operators(batch.packed[index].tobytes())

    def _ending(self, sheet: int) -> str:
        serials = self.places.serials_of(sheet)
        first, last = f"{serials[0]:0{self._serial_digits}}", f"{serials[-1]:0{self._serial_digits}}"
        return f"/{sheet:0{self._sheet_digits}}/{first}-{last}"

    def _symbols(self, chunk: int) -> SymbolBatch:
        sheets = range(chunk * _CHUNK + 1, min((chunk + 1) * _CHUNK, self.places.sheets) + 1)
        return text_symbols(self.series.id, [self._ending(sheet) for sheet in sheets], least_version=_LEAST_VERSION)
