"""A half of a claim code: what one of two printers prints, so that neither of them has the code.

The halves are A and B, sixteen bytes each; the code is A XOR B (`cryptostamp.edition.shares` splits and joins).
Printed as the letter, then 26 Crockford characters and 2 check characters (ISO 7064 MOD 1271,36 over the letter
and the 26) in seven groups of four; as a QR, ``https://<host>/claim#A-<28 CHARACTERS>``. So a half is never taken
for a whole code, which has no letter, and a mistyped letter is noticed like any other character.

A half by itself says nothing about the code. Yet it is shown as little as the code is: whoever has one half needs
but the other.
"""

from __future__ import annotations

import hmac
from enum import StrEnum
from typing import Final, NoReturn

from cryptostamp.codes.claim_code import (
    SECRET_BYTES,
    ClaimCode,
    claim_link,
    grouped,
    parse_claim_code,
    secret_characters,
    secret_of,
    typed_characters,
)
from cryptostamp.errors import CodeFormatError

__all__ = ["ClaimHalf", "Half", "parse_claim_half", "parse_hidden_code"]

_LENGTH: Final = 29
_REMEDY: Final = "Compare the letter and all seven groups of four characters with the stamp."


class Half(StrEnum):
    """Which of the two halves; also the letter it is printed with."""

    A = "A"
    B = "B"

    @property
    def other(self) -> Half:
        """The half that belongs to it."""
        return Half.B if self is Half.A else Half.A

    @property
    def beginning(self) -> str:
        """What the text of such a half begins with."""
        return f"{self.value}-"


class ClaimHalf:
    """Sixteen bytes that are worth a token together with sixteen others. Compare with ``==``, in constant time."""

    __slots__ = ("_half", "_share")
    __hash__ = None  # type: ignore[assignment]  # a dictionary would compare early and often

    def __init__(self, half: Half, share: bytes) -> None:
        if len(share) != SECRET_BYTES:
            raise CodeFormatError(f"Half a claim code has {SECRET_BYTES} bytes, not {len(share)}.")
        self._half = Half(half)
        self._share = bytes(share)

    @property
    def half(self) -> Half:
        """Which half it is."""
        return self._half

    @property
    def share(self) -> bytes:
        """The sixteen bytes. Give them to nothing but `cryptostamp.edition.join`."""
        return self._share

    @property
    def text(self) -> str:
        """The half as it is printed under its scratch field: its letter and seven groups of four, with hyphens."""
        return self._half.beginning + grouped(self._characters())

    def url(self, host: str) -> str:
        """Return the link of the QR under its scratch field; the half stands after ``#``, with the letter's hyphen."""
        return claim_link(host) + self._half.beginning + self._characters()

    def _characters(self) -> str:
        return secret_characters(self._share, self._half.value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ClaimHalf):
            return NotImplemented
        return self._half is other._half and hmac.compare_digest(self._share, other._share)

    def __repr__(self) -> str:
        return f"<ClaimHalf {self._half.value}, hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Half a claim code is not pickled or copied: that would write it down in the clear.")


def parse_claim_half(text: str) -> ClaimHalf:
    """Return the half that was typed, or scanned as a link.

    Forgives what `parse_claim_code` forgives. Raises `CodeFormatError`, which never holds any part of the text.
    """
    typed = typed_characters(text, _REMEDY)
    if len(typed) != _LENGTH:
        raise CodeFormatError(
            f"Half a hidden code has {_LENGTH} characters, its letter included; this has {len(typed)}.", remedy=_REMEDY
        )
    letter = typed[0]
    if letter not in set(Half):
        raise CodeFormatError("Half a hidden code begins with its letter, A or B.", remedy=_REMEDY)
    return ClaimHalf(Half(letter), secret_of(typed[1:], letter, _REMEDY))


def parse_hidden_code(text: str) -> ClaimCode | ClaimHalf:
    """Return what was scratched free: a whole claim code, or a half if it is as long as one.

    Raises `CodeFormatError`, which never holds any part of the text.
    """
    if len(typed_characters(text, _REMEDY)) == _LENGTH:
        return parse_claim_half(text)
    return parse_claim_code(text)
