"""The one secret behind all claim codes of an edition, and how it is kept.

Rests on HMAC-SHA256 (RFC 2104) as a pseudo-random function and on the age format
(https://age-encryption.org/v1) for the sealed file. Does not print, store or name a file: callers
do, with what `EditionSecret.seal` returns.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from typing import Final, NoReturn

import pyrage.passphrase  # type: ignore[import-untyped]

from cryptostamp.codes import ClaimCode, ClaimHalf
from cryptostamp.edition.shares import split
from cryptostamp.errors import InputError
from cryptostamp.primitives import MAX_EDITION, Serial

__all__ = ["EditionSecret"]

_SECRET_BYTES: Final = 32
_CODE_BYTES: Final = 16
_CONTEXT: Final = b"cryptostamp claim code v1"
_PAD_CONTEXT: Final = b"cryptostamp claim pad v1"
_SEALED_HEADER: Final = b"cryptostamp edition secret v1\n"


class EditionSecret:
    """Thirty-two secret bytes from which every claim code of one edition follows.

    The codes are outputs of a pseudo-random function of this secret, not rows of a table. So there
    is no table to lose or to leak: at rest lies one sealed file of a few hundred bytes, however
    large the edition is, and any stamp can be printed again. One code that leaks (every scratched
    stamp is one) says nothing about another, because HMAC-SHA256 cannot be run backwards without
    the secret. Whoever has the secret has all codes of the edition that are not claimed yet; it
    belongs on the machine that prints, and nowhere after printing.
    """

    __slots__ = ("_secret",)
    __hash__ = None  # type: ignore[assignment]  # nothing should look it up

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _SECRET_BYTES:
            raise InputError(f"An edition secret has {_SECRET_BYTES} bytes, not {len(secret)}.")
        self._secret = bytes(secret)

    @classmethod
    def generate(cls, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> EditionSecret:
        """Return a new secret from `random_bytes`, which must be fit for keys."""
        return cls(random_bytes(_SECRET_BYTES))

    def claim_code(self, serial: Serial) -> ClaimCode:
        """Return the claim code of one stamp.

        The first 16 bytes of ``HMAC-SHA256(secret, "cryptostamp claim code v1" || serial)``, the
        serial as 8 bytes, most significant first.
        """
        return ClaimCode(self._derived(_CONTEXT, serial))

    def claim_pad(self, serial: Serial) -> bytes:
        """Return the 16 bytes that hide the claim code of one stamp from the printer of half B: half A.

        The first 16 bytes of ``HMAC-SHA256(secret, "cryptostamp claim pad v1" || serial)``: another context, so the
        pad is as independent of the code as the codes are of one another.
        """
        return self._derived(_PAD_CONTEXT, serial)

    def claim_halves(self, serial: Serial) -> tuple[ClaimHalf, ClaimHalf]:
        """Return the halves A and B of the claim code of one stamp, the same every time."""
        return split(self.claim_code(serial), self.claim_pad(serial))

    def _derived(self, context: bytes, serial: Serial) -> bytes:
        if not 1 <= serial <= MAX_EDITION:
            raise InputError(f"The serial {serial} is not between 1 and {MAX_EDITION}.")
        return hmac.digest(self._secret, context + serial.to_bytes(8, "big"), "sha256")[:_CODE_BYTES]

    def seal(self, passphrase: str) -> bytes:
        """Return the secret encrypted with the `passphrase`, as an age file (scrypt, ChaCha20-Poly1305).

        Takes about a second, so that guessing passphrases does too. Not deterministic: age draws a salt.
        """
        if not passphrase:
            raise InputError(
                "The passphrase for the edition secret is empty.", remedy="Choose a passphrase of several words."
            )
        sealed: bytes = pyrage.passphrase.encrypt(_SEALED_HEADER + self._secret, passphrase)
        return sealed

    @classmethod
    def unseal(cls, data: bytes, passphrase: str) -> EditionSecret:
        """Return the secret that `seal` made `data` from; raise `InputError` for a wrong passphrase or file."""
        opened = _open(data, passphrase)
        if not opened.startswith(_SEALED_HEADER) or len(opened) != len(_SEALED_HEADER) + _SECRET_BYTES:
            raise InputError(
                "The sealed file was opened, but it does not hold an edition secret.",
                remedy="Give the file that was written when this edition was issued.",
            )
        return cls(opened[len(_SEALED_HEADER) :])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EditionSecret):
            return NotImplemented
        return hmac.compare_digest(self._secret, other._secret)

    def __repr__(self) -> str:
        return "<EditionSecret, hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("An edition secret is not pickled or copied: that would write it down in the clear.")


def _open(data: bytes, passphrase: str) -> bytes:
    try:
        opened: bytes = pyrage.passphrase.decrypt(data, passphrase)
    except pyrage.DecryptError as error:
        raise InputError(
            "The edition secret cannot be opened: the passphrase is wrong, or the file is damaged.",
            remedy="Type the passphrase again; if it is right, take the file from a backup.",
        ) from error
    return opened
