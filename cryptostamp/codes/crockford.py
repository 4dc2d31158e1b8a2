"""Crockford base32: the 32 characters that a person can read off paper and type.

Rests on Douglas Crockford's definition (https://www.crockford.com/base32.html): a number, most
significant character first, without the letters I, L, O and U. Check characters are not his mod 37
symbol but those of `iso7064`, because his would leave the alphanumeric set of a QR code.
"""

from __future__ import annotations

from typing import Final

from cryptostamp.errors import CodeFormatError

__all__ = ["ALPHABET", "decode", "encode", "fold", "strip_separators"]

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS: Final = {
    ord(character): None
    # A phone's keyboard turns the hyphen into any of these dashes.
    for character in "- \t\u00a0\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
}


def encode(value: int, length: int) -> str:
    """Return the number `value` as exactly `length` characters, padded with zeros in front."""
    if not 0 <= value < 1 << (5 * length):
        raise CodeFormatError(f"The number does not fit into {length} characters of Crockford base32.")
    return "".join(ALPHABET[(value >> shift) & 31] for shift in range(5 * (length - 1), -1, -5))


def decode(text: str) -> int:
    """Return the number that `text` writes in capital letters of the alphabet.

    The error names neither the text nor a part of it, for it may be a secret.
    """
    value = 0
    for character in text:
        digit = _VALUES.get(character)
        if digit is None:
            raise CodeFormatError(
                "The code holds a character that no code has.",
                remedy="Codes use the digits and the letters without I, L, O and U.",
            )
        value = value << 5 | digit
    return value


def fold(text: str) -> str:
    """Return typed characters as the alphabet has them: capitals, O as 0, I and L as 1."""
    return text.upper().translate(_LOOKALIKES)


def strip_separators(text: str) -> str:
    """Return typed text without the hyphens, dashes and spaces that group it on paper."""
    return text.translate(_SEPARATORS)
