"""The security lines of a template: which generator draws a layer, and from which seed.

A seed is the Keccak-256 of the series and the name of the layer, and of the serial where lines differ from stamp
to stamp; so the same series has the same lines, and another one has others. What the lines are worth is told
in docs/security-print.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from cryptostamp.errors import InputError
from cryptostamp.press.artwork import artwork_pixels, load_artwork
from cryptostamp.press.marks import Box, Curves, Mark
from cryptostamp.press.security.bands import band, border, ground
from cryptostamp.press.security.microtext import text_circle, text_frame, text_line
from cryptostamp.press.security.relief import engraving, heights_of, relief
from cryptostamp.press.security.rosettes import rosette, stamp_rosette
from cryptostamp.press.wording import typeface_of
from cryptostamp.primitives import Serial, keccak256
from cryptostamp.series.template import Circle, Each, GuillocheLayer, MicroTextLayer, Pattern, ReliefLayer, Style

__all__ = ["guilloche_marks", "micro_text_marks", "relief_marks", "seed_of"]

_PLACEHOLDERS = ("#000001", "#000002")
_MOTIF_DPI = 300
_BROADEST = 0.75
"""Of an engraving: how much of the spacing its broadest lines take."""


def seed_of(series_id: str, layer: str, serial: Serial | None = None) -> bytes:
    """Return the seed of a layer's lines, on all stamps of a series or on one."""
    number = b"" if serial is None else serial.to_bytes(8, "big")
    return keccak256(b"cryptostamp lines\0" + series_id.encode() + b"\0" + layer.encode() + b"\0" + number)


def guilloche_marks(
    layer: GuillocheLayer, series_id: str, colours: Sequence[str], serial: Serial | None = None
) -> tuple[Mark, ...]:
    """Return the lines of a guilloche; `serial` is that of the stamp where each has its own.

    Raises `InputError`, which names the layer, for sizes that cannot be printed.
    """
    if serial is not None:
        return _generated(layer, seed_of(series_id, layer.name, serial), tuple(colours))
    painted = dict(zip(_PLACEHOLDERS, colours, strict=False))
    lines = _shared(layer, series_id, tuple(painted))
    return tuple(replace(line, colour=painted[line.colour]) for line in lines)


@lru_cache(maxsize=256)
def _shared(layer: GuillocheLayer, series_id: str, colours: tuple[str, ...]) -> tuple[Curves, ...]:
    """Return lines in placeholders of colours: they are the same in all variants, and take their time."""
    return _generated(layer, seed_of(series_id, layer.name), colours)


def _generated(layer: GuillocheLayer, seed: bytes, colours: tuple[str, ...]) -> tuple[Curves, ...]:
    try:
        if isinstance(layer.shape, Circle):
            return _rosette(layer, layer.shape, seed, colours)
        return _others(layer, layer.shape, seed, colours)
    except InputError as error:
        raise InputError(error.what, where=layer.name, remedy=error.remedy) from error


def _rosette(layer: GuillocheLayer, circle: Circle, seed: bytes, colours: Sequence[str]) -> tuple[Curves, ...]:
    if layer.each is Each.STAMP:
        return stamp_rosette(
            circle.centre_mm,
            radius_mm=circle.radius_mm,
            seed=seed,
            inner_mm=layer.inner_mm,
            petals=layer.petals,
            lines=layer.lines,
            width_mm=layer.width_mm,
            colours=colours,
        )
    spaced = {} if layer.spacing_mm is None else {"spacing_mm": layer.spacing_mm}
    return rosette(
        circle.centre_mm,
        radius_mm=circle.radius_mm,
        seed=seed,
        inner_mm=layer.inner_mm,
        petals=layer.petals,
        width_mm=layer.width_mm,
        colours=colours,
        **spaced,
    )


def _others(layer: GuillocheLayer, box: Box, seed: bytes, colours: Sequence[str]) -> tuple[Curves, ...]:
    width = layer.width_mm
    spaced = {} if layer.spacing_mm is None else {"spacing_mm": layer.spacing_mm}
    if layer.pattern is Pattern.BAND:
        return band(box, seed=seed, lines=layer.lines, width_mm=width, colours=colours, tapered=layer.tapered, **spaced)
    if layer.pattern is Pattern.BORDER:
        return border(
            box, depth_mm=layer.depth_mm, seed=seed, lines=layer.lines, width_mm=width, colours=colours, **spaced
        )
    return ground(box, seed=seed, width_mm=width, colours=colours, **spaced)


def micro_text_marks(layer: MicroTextLayer, words: str, colour: str) -> tuple[Mark, ...]:
    """Return a line of tiny letters along its path; raise `InputError`, which names the layer, if it cannot be set."""
    typeface, along = typeface_of(layer.typeface), layer.along
    try:
        if isinstance(along, Box):
            return text_frame(words, along, size_mm=layer.size_mm, typeface=typeface, colour=colour)
        if isinstance(along, Circle):
            return text_circle(
                words, along.centre_mm, along.radius_mm, size_mm=layer.size_mm, typeface=typeface, colour=colour
            )
        start, end = along
        return text_line(words, start, end, size_mm=layer.size_mm, typeface=typeface, colour=colour)
    except InputError as error:
        raise InputError(error.what, where=layer.name, remedy=error.remedy) from error


def relief_marks(layer: ReliefLayer, series_id: str, motif: Path, colours: Sequence[str]) -> tuple[Mark, ...]:
    """Return lines that show a motif, which is read in black; raise `InputError`, which names the layer."""
    box, seed = layer.box, seed_of(series_id, layer.name)
    size = round(box.width_mm * _MOTIF_DPI / 25.4), round(box.height_mm * _MOTIF_DPI / 25.4)
    picture = artwork_pixels(load_artwork(motif), "#000000", *size)
    try:
        heights = heights_of(picture, size_mm=(box.width_mm, box.height_mm))
        if layer.style is Style.LIFTED:
            return relief(
                box,
                heights,
                seed=seed,
                spacing_mm=layer.spacing_mm,
                lift_mm=layer.lift_mm,
                width_mm=layer.width_mm,
                colours=colours,
            )
        widths = layer.width_mm, _BROADEST * layer.spacing_mm
        return engraving(box, heights, seed=seed, spacing_mm=layer.spacing_mm, widths_mm=widths, colour=colours[0])
    except InputError as error:
        raise InputError(error.what, where=layer.name, remedy=error.remedy) from error
