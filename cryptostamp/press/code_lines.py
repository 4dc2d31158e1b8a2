"""Lines of codes: letters that differ on every stamp, in a place and size that are the same on all of them.

Numbers and codes are made of digits, capitals and a few signs. They are set without kerning, so that the
place of a character follows from those before it alone, and in one size that fits the widest line that can occur:
nothing is measured stamp by stamp, and all stamps of a series look alike. On the plate such a line is a literal
string of one byte a character in a font made for codes (`cryptostamp.press.pdf.code_font`). Any other text
is not a code and does not belong here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Final

from cryptostamp.errors import InputError
from cryptostamp.press.lettering import Typeface, width_of
from cryptostamp.press.marks import TextRun
from cryptostamp.press.pdf.code_font import CODE_LETTERS, code_font_name
from cryptostamp.press.pdf.operators import number

__all__ = ["CodeLine", "CodeLines", "code_size", "code_width", "is_code", "widest"]

_CODE: Final = re.compile(f"[{re.escape(CODE_LETTERS)}]*")
_DIGITS: Final = "0123456789"


class _Advances(dict[str, float]):
    """The width of each character of a code, in ems."""

    def __init__(self, typeface: Typeface) -> None:
        super().__init__({character: width_of(character, typeface, 1.0) for character in CODE_LETTERS})


_ADVANCES: Final = {typeface: _Advances(typeface) for typeface in Typeface}


def is_code(text: str) -> bool:
    """Tell whether a text has only the characters of codes."""
    return _CODE.fullmatch(text) is not None


def code_width(text: str, typeface: Typeface, tracking: float = 0.0) -> float:
    """Return the width of a line of codes in ems, set without kerning; `tracking` is in ems."""
    advances = _ADVANCES[typeface]
    return sum([advances[character] for character in text]) + tracking * max(len(text) - 1, 0)


def widest(typeface: Typeface, *letters: str) -> str:
    """Return a line as wide as any other that takes a character out of each of these alphabets in turn."""
    advances = _ADVANCES[typeface]
    return "".join(max(alphabet, key=advances.__getitem__) for alphabet in letters)


def code_size(
    text: str,
    typeface: Typeface,
    *,
    element: str,
    room_mm: float,
    largest_mm: float,
    smallest_mm: float,
    tracking: float = 0.0,
) -> float:
    """Return the largest em size, between two bounds, at which the widest line of codes, `text`, fits its room.

    Raises `InputError` that names the element, but not the text, which may stand for secrets.
    """
    wide = code_width(text, typeface, tracking)
    size = min(largest_mm, room_mm / wide)
    if size < smallest_mm:
        raise InputError(
            f"The {element} is up to {wide * smallest_mm:.1f} mm wide at the smallest size that can be read; "
            f"there are {room_mm:.1f} mm for it.",
            where=element,
            remedy="Choose a wider stamp.",
        )
    return size


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLine:
    """Where a line of codes stands: from its left end, or to its right end if `to_right`."""

    typeface: Typeface
    size_mm: float
    x_mm: float
    baseline_mm: float
    tracking_mm: float = 0.0
    to_right: bool = False

    def left_mm(self, text: str) -> float:
        """Return where a text begins."""
        if not self.to_right:
            return self.x_mm
        return self.x_mm - self.size_mm * code_width(text, self.typeface, self.tracking_mm / self.size_mm)

    def run(self, text: str) -> TextRun:
        """Return the mark of a text; raise `InputError`, without repeating it, if it is no code."""
        if not is_code(text):
            raise InputError(
                "A line of codes holds something else than digits, capitals, hyphens, points and spaces.",
                remedy="Give numbers and codes as they are printed.",
            )
        return TextRun(
            text=text,
            typeface=self.typeface,
            size_mm=self.size_mm,
            x_mm=self.left_mm(text),
            baseline_mm=self.baseline_mm,
            tracking_mm=self.tracking_mm,
            kerned=False,
        )


class CodeLines:
    """Operators for the same lines on stamp after stamp, on a form or page of a given height."""

    def __init__(self, lines: Sequence[CodeLine], height_mm: float) -> None:
        self._lines = tuple(lines)
        parts, font, tracking = [], "", 0.0
        for line in self._lines:
            named = f"/{code_font_name(line.typeface)} {number(line.size_mm)} Tf "
            spaced = f"{number(line.tracking_mm)} Tc "
            parts.append(
                (named if named != font else "")
                + (spaced if line.tracking_mm != tracking else "")
                + ("1 0 0 1 %s " if line.to_right else f"1 0 0 1 {number(line.x_mm)} ")
                + f"{number(height_mm - line.baseline_mm)} Tm (%s) Tj"
            )
            font, tracking = named, line.tracking_mm
        self._form = f"BT 0 g {' '.join(parts)}{' 0 Tc' if tracking else ''} ET"

    def operators(self, texts: Sequence[str]) -> str:
        """Return operators that print these texts, one a line; raise `InputError` if one is no code."""
        if not is_code("".join(texts)):
            for line, text in zip(self._lines, texts, strict=True):
                line.run(text)
        given: list[str] = []
        for line, text in zip(self._lines, texts, strict=True):
            if line.to_right:
                given.append(number(line.left_mm(text)))
            given.append(text)
        return self._form % tuple(given)

    def pattern(self, patterns: Sequence[str]) -> str | None:
        """Return operators to be formatted with the fields of these patterns, one a line, whatever the fields say.

        `None` where the place of a line depends on what it says. The fields must give codes: that is for the caller
        to see to, for many stamps at once (`is_code`).
        """
        literals = "".join(literal for pattern in patterns for literal, *_ in Formatter().parse(pattern))
        if any(line.to_right for line in self._lines) or not is_code(literals):
            return None
        return self._form % tuple(patterns)

    def around(self, patterns: Sequence[str]) -> list[str] | None:
        """Return what stands before, between and after the strings of these patterns, which a page writes in brackets.

        `None` under the same condition as `pattern`.
        """
        if self.pattern(patterns) is None:
            return None
        return (self._form % (("\0",) * len(self._lines))).split("(\0)")

    def marks(self, texts: Iterable[str]) -> tuple[TextRun, ...]:
        """Return the same lines as marks."""
        return tuple(line.run(text) for line, text in zip(self._lines, texts, strict=True))
