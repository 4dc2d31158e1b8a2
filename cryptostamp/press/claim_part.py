"""The claim part: the card that stays with the collector when the stamp travels, and what is on it.

As large as its stamp and in the same place of its sheet, so that face and claim part are cut alike.
The hidden code, as groups of characters and as a QR, lies in one box at the foot; the scratch field
covers that box and 0.5 mm more on each side, as printers ask. Nothing here names a code in an error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cryptostamp.errors import InputError
from cryptostamp.press.layout import BORDER_MM, DEVICE_DPI, QUIET_MODULES, fitted, module_dots, sides_of
from cryptostamp.press.lettering import Typeface, width_of
from cryptostamp.press.marks import Box, Fill, Line, Mark, TextRun
from cryptostamp.primitives import Serial
from cryptostamp.series.models import Series, StampFormat

__all__ = ["ClaimLayout", "claim_layout", "claim_marks", "claim_static_marks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLayout:
    """The geometry of a claim part: as large as its stamp, with the scratch field at the foot."""

    width_mm: float
    height_mm: float
    head: Box
    heading_mm: float
    """The em of the heading: smaller where there is no room for the ornament."""
    ornament: Box | None
    secret: Box
    """What the scratch field must hide."""
    scratch: Box
    """The scratch field: `secret` and 0.5 mm on each side."""
    symbol: Box
    text: Box
    """Room for the grouped code, inside `secret`."""


def claim_layout(stamp: StampFormat, symbol_side: int) -> ClaimLayout:
    """Lay out the claim part, as large as the stamp; raise `InputError` if code and symbol do not fit."""
    width, height = sides_of(stamp)
    dots = module_dots(symbol_side)
    module = dots * 25.4 / DEVICE_DPI
    side, quiet = symbol_side * module, QUIET_MODULES * module
    inner = width - 2 * (BORDER_MM + 0.5)
    depth = side + 2 * quiet
    foot = height - BORDER_MM - 3.0
    secret = Box(x_mm=BORDER_MM + 0.5, y_mm=foot - depth, width_mm=inner, height_mm=depth)
    head = Box(x_mm=BORDER_MM + 0.5, y_mm=BORDER_MM + 0.2, width_mm=inner, height_mm=secret.y_mm - BORDER_MM - 1.0)
    text_width = inner - depth - 0.8
    if head.height_mm < 5 or text_width < 13:  # noqa: PLR2004 (mm: two lines of heading; a column of eight characters)
        raise InputError(
            f"A claim part of {stamp.width_mm} x {stamp.height_mm} mm has no room for its code "
            f"and a QR of {side:.1f} mm.",
            where="stamp",
            remedy="Choose a larger stamp, for example 40 x 48 or 50 x 30 mm.",
        )
    symbol = Box(x_mm=secret.right_mm - quiet - side, y_mm=secret.y_mm + quiet, width_mm=side, height_mm=side)
    text = Box(x_mm=secret.x_mm + 0.8, y_mm=symbol.y_mm, width_mm=text_width, height_mm=side)
    ornament = None
    if head.height_mm > 16:  # noqa: PLR2004 (mm: heading, four lines and a band that is worth looking at)
        ornament = Box(x_mm=BORDER_MM, y_mm=secret.y_mm - 11.4, width_mm=width - 2 * BORDER_MM, height_mm=9.6)
    return ClaimLayout(
        width_mm=width,
        height_mm=height,
        head=head,
        heading_mm=3.1 if ornament else 2.5,
        ornament=ornament,
        secret=secret,
        scratch=secret.grown(0.5),
        symbol=symbol,
        text=text,
    )


def _guilloche(box: Box) -> tuple[Line, ...]:
    """Return a band of interlaced waves: the engine-turned ornament of papers of value."""
    lines = []
    strands, steps = 14, 182
    middle, half = box.y_mm + box.height_mm / 2, box.height_mm / 2
    for strand in range(strands):
        phase = 2 * math.pi * strand / strands
        points = []
        for step in range(steps + 1):
            t = step / steps
            swell = 0.62 + 0.38 * math.cos(2 * math.pi * 3 * t + math.pi)
            wave = math.sin(2 * math.pi * 2.5 * t + phase) * swell
            points.append((round(box.x_mm + box.width_mm * t, 3), round(middle + half * wave, 3)))
        lines.append(Line(points_mm=tuple(points), width_mm=0.07, colour="#1f7a78" if strand % 2 else "#c07f4a"))
    return tuple(lines)


def claim_static_marks(series: Series, layout: ClaimLayout) -> tuple[Mark, ...]:
    """Return what every claim part of a series says: what it is, what to do, and a tint under the code."""
    head, size = layout.head, layout.heading_mm
    first = head.y_mm + size * Typeface.DISPLAY.cap_height
    told = [
        fitted(
            text,
            Typeface.TEXT,
            head,
            element="instructions of the claim part",
            largest_mm=2.3,
            smallest_mm=1.7,
            baseline_mm=first + size * 1.1 + 2.9 * row,
        )
        for row, text in enumerate(
            (
                "Keep this part. Scratch, scan the code and take the token:",
                f"once, by whoever comes first. {series.issuer.domain}/claim",
            )
            if layout.ornament
            else (f"Keep, scratch and scan: {series.issuer.domain}/claim",)
        )
    ]
    title = fitted(
        series.title,
        Typeface.DISPLAY,
        Box(x_mm=head.x_mm, y_mm=head.y_mm, width_mm=head.width_mm * 0.6, height_mm=head.height_mm),
        element="title of the series",
        largest_mm=size,
        smallest_mm=1.9,
        baseline_mm=first,
    )
    ornament = _guilloche(layout.ornament) if layout.ornament else ()
    return (
        *ornament,
        title,
        *told,
        Fill(box=layout.secret, colour="#f4f1e8"),
        Fill(box=_light(layout), colour="#ffffff"),
    )


def _light(layout: ClaimLayout) -> Box:
    return layout.symbol.grown(layout.symbol.y_mm - layout.secret.y_mm)


def claim_marks(layout: ClaimLayout, serial: Serial, short_code: str, claim_text: str | None) -> tuple[TextRun, ...]:
    """Return what one claim part says: number, short code, and under the scratch field the code in groups.

    Without `claim_text` only what may be seen before scratching is returned.
    """
    head, text = layout.head, layout.text
    number = f"No. {serial}"
    size = 2.5
    marks = [
        TextRun(
            text=number,
            typeface=Typeface.DISPLAY,
            size_mm=size,
            x_mm=head.right_mm - width_of(number, Typeface.DISPLAY, size),
            baseline_mm=head.y_mm + layout.heading_mm * Typeface.DISPLAY.cap_height,
        ),
        fitted(
            f"Belongs to stamp {short_code}",
            Typeface.TEXT,
            Box(x_mm=layout.secret.x_mm, y_mm=0, width_mm=layout.secret.width_mm, height_mm=0),
            element="short code",
            largest_mm=2.1,
            smallest_mm=1.6,
            baseline_mm=layout.height_mm - BORDER_MM - 0.2,
        ),
    ]
    if claim_text is None:
        return tuple(marks)
    groups = claim_text.replace("-", " ").split()
    if not groups or not all(group.isascii() and group.isalnum() for group in groups):
        raise InputError(
            "The claim code holds something else than groups of letters and digits.",
            where=f"stamp No. {serial}",
            remedy="Give the code as `ClaimCode.text` writes it.",
        )
    rows = [" ".join(groups[i : i + 2]) for i in range(0, len(groups), 2)]
    pitch = text.height_mm / len(rows)
    # All rows in the size of the widest.
    widest = max(width_of(row, Typeface.TEXT, 1.0, tracking=0.06) for row in rows)
    row_size = min(3.3, text.width_mm / widest, pitch * 0.95)
    marks += [
        TextRun(
            text=row,
            typeface=Typeface.TEXT,
            size_mm=row_size,
            x_mm=text.x_mm,
            baseline_mm=text.y_mm + pitch * (index + 0.5) + row_size * Typeface.TEXT.cap_height / 2,
            tracking_mm=0.06 * row_size,
        )
        for index, row in enumerate(rows)
    ]
    return tuple(marks)
