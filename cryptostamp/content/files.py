"""Files as blocks: what ``ipfs add --cid-version=1 --raw-leaves`` makes of their bytes.

Chunks of 256 KiB, each a raw block; a file of one chunk is that block, a larger one a balanced tree of
nodes with at most 174 links. These are the classic parameters of kubo and Helia, those of IPIP-499's profile
unixfs-v0-2015 with CIDs of version 1 and raw leaves. A file is read chunk by chunk and never held whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Final

from cryptostamp.content.cid import RAW, Cid
from cryptostamp.content.dag_pb import Node, Put, encode_link, file_data, put_node

__all__ = ["CHUNK_BYTES", "MOST_LINKS", "add_bytes", "add_file"]

CHUNK_BYTES: Final = 262_144
MOST_LINKS: Final = 174


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a file: a chunk, or a node over some of them."""

    node: Node
    content: int
    """Bytes of the file in it."""


def add_bytes(data: bytes, put: Put) -> Node:
    """Make the blocks of a file of these bytes."""
    if len(data) <= CHUNK_BYTES:
        return _leaf(data, put)
    return add_file(BytesIO(data), put)


def add_file(stream: BinaryIO, put: Put) -> Node:
    """Make the blocks of the file that `stream` gives, from where it stands to its end."""
    parts = [_Part(_leaf(chunk, put), len(chunk)) for chunk in iter(lambda: stream.read(CHUNK_BYTES), b"")]
    if not parts:
        return _leaf(b"", put)
    while len(parts) > 1:
        parts = [_join(parts[first : first + MOST_LINKS], put) for first in range(0, len(parts), MOST_LINKS)]
    return parts[0].node


def _leaf(chunk: bytes, put: Put) -> Node:
    cid = Cid.of(RAW, chunk)
    put(cid, chunk)
    return Node(cid, len(chunk))


def _join(parts: list[_Part], put: Put) -> _Part:
    """Return a node over `parts`; one of a single part, too, so that all leaves lie equally deep."""
    links = [encode_link(b"", bytes(part.node.cid), part.node.size) for part in parts]
    data = file_data(part.content for part in parts)
    size = sum(part.node.size for part in parts)
    return _Part(put_node(links, data, size, put), sum(part.content for part in parts))
