"""Where everything on a claim part lies, in millimetres: the scratch fields, and the head of a card of its own.

As large as its stamp and in the same place of its sheet, so that face and claim part are cut alike; or, where the
template has a place for it, a field on the stamp's own card. The hidden code, as groups of characters beside
or below its QR, lies in one box; the scratch field covers that box and 0.5 mm more on each side, as printers ask.
For two printers there are two such fields side by side, one for each half: both are read in one photo, and each
printer covers their own before the sheet leaves the house. What does not fit is refused, never shrunk until it
cannot be read. What is said on the part is for `claim_part`.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptostamp.codes import ClaimCodes, Half, claim_symbols
from cryptostamp.errors import InputError
from cryptostamp.press.layout import BORDER_MM, DEVICE_DPI, QUIET_MODULES, module_dots, sides_of
from cryptostamp.press.marks import Box
from cryptostamp.series.models import Series
from cryptostamp.series.template import ClaimLayer

__all__ = [
    "LABEL_ABOVE_MM",
    "LABEL_MM",
    "ROWS",
    "ClaimField",
    "ClaimHead",
    "ClaimLayout",
    "claim_layout",
    "claim_symbol_side",
]

ROWS = 4
"""Lines of a grouped code."""
LABEL_MM, LABEL_ABOVE_MM = 2.0, 0.6
"""The em of what stands above the field of a half, and its distance from the field."""
_EDGE_MM = 0.5  # what a scratch field covers beyond its code
_TEXT_MM = 13.0  # a column of eight characters and a space beside a symbol
_ROWS_MM = 11.2  # four rows below a symbol
_BETWEEN_MM = 1.6  # from code to code of two halves: 0.6 mm of paper are left between their fields
_FOOT_MM = 3.0
_SAMPLE = bytes(16)  # every code of a series has a symbol of the same size


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


def claim_symbol_side(series: Series, half: Half | None = None) -> int:
    """Return how many modules a side the claim QRs of a series have, or those of a half."""
    return claim_symbols(ClaimCodes(_SAMPLE, half), series.issuer.domain).side


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
        depth, least_head = symbol.depth + _ROWS_MM, 8.0 + LABEL_MM
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
    below_head = box.bottom_mm + 0.8 - (LABEL_MM + LABEL_ABOVE_MM if halves else 0)
    ornament = None
    if head_height > (18 if halves else 16):  # mm: heading, lines and a band that is worth looking at
        ornament = Box(x_mm=BORDER_MM, y_mm=below_head - 11.4, width_mm=width - 2 * BORDER_MM, height_mm=9.6)
    head = ClaimHead(box=box, size_mm=3.1 if ornament or halves else 2.5, ornament=ornament)
    return ClaimLayout(width_mm=width, height_mm=height, head=head, fields=made)
