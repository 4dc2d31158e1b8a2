"""What can be known before the first sheet is printed: shape, letters, contrast, resolution.

Contrast is WCAG 2.2's (`cryptostamp.press.legibility`), looked at over every design in every colour. It
does not judge what a press makes of a colour, nor whether a picture is well drawn.
"""

from __future__ import annotations

from cryptostamp.press.claim_part import ClaimLines, claim_layout, claim_static_marks
from cryptostamp.press.face import face_parts
from cryptostamp.press.template import template_of
from cryptostamp.series.models import Series

__all__ = ["check_press"]


def check_press(series: Series, *, symbol_side: int = 37) -> None:
    """Check all that can be known before printing; raise `ArtworkError` or `InputError` at the first fault.

    `symbol_side` is the number of modules of the QR, 37 in version 5. Every picture is read and drawn,
    every text set, with the widest number and short code that the edition can have.
    """
    template = template_of(series, symbol_side)
    for design in series.designs:
        for variant in series.variants:
            face_parts(series, template, design, variant)
    claim = claim_layout(series, symbol_side)
    claim_static_marks(series, claim)
    ClaimLines(series, claim)
