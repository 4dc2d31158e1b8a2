"""A claim code takes its token once, to the account it signed for, and does nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cryptostamp.chain import Sender, StampState, deploy_registry
from cryptostamp.errors import ContractRefusal
from cryptostamp.primitives import ChainId, Serial, parse_address

if TYPE_CHECKING:
    from tests.contracts.conftest import Emission


ALICE = parse_address("0x" + "a1" * 20)
BOB = parse_address("0x" + "b0" * 20)
ZERO = parse_address("0x" + "00" * 20)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def refused(action: Callable[..., object], *arguments: object, **keywords: object) -> str:
    """Return the name of the error that the contract refuses with."""
    with pytest.raises(ContractRefusal) as refusal:
        action(*arguments, **keywords)
    return refusal.value.name


class TestClaim:
    def test_the_token_moves_to_the_recipient(self, leap: Emission) -> None:
        """The recipient owns the token, custody has one less, and the stamp says that it is claimed."""
        leap.claim(leap.prepare(7, ALICE))
        stamp = leap.series.stamp(Serial(7))
        assert (stamp.owner, stamp.state) == (ALICE, StampState.CLAIMED)
        assert leap.series.balance_of(leap.terms.custody) == 19
        assert leap.series.balance_of(ALICE) == 1

    def test_other_stamps_stay(self, leap: Emission) -> None:
        """A claim touches one stamp."""
        leap.claim(leap.prepare(7, ALICE))
        for serial in (6, 8):
            assert leap.series.stamp(Serial(serial)).state is StampState.UNCLAIMED

    def test_the_event_says_who_when_and_by_which_key(self, leap: Emission) -> None:
        """Anybody can find the claim of a stamp from its serial alone."""
        leap.claim(leap.prepare(7, ALICE))
        event = leap.series.claim_event(Serial(7))
        head = leap.chain.head()
        assert (event.to, event.claim_key) == (ALICE, leap.key(7).address)
        assert (event.block_number, event.timestamp) == (head.number, head.timestamp)
        assert leap.series.claim_event(Serial(8)) is None

    def test_anybody_may_send_it(self, leap: Emission, collector: Sender) -> None:
        """The sender pays and gains nothing: the token goes where the claim key signed."""
        leap.claim(leap.prepare(7, ALICE), sender=collector)
        assert leap.series.stamp(Serial(7)).owner == ALICE

    def test_a_contract_that_takes_no_tokens_gets_it(self, leap: Emission, sender: Sender) -> None:
        """The recipient is not called, so no account can make its own claim fail or do something during it."""
        registry = deploy_registry(sender, intent="registry", authority=ALICE)
        leap.claim(leap.prepare(7, registry.contract))
        assert leap.series.stamp(Serial(7)).owner == registry.contract

    def test_the_deadline_itself_is_in_time(self, leap: Emission) -> None:
        """A claim counts up to and including the second of its deadline."""
        claim = leap.prepare(7, ALICE)
        leap.chain.rpc.request("evm_setNextBlockTimestamp", claim.deadline)
        leap.claim(claim)
        assert leap.chain.head().timestamp == claim.deadline
        assert leap.series.stamp(Serial(7)).state is StampState.CLAIMED

    def test_an_edition_of_one(self, issue: Callable[..., Emission]) -> None:
        """A single stamp has an empty proof: its leaf is the root."""
        single = issue(edition=1, symbol="ONE")
        claim = single.prepare(1, ALICE)
        assert claim.proof == ()
        single.claim(claim)
        assert single.series.stamp(Serial(1)).owner == ALICE

    def test_all_stamps_can_be_claimed(self, issue: Callable[..., Emission]) -> None:
        """In the end custody holds nothing, and the balances add up to the edition."""
        series = issue(edition=5, symbol="FIVE")
        for serial in range(1, 6):
            series.claim(series.prepare(serial, ALICE if serial % 2 else BOB))
        balances = [series.series.balance_of(owner) for owner in (series.terms.custody, ALICE, BOB)]
        assert balances == [0, 3, 2]


class TestClaimKey:
    def test_the_root_commits_to_the_key_of_each_serial(self, leap: Emission) -> None:
        """Anybody can check which claim key a stamp has, and no other key or serial passes."""
        proof = leap.tree.proof(Serial(7))
        assert leap.read("isClaimKey", 7, leap.key(7).address, proof) is True
        assert leap.read("isClaimKey", 7, leap.key(8).address, proof) is False
        assert leap.read("isClaimKey", 8, leap.key(7).address, proof) is False


class TestStolenClaim:
    """Whoever sees a claim on its way must not be able to use it for anything else."""

    def test_another_recipient(self, leap: Emission) -> None:
        """A copied claim cannot be redirected."""
        assert refused(leap.check, replace(leap.prepare(7, ALICE), to=BOB)) == "InvalidProof"

    def test_a_later_deadline(self, leap: Emission) -> None:
        """A deadline cannot be put off."""
        claim = leap.prepare(7, ALICE)
        assert refused(leap.check, replace(claim, deadline=claim.deadline + 1)) == "InvalidProof"

    def test_another_serial(self, leap: Emission) -> None:
        """The code of one stamp does not take another stamp, with either proof."""
        claim = leap.prepare(7, ALICE)
        other = leap.prepare(8, ALICE)
        assert refused(leap.check, replace(claim, serial=Serial(8))) == "InvalidProof"
        assert refused(leap.check, replace(other, signature=claim.signature)) == "InvalidProof"

    def test_another_series(self, issue: Callable[..., Emission]) -> None:
        """A claim counts in one contract, even where the same code exists in two."""
        first, second = issue(symbol="ONE"), issue(symbol="TWO")
        assert first.terms.edition_root == second.terms.edition_root
        claim = first.prepare(7, ALICE)
        first.check(claim)
        assert refused(second.check, claim) == "InvalidProof"

    def test_another_chain(self, leap: Emission) -> None:
        """A claim counts on one chain."""
        claim = leap.prepare(7, ALICE)
        elsewhere = leap.key(7).sign_claim(
            chain_id=ChainId(1),
            contract=leap.series.address,
            serial=claim.serial,
            to=claim.to,
            deadline=claim.deadline,
        )
        assert refused(leap.check, replace(claim, signature=elsewhere)) == "InvalidProof"

    def test_a_fork_with_another_chain_id(self, leap: Emission) -> None:
        """When the chain forks and takes another id, claims signed for the old id stop counting there."""
        claim = leap.prepare(7, ALICE)
        leap.chain.rpc.request("anvil_setChainId", 31338)
        try:
            assert refused(leap.check, claim) == "InvalidProof"
        finally:
            leap.chain.rpc.request("anvil_setChainId", 31337)
        leap.check(claim)


class TestRefusedClaim:
    def test_a_second_time(self, leap: Emission) -> None:
        """A claim code works once, for the same recipient or another."""
        leap.claim(leap.prepare(7, ALICE))
        for to in (ALICE, BOB):
            claim = leap.prepare(7, to)
            assert refused(leap.check, claim) == "AlreadyClaimed"

    def test_after_the_token_returned_to_custody(self, leap: Emission, collector: Sender) -> None:
        """A token that left custody once is never claimed again, even when custody owns it again."""
        leap.claim(leap.prepare(7, collector.address))
        leap.series.transfer(collector, intent="give back", serial=Serial(7), to=leap.terms.custody)
        stamp = leap.series.stamp(Serial(7))
        assert (stamp.owner, stamp.state) == (leap.terms.custody, StampState.CLAIMED)
        assert leap.series.balance_of(leap.terms.custody) == 20
        assert refused(leap.check, leap.prepare(7, ALICE)) == "AlreadyClaimed"

    def test_expired(self, leap: Emission) -> None:
        """A claim is worth nothing after its deadline."""
        assert refused(leap.check, leap.prepare(7, ALICE, deadline=leap.later(-1))) == "ClaimExpired"

    @pytest.mark.parametrize("serial", [0, 21, 2**256 - 1])
    def test_beyond_the_edition(self, leap: Emission, serial: int) -> None:
        """There is nothing to claim outside the edition."""
        assert refused(leap.check, replace(leap.prepare(7, ALICE), serial=Serial(serial))) == "NotInEdition"

    def test_to_nobody_to_custody_or_to_the_contract(self, leap: Emission) -> None:
        """A claim delivers to somebody who can have the token."""
        for to in (ZERO, leap.terms.custody, leap.series.address):
            claim = leap.prepare(7, to)
            assert refused(leap.check, claim) == "InvalidRecipient"

    def test_proofs_that_do_not_lead_to_the_root(self, leap: Emission) -> None:
        """A proof of another serial, cut short, too long, or empty is no proof."""
        claim = leap.prepare(7, ALICE)
        for proof in (leap.tree.proof(Serial(8)), claim.proof[:-1], (*claim.proof, bytes(32)), ()):
            wrong = replace(claim, proof=proof)
            assert refused(leap.check, wrong) == "InvalidProof"

    def test_a_key_that_is_not_in_the_edition(self, leap: Emission, issue: Callable[..., Emission]) -> None:
        """A made-up claim code takes nothing."""
        stranger = issue(symbol="ELSE", secret=b"e" * 32)
        assert refused(leap.check, leap.prepare(7, ALICE, key=stranger.key(7))) == "InvalidProof"


class TestMalformedSignature:
    def test_high_s(self, leap: Emission) -> None:
        """The second signature that everybody can compute from the first is refused (EIP-2)."""
        claim = leap.prepare(7, ALICE)
        r, s, v = claim.signature[:32], int.from_bytes(claim.signature[32:64], "big"), claim.signature[64]
        twin = r + (ORDER - s).to_bytes(32, "big") + bytes([55 - v])
        assert refused(leap.check, replace(claim, signature=twin)) == "InvalidSignature"

    @pytest.mark.parametrize("v", [0, 1, 26, 29, 255])
    def test_bad_v(self, leap: Emission, v: int) -> None:
        """Only 27 and 28 are recovery values."""
        claim = leap.prepare(7, ALICE)
        wrong = replace(claim, signature=claim.signature[:64] + bytes([v]))
        assert refused(leap.check, wrong) == "InvalidSignature"

    @pytest.mark.parametrize("length", [0, 64, 66])
    def test_wrong_length(self, leap: Emission, length: int) -> None:
        """A signature has 65 bytes; the compact form (EIP-2098) is not accepted beside it."""
        claim = leap.prepare(7, ALICE)
        wrong = replace(claim, signature=(claim.signature + b"\0")[:length])
        assert refused(leap.check, wrong) == "InvalidSignature"

    def test_recovers_to_nobody(self, leap: Emission) -> None:
        """A signature of zeros recovers to the zero address, which is not taken for a key."""
        claim = leap.prepare(7, ALICE)
        wrong = replace(claim, signature=bytes(64) + bytes([27]))
        assert refused(leap.check, wrong) == "InvalidSignature"
