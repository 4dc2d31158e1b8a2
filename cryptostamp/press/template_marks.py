"""The layers of a template as marks: what all stamps of a design and variant share, and what one stamp adds.

Marks and placed pictures come in the order of the layers. What differs from stamp to stamp is drawn above all of
them, so that the shared part is made once: a Form XObject on paper, a background in memory for pictures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptostamp.press.lettering import fit_size, width_of
from cryptostamp.press.marks import INK, PAPER, Dots, Fill, Line, Mark, TextRun
from cryptostamp.press.template import Template, typeface_of
from cryptostamp.press.wording import fields_of, is_numbered, words_of
from cryptostamp.primitives import Box, Serial
from cryptostamp.series.models import Design, Series, Variant
from cryptostamp.series.template import (
    Align,
    ClaimLayer,
    FillLayer,
    FoldLayer,
    FrameLayer,
    Layer,
    LineLayer,
    PictureLayer,
    QrLayer,
    TextLayer,
)

__all__ = ["PlacedPicture", "colour_of", "layer_parts", "variable_marks"]

_SHIFT = {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPicture:
    """A picture file, its place, and what ``currentColor`` is in it."""

    path: Path
    box: Box
    colour: str


def colour_of(colour: str, variant: Variant) -> str:
    """Return the colour that a layer means: ``ink``, ``paper`` and ``variant`` as ``#rrggbb``, others as they are."""
    return {"ink": INK, "paper": PAPER, "variant": variant.colour}.get(colour, colour)


def layer_parts(
    layer: Layer, series: Series, design: Design, variant: Variant, *, auto: str = INK
) -> Iterator[Mark | PlacedPicture]:
    """Yield what a layer draws on all stamps of a design and variant; `auto` is what ``auto`` means here.

    Raises `InputError`, which names the layer, if a text does not fit.
    """
    if layer.designs and design.key not in layer.designs:
        return
    match layer:
        case PictureLayer(box=box):
            yield PlacedPicture(path=layer.artwork or design.artwork, box=box, colour=variant.colour)
        case FillLayer(box=box):
            yield Fill(box=box, colour=colour_of(layer.colour, variant))
        case FrameLayer(box=box):
            yield Line(
                points_mm=_corners(box.grown(-layer.width_mm / 2)),
                width_mm=layer.width_mm,
                colour=colour_of(layer.colour, variant),
            )
        case LineLayer():
            yield Line(points_mm=layer.points_mm, width_mm=layer.width_mm, colour=colour_of(layer.colour, variant))
        case FoldLayer():
            run = math.dist(layer.from_mm, layer.to_mm)
            yield Dots(
                from_mm=layer.from_mm,
                to_mm=layer.to_mm,
                count=round(run / layer.pitch_mm) + 1,
                diameter_mm=layer.diameter_mm,
                colour=colour_of(layer.colour, variant),
            )
        case TextLayer():
            if not is_numbered(layer.text):
                colour = auto if layer.colour == "auto" else colour_of(layer.colour, variant)
                yield _text(layer, series, design, variant, colour)
        case QrLayer() | ClaimLayer():
            pass  # drawn for each stamp, and on the claim layer


def _corners(box: Box) -> tuple[tuple[float, float], ...]:
    left, top, right, bottom = box.x_mm, box.y_mm, box.right_mm, box.bottom_mm
    return (left, top), (right, top), (right, bottom), (left, bottom), (left, top)


def _text(layer: TextLayer, series: Series, design: Design, variant: Variant, colour: str) -> TextRun:
    """Return a line in its box, as large as it may be."""
    words, typeface = (
        words_of(layer.text, series, design, variant, capitals=layer.capitals),
        typeface_of(layer.typeface),
    )
    element = layer.name
    if "design" in fields_of(layer.text):
        element = f"{layer.name} of the design {design.key}"
    size = fit_size(
        words,
        typeface,
        element=element,
        room_mm=layer.box.width_mm,
        largest_mm=layer.largest_mm,
        smallest_mm=layer.smallest_mm,
        tracking=layer.tracking,
    )
    shift = _SHIFT[layer.align]
    spare = layer.box.width_mm - width_of(words, typeface, size, tracking=layer.tracking) if shift else 0.0
    return TextRun(
        text=words,
        typeface=typeface,
        size_mm=size,
        x_mm=layer.box.x_mm + shift * spare,
        baseline_mm=layer.box.bottom_mm,
        tracking_mm=layer.tracking * size,
        colour=colour,
    )


def variable_marks(template: Template, serial: Serial, short_code: str) -> tuple[Mark, ...]:
    """Return what one stamp adds to what its design and variant share, besides the symbol."""
    return tuple(
        [
            TextRun(
                text=(text := line.pattern.format(serial=serial, short_code=short_code)),
                typeface=line.typeface,
                size_mm=line.size_mm,
                x_mm=line.x_mm
                if line.align is Align.LEFT
                else line.x_mm
                - _SHIFT[line.align] * width_of(text, line.typeface, line.size_mm)
                - _SHIFT[line.align] * line.tracking_mm * (len(text) - 1),
                baseline_mm=line.baseline_mm,
                tracking_mm=line.tracking_mm,
                colour=line.colour,
            )
            for line in template.numbered
        ]
    )
