"""The claim part: the card that stays with the collector when the stamp travels, and what is on it.

As large as its stamp and in the same place of its sheet, so that face and claim part are cut alike; or, where the
template has a place for it, a field on the stamp's own card. The hidden code, as groups of characters and as
a QR, lies in one box; the scratch field covers that box and 0.5 mm more on each side, as printers ask.
For two printers there are two such fields side by side, one for each half: both are read in one photo, each printer
covers their own before the sheet leaves the house, and both print the number, so that sheets cannot be mixed
up unseen. Nothing here names a code in an error.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptostamp.codes import Half
from cryptostamp.errors import InputError
from cryptostamp.press.code_lines import CodeLine, code_size, code_width, widest
from cryptostamp.press.guilloche import band
from cryptostamp.press.layout import BORDER_MM, DEVICE_DPI, QUIET_MODULES, fitted, module_dots, sides_of
from cryptostamp.press.lettering import Typeface, width_of
from cryptostamp.press.marks import Box, Fill, Mark, TextRun
from cryptostamp.press.template_lines import seed_of
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series
from cryptostamp.series.template import ClaimLayer

__all__ = ["ClaimField", "ClaimHead", "ClaimLayout", "ClaimLines", "claim_layout", "claim_static_marks"]

_EDGE_MM = 0.5  # what a scratch field covers beyond its code
_TEXT_MM = 13.0  # a column of eight characters and a space beside a symbol
_ROWS = 4
_ROWS_MM = 11.2  # four rows below a symbol
_TRACKING = 0.06
_LARGEST_MM, _SMALLEST_MM = 3.3, 2.0
_BETWEEN_MM = 1.6  # from code to code of two halves: 0.6 mm of paper are left between their fields
_LABEL_MM, _LABEL_ABOVE_MM = 2.0, 0.6
_FOOT_MM = 3.0
_ORNAMENT = ("#1f7a78", "#c07f4a")
_SHORT_MM = 2.1, 1.6
_DIGITS = "0123456789"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimField:
    """One scratch field and what lies under it."""

    half: Half | None
    """Which half lies there; `None` for a whole code."""
    secret: Box
    """What the scratch field must hide."""
    scratch: Box
    """The scratch field: `secret` and 0.5 mm on each side."""
    light: Box
    """The white ground of the symbol, with its quiet zone."""
    symbol: Box
    text: Box
    """Room for the grouped code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimHead:
    """What a claim part has above its fields, if it is a card of its own."""

    box: Box
    size_mm: float
    """The em of the heading: smaller where there is no room for the ornament."""
    ornament: Box | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLayout:
    """The geometry of a claim part: as large as a place of the sheet."""

    width_mm: float
    height_mm: float
    head: ClaimHead | None
    fields: tuple[ClaimField, ...]
    """One field for a whole code, or those of half A and half B."""

    def field(self, half: Half | None) -> ClaimField:
        """Return the field of a half, or of the whole code."""
        return next(field for field in self.fields if field.half is half)


@dataclass(frozen=True, slots=True)
class _Symbol:
    """The measures of a printed symbol."""

    side: float
    quiet: float

    @property
    def depth(self) -> float:
        return self.side + 2 * self.quiet


def claim_layout(series: Series, symbol_side: int, *, halves: bool = False) -> ClaimLayout:
    """Lay out the claim part of a series whose claim QR has `symbol_side` modules a side.

    Raises `InputError` if the code, or both of its halves, do not fit.
    """
    module = module_dots(symbol_side) * 25.4 / DEVICE_DPI
    symbol = _Symbol(symbol_side * module, QUIET_MODULES * module)
    template = series.template
    places = [layer.box for layer in template.layers if isinstance(layer, ClaimLayer)] if template else []
    if template and places:
        room = places[0].grown(-_EDGE_MM)
        fields = _fields_within(room, symbol, halves=halves)
        return ClaimLayout(width_mm=template.width_mm, height_mm=template.height_mm, head=None, fields=fields)
    if template:
        return _card(template.width_mm, template.height_mm, symbol, halves=halves)
    return _card(*sides_of(series.stamp), symbol, halves=halves)


def _fields_within(room: Box, symbol: _Symbol, *, halves: bool) -> tuple[ClaimField, ...]:
    """Return the fields of a room that a template names; raise `InputError` if they do not fit."""
    if not halves:
        field = _beside(room, symbol) or _below(room, symbol, None)
        if field is not None:
            return (field,)
    else:
        wide = (room.width_mm - _BETWEEN_MM) / 2
        lefts = room.x_mm, room.right_mm - wide
        boxes = [Box(x_mm=x, y_mm=room.y_mm, width_mm=wide, height_mm=room.height_mm) for x in lefts]
        fields = [_below(box, symbol, half) for box, half in zip(boxes, Half, strict=True)]
        if None not in fields:
            return tuple(field for field in fields if field is not None)
    what = "both halves of a code" if halves else "a code"
    least = symbol.depth * (2 if halves else 1) + (_BETWEEN_MM if halves else 0) + 2 * _EDGE_MM
    raise InputError(
        f"The scratch field of the template, {room.width_mm + 2 * _EDGE_MM:.1f} x {room.height_mm + 2 * _EDGE_MM:.1f} "
        f"mm, has no room for {what} with a QR of {symbol.side:.1f} mm.",
        where="template, layer of kind claim",
        remedy=f"Make it at least {least:.1f} mm wide and {symbol.depth + _ROWS_MM + 2 * _EDGE_MM:.1f} mm high"
        + ("." if halves else f", or {symbol.depth + _TEXT_MM + 1.8:.1f} x {symbol.depth + 2 * _EDGE_MM:.1f} mm."),
    )


def _beside(room: Box, symbol: _Symbol) -> ClaimField | None:
    """Return a field with the letters to the left of the symbol, or `None` if they do not fit."""
    text_width = room.width_mm - symbol.depth - 0.8
    if text_width < _TEXT_MM or room.height_mm < symbol.depth - 1e-6:
        return None
    top = room.y_mm + (room.height_mm - symbol.depth) / 2
    light = Box(x_mm=room.right_mm - symbol.depth, y_mm=top, width_mm=symbol.depth, height_mm=symbol.depth)
    return ClaimField(
        half=None,
        secret=room,
        scratch=room.grown(_EDGE_MM),
        light=light,
        symbol=light.grown(-symbol.quiet),
        text=Box(x_mm=room.x_mm + 0.8, y_mm=top + symbol.quiet, width_mm=text_width, height_mm=symbol.side),
    )


def _below(room: Box, symbol: _Symbol, half: Half | None) -> ClaimField | None:
    """Return a field with the letters below the symbol, or `None` if they do not fit."""
    spare = room.height_mm - symbol.depth - _ROWS_MM
    if room.width_mm < symbol.depth - 1e-6 or spare < -1e-6:  # noqa: PLR2004 (mm: rounding)
        return None
    left = room.x_mm + (room.width_mm - symbol.depth) / 2
    light = Box(x_mm=left, y_mm=room.y_mm + spare / 2, width_mm=symbol.depth, height_mm=symbol.depth)
    return ClaimField(
        half=half,
        secret=room,
        scratch=room.grown(_EDGE_MM),
        light=light,
        symbol=light.grown(-symbol.quiet),
        text=Box(x_mm=left + 0.7, y_mm=light.bottom_mm + 0.2, width_mm=symbol.depth - 1.4, height_mm=_ROWS_MM - 0.6),
    )


def _card(width: float, height: float, symbol: _Symbol, *, halves: bool) -> ClaimLayout:
    """Lay out a card of its own; raise `InputError` if it is too small."""
    foot = height - BORDER_MM - _FOOT_MM
    left, inner = BORDER_MM + 0.5, width - 2 * (BORDER_MM + 0.5)
    if halves:
        depth, least_head = symbol.depth + _ROWS_MM, 8.0 + _LABEL_MM
        both = 2 * symbol.depth + _BETWEEN_MM
        top, fits = foot - depth, both <= width - 2 * BORDER_MM + 1e-6
        left_a = (width - both) / 2
        columns = [
            Box(x_mm=x, y_mm=top, width_mm=symbol.depth, height_mm=depth)
            for x in (left_a, left_a + symbol.depth + _BETWEEN_MM)
        ]
        fields = [_below(box, symbol, half) for box, half in zip(columns, Half, strict=True)] if fits else [None]
    else:
        depth, least_head = symbol.depth, 5.0
        room = Box(x_mm=left, y_mm=foot - depth, width_mm=inner, height_mm=depth)
        fields = [_beside(room, symbol)]
        if fields == [None]:
            depth, least_head = depth + _ROWS_MM, 8.0
            fields = [_below(Box(x_mm=left, y_mm=foot - depth, width_mm=inner, height_mm=depth), symbol, None)]
    head_height = foot - depth - BORDER_MM - 1.0
    made = tuple(field for field in fields if field is not None)
    if head_height < least_head or len(made) < len(fields):
        what = "both halves of its code, each with" if halves else "its code and"
        raise InputError(
            f"A claim part of {width:g} x {height:g} mm has no room for {what} a QR of {symbol.side:.1f} mm.",
            where="stamp",
            remedy="Choose a larger stamp, for example 40 x 48 mm"
            + (", or one printer for the hidden codes." if halves else " or 50 x 30 mm."),
        )
    left = made[0].secret.x_mm
    box = Box(x_mm=left, y_mm=BORDER_MM + 0.2, width_mm=width - 2 * left, height_mm=head_height)
    below_head = box.bottom_mm + 0.8 - (_LABEL_MM + _LABEL_ABOVE_MM if halves else 0)
    ornament = None
    if head_height > (18 if halves else 16):  # mm: heading, lines and a band that is worth looking at
        ornament = Box(x_mm=BORDER_MM, y_mm=below_head - 11.4, width_mm=width - 2 * BORDER_MM, height_mm=9.6)
    head = ClaimHead(box=box, size_mm=3.1 if ornament or halves else 2.5, ornament=ornament)
    return ClaimLayout(width_mm=width, height_mm=height, head=head, fields=made)


def claim_static_marks(series: Series, layout: ClaimLayout, half: Half | None = None) -> tuple[Mark, ...]:
    """Return what every claim part of a series says: what it is, what to do, and a tint under the code.

    Of two layers, that of half A has what both have in common; each has the tint and the letter of its own field.
    """
    field, marks = layout.field(half), list[Mark]()
    if layout.head is not None:
        if half is not Half.B:
            marks += _head_marks(series, layout, layout.head)
        if half is not None:
            marks.append(
                TextRun(
                    text=f"Half {half.value}",
                    typeface=Typeface.DISPLAY,
                    size_mm=_LABEL_MM,
                    x_mm=field.secret.x_mm,
                    baseline_mm=field.scratch.y_mm - _LABEL_ABOVE_MM,
                )
            )
    return (*marks, Fill(box=field.secret, colour="#f4f1e8"), Fill(box=field.light, colour="#ffffff"))


def _head_marks(series: Series, layout: ClaimLayout, head: ClaimHead) -> list[Mark]:
    box, size = head.box, head.size_mm
    first = box.y_mm + size * Typeface.DISPLAY.cap_height
    link = f"{series.issuer.domain}/claim"
    told: tuple[str, ...]
    if len(layout.fields) > 1:
        told = "Keep this part. Scratch both fields, scan both codes:", f"only together they take the token. {link}"
    elif head.ornament:
        told = "Keep this part. Scratch, scan the code and take the token:", f"once, by whoever comes first. {link}"
    elif box.height_mm < 8:  # noqa: PLR2004 (mm: a heading and two lines)
        told = (f"Keep, scratch and scan: {link}",)
    else:
        told = "Keep, scratch and scan:", link
    lines = [
        fitted(
            text,
            Typeface.TEXT,
            box,
            element="instructions of the claim part",
            largest_mm=2.3,
            smallest_mm=1.7,
            baseline_mm=first + size * 1.1 + (2.7 if len(layout.fields) > 1 else 2.9) * row,
        )
        for row, text in enumerate(told)
    ]
    title = fitted(
        series.title,
        Typeface.DISPLAY,
        Box(x_mm=box.x_mm, y_mm=box.y_mm, width_mm=box.width_mm * 0.6, height_mm=box.height_mm),
        element="title of the series",
        largest_mm=size,
        smallest_mm=1.9,
        baseline_mm=first,
    )
    before, short_size = _belongs(series, layout)
    belongs = TextRun(
        text=before.rstrip(),
        typeface=Typeface.TEXT,
        size_mm=short_size,
        x_mm=layout.fields[0].secret.x_mm,
        baseline_mm=layout.height_mm - BORDER_MM - 0.2,
    )
    ornament: tuple[Mark, ...] = ()
    if head.ornament:
        ornament = band(head.ornament, seed=seed_of(series.id, "claim part"), width_mm=0.07, colours=_ORNAMENT)
    return [*ornament, title, *lines, belongs]


def _widest_serial(series: Series) -> str:
    return widest(Typeface.TEXT, *[_DIGITS] * len(str(series.edition)))


def _belongs(series: Series, layout: ClaimLayout) -> tuple[str, float]:
    """Return what stands before the short code, shorter where there is little room, and the size of both."""
    code = f"{series.id}-{_widest_serial(series)}-{widest(Typeface.TEXT, *[_CROCKFORD] * 8, _CHECKS)}"
    room = layout.width_mm - 2 * layout.fields[0].secret.x_mm
    for before in ("Belongs to stamp ", "Stamp "):
        left = room - width_of(before, Typeface.TEXT, _SHORT_MM[0])
        if before == "Stamp " or code_width(code, Typeface.TEXT) * _SHORT_MM[1] <= left:
            break
    size = code_size(
        code, Typeface.TEXT, element="short code", room_mm=left, largest_mm=_SHORT_MM[0], smallest_mm=_SHORT_MM[1]
    )
    return before, size


def _number_line(head: ClaimHead, field: ClaimField) -> CodeLine:
    """Return where the number stands: in the head, or above the field of a half."""
    if field.half is None:
        return CodeLine(
            typeface=Typeface.DISPLAY,
            size_mm=2.5,
            x_mm=head.box.right_mm,
            baseline_mm=head.box.y_mm + head.size_mm * Typeface.DISPLAY.cap_height,
            to_right=True,
        )
    return CodeLine(
        typeface=Typeface.TEXT,
        size_mm=_LABEL_MM + 0.2,
        x_mm=field.secret.right_mm,
        baseline_mm=field.scratch.y_mm - _LABEL_ABOVE_MM,
        to_right=True,
    )


class ClaimLines:
    """The lines of a claim part that differ from stamp to stamp: where they stand, and what they say."""

    def __init__(self, series: Series, layout: ClaimLayout, half: Half | None = None) -> None:
        self._field = layout.field(half)
        self._groups = 7 if half is None else 8
        self._short = layout.head is not None and half is not Half.B
        self._number = layout.head is not None
        lines = [_number_line(layout.head, self._field)] if layout.head else []
        if self._short:
            before, size = _belongs(series, layout)
            left = layout.fields[0].secret.x_mm + width_of(before, Typeface.TEXT, size)
            below = layout.height_mm - BORDER_MM - 0.2
            lines.append(CodeLine(typeface=Typeface.TEXT, size_mm=size, x_mm=left, baseline_mm=below))
        self.seen = tuple(lines)
        """What may be seen before scratching."""
        self.lines = (*self.seen, *self._rows(half))
        """All lines."""

    def _rows(self, half: Half | None) -> list[CodeLine]:
        room = self._field.text
        pitch = room.height_mm / _ROWS
        broadest = widest(Typeface.TEXT, *[_CHECKS] * 4, " ", *[_CHECKS] * 4)
        size = code_size(
            broadest,
            Typeface.TEXT,
            element="hidden code" if half is None else f"half {half.value} of the hidden code",
            room_mm=room.width_mm,
            largest_mm=min(_LARGEST_MM, pitch * 0.95),
            smallest_mm=_SMALLEST_MM,
            tracking=_TRACKING,
        )
        half_cap = size * Typeface.TEXT.cap_height / 2
        return [
            CodeLine(
                typeface=Typeface.TEXT,
                size_mm=size,
                x_mm=room.x_mm,
                baseline_mm=room.y_mm + pitch * (row + 0.5) + half_cap,
                tracking_mm=_TRACKING * size,
            )
            for row in range(_ROWS)
        ]

    def texts(self, serial: Serial, short_code: str, claim_text: str) -> list[str]:
        """Return what the lines say of one stamp; raise `InputError`, which shows nothing, for a text that is no code.

        `claim_text` is that of `ClaimCode.text` or `ClaimHalf.text`.
        """
        groups = claim_text.split("-")
        if len(groups) != self._groups or not claim_text.isascii():
            raise InputError(
                "The claim code holds something else than groups of letters and digits.",
                where=f"stamp No. {serial}",
                remedy="Give the code as `ClaimCode.text` or `ClaimHalf.text` writes it.",
            )
        rows = [" ".join(groups[first : first + 2]) for first in range(0, 2 * _ROWS, 2)]
        return [*self.seen_texts(serial, short_code), *rows]

    def seen_texts(self, serial: Serial, short_code: str) -> list[str]:
        """Return what is said of one stamp before scratching."""
        texts = [f"No. {serial}"] if self._number else []
        if self._short:
            texts.append(short_code)
        return texts
