"""What can be known before the first sheet is printed: shape, letters, contrast, resolution.

Contrast is WCAG 2.2's (criterion 1.4.3: at least 4.5 to 1), measured where country and face value
lie on the picture, over every design in every colour. It does not judge what a press makes of a
colour, nor whether a picture is well drawn.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from cryptostamp.errors import ArtworkError
from cryptostamp.press.artwork import Artwork, load_artwork, render_artwork
from cryptostamp.press.claim_part import claim_layout, claim_marks, claim_static_marks
from cryptostamp.press.layout import (
    StampLayout,
    face_value_text,
    legend_marks,
    panel_static_marks,
    serial_marks,
    stamp_layout,
)
from cryptostamp.press.lettering import width_of
from cryptostamp.press.marks import INK, PAPER, Box, TextRun, relative_luminance
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series

__all__ = ["MIN_CONTRAST", "check_picture_shape", "check_press", "legend_colour"]

MIN_CONTRAST = 4.5
_SHAPE_TOLERANCE = 0.01
_PX_PER_MM = 6
_DARKEST_SHARE = 5  # per cent of the pixels that may be worse: an edge that a letter touches is no fault


def check_picture_shape(art: Artwork, layout: StampLayout) -> None:
    """Raise `ArtworkError` if the artwork's sides are not in the ratio of the picture's, within 1 %."""
    wanted = layout.picture.width_mm / layout.picture.height_mm
    if abs(art.width / art.height / wanted - 1) > _SHAPE_TOLERANCE:
        raise ArtworkError(
            f"The artwork is {art.width:g} x {art.height:g} units, {art.width / art.height:.3f} to 1; "
            f"the picture on the stamp is {layout.picture.width_mm:.1f} x {layout.picture.height_mm:.1f} mm, "
            f"{wanted:.3f} to 1.",
            where=str(art.path),
            remedy="Set the viewBox to the shape of the picture: it is never stretched or cropped.",
        )


def legend_colour(series: Series, symbol_side: int) -> str:
    """Return the colour of country and face value, ink or white, that can be read on every picture of a series.

    Raises `ArtworkError` naming design, colour and contrast if there is none.
    """
    return _legend_colour(series, symbol_side, tuple(load_artwork(design.artwork) for design in series.designs))


def _box_of(run: TextRun) -> Box:
    high = run.size_mm * run.typeface.cap_height
    wide = width_of(run.text, run.typeface, run.size_mm, tracking=run.tracking_mm / run.size_mm)
    return Box(x_mm=run.x_mm, y_mm=run.baseline_mm - high, width_mm=wide, height_mm=high)


@lru_cache(maxsize=16)
def _legend_colour(series: Series, symbol_side: int, _artworks: tuple[Artwork, ...]) -> str:
    layout = stamp_layout(series.stamp, symbol_side)
    picture = layout.picture
    size = round(picture.width_mm * _PX_PER_MM), round(picture.height_mm * _PX_PER_MM)
    boxes = [_box_of(run) for run in legend_marks(series, layout)]
    worst: dict[str, tuple[float, str]] = {}
    for design in series.designs:
        for variant in series.variants:
            channels = np.asarray(render_artwork(design, variant, *size), dtype=np.float64) / 255
            for box in boxes:
                left, top = int((box.x_mm - picture.x_mm) * _PX_PER_MM), int((box.y_mm - picture.y_mm) * _PX_PER_MM)
                right, bottom = left + round(box.width_mm * _PX_PER_MM), top + round(box.height_mm * _PX_PER_MM)
                part = channels[top:bottom, left:right].reshape(-1, 3)
                under = [relative_luminance(*pixel) for pixel in np.unique(part.round(2), axis=0)]
                for colour in (INK, PAPER):
                    ratio = _contrast(colour, under)
                    if colour not in worst or ratio < worst[colour][0]:
                        worst[colour] = ratio, f"{design.artwork}, in the colour {variant.name}"
    for colour in (INK, PAPER):
        if worst[colour][0] >= MIN_CONTRAST:
            return colour
    ratio, where = max(worst.values())
    raise ArtworkError(
        f"Country and face value ({face_value_text(series.face_value)}) cannot be read on the picture: "
        f"the best contrast is {ratio:.1f} to 1, and {MIN_CONTRAST} is needed.",
        where=where,
        remedy="Keep the upper edge of all pictures calm and either light or dark.",
    )


def _contrast(colour: str, under: list[float]) -> float:
    letters = relative_luminance(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    ratios = [(max(letters, ground) + 0.05) / (min(letters, ground) + 0.05) for ground in under]
    return float(np.percentile(ratios, _DARKEST_SHARE))


def check_press(series: Series, *, symbol_side: int = 37) -> None:
    """Check all that can be known before printing; raise `ArtworkError` or `InputError` at the first fault.

    `symbol_side` is the number of modules of the QR, 37 in version 5. Every picture is read and drawn,
    every text set, with the last serial of the edition as the widest number.
    """
    layout = stamp_layout(series.stamp, symbol_side)
    for design in series.designs:
        check_picture_shape(load_artwork(design.artwork), layout)
        panel_static_marks(series, design, layout)
    last = Serial(series.edition)
    # The widest short code: an identifier, the last serial, a tag of eight characters and a check character.
    widest = f"{series.id}-{last}-WWWWMMMMW"
    serial_marks(layout, last, widest)
    claim = claim_layout(series.stamp, symbol_side)
    claim_static_marks(series, claim)
    claim_marks(claim, last, widest, "WWWW-WWWW-WWWW-WWWW-WWWW-WWWW-WWWW")
    legend_colour(series, symbol_side)
