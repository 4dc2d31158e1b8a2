"""A stamp's template as data: its product, its measures, and its layers from the ground up.

All lengths are millimetres from the upper left corner of the *unit*, which is what lies in one cell of a
sheet: a stamp, a stamp with its token card, or a card with an imprinted stamp. Layers are drawn in
order; what differs from stamp to stamp is drawn above what does not. Nothing here is checked or
drawn: `cryptostamp.series.template_file` reads and checks, the press draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptostamp.primitives import Box

__all__ = [
    "Align",
    "CardPart",
    "Circle",
    "ClaimLayer",
    "Each",
    "Face",
    "FillLayer",
    "FoldLayer",
    "FrameLayer",
    "GuillocheLayer",
    "Layer",
    "LineLayer",
    "MicroTextLayer",
    "Pattern",
    "PictureLayer",
    "Product",
    "QrLayer",
    "ReliefLayer",
    "SheetPicture",
    "StampTemplate",
    "Style",
    "TextLayer",
]


class Product(StrEnum):
    """What is sold."""

    STAMP = "stamp"
    TWO_PART = "two-part"
    """A postal part, and a token card that stays with the collector, with a perforation between them."""
    MINIATURE_SHEET = "miniature-sheet"
    """Few stamps in a picture that covers the whole sheet."""
    CARD = "card"
    """A die-cut card with an imprinted stamp."""


class Align(StrEnum):
    """Where a line lies in its box."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Face(StrEnum):
    """A typeface of the package."""

    DISPLAY = "display"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """What every layer has."""

    name: str
    """By which refusals speak of it, and from which its random lines follow."""
    designs: tuple[str, ...] = ()
    """Keys of the designs it is drawn for; none means all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLayer(_Layer):
    """A picture: the artwork of the design, or a file of the template's own that all designs share."""

    box: Box
    artwork: Path | None = None
    """Absolute path; `None` is the design's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FillLayer(_Layer):
    """A filled box."""

    box: Box
    colour: str
    """``#rrggbb``, ``ink``, ``paper``, ``variant``, or the name of a spot ink."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameLayer(_Layer):
    """The outline of a box; its line runs inside of it."""

    box: Box
    colour: str
    width_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLayer(_Layer):
    """A line through points."""

    points_mm: tuple[tuple[float, float], ...]
    colour: str
    width_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldLayer(_Layer):
    """A simulated perforation: a row of dots between picture and panel."""

    from_mm: tuple[float, float]
    to_mm: tuple[float, float]
    colour: str
    diameter_mm: float
    pitch_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLayer(_Layer):
    """A line of letters on the lower edge of its box, as large as the box is wide enough for."""

    text: str
    """With fields in braces: see `cryptostamp.press.wording`."""
    box: Box
    largest_mm: float
    """The em, as all sizes of letters."""
    smallest_mm: float
    typeface: Face = Face.TEXT
    align: Align = Align.LEFT
    tracking: float = 0.0
    """In ems."""
    capitals: bool = False
    colour: str = "#000000"
    """As in `FillLayer`, or ``auto``: ink or paper, whichever can be read on every picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QrLayer(_Layer):
    """Room for the public code: a square that includes the quiet zone."""

    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLayer(_Layer):
    """Room for the hidden code and the scratch field above it."""

    box: Box
    """The scratch field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A circle on paper."""

    centre_mm: tuple[float, float]
    radius_mm: float

    @property
    def box(self) -> Box:
        """The square around it."""
        (x, y), r = self.centre_mm, self.radius_mm
        return Box(x_mm=x - r, y_mm=y - r, width_mm=2 * r, height_mm=2 * r)


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroTextLayer(_Layer):
    """A line of letters too small for a copier, repeated along its path."""

    text: str
    """With fields, as in `TextLayer`."""
    along: Box | Circle | tuple[tuple[float, float], tuple[float, float]]
    """Round a box, round a circle, or from one point to another."""
    size_mm: float
    colour: str
    typeface: Face = Face.TEXT


class Pattern(StrEnum):
    """A kind of guilloche."""

    ROSETTE = "rosette"
    BAND = "band"
    BORDER = "border"
    GROUND = "ground"


class Each(StrEnum):
    """Whether lines are the same on all stamps of a series, or differ from stamp to stamp."""

    SERIES = "series"
    STAMP = "stamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuillocheLayer(_Layer):
    """Interlaced fine lines that follow from a seed."""

    pattern: Pattern
    shape: Box | Circle
    """A circle for a rosette, a box for all others."""
    colours: tuple[str, ...]
    width_mm: float
    each: Each = Each.SERIES
    """Rosettes may differ from stamp to stamp."""
    inner_mm: float = 0.0
    """Of a rosette: the radius that stays empty."""
    petals: int | None = None
    lines: int | None = None
    depth_mm: float = 0.0
    """Of a border."""
    spacing_mm: float | None = None
    """Between neighbouring lines; `None` is what suits the pattern."""
    tapered: bool = False
    """Of a band: its ends run out."""


class Style(StrEnum):
    """How a relief is made of lines."""

    LIFTED = "lifted"
    """Lines of one width that bend over the motif."""
    ENGRAVED = "engraved"
    """Lines that swell with the darkness of the motif."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefLayer(_Layer):
    """A motif that fine lines show by bending or swelling."""

    box: Box
    artwork: Path | None
    """Absolute path of the motif; `None` is the artwork of the design."""
    style: Style
    spacing_mm: float
    colours: tuple[str, ...]
    lift_mm: float = 0.45
    """Of a lifted relief: how far lines rise over the darkest part."""
    width_mm: float = 0.07
    """Of a lifted relief, and where an engraved one is finest."""


Layer = (
    PictureLayer
    | FillLayer
    | FrameLayer
    | LineLayer
    | FoldLayer
    | TextLayer
    | QrLayer
    | ClaimLayer
    | MicroTextLayer
    | GuillocheLayer
    | ReliefLayer
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPart:
    """The part of a unit that is no stamp: a token card, or the card on which the stamp is imprinted."""

    box: Box
    corner_radius_mm: float = 0.0
    """Of a die-cut card; 0 is a card whose corners are square."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPicture:
    """The picture that covers a miniature sheet as it is sold, and the places of the stamps in it."""

    artwork: Path
    colour: str
    """What ``currentColor`` is in it."""
    places_mm: tuple[tuple[float, float], ...] = ()
    """Upper left corners of the stamps from the corner of the trimmed sheet, in the order of the serials; none
    means the regular rows and columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampTemplate:
    """A template as its file describes it."""

    path: Path
    """Absolute path of the file."""
    product: Product
    stamp: Box
    """The stamp in the unit, from perforation to perforation."""
    layers: tuple[Layer, ...]
    card: CardPart | None = None
    sheet: SheetPicture | None = None

    @property
    def width_mm(self) -> float:
        """The width of the unit."""
        return max(self.stamp.right_mm, self.card.box.right_mm if self.card else 0.0)

    @property
    def height_mm(self) -> float:
        """The height of the unit."""
        return max(self.stamp.bottom_mm, self.card.box.bottom_mm if self.card else 0.0)

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The files that the template brings besides the artwork of the designs, each once, in order."""
        own = [each.artwork for each in self.layers if isinstance(each, PictureLayer | ReliefLayer) and each.artwork]
        return tuple(dict.fromkeys([*own, *([self.sheet.artwork] if self.sheet else [])]))
