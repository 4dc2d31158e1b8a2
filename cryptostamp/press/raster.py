"""Marks as pixels: letters, boxes, dots and lines drawn by resvg, QR symbols module by module.

Letters are drawn as their outlines, so a picture needs no font and no font engine. A module of a
symbol is a whole number of pixels and is never smoothed; at resolutions that the size of the symbol
does not divide, the symbol comes out a little smaller, centred in its place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from io import BytesIO

import numpy as np
import resvg_py
from PIL import Image

from cryptostamp.codes import QrSymbol
from cryptostamp.errors import InputError
from cryptostamp.press.lettering import glyph_outline, set_line
from cryptostamp.press.marks import Box, Dots, Fill, Line, Mark, TextRun

__all__ = ["MAX_DPI", "MIN_MODULE_PX", "check_dpi", "draw_marks", "draw_symbol", "pixels"]

MIN_MODULE_PX = 3
"""Fewer pixels a module are not drawn: no phone reads them back from a screen."""
MAX_DPI = 2400


def pixels(length_mm: float, dpi: int) -> int:
    """Return a length in whole pixels."""
    return round(length_mm * dpi / 25.4)


def check_dpi(dpi: int, box: Box, side: int) -> None:
    """Raise `InputError` if a symbol of `side` modules in `box` cannot be drawn at this resolution."""
    least = math.ceil(MIN_MODULE_PX * side / box.width_mm * 25.4 - 1e-6)
    if not least <= dpi <= MAX_DPI:
        raise InputError(
            f"At {dpi} dpi the QR cannot be drawn: a module needs at least {MIN_MODULE_PX} pixels.",
            where="dpi",
            remedy=f"Choose a resolution from {least} to {MAX_DPI} dpi; 300 suits a screen, 600 a printer.",
        )


def _svg_of(mark: Mark) -> str:
    match mark:
        case TextRun():
            placed, _ = set_line(mark.text, mark.typeface, mark.size_mm, tracking_mm=mark.tracking_mm)
            scale = mark.size_mm / 1000
            outlines = "".join(
                f'<path transform="matrix({scale:.6f} 0 0 {-scale:.6f} {mark.x_mm + glyph.x_mm:.5f} '
                f'{mark.baseline_mm:.5f})" d="{glyph_outline(mark.typeface, glyph.glyph)}"/>'
                for glyph in placed
            )
            return f'<g fill="{mark.colour}">{outlines}</g>'
        case Fill(box=box):
            return (
                f'<rect x="{box.x_mm:.5f}" y="{box.y_mm:.5f}" width="{box.width_mm:.5f}" '
                f'height="{box.height_mm:.5f}" fill="{mark.colour}"/>'
            )
        case Dots():
            radius = mark.diameter_mm / 2
            dots = "".join(f'<circle cx="{x:.5f}" cy="{y:.5f}" r="{radius:.5f}"/>' for x, y in mark.centres_mm)
            return f'<g fill="{mark.colour}">{dots}</g>'
        case Line():
            points = " ".join(f"{x:.4f},{y:.4f}" for x, y in mark.points_mm)
            return (
                f'<polyline points="{points}" fill="none" stroke="{mark.colour}" stroke-width="{mark.width_mm}" '
                f'stroke-linecap="round" stroke-linejoin="round"/>'
            )


def draw_marks(image: Image.Image, marks: Iterable[Mark], dpi: int, *, within: Box | None = None) -> None:
    """Draw marks onto an RGB image of a stamp; `within` says where they lie, to spare the rest the work."""
    scale = dpi / 25.4
    left, top, right, bottom = 0, 0, image.width, image.height
    if within is not None:
        left, top = max(math.floor(within.x_mm * scale), 0), max(math.floor(within.y_mm * scale), 0)
        right = min(math.ceil(within.right_mm * scale), image.width)
        bottom = min(math.ceil(within.bottom_mm * scale), image.height)
    width, height = right - left, bottom - top
    body = "".join(_svg_of(mark) for mark in marks)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{left / scale} {top / scale} {width / scale} {height / scale}">{body}</svg>'
    )
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, dpi=96)
    layer = Image.open(BytesIO(png)).convert("RGBA")
    image.paste(layer, (left, top), layer)


def draw_symbol(image: Image.Image, symbol: QrSymbol, box: Box, dpi: int) -> None:
    """Draw a symbol in black into its box, on white that is already there."""
    side = symbol.modules.shape[0]
    check_dpi(dpi, box, side)
    module = int(box.width_mm * dpi / 25.4 / side + 1e-6)
    dark = np.repeat(np.repeat(symbol.modules, module, axis=0), module, axis=1)
    spare = box.width_mm * dpi / 25.4 - dark.shape[0]
    corner = round(box.x_mm * dpi / 25.4 + spare / 2), round(box.y_mm * dpi / 25.4 + spare / 2)
    picture = Image.fromarray(np.where(dark, 0, 255).astype(np.uint8)).convert("RGB")
    image.paste(picture, corner)
