"""The few types that every room speaks: serials, addresses, chains, hashes, boxes on paper.

Rests on EIP-55 (checksummed addresses) and EIP-155 (chain ids). Holds no rule of a stamp.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NewType

from eth_hash.auto import keccak
from eth_utils.address import is_address, is_checksum_address, is_checksum_formatted_address, to_checksum_address

from cryptostamp.errors import InputError

__all__ = [
    "HOST_NAME",
    "MAX_EDITION",
    "Address",
    "Box",
    "ChainId",
    "Hash32",
    "Serial",
    "keccak256",
    "parse_address",
    "printable",
]

Serial = NewType("Serial", int)
"""The number of a stamp in its edition and its token id: 1..N."""

Address = NewType("Address", str)
"""An account or contract, ``0x`` and 40 hex digits with the EIP-55 checksum."""

ChainId = NewType("ChainId", int)
"""An EIP-155 chain id."""

Hash32 = NewType("Hash32", bytes)
"""32 bytes."""

HOST_NAME: Final = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
"""A lower-case DNS name (RFC 1123) of at least two labels: no address, no port. Its length is the reader's to bound."""

MAX_EDITION = 16_000_000
"""The largest edition of one series: what the rarity permutation and one issuing transaction are built for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An upright rectangle on paper, in millimetres from the upper left corner of what it lies on."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    @property
    def right_mm(self) -> float:
        """The x of the right side."""
        return self.x_mm + self.width_mm

    @property
    def bottom_mm(self) -> float:
        """The y of the lower side."""
        return self.y_mm + self.height_mm

    def grown(self, by_mm: float) -> Box:
        """Return the box with `by_mm` added on each side."""
        return Box(
            x_mm=self.x_mm - by_mm,
            y_mm=self.y_mm - by_mm,
            width_mm=self.width_mm + 2 * by_mm,
            height_mm=self.height_mm + 2 * by_mm,
        )


def keccak256(data: bytes) -> Hash32:
    """Return the Keccak-256 digest (the one of Ethereum, not SHA3-256) of `data`."""
    return Hash32(keccak(data))


@lru_cache(maxsize=1024)  # the same contracts are met again and again, and a checksum is a Keccak hash
def parse_address(text: str) -> Address:
    """Return `text` as a checksummed address; raise `InputError` if it is none or its checksum is wrong."""
    text = text.strip()
    if not is_address(text) or not text.startswith(("0x", "0X")):
        raise InputError(f"{text[:60]!r} is not an account address.", remedy="An address is 0x and 40 hex digits.")
    if is_checksum_formatted_address(text) and not is_checksum_address(text):
        raise InputError(
            f"The address {text} is mistyped: its upper and lower case letters (EIP-55) do not agree with it.",
            remedy="Copy the address again instead of typing it.",
        )
    return Address(to_checksum_address(text))


def printable(text: str, longest: int) -> str:
    """Return a stranger's text as it may be shown: shortened, and without control and direction characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:longest])
