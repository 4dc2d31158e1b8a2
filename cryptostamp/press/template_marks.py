"""The layers of a template as marks: what all stamps of a design and variant share, and what one stamp adds.

Marks and placed pictures come in the order of the layers. What differs from stamp to stamp is drawn above all of
them, so that the shared part is made once: a Form XObject on paper, a background in memory for pictures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptostamp.press.code_lines import CodeLine, CodeLines, code_width
from cryptostamp.press.lettering import fit_size, width_of
from cryptostamp.press.marks import BLACK, INK, PAPER, Dots, Fill, Line, Mark, TextRun
from cryptostamp.press.template import NumberedText, Template
from cryptostamp.press.template_lines import guilloche_marks, micro_text_marks, relief_marks
from cryptostamp.press.wording import fields_of, is_numbered, typeface_of, widest_words, words_of
from cryptostamp.primitives import Box, Serial
from cryptostamp.series.models import Design, Series, Variant
from cryptostamp.series.template import (
    Align,
    ClaimLayer,
    Each,
    FillLayer,
    FoldLayer,
    FrameLayer,
    GuillocheLayer,
    Layer,
    LineLayer,
    MicroTextLayer,
    PictureLayer,
    QrLayer,
    ReliefLayer,
    TextLayer,
)

__all__ = ["PlacedPicture", "code_lines", "colour_of", "layer_parts", "variable_marks", "widest_runs"]

_WORDS = {"ink": INK, "paper": PAPER}
_SHIFT = {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPicture:
    """A picture file, its place, and what ``currentColor`` is in it."""

    path: Path
    box: Box
    colour: str


def colour_of(colour: str, variant: Variant) -> str:
    """Return the colour that a layer means: ``ink``, ``paper`` and ``variant`` as ``#rrggbb``, others as they are."""
    if colour == "variant":
        return variant.colour
    return _WORDS.get(colour, colour)


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
        case TextLayer():
            if not is_numbered(layer.text):
                colour = auto if layer.colour == "auto" else colour_of(layer.colour, variant)
                yield _text(layer, series, design, variant, colour)
        case GuillocheLayer() | MicroTextLayer() | ReliefLayer():
            yield from _lines(layer, series, design, variant)
        case FillLayer() | FrameLayer() | LineLayer() | FoldLayer():
            yield _shape(layer, colour_of(layer.colour, variant))
        case QrLayer() | ClaimLayer():
            pass  # drawn for each stamp, and on the claim layer


def _lines(
    layer: GuillocheLayer | MicroTextLayer | ReliefLayer, series: Series, design: Design, variant: Variant
) -> tuple[Mark, ...]:
    """Return fine lines and tiny letters, unless they differ from stamp to stamp."""
    match layer:
        case GuillocheLayer(each=Each.SERIES):
            return guilloche_marks(layer, series.id, _colours(layer.colours, variant))
        case MicroTextLayer() if not is_numbered(layer.text):
            words = words_of(layer.text, series, design, variant)
            return micro_text_marks(layer, words, colour_of(layer.colour, variant))
        case ReliefLayer():
            return relief_marks(layer, series.id, layer.artwork or design.artwork, _colours(layer.colours, variant))
    return ()


def _shape(layer: FillLayer | FrameLayer | LineLayer | FoldLayer, colour: str) -> Mark:
    match layer:
        case FillLayer(box=box):
            return Fill(box=box, colour=colour)
        case FrameLayer(box=box, width_mm=wide):
            return Line(points_mm=_corners(box.grown(-wide / 2)), width_mm=wide, colour=colour)
        case LineLayer():
            return Line(points_mm=layer.points_mm, width_mm=layer.width_mm, colour=colour)
        case FoldLayer(from_mm=start, to_mm=end):
            count = round(math.dist(start, end) / layer.pitch_mm) + 1
            return Dots(from_mm=start, to_mm=end, count=count, diameter_mm=layer.diameter_mm, colour=colour)


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


def variable_marks(
    template: Template, serial: Serial, short_code: str, design: Design, variant: Variant
) -> tuple[Mark, ...]:
    """Return what one stamp adds to what its design and variant share, besides the symbol."""
    marks: list[Mark] = []
    for lines in template.numbered_lines:
        layer = lines.layer
        if layer.designs and design.key not in layer.designs:
            continue
        if isinstance(layer, GuillocheLayer):
            marks += guilloche_marks(layer, lines.series_id, _colours(layer.colours, variant), serial)
        else:
            words = lines.pattern.format(serial=serial, short_code=short_code)
            marks += micro_text_marks(layer, words, colour_of(layer.colour, variant))
    for line in template.numbered:
        if not line.designs or design.key in line.designs:
            marks.append(_numbered(line, line.pattern.format(serial=serial, short_code=short_code), variant))
    return tuple(marks)


def widest_runs(
    series: Series, template: Template, design: Design, variant: Variant
) -> Iterator[tuple[TextLayer, TextRun]]:
    """Yield each line that differs from stamp to stamp, with the widest text that the series can have."""
    layers = [layer for layer in template.layers if isinstance(layer, TextLayer) and is_numbered(layer.text)]
    for layer, line in zip(layers, template.numbered, strict=True):
        if not line.designs or design.key in line.designs:
            yield layer, _numbered(line, widest_words(line.pattern, series, line.typeface), variant)


def _numbered(line: NumberedText, text: str, variant: Variant) -> TextRun:
    x = line.x_mm
    if line.align is not Align.LEFT:
        tracking = line.tracking_mm / line.size_mm
        if line.is_code:
            wide = code_width(text, line.typeface, tracking)
        else:
            wide = width_of(text, line.typeface, 1.0, tracking=tracking)
        x -= _SHIFT[line.align] * wide * line.size_mm
    return TextRun(
        text=text,
        typeface=line.typeface,
        size_mm=line.size_mm,
        x_mm=x,
        baseline_mm=line.baseline_mm,
        tracking_mm=line.tracking_mm,
        kerned=not line.is_code,
        colour=colour_of(line.colour, variant),
    )


def code_lines(
    template: Template, design: Design, variant: Variant, height_mm: float
) -> tuple[CodeLines, list[str]] | None:
    """Return a quick way to print what one stamp adds, with the patterns of its lines, where it is black codes alone.

    It draws what `variable_marks` returns; `None` where that has anything else.
    """
    lines = [line for line in template.numbered if not line.designs or design.key in line.designs]
    plain = all(
        line.is_code and line.align is not Align.CENTRE and colour_of(line.colour, variant) == BLACK for line in lines
    )
    if template.numbered_lines or not lines or not plain:
        return None
    placed = [
        CodeLine(
            typeface=line.typeface,
            size_mm=line.size_mm,
            x_mm=line.x_mm,
            baseline_mm=line.baseline_mm,
            tracking_mm=line.tracking_mm,
            to_right=line.align is Align.RIGHT,
        )
        for line in lines
    ]
    return CodeLines(placed, height_mm), [line.pattern for line in lines]


def _colours(colours: tuple[str, ...], variant: Variant) -> tuple[str, ...]:
    return tuple(colour_of(colour, variant) for colour in colours)
