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

    def test_a_deadline_is_a_date(self) -> None:
        """Nobody has to read seconds since 1970."""
        refusal = refusal_from(data_of("ClaimExpired(uint256)", ["uint256"], 1_767_225_600))
        assert "2026-01-01 00:00:00 UTC" in refusal.what

    def test_a_deadline_beyond_the_calendar(self) -> None:
        """A deadline that no calendar holds is shown as the number it is."""
        assert str(2**255) in refusal_from(data_of("ClaimExpired(uint256)", ["uint256"], 2**255)).what

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
