"""The face of a stamp: everything that all stamps of a design and variant share, in the order in which it is drawn."""

from __future__ import annotations

from functools import lru_cache

from cryptostamp.press.artwork import Artwork, check_shape, load_artwork
from cryptostamp.press.bitmap import Bitmap
from cryptostamp.press.legibility import artwork_of, auto_colour
from cryptostamp.press.marks import Mark
from cryptostamp.press.template import Template
from cryptostamp.press.template_marks import PlacedPicture, layer_parts
from cryptostamp.series.models import Design, Series, Variant

__all__ = ["face_parts", "static_marks"]


def face_parts(
    series: Series, template: Template, design: Design, variant: Variant, auto: str | None = None
) -> tuple[Mark | PlacedPicture, ...]:
    """Return marks and pictures of a face, from the ground up; `auto` is what `auto_colour` returns, if it is known.

    Raises `InputError` for a text that does not fit and `ArtworkError` for one that cannot be read and
    for a picture that has not the shape of its place.
    """
    return _face_parts(series, template, design, variant, artwork_of(series), auto)


@lru_cache(maxsize=256)
def _face_parts(
    series: Series,
    template: Template,
    design: Design,
    variant: Variant,
    _artworks: tuple[Artwork | Bitmap, ...],
    known: str | None,
) -> tuple[Mark | PlacedPicture, ...]:
    auto = known or auto_colour(series, template)
    parts = [part for layer in template.layers for part in layer_parts(layer, series, design, variant, auto=auto)]
    for part in parts:
        if isinstance(part, PlacedPicture):
            check_shape(load_artwork(part.path), part.box)
    return tuple(parts)


def static_marks(series: Series, template: Template, design: Design, variant: Variant) -> tuple[Mark, ...]:
    """Return the marks of a face that all stamps of a design and variant share, without its pictures."""
    parts = face_parts(series, template, design, variant)
    return tuple(part for part in parts if not isinstance(part, PlacedPicture))
