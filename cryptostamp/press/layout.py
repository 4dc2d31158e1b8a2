"""Where everything on a stamp's face lies, in millimetres, checked before it is drawn.

A stamp has a white border to the perforation, a picture with country and face value on it (UPU
Convention, article 6), and a panel behind a simulated perforation with the public QR, where a
canceller does not strike. Portrait formats carry the panel below, landscape formats to the right.
The symbol measures at least 13 mm (ISO/IEC 18004 asks for a quiet zone of 4 modules), and a module is a
whole number of dots at 600 dpi. What does not fit is refused by name, never shrunk until it cannot be read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from cryptostamp.errors import InputError
from cryptostamp.press.lettering import Typeface, fit_size
from cryptostamp.press.marks import BLACK, Box, Dots, TextRun
from cryptostamp.series.models import StampFormat

__all__ = [
    "BORDER_MM",
    "DEVICE_DPI",
    "HOLE_MM",
    "MIN_SYMBOL_MM",
    "QUIET_MODULES",
    "StampLayout",
    "check_symbol_room",
    "fitted",
    "holes_along",
    "module_dots",
    "sides_of",
    "stamp_layout",
    "symbol_box",
]

DEVICE_DPI = 600
"""The resolution of the plate setter or digital press the symbol's modules are made for."""
MIN_SYMBOL_MM = 13.0
MIN_MODULE_DOTS = 8
QUIET_MODULES = 4
BORDER_MM = 1.8
HOLE_MM = 1.0
"""The diameter of a perforation hole; half of it bites into each stamp."""
SIDES_MM = (Decimal(15), Decimal(50))
"""The sides of a stamp by the UPU's rules and habit."""

_TOOTH_MM = HOLE_MM / 2 + 0.1  # the hole, and what the perforator may be off
_FOLD_TO_QUIET_MM = 0.18
_FOLD_TO_PICTURE_MM = 0.34
_SHARED_SIDES = (33, 37)  # versions 4 and 5: a shorter serial may need less, and must not move the picture
_PICTURE_MM = (18.0, 14.0)  # the smallest picture that still is one


@dataclass(frozen=True, slots=True, kw_only=True)
class StampLayout:
    """The geometry of a stamp's face."""

    width_mm: float
    height_mm: float
    picture: Box
    symbol: Box
    """Room for the dark and light modules, without the quiet zone."""
    symbol_room: Box
    """The same with the quiet zone."""
    text: Box
    """The part of the panel that carries letters."""
    fold: Dots
    """The simulated perforation between picture and panel."""


def module_dots(symbol_side: int) -> int:
    """Return how many dots at 600 dpi a module takes: at least 8, and enough for a symbol of 13 mm."""
    return max(MIN_MODULE_DOTS, math.ceil(MIN_SYMBOL_MM * DEVICE_DPI / 25.4 / symbol_side))


def sides_of(stamp: StampFormat) -> tuple[float, float]:
    """Return width and height in mm; raise `InputError` if a side is outside of what posts use."""
    for name, side in (("width", stamp.width_mm), ("height", stamp.height_mm)):
        if not SIDES_MM[0] <= side <= SIDES_MM[1]:
            raise InputError(
                f"The {name} of the stamp is {side} mm.",
                where=f"stamp.{name}_mm",
                remedy=f"Choose a {name} from {SIDES_MM[0]} to {SIDES_MM[1]} mm.",
            )
    return float(stamp.width_mm), float(stamp.height_mm)


def stamp_layout(stamp: StampFormat, symbol_side: int) -> StampLayout:
    """Lay out a stamp whose QR has `symbol_side` modules a side.

    Versions 4 and 5 (33 and 37 modules) share one layout, the smaller with larger modules (`symbol_box`).
    Raises `InputError` if the symbol leaves no picture of at least 18 x 14 mm.
    """
    width, height = sides_of(stamp)
    modules = max(_SHARED_SIDES) if symbol_side in _SHARED_SIDES else symbol_side
    dots = module_dots(modules)
    # One dot more for the quiet zone: room for the larger modules of a smaller symbol.
    side, quiet = modules * dots * 25.4 / DEVICE_DPI, QUIET_MODULES * (dots + 1) * 25.4 / DEVICE_DPI
    outer = quiet + _TOOTH_MM
    below = height >= width
    if below:
        symbol = Box(x_mm=width - outer - side, y_mm=height - outer - side, width_mm=side, height_mm=side)
        fold_y = symbol.y_mm - quiet - _FOLD_TO_QUIET_MM
        bottom = fold_y - _FOLD_TO_PICTURE_MM
        picture = Box(x_mm=BORDER_MM, y_mm=BORDER_MM, width_mm=width - 2 * BORDER_MM, height_mm=bottom - BORDER_MM)
        left = BORDER_MM + 0.3
        text = Box(x_mm=left, y_mm=symbol.y_mm, width_mm=symbol.x_mm - quiet - left, height_mm=side)
        ends = (BORDER_MM, fold_y), (width - BORDER_MM, fold_y)
    else:
        symbol = Box(x_mm=width - outer - side, y_mm=outer, width_mm=side, height_mm=side)
        fold_x = symbol.x_mm - quiet - _FOLD_TO_QUIET_MM
        right = fold_x - _FOLD_TO_PICTURE_MM
        picture = Box(x_mm=BORDER_MM, y_mm=BORDER_MM, width_mm=right - BORDER_MM, height_mm=height - 2 * BORDER_MM)
        top = symbol.bottom_mm + quiet
        text = Box(x_mm=symbol.x_mm, y_mm=top, width_mm=side, height_mm=height - BORDER_MM - top)
        ends = (fold_x, BORDER_MM), (fold_x, height - BORDER_MM)
    if picture.width_mm < _PICTURE_MM[0] or picture.height_mm < _PICTURE_MM[1]:
        raise InputError(
            f"A stamp of {stamp.width_mm} x {stamp.height_mm} mm with a QR of {side:.1f} mm and its quiet zone "
            f"leaves {max(picture.width_mm, 0):.1f} x {max(picture.height_mm, 0):.1f} mm for the picture.",
            where="stamp",
            remedy="Choose a larger stamp, for example 40 x 48 or 50 x 30 mm.",
        )
    run = math.dist(*ends)
    fold = Dots(from_mm=ends[0], to_mm=ends[1], count=round(run / 0.9) + 1, diameter_mm=0.34, colour="#8a979b")
    return StampLayout(
        width_mm=width,
        height_mm=height,
        picture=picture,
        symbol=symbol,
        symbol_room=symbol.grown(quiet),
        text=text,
        fold=fold,
    )


def symbol_box(room: Box, symbol_side: int) -> Box:
    """Return the place of a symbol in the middle of the room for it and its quiet zone.

    Its modules are of as many whole dots as the room holds.
    """
    dots = int(room.width_mm * DEVICE_DPI / 25.4 / (symbol_side + 2 * QUIET_MODULES) + 1e-6)
    side = symbol_side * dots * 25.4 / DEVICE_DPI
    spare = (room.width_mm - side) / 2
    return Box(x_mm=room.x_mm + spare, y_mm=room.y_mm + spare, width_mm=side, height_mm=side)


def check_symbol_room(room: Box, symbol_side: int, *, element: str) -> None:
    """Raise `InputError` if a symbol in this room, with its quiet zone, would be too small to print or to read."""
    modules = symbol_side + 2 * QUIET_MODULES
    least = modules * module_dots(symbol_side) * 25.4 / DEVICE_DPI
    if room.width_mm < least - 1e-6:
        raise InputError(
            f"The {element} has {room.width_mm:g} mm for {symbol_side} modules and a quiet zone of {QUIET_MODULES}: "
            f"a module would have {room.width_mm / modules:.3f} mm.",
            where=element,
            remedy=f"Give it {math.ceil(least * 100) / 100:g} mm, so that the symbol measures {MIN_SYMBOL_MM:g} mm and "
            f"a module {module_dots(symbol_side)} dots at {DEVICE_DPI} dpi.",
        )


def holes_along(side_mm: float, gauge: Decimal) -> int:
    """Return how many perforation pitches a side has: the gauge (holes in 20 mm) to the nearest whole hole.

    A whole number puts a hole on each corner, as comb perforation does.
    """
    return max(1, round(side_mm * float(gauge) / 20))


def fitted(
    text: str,
    typeface: Typeface,
    box: Box,
    *,
    element: str,
    largest_mm: float,
    smallest_mm: float,
    baseline_mm: float,
    tracking: float = 0.0,
    colour: str = BLACK,
) -> TextRun:
    """Return a line from the left of a box, as large as it may be.

    Raises `InputError`, which names `element`, if it does not fit at the smallest size.
    """
    size = fit_size(
        text,
        typeface,
        element=element,
        room_mm=box.width_mm,
        largest_mm=largest_mm,
        smallest_mm=smallest_mm,
        tracking=tracking,
    )
    return TextRun(
        text=text,
        typeface=typeface,
        size_mm=size,
        x_mm=box.x_mm,
        baseline_mm=baseline_mm,
        tracking_mm=tracking * size,
        colour=colour,
    )
