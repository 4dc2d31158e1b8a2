"""What is drawn on paper, as data: letters, boxes, dots, lines. Drawn twice, by the screen and by the plate.

Lengths are millimetres from the top left corner of the stamp, y downwards. Colours are ``#rrggbb``, or the
name of a spot ink (`SPOT_INKS`), which has a plate of its own and overprints what lies below; `BLACK` is
printed with black ink alone. Nothing here draws: `raster` makes pixels of marks and `pdf.operators` makes PDF
operators, so that a picture on a screen and a sheet of paper cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptostamp.press.lettering import Typeface
from cryptostamp.primitives import Box

__all__ = [
    "BLACK",
    "CURVE_UNIT_MM",
    "INK",
    "PAPER",
    "SPOT_INKS",
    "Area",
    "Box",
    "Curves",
    "Dots",
    "Fill",
    "Line",
    "Mark",
    "Path",
    "TextRun",
    "relative_luminance",
]

BLACK = "#000000"
INK = "#0c2a33"
"""The deep teal of lettering that lies on a picture."""
PAPER = "#ffffff"
SPOT_INKS = frozenset({"DieLine", "ScratchOff", "UV", "Varnish"})
"""Inks with a plate of their own, by the names their plates carry."""
CURVE_UNIT_MM = 0.005
"""The grid that curves lie on: half a dot of a plate setter of 2,540 dpi."""

Path = tuple[int, ...]
"""A smooth line of cubic Bezier pieces, in `CURVE_UNIT_MM` from the origin of its mark, y downwards.

The first two numbers are its start; then each piece has six: two handles and the end. A path that ends where
it starts is closed. Whole numbers, so that the same line has the same bytes on every machine.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRun:
    """One straight line of letters, set from its left end on a baseline."""

    text: str
    typeface: Typeface
    size_mm: float
    """The height of the em."""
    x_mm: float
    baseline_mm: float
    tracking_mm: float = 0.0
    kerned: bool = True
    """Codes are not: see `cryptostamp.press.code_lines`."""
    colour: str = BLACK
    turn_deg: float = 0.0
    """By how much the line is turned about the start of its baseline, clockwise."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Smooth lines of one width and colour, with round ends and joins."""

    paths: tuple[Path, ...]
    origin_mm: tuple[float, float]
    width_mm: float
    colour: str
    turns: int = 1
    """The paths are drawn this many times, each time turned about the origin by a whole turn / `turns` more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Filled shapes between closed smooth lines; where shapes overlap, both are filled (nonzero winding)."""

    paths: tuple[Path, ...]
    origin_mm: tuple[float, float]
    colour: str


Mark = TextRun | Fill | Dots | Line | Curves | Area


def relative_luminance(red: float, green: float, blue: float) -> float:
    """Return the luminance of an sRGB colour with channels 0..1, as WCAG 2 defines it for contrast."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]  # noqa: PLR2004
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
