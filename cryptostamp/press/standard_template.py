"""The template of a series that brings none: picture, legend on it, and a panel for the QR.

It follows from the size of the stamp and of the symbol alone (`cryptostamp.press.layout`), and is made of
the same layers as a template.toml. Country and face value lie on the picture's upper edge, in ink or in
white; title, design, year, number and short code beside the QR.
"""

from __future__ import annotations

from typing import Final

from cryptostamp.press.layout import stamp_layout
from cryptostamp.press.lettering import Typeface, fit_size, width_of
from cryptostamp.press.wording import face_value_text
from cryptostamp.primitives import Box
from cryptostamp.series.models import Series
from cryptostamp.series.template import (
    Face,
    FoldLayer,
    PictureLayer,
    Product,
    QrLayer,
    StampTemplate,
    TextLayer,
)

__all__ = ["standard_template"]

_LEGEND_INSET_MM: Final = 1.7
_LEGEND_GAP_MM: Final = 1.6
_TALL_MM: Final = 12.0
"""A panel text of this height has room for a heading of full size."""


def standard_template(series: Series, symbol_side: int) -> StampTemplate:
    """Return the standard template for stamps whose QR has `symbol_side` modules a side.

    Raises `InputError` if the stamp is too small, or country and face value do not fit side by side.
    """
    layout = stamp_layout(series.stamp, symbol_side)
    fold = layout.fold
    return StampTemplate(
        path=series.folder / "series.toml",
        product=Product.STAMP,
        stamp=Box(x_mm=0.0, y_mm=0.0, width_mm=layout.width_mm, height_mm=layout.height_mm),
        layers=(
            PictureLayer(name="picture", box=layout.picture),
            *_legend(series, layout.picture),
            FoldLayer(
                name="fold",
                from_mm=fold.from_mm,
                to_mm=fold.to_mm,
                colour=fold.colour,
                diameter_mm=fold.diameter_mm,
                pitch_mm=0.9,
            ),
            *_panel(layout.text),
            QrLayer(name="public code", box=layout.symbol_room),
        ),
    )


def _legend(series: Series, picture: Box) -> tuple[TextLayer, TextLayer]:
    """Return country and face value: the value on the right, the country in what it leaves."""
    value, country = face_value_text(series.face_value), series.issuer.country_name.upper()
    inside = picture.width_mm - 2 * _LEGEND_INSET_MM
    size = fit_size(value, Typeface.DISPLAY, element="face value", room_mm=inside / 2, largest_mm=3.9, smallest_mm=2.8)
    wide = width_of(value, Typeface.DISPLAY, size)
    cap = size * Typeface.DISPLAY.cap_height
    left, top = picture.x_mm + _LEGEND_INSET_MM, picture.y_mm + _LEGEND_INSET_MM
    room = inside - wide - _LEGEND_GAP_MM
    fit_size(
        country, Typeface.DISPLAY, element="country name", room_mm=room, largest_mm=2.9, smallest_mm=1.9, tracking=0.14
    )
    return (
        TextLayer(
            name="country name",
            text="{country}",
            box=Box(x_mm=left, y_mm=top, width_mm=room, height_mm=cap),
            typeface=Face.DISPLAY,
            largest_mm=2.9,
            smallest_mm=1.9,
            tracking=0.14,
            capitals=True,
            colour="auto",
        ),
        TextLayer(
            name="face value",
            text="{value}",
            box=Box(x_mm=left + inside - wide, y_mm=top, width_mm=wide + 1e-6, height_mm=cap),
            typeface=Face.DISPLAY,
            largest_mm=size,
            smallest_mm=size,
            colour="auto",
        ),
    )


def _panel(box: Box) -> tuple[TextLayer, ...]:
    """Return the lines beside the QR: title, design and year at the top, number and short code at the foot."""
    tall = box.height_mm > _TALL_MM
    heading = 3.1 if tall else 2.5
    first = box.y_mm + heading * Typeface.DISPLAY.cap_height
    lines = (
        ("title of the series", "{title}", Face.DISPLAY, heading, 1.9, 0.0, first),
        ("title", "{design}, {year}", Face.TEXT, 2.5 if tall else 2.2, 1.75, 0.0, first + (3.3 if tall else 2.7)),
        ("serial number", "No. {serial}", Face.DISPLAY, 2.5, 1.75, 0.0, box.bottom_mm - 2.9),
        ("short code", "{short_code}", Face.TEXT, 2.3, 1.6, 0.02, box.bottom_mm),
    )
    return tuple(
        TextLayer(
            name=name,
            text=text,
            box=Box(x_mm=box.x_mm, y_mm=baseline - largest, width_mm=box.width_mm, height_mm=largest),
            typeface=face,
            largest_mm=largest,
            smallest_mm=smallest,
            tracking=tracking,
        )
        for name, text, face, largest, smallest, tracking, baseline in lines
    )
