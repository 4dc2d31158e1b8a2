"""The edition root: one hash that fixes which claim key belongs to which serial.

Byte for byte the StandardMerkleTree of OpenZeppelin (npm @openzeppelin/merkle-tree) over
``["uint256", "address"]``: leaves hashed twice (so that no inner node can pose as a leaf) and
sorted, pairs hashed in sorted order. `proof` is what the contract's MerkleProof library checks.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final

from cryptostamp.edition.claim_key_list import ClaimKeyList
from cryptostamp.errors import InputError
from cryptostamp.primitives import Address, Hash32, Serial, keccak256

__all__ = ["MerkleTree", "leaf_of", "verify_proof"]

_PADDING: Final = bytes(12)


class MerkleTree:
    """The tree over (serial, claim key address) for the serials 1..N."""

    __slots__ = ("_nodes", "_position")

    def __init__(self, leaves: Sequence[Hash32]) -> None:
        count = len(leaves)
        if not count:
            raise InputError("A tree needs at least one stamp.")
        last = 2 * count - 2
        nodes = [Hash32(b"")] * (last + 1)
        position = array("L", bytes(array("L").itemsize * count))
        for rank, index in enumerate(sorted(range(count), key=leaves.__getitem__)):
            nodes[last - rank] = leaves[index]
            position[index] = last - rank
        for node in range(count - 2, -1, -1):
            nodes[node] = _pair(nodes[2 * node + 1], nodes[2 * node + 2])
        self._nodes = nodes
        self._position = position

    @classmethod
    def of(cls, addresses: Sequence[Address]) -> MerkleTree:
        """Return the tree of an edition; the address at index i is the claim key of serial i + 1."""
        keys = ClaimKeyList.of(addresses)
        return cls([_leaf(index + 1, keys.raw_at(index)) for index in range(len(keys))])

    @property
    def root(self) -> Hash32:
        """The edition root."""
        return self._nodes[0]

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
        return tuple(self._nodes[2**level - 1 : 2 ** (level + 1) - 1])

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
        node = self._position[serial - 1]
        beside = []
        while node > 2 * first:
            beside.append(self._nodes[node - 1 if node % 2 == 0 else node + 1])
            node = (node - 1) // 2
        return node - first, tuple(beside)


def leaf_of(serial: Serial, address: Address) -> Hash32:
    """Return ``keccak256(keccak256(abi.encode(uint256 serial, address claimKey)))``."""
    return _leaf(serial, bytes.fromhex(address[2:]))


def verify_proof(root: Hash32, serial: Serial, address: Address, proof: Sequence[Hash32]) -> bool:
    """Tell whether `proof` shows that the edition with this root gave `serial` this claim key."""
    node = leaf_of(serial, address)
    for sibling in proof:
        node = _pair(node, sibling)
    return node == root


def _leaf(serial: int, raw_address: bytes) -> Hash32:
    return keccak256(keccak256(serial.to_bytes(32, "big") + _PADDING + raw_address))


def _pair(first: Hash32, second: Hash32) -> Hash32:
    return keccak256(first + second if first < second else second + first)
