"""A stamp as SVG: vector marks, its pictures inside, perforated on a transparent ground with a soft shadow.

SVG 1.1, one user unit a millimetre, nothing outside of the file: pictures are embedded as data, each a document of
its own, so that their names and styles cannot get in each other's way. Letters are outlines. The same layers and
marks as on the sheet and in the PNG. For screens, not for the press: colours are sRGB, spot inks are not shown.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

import numpy as np

from cryptostamp.codes import QrSymbol
from cryptostamp.press.artwork import load_artwork
from cryptostamp.press.bitmap import Bitmap
from cryptostamp.press.cut_out import MARGIN_MM
from cryptostamp.press.face import face_parts
from cryptostamp.press.imposition import place_of, sheet_geometry
from cryptostamp.press.layout import HOLE_MM, holes_along
from cryptostamp.press.marks import PAPER, Dots, Fill, Line, Mark, TextRun
from cryptostamp.press.raster import svg_of
from cryptostamp.press.sheet_picture import picture_under
from cryptostamp.press.stamp_image import StampFace, foil_marks
from cryptostamp.press.template import Cut, Template, template_of
from cryptostamp.press.template_marks import PlacedPicture, variable_marks
from cryptostamp.primitives import Box, Serial
from cryptostamp.series.models import Design, Series, Variant

__all__ = ["document", "ground_and_face", "stamp_svg", "toothed_face"]

_SHADOW_MM = (-0.5, -0.35, -0.2, -0.05, 0.1, 0.25, 0.4, 0.6)
"""By how much the layers of the shadow are larger than the stamp; the first ends where the teeth begin."""
_SHADOW_FRAME_MM, _SHADOW_ROUND_MM = 2.0, 0.6
_SHADOW_PAINT = 'fill="#3a3226" fill-opacity="0.045" fill-rule="evenodd"'
_ARC = f"{HOLE_MM / 2} {HOLE_MM / 2} 0"


def stamp_svg(series: Series, face: StampFace, *, perforated: bool = True) -> bytes:
    """Return the picture of a stamp as SVG, UTF-8.

    `perforated` shows it cut out, with its teeth, a soft shadow and its scratch field closed, 2.2 mm larger on each
    side; else it is exactly as large as the unit. Same input, same bytes. Raises what
    `cryptostamp.press.preflight.check_press` raises.
    """
    template = template_of(series, face.symbol.side)
    parts = face_parts(series, template, face.design, face.variant)
    numbered = variable_marks(template, face.serial, face.short_code, face.design, face.variant)
    above = _symbol(face.symbol, template.symbol) + svg_of(numbered)
    title = f"{series.issuer.country_name}: {series.title}, {face.design.title}, {face.variant.name}, no. {face.serial}"
    room = template.cuts[0].box
    if perforated:
        above += svg_of(foil_marks(template.claim)) if template.claim else ""
        return document(room.grown(MARGIN_MM), toothed_face(series, template, parts, above), title=title)
    return document(room, _flat_face(template, parts, above), title=title)


def ground_and_face(
    series: Series, template: Template, design: Design, variant: Variant, serial: Serial
) -> tuple[Mark | PlacedPicture, ...]:
    """Return what all stamps of a design and variant share, above what of a sheet's picture is under this stamp."""
    parts = face_parts(series, template, design, variant)
    if template.sheet is None:
        return parts
    _, row, column = place_of(series, serial)
    below = picture_under(series, sheet_geometry(series), row, column)
    return parts if below is None else (below, *parts)


def document(room: Box, body: str, *, title: str) -> bytes:
    """Return an SVG file of these elements that shows the part `room` of the plane; its unit is a millimetre."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{room.width_mm:.3f}mm" height="{room.height_mm:.3f}mm" '
        f'viewBox="{room.x_mm:.3f} {room.y_mm:.3f} {room.width_mm:.3f} {room.height_mm:.3f}" role="img">'
        f"<title>{escape(title)}</title>{body}</svg>\n"
    ).encode()


def _flat_face(template: Template, parts: Iterable[Mark | PlacedPicture], above: str) -> str:
    """Return the elements of a face without its teeth: paper, `parts` from the ground up, then the elements `above`."""
    paper = f'<rect width="{template.width_mm:.3f}" height="{template.height_mm:.3f}" fill="{PAPER}"/>'
    return paper + _drawn(parts) + above


def toothed_face(series: Series, template: Template, parts: Sequence[Mark | PlacedPicture], above: str) -> str:
    """Return the elements of a face with its teeth, above a soft shadow.

    The shadow is made of a few flat layers, which every program draws alike and fast, unlike a blur.
    """
    whole = template.cuts[0].box
    edge = _edge(template.cuts, series)
    shadow = "".join(_shadow(template.cuts[0], by_mm) for by_mm in _SHADOW_MM)
    paper = f'<path fill="{PAPER}" fill-rule="evenodd" d="{edge}"/>'
    drawn = _drawn(parts) + above
    if not all(_inside(part, whole.grown(-HOLE_MM / 2)) for part in parts) or len(template.cuts) > 1:
        clip = f'<clipPath id="teeth"><path clip-rule="evenodd" d="{edge}"/></clipPath>'
        drawn = f'<defs>{clip}</defs><g clip-path="url(#teeth)">{drawn}</g>'
    return f'<g transform="translate(0.2 0.35)" {_SHADOW_PAINT}>{shadow}</g>{paper}{drawn}'


def _drawn(parts: Iterable[Mark | PlacedPicture]) -> str:
    return "".join(_picture(part) if isinstance(part, PlacedPicture) else svg_of((part,)) for part in parts)


def _inside(part: Mark | PlacedPicture, room: Box) -> bool:
    """Return whether a part surely does not reach the teeth; letters never do, and clipping costs time."""
    match part:
        case PlacedPicture(box=box) | Fill(box=box):
            points = [(box.x_mm, box.y_mm), (box.right_mm, box.bottom_mm)]
        case Line():
            points = list(part.points_mm)
        case Dots():
            points = [part.from_mm, part.to_mm]
        case TextRun():
            return True
        case _:
            return False
    return all(room.x_mm <= x <= room.right_mm and room.y_mm <= y <= room.bottom_mm for x, y in points)


def _shadow(outline: Cut, by_mm: float) -> str:
    """Return one layer of a shadow: a frame, because what lies under the paper is not seen and costs time."""
    box, corner = outline.box.grown(by_mm), outline.corner_mm
    hole = outline.box.grown(-_SHADOW_FRAME_MM - corner)
    around = f"M{hole.x_mm:.2f} {hole.y_mm:.2f}h{hole.width_mm:.2f}v{hole.height_mm:.2f}h{-hole.width_mm:.2f}z"
    return f'<path d="{_rounded(box, max(corner + by_mm, _SHADOW_ROUND_MM))}{around}"/>'


def _picture(placed: PlacedPicture) -> str:
    box, art = placed.box, load_artwork(placed.path)
    if isinstance(art, Bitmap):
        kind, data = "png", art.png
    else:
        kind, data = "svg+xml", art.svg(placed.colour, f"{box.width_mm:.3f}mm", f"{box.height_mm:.3f}mm")
    size = f'width="{box.width_mm:.3f}" height="{box.height_mm:.3f}"'
    # The inner <svg> cuts off what a picture draws beyond its edges.
    return (
        f'<svg x="{box.x_mm:.3f}" y="{box.y_mm:.3f}" {size}><image {size} preserveAspectRatio="none" '
        f'href="data:image/{kind};base64,{base64.b64encode(data).decode("ascii")}"/></svg>'
    )


def _edge(cuts: Sequence[Cut], series: Series) -> str:
    """Return the outline of a unit with its teeth, and the holes between its parts, as a path to fill by evenodd."""
    outline, *inner = cuts
    radius = HOLE_MM / 2
    path = _teeth(outline.box, series) if outline.perforated else _rounded(outline.box, outline.corner_mm)
    for cut in inner:
        box = cut.box
        steps = holes_along(box.width_mm + box.height_mm, series.sheet.gauge)
        for i in range(1, steps):
            x, y = box.x_mm + box.width_mm * i / steps - radius, box.y_mm + box.height_mm * i / steps
            path += f"M{x:.3f} {y:.3f}a{_ARC} 1 0 {HOLE_MM} 0a{_ARC} 1 0 {-HOLE_MM} 0z"
    return path


def _teeth(box: Box, series: Series) -> str:
    """Return a box as perforation leaves it: a hole on each corner, and half of every hole along the sides."""
    x, y, radius = box.x_mm, box.y_mm, HOLE_MM / 2
    path = f"M{x + radius:.3f} {y:.3f}"
    corners = ((1, 0, box.width_mm), (0, 1, box.height_mm), (-1, 0, box.width_mm), (0, -1, box.height_mm))
    for right, down, length in corners:
        steps = holes_along(length, series.sheet.gauge)
        for i in range(1, steps):
            at = length * i / steps - radius
            path += f"L{x + right * at:.3f} {y + down * at:.3f}a{_ARC} 0 0 {right * HOLE_MM} {down * HOLE_MM}"
        path += f"L{x + right * (length - radius):.3f} {y + down * (length - radius):.3f}"
        path += f"a{_ARC} 0 0 {(right - down) * radius} {(down + right) * radius}"
        x, y = x + right * length, y + down * length
    return path + "z"


def _rounded(box: Box, radius: float) -> str:
    """Return a box with round corners."""
    across, down = box.width_mm - 2 * radius, box.height_mm - 2 * radius
    arc, r = f"a{radius:.3f} {radius:.3f} 0 0 1", f"{radius:.3f}"
    return (
        f"M{box.x_mm + radius:.3f} {box.y_mm:.3f}h{across:.3f}{arc} {r} {r}v{down:.3f}{arc} -{r} {r}"
        f"h{-across:.3f}{arc} -{r} -{r}v{-down:.3f}{arc} {r} -{r}z"
    )


def _symbol(symbol: QrSymbol, box: Box) -> str:
    """Return the dark modules of a symbol as one path, each row in its runs, one unit a module."""
    runs = []
    for y, row in enumerate(symbol.modules):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0])))).tolist()
        runs += [f"M{x} {y}h{end - x}v1h-{end - x}z" for x, end in zip(edges[::2], edges[1::2], strict=True)]
    scale = box.width_mm / symbol.side
    place = f"matrix({scale:.6f} 0 0 {scale:.6f} {box.x_mm:.5f} {box.y_mm:.5f})"
    return f'<path transform="{place}" shape-rendering="crispEdges" d="{"".join(runs)}"/>'
