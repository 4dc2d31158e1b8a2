"""Check characters: ISO 7064 MOD 37,36 (one, hybrid system) and MOD 1271,36 (two, pure system).

Both work on digits and capital letters and notice every single wrong character; MOD 37,36 also
nearly every exchange of two neighbours, MOD 1271,36 all of them. They notice mistakes, not forgery:
anyone can compute them.
"""

from __future__ import annotations

from typing import Final

from cryptostamp.errors import CodeFormatError

__all__ = ["mod37_36", "mod1271_36"]

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}


def mod37_36(text: str) -> str:
    """Return the one check character of `text` (ISO 7064, hybrid system MOD 37,36)."""
    product = 36
    for value in _values(text):
        product = ((product + value) % 36 or 36) * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def mod1271_36(text: str) -> str:
    """Return the two check characters of `text` (ISO 7064, pure system MOD 1271,36)."""
    remainder = 0
    for value in _values(text):
        remainder = (remainder + value) * 36 % 1271
    check = (1 - remainder * 36) % 1271
    return _ALPHABET[check // 36] + _ALPHABET[check % 36]


def _values(text: str) -> list[int]:
    values = [_VALUES.get(character, -1) for character in text]
    if -1 in values:
        raise CodeFormatError("Check characters exist only for digits and capital letters A to Z.")
    return values
