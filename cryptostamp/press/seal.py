"""Sealing what a printer must read and nobody else: age encryption to X25519 recipients.

The format is age v1 (age-encryption.org/v1), so the printer opens a file with any age program and the
identity that never left them. Sealing is not deterministic: each file has a fresh file key.
Nothing here keeps, derives or prints an identity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyrage  # type: ignore[import-untyped]

from cryptostamp.errors import InputError
from cryptostamp.files import write_whole

__all__ = ["SealedFile", "recipients_of", "seal", "seal_stream", "unseal", "write_sealed"]

_SHOWN = 16  # characters of a recipient that an error repeats: enough to find it


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A finished sealed file. `sha256` is that of the encrypted bytes."""

    path: Path
    size: int
    sha256: str


def seal(data: bytes, recipients: Sequence[str]) -> bytes:
    """Return `data` encrypted to age X25519 recipients (``age1…``); raise `InputError` if one is none."""
    return bytes(pyrage.encrypt(data, recipients_of(recipients)))


def seal_stream(source: BinaryIO, target: BinaryIO, recipients: Sequence[pyrage.x25519.Recipient]) -> None:
    """Encrypt what is left of `source` into `target`, in pieces; raise `OSError` if `target` does not take it."""
    refused: list[OSError] = []
    try:
        pyrage.encrypt_io(source, _Keeping(target, refused), recipients)
    except pyrage.EncryptError:
        # age knows only that writing failed; what failed says why.
        if refused:
            raise refused[0] from None
        raise


class _Keeping:
    """A stream to write to that keeps why it could not be written to."""

    def __init__(self, target: BinaryIO, refused: list[OSError]) -> None:
        self._target = target
        self._refused = refused

    def write(self, data: bytes) -> int:
        try:
            return self._target.write(data)
        except OSError as error:
            self._refused.append(error)
            raise

    def flush(self) -> None:
        self._target.flush()


def recipients_of(recipients: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Return age X25519 recipients (``age1…``) as keys; raise `InputError` if one is none, or there is none."""
    if not recipients:
        raise InputError(
            "There is no recipient to seal the file to.",
            where="recipients",
            remedy="Ask the printer for an age recipient: it begins with age1.",
        )
    keys = []
    for place, text in enumerate(recipients, start=1):
        if text.strip().upper().startswith("AGE-SECRET-KEY"):
            raise InputError(
                "A secret identity was given instead of a recipient; it is not repeated here.",
                where=f"recipient {place}",
                remedy="Give the public recipient, which begins with age1, and keep the identity with the printer.",
            )
        try:
            keys.append(pyrage.x25519.Recipient.from_str(text.strip()))
        except pyrage.RecipientError as error:
            raise InputError(
                f"{text.strip()[:_SHOWN]!r}… is not an age recipient.",
                where=f"recipient {place}",
                remedy="An age recipient begins with age1 and has 62 characters; copy it again.",
            ) from error
    return keys


def write_sealed(path: Path, data: bytes, recipients: Sequence[str]) -> SealedFile:
    """Seal `data` and write it whole or not at all; `data` itself never reaches the disk."""
    sealed = seal(data, recipients)
    write_whole(path, lambda stream: stream.write(sealed))
    return SealedFile(path=path, size=len(sealed), sha256=hashlib.sha256(sealed).hexdigest())


def unseal(data: bytes, identity: str) -> bytes:
    """Return what was sealed, with an age identity (``AGE-SECRET-KEY-1…``); raise `InputError` if it does not open."""
    try:
        key = pyrage.x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError as error:
        raise InputError(
            "The identity is not an age identity; it is not repeated here.",
            where="identity",
            remedy="An age identity begins with AGE-SECRET-KEY-1.",
        ) from error
    try:
        return bytes(pyrage.decrypt(data, [key]))
    except pyrage.DecryptError as error:
        raise InputError(
            "The file cannot be opened with this identity, or it is damaged.",
            remedy="Use the identity whose recipient the file was sealed to.",
        ) from error
