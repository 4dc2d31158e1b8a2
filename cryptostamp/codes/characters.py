"""Characters of many codes at once: digits, Crockford base32 and check characters as arrays of numbers.

A character is the number that ISO/IEC 18004 gives it in the alphanumeric set of QR: 0..35 for digits and capital
letters, as ISO 7064 numbers them too, then space and ``$%*+-./:``. Arrays are (characters, n), a column for each code,
of the type that NumPy indexes with. Nothing here is checked: that is for those who take codes from outside.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from qrcode.util import ALPHA_NUM

from cryptostamp.codes import crockford

__all__ = [
    "Characters",
    "characters_of",
    "crockford_of",
    "decimal_of",
    "mod37_36_of",
    "mod1271_36_of",
    "to_ascii",
]

Characters = npt.NDArray[np.intp]
"""Numbers of characters: (characters, n), or (n,) for one character of each code."""

_BITS: Final = 5
_ASCII: Final = np.frombuffer(ALPHA_NUM, dtype=np.uint8)
_NUMBERS: Final = np.array([ALPHA_NUM.find(octet) for octet in range(256)], dtype=np.intp)


def characters_of(text: str) -> Characters:
    """Return the characters (characters,) of one text; raise `ValueError` for any other than these."""
    characters = _NUMBERS[np.frombuffer(text.encode("ascii"), dtype=np.uint8)]
    if (characters < 0).any():
        raise ValueError("a character that is not alphanumeric")
    return characters


def to_ascii(characters: Characters) -> npt.NDArray[np.uint8]:
    """Return the ASCII bytes of characters, in the same shape."""
    return _ASCII[characters]


_CROCKFORD: Final = characters_of(crockford.ALPHABET)


def decimal_of(numbers: npt.NDArray[np.int64], digits: int) -> Characters:
    """Return numbers (n,) as exactly so many decimal digits, (digits, n)."""
    characters = np.empty((digits, len(numbers)), dtype=np.intp)
    for place in range(digits - 1, 0, -1):
        higher = numbers // 10
        np.subtract(numbers, higher * 10, out=characters[place])
        numbers = higher
    characters[0] = numbers
    return characters


def crockford_of(numbers: npt.NDArray[np.uint64], length: int) -> Characters:
    """Return numbers (n,) as exactly `length` characters of Crockford base32, (length, n); see `crockford.encode`.

    Of numbers that are too large the low bits are written.
    """
    characters = np.empty((length, len(numbers)), dtype=np.intp)
    for place in range(length):
        value = (numbers >> np.uint64(_BITS * (length - 1 - place))) & np.uint64(31)
        np.take(_CROCKFORD, value.view(np.intp), out=characters[place], mode="clip")
    return characters


def _mod37_36_steps() -> Characters:
    """Return the next product of ISO 7064 after each product and character, both times 36: a table of 37 x 36."""
    product, value = np.divmod(np.arange(37 * 36), 36)
    total = (product + value) % 36
    return np.where(total == 0, 36, total) * 2 % 37 * 36


_STEPS: Final = _mod37_36_steps()


def mod37_36_of(start: Characters, characters: Characters) -> Characters:
    """Return the check character (n,) of texts that start with `start`, the same for all, and go on differently.

    `start` is (any,) and `characters` (any, n), all 0..35; the check is that of `iso7064.mod37_36`.
    """
    first = 36 * 36
    for value in start:
        first = _STEPS[first + value]
    products = np.full(characters.shape[1], first)
    for values in characters:
        np.add(products, values, out=products)
        products = _STEPS[products]
    return (37 - products // 36) % 36


def mod1271_36_of(characters: Characters) -> Characters:
    """Return the two check characters (2, n) of texts (any, n), all 0..35, as `iso7064.mod1271_36` does."""
    total = np.zeros(characters.shape[1], dtype=np.intp)
    for power, values in enumerate(characters[::-1], 2):
        total += pow(36, power, 1271) * values
    check = (1 - total) % 1271
    return np.stack(np.divmod(check, 36))
