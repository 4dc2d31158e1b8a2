"""Nodes of the graph that files and folders are made of, as bytes in one canonical form.

DAG-PB (https://ipld.io/specs/codecs/dag-pb/spec/): Protocol Buffers with the links first, each with hash,
name and cumulative size, then the data. The data is a UnixFS message
(https://specs.ipfs.tech/unixfs/): what the node is, without owner, mode or time. Encodes only; nothing is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from cryptostamp.content.cid import DAG_PB, Cid

__all__ = [
    "DIRECTORY",
    "Node",
    "Put",
    "encode_link",
    "encode_node",
    "file_data",
    "put_node",
    "shard_data",
    "varint",
]

Put = Callable[[Cid, bytes], object]
"""Takes each block as it is made, children before parents."""

_CID_FIELD: Final = b"\x0a\x24"  # field 1, 36 bytes
DIRECTORY: Final = b"\x08\x01"
"""The UnixFS message of a folder."""
_FILE: Final = b"\x08\x02"
_SHARD: Final = b"\x08\x05"
_MURMUR3: Final = b"\x28\x22"  # field 5 (hash), 0x22 murmur3-x64-64
_FANOUT: Final = b"\x30\x80\x02"  # field 6 (fanout), 256


@dataclass(frozen=True, slots=True)
class Node:
    """A file or a folder that others can link to."""

    cid: Cid
    size: int
    """Bytes of all blocks from here down, as often as they are linked to: the Tsize of a link."""


def varint(number: int) -> bytes:
    """Return a number in the base-128 form of Protocol Buffers and multiformats."""
    if number < 0x80:  # noqa: PLR2004 (seven bits)
        return bytes((number,))
    groups = bytearray()
    while number >= 0x80:  # noqa: PLR2004 (the same)
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def encode_link(name: bytes, cid: bytes, size: int) -> bytes:
    """Return a link, as one field of a node."""
    link = _CID_FIELD + cid + b"\x12" + varint(len(name)) + name + b"\x18" + varint(size)
    return b"\x12" + varint(len(link)) + link


def encode_node(links: Iterable[bytes], data: bytes) -> bytes:
    """Return a node of links as `encode_link` makes them, in their order, and a UnixFS message."""
    return b"".join(links) + b"\x0a" + varint(len(data)) + data


def put_node(links: Iterable[bytes], data: bytes, size_below: int, put: Put) -> Node:
    """Make a node, hand its block on, and return it. `size_below` is the sum of the sizes of its links."""
    block = encode_node(links, data)
    cid = Cid.of(DAG_PB, block)
    put(cid, block)
    return Node(cid, size_below + len(block))


def file_data(sizes: Iterable[int]) -> bytes:
    """Return the UnixFS message of a file in several parts of these sizes in bytes."""
    sizes = tuple(sizes)
    return _FILE + b"\x18" + varint(sum(sizes)) + b"".join([b"\x20" + varint(size) for size in sizes])


def shard_data(places: int) -> bytes:
    """Return the UnixFS message of one shard of a folder; bit i of `places` says that place i is taken."""
    field = places.to_bytes((places.bit_length() + 7) // 8, "big")
    return _SHARD + b"\x12" + varint(len(field)) + field + _MURMUR3 + _FANOUT
