"""The tables of a template.toml, format 1: which fields there are, and the layers that they become.

Fields without a default are required and no others are allowed. Values are checked one by one in
`template_fields`, against each other in `template_rules`.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, model_validator

from cryptostamp.primitives import Box
from cryptostamp.series.fields import ARTWORK, COLOUR, length, refuse, shown, text, whole
from cryptostamp.series.schema import Table
from cryptostamp.series.template import (
    Align,
    Circle,
    ClaimLayer,
    Each,
    Face,
    FillLayer,
    FoldLayer,
    FrameLayer,
    GuillocheLayer,
    Layer,
    LineLayer,
    MicroTextLayer,
    Pattern,
    PictureLayer,
    Product,
    QrLayer,
    ReliefLayer,
    Style,
    TextLayer,
)
from cryptostamp.series.template_fields import (
    BOX,
    COLOURS,
    INK,
    KEYS,
    PAINT,
    POINT,
    POINTS,
    TEXT,
    TEXT_PAINT,
    choice,
    measure,
    switch,
)

__all__ = ["LAYERS", "TABLES", "CardTable", "LayerTable", "TemplateTable"]

_Box = Annotated[Box, BOX]
_Paint = Annotated[str, PAINT]
_Colours = Annotated[tuple[str, ...], COLOURS]
_Point = Annotated[tuple[float, float], POINT]
_Artwork = Annotated[str, ARTWORK]
_Width = Annotated[float, measure("The width of the line", 0.02, 5)]


class LayerTable(Table):
    """``[[layers]]``: what every layer has."""

    name: Annotated[str, text("The name of the layer", 60)]
    """In the file it may be left out: then it is the type, with a number from the second of a type on."""
    designs: Annotated[tuple[str, ...], KEYS] = ()

    def layer(self, folder: Path) -> Layer:
        """Return the layer; `folder` is where its files lie."""
        raise NotImplementedError


class PictureTable(LayerTable):
    """``type = "picture"``."""

    box: _Box
    artwork: _Artwork | None = None

    def layer(self, folder: Path) -> Layer:
        """Return the layer."""
        return PictureLayer(name=self.name, designs=self.designs, box=self.box, artwork=_file(folder, self.artwork))


class _Painted(LayerTable):
    """A layer of one colour, or of a spot ink."""

    colour: _Paint | None = None
    ink: Annotated[str, INK] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        _either("colour", "ink", self.colour, self.ink)
        return self

    @property
    def paint(self) -> str:
        return self.ink or self.colour or ""


class FillTable(_Painted):
    """``type = "fill"``."""

    box: _Box

    def layer(self, folder: Path) -> Layer:
        """Return the layer."""
        del folder
        return FillLayer(name=self.name, designs=self.designs, box=self.box, colour=self.paint)


class FrameTable(_Painted):
    """``type = "frame"``."""

    box: _Box
    width_mm: _Width = 0.25

    def layer(self, folder: Path) -> Layer:
        """Return the layer."""
        del folder
        return FrameLayer(name=self.name, designs=self.designs, box=self.box, colour=self.paint, width_mm=self.width_mm)


class LineTable(_Painted):
    """``type = "line"``."""

    points: Annotated[tuple[tuple[float, float], ...], POINTS]
    width_mm: _Width = 0.25

    def layer(self, folder: Path) -> Layer:
        """Return the layer."""
        del folder
        return LineLayer(
            name=self.name, designs=self.designs, points_mm=self.points, colour=self.paint, width_mm=self.width_mm
        )


class FoldTable(LayerTable):
    """``type = "fold"``."""

    start: _Point
    end: _Point
    colour: _Paint = "#8a979b"
    diameter_mm: Annotated[float, measure("The diameter of the dots", 0.1, 2)] = 0.34
    pitch_mm: Annotated[float, measure("The pitch of the dots", 0.2, 5)] = 0.9

    def layer(self, folder: Path) -> Layer:
        """Return the layer."""
        del folder
        return FoldLayer(
            name=self.name,
            designs=self.designs,
            from_mm=self.start,
            to_mm=self.end,
            colour=self.colour,
            diameter_mm=self.diameter_mm,
            pitch_mm=self.pitch_mm,
        )


class TextTable(_Painted):
    """``type = "text"``."""

    colour: Annotated[str, TEXT_PAINT] | None = None
    text: Annotated[str, TEXT]
    box: _Box
    size_mm: Annotated[float, measure("The size of the letters", 1, 40)]
    smallest_mm: Annotated[float, measure("The smallest size of the letters", 1, 40)] | None = None
    typeface: Annotated[Face, choice("The typeface", Face)] = Face.TEXT
    align: Annotated[Align, choice("The alignment", Align)] = Align.LEFT
    tracking: Annotated[float, measure("The tracking", -0.1, 2, " em")] = 0.0
    capitals: Annotated[bool, switch("The field capitals")] = False

    def layer(self, folder: Path) -> Layer:
        """Return the layer."""
        del folder
        return TextLayer(
            name=self.name,
            designs=self.designs,
            text=self.text,
            box=self.box,
            largest_mm=self.size_mm,
            smallest_mm=min(self.smallest_mm or self.size_mm, self.size_mm),
            typeface=self.typeface,
            align=self.align,
            tracking=self.tracking,
            capitals=self.capitals,
            colour=self.paint,
        )


class QrTable(LayerTable):
    """``type = "qr"``."""

    box: _Box

    def layer(self, folder: Path) -> Layer:
        """Return the layer."""
        del folder
        return QrLayer(name=self.name, designs=self.designs, box=self.box)


class ClaimTable(LayerTable):
    """``type = "claim"``."""

    box: _Box

    def layer(self, folder: Path) -> Layer:
        """Return the layer."""
        del folder
        return ClaimLayer(name=self.name, designs=self.designs, box=self.box)


class MicroTextTable(_Painted):
    """``type = "micro-text"``."""

    text: Annotated[str, TEXT]
    box: _Box | None = None
    centre: _Point | None = None
    radius_mm: Annotated[float, measure("The radius", 1, 100)] | None = None
    start: _Point | None = None
    end: _Point | None = None
    size_mm: Annotated[float, measure("The size of the letters", 0.15, 1.5)] = 0.25
    typeface: Annotated[Face, choice("The typeface", Face)] = Face.TEXT

    @model_validator(mode="after")
    def _one_path(self) -> Self:
        paths = (self.box,), (self.centre, self.radius_mm), (self.start, self.end)
        begun = [path for path in paths if any(part is not None for part in path)]
        if len(begun) != 1 or None in begun[0]:
            raise refuse(
                "Micro-text needs one path.",
                "Give either box, or centre and radius_mm, or start and end.",
            )
        return self

    def layer(self, folder: Path) -> Layer:
        """Return the layer."""
        del folder
        along: Box | Circle | tuple[tuple[float, float], tuple[float, float]]
        if self.box is not None:
            along = self.box
        elif self.centre is not None and self.radius_mm is not None:
            along = Circle(centre_mm=self.centre, radius_mm=self.radius_mm)
        else:
            along = (self.start or (0.0, 0.0), self.end or (0.0, 0.0))
        return MicroTextLayer(
            name=self.name,
            designs=self.designs,
            text=self.text,
            along=along,
            size_mm=self.size_mm,
            colour=self.paint,
            typeface=self.typeface,
        )


class GuillocheTable(LayerTable):
    """``type = "guilloche"``."""

    pattern: Annotated[Pattern, choice("The pattern", Pattern)]
    box: _Box | None = None
    centre: _Point | None = None
    radius_mm: Annotated[float, measure("The radius", 1, 100)] | None = None
    inner_mm: Annotated[float, measure("The inner radius", 0, 100)] = 0.0
    petals: Annotated[int, whole("The number of petals", 3, 48)] | None = None
    lines: Annotated[int, whole("The number of lines", 1, 64)] | None = None
    depth_mm: Annotated[float, measure("The depth of the border", 0.5, 20)] = 2.0
    spacing_mm: Annotated[float, measure("The spacing", 0.1, 5)] | None = None
    width_mm: Annotated[float, measure("The width of the line", 0.04, 0.2)] = 0.06
    tapered: Annotated[bool, switch("The field tapered")] = False
    each: Annotated[Each, choice("The field each", Each)] = Each.SERIES
    colours: _Colours | None = None
    ink: Annotated[str, INK] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _either("colours", "ink", self.colours, self.ink)
        if self.pattern is Pattern.ROSETTE:
            if self.centre is None or self.radius_mm is None or self.box is not None:
                raise refuse("A rosette needs its centre and radius_mm, and no box.", "Write centre = [x, y].")
            if self.inner_mm >= self.radius_mm:
                raise refuse("The inner radius is not smaller than the radius.", "Choose a smaller inner_mm.")
        elif self.box is None or self.centre is not None or self.radius_mm is not None:
            raise refuse(f"A {self.pattern} needs a box.", "Write box = [x, y, width, height], and no centre.")
        turned = self.pattern is Pattern.ROSETTE and self.each is Each.SERIES
        if self.lines is not None and (turned or self.pattern is Pattern.GROUND):
            raise refuse(f"A {self.pattern} has as many lines as fit.", "Remove lines, and choose spacing_mm.")
        if self.each is Each.STAMP and self.pattern is not Pattern.ROSETTE:
            raise refuse(f"A {self.pattern} is the same on all stamps.", "Only a rosette can differ: remove each.")
        return self

    def layer(self, folder: Path) -> Layer:
        """Return the layer."""
        del folder
        shape: Box | Circle | None = self.box
        if self.centre is not None and self.radius_mm is not None:
            shape = Circle(centre_mm=self.centre, radius_mm=self.radius_mm)
        assert shape is not None  # noqa: S101 (`_whole` has seen to it)
        return GuillocheLayer(
            name=self.name,
            designs=self.designs,
            pattern=self.pattern,
            shape=shape,
            colours=(self.ink,) if self.ink else self.colours or (),
            width_mm=self.width_mm,
            each=self.each,
            inner_mm=self.inner_mm,
            petals=self.petals,
            lines=self.lines,
            depth_mm=self.depth_mm,
            spacing_mm=self.spacing_mm,
            tapered=self.tapered,
        )


class ReliefTable(LayerTable):
    """``type = "relief"``."""

    box: _Box
    artwork: _Artwork | None = None
    style: Annotated[Style, choice("The style", Style)] = Style.LIFTED
    spacing_mm: Annotated[float, measure("The spacing", 0.1, 5)] = 0.3
    lift_mm: Annotated[float, measure("The lift", 0.01, 5)] = 0.45
    width_mm: Annotated[float, measure("The width of the line", 0.04, 0.2)] = 0.07
    colours: _Colours | None = None
    ink: Annotated[str, INK] | None = None

    @model_validator(mode="after")
    def _painted(self) -> Self:
        _either("colours", "ink", self.colours, self.ink)
        return self

    def layer(self, folder: Path) -> Layer:
        """Return the layer."""
        return ReliefLayer(
            name=self.name,
            designs=self.designs,
            box=self.box,
            artwork=_file(folder, self.artwork),
            style=self.style,
            spacing_mm=self.spacing_mm,
            lift_mm=self.lift_mm,
            width_mm=self.width_mm,
            colours=(self.ink,) if self.ink else self.colours or (),
        )


LAYERS: Final[dict[str, type[LayerTable]]] = {
    "picture": PictureTable,
    "fill": FillTable,
    "frame": FrameTable,
    "line": LineTable,
    "fold": FoldTable,
    "text": TextTable,
    "qr": QrTable,
    "claim": ClaimTable,
    "micro-text": MicroTextTable,
    "guilloche": GuillocheTable,
    "relief": ReliefTable,
}
"""The tables of ``[[layers]]`` by their type."""


def _file(folder: Path, name: str | None) -> Path | None:
    return None if name is None else (folder / name).resolve()


def _either(first: str, second: str, one: object, other: object) -> None:
    if (one is None) == (other is None):
        raise refuse(
            f"The layer has {'neither' if one is None else 'both'} {first} {'nor' if one is None else 'and'} {second}.",
            f"Give {first}, or {second} for a plate of its own.",
        )


class StampSizeTable(Table):
    """``[stamp]``."""

    width_mm: Annotated[Decimal, length("The stamp's width", 15, 50)]
    height_mm: Annotated[Decimal, length("The stamp's height", 15, 50)]


class Place(StrEnum):
    """Where a token card lies."""

    RIGHT = "right"
    BELOW = "below"


class CardTable(Table):
    """``[card]``: the token card of a two-part stamp, or the card on which a stamp is imprinted."""

    width_mm: Annotated[float, measure("The card's width", 15, 210)]
    height_mm: Annotated[float, measure("The card's height", 15, 210)]
    place: Annotated[Place, choice("The place of the card", Place)] | None = None
    stamp: _Point | None = None
    corner_radius_mm: Annotated[float, measure("The radius of the corners", 0, 20)] = 0.0


class SheetTable(Table):
    """``[sheet]``: the picture of a miniature sheet."""

    artwork: _Artwork
    colour: Annotated[str, COLOUR] = "#000000"
    places: Annotated[tuple[tuple[float, float], ...], POINTS] = ()


def _format(value: object) -> object:
    if value != 1 or isinstance(value, bool):
        raise refuse(f"The file says format {shown(value)}, which this version does not know.", "Write format = 1.")
    return 1


class TemplateTable(Table):
    """The whole file but for its layers, which are looked at one by one."""

    format: Annotated[Literal[1], BeforeValidator(_format)]
    product: Annotated[Product, choice("The product", Product)]
    stamp: StampSizeTable
    card: CardTable | None = None
    sheet: SheetTable | None = None


TABLES: Final[dict[str, type[Table]]] = {"stamp": StampSizeTable, "card": CardTable, "sheet": SheetTable}
"""The tables of the file by name, besides the layers."""
