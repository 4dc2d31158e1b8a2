"""Content identifiers: the name of a block of bytes, which anybody can compute from the bytes alone.

CID version 1 of multiformats (https://github.com/multiformats/cid) with SHA2-256, for the two kinds of
blocks that files and folders are made of: raw bytes, and nodes that link to other blocks (dag-pb).
Written in base32 of RFC 4648, lower case, without padding, behind the letter ``b`` of multibase. Version 0,
other hashes and other bases are not made and not read.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptostamp.errors import InputError

__all__ = ["CID_BYTES", "DAG_PB", "RAW", "Cid", "parse_cid"]

RAW: Final = 0x55
"""The multicodec of a block that is nothing but bytes."""
DAG_PB: Final = 0x70
"""The multicodec of a block that links to others."""
CID_BYTES: Final = 36

_HEADS: Final = {codec: bytes((1, codec, 0x12, 32)) for codec in (RAW, DAG_PB)}  # version, codec, SHA2-256, its length
_TEXT: Final = re.compile(r"b[a-z2-7]{58}")


@dataclass(frozen=True, slots=True)
class Cid:
    """The name of one block."""

    codec: int
    """`RAW` or `DAG_PB`."""
    digest: bytes
    """SHA2-256 of the block."""

    @classmethod
    def of(cls, codec: int, block: bytes | memoryview) -> Cid:
        """Return the name of `block`."""
        return cls(codec, sha256(block).digest())

    def __bytes__(self) -> bytes:
        return _HEADS[self.codec] + self.digest

    def __str__(self) -> str:
        return "b" + base64.b32encode(bytes(self)).decode("ascii").lower().rstrip("=")


def parse_cid(text: str) -> Cid:
    """Return the CID that `text` is; raise `InputError` for any other text and for CIDs of other kinds."""
    if _TEXT.fullmatch(text):
        data = base64.b32decode(text[1:].upper() + "======")
        for codec, head in _HEADS.items():
            # Two texts for the same bytes are possible in base32; only the one we write is read.
            if data[:4] == head and str(cid := Cid(codec, data[4:])) == text:
                return cid
    raise InputError(
        f"{text[:80]!a} is not the address of a file or folder as this program writes it.",
        remedy="Give a CID of version 1 in base32: 59 characters that begin with bafy or bafk.",
    )
