"""The edition root: one hash that fixes which claim key belongs to which serial.

Byte for byte the StandardMerkleTree of OpenZeppelin (npm @openzeppelin/merkle-tree) over
``["uint256", "address"]``: leaves hashed twice (so that no inner node can pose as a leaf) and
sorted, pairs hashed in sorted order. `proof` is what the contract's MerkleProof library checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from cryptostamp.codes import keccak256_of
from cryptostamp.edition.claim_key_list import ClaimKeyList
from cryptostamp.errors import InputError
from cryptostamp.primitives import Address, Hash32, Serial, keccak256

__all__ = ["MerkleTree", "leaf_of", "verify_proof"]

_PADDING: Final = bytes(12)
_DIGEST: Final = 32
_ADDRESS: Final = 20
_CHUNK: Final = 1 << 15
"""Nodes at a time: memory beyond the tree itself stays small."""

_Digests = npt.NDArray[np.uint8]


class MerkleTree:
    """The tree over (serial, claim key address) for the serials 1..N, level by level as arrays."""

    __slots__ = ("_nodes", "_position")

    def __init__(self, leaves: Sequence[Hash32] | _Digests) -> None:
        """Take hashes, or an array of them, (n, 32)."""
        if not isinstance(leaves, np.ndarray):
            leaves = np.frombuffer(b"".join(leaves), dtype=np.uint8).reshape(-1, _DIGEST)
        self._nodes, self._position = _grown(leaves)

    @classmethod
    def of(cls, addresses: Sequence[Address]) -> MerkleTree:
        """Return the tree of an edition; the address at index i is the claim key of serial i + 1."""
        return cls(_leaves(ClaimKeyList.of(addresses).raw))

    @property
    def root(self) -> Hash32:
        """The edition root."""
        return self._node(0)

    def proof(self, serial: Serial) -> tuple[Hash32, ...]:
        """Return the hashes beside the way from the leaf of `serial` to the root, lowest first."""
        _, proof = self.branch(serial, 0)
        return proof

    def crown(self, level: int) -> tuple[Hash32, ...]:
        """Return all 2^level nodes of one level, the root's being 0, in the order of the tree.

        The levels that are full are those up to floor(log2(N)); `InputError` for any other.
        """
        if not 0 <= level < len(self._position).bit_length():
            raise InputError(f"A tree over {len(self._position)} stamps has no full level {level}.")
        return tuple(self._node(index) for index in range(2**level - 1, 2 ** (level + 1) - 1))

    def branch(self, serial: Serial, level: int) -> tuple[int, tuple[Hash32, ...]]:
        """Return the way from the leaf of `serial` up to the crown of a full level.

        That is the number, from 0, of the node of the crown that stands over the leaf, and the hashes beside the way
        there, lowest first.
        """
        if not 1 <= serial <= len(self._position):
            raise InputError(f"The serial {serial} is not between 1 and {len(self._position)}.")
        first = 2**level - 1
        if first >= len(self._position):
            raise InputError(f"A tree over {len(self._position)} stamps has no full level {level}.")
        node = int(self._position[serial - 1])
        beside = []
        while node > 2 * first:
            beside.append(self._node(node - 1 if node % 2 == 0 else node + 1))
            node = (node - 1) // 2
        return node - first, tuple(beside)

    def _node(self, index: int) -> Hash32:
        return Hash32(self._nodes[index].tobytes())


def leaf_of(serial: Serial, address: Address) -> Hash32:
    """Return ``keccak256(keccak256(abi.encode(uint256 serial, address claimKey)))``."""
    return _leaf(serial, bytes.fromhex(address[2:]))


def verify_proof(root: Hash32, serial: Serial, address: Address, proof: Sequence[Hash32]) -> bool:
    """Tell whether `proof` shows that the edition with this root gave `serial` this claim key."""
    node = leaf_of(serial, address)
    for sibling in proof:
        node = _pair(node, sibling)
    return node == root


def _leaves(raw_addresses: bytes) -> _Digests:
    """Return the leaves (n, 32) of the serials 1..n, given the addresses of their claim keys, 20 bytes each."""
    addresses = np.frombuffer(raw_addresses, dtype=np.uint8).reshape(-1, _ADDRESS)
    leaves = np.empty((len(addresses), _DIGEST), dtype=np.uint8)
    for start in range(0, len(addresses), _CHUNK):
        part = addresses[start : start + _CHUNK]
        encoded = np.zeros((len(part), 2 * _DIGEST), dtype=np.uint8)
        serials = np.arange(start + 1, start + len(part) + 1, dtype=">u8")
        encoded[:, 24:32] = serials.view(np.uint8).reshape(-1, 8)
        encoded[:, 44:] = part
        leaves[start : start + _CHUNK] = keccak256_of(keccak256_of(encoded))
    return leaves


def _grown(leaves: _Digests) -> tuple[_Digests, npt.NDArray[np.uint32]]:
    """Return all nodes (2 n - 1, 32), the root first, and the place of each leaf among them.

    The children of node i are the nodes 2 i + 1 and 2 i + 2, and the leaves lie at the end in descending order.
    """
    count = len(leaves)
    if not count:
        raise InputError("A tree needs at least one stamp.")
    last = 2 * count - 2
    order = np.lexsort(leaves.view(">u8").T[::-1])
    nodes = np.empty((last + 1, _DIGEST), dtype=np.uint8)
    nodes[last - np.arange(count)] = leaves[order]
    position = np.empty(count, dtype=np.uint32)
    position[order] = last - np.arange(count)
    stop = count - 1
    while stop:  # each pass makes the parents of nodes that are all there
        start = stop // 2
        for first in range(start, stop, _CHUNK):
            end = min(first + _CHUNK, stop)
            nodes[first:end] = _parents(nodes[2 * first + 1 : 2 * end + 1])
        stop = start
    return nodes, position


def _parents(children: _Digests) -> _Digests:
    """Return the nodes above pairs of children, (2 n, 32) to (n, 32); of two children the smaller is hashed first."""
    pairs = children.reshape(-1, 2 * _DIGEST)
    words = pairs.view(">u8")
    swapped = np.zeros(len(pairs), dtype=np.bool_)
    undecided = np.ones(len(pairs), dtype=np.bool_)
    for word in range(_DIGEST // 8):
        left, right = words[:, word], words[:, word + _DIGEST // 8]
        swapped |= undecided & (left > right)
        undecided &= left == right
        if not undecided.any():
            break
    ordered = pairs.copy()
    ordered[swapped, :_DIGEST], ordered[swapped, _DIGEST:] = pairs[swapped, _DIGEST:], pairs[swapped, :_DIGEST]
    return keccak256_of(ordered)


def _leaf(serial: int, raw_address: bytes) -> Hash32:
    return keccak256(keccak256(serial.to_bytes(32, "big") + _PADDING + raw_address))


def _pair(first: Hash32, second: Hash32) -> Hash32:
    return keccak256(first + second if first < second else second + first)
