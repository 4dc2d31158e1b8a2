"""Only the holder of the owner's key proves ownership, once, in time, to the one who asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_account.signers.local import LocalAccount

from cryptostamp.codes import PublicCode
from cryptostamp.errors import InputError
from cryptostamp.primitives import ChainId, Serial, parse_address
from cryptostamp.scan import Challenge, Outcome, OwnershipProof, ProofCode, check_answer, make_challenge

ALICE: LocalAccount = Account.from_key(b"\x01" * 32)
MALLORY: LocalAccount = Account.from_key(b"\x02" * 32)
NOW = datetime(2026, 5, 1, 14, 2, 3, 999, tzinfo=UTC)
CODE = PublicCode.make(
    host="lilypond.example",
    chain_id=ChainId(31337),
    contract=parse_address("0x" + "c0" * 20),
    serial=Serial(42),
    claim_key=parse_address("0x" + "aa" * 20),
)


def challenge(address: str = ALICE.address) -> Challenge:
    return make_challenge(
        CODE, address=parse_address(address), verifier="dealer.example", now=NOW, nonce="a1b2c3d4e5f6"
    )


def sign(account: LocalAccount, text: str) -> bytes:
    return bytes(account.sign_message(encode_defunct(text=text)).signature)


def answer(
    question: Challenge,
    signature: bytes,
    *,
    owner: str = ALICE.address,
    later: timedelta = timedelta(minutes=1),
    use_nonce: Callable[[str], bool] = lambda _: True,
) -> OwnershipProof:
    return check_answer(question, signature, owner=parse_address(owner), now=NOW + later, use_nonce=use_nonce)


def failed(proof: OwnershipProof) -> list[ProofCode]:
    return [check.code for check in proof.checks if check.outcome is Outcome.FAILED]


class TestChallenge:
    def test_the_message_is_an_eip_4361_message(self) -> None:
        """The text to be signed has every line of EIP-4361, and names stamp, verifier and time."""
        assert challenge().text.splitlines() == [
            "dealer.example wants you to sign in with your Ethereum account:",
            ALICE.address,
            "",
            "Prove that stamp no. 42 is yours. Signing costs nothing and moves nothing.",
            "",
            "URI: https://dealer.example/prove",
            "Version: 1",
            "Chain ID: 31337",
            "Nonce: a1b2c3d4e5f6",
            "Issued At: 2026-05-01T14:02:03Z",
            "Expiration Time: 2026-05-01T14:12:03Z",
            "Resources:",
            f"- eip155:31337/erc721:{CODE.contract}/42",
        ]

    @pytest.mark.parametrize("nonce", ["", "short", "with space", "new\nline1", "umläut12"])
    def test_a_bad_nonce_is_refused(self, nonce: str) -> None:
        """A nonce that could be guessed or could break the message is not used."""
        with pytest.raises(InputError, match="nonce"):
            make_challenge(CODE, address=parse_address(ALICE.address), verifier="d.example", now=NOW, nonce=nonce)

    def test_a_time_without_zone_is_refused(self) -> None:
        """A local time is ambiguous."""
        with pytest.raises(InputError, match="time zone"):
            make_challenge(
                CODE,
                address=parse_address(ALICE.address),
                verifier="d.example",
                now=NOW.replace(tzinfo=None),
                nonce="a1b2c3d4",
            )


class TestAnswer:
    def test_the_owner_proves(self) -> None:
        """The owner's signature proves ownership at a moment."""
        question = challenge()
        proof = answer(question, sign(ALICE, question.text))
        assert proof.proven
        assert proof.sentence == (
            f"Proven: at 2026-05-01T14:03:03Z the holder of the key of {ALICE.address} answered, and owned the stamp."
        )

    def test_a_stranger_does_not(self) -> None:
        """Another key cannot answer for the owner, and the nonce stays good for the owner."""
        question = challenge()
        used: list[str] = []
        proof = answer(question, sign(MALLORY, question.text), use_nonce=lambda nonce: used.append(nonce) is None)
        assert (proof.proven, failed(proof), used) == (False, [ProofCode.SIGNED_BY_ACCOUNT], [])
        assert MALLORY.address in proof.sentence

    def test_a_former_owner_does_not(self) -> None:
        """Who has sold the token signs well but owns nothing."""
        question = challenge()
        proof = answer(question, sign(ALICE, question.text), owner=MALLORY.address)
        assert failed(proof) == [ProofCode.ACCOUNT_OWNS_STAMP]

    @pytest.mark.parametrize("later", [timedelta(minutes=11), timedelta(minutes=-1)])
    def test_out_of_time(self, later: timedelta) -> None:
        """An answer after the end, or before the beginning, of the challenge is refused."""
        question = challenge()
        assert failed(answer(question, sign(ALICE, question.text), later=later)) == [ProofCode.IN_TIME]

    def test_the_same_answer_twice(self) -> None:
        """An answer that was overheard is worth nothing."""
        question = challenge()
        proof = answer(question, sign(ALICE, question.text), use_nonce=lambda _: False)
        assert failed(proof) == [ProofCode.ANSWERED_ONCE]

    def test_an_answer_to_another_verifier_or_stamp(self) -> None:
        """A signature under any other challenge does not fit this one."""
        question = challenge()
        for other in (
            replace(question, verifier="mallory.example"),
            replace(question, code=replace(CODE, serial=Serial(43))),
            replace(question, nonce="ffffffffffff"),
        ):
            assert ProofCode.SIGNED_BY_ACCOUNT in failed(answer(question, sign(ALICE, other.text)))

    @pytest.mark.parametrize("signature", [b"", b"\0" * 65, b"\xff" * 65, b"\x01" * 64, b"\x01" * 200])
    def test_bytes_that_are_no_signature(self, signature: bytes) -> None:
        """Rubbish is an answer that proves nothing, never an exception."""
        proof = answer(challenge(), signature)
        assert (proof.proven, failed(proof)) == (False, [ProofCode.SIGNED_BY_ACCOUNT])
