"""Claim codes in two halves, for two printers neither of whom is to have a code.

Rests on the one-time pad (Shannon 1949): half A is a pad, half B the code XOR the pad. Each half is as likely with
any code as with any other, so nothing can be computed from it, however long one tries; both give the code back.
The pad comes from `EditionSecret.claim_pad`: printing a half again gives the same half. Says nothing about
which code is the right one: halves of two stamps join to a well-formed code that no stamp has.
"""

from __future__ import annotations

from typing import Final

from cryptostamp.codes import ClaimCode, ClaimHalf, Half
from cryptostamp.errors import InputError

__all__ = ["join", "split"]

_CODE_BYTES: Final = 16


def split(code: ClaimCode, pad: bytes) -> tuple[ClaimHalf, ClaimHalf]:
    """Return the halves A and B of a code; `pad` is 16 bytes, fit for a key and used for this code alone."""
    if len(pad) != _CODE_BYTES:
        raise InputError(f"A pad has {_CODE_BYTES} bytes, not {len(pad)}.")
    return ClaimHalf(Half.A, pad), ClaimHalf(Half.B, _xor(code.secret, pad))


def join(one: ClaimHalf, other: ClaimHalf) -> ClaimCode:
    """Return the code of two halves, in either order; raise `InputError` for two halves of one letter.

    Whether both are of one stamp shows in the claim key: see `cryptostamp.office.hidden_code`.
    """
    if one.half is other.half:
        raise InputError(
            f"Both are halves {one.half.value}; a hidden code is made of a half A and a half B.",
            remedy=f"Give the half {one.half.other.value} of the same stamp as well.",
        )
    return ClaimCode(_xor(one.share, other.share))


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(_CODE_BYTES, "big")
