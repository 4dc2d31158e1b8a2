"""Whether letters can be read on the ground they lie on: WCAG 2.2, criterion 1.4.3, at least 4.5 to 1.

The ground of a text is what the layers below it draw, looked at for every design in every colour. Lines in
``auto`` share one colour, ink or paper: whichever can be read everywhere. It does not judge what a press
makes of a colour.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from cryptostamp.errors import ArtworkError
from cryptostamp.press.artwork import Artwork, artwork_pixels, load_artwork
from cryptostamp.press.bitmap import Bitmap
from cryptostamp.press.lettering import width_of
from cryptostamp.press.marks import INK, PAPER, Box, TextRun, relative_luminance
from cryptostamp.press.raster import draw_marks, pixels
from cryptostamp.press.sheet_picture import grounds_of_cells
from cryptostamp.press.template import Template
from cryptostamp.press.template_marks import PlacedPicture, layer_parts
from cryptostamp.series.models import Design, Series, Variant
from cryptostamp.series.template import TextLayer

__all__ = ["MIN_CONTRAST", "artwork_of", "auto_colour", "box_of", "contrast"]

MIN_CONTRAST = 4.5
_DPI = 150
_DARKEST_SHARE = 5  # per cent of the pixels that may be worse: an edge that a letter touches is no fault


def artwork_of(series: Series) -> tuple[Artwork | Bitmap, ...]:
    """Return every picture that a stamp of the series may carry, read and checked."""
    paths = [design.artwork for design in series.designs]
    paths += series.template.pictures if series.template else ()
    return tuple(load_artwork(path) for path in dict.fromkeys(paths))


def auto_colour(series: Series, template: Template) -> str:
    """Return the colour of lines in ``auto``, ink or paper, that can be read on every picture of a series.

    Raises `ArtworkError` naming the element, the picture, the colour and the contrast if there is none.
    """
    return _auto_colour(series, template, artwork_of(series))


def box_of(run: TextRun) -> Box:
    """Return the box of a line from its baseline to the height of its capitals."""
    high = run.size_mm * run.typeface.cap_height
    wide = width_of(run.text, run.typeface, run.size_mm, tracking=run.tracking_mm / run.size_mm)
    return Box(x_mm=run.x_mm, y_mm=run.baseline_mm - high, width_mm=wide, height_mm=high)


def contrast(colour: str, ground: npt.NDArray[np.float64]) -> float:
    """Return the contrast of letters in a colour on pixels (n, 3) of 0..1, the worst but for a few pixels."""
    letters = relative_luminance(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    under = [relative_luminance(*pixel) for pixel in np.unique(ground.round(2), axis=0)]
    ratios = [(max(letters, each) + 0.05) / (min(letters, each) + 0.05) for each in under]
    return float(np.percentile(ratios, _DARKEST_SHARE))


def grounds(
    series: Series, template: Template, design: Design, variant: Variant, below: PlacedPicture | None = None
) -> Iterator[tuple[TextLayer, TextRun, npt.NDArray[np.float64]]]:
    """Yield each line that all stamps of a design and variant share, with the pixels (n, 3) below it.

    `below` is the picture of the sheet under the stamp of a place.
    """
    image = Image.new("RGB", (pixels(template.width_mm, _DPI), pixels(template.height_mm, _DPI)), PAPER)
    if below is not None:
        paste_picture(image, below, _DPI)
    for layer in template.layers:
        for part in layer_parts(layer, series, design, variant):
            if isinstance(part, PlacedPicture):
                paste_picture(image, part, _DPI)
                continue
            if isinstance(layer, TextLayer) and isinstance(part, TextRun):
                yield layer, part, _under(image, box_of(part))
            draw_marks(image, (part,), _DPI)


def paste_picture(image: Image.Image, part: PlacedPicture, dpi: int) -> None:
    """Draw a picture into its place on an RGB image."""
    box = part.box
    corner = pixels(box.x_mm, dpi), pixels(box.y_mm, dpi)
    size = pixels(box.right_mm, dpi) - corner[0], pixels(box.bottom_mm, dpi) - corner[1]
    picture = artwork_pixels(load_artwork(part.path), part.colour, *size)
    image.paste(picture, corner, picture)


def _under(image: Image.Image, box: Box) -> npt.NDArray[np.float64]:
    left, top = pixels(box.x_mm, _DPI), pixels(box.y_mm, _DPI)
    right, bottom = max(pixels(box.right_mm, _DPI), left + 1), max(pixels(box.bottom_mm, _DPI), top + 1)
    part = np.asarray(image.crop((left, top, right, bottom)), dtype=np.float64) / 255
    return part.reshape(-1, 3)


@lru_cache(maxsize=16)
def _auto_colour(series: Series, template: Template, _artworks: tuple[Artwork | Bitmap, ...]) -> str:
    if not any(isinstance(layer, TextLayer) and layer.colour == "auto" for layer in template.layers):
        return INK
    worst: dict[str, tuple[float, str, str]] = {}
    for design in series.designs:
        for variant in series.variants:
            found = (
                each for below in grounds_of_cells(series) for each in grounds(series, template, design, variant, below)
            )
            for layer, run, ground in found:
                if layer.colour != "auto":
                    continue
                for colour in (INK, PAPER):
                    ratio = contrast(colour, ground)
                    if colour not in worst or ratio < worst[colour][0]:
                        where = f"{design.artwork}, in the colour {variant.name}"
                        worst[colour] = ratio, where, f"{layer.name} {run.text!r}"
    for colour in (INK, PAPER):
        if not worst or worst[colour][0] >= MIN_CONTRAST:
            return colour
    ratio, where, element = max(worst.values())
    raise ArtworkError(
        f"The {element} cannot be read on the picture: the best contrast is {ratio:.1f} to 1, "
        f"and {MIN_CONTRAST} is needed.",
        where=where,
        remedy="Keep all pictures calm there, and either light or dark.",
    )
