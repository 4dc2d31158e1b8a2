"""Folders as blocks: one node for a small folder, a trie of shards for one that would not fit into a block.

A folder whose names and CIDs come to more than 256 KiB is sharded, as kubo and Helia decide it (about 5,850
stamps). Shards are a hash array mapped trie by UnixFS (https://specs.ipfs.tech/unixfs/#hamtdirectory): fan-out
256, places by murmur3-x64-64 of the name, a byte a level, links named by two hexadecimal digits and, at the end
of a path, the name. What lies in a folder decides its CID; the order in which it was added does not.

Holds some 80 bytes an entry besides its name, in arrays: 150 MB for 1.5 million stamps.
"""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import Final

import mmh3
import numpy as np
import numpy.typing as npt

from cryptostamp.content.cid import CID_BYTES
from cryptostamp.content.dag_pb import DIRECTORY, Node, Put, encode_link, put_node, shard_data
from cryptostamp.errors import InputError

__all__ = ["SHARDED_ABOVE_BYTES", "Folder"]

SHARDED_ABOVE_BYTES: Final = 262_144
_HASH_BITS: Final = 64
_PLACE_BITS: Final = 8
_LABELS: Final = [f"{place:02X}".encode() for place in range(1 << _PLACE_BITS)]


class Folder:
    """A folder that is being filled. Nothing of it is made before `finish`."""

    def __init__(self) -> None:
        self._names = bytearray()
        self._ends = array("Q")
        self._cids = bytearray()
        self._sizes = array("Q")

    def __len__(self) -> int:
        return len(self._ends)

    def add(self, name: str, node: Node) -> None:
        """Put a file or a folder in under a name. Raises `InputError` for a name that no path can have."""
        if name in {"", ".", ".."} or "/" in name or "\0" in name:
            raise InputError(f"{name[:60]!a} is not a name that a file in a folder may have.")
        self._names += name.encode()
        self._ends.append(len(self._names))
        self._cids += bytes(node.cid)
        self._sizes.append(node.size)

    @property
    def is_sharded(self) -> bool:
        """Whether the folder, as it is now, is too large for one block."""
        return len(self._names) + len(self._cids) > SHARDED_ABOVE_BYTES

    def finish(self, put: Put) -> Node:
        """Make the blocks of the folder and return it. Raises `InputError` if a name is in it twice."""
        if self.is_sharded:
            return _Shards(self, put).root()
        order = sorted(range(len(self)), key=self.name)
        _check_twice([self.name(index) for index in order])
        return put_node([self.link(index) for index in order], DIRECTORY, sum(self._sizes), put)

    def name(self, index: int) -> bytes:
        """Return a name, by the order of adding."""
        return bytes(self._names[self._ends[index - 1] if index else 0 : self._ends[index]])

    def size(self, index: int) -> int:
        """Return the size that was added with a name."""
        return self._sizes[index]

    def link(self, index: int, label: bytes = b"") -> bytes:
        """Return the link to an entry, `label` before its name."""
        cid = bytes(self._cids[CID_BYTES * index : CID_BYTES * (index + 1)])
        return encode_link(label + self.name(index), cid, self._sizes[index])


class _Shards:
    """The trie over the entries of a folder, which it takes in the order of their hashes."""

    def __init__(self, folder: Folder, put: Put) -> None:
        self.folder = folder
        self.put = put
        hashes = np.fromiter(
            (mmh3.hash64(folder.name(index), signed=False)[0] for index in range(len(folder))),
            dtype=np.uint64,
            count=len(folder),
        )
        self.order: npt.NDArray[np.intp] = np.argsort(hashes, kind="stable")
        self.hashes: npt.NDArray[np.uint64] = hashes[self.order]

    def root(self) -> Node:
        return self._shard(0, len(self.order), 0)

    def _shard(self, first: int, end: int, depth: int) -> Node:
        """Make the shard of the entries `first`..`end` of the order, which agree in `depth` places."""
        shift = _HASH_BITS - _PLACE_BITS * (depth + 1)
        if shift < 0:
            raise self._inseparable(first, end)
        links, taken, size = [], 0, 0
        places = (self.hashes[first:end] >> np.uint64(shift)).astype(np.uint8)
        begin = 0
        for stop in (*(np.flatnonzero(places[1:] != places[:-1]) + 1).tolist(), len(places)):
            place = int(places[begin])
            taken |= 1 << place
            if stop - begin == 1:
                index = int(self.order[first + begin])
                links.append(self.folder.link(index, _LABELS[place]))
                size += self.folder.size(index)
            else:
                shard = self._shard(first + begin, first + stop, depth + 1)
                links.append(encode_link(_LABELS[place], bytes(shard.cid), shard.size))
                size += shard.size
            begin = stop
        return put_node(links, shard_data(taken), size, self.put)

    def _inseparable(self, first: int, end: int) -> InputError:
        """Return the refusal of two names of one hash; raise that of one name that is there twice."""
        names = sorted(self.folder.name(int(index)) for index in self.order[first:end])
        _check_twice(names)
        return InputError(
            f"The names {_shown(names[0])} and {_shown(names[1])} have the same hash, so that no folder of this kind "
            "can hold both.",
            remedy="Give one of the two files another name.",
        )


def _check_twice(names: list[bytes]) -> None:
    """Refuse sorted names in which one comes twice."""
    for before, after in pairwise(names):
        if before == after:
            raise InputError(
                f"The name {_shown(after)} is in the folder twice.", remedy="Give each file a name of its own."
            )


def _shown(name: bytes) -> str:
    return repr(name.decode()[:60])
