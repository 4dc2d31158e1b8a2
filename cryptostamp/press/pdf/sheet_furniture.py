"""What surrounds the stamps on a sheet: die line, selvedge, crop and register marks, colour control strip.

What is punched or cut is drawn in the spot ink ``DieLine``, overprinting: perforation hole by hole, with a whole
number of pitches on each side of a stamp so that a hole sits on every corner (comb perforation), dies as outlines.
The selvedge carries what collectors look for: title, post, sum of the sheet, plate numbers and traffic lights
of colour, number and code of the sheet. Outside of the trimmed sheet lies what the printer needs, in the ink
``All`` where every plate must have it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from cryptostamp.press.colour import Inks
from cryptostamp.press.imposition import Places, SheetGeometry
from cryptostamp.press.layout import HOLE_MM, holes_along
from cryptostamp.press.lettering import Typeface, width_of
from cryptostamp.press.marks import Box, TextRun
from cryptostamp.press.pdf.operators import LinesToRight, PageWriter, in_spot_ink, number, round_dots, text_operators
from cryptostamp.press.pdf.sheet_code import QUIET_MM, SheetCodes
from cryptostamp.press.template import Cut
from cryptostamp.press.wording import face_value_text
from cryptostamp.series.models import Money, SerialOrder, Series

__all__ = [
    "FURNITURE_LETTERS",
    "SheetMarks",
    "cancelled_place",
    "die_lines",
    "register_marks",
    "selvedge",
    "selvedge_texts",
    "slug",
]

FURNITURE_LETTERS: Final = "Plate Sheet of Nos, every – 0123456789"  # noqa: RUF001 (the dash of a range)

_LEAST_SELVEDGE_MM = 6.0  # letters and 1 mm to the perforation and the cut
_CROP_GAP_MM, _CROP_MM = 3.4, 6.0
_HAIRLINE_MM = 0.09
_TEXT_MM = 2.7
_SMALL_MM = 2.1
_COUNTER_MM = 1.9
_PROCESS = ("1 0 0 0 k", "0 1 0 0 k", "0 0 1 0 k", "0 0 0 1 k")
_LIGHT_MM, _LIGHT_PITCH_MM = 3.0, 3.7
_STRIP = (  # C, M, Y, K: solids, mid-tones, overprints, and a grey of three inks beside one of black
    *("1 0 0 0", "0 1 0 0", "0 0 1 0", "0 0 0 1"),
    *("0.5 0 0 0", "0 0.5 0 0", "0 0 0.5 0", "0 0 0 0.5"),
    *("0 1 1 0", "1 0 1 0", "1 1 0 0", "1 1 1 0"),
    *("0.5 0.4 0.4 0", "0 0 0 0.5"),
)
_PATCH_MM = 4.4


@lru_cache(maxsize=8)
def die_lines(geometry: SheetGeometry, cuts: tuple[Cut, ...], gauge: Decimal) -> str:
    """Return what is punched and cut: every hole of the sheet once, as a circle of its size, and every die."""
    height = geometry.media.height_mm
    holes = dict[tuple[int, int], tuple[float, float]]()
    dies = []
    for cell in geometry.cells:
        for cut in cuts:
            box = Box(
                x_mm=cell.x_mm + cut.box.x_mm,
                y_mm=cell.y_mm + cut.box.y_mm,
                width_mm=cut.box.width_mm,
                height_mm=cut.box.height_mm,
            )
            if cut.perforated:
                for x, y in _holes(box, gauge):
                    holes[round(y * 1000), round(x * 1000)] = (x, height - y)  # neighbours share theirs
            else:
                dies.append(_outline(box, cut.corner_mm, height))
    drawn = []
    if holes:
        path = round_dots((holes[place] for place in sorted(holes)), HOLE_MM / 2)
        drawn.append(_in_die_line(f"{_HAIRLINE_MM} w {path} S", "Perforation"))
    if dies:
        drawn.append(_in_die_line(f"0.25 w {' '.join(dies)} S", "DieLine"))
    return "\n".join(drawn)


def _in_die_line(operators: str, step: str) -> str:
    return f"/OC /{step} BDC q /Overprint gs /DieLine CS 1 SCN {operators} Q EMC"


def _holes(box: Box, gauge: Decimal) -> Iterable[tuple[float, float]]:
    """Yield the holes along the sides of a box, which may be a line."""
    across, down = (holes_along(side, gauge) for side in (box.width_mm, box.height_mm))
    for y in dict.fromkeys((box.y_mm, box.bottom_mm)):
        for step in range(across + 1) if box.width_mm else ():
            yield box.x_mm + step * box.width_mm / across, y
    for x in dict.fromkeys((box.x_mm, box.right_mm)):
        for step in range(down + 1) if box.height_mm else ():
            yield x, box.y_mm + step * box.height_mm / down


def _outline(box: Box, corner: float, height: float) -> str:
    """Return a box with round corners as a path."""
    left, right, low, high = box.x_mm, box.right_mm, height - box.bottom_mm, height - box.y_mm
    if not corner:
        return f"{number(left)} {number(low)} {number(box.width_mm)} {number(box.height_mm)} re"
    k = corner * (1 - 0.5522847498)
    points = (
        ((left + corner, low), "m"),
        ((right - corner, low), "l"),
        ((right - k, low, right, low + k, right, low + corner), "c"),
        ((right, high - corner), "l"),
        ((right, high - k, right - k, high, right - corner, high), "c"),
        ((left + corner, high), "l"),
        ((left + k, high, left, high - k, left, high - corner), "c"),
        ((left, low + corner), "l"),
        ((left, low + k, left + k, low, left + corner, low), "c"),
    )
    return " ".join(" ".join(map(number, values)) + f" {operator}" for values, operator in points) + " h"


def register_marks(series: Series, geometry: SheetGeometry, inks: Inks, what: str) -> str:
    """Return what lies outside of the trimmed sheet: crop and register marks, control strip, and what the file is."""
    trim, height = geometry.trim, geometry.media.height_mm
    near, far = _CROP_GAP_MM, _CROP_GAP_MM + _CROP_MM
    out = [f"q /All CS 1 SCN {_HAIRLINE_MM} w"]
    for x in _cuts_of(geometry, across=True):
        out += [_line(x, height - (trim.y_mm - near), x, height - (trim.y_mm - far))]
        out += [_line(x, height - (trim.bottom_mm + near), x, height - (trim.bottom_mm + far))]
    for y in _cuts_of(geometry, across=False):
        out += [_line(trim.x_mm - near, height - y, trim.x_mm - far, height - y)]
        out += [_line(trim.right_mm + near, height - y, trim.right_mm + far, height - y)]
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
    out.append("Q")
    writer = PageWriter(height, inks)
    left, room = trim.x_mm + 2, trim.width_mm / 2 - 8
    patch = min(_PATCH_MM, room / len(_STRIP))
    for index, colour in enumerate(_STRIP):
        corner = f"{number(left + index * patch)} {number(height - trim.bottom_mm - _CROP_GAP_MM - patch - 0.4)}"
        out.append(f"{colour} k {corner} {number(patch)} {number(patch)} re f")
    writer.draw((_slug_line(slug(series, what), left, trim.y_mm - off + _SMALL_MM * 0.35, trim.width_mm),))
    return "\n".join([*out, writer.operators()])


def _cuts_of(geometry: SheetGeometry, *, across: bool) -> list[float]:
    """Return where the sheet is trimmed and its panes are parted, from left to right or from top to bottom."""
    trim = geometry.trim
    ends = [trim.x_mm, trim.right_mm] if across else [trim.y_mm, trim.bottom_mm]
    panes = {(pane.x_mm, pane.right_mm) if across else (pane.y_mm, pane.bottom_mm) for pane in geometry.panes}
    sides = sorted(panes)
    between = [(end + start) / 2 for (_, end), (start, _) in pairwise(sides)]
    return [*ends, *between]


def slug(series: Series, what: str) -> str:
    """Return what a file says of itself beside the sheet, for the printer."""
    sheet = series.sheet
    order = {
        SerialOrder.ROW: "by row",
        SerialOrder.COLUMN: "by column",
        SerialOrder.STACK: f"cut and stack, {sheet.stack_sheets} sheets",
    }[sheet.order]
    return f"{series.id} · {what} · {series.printing.condition} · serials {order} · gauge {sheet.gauge}"


def _slug_line(text: str, x: float, baseline: float, width: float) -> TextRun:
    size = min(_SMALL_MM, (width / 2 - 10) / width_of(text, Typeface.TEXT, 1.0, element="slug line"))
    return TextRun(text=text, typeface=Typeface.TEXT, size_mm=size, x_mm=x, baseline_mm=baseline)


def _line(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{number(x0)} {number(y0)} m {number(x1)} {number(y1)} l S"


def _sum_of(series: Series, stamps: int) -> str:
    total = Money(amount=series.face_value.amount * stamps, currency=series.face_value.currency)
    return f"{stamps} × {face_value_text(series.face_value)} = {face_value_text(total)}"  # noqa: RUF001


def selvedge_texts(series: Series) -> tuple[str, str, str]:
    """Return what the upper selvedge says: title, post and year, sum of the sheet."""
    return series.title.upper(), f"{series.issuer.name} · {series.year}", _sum_of(series, series.sheet.stamps)


def _set(
    text: str,
    anchor: float,
    x: float,
    baseline: float,
    typeface: Typeface,
    tracking: float = 0.0,
    size: float = _TEXT_MM,
) -> TextRun:
    wide = width_of(text, typeface, size, tracking=tracking, element="selvedge")
    return TextRun(
        text=text,
        typeface=typeface,
        size_mm=size,
        x_mm=x - anchor * wide,
        baseline_mm=baseline,
        tracking_mm=tracking * size,
    )


def _is_furnished(series: Series, geometry: SheetGeometry) -> bool:
    """Return whether the selvedge is paper with room for letters, and no picture."""
    pictured = series.template is not None and series.template.sheet is not None
    return geometry.pane.y_mm - geometry.trim.y_mm >= _LEAST_SELVEDGE_MM and not pictured


def _baselines(geometry: SheetGeometry) -> tuple[float, float]:
    half, pane, trim = _TEXT_MM * 0.35, geometry.pane, geometry.trim
    return (trim.y_mm + pane.y_mm) / 2 + half, (trim.bottom_mm + pane.bottom_mm) / 2 + half


def selvedge(series: Series, geometry: SheetGeometry, spots: tuple[str, ...] = ()) -> str:
    """Return what the selvedge of every sheet has: title, post, plate numbers and traffic lights; or nothing.

    `spots` are the spot inks that have a plate, and so a number and a light, besides the four of the process.
    """
    if not _is_furnished(series, geometry):
        return ""
    writer, pane = PageWriter(geometry.media.height_mm), geometry.pane
    upper, lower = _baselines(geometry)
    title, post, _ = selvedge_texts(series)
    texts = [_set(title, 0, pane.x_mm, upper, Typeface.DISPLAY, 0.2)]
    middle = _set(post, 0.5, pane.x_mm + pane.width_mm / 2, upper, Typeface.TEXT, 0.04)
    if middle.x_mm > texts[0].x_mm + width_of(title, Typeface.DISPLAY, _TEXT_MM, tracking=0.2) + _TEXT_MM:
        texts.append(middle)
    texts += _value_counter(series, geometry)
    texts.append(_set("Plate", 0, pane.x_mm, lower, Typeface.TEXT, 0.04))
    writer.draw(texts)
    x = pane.x_mm + width_of("Plate", Typeface.TEXT, _TEXT_MM, tracking=0.04) + 1.8
    height, inks = geometry.media.height_mm, (*_PROCESS, *(f"/{spot} cs 1 scn" for spot in spots))
    for ink in inks:
        plain = PageWriter(height)
        plain.draw((_set("1", 0, x, lower, Typeface.DISPLAY, size=3.1),))
        writer.raw(_in_one_ink(plain.operators().replace("0 g", ink), ink))
        x += 2.6
    x += 3.0
    for ink in inks:
        middle_y = height - (lower - _TEXT_MM * 0.35)
        light = round_dots([(x + _LIGHT_MM / 2, middle_y)], _LIGHT_MM / 2)
        writer.raw(_in_one_ink(f"{ink} {light} f", ink))
        x += _LIGHT_PITCH_MM
    return writer.operators()


def _value_counter(series: Series, geometry: SheetGeometry) -> list[TextRun]:
    """Return above each column what all stamps up to there are worth, as counters of sheets know it.

    None where there is more than one pane, or no room between the title and the perforation.
    """
    room = _baselines(geometry)[0] + _TEXT_MM * 0.3
    baseline = geometry.pane.y_mm - HOLE_MM / 2 - 0.9
    if len(geometry.panes) > 1 or baseline - _COUNTER_MM * Typeface.TEXT.cap_height - 0.6 < room:
        return []
    amounts = (series.face_value.amount * geometry.rows * (column + 1) for column in range(geometry.columns))
    words = [face_value_text(Money(amount=amount, currency=series.face_value.currency)) for amount in amounts]
    middles = [(box.x_mm + box.right_mm) / 2 for box in geometry.cells[: geometry.columns]]
    return [
        _set(word, 0.5, x, baseline, Typeface.TEXT, 0.06, _COUNTER_MM) for word, x in zip(words, middles, strict=True)
    ]


def _in_one_ink(operators: str, ink: str) -> str:
    return in_spot_ink(operators, ink[1:].split(" ", 1)[0]) if ink.startswith("/") else f"q {operators} Q"


def cancelled_place(geometry: SheetGeometry) -> str:
    """Return what is printed in a place of the last sheet that the edition leaves empty: two crossing lines."""
    wide, high, inset = geometry.stamp_width_mm, geometry.stamp_height_mm, 3.0
    lines = (_line(inset, inset, wide - inset, high - inset), _line(inset, high - inset, wide - inset, inset))
    return f"q 0.45 G 0.18 w {' '.join(lines)} Q"


class SheetMarks:
    """What differs from sheet to sheet: sum, number, serials and code; and the places that stay empty."""

    def __init__(self, series: Series, geometry: SheetGeometry) -> None:
        self.series = series
        self.geometry = geometry
        self.places = Places(series)
        self._codes = SheetCodes(series, geometry)
        self._furnished = _is_furnished(series, geometry)
        upper, lower = _baselines(geometry)
        right = self._codes.box.x_mm - QUIET_MM if self._codes.box else geometry.pane.right_mm
        height = geometry.media.height_mm
        self._words_of_sum = cache(lambda stamps: _sum_of(series, stamps))
        self._sum = cache(
            lambda words: text_operators(_set(words, 1, geometry.pane.right_mm, upper, Typeface.TEXT, 0.04), height)
        )
        tracking = 0.04
        self._number = LinesToRight(Typeface.TEXT, _TEXT_MM, tracking * _TEXT_MM, right, height - (lower - 1.6))
        self._serials = LinesToRight(Typeface.TEXT, _SMALL_MM, tracking * _SMALL_MM, right, height - (lower + 1.6))

    def texts(self, sheet: int) -> tuple[str, str, str] | tuple[()]:
        """Return what the selvedge of a sheet says of this sheet: its sum, number and serials; nothing without one."""
        if not self._furnished:
            return ()
        serials = self.places.serials_of(sheet)
        span = f"{serials[0]}–{serials[-1]}" if len(serials) > 1 else f"{serials[0]}"  # noqa: RUF001
        apart = f", every {serials.step}" if serials.step > 1 else ""
        return (
            self._words_of_sum(len(serials)),
            f"Sheet {sheet} of {self.places.sheets}",
            f"Nos {span}{apart}",
        )

    def operators(self, sheet: int) -> str:
        """Return what prints these lines and the code of the sheet, if there is room."""
        drawn = [self._codes.operators(sheet)] if self._codes.box else []
        if texts := self.texts(sheet):
            total, number_of_sheet, serials = texts
            drawn += [self._sum(total), self._number.operators(number_of_sheet), self._serials.operators(serials)]
        return "\n".join([*drawn, ""])

    def empty_places(self, sheet: int) -> tuple[Box, ...]:
        """Return the places of a sheet for which the edition has no stamp."""
        if len(self.places.serials_of(sheet)) == self.places.stamps:
            return ()
        rows, columns = range(self.geometry.rows), range(self.geometry.columns)
        return tuple(
            self.geometry.cell(row, column)
            for row in rows
            for column in columns
            if self.places.serial_at(sheet, row, column) is None
        )
