"""The rules for single values of a series file: texts, whole numbers, lengths, codes of countries and currencies.

Each rule is a pydantic `BeforeValidator` that turns a TOML value into ours or refuses it with a
sentence and a remedy. Rests on ISO 3166-1 (countries), ISO 4217 (shape of currency codes), RFC 1123
(domains) and the UPU Convention, article 6 (country in Latin letters, sides of 15 to 50 mm).
Compares no two values with each other; `rules` does.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from cryptostamp.primitives import HOST_NAME
from cryptostamp.series.countries import is_country
from cryptostamp.series.models import SerialOrder

__all__ = [
    "ARTWORK",
    "COLOUR",
    "COUNTRY",
    "COUNTRY_NAME",
    "CURRENCY",
    "DOMAIN",
    "FACE_VALUE",
    "ORDER",
    "PROFILE",
    "SERIES_ID",
    "TEMPLATE",
    "key",
    "length",
    "refuse",
    "shown",
    "text",
    "whole",
]

_SHOWN: Final = 60
_MAX_DOMAIN: Final = 40
"""Longer hosts make a symbol whose modules are too small for 13 mm of paper."""
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_AMOUNT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")
_SHARPEST: Final = -3  # a thousandth of a millimetre
_MAX_BITS: Final = 256
_CONTAINERS: Final[dict[type, str]] = {dict: "a table", list: "a list"}
_LATIN_COMPANY: Final = frozenset(" '\u2019-.,()&")


def refuse(what: str, remedy: str = "") -> PydanticCustomError:
    """Return the refusal that pydantic carries from a rule to the reader of the file."""
    return PydanticCustomError("rule", "{what}", {"what": what, "remedy": remedy})


def shown(value: object) -> str:
    """Return a value of the file fit for a message: short, and with control characters escaped."""
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        return "a number that is far too large"  # Python refuses to write such a number out
    written = str(value) if isinstance(value, int | Decimal) else _CONTAINERS.get(type(value), "a date or time")
    return written if len(written) <= _SHOWN else written[: _SHOWN - 1] + "…"


def text(label: str, longest: int) -> BeforeValidator:
    """Return the rule for one line of printable text of at most `longest` characters."""
    return BeforeValidator(lambda value: _clean(label, value, longest))


def _clean(label: str, value: object, longest: int) -> str:
    if not isinstance(value, str):
        raise refuse(f"{label} is {shown(value)}, but must be a text.", "Put it in quotes.")
    for character in value:
        category = unicodedata.category(character)
        # Line and paragraph separators, controls, and the formats that reverse or hide what is read.
        if category in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            raise refuse(
                f"{label} holds the invisible character U+{ord(character):04X}.", "Type the text again in one line."
            )
    if not value.strip():
        raise refuse(f"{label} is empty.", "Write what shall be printed.")
    if value != value.strip():
        raise refuse(f"{label} begins or ends with a space: {shown(value)}.", "Remove the space.")
    if len(value) > longest:
        raise refuse(f"{label} has {len(value)} characters; at most {longest} are allowed.", "Shorten it.")
    return value


def whole(label: str, least: int, most: int, remedy: str = "") -> BeforeValidator:
    """Return the rule for a whole number from `least` to `most`."""

    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise refuse(f"{label} is {shown(value)}, but must be a whole number.", "Write digits, without quotes.")
        if not least <= value <= most:
            raise refuse(
                f"{label} is {shown(value)}, but must lie between {least:,} and {most:,}.",
                remedy or "Choose a number within these bounds.",
            )
        return value

    return BeforeValidator(check)


def length(label: str, least: int, most: int, unit: str = " mm") -> BeforeValidator:
    """Return the rule for a length on paper, or another measure with up to three decimals."""

    def check(value: object) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise refuse(f"{label} is {shown(value)}, but must be a number.", "Write it without quotes.")
        number = Decimal(value)
        if not number.is_finite() or not least <= number <= most:
            raise refuse(
                f"{label} is {shown(value)}{unit}, but must lie between {least} and {most}{unit}.",
                "Choose a number within these bounds.",
            )
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and exponent < _SHARPEST:
            raise refuse(f"{label} is {shown(value)}, which is finer than paper can be cut.", "Round it to 3 decimals.")
        return Decimal(f"{number:f}")

    return BeforeValidator(check)


def key(label: str) -> BeforeValidator:
    """Return the rule for the short name by which designs and variants are known to programs."""
    return _pattern(
        label,
        r"[a-z][a-z0-9-]{0,31}",
        "A key is 1 to 32 small letters, digits and hyphens, and begins with a letter.",
    )


def _pattern(label: str, pattern: str, remedy: str) -> BeforeValidator:
    compiled = re.compile(pattern)

    def check(value: object) -> str:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise refuse(f"{label} is {shown(value)}, which cannot be used.", remedy)
        return value

    return BeforeValidator(check)


def _face_value(value: object) -> Decimal:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        amount = shown(value)
        raise refuse(
            f"The face value {amount} stands without quotes; as a number it could lose digits.",
            f'Write face_value = "{amount}".',
        )
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise refuse(f"The face value is {shown(value)}, which is no amount.", 'Write it like face_value = "1.20".')
    if not Decimal(value):
        raise refuse("The face value is zero, so the stamp would pay for nothing.", "Write what the stamp pays.")
    return Decimal(value)


def _country(value: object) -> str:
    if not isinstance(value, str) or not is_country(value):
        raise refuse(
            f"The country {shown(value)} is no country code of ISO 3166-1.",
            "Write two capital letters, such as PT; XA to XZ are free for trials.",
        )
    return value


def _country_name(value: object) -> str:
    name = _clean("The country's name", value, 40)
    for character in name:
        # The UPU wants roman letters; accents on them are theirs too.
        if not (unicodedata.name(character, "").startswith(("LATIN", "COMBINING")) or character in _LATIN_COMPANY):
            raise refuse(
                f"The country's name {shown(name)} is not in Latin letters, as the UPU Convention requires.",
                "Write the name in Latin letters, as it is printed on international mail.",
            )
    return name


def _domain(value: object) -> str:
    if not isinstance(value, str) or not value.isascii() or not HOST_NAME.fullmatch(value.lower()):
        raise refuse(
            f"The domain {shown(value)} is not the name of a web site.",
            "Write the bare name, such as stamps.post.example, without https:// and without a path; "
            "names with other letters in their xn-- form.",
        )
    if len(value) > _MAX_DOMAIN:
        raise refuse(
            f"The domain has {len(value)} characters; with more than {_MAX_DOMAIN} the QR code is too fine to print.",
            "Choose a shorter name; up to 18 characters give the best code.",
        )
    return value.lower()


def _colour(value: object) -> str:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise refuse(f"The colour {shown(value)} is not written as # and six hex digits.", 'Write it like "#4f9d3a".')
    return value.lower()


def _artwork(value: object) -> str:
    name = _clean("The artwork's file name", value, 200)
    if not name.lower().endswith((".svg", ".png")):
        raise refuse(
            f"The artwork {shown(name)} is no SVG or PNG file.", "Give a picture whose name ends in .svg or .png."
        )
    return name


def _template(value: object) -> str:
    name = _clean("The template's file name", value, 100)
    if not name.endswith(".toml") or "/" in name or "\\" in name or name.startswith("."):
        raise refuse(
            f"The template {shown(name)} is no TOML file beside series.toml.", 'Write template = "template.toml".'
        )
    return name


def _profile(value: object) -> str:
    name = _clean("The profile's file name", value, 200)
    if not name.lower().endswith((".icc", ".icm")):
        raise refuse(f"The profile {shown(name)} is no ICC profile.", "Give a file whose name ends in .icc or .icm.")
    return name


def _order(value: object) -> SerialOrder:
    try:
        return SerialOrder(value)  # type: ignore[arg-type]
    except ValueError:
        raise refuse(
            f"The order of the serials is {shown(value)}.", 'Write order = "row", "column" or "stack".'
        ) from None


ARTWORK: Final = BeforeValidator(_artwork)
COLOUR: Final = BeforeValidator(_colour)
COUNTRY: Final = BeforeValidator(_country)
COUNTRY_NAME: Final = BeforeValidator(_country_name)
CURRENCY: Final = _pattern("The currency", r"[A-Z]{3}", "Write its three capital letters of ISO 4217, such as EUR.")
DOMAIN: Final = BeforeValidator(_domain)
FACE_VALUE: Final = BeforeValidator(_face_value)
ORDER: Final = BeforeValidator(_order)
PROFILE: Final = BeforeValidator(_profile)
SERIES_ID: Final = _pattern(
    "The id of the series", r"[A-Z0-9]{2,8}", "Write 2 to 8 capital letters or digits; it is part of the short code."
)
TEMPLATE: Final = BeforeValidator(_template)
