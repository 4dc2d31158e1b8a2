"""The template of a series, ready to draw: its measures, its layers, and what is fixed once for all stamps.

It comes from the template.toml beside the artwork or, without one, from the standard template that
`cryptostamp.press.standard_template` computes from the size of the stamp. Lengths are mm from the upper
left corner of the unit, which is what lies in one cell of a sheet. Nothing here is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeGuard

from cryptostamp.errors import InputError
from cryptostamp.press.code_lines import code_size
from cryptostamp.press.layout import check_symbol_room, symbol_box
from cryptostamp.press.lettering import Typeface, fit_size
from cryptostamp.press.pdf.code_font import CODE_LETTERS
from cryptostamp.press.standard_template import standard_template
from cryptostamp.press.wording import is_numbered, pattern_of, typeface_of, widest_words
from cryptostamp.primitives import Box
from cryptostamp.series.models import Series
from cryptostamp.series.template import (
    Align,
    CardPart,
    Circle,
    ClaimLayer,
    Each,
    GuillocheLayer,
    Layer,
    MicroTextLayer,
    PictureLayer,
    Product,
    QrLayer,
    SheetPicture,
    StampTemplate,
    TextLayer,
)

__all__ = ["Cut", "NumberedLines", "NumberedText", "Template", "template_of"]

_BESIDE_MM = 0.3
_CODE_LETTERS = frozenset(CODE_LETTERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A line along which a unit is parted from its neighbours, or in two."""

    box: Box
    """The outline; a straight line between two parts is a box without width or height."""
    perforated: bool = True
    """Else it is cut with a die."""
    corner_mm: float = 0.0
    """The radius of the corners."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedText:
    """A line that differs from stamp to stamp, in a size at which the widest of the series fits."""

    pattern: str
    """For `str.format` with ``serial`` and ``short_code``."""
    typeface: Typeface
    size_mm: float
    tracking_mm: float
    x_mm: float
    """Of the left end, the middle or the right end, as `align` says."""
    baseline_mm: float
    align: Align
    is_code: bool
    """Set without kerning, as `cryptostamp.press.code_lines` sets it: it has no letters but those of codes."""
    colour: str
    """As in a layer: ``variant`` is not resolved yet."""
    designs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedLines:
    """A rosette or a line of micro-text that differs from stamp to stamp."""

    layer: GuillocheLayer | MicroTextLayer
    series_id: str
    pattern: str
    """What micro-text says, for `str.format` with ``serial`` and ``short_code``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The geometry of a unit, and all that is drawn on it."""

    product: Product
    width_mm: float
    height_mm: float
    """Of the unit."""
    stamp: Box
    """The stamp in the unit, from perforation to perforation."""
    card: CardPart | None
    sheet: SheetPicture | None
    layers: tuple[Layer, ...]
    symbol_room: Box
    """The square that is kept for the symbol and its quiet zone."""
    symbol: Box
    """The dark and light modules of the symbol, without the quiet zone."""
    claim: Box | None
    """The scratch field; `None` where the claim part is a card of its own, as large as the stamp."""
    numbered: tuple[NumberedText, ...]
    numbered_lines: tuple[NumberedLines, ...]

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """The lines along which the unit is cut out and parted, the outline first."""
        whole = Box(x_mm=0.0, y_mm=0.0, width_mm=self.width_mm, height_mm=self.height_mm)
        if self.card is None:
            return (Cut(box=whole),)
        if self.product is Product.CARD:
            return (Cut(box=whole, perforated=False, corner_mm=self.card.corner_radius_mm),)
        stamp, card = self.stamp, self.card.box
        if card.x_mm >= stamp.right_mm:
            between = Box(x_mm=stamp.right_mm, y_mm=0.0, width_mm=0.0, height_mm=self.height_mm)
        else:
            between = Box(x_mm=0.0, y_mm=stamp.bottom_mm, width_mm=self.width_mm, height_mm=0.0)
        return Cut(box=whole), Cut(box=between)

    @property
    def numbered_room(self) -> Box:
        """The smallest box that holds all lines that differ from stamp to stamp."""
        rooms = [layer.box for layer in self.layers if isinstance(layer, TextLayer) and is_numbered(layer.text)]
        rooms += [_room_of(lines.layer) for lines in self.numbered_lines]
        if not rooms:
            return self.symbol
        left, top = min(room.x_mm for room in rooms), min(room.y_mm for room in rooms)
        return Box(
            x_mm=left,
            y_mm=top,
            width_mm=max(room.right_mm for room in rooms) - left,
            height_mm=max(room.bottom_mm for room in rooms) - top,
        )

    @property
    def numbered_rooms(self) -> tuple[Box, ...]:
        """Boxes that hold all pixels of what differs from stamp to stamp: one for each line, if all are codes."""
        if self.numbered_lines or not all(line.is_code for line in self.numbered):
            return (self.numbered_room.grown(1.0),)
        layers = (layer for layer in self.layers if isinstance(layer, TextLayer) and is_numbered(layer.text))
        return tuple(
            Box(
                x_mm=layer.box.x_mm - _BESIDE_MM,
                y_mm=line.baseline_mm - line.size_mm,
                width_mm=layer.box.width_mm + 2 * _BESIDE_MM,
                height_mm=1.25 * line.size_mm,  # codes have capitals and digits: Q goes lowest
            )
            for layer, line in zip(layers, self.numbered, strict=True)
        )

    @property
    def picture(self) -> Box | None:
        """The first place of the design's artwork."""
        for layer in self.layers:
            if isinstance(layer, PictureLayer) and layer.artwork is None:
                return layer.box
        return None


@lru_cache(maxsize=16)
def template_of(series: Series, symbol_side: int) -> Template:
    """Return the template of a series whose QR has `symbol_side` modules a side.

    Raises `InputError` if the symbol, or a text that every stamp carries, does not fit.
    """
    source = series.template or standard_template(series, symbol_side)
    code = _only(source, QrLayer)
    room = code.box
    check_symbol_room(room, symbol_side, element=code.name)
    claims = [layer.box for layer in source.layers if isinstance(layer, ClaimLayer)]
    return Template(
        product=source.product,
        width_mm=source.width_mm,
        height_mm=source.height_mm,
        stamp=source.stamp,
        card=source.card,
        sheet=source.sheet,
        layers=source.layers,
        symbol_room=room,
        symbol=symbol_box(room, symbol_side),
        claim=claims[0] if claims else None,
        numbered=tuple(
            _numbered(layer, series)
            for layer in source.layers
            if isinstance(layer, TextLayer) and is_numbered(layer.text)
        ),
        numbered_lines=tuple(
            NumberedLines(layer=layer, series_id=series.id, pattern=_words(layer, series))
            for layer in source.layers
            if _is_lined(layer)
        ),
    )


def _is_lined(layer: Layer) -> TypeGuard[GuillocheLayer | MicroTextLayer]:
    """Return whether a layer of lines differs from stamp to stamp."""
    if isinstance(layer, MicroTextLayer):
        return is_numbered(layer.text)
    return isinstance(layer, GuillocheLayer) and layer.each is Each.STAMP


def _room_of(layer: GuillocheLayer | MicroTextLayer) -> Box:
    shape = layer.shape if isinstance(layer, GuillocheLayer) else layer.along
    if isinstance(shape, Circle):
        return shape.box
    if isinstance(shape, Box):
        return shape
    (x0, y0), (x1, y1) = shape
    return Box(x_mm=min(x0, x1), y_mm=min(y0, y1), width_mm=abs(x1 - x0), height_mm=abs(y1 - y0))


def _words(layer: GuillocheLayer | MicroTextLayer, series: Series) -> str:
    return pattern_of(layer.text, series) if isinstance(layer, MicroTextLayer) else ""


def _only(source: StampTemplate, kind: type[QrLayer]) -> QrLayer:
    found = [layer for layer in source.layers if isinstance(layer, kind)]
    if len(found) != 1:
        raise InputError(
            f"The template has {len(found)} layers of type qr; a stamp carries its code once.",
            where=str(source.path),
            remedy="Keep one layer of type qr.",
        )
    return found[0]


def _numbered(layer: TextLayer, series: Series) -> NumberedText:
    typeface = typeface_of(layer.typeface)
    pattern = pattern_of(layer.text, series, capitals=layer.capitals)
    widest = widest_words(pattern, series, typeface)
    is_code = set(widest) <= _CODE_LETTERS
    size = (code_size if is_code else fit_size)(
        widest,
        typeface,
        element=layer.name,
        room_mm=layer.box.width_mm,
        largest_mm=layer.largest_mm,
        smallest_mm=layer.smallest_mm,
        tracking=layer.tracking,
    )
    shift = {Align.LEFT: 0.0, Align.CENTRE: layer.box.width_mm / 2, Align.RIGHT: layer.box.width_mm}[layer.align]
    return NumberedText(
        pattern=pattern,
        typeface=typeface,
        size_mm=size,
        tracking_mm=layer.tracking * size,
        x_mm=layer.box.x_mm + shift,
        baseline_mm=layer.box.bottom_mm,
        align=layer.align,
        is_code=is_code,
        colour=layer.colour,
        designs=layer.designs,
    )
