"""What surrounds the stamps on a sheet: perforation, selvedge, crop and register marks.

The perforation is drawn hole by hole in the spot ink ``DieLine``, overprinting, with a whole number of
pitches on each side of a stamp so that a hole sits on every corner (comb perforation). Crop marks and
register marks use the ink ``All`` and stay outside of the trimmed sheet. The selvedge carries what
collectors look for: title, post, sum of the sheet, plate numbers and colour dots.
"""

from __future__ import annotations

from functools import lru_cache

from cryptostamp.press.imposition import SheetGeometry
from cryptostamp.press.layout import HOLE_MM, holes_along
from cryptostamp.press.lettering import Typeface, width_of
from cryptostamp.press.marks import BLACK, Box, TextRun
from cryptostamp.press.pdf_marks import PageWriter, number, round_dots
from cryptostamp.press.wording import face_value_text
from cryptostamp.series.models import Money, Series

__all__ = ["perforation", "register_marks", "selvedge", "selvedge_texts", "sheet_number"]

_CROP_GAP_MM, _CROP_MM = 3.0, 6.0
_HAIRLINE_MM = 0.09
_TEXT_MM = 2.7
_PROCESS = ("1 0 0 0 k", "0 1 0 0 k", "0 0 1 0 k", "0 0 0 1 k")
_DOT_MM, _DOT_PITCH_MM = 2.2, 4.2


@lru_cache(maxsize=8)
def perforation(series: Series, geometry: SheetGeometry) -> str:
    """Return the die line: every hole of the pane once, as a circle of the hole's size."""
    across = holes_along(geometry.stamp_width_mm, series.sheet.gauge)
    down = holes_along(geometry.stamp_height_mm, series.sheet.gauge)
    pane, height = geometry.pane, geometry.media.height_mm
    step_x, step_y = geometry.stamp_width_mm / across, geometry.stamp_height_mm / down
    centres = [
        (pane.x_mm + column * step_x, pane.y_mm + row * geometry.stamp_height_mm)
        for row in range(geometry.rows + 1)
        for column in range(across * geometry.columns + 1)
    ]
    centres += [
        (pane.x_mm + column * geometry.stamp_width_mm, pane.y_mm + row * step_y)
        for column in range(geometry.columns + 1)
        for row in range(down * geometry.rows + 1)
        if row % down
    ]
    path = round_dots(((x, height - y) for x, y in centres), HOLE_MM / 2)
    return f"q /Overprint gs /DieLine CS 1 SCN {_HAIRLINE_MM} w {path} S Q"


def register_marks(geometry: SheetGeometry) -> str:
    """Return crop marks at the corners of the trimmed sheet and register marks at the middle of its sides."""
    trim, height = geometry.trim, geometry.media.height_mm
    out = [f"q /All CS 1 SCN {_HAIRLINE_MM} w"]
    for x, away_x in ((trim.x_mm, -1), (trim.right_mm, 1)):
        for y, away_y in ((trim.y_mm, -1), (trim.bottom_mm, 1)):
            near, far = _CROP_GAP_MM, _CROP_GAP_MM + _CROP_MM
            out.append(_line(x + away_x * near, height - y, x + away_x * far, height - y))
            out.append(_line(x, height - (y + away_y * near), x, height - (y + away_y * far)))
    middle_x, middle_y = trim.x_mm + trim.width_mm / 2, trim.y_mm + trim.height_mm / 2
    off = _CROP_GAP_MM + _CROP_MM / 2
    for x, y in (
        (middle_x, trim.y_mm - off),
        (middle_x, trim.bottom_mm + off),
        (trim.x_mm - off, middle_y),
        (trim.right_mm + off, middle_y),
    ):
        out += [
            _line(x - 3, height - y, x + 3, height - y),
            _line(x, height - y - 3, x, height - y + 3),
            round_dots([(x, height - y)], 1.6) + " S",
        ]
    return "\n".join([*out, "Q"])


def _line(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{number(x0)} {number(y0)} m {number(x1)} {number(y1)} l S"


def _sum_of_sheet(series: Series) -> str:
    total = Money(amount=series.face_value.amount * series.sheet.stamps, currency=series.face_value.currency)
    return f"{series.sheet.stamps} × {face_value_text(series.face_value)} = {face_value_text(total)}"  # noqa: RUF001


def selvedge_texts(series: Series) -> tuple[str, str, str]:
    """Return what the upper selvedge says: title, post and year, sum of the sheet."""
    return series.title.upper(), f"{series.issuer.name} · {series.year}", _sum_of_sheet(series)


def _set(text: str, anchor: float, x: float, baseline: float, typeface: Typeface, tracking: float = 0.0) -> TextRun:
    wide = width_of(text, typeface, _TEXT_MM, tracking=tracking, element="selvedge")
    return TextRun(
        text=text,
        typeface=typeface,
        size_mm=_TEXT_MM,
        x_mm=x - anchor * wide,
        baseline_mm=baseline,
        tracking_mm=tracking * _TEXT_MM,
        colour=BLACK,
    )


def _baselines(pane: Box, trim: Box) -> tuple[float, float]:
    half = _TEXT_MM * 0.35
    return (trim.y_mm + pane.y_mm) / 2 + half, (trim.bottom_mm + pane.bottom_mm) / 2 + half


def selvedge(series: Series, geometry: SheetGeometry) -> str:
    """Return letters and colour dots of the selvedge; without a selvedge of at least 6 mm, nothing."""
    pane, trim = geometry.pane, geometry.trim
    if pane.y_mm - trim.y_mm < 6:  # noqa: PLR2004 (mm: letters and 1 mm to the perforation and the cut)
        return ""
    writer = PageWriter(geometry.media.height_mm)
    upper, lower = _baselines(pane, trim)
    title, post, total = selvedge_texts(series)
    writer.draw(
        (
            _set(title, 0, pane.x_mm, upper, Typeface.DISPLAY, 0.2),
            _set(post, 0.5, pane.x_mm + pane.width_mm / 2, upper, Typeface.TEXT, 0.04),
            _set(total, 1, pane.right_mm, upper, Typeface.TEXT, 0.04),
        )
    )
    label = _set("Plate", 0, pane.x_mm, lower, Typeface.TEXT, 0.04)
    writer.draw((label,))
    x = pane.x_mm + width_of("Plate", Typeface.TEXT, _TEXT_MM, tracking=0.04) + 1.6
    middle = geometry.media.height_mm - (lower - _TEXT_MM * 0.35)
    for ink in _PROCESS:
        writer.raw(f"q {ink}")
        writer.raw(round_dots([(x + _DOT_MM / 2, middle)], _DOT_MM / 2) + " f Q")
        x += _DOT_PITCH_MM * 0.72
        figure = _set("1", 0, x, lower, Typeface.TEXT)
        plain = PageWriter(geometry.media.height_mm)
        plain.draw((figure,))
        writer.raw("q " + plain.operators().replace("0 g", ink) + " Q")
        x += _DOT_PITCH_MM * 0.5
    return writer.operators()


def sheet_number(geometry: SheetGeometry, sheet: int, sheets: int) -> tuple[TextRun, ...]:
    """Return the number of a sheet, in the lower selvedge on the right."""
    if geometry.pane.y_mm - geometry.trim.y_mm < 6:  # noqa: PLR2004 (as for the selvedge)
        return ()
    lower = _baselines(geometry.pane, geometry.trim)[1]
    return (_set(f"Sheet {sheet} of {sheets}", 1, geometry.pane.right_mm, lower, Typeface.TEXT, 0.04),)
