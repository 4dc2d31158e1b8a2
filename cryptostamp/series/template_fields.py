"""The rules for single values of a template.toml: boxes, points, lengths, colours, texts with fields.

As in `fields`, each rule turns a TOML value into ours or refuses it with a sentence and a remedy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from string import Formatter
from typing import Final

from pydantic import BeforeValidator

from cryptostamp.primitives import Box
from cryptostamp.series.fields import refuse, shown

__all__ = [
    "BOX",
    "COLOURS",
    "INK",
    "KEYS",
    "PAINT",
    "POINT",
    "POINTS",
    "TEXT",
    "TEXT_FIELDS",
    "TEXT_PAINT",
    "choice",
    "measure",
    "switch",
]

TEXT_FIELDS: Final = (
    *("country", "value", "title", "design", "year", "serial", "short_code", "variant", "issuer", "tariff", "edition"),
)
"""What a text may name in braces."""

_FAR_MM: Final = 300
_SHARPEST: Final = -4
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_WORDS: Final = ("ink", "paper", "variant")
_INKS: Final = ("UV", "Varnish")
_MAX_COLOURS: Final = 2
_MAX_POINTS: Final = 200
_MAX_TEXT: Final = 200


def _number(label: str, value: object, least: float, most: float, unit: str = " mm") -> float:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise refuse(f"{label} is {shown(value)}, but must be a number.", "Write it without quotes.")
    number = Decimal(value)
    if not number.is_finite() or not least <= number <= most:
        raise refuse(
            f"{label} is {shown(value)}{unit}, but must lie between {least:g} and {most:g}{unit}.",
            "Choose a number within these bounds.",
        )
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < _SHARPEST:
        raise refuse(f"{label} is {shown(value)}, which is finer than a plate can show.", "Round it to 4 decimals.")
    return float(number)


def measure(label: str, least: float, most: float, unit: str = " mm") -> BeforeValidator:
    """Return the rule for a length, or another measure, with up to four decimals."""
    return BeforeValidator(lambda value: _number(label, value, least, most, unit))


def _list(label: str, value: object, wanted: str) -> Sequence[object]:
    if not isinstance(value, list):
        raise refuse(f"{label} is {shown(value)}, but must be a list.", f"Write it as {wanted}.")
    return value


def _box(value: object) -> Box:
    wanted = "[x, y, width, height] in mm"
    numbers = _list("The box", value, wanted)
    if len(numbers) != len(("x", "y", "width", "height")):
        raise refuse(f"The box has {len(numbers)} numbers, but must have four.", f"Write it as {wanted}.")
    x, y = (
        _number(f"The {name} of the box", each, -_FAR_MM, _FAR_MM) for name, each in zip("xy", numbers[:2], strict=True)
    )
    wide, high = (
        _number(f"The {name} of the box", each, 0.05, _FAR_MM)
        for name, each in zip(("width", "height"), numbers[2:], strict=True)
    )
    return Box(x_mm=x, y_mm=y, width_mm=wide, height_mm=high)


def _point(value: object) -> tuple[float, float]:
    numbers = _list("The point", value, "[x, y] in mm")
    if len(numbers) != len("xy"):
        raise refuse(f"The point has {len(numbers)} numbers, but must have two.", "Write it as [x, y] in mm.")
    x, y = (
        _number(f"The {name} of the point", each, -_FAR_MM, _FAR_MM) for name, each in zip("xy", numbers, strict=True)
    )
    return x, y


def _points(value: object) -> tuple[tuple[float, float], ...]:
    points = _list("The list of points", value, "[[x, y], [x, y]] in mm")
    if not 1 <= len(points) <= _MAX_POINTS:
        raise refuse(f"The list has {len(points)} points.", f"Give 1 to {_MAX_POINTS}, each as [x, y] in mm.")
    return tuple(_point(each) for each in points)


def _paint(value: object, *words: str) -> str:
    if isinstance(value, str) and value in words:
        return value
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise refuse(
            f"The colour {shown(value)} is none that it can have.",
            f'Write it like "#4f9d3a", or one of {", ".join(words)}.',
        )
    return value.lower()


def _colours(value: object) -> tuple[str, ...]:
    colours = _list("The list of colours", value, '["#1f7a78", "variant"]')
    if not 1 <= len(colours) <= _MAX_COLOURS:
        raise refuse(f"The list has {len(colours)} colours.", "Give one, or two for neighbouring lines in turn.")
    return tuple(_paint(each, *_WORDS) for each in colours)


def _ink(value: object) -> str:
    if value not in _INKS:
        raise refuse(f"The ink {shown(value)} is not known.", f"Choose {' or '.join(_INKS)}, or leave it out.")
    return str(value)


def _keys(value: object) -> tuple[str, ...]:
    keys = _list("The list of designs", value, '["first", "second"], the keys of designs')
    if not keys or not all(isinstance(each, str) for each in keys):
        raise refuse("The list of designs must hold keys of designs.", 'Write it like designs = ["first"].')
    return tuple(str(each) for each in keys)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise refuse(f"The text is {shown(value)}, which cannot be printed in one line.", "Write a line in quotes.")
    if len(value) > _MAX_TEXT:
        raise refuse(f"The text has {len(value)} characters; at most {_MAX_TEXT} are allowed.", "Shorten it.")
    known = ", ".join(f"{{{name}}}" for name in TEXT_FIELDS)
    try:
        parts = list(Formatter().parse(value))
    except ValueError:
        raise refuse(
            f"The text {shown(value)} has a brace without its partner.", "Write {{ or }} for a brace."
        ) from None
    for _, name, form, conversion in parts:
        if name is not None and (name not in TEXT_FIELDS or form or conversion):
            raise refuse(f"The text has the field {{{name}}}, which is not known.", f"Known are {known}.")
    return value


def switch(label: str) -> BeforeValidator:
    """Return the rule for true or false."""

    def check(value: object) -> bool:
        if not isinstance(value, bool):
            raise refuse(f"{label} is {shown(value)}, but must be true or false.", "Write true or false.")
        return value

    return BeforeValidator(check)


def choice(label: str, kind: type[StrEnum]) -> BeforeValidator:
    """Return the rule for one of the words of an enumeration."""
    words = [str(each) for each in kind]

    def check(value: object) -> StrEnum:
        if value not in words:
            raise refuse(f"{label} is {shown(value)}, which is not known.", f"Choose one of {', '.join(words)}.")
        return kind(str(value))

    return BeforeValidator(check)


BOX: Final = BeforeValidator(_box)
COLOURS: Final = BeforeValidator(_colours)
INK: Final = BeforeValidator(_ink)
KEYS: Final = BeforeValidator(_keys)
PAINT: Final = BeforeValidator(lambda value: _paint(value, *_WORDS))
POINT: Final = BeforeValidator(_point)
POINTS: Final = BeforeValidator(_points)
TEXT: Final = BeforeValidator(_text)
TEXT_PAINT: Final = BeforeValidator(lambda value: _paint(value, *_WORDS, "auto"))
