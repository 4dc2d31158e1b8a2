"""What a text layer says: the facts of a series by their names in braces, ``{country}`` or ``No. {serial}``.

``{serial}`` and ``{short_code}`` differ from stamp to stamp; ``{design}`` and ``{variant}`` from design to
design and from colour to colour; everything else is the same on all stamps of a series. A brace that is meant
stands double, as in Python.
"""

from __future__ import annotations

from string import Formatter
from typing import Final

from cryptostamp.press.lettering import Typeface, width_of
from cryptostamp.series.models import Design, Money, Series, Variant
from cryptostamp.series.template import Face

__all__ = [
    "face_value_text",
    "fields_of",
    "is_numbered",
    "letters_of",
    "pattern_of",
    "typeface_of",
    "widest_words",
    "words_of",
]

_CURRENCY_SIGNS: Final = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
_NUMBERED: Final = frozenset({"serial", "short_code"})
_LETTERS_OF_CODES: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TAG_AND_CHECK: Final = 9


def face_value_text(money: Money) -> str:
    """Return an amount as it is printed: ``€1.20``, or ``CHF 1.20`` where a currency has no sign of its own."""
    amount = f"{money.amount:f}"
    sign = _CURRENCY_SIGNS.get(money.currency)
    return f"{sign}{amount}" if sign else f"{money.currency} {amount}"


def typeface_of(face: Face) -> Typeface:
    """Return the typeface that a template means."""
    return Typeface.DISPLAY if face is Face.DISPLAY else Typeface.TEXT


def fields_of(text: str) -> frozenset[str]:
    """Return the names of the fields in a text."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def is_numbered(text: str) -> bool:
    """Return whether a text differs from stamp to stamp."""
    return bool(fields_of(text) & _NUMBERED)


def _facts(series: Series, design: Design | None, variant: Variant | None) -> dict[str, str]:
    facts = {
        "country": series.issuer.country_name,
        "value": face_value_text(series.face_value),
        "title": series.title,
        "year": str(series.year),
        "issuer": series.issuer.name,
        "tariff": series.tariff,
        "edition": str(series.edition),
    }
    if design is not None:
        facts["design"] = design.title
    if variant is not None:
        facts["variant"] = variant.name
    return facts


def words_of(text: str, series: Series, design: Design, variant: Variant, *, capitals: bool = False) -> str:
    """Return what a text says on all stamps of a design and variant."""
    words = text.format_map(_facts(series, design, variant))
    return words.upper() if capitals else words


def pattern_of(text: str, series: Series, *, capitals: bool = False) -> str:
    """Return a text that differs from stamp to stamp, for `str.format` with ``serial`` and ``short_code``."""
    facts = _facts(series, None, None)
    parts = []
    for literal, name, _, _ in Formatter().parse(text):
        words = literal + facts.get(name or "", "")
        parts.append((words.upper() if capitals else words).replace("{", "{{").replace("}", "}}"))
        if name in _NUMBERED:
            parts.append(f"{{{name}}}")
    return "".join(parts)


def letters_of(text: str, series: Series, *, capitals: bool = False) -> str:
    """Return all characters that a text needs on the stamps of a series, besides those of codes and numbers."""
    if is_numbered(text):
        return pattern_of(text, series, capitals=capitals)
    first, colour = series.designs[0], series.variants[0]
    words = [words_of(text, series, design, colour, capitals=capitals) for design in series.designs]
    words += [words_of(text, series, first, variant, capitals=capitals) for variant in series.variants]
    return "".join(words)


def widest_words(pattern: str, series: Series, typeface: Typeface) -> str:
    """Return the widest text that any stamp of the series can have for a pattern of `pattern_of`."""
    digit = max("0123456789", key=lambda each: width_of(each, typeface, 1.0))
    letter = max(_LETTERS_OF_CODES, key=lambda each: width_of(each, typeface, 1.0))
    serial = digit * len(str(series.edition))
    return pattern.format(serial=serial, short_code=f"{series.id}-{serial}-{letter * _TAG_AND_CHECK}")
