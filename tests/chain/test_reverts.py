"""Every refusal of our contracts is said in a sentence, and a foreign one cannot smuggle anything in."""

from __future__ import annotations

from string import Formatter

import pytest
from eth_abi.abi import encode

from cryptostamp.chain import load_artifact
from cryptostamp.chain.artifacts import CONTRACTS
from cryptostamp.chain.reverts import SENTENCES, refusal_from
from cryptostamp.primitives import keccak256

ERRORS = {name: parts for contract in CONTRACTS for name, parts in load_artifact(contract).interface.errors.items()}


def data_of(signature: str, types: list[str], *values: object) -> bytes:
    """Return revert data as Solidity encodes it."""
    return keccak256(signature.encode())[:4] + encode(types, values)


class TestTable:
    def test_every_error_has_its_sentence(self) -> None:
        """No custom error of a shipped contract reaches a person as a bare name, and no sentence is left over."""
        assert set(SENTENCES) == set(ERRORS)

    @pytest.mark.parametrize("name", sorted(ERRORS))
    def test_sentences_are_complete(self, name: str) -> None:
        """A sentence uses only what its error carries, and both parts are sentences."""
        what, remedy = SENTENCES[name]
        used = {field for _, field, _, _ in Formatter().parse(what) if field is not None}
        assert used <= set(ERRORS[name])
        assert what.endswith(".")
        assert remedy.endswith(".")


class TestDecoding:
    def test_one_of_ours(self) -> None:
        """The refusal carries the error's name, and its arguments stand in the sentence."""
        refusal = refusal_from(data_of("AlreadyClaimed(uint256)", ["uint256"], 7), where="LEAP-7")
        assert (refusal.name, refusal.where) == ("AlreadyClaimed", "LEAP-7")
        assert "Stamp 7 has been claimed already" in refusal.what

    def test_a_day_is_a_date(self) -> None:
        """Nobody has to read days since 1970; a day that no calendar holds is shown as the number it is."""
        assert "2026-01-01" in refusal_from(data_of("InvalidDay(uint32)", ["uint32"], 20_454)).what
        assert str(2**32 - 1) in refusal_from(data_of("InvalidDay(uint32)", ["uint32"], 2**32 - 1)).what

    def test_a_role_is_a_word(self) -> None:
        """A missing role is told by its name; a role that a later contract may have is told by its number."""
        types = ["address", "uint256"]
        for role, word in ((1, "issuer"), (2, "postmaster"), (8, "8")):
            refusal = refusal_from(data_of("MissingRole(address,uint256)", types, "0x" + "aa" * 20, role))
            assert f"this needs: {word}." in refusal.what

    def test_a_text(self) -> None:
        """The text of a foreign contract is quoted, short and without control characters."""
        refusal = refusal_from(data_of("Error(string)", ["string"], "no\x1b[31m\n" + "x" * 1000))
        assert refusal.name == ""
        assert "\x1b" not in refusal.what
        assert "\n" not in refusal.what
        assert len(refusal.what) < 300

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "without a reason"),
            (data_of("Panic(uint256)", ["uint256"], 0x11), "panic 0x11"),
            (bytes.fromhex("deadbeef"), "0xdeadbeef"),
            (keccak256(b"AlreadyClaimed(uint256)")[:4], "error of its own"),
            (bytes.fromhex("08c379a0") + b"\xff" * 40, "0x08c379a0"),
        ],
    )
    def test_anything_else(self, data: bytes, words: str) -> None:
        """What is no error of ours is told as such, whatever its bytes."""
        refusal = refusal_from(data)
        assert refusal.name == ""
        assert words in refusal.what
