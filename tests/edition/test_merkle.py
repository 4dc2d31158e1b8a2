import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.edition import MerkleTree, leaf_of, verify_proof
from cryptostamp.errors import InputError
from cryptostamp.primitives import Address, Hash32, Serial, keccak256

TREES = json.loads((Path(__file__).parents[1] / "vectors" / "merkle.json").read_text())["trees"]


def addresses(size: int) -> list[Address]:
    """Return the addresses that the vectors were made with."""
    return [Address("0x" + hashlib.sha256(str(n).encode()).hexdigest()[24:]) for n in range(1, size + 1)]


class TestGoldenVectors:
    @pytest.mark.parametrize("vector", TREES, ids=lambda vector: str(vector["size"]))
    def test_roots_and_proofs(self, vector: dict[str, Any]) -> None:
        """Leaves, roots and proofs are those of OpenZeppelin's JavaScript library."""
        keys = addresses(vector["size"])
        tree = MerkleTree.of(keys)
        assert "0x" + tree.root.hex() == vector["root"]
        assert "0x" + leaf_of(Serial(1), keys[0]).hex() == vector["leaf_of_first"]
        proofs = {
            serial: ["0x" + node.hex() for node in tree.proof(Serial(int(serial)))] for serial in vector["proofs"]
        }
        assert proofs == vector["proofs"]


class TestProofs:
    @given(st.integers(1, 40))
    def test_every_serial_is_proved(self, size: int) -> None:
        """The proof of every serial of a tree of any size is accepted."""
        keys = addresses(size)
        tree = MerkleTree.of(keys)
        for number, key in enumerate(keys, start=1):
            assert verify_proof(tree.root, Serial(number), key, tree.proof(Serial(number)))

    def test_what_is_refused(self) -> None:
        """Another serial, address, index's proof, and a proof too short or too long prove nothing."""
        keys = addresses(11)
        tree = MerkleTree.of(keys)
        proof = tree.proof(Serial(4))
        assert verify_proof(tree.root, Serial(4), keys[3], proof)
        assert not verify_proof(tree.root, Serial(5), keys[3], proof)
        assert not verify_proof(tree.root, Serial(4), keys[4], proof)
        assert not verify_proof(tree.root, Serial(4), keys[3], tree.proof(Serial(5)))
        assert not verify_proof(tree.root, Serial(4), keys[3], proof[:-1])
        assert not verify_proof(tree.root, Serial(4), keys[3], (*proof, proof[0]))
        assert not verify_proof(tree.root, Serial(4), keys[3], ())
        assert not verify_proof(Hash32(bytes(32)), Serial(4), keys[3], proof)

    @given(st.integers(1, 40), st.data())
    def test_a_crown_and_its_branches(self, size: int, data: st.DataObject) -> None:
        """Of every full level, the nodes fold to the root, and each leaf's branch ends at the node over it."""
        level = data.draw(st.integers(0, size.bit_length() - 1))
        keys = addresses(size)
        tree = MerkleTree.of(keys)
        crown = tree.crown(level)
        assert len(crown) == 2**level
        for number, key in enumerate(keys, start=1):
            node, branch = tree.branch(Serial(number), level)
            assert verify_proof(crown[node], Serial(number), key, branch)
            assert tree.proof(Serial(number))[: len(branch)] == branch
            assert len(tree.proof(Serial(number))) == len(branch) + level
        nodes = crown
        while len(nodes) > 1:
            nodes = tuple(keccak256(b"".join(sorted(pair))) for pair in zip(nodes[::2], nodes[1::2], strict=True))
        assert nodes == (tree.root,)

    @pytest.mark.parametrize("level", [4, 5, 300])
    def test_levels_that_are_not_full(self, level: int) -> None:
        """Only a level with all its nodes is a crown: with 11 leaves, the levels 0 to 3."""
        tree = MerkleTree.of(addresses(11))
        assert len(tree.crown(3)) == 8
        for refused in (lambda: tree.crown(level), lambda: tree.branch(Serial(1), level)):
            with pytest.raises(InputError, match=f"no full level {level}"):
                refused()

    @pytest.mark.parametrize("serial", [0, -1, 12])
    def test_serial_out_of_bounds(self, serial: int) -> None:
        """There is no proof for a serial that the edition does not have."""
        with pytest.raises(InputError, match="not between 1 and 11"):
            MerkleTree.of(addresses(11)).proof(Serial(serial))

    def test_empty(self) -> None:
        """A tree without stamps is refused."""
        with pytest.raises(InputError, match="at least one"):
            MerkleTree.of([])
