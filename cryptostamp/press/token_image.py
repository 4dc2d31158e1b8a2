"""The picture of a token: the stamp as it is printed, with a rosette where a real one has its code.

One picture for each design and variant, square, as wallets and albums show it. It is no copy of any stamp: it has no
symbol, no serial and no short code, but a guilloche in the colour of the variant, and where the number stands the
name of the variant and how many there are. The lines follow from the series, so same input, same picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Final

import resvg_py
from PIL import Image

from cryptostamp.errors import ArtworkError, InputError
from cryptostamp.press.lettering import Typeface, fit_size, width_of
from cryptostamp.press.marks import INK, Fill, Mark, TextRun
from cryptostamp.press.raster import svg_of
from cryptostamp.press.security.bands import ground
from cryptostamp.press.security.rosettes import rosette
from cryptostamp.press.stamp_svg import document, ground_and_face, toothed_face
from cryptostamp.press.template import Template, template_of
from cryptostamp.press.template_lines import guilloche_marks, seed_of
from cryptostamp.press.template_marks import colour_of
from cryptostamp.press.webp import webp_bytes
from cryptostamp.press.wording import is_numbered, typeface_of
from cryptostamp.primitives import Box, Serial
from cryptostamp.series.models import Design, Series, Variant
from cryptostamp.series.template import Align, GuillocheLayer, TextLayer

__all__ = ["TOKEN_PICTURE_PX", "token_picture", "token_svg"]

TOKEN_PICTURE_PX: Final = 1000
_MARGIN_MM: Final = 4.5
_LINE_MM: Final = 0.08
_GROUND, _GROUND_LINES = 0.16, 0.26
"""How much of the colour of the variant is in the ground, and in the lines on it; the rest is white."""
_SHIFT: Final = {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}


def token_svg(series: Series, design: Design, variant: Variant, *, symbol_side: int = 37) -> bytes:
    """Return the picture of the tokens of a design and variant as SVG, UTF-8.

    `symbol_side` is the number of modules of the series' symbols, for whose place the template leaves room.
    """
    template = template_of(series, symbol_side)
    room = template.symbol_room
    seed = seed_of(series.id, f"token {variant.key}")
    radius = min(room.width_mm, room.height_mm) / 2 - 0.3
    centre = room.x_mm + room.width_mm / 2, room.y_mm + room.height_mm / 2
    colours = variant.colour, _tint(variant.colour, 0.6)
    emblem = rosette(centre, radius_mm=radius, seed=seed, width_mm=_LINE_MM, colours=colours)
    parts = ground_and_face(series, template, design, variant, Serial(1 + series.designs.index(design)))
    field = _field(template.claim, variant, seed) if template.claim else ()
    above = svg_of((*_pattern(series, template, design, variant), *emblem, *_lines(series, template, design, variant)))
    above += svg_of(field)
    side = max(template.width_mm, template.height_mm) + 2 * _MARGIN_MM
    middle = template.width_mm / 2, template.height_mm / 2
    square = Box(x_mm=middle[0] - side / 2, y_mm=middle[1] - side / 2, width_mm=side, height_mm=side)
    lines = rosette(
        middle,
        radius_mm=0.85 * side,  # beyond the corners
        inner_mm=0.36 * side,  # behind the stamp
        seed=seed,
        width_mm=0.2,
        spacing_mm=2.0,
        colours=(_tint(variant.colour, _GROUND_LINES),),
    )
    back = (
        f'<rect x="{square.x_mm:.3f}" y="{square.y_mm:.3f}" width="{side:.3f}" height="{side:.3f}" '
        f'fill="{_tint(variant.colour, _GROUND)}"/>{svg_of(lines)}'
    )
    title = f"{series.issuer.country_name}: {series.title}, {design.title}, {variant.name}"
    return document(square, back + toothed_face(series, template, parts, above), title=title)


def token_picture(series: Series, design: Design, variant: Variant, *, symbol_side: int = 37) -> bytes:
    """Return the picture of the tokens of a design and variant as WebP, 1,000 pixels a side."""
    svg = token_svg(series, design, variant, symbol_side=symbol_side).decode()
    try:
        png = resvg_py.svg_to_bytes(svg_string=svg, width=TOKEN_PICTURE_PX, skip_system_fonts=True, dpi=96)
    except ValueError as error:
        raise ArtworkError(f"The picture of the tokens cannot be drawn: {error}.", where=str(design.artwork)) from error
    with Image.open(BytesIO(png)) as image:
        return webp_bytes(image.convert("RGB"))


def _pattern(series: Series, template: Template, design: Design, variant: Variant) -> Iterator[Mark]:
    """Yield the guilloche that is another one on every stamp, as it is on none."""
    for lines in template.numbered_lines:
        layer = lines.layer
        if isinstance(layer, GuillocheLayer) and (not layer.designs or design.key in layer.designs):
            yield from guilloche_marks(layer, series.id, [colour_of(colour, variant) for colour in layer.colours])


def _lines(series: Series, template: Template, design: Design, variant: Variant) -> Iterator[Mark]:
    """Yield the variant's name and count, in the places of serial and short code."""
    layers = [
        layer
        for layer in template.layers
        if isinstance(layer, TextLayer)
        and is_numbered(layer.text)
        and (not layer.designs or design.key in layer.designs)
    ]
    words = (variant.name, f"{variant.count:,} / {series.edition:,}")
    for layer, text in zip(sorted(layers, key=lambda each: each.box.y_mm), words, strict=False):
        typeface = typeface_of(layer.typeface)
        try:
            size = fit_size(
                text,
                typeface,
                element=layer.name,
                room_mm=layer.box.width_mm,
                largest_mm=layer.largest_mm,
                smallest_mm=layer.smallest_mm / 2,  # enlarged on a screen, not printed
                tracking=layer.tracking,
            )
        except InputError:
            continue  # a letter that no typeface has, or a long name: the metadata say it, too
        spare = layer.box.width_mm - width_of(text, typeface, size, tracking=layer.tracking)
        yield TextRun(
            text=text,
            typeface=typeface,
            size_mm=size,
            x_mm=layer.box.x_mm + _SHIFT[layer.align] * spare,
            baseline_mm=layer.box.bottom_mm,
            tracking_mm=layer.tracking * size,
            colour=colour_of(layer.colour, variant),
        )


def _field(box: Box, variant: Variant, seed: bytes) -> Iterator[Mark]:
    """Yield what is in the place of the scratch field: waves in the colour of the variant, and its name."""
    yield Fill(box=box, colour=_tint(variant.colour, _GROUND))
    yield from ground(box, seed=seed, width_mm=_LINE_MM, colours=(_tint(variant.colour, 0.5),))
    size = min(4.0, box.height_mm / 3)
    try:
        size = fit_size(
            variant.name,
            Typeface.DISPLAY,
            element="name of the variant",
            room_mm=box.width_mm - size,
            largest_mm=size,
            smallest_mm=size / 4,
        )
    except InputError:
        return
    wide = width_of(variant.name, Typeface.DISPLAY, size)
    yield TextRun(
        text=variant.name,
        typeface=Typeface.DISPLAY,
        size_mm=size,
        x_mm=box.x_mm + (box.width_mm - wide) / 2,
        baseline_mm=box.y_mm + (box.height_mm + size * Typeface.DISPLAY.cap_height) / 2,
        colour=INK,
    )


def _tint(colour: str, share: float) -> str:
    """Return `share` of a colour on white."""
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - share * (255 - channel)):02x}" for channel in channels)
