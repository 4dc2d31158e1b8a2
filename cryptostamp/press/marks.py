"""What is drawn on paper, as data: letters, boxes, dots, lines. Drawn twice, by the screen and by the plate.

Lengths are millimetres from the top left corner of the stamp, y downwards. Colours are ``#rrggbb``;
`BLACK` is printed with black ink alone. Nothing here draws: `raster` makes pixels of marks and
`pdf_marks` makes PDF operators, so that a picture on a screen and a sheet of paper cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptostamp.press.lettering import Typeface
from cryptostamp.primitives import Box

__all__ = ["BLACK", "INK", "PAPER", "Box", "Dots", "Fill", "Line", "Mark", "TextRun", "relative_luminance"]

BLACK = "#000000"
INK = "#0c2a33"
"""The deep teal of lettering that lies on a picture."""
PAPER = "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRun:
    """One line of letters, set from its left end on a baseline."""

    text: str
    typeface: Typeface
    size_mm: float
    """The height of the em."""
    x_mm: float
    baseline_mm: float
    tracking_mm: float = 0.0
    colour: str = BLACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A filled box."""

    box: Box
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dots:
    """A row of round dots from one end to the other, both ends included, evenly spaced."""

    from_mm: tuple[float, float]
    to_mm: tuple[float, float]
    count: int
    diameter_mm: float
    colour: str

    @property
    def centres_mm(self) -> tuple[tuple[float, float], ...]:
        """The centre of each dot, in order."""
        (x0, y0), (x1, y1), steps = self.from_mm, self.to_mm, max(self.count - 1, 1)
        return tuple((x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(self.count))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An open line through points, with round ends and joins."""

    points_mm: tuple[tuple[float, float], ...]
    width_mm: float
    colour: str


Mark = TextRun | Fill | Dots | Line


def relative_luminance(red: float, green: float, blue: float) -> float:
    """Return the luminance of an sRGB colour with channels 0..1, as WCAG 2 defines it for contrast."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]  # noqa: PLR2004
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
