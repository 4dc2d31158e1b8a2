"""What can be known before the first sheet is printed: shape, letters, contrast, symbol, sheet.

Looked at over every design in every colour, and on a miniature sheet at every place. Contrast of letters is WCAG
2.2's (criterion 1.4.3): 4.5 to 1, and 3 to 1 for large letters, which on a stamp are those of 2.8 mm and more. The
symbol's ground is judged module by module, as ISO/IEC 15415 judges symbol contrast: 55 % is its grade B. What a
press makes of a colour is not judged, nor whether a picture is well drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from PIL import Image

from cryptostamp.errors import ArtworkError, InputError
from cryptostamp.press.artwork import check_shape, load_artwork
from cryptostamp.press.claim_part import check_claim_part
from cryptostamp.press.colour import inks_of
from cryptostamp.press.face import face_parts
from cryptostamp.press.imposition import sheet_geometry
from cryptostamp.press.layout import DEVICE_DPI, QUIET_MODULES
from cryptostamp.press.legibility import GROUND_DPI, MIN_CONTRAST, LaidText, box_of, contrast, laid_out, luminance
from cryptostamp.press.marks import SPOT_INKS, Box
from cryptostamp.press.raster import pixels
from cryptostamp.press.security.microtext import microtext_warning
from cryptostamp.press.sheet_picture import grounds_of_cells, sheet_picture
from cryptostamp.press.template import Template, template_of
from cryptostamp.press.template_marks import PlacedPicture
from cryptostamp.press.wording import typeface_of
from cryptostamp.series.models import Design, Series, Variant
from cryptostamp.series.template import MicroTextLayer

__all__ = ["check_press", "press_notes"]

_LARGE_MM: Final = 2.8
_LARGE_CONTRAST: Final = 3.0
_LIGHT: Final = 0.55
"""The reflectance that every module's place must have before it is printed, against black that has none."""
_TOUCHING_MM: Final = 1e-6
"""What two boxes that only touch may seem to overlap by, because lengths are rounded."""


def check_press(series: Series, *, symbol_side: int = 37) -> None:
    """Check all that can be known before printing; raise `ArtworkError` or `InputError` at the first fault.

    `symbol_side` is the number of modules of the QR, 37 in version 5. Every picture is read and drawn,
    every text set, with the widest number and short code that the edition can have.
    """
    template = template_of(series, symbol_side)
    _check_sheet(series, template)
    inks = inks_of(series)
    for design in series.designs:
        for variant in series.variants:
            for part in face_parts(series, template, design, variant):
                if not isinstance(part, PlacedPicture):
                    inks.operator(part.colour, stroke=False)
    for design, variant, texts, image in _faces(series, template):
        for text in texts:
            _check_text(template, text, design, variant)
        _check_ground(template, symbol_side, image, design, variant)
    check_claim_part(series)


def press_notes(series: Series, *, dpi: int = DEVICE_DPI) -> tuple[str, ...]:
    """Return what a printer should know about a series that can be printed, for a device of this resolution."""
    layers = series.template.layers if series.template else ()
    notes = dict[str, None]()
    for layer in layers:
        if isinstance(layer, MicroTextLayer):
            warning = microtext_warning(layer.size_mm, dpi, typeface_of(layer.typeface))
            if warning:
                notes[warning] = None
    return tuple(notes)


def _faces(series: Series, template: Template) -> Iterator[tuple[Design, Variant, tuple[LaidText, ...], Image.Image]]:
    for design in series.designs:
        for variant in series.variants:
            for below in grounds_of_cells(series):
                yield design, variant, *laid_out(series, template, design, variant, below)


def _check_sheet(series: Series, template: Template) -> None:
    """Raise `InputError` if a unit does not lie on the sheet, or `ArtworkError` if the picture does not fit it."""
    geometry = sheet_geometry(series)
    trim = geometry.trim
    for number, cell in enumerate(geometry.cells, start=1):
        if not _holds(trim, cell):
            raise InputError(
                f"A {template.product} of {cell.width_mm:g} x {cell.height_mm:g} mm at place {number} of the sheet "
                f"reaches beyond it; the sheet is {trim.width_mm:g} x {trim.height_mm:g} mm.",
                where="sheet",
                remedy="Choose a larger sheet, or put fewer stamps on it.",
            )
    picture = sheet_picture(series, geometry)
    if picture is not None:
        check_shape(load_artwork(picture.path), picture.box)


def _check_text(template: Template, text: LaidText, design: Design, variant: Variant) -> None:
    run = text.run
    if _overlap(box_of(run), template.symbol_room):
        raise InputError(
            f"The {text.layer.name} {run.text!r} reaches into the quiet zone of the QR.",
            where=text.layer.name,
            remedy=f"Keep it out of the {template.symbol_room.width_mm:g} mm that belong to the QR.",
        )
    if run.colour in SPOT_INKS or text.layer.colour == "auto":
        return
    ratio = contrast(run.colour, text.ground)
    needed = _LARGE_CONTRAST if run.size_mm >= _LARGE_MM else MIN_CONTRAST
    if ratio < needed:
        raise ArtworkError(
            f"The {text.layer.name} {run.text!r} in {run.colour} cannot be read on its ground: the contrast is "
            f"{ratio:.1f} to 1, and {needed:g} is needed for letters of {run.size_mm:.2g} mm.",
            where=f"{text.layer.name}, on the design {design.key} in the colour {variant.name}",
            remedy='Choose a colour further from the ground, or colour = "auto".',
        )


def _check_ground(template: Template, side: int, image: Image.Image, design: Design, variant: Variant) -> None:
    """Raise `ArtworkError` if something dark lies under a module of the symbol or of its quiet zone."""
    module = template.symbol.width_mm / side
    zone = template.symbol.grown(QUIET_MODULES * module)
    corners = zone.x_mm, zone.y_mm, zone.right_mm, zone.bottom_mm
    left, top, right, bottom = (pixels(value, GROUND_DPI) for value in corners)
    light = luminance(np.asarray(image.crop((left, top, right, bottom)), dtype=np.float64) / 255)
    modules = side + 2 * QUIET_MODULES
    places = Image.fromarray(light.astype(np.float32)).resize((modules, modules), Image.Resampling.BOX)
    darkest = float(np.asarray(places).min())
    if darkest < _LIGHT:
        row, column = np.unravel_index(int(np.asarray(places).argmin()), (modules, modules))
        x, y = zone.x_mm + (int(column) + 0.5) * module, zone.y_mm + (int(row) + 0.5) * module
        raise ArtworkError(
            f"The ground of the QR and its quiet zone is dark at {x:.1f}, {y:.1f} mm: it reflects {darkest:.0%}, "
            f"and {_LIGHT:.0%} are needed.",
            where=f"the design {design.key} in the colour {variant.name}",
            remedy="Lay a light fill under the QR, as large as its room, and draw nothing over it.",
        )


def _holds(outer: Box, inner: Box) -> bool:
    near = 1e-6
    return (
        outer.x_mm - near <= inner.x_mm
        and outer.y_mm - near <= inner.y_mm
        and inner.right_mm <= outer.right_mm + near
        and inner.bottom_mm <= outer.bottom_mm + near
    )


def _overlap(one: Box, other: Box) -> bool:
    one = one.grown(-_TOUCHING_MM)
    return (
        one.x_mm < other.right_mm
        and other.x_mm < one.right_mm
        and one.y_mm < other.bottom_mm
        and other.y_mm < one.bottom_mm
    )
