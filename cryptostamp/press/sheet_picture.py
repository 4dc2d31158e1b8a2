"""The picture of a miniature sheet: over the whole sheet as it is sold, and what of it lies under each stamp."""

from __future__ import annotations

from collections.abc import Iterator

from cryptostamp.press.imposition import SheetGeometry, sheet_geometry
from cryptostamp.press.template_marks import PlacedPicture
from cryptostamp.primitives import Box
from cryptostamp.series.models import Series

__all__ = ["grounds_of_cells", "picture_under", "sheet_picture"]


def sheet_picture(series: Series, geometry: SheetGeometry) -> PlacedPicture | None:
    """Return the picture of the whole sheet and its bleed, in mm of the untrimmed sheet; `None` where there is none."""
    sheet = series.template.sheet if series.template else None
    return None if sheet is None else PlacedPicture(path=sheet.artwork, box=geometry.bleed, colour=sheet.colour)


def picture_under(series: Series, geometry: SheetGeometry, row: int, column: int) -> PlacedPicture | None:
    """Return the picture of the sheet as it lies under the stamp of a place, in mm of the stamp."""
    whole = sheet_picture(series, geometry)
    return None if whole is None else _seen_from(geometry.cell(row, column), whole)


def grounds_of_cells(series: Series) -> Iterator[PlacedPicture | None]:
    """Yield what lies under the stamp of each place; `None` once where there is no picture of a sheet."""
    geometry = sheet_geometry(series)
    whole = sheet_picture(series, geometry)
    if whole is None:
        yield None
        return
    for cell in geometry.cells:
        yield _seen_from(cell, whole)


def _seen_from(cell: Box, whole: PlacedPicture) -> PlacedPicture:
    box = Box(
        x_mm=whole.box.x_mm - cell.x_mm,
        y_mm=whole.box.y_mm - cell.y_mm,
        width_mm=whole.box.width_mm,
        height_mm=whole.box.height_mm,
    )
    return PlacedPicture(path=whole.path, box=box, colour=whole.colour)
