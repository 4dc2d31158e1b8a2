"""The seam for chips in stamps: a key that cannot leave the paper answers a challenge.

Rests on the idea of EIP-5791 (physically backed tokens): a chip (NTAG-like, with a secp256k1 key) signs a fresh
challenge, and whoever knows which key was put into which stamp tells the paper from a copy of its code. The protocol:

1. The verifier makes 32 random bytes, the nonce, and never the same ones again.
2. The chip signs `chip_digest`: EIP-191 over ``keccak256(abi.encode(chainId, contract, serial, nonce))``.
3. The verifier compares the signer with the key that the post published for this stamp (`ChipKeys`).

No reader and no list of keys is shipped: whoever makes such stamps provides both. A passed check says that the chip is
there, not that nobody has moved it to another paper.
"""

from __future__ import annotations

from typing import Protocol

from eth_account import Account
from eth_account.messages import encode_defunct
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError

from cryptostamp.codes import PublicCode
from cryptostamp.errors import InputError
from cryptostamp.primitives import Address, Hash32, keccak256
from cryptostamp.scan.checks import Outcome

__all__ = ["Chip", "ChipKeys", "check_chip", "chip_digest"]

_NONCE_BYTES = 32
_SIGNATURE_BYTES = 65


class Chip(Protocol):
    """A chip at the reader."""

    def sign(self, digest: Hash32) -> bytes:
        """Return the 65-byte EIP-191 signature (r, s, v) over the 32 bytes."""


class ChipKeys(Protocol):
    """Which key the post put into which stamp."""

    def chip_of(self, code: PublicCode) -> Address | None:
        """Return the address of the chip's key, `None` of a stamp without a chip."""


def chip_digest(code: PublicCode, nonce: bytes) -> Hash32:
    """Return the 32 bytes that the chip of a stamp signs; `nonce` is 32 fresh random bytes."""
    if len(nonce) != _NONCE_BYTES:
        raise InputError(f"The nonce for a chip has {_NONCE_BYTES} bytes.")
    words = (code.chain_id.to_bytes(32, "big"), bytes(12) + bytes.fromhex(code.contract[2:]))
    return keccak256(b"".join((*words, code.serial.to_bytes(32, "big"), nonce)))


def check_chip(code: PublicCode, nonce: bytes, *, chip: Chip, keys: ChipKeys) -> Outcome:
    """Return whether the chip at the reader is the one of this stamp; not checked if the post published no key."""
    expected = keys.chip_of(code)
    if expected is None:
        return Outcome.NOT_CHECKED
    digest = chip_digest(code, nonce)
    signature = chip.sign(digest)
    if len(signature) != _SIGNATURE_BYTES:
        return Outcome.FAILED
    try:
        signer = Account.recover_message(encode_defunct(digest), signature=signature)
    except (BadSignature, ValidationError, ValueError, TypeError):
        return Outcome.FAILED
    return Outcome.PASSED if signer == expected else Outcome.FAILED
