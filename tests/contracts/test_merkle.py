"""The edition's Merkle tree is OpenZeppelin's StandardMerkleTree, checked against that library as it runs."""

from __future__ import annotations

import hashlib
import json

import pytest
from support.contract_tools import CONTRACTS, node, run

from cryptostamp.edition import MerkleTree, verify_proof
from cryptostamp.primitives import Hash32, Serial, parse_address

SIZES = (1, 2, 3, 4, 5, 7, 8, 9, 31, 33, 64, 100, 257, 1000)


@pytest.fixture(scope="module")
def keys() -> list[list[str]]:
    """Claim key addresses of editions of several sizes, no two of them alike."""
    return [
        [parse_address("0x" + hashlib.sha256(f"{size}/{serial}".encode()).hexdigest()[:40]) for serial in range(size)]
        for size in SIZES
    ]


class TestAgainstTheLibrary:
    def test_every_root_and_every_proof(self, keys: list[list[str]]) -> None:
        """For every size, root and proofs are the library's, and each of its proofs passes with us."""
        answers = json.loads(run(node(), CONTRACTS / "test" / "merkle.js", given=json.dumps(keys)))
        for addresses, theirs in zip(keys, answers, strict=True):
            parsed = [parse_address(address) for address in addresses]
            ours = MerkleTree.of(parsed)
            assert "0x" + ours.root.hex() == theirs["root"]
            for serial, address in enumerate(parsed, start=1):
                proof = [Hash32(bytes.fromhex(word[2:])) for word in theirs["proofs"][serial - 1]]
                assert list(ours.proof(Serial(serial))) == proof
                assert verify_proof(ours.root, Serial(serial), address, proof)
