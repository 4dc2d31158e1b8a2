"""Whether letters can be read on the ground they lie on: WCAG 2.2, criterion 1.4.3, at least 4.5 to 1.

The ground of a text is what the layers below it draw, looked at for every design in every colour. Lines in
``auto`` share one colour, ink or paper: whichever can be read everywhere. It does not judge what a press
makes of a colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from cryptostamp.errors import ArtworkError
from cryptostamp.press.artwork import Artwork, artwork_cutting, artwork_pixels, load_artwork
from cryptostamp.press.bitmap import Bitmap
from cryptostamp.press.code_lines import code_width
from cryptostamp.press.lettering import width_of
from cryptostamp.press.marks import INK, PAPER, Box, Mark, TextRun, relative_luminance
from cryptostamp.press.raster import draw_marks, pixels
from cryptostamp.press.sheet_picture import grounds_of_cells
from cryptostamp.press.template import Template, template_of
from cryptostamp.press.template_marks import PlacedPicture, layer_parts, widest_runs
from cryptostamp.series.models import Design, Series, Variant
from cryptostamp.series.template import TextLayer

__all__ = [
    "GROUND_DPI",
    "MIN_CONTRAST",
    "LaidText",
    "artwork_of",
    "auto_colour",
    "box_of",
    "contrast",
    "laid_out",
    "letters_colour",
    "luminance",
    "paste_picture",
]

MIN_CONTRAST = 4.5
GROUND_DPI = 150
_LINEAR = 0.04045
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


def letters_colour(series: Series, symbol_side: int) -> str:
    """Return the same for a series whose QR has `symbol_side` modules a side: every picture is drawn for it."""
    return auto_colour(series, template_of(series, symbol_side))


def box_of(run: TextRun) -> Box:
    """Return the box of a line from its baseline to the height of its capitals."""
    high = run.size_mm * run.typeface.cap_height
    tracking = run.tracking_mm / run.size_mm
    if run.kerned:
        wide = width_of(run.text, run.typeface, run.size_mm, tracking=tracking)
    else:
        wide = code_width(run.text, run.typeface, tracking) * run.size_mm
    return Box(x_mm=run.x_mm, y_mm=run.baseline_mm - high, width_mm=wide, height_mm=high)


def contrast(colour: str, ground: npt.NDArray[np.float64]) -> float:
    """Return the contrast of letters in a colour on pixels (n, 3) of 0..1, the worst but for a few pixels."""
    letters = relative_luminance(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    under = luminance(ground)
    ratios = (np.maximum(under, letters) + 0.05) / (np.minimum(under, letters) + 0.05)
    return float(np.percentile(ratios, _DARKEST_SHARE))


def luminance(channels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the luminance of sRGB pixels (…, 3) of 0..1, as WCAG 2 defines it."""
    linear = np.where(channels <= _LINEAR, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidText:
    """A line of letters and what it lies on."""

    layer: TextLayer
    run: TextRun
    ground: npt.NDArray[np.float64]
    """Its pixels (n, 3), 0..1."""


def laid_out(
    series: Series, template: Template, design: Design, variant: Variant, below: PlacedPicture | None = None
) -> tuple[tuple[LaidText, ...], Image.Image]:
    """Return each line of a face with what it lies on, and the face without what differs from stamp to stamp.

    A line that differs from stamp to stamp is there with the widest text of the series. `below` is the
    picture of the sheet under the stamp of a place. The picture has 150 dpi; do not change it.
    """
    return _laid_out(series, template, design, variant, below, artwork_of(series))


@lru_cache(maxsize=64)
def _laid_out(
    series: Series,
    template: Template,
    design: Design,
    variant: Variant,
    below: PlacedPicture | None,
    _artworks: tuple[Artwork | Bitmap, ...],
) -> tuple[tuple[LaidText, ...], Image.Image]:
    image = Image.new("RGB", (pixels(template.width_mm, GROUND_DPI), pixels(template.height_mm, GROUND_DPI)), PAPER)
    texts: list[LaidText] = []
    waiting: list[Mark] = []  # drawn together as late as possible: each drawing costs the whole face

    def draw() -> None:
        if waiting:
            draw_marks(image, waiting, GROUND_DPI)
            waiting.clear()

    if below is not None:
        paste_picture(image, below, GROUND_DPI)
    for layer in template.layers:
        for part in layer_parts(layer, series, design, variant):
            if isinstance(part, PlacedPicture):
                draw()
                paste_picture(image, part, GROUND_DPI)
                continue
            if isinstance(layer, TextLayer) and isinstance(part, TextRun):
                if not all(isinstance(mark, TextRun) for mark in waiting):
                    draw()
                texts.append(LaidText(layer=layer, run=part, ground=_under(image, box_of(part))))
            waiting.append(part)
    draw()
    for layer, run in widest_runs(series, template, design, variant):
        texts.append(LaidText(layer=layer, run=run, ground=_under(image, box_of(run))))
    return tuple(texts), image


def paste_picture(image: Image.Image, part: PlacedPicture, dpi: int) -> None:
    """Draw a picture into its place on an RGB image."""
    left, top, right, bottom = _pixel_box(part.box, dpi)
    picture = artwork_pixels(load_artwork(part.path), part.colour, right - left, bottom - top)
    image.paste(picture, (left, top), picture)


def _paste_cutting(image: Image.Image, part: PlacedPicture, within: tuple[int, int, int, int]) -> None:
    """Draw what of a picture lies within a box in pixels."""
    left, top, right, bottom = _pixel_box(part.box, GROUND_DPI)
    seen = max(left, within[0]), max(top, within[1]), min(right, within[2]), min(bottom, within[3])
    if seen[0] < seen[2] and seen[1] < seen[3]:
        cutting = seen[0] - left, seen[1] - top, seen[2] - left, seen[3] - top
        picture = artwork_cutting(load_artwork(part.path), part.colour, right - left, bottom - top, cutting)
        image.paste(picture, seen[:2], picture)


def _pixel_box(box: Box, dpi: int) -> tuple[int, int, int, int]:
    return pixels(box.x_mm, dpi), pixels(box.y_mm, dpi), pixels(box.right_mm, dpi), pixels(box.bottom_mm, dpi)


def _ground_box(box: Box) -> tuple[int, int, int, int]:
    """Return the pixels under a line, at least one."""
    left, top, right, bottom = _pixel_box(box, GROUND_DPI)
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _under(image: Image.Image, box: Box) -> npt.NDArray[np.float64]:
    return (np.asarray(image.crop(_ground_box(box)), dtype=np.float64) / 255).reshape(-1, 3)


@lru_cache(maxsize=16)
def _auto_colour(series: Series, template: Template, _artworks: tuple[Artwork | Bitmap, ...]) -> str:
    if not any(isinstance(layer, TextLayer) and layer.colour == "auto" for layer in template.layers):
        return INK
    worst: dict[str, tuple[float, str, str]] = {}
    for where, text in _auto_texts(series, template):
        for colour in (INK, PAPER):
            ratio = contrast(colour, text.ground)
            if colour not in worst or ratio < worst[colour][0]:
                worst[colour] = ratio, where, f"{text.layer.name} {text.run.text!r}"
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


def _auto_texts(series: Series, template: Template) -> Iterator[tuple[str, LaidText]]:
    """Yield each line in ``auto`` in every design, colour and place, and say where that is."""
    for design in series.designs:
        for variant in series.variants:
            for below in grounds_of_cells(series):
                for text in _laid_in_auto(series, template, design, variant, below):
                    yield f"{design.artwork}, in the colour {variant.name}", text


def _laid_in_auto(
    series: Series, template: Template, design: Design, variant: Variant, below: PlacedPicture | None
) -> Iterator[LaidText]:
    """Yield the lines in ``auto`` as `laid_out` does; draws no more than what lies below them."""
    in_auto = [isinstance(layer, TextLayer) and layer.colour == "auto" for layer in template.layers]
    lower: list[Mark | PlacedPicture] = [] if below is None else [below]
    for index, layer in enumerate(template.layers):
        if not any(in_auto[index:]):
            return
        for part in layer_parts(layer, series, design, variant):
            if in_auto[index] and isinstance(layer, TextLayer) and isinstance(part, TextRun):
                yield LaidText(layer=layer, run=part, ground=_ground_of(template, lower, box_of(part)))
            lower.append(part)


def _ground_of(template: Template, lower: Iterable[Mark | PlacedPicture], box: Box) -> npt.NDArray[np.float64]:
    """Return the pixels (n, 3) of 0..1 under a box; lines of letters alone, on top of all else, are left out."""
    image = Image.new("RGB", (pixels(template.width_mm, GROUND_DPI), pixels(template.height_mm, GROUND_DPI)), PAPER)
    marks: list[Mark] = []
    for part in lower:
        if isinstance(part, PlacedPicture):
            draw_marks(image, marks, GROUND_DPI, within=box)
            marks.clear()
            _paste_cutting(image, part, _ground_box(box))
        else:
            marks.append(part)
    if not all(isinstance(mark, TextRun) for mark in marks):
        draw_marks(image, marks, GROUND_DPI, within=box)
    return _under(image, box)
