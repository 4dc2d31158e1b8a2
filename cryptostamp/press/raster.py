"""Marks as pixels: letters, boxes, dots and lines drawn by resvg, QR symbols module by module.

Letters are drawn as their outlines, so a picture needs no font and no font engine; upright ones begin on a quarter
of a pixel, which is the grid of resvg's smoothing, so that a letter looks the same wherever it stands. A module of a
symbol is a whole number of pixels and is never smoothed; at resolutions that the size of the symbol
does not divide, the symbol comes out a little smaller, centred in its place. Spot inks are not seen in
daylight and not drawn, unless they are asked for: then each has the tint that tells it apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO

import numpy as np
import numpy.typing as npt
import resvg_py
from PIL import Image

from cryptostamp.codes import QrSymbol
from cryptostamp.errors import InputError
from cryptostamp.press.lettering import Typeface, glyph_outline, set_line
from cryptostamp.press.marks import CURVE_UNIT_MM, SPOT_INKS, Area, Box, Curves, Dots, Fill, Line, Mark, Path, TextRun

__all__ = [
    "MAX_DPI",
    "MIN_MODULE_PX",
    "check_dpi",
    "draw_marks",
    "draw_symbol",
    "on_grid",
    "pixels",
    "svg_of",
    "under_lamp",
]

MIN_MODULE_PX = 3
"""Fewer pixels a module are not drawn: no phone reads them back from a screen."""
MAX_DPI = 2400

_TINTS = {
    "DieLine": ("#e6007e", 1.0),
    "ScratchOff": ("#b4b8bc", 0.9),
    "UV": ("#35c46a", 0.75),
    "Varnish": ("#8fa3b8", 0.45),
}
"""How a spot ink is shown where it is asked for: colour and opacity."""
_LAMP = (0.16, 0.10, 0.38)
"""What is left of red, green and blue in the dark under a lamp of 365 nm."""
_GLOW = "#b6ff6e"


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


def on_grid(x_mm: float, dpi: int) -> float:
    """Return where a letter of a picture begins, in pixels: the nearest quarter."""
    return round(x_mm * dpi / 25.4 * 4) / 4


def svg_of(marks: Iterable[Mark], *, show_hidden: bool = False, dpi: int | None = None) -> str:
    """Return marks as SVG elements whose user unit is 1 mm; those in a spot ink only with `show_hidden`, as a tint.

    For pixels, `dpi` says how many: letters begin `on_grid` then.
    """
    return "".join(_svg_of(mark, dpi) for mark in marks if show_hidden or mark.colour not in SPOT_INKS)


def _svg_of(mark: Mark, dpi: int | None) -> str:
    colour, opacity = _TINTS.get(mark.colour, (mark.colour, 1.0))
    paint = f'"{colour}"' if opacity == 1.0 else f'"{colour}" opacity="{opacity}"'
    match mark:
        case TextRun():
            return f"<g fill={paint}>{_letters(mark, dpi)}</g>"
        case Fill(box=box):
            return (
                f'<rect x="{box.x_mm:.5f}" y="{box.y_mm:.5f}" width="{box.width_mm:.5f}" '
                f'height="{box.height_mm:.5f}" fill={paint}/>'
            )
        case Dots():
            radius = mark.diameter_mm / 2
            dots = "".join(f'<circle cx="{x:.5f}" cy="{y:.5f}" r="{radius:.5f}"/>' for x, y in mark.centres_mm)
            return f"<g fill={paint}>{dots}</g>"
        case Line():
            points = " ".join(f"{x:.4f},{y:.4f}" for x, y in mark.points_mm)
            return (
                f'<polyline points="{points}" fill="none" stroke={paint} stroke-width="{mark.width_mm}" '
                f'stroke-linecap="round" stroke-linejoin="round"/>'
            )
        case Curves():
            pen = f'fill="none" stroke={paint} stroke-linecap="round" stroke-linejoin="round"'
            path = f'<path d="{_path_data(mark.paths)}"/>'
            turned = (f'<g transform="rotate({360 * i / mark.turns:.6f})">{path}</g>' for i in range(1, mark.turns))
            width = mark.width_mm / CURVE_UNIT_MM
            return f'<g {_grid(mark.origin_mm)} {pen} stroke-width="{width:.4g}">{path}{"".join(turned)}</g>'
        case Area():
            return f'<path {_grid(mark.origin_mm)} fill={paint} d="{_path_data(mark.paths)}"/>'


def _letters(run: TextRun, dpi: int | None) -> str:
    placed, _ = set_line(run.text, run.typeface, run.size_mm, tracking_mm=run.tracking_mm, kerned=run.kerned)
    scale, turn = run.size_mm / 1000, math.radians(run.turn_deg)
    along, down = math.cos(turn), math.sin(turn)
    matrix = f"{scale * along:.6g} {scale * down:.6g} {scale * down:.6g} {-scale * along:.6g}"
    if dpi is not None and not run.turn_deg:
        return "".join(
            f'<path transform="matrix({matrix} {on_grid(run.x_mm + glyph.x_mm, dpi) * 25.4 / dpi:.7f} '
            f'{run.baseline_mm:.7f})" d="{glyph_outline(run.typeface, glyph.glyph)}"/>'
            for glyph in placed
        )
    return "".join(
        f'<path transform="matrix({matrix} {run.x_mm + glyph.x_mm * along:.5f} '
        f'{run.baseline_mm + glyph.x_mm * down:.5f})" d="{glyph_outline(run.typeface, glyph.glyph)}"/>'
        for glyph in placed
    )


def _grid(origin_mm: tuple[float, float]) -> str:
    return f'transform="matrix({CURVE_UNIT_MM} 0 0 {CURVE_UNIT_MM} {origin_mm[0]:.5f} {origin_mm[1]:.5f})"'


def _path_data(paths: Iterable[Path]) -> str:
    return "".join(
        f"M{path[0]} {path[1]}C{' '.join(map(str, path[2:]))}" + ("Z" if path[:2] == path[-2:] else "")
        for path in paths
    )


def draw_letter(
    typeface: Typeface,
    glyph: int,
    size_mm: float,
    colour: str,
    origin_px: tuple[float, float],
    dpi: int,
    *,
    side_px: int,
) -> npt.NDArray[np.uint8]:
    """Return a square picture (side, side, 4), RGBA, of one letter whose origin lies at `origin_px`."""
    scale, em = dpi / 25.4, size_mm / 1000
    letter = (
        f'<g fill="{colour}"><path transform="matrix({em:.6g} 0 0 {-em:.6g} {origin_px[0] / scale:.7f} '
        f'{origin_px[1] / scale:.7f})" d="{glyph_outline(typeface, glyph)}"/></g>'
    )
    return np.asarray(_rendered(letter, (0, 0), (side_px, side_px), scale))


def _rendered(body: str, corner_px: tuple[int, int], size_px: tuple[int, int], scale: float) -> Image.Image:
    """Return SVG elements in mm as RGBA pixels: the part of the stamp that begins at `corner_px`."""
    (left, top), (width, height) = corner_px, size_px
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{left / scale} {top / scale} {width / scale} {height / scale}">{body}</svg>'
    )
    return Image.open(BytesIO(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, dpi=96))).convert("RGBA")


def draw_marks(
    image: Image.Image, marks: Iterable[Mark], dpi: int, *, within: Box | None = None, show_hidden: bool = False
) -> None:
    """Draw marks onto an RGB image of a stamp; `within` says where they lie, to spare the rest the work.

    With `show_hidden` what is printed in a spot ink is drawn too, as a tint.
    """
    scale = dpi / 25.4
    left, top, right, bottom = 0, 0, image.width, image.height
    if within is not None:
        left, top = max(math.floor(within.x_mm * scale), 0), max(math.floor(within.y_mm * scale), 0)
        right = min(math.ceil(within.right_mm * scale), image.width)
        bottom = min(math.ceil(within.bottom_mm * scale), image.height)
    width, height = right - left, bottom - top
    body = svg_of(marks, show_hidden=show_hidden, dpi=dpi)
    if not body:
        return
    layer = _rendered(body, (left, top), (width, height), scale)
    image.paste(layer, (left, top), layer)


def under_lamp(image: Image.Image, marks: Iterable[Mark], dpi: int) -> Image.Image:
    """Return an RGB picture as it looks under a UV lamp: dark, and of `marks` those in the ink ``UV`` glowing.

    An impression for a preview: how an ink glows on a paper (with brighteners or without) only a print shows.
    """
    dark = np.asarray(image, dtype=np.float64) * _LAMP
    seen = Image.fromarray(dark.round().astype(np.uint8))
    draw_marks(seen, [replace(mark, colour=_GLOW) for mark in marks if mark.colour == "UV"], dpi)
    return seen


def draw_symbol(image: Image.Image, symbol: QrSymbol, box: Box, dpi: int) -> None:
    """Draw a symbol in black into its box, on white that is already there."""
    side = symbol.modules.shape[0]
    check_dpi(dpi, box, side)
    module = module_px(box, side, dpi)
    dark = np.repeat(np.repeat(symbol.modules, module, axis=0), module, axis=1)
    picture = Image.fromarray(np.where(dark, 0, 255).astype(np.uint8)).convert("RGB")
    image.paste(picture, symbol_corner(box, side, dpi))


def module_px(box: Box, side: int, dpi: int) -> int:
    """Return how many whole pixels a module of a symbol in `box` takes."""
    return int(box.width_mm * dpi / 25.4 / side + 1e-6)


def symbol_corner(box: Box, side: int, dpi: int) -> tuple[int, int]:
    """Return the upper left pixel of a symbol, which lies in the middle of its box."""
    spare = box.width_mm * dpi / 25.4 - module_px(box, side, dpi) * side
    return round(box.x_mm * dpi / 25.4 + spare / 2), round(box.y_mm * dpi / 25.4 + spare / 2)
