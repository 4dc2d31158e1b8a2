"""A claim code takes its token once, to the account it signed for, and does nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.series_bench import ADMIN, ALICE, BOB, CAROL, CUSTODY, ZERO, Place, SeriesBench, Why

from cryptostamp.primitives import ChainId, Serial

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


class TestClaim:
    def test_the_token_moves_to_the_recipient(self, leap: SeriesBench) -> None:
        """The recipient owns the token, custody has one less, and the stamp says that it is claimed, and since when."""
        leap.claim(7, ALICE)
        stamp = leap.stamp(7)
        assert (stamp.owner, stamp.state, stamp.since) == (ALICE, Place.CLAIMED, leap.now())
        assert leap.balances(CUSTODY, ALICE) == [19, 1]

    def test_other_stamps_stay(self, leap: SeriesBench) -> None:
        """A claim touches one stamp."""
        leap.claim(7, ALICE)
        assert [leap.stamp(serial).state for serial in (6, 8)] == [Place.UNCLAIMED] * 2

    def test_its_only_event_is_the_transfer(self, leap: SeriesBench) -> None:
        """A transfer out of custody that no delivery announces is a claim; the claim key is in nobody's way."""
        assert leap.claim(7, ALICE) == [("Transfer", {"from": CUSTODY, "to": ALICE, "tokenId": 7})]

    def test_anybody_may_send_it(self, leap: SeriesBench) -> None:
        """The sender pays and gains nothing: the token goes where the claim key signed."""
        leap.claim(7, ALICE, sender=CAROL)
        assert leap.stamp(7).owner == ALICE

    def test_a_contract_that_takes_no_tokens_gets_it(
        self, leap: SeriesBench, issue: Callable[..., SeriesBench]
    ) -> None:
        """The recipient is not called, so no account can make its own claim fail or do something during it."""
        other = issue(symbol="ELSE")
        leap.claim(7, other.address)
        assert leap.stamp(7).owner == other.address

    def test_the_deadline_itself_is_in_time(self, leap: SeriesBench) -> None:
        """A claim counts up to and including the second of its deadline."""
        claim = leap.prepare(7, ALICE)
        leap.chain.rpc.request("evm_setNextBlockTimestamp", claim.deadline)
        leap.send(BOB, "claim", *claim.arguments)
        assert leap.stamp(7).since == claim.deadline

    def test_an_edition_of_one(self, issue: Callable[..., SeriesBench]) -> None:
        """A single stamp has an empty proof: its leaf is the root."""
        single = issue(edition=1)
        assert single.prepare(1, ALICE).proof == ()
        single.claim(1, ALICE)
        assert single.stamp(1).owner == ALICE

    def test_all_stamps_can_be_claimed(self, issue: Callable[..., SeriesBench]) -> None:
        """In the end custody holds nothing, and the balances add up to the edition."""
        five = issue(edition=5)
        for serial in range(1, 6):
            five.claim(serial, ALICE if serial % 2 else BOB)
        assert five.balances(CUSTODY, ALICE, BOB) == [0, 3, 2]

    def test_a_blind_series_is_claimed_before_its_draw(self, issue: Callable[..., SeriesBench]) -> None:
        """Collectors need not wait for the draw."""
        blind = issue(entropy_block=10_000)
        blind.claim(7, ALICE)
        assert (blind.stamp(7).owner, blind.stamp(7).variant) == (ALICE, 255)


class TestClaimKey:
    def test_the_root_commits_to_the_key_of_each_serial(self, leap: SeriesBench) -> None:
        """Anybody can check which claim key a stamp has, and no other key or serial passes."""
        proof = leap.tree.proof(Serial(7))
        assert leap.read("isClaimKey", 7, leap.key(7).address, proof) is True
        assert leap.read("isClaimKey", 7, leap.key(8).address, proof) is False
        assert leap.read("isClaimKey", 8, leap.key(7).address, proof) is False
        assert leap.read("isClaimKey", 7, leap.key(7).address, proof[:-1]) is False


class TestStolenClaim:
    """Whoever sees a claim on its way must not be able to use it for anything else."""

    def test_another_recipient(self, leap: SeriesBench) -> None:
        """A copied claim cannot be redirected."""
        assert leap.refusal_of(replace(leap.prepare(7, ALICE), to=BOB)) == "InvalidProof"

    def test_a_later_deadline(self, leap: SeriesBench) -> None:
        """A deadline cannot be put off."""
        claim = leap.prepare(7, ALICE)
        assert leap.refusal_of(replace(claim, deadline=claim.deadline + 1)) == "InvalidProof"

    def test_another_serial(self, leap: SeriesBench) -> None:
        """The code of one stamp does not take another stamp, with either proof."""
        claim, other = leap.prepare(7, ALICE), leap.prepare(8, ALICE)
        assert leap.refusal_of(replace(claim, serial=8)) == "InvalidProof"
        assert leap.refusal_of(replace(other, signature=claim.signature)) == "InvalidProof"

    def test_another_series(self, issue: Callable[..., SeriesBench]) -> None:
        """A claim counts in one contract, even where the same codes exist in two."""
        first, second = issue(symbol="ONE"), issue(symbol="TWO")
        assert first.tree.root == second.tree.root
        claim = first.prepare(7, ALICE)
        assert (first.refusal_of(claim), second.refusal_of(claim)) == ("", "InvalidProof")

    def test_another_chain(self, leap: SeriesBench) -> None:
        """A claim counts on one chain."""
        claim = leap.prepare(7, ALICE)
        elsewhere = leap.key(7).sign_claim(
            chain_id=ChainId(1), contract=leap.address, serial=Serial(7), to=ALICE, deadline=claim.deadline
        )
        assert leap.refusal_of(replace(claim, signature=elsewhere)) == "InvalidProof"

    def test_a_fork_with_another_chain_id(self, leap: SeriesBench) -> None:
        """When the chain forks and takes another id, the domain follows it, and claims for the old id do not count."""
        claim = leap.prepare(7, ALICE)
        there = leap.key(7).sign_claim(
            chain_id=ChainId(31338), contract=leap.address, serial=Serial(7), to=ALICE, deadline=claim.deadline
        )
        leap.chain.rpc.request("anvil_setChainId", 31338)
        try:
            assert leap.read_all("eip712Domain")[3] == 31338
            assert leap.refusal_of(claim) == "InvalidProof"
            assert leap.refusal_of(replace(claim, signature=there)) == ""
        finally:
            leap.chain.rpc.request("anvil_setChainId", 31337)
        assert leap.refusal_of(claim) == ""

    def test_getting_in_first_only_pays_the_fee(self, leap: SeriesBench) -> None:
        """Who sends a copied claim first delivers it to the same account; the slower one is told so."""
        claim = leap.prepare(7, ALICE)
        leap.send(CAROL, "claim", *claim.arguments)
        assert leap.stamp(7).owner == ALICE
        assert leap.balances(CAROL) == [0]
        assert leap.refusal_of(claim) == "AlreadyClaimed"


class TestRefusedClaim:
    def test_a_second_time(self, leap: SeriesBench) -> None:
        """A claim code works once, for the same recipient or another."""
        leap.claim(7, ALICE)
        for to in (ALICE, BOB):
            assert leap.refusal_of(leap.prepare(7, to)) == "AlreadyClaimed"

    def test_after_the_token_returned_to_custody(self, leap: SeriesBench) -> None:
        """A token that left custody once is never claimed again, even when custody owns it again."""
        leap.claim(7, ALICE)
        leap.send(ALICE, "transferFrom", ALICE, CUSTODY, 7)
        assert leap.stamp(7)[:2] == (CUSTODY, Place.CLAIMED)
        assert leap.balances(CUSTODY) == [20]
        assert leap.refusal_of(leap.prepare(7, ALICE)) == "AlreadyClaimed"

    def test_after_a_delivery(self, leap: SeriesBench) -> None:
        """What custody has sent away cannot be claimed, nor when it has come back."""
        leap.send(CUSTODY, "transferFrom", CUSTODY, ALICE, 7)
        assert leap.refusal_of(leap.prepare(7, BOB)) == "AlreadyClaimed"
        leap.send(ALICE, "transferFrom", ALICE, CUSTODY, 7)
        assert leap.refusal_of(leap.prepare(7, BOB)) == "AlreadyClaimed"

    def test_after_a_batch(self, leap: SeriesBench) -> None:
        """A stamp that a batch has claimed is claimed."""
        claim = leap.prepare(7, ALICE)
        leap.send(BOB, "claimBatch", [claim.request(0, len(claim.proof))], claim.proof, [leap.tree.root])
        assert leap.refusal_of(claim) == "AlreadyClaimed"

    def test_after_a_void(self, leap: SeriesBench) -> None:
        """The code of a void stamp is worthless."""
        leap.send(ADMIN, "voidStamps", [7], Why.STOLEN)
        assert leap.refusal_of(leap.prepare(7, ALICE)) == "StampIsVoid"

    def test_expired(self, leap: SeriesBench) -> None:
        """A claim is worth nothing after its deadline."""
        assert leap.refusal_of(leap.prepare(7, ALICE, deadline=leap.later(-1))) == "ClaimExpired"

    @pytest.mark.parametrize("serial", [0, 21, 7 + 2**32, 7 + 2**160, 2**256 - 1])
    def test_beyond_the_edition(self, leap: SeriesBench, serial: int) -> None:
        """There is nothing to claim outside the edition, also where a number would be a serial if it were cut off."""
        assert leap.refusal_of(replace(leap.prepare(7, ALICE), serial=serial)) == "NotInEdition"

    def test_to_nobody(self, leap: SeriesBench) -> None:
        """A claim cannot destroy a token."""
        assert leap.refusal_of(leap.prepare(7, ZERO)) == "InvalidRecipient"

    def test_to_custody(self, leap: SeriesBench) -> None:
        """A claim cannot use up a code while the token stays where it is."""
        assert leap.refusal_of(leap.prepare(7, CUSTODY)) == "InvalidRecipient"

    def test_to_the_series_itself(self, leap: SeriesBench) -> None:
        """A token cannot get stuck in its own contract by a claim."""
        assert leap.refusal_of(leap.prepare(7, leap.address)) == "InvalidRecipient"

    def test_the_refusal_names_the_serial(self, leap: SeriesBench) -> None:
        """The argument of each refusal is the serial, so that a relay of many claims knows which it was."""
        selectors = {leap.interface.errors[name] for name in ("AlreadyClaimed", "InvalidProof", "ClaimExpired")}
        assert selectors == {("serial",)}


class TestRefusedProof:
    def test_of_another_stamp(self, leap: SeriesBench) -> None:
        """The proof of another serial is none."""
        claim = replace(leap.prepare(7, ALICE), proof=leap.tree.proof(Serial(8)))
        assert leap.refusal_of(claim) == "InvalidProof"

    def test_too_short(self, leap: SeriesBench) -> None:
        """A proof that ends below the root is none, down to the empty one."""
        claim = leap.prepare(7, ALICE)
        for length in range(len(claim.proof)):
            assert leap.refusal_of(replace(claim, proof=claim.proof[:length])) == "InvalidProof"

    def test_too_long(self, leap: SeriesBench) -> None:
        """A proof that goes on beyond the root is none."""
        claim = leap.prepare(7, ALICE)
        for surplus in (bytes(32), leap.tree.root):
            assert leap.refusal_of(replace(claim, proof=(*claim.proof, surplus))) == "InvalidProof"

    def test_in_another_order(self, leap: SeriesBench) -> None:
        """The hashes of a proof count in their order."""
        claim = leap.prepare(7, ALICE)
        assert leap.refusal_of(replace(claim, proof=claim.proof[::-1])) == "InvalidProof"

    def test_a_key_that_is_not_in_the_edition(self, leap: SeriesBench, issue: Callable[..., SeriesBench]) -> None:
        """A made-up claim code takes nothing."""
        stranger = issue(symbol="ELSE", secret=b"e" * 32)
        assert leap.refusal_of(leap.prepare(7, ALICE, key=stranger.key(7))) == "InvalidProof"


class TestMalformedSignature:
    def test_high_s(self, leap: SeriesBench) -> None:
        """The second signature that everybody can compute from the first is refused (EIP-2)."""
        claim = leap.prepare(7, ALICE)
        r, s, v = claim.signature[:32], int.from_bytes(claim.signature[32:64], "big"), claim.signature[64]
        twin = r + (ORDER - s).to_bytes(32, "big") + bytes([55 - v])
        assert leap.refusal_of(replace(claim, signature=twin)) == "InvalidSignature"

    @pytest.mark.parametrize("v", [0, 1, 26, 29, 255])
    def test_bad_v(self, leap: SeriesBench, v: int) -> None:
        """Only 27 and 28 are recovery values."""
        claim = leap.prepare(7, ALICE)
        assert leap.refusal_of(replace(claim, signature=claim.signature[:64] + bytes([v]))) == "InvalidSignature"

    def test_the_other_v(self, leap: SeriesBench) -> None:
        """The other recovery value gives another key, which the edition does not hold."""
        claim = leap.prepare(7, ALICE)
        other = claim.signature[:64] + bytes([55 - claim.signature[64]])
        assert leap.refusal_of(replace(claim, signature=other)) == "InvalidProof"

    @pytest.mark.parametrize("length", [0, 64, 66])
    def test_wrong_length(self, leap: SeriesBench, length: int) -> None:
        """A signature has 65 bytes; the compact form (EIP-2098) is not accepted beside it."""
        claim = leap.prepare(7, ALICE)
        assert leap.refusal_of(replace(claim, signature=(claim.signature + b"\0")[:length])) == "InvalidSignature"

    @pytest.mark.parametrize("r", [0, ORDER])
    def test_recovers_to_nobody(self, leap: SeriesBench, r: int) -> None:
        """A signature that recovers to the zero address is not taken for one of a key."""
        claim = leap.prepare(7, ALICE)
        wrong = r.to_bytes(32, "big") + (1).to_bytes(32, "big") + bytes([27])
        assert leap.refusal_of(replace(claim, signature=wrong)) == "InvalidSignature"
