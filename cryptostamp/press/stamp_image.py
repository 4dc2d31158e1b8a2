"""A stamp and its claim part as pictures: for proofs, albums, shops and screens.

The same marks as on the printed sheet, in RGB. A picture of a claim part shows the hidden code unless
it is asked to keep the scratch field closed: it is as secret as the code then. These pictures are
not the print master; that is the PDF.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import cast

from PIL import Image

from cryptostamp.codes import Half, QrSymbol
from cryptostamp.errors import InputError
from cryptostamp.press.artwork import Artwork
from cryptostamp.press.bitmap import Bitmap
from cryptostamp.press.claim_layout import claim_layout
from cryptostamp.press.claim_part import ClaimLines, claim_static_marks
from cryptostamp.press.cut_out import MARGIN_MM, cut_out
from cryptostamp.press.face import face_parts, static_marks
from cryptostamp.press.imposition import place_of, sheet_geometry
from cryptostamp.press.legibility import artwork_of, paste_picture
from cryptostamp.press.lettering import Typeface, width_of
from cryptostamp.press.marks import PAPER, Box, Fill, Line, Mark, TextRun
from cryptostamp.press.raster import check_dpi, draw_marks, draw_symbol, pixels, under_lamp
from cryptostamp.press.sheet_picture import picture_under
from cryptostamp.press.template import Template, template_of
from cryptostamp.press.template_marks import PlacedPicture, variable_marks
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Design, Series, Variant

__all__ = ["MARGIN_MM", "ClaimPart", "StampFace", "foil_marks", "render_claim_part", "render_stamp", "shared_picture"]

_FOIL, _FOIL_LINE, _FOIL_TEXT = "#b4b8bc", "#a3a8ad", "#5d6368"


@dataclass(frozen=True, slots=True, kw_only=True)
class StampFace:
    """One stamp's face: which number, which picture, which colour, which codes."""

    serial: Serial
    design: Design
    variant: Variant
    symbol: QrSymbol = field(repr=False)
    short_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPart:
    """One stamp's claim part. `symbol` and `claim_text` are secrets and never appear in `repr`."""

    serial: Serial
    symbol: QrSymbol = field(repr=False)
    claim_text: str = field(repr=False)
    """The code in groups, as `ClaimCode.text` writes it."""
    short_code: str


@lru_cache(maxsize=32)
def _printed_alike(
    template: Template, parts: tuple[Mark | PlacedPicture, ...], pictures: tuple[Artwork | Bitmap, ...], dpi: int
) -> Image.Image:
    """Return what all stamps of a design and variant have in common; `pictures` makes a changed file a new key."""
    del pictures
    image = Image.new("RGB", (pixels(template.width_mm, dpi), pixels(template.height_mm, dpi)), PAPER)
    for placed, group in groupby(parts, lambda part: isinstance(part, PlacedPicture)):
        if placed:
            for part in group:
                paste_picture(image, cast("PlacedPicture", part), dpi)
        else:
            draw_marks(image, cast("Iterator[Mark]", group), dpi)
    return image


def shared_picture(
    series: Series, template: Template, design: Design, variant: Variant, place: tuple[int, int], dpi: int
) -> Image.Image:
    """Return what stamps of a design and variant share, not to be drawn on; `place` is row and column on the sheet."""
    parts = face_parts(series, template, design, variant)
    below = picture_under(series, sheet_geometry(series), *place) if template.sheet is not None else None
    return _printed_alike(template, (below, *parts) if below else parts, artwork_of(series), dpi)


def render_stamp(series: Series, face: StampFace, *, dpi: int = 600, perforated: bool = True) -> Image.Image:
    """Return a picture of a stamp, with its token card or on its card where it has one.

    `perforated` shows it cut out, with its teeth and a soft shadow on a transparent ground, RGBA, 2.2 mm larger on
    each side, and with its scratch field closed; else the picture is RGB and exactly as large as the unit.
    Raises `InputError` for a resolution too low for the QR, and what `cryptostamp.press.preflight.check_press` raises.
    """
    template = template_of(series, face.symbol.side)
    check_dpi(dpi, template.symbol, face.symbol.side)
    _, row, column = place_of(series, face.serial) if template.sheet is not None else (0, 0, 0)
    image = shared_picture(series, template, face.design, face.variant, (row, column), dpi).copy()
    draw_symbol(image, face.symbol, template.symbol, dpi)
    marks = variable_marks(template, face.serial, face.short_code, face.design, face.variant)
    draw_marks(image, marks, dpi, within=template.numbered_room.grown(1.0))
    if not perforated:
        return image
    if template.claim is not None:
        draw_marks(image, foil_marks(template.claim), dpi)
    return cut_out(image, template.cuts, series.sheet.gauge, dpi)


def render_under_lamp(series: Series, face: StampFace, *, dpi: int = 600) -> Image.Image:
    """Return a picture of a stamp under a UV lamp: dark, with what is printed in the ink ``UV`` glowing.

    Raises `InputError` for a series that prints nothing in that ink, and what `render_stamp` raises.
    """
    template = template_of(series, face.symbol.side)
    marks = (
        *static_marks(series, template, face.design, face.variant),
        *variable_marks(template, face.serial, face.short_code, face.design, face.variant),
    )
    if all(mark.colour != "UV" for mark in marks):
        raise InputError(
            f"Nothing on the design {face.design.key} is printed in the ink UV.",
            where=str(series.folder),
            remedy='Give a layer of template.toml ink = "UV".',
        )
    return under_lamp(render_stamp(series, face, dpi=dpi, perforated=False), marks, dpi)


def render_claim_part(series: Series, part: ClaimPart, *, dpi: int = 600, scratched: bool = True) -> Image.Image:
    """Return a picture of a claim part, RGB, exactly as large as the stamp.

    With `scratched` the hidden code is seen and the picture is as secret as the code; without, the
    scratch field covers it and nothing in the picture is secret.
    """
    side = part.symbol.side
    half = Half(part.claim_text[0]) if part.claim_text[1:2] == "-" else None
    layout = claim_layout(series, side, halves=half is not None)
    field, lines = layout.field(half), ClaimLines(series, layout, half)
    check_dpi(dpi, field.symbol, side)
    image = Image.new("RGB", (pixels(layout.width_mm, dpi), pixels(layout.height_mm, dpi)), PAPER)
    draw_marks(image, claim_static_marks(series, layout, half), dpi)
    if scratched:
        texts = lines.texts(part.serial, part.short_code, part.claim_text)
        draw_marks(image, [line.run(text) for line, text in zip(lines.lines, texts, strict=True)], dpi)
        draw_symbol(image, part.symbol, field.symbol, dpi)
        draw_marks(image, _frame_marks(field.scratch), dpi)
    else:
        texts = lines.seen_texts(part.serial, part.short_code)
        draw_marks(image, [line.run(text) for line, text in zip(lines.seen, texts, strict=True)], dpi)
        draw_marks(image, foil_marks(field.scratch), dpi)
    return image


def _frame_marks(box: Box) -> tuple[Line, ...]:
    """Return the rest of a scratch field that has been rubbed off: a thin frame."""
    corners = (
        (box.x_mm, box.y_mm),
        (box.right_mm, box.y_mm),
        (box.right_mm, box.bottom_mm),
        (box.x_mm, box.bottom_mm),
        (box.x_mm, box.y_mm),
    )
    return (Line(points_mm=corners, width_mm=0.25, colour=_FOIL),)


def foil_marks(box: Box) -> tuple[Mark, ...]:
    """Return a closed scratch field: foil with a woven ground, and what to do with it."""
    lines = []
    for row in range(int(box.height_mm / 0.7)):
        y = box.y_mm + 0.35 + row * 0.7
        points = tuple(
            (round(box.x_mm + 0.2 + (box.width_mm - 0.4) * t / 96, 3), round(y + 0.22 * math.sin(t * 0.8 + row * 2), 3))
            for t in range(97)
        )
        lines.append(Line(points_mm=points, width_mm=0.09, colour=_FOIL_LINE))
    word, size = "SCRATCH HERE", 3.0
    wide = width_of(word, Typeface.DISPLAY, size, tracking=0.12)
    text = TextRun(
        text=word,
        typeface=Typeface.DISPLAY,
        size_mm=size,
        x_mm=box.x_mm + (box.width_mm - wide) / 2,
        baseline_mm=box.y_mm + box.height_mm / 2 + size * Typeface.DISPLAY.cap_height / 2,
        tracking_mm=0.12 * size,
        colour=_FOIL_TEXT,
    )
    return (Fill(box=box, colour=_FOIL), *lines, text)
