"""What all security lines have in common: how fine they are, how far apart, and in which colours.

Lines 0.05 to 0.1 mm wide and some 0.2 mm apart: finer ones fill in on the press, coarser ones do not trouble a copier.
They make a copy by hand or by tracing tedious, and one by scanner and inkjet coarse; they prove nothing (see
docs/security-print.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cryptostamp.errors import InputError

__all__ = [
    "COLOURS",
    "LINE_WIDTHS_MM",
    "MOST_LINES",
    "SPACING_MM",
    "check_line_width",
    "check_lines",
    "refused",
    "two_of",
]

LINE_WIDTHS_MM: Final = (0.04, 0.2)
"""The finest line a plate holds (four dots at 2,540 dpi), and the widest that still is a fine line."""
COLOURS: Final = ("#1f5a78", "#b06a30")
SPACING_MM: Final = 0.25
"""Between neighbouring lines, half way between the envelopes."""
MOST_LINES: Final = 64


def check_line_width(width_mm: float) -> None:
    """Raise `InputError` for a line that no plate holds, or that is not fine."""
    low, high = LINE_WIDTHS_MM
    if not low <= width_mm <= high:
        raise InputError(
            f"The lines of a security pattern are to be {width_mm:g} mm wide.",
            where="width_mm",
            remedy=f"Choose from {low} to {high} mm; 0.06 to 0.08 mm prints well in offset.",
        )


def refused(what: str, where: str, remedy: str) -> InputError:
    """Return the error of an argument."""
    return InputError(what, where=where, remedy=remedy)


def check_lines(lines: int | None) -> None:
    """Raise `InputError` for a number of lines beside each other that is too small or too large."""
    if lines is not None and not 2 <= lines <= MOST_LINES:  # noqa: PLR2004 (one line does not interlace)
        raise refused(f"A band is to have {lines} lines.", "lines", f"Choose from 2 to {MOST_LINES} lines.")


def two_of(colours: Sequence[str]) -> tuple[str, str]:
    """Return one or two colours as two; raise `InputError` for any other number."""
    if not 1 <= len(colours) <= 2:  # noqa: PLR2004 (one or two)
        raise refused(f"A guilloche was given {len(colours)} colours.", "colours", "Give one or two.")
    return colours[0], colours[-1]
