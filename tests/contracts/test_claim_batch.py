"""A batch does what its claims would do one by one, except that a bad one does not spoil the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from support.series_bench import ADMIN, ALICE, BOB, CAROL, CUSTODY, ZERO, Claim, Event, Place, SeriesBench, Why

from cryptostamp.primitives import Hash32, Serial, keccak256

Batch = tuple[list[tuple[object, ...]], list[bytes], list[bytes]]


def pair(first: bytes, second: bytes) -> bytes:
    """Return the node above two nodes."""
    return keccak256(min(first, second) + max(first, second))


def crown_of(bench: SeriesBench, level: int) -> list[bytes]:
    """Return the nodes of the tree that lie `level` steps below the root, from left to right."""
    size = bench.terms.edition
    nodes: dict[int, bytes] = {}
    for serial in range(1, size + 1):
        node = keccak256(
            keccak256(serial.to_bytes(32, "big") + bytes(12) + bytes.fromhex(bench.key(serial).address[2:]))
        )
        nodes[serial] = node
    ranked = sorted(nodes.values())
    tree = [b""] * (size - 1) + ranked[::-1]
    for index in range(size - 2, -1, -1):
        tree[index] = pair(tree[2 * index + 1], tree[2 * index + 2])
    assert tree[0] == bench.tree.root
    return tree[2**level - 1 : 2 ** (level + 1) - 1]


def batch_of(bench: SeriesBench, claims: Sequence[Claim], *, level: int = 0) -> Batch:
    """Return the arguments of a batch whose proofs end `level` steps below the root."""
    crown = crown_of(bench, level)
    requests, proofs = [], list[bytes]()
    for claim in claims:
        proof = claim.proof[: len(claim.proof) - level]
        node = keccak256(
            keccak256(claim.serial.to_bytes(32, "big") + bytes(12) + bytes.fromhex(bench.key(claim.serial).address[2:]))
        )
        for sibling in proof:
            node = pair(node, sibling)
        requests.append(claim.request(crown.index(node), len(proof)))
        proofs += proof
    return requests, proofs, crown


def refused(bench: SeriesBench, events: list[Event]) -> list[tuple[int, str]]:
    """Return the serials that a batch refused, each with the name of the error."""
    selectors = {keccak256(f"{name}(uint256)".encode())[:4]: name for name in bench.interface.errors}
    return [
        (event.arguments["serial"], selectors[event.arguments["reason"]])
        for event in events
        if event.name == "ClaimRefused"
    ]


class TestGoodBatch:
    @pytest.mark.parametrize("level", [0, 1, 2, 3])
    def test_a_crown_at_any_level(self, leap: SeriesBench, level: int) -> None:
        """The proofs may end at the root or at any level of the tree that is whole."""
        claims = [leap.prepare(serial, ALICE if serial % 3 else BOB) for serial in range(1, 21)]
        events = leap.send(CAROL, "claimBatch", *batch_of(leap, claims, level=level))
        assert [event.arguments["tokenId"] for event in events] == list(range(1, 21))
        assert {event.name for event in events} == {"Transfer"}
        assert leap.balances(CUSTODY, ALICE, BOB, CAROL) == [0, 14, 6, 0]
        assert {leap.stamp(serial).state for serial in range(1, 21)} == {Place.CLAIMED}

    def test_a_crown_of_leaves(self, issue: Callable[..., SeriesBench]) -> None:
        """In a tree whose leaves lie on one level, the crown may be the leaves, and no proof is left."""
        eight = issue(edition=8)
        requests, proofs, crown = batch_of(eight, [eight.prepare(serial, ALICE) for serial in (1, 5, 8)], level=3)
        assert (proofs, len(crown)) == ([], 8)
        eight.send(CAROL, "claimBatch", requests, proofs, crown)
        assert eight.balances(CUSTODY, ALICE) == [5, 3]

    def test_the_same_as_one_by_one(self, issue: Callable[..., SeriesBench]) -> None:
        """A batch leaves what single claims leave, and the same events in the same order."""
        batched, single = issue(symbol="ONE"), issue(symbol="TWO")
        serials = (4, 9, 2, 20)
        together = batched.send(
            CAROL, "claimBatch", *batch_of(batched, [batched.prepare(each, ALICE) for each in serials], level=2)
        )
        apart = [event for serial in serials for event in single.claim(serial, ALICE)]
        assert together == apart
        for serial in range(1, 21):
            assert batched.stamp(serial)[:2] == single.stamp(serial)[:2]
        assert batched.balances(CUSTODY, ALICE) == single.balances(CUSTODY, ALICE)

    def test_nothing_at_all(self, leap: SeriesBench) -> None:
        """A batch without claims does nothing."""
        assert leap.send(CAROL, "claimBatch", [], [], [leap.tree.root]) == []
        assert leap.balances(CUSTODY) == [20]

    def test_soulbound(self, issue: Callable[..., SeriesBench]) -> None:
        """Tokens of a soulbound series are locked as they are claimed (ERC-5192)."""
        bound = issue(soulbound=True)
        events = bound.send(CAROL, "claimBatch", *batch_of(bound, [bound.prepare(7, ALICE)]))
        assert [event.name for event in events] == ["Transfer", "Locked"]


class TestBadClaimInABatch:
    """Each kind of bad claim is refused by name, and its neighbours go through."""

    def play(self, bench: SeriesBench, bad: Claim, *, level: int = 1) -> str:
        """Send a bad claim of stamp 7 between two good ones; return why it was refused."""
        claims = [bench.prepare(3, ALICE), bad, bench.prepare(11, BOB)]
        before = bench.stamp(7)[:7]
        events = bench.send(CAROL, "claimBatch", *batch_of(bench, claims, level=level))
        assert [event.name for event in events] == ["Transfer", "ClaimRefused", "Transfer"]
        assert (bench.stamp(3).owner, bench.stamp(11).owner) == (ALICE, BOB)
        assert bench.stamp(7)[:7] == before
        ((serial, reason),) = refused(bench, events)
        assert serial == 7
        return reason

    def test_claimed(self, leap: SeriesBench) -> None:
        """Somebody claimed it on their own in the meantime."""
        leap.claim(7, BOB)
        assert self.play(leap, leap.prepare(7, ALICE)) == "AlreadyClaimed"

    def test_delivered(self, leap: SeriesBench) -> None:
        """Custody sent it away in the meantime."""
        leap.send(CUSTODY, "transferFrom", CUSTODY, BOB, 7)
        assert self.play(leap, leap.prepare(7, ALICE)) == "AlreadyClaimed"

    def test_void(self, leap: SeriesBench) -> None:
        """The issuer voided it in the meantime."""
        leap.send(ADMIN, "voidRange", 7, 7, Why.LOST)
        assert self.play(leap, leap.prepare(7, ALICE)) == "StampIsVoid"

    def test_expired(self, leap: SeriesBench) -> None:
        """Its deadline is over."""
        assert self.play(leap, leap.prepare(7, ALICE, deadline=leap.later(-1))) == "ClaimExpired"

    @pytest.mark.parametrize("to", [ZERO, CUSTODY])
    def test_to_an_impossible_account(self, leap: SeriesBench, to: str) -> None:
        """Its recipient cannot have the token."""
        assert self.play(leap, leap.prepare(7, leap.terms.custody if to == CUSTODY else ZERO)) == "InvalidRecipient"

    def test_to_the_series(self, leap: SeriesBench) -> None:
        """Its recipient is the series itself."""
        assert self.play(leap, leap.prepare(7, leap.address)) == "InvalidRecipient"

    def test_signed_by_another_key(self, leap: SeriesBench) -> None:
        """It was signed by the key of another stamp."""
        assert self.play(leap, leap.prepare(7, ALICE, key=leap.key(8))) == "InvalidProof"

    def test_redirected(self, leap: SeriesBench) -> None:
        """The relay named another recipient."""
        assert self.play(leap, replace(leap.prepare(7, ALICE), to=CAROL)) == "InvalidProof"

    def test_high_s(self, leap: SeriesBench) -> None:
        """The other spelling of its signature is refused; the compact form has no room for it but this."""
        claim = leap.prepare(7, ALICE)
        high = 2**255 - 1
        wrong = claim.signature[:32] + high.to_bytes(32, "big") + claim.signature[64:]
        assert self.play(leap, replace(claim, signature=wrong)) == "InvalidSignature"

    def test_recovers_to_nobody(self, leap: SeriesBench) -> None:
        """A signature of zeros belongs to no key."""
        claim = leap.prepare(7, ALICE)
        assert self.play(leap, replace(claim, signature=bytes(64) + bytes([27]))) == "InvalidSignature"

    @pytest.mark.parametrize("serial", [0, 21, 7 + 2**32, 2**256 - 1])
    def test_beyond_the_edition(self, leap: SeriesBench, serial: int) -> None:
        """It names a serial that does not exist."""
        requests, proofs, crown = batch_of(leap, [leap.prepare(serial, ALICE) for serial in (7, 8)])
        requests[0] = (serial, *requests[0][1:])
        events = leap.send(CAROL, "claimBatch", requests, proofs, crown)
        assert refused(leap, events) == [(serial, "NotInEdition")]
        assert leap.balances(CUSTODY, ALICE) == [19, 1]

    def test_named_twice(self, leap: SeriesBench) -> None:
        """A stamp that is named twice is claimed once, by the first, and custody loses one token."""
        events = leap.send(
            CAROL, "claimBatch", *batch_of(leap, [leap.prepare(7, ALICE), leap.prepare(7, BOB)], level=2)
        )
        assert refused(leap, events) == [(7, "AlreadyClaimed")]
        assert leap.balances(CUSTODY, ALICE, BOB) == [19, 1, 0]

    def test_the_whole_batch_again(self, leap: SeriesBench) -> None:
        """A batch that is sent twice does nothing the second time."""
        batch = batch_of(leap, [leap.prepare(serial, ALICE) for serial in (3, 7)])
        leap.send(CAROL, "claimBatch", *batch)
        assert refused(leap, leap.send(BOB, "claimBatch", *batch)) == [(3, "AlreadyClaimed"), (7, "AlreadyClaimed")]
        assert leap.balances(CUSTODY, ALICE) == [18, 2]


class TestProofsAndCrown:
    def test_another_place_in_the_crown(self, leap: SeriesBench) -> None:
        """A claim counts under its own node only, and a number beyond the crown is a node of nothing."""
        requests, proofs, crown = batch_of(leap, [leap.prepare(7, ALICE)], level=2)
        place = int(str(requests[0][5]))
        own, length = place >> 8, place & 255
        for node in (*(each for each in range(4) if each != own), 4, 2**247):
            moved = [(*requests[0][:5], node << 8 | length)]
            events = leap.send(CAROL, "claimBatch", moved, proofs, crown)
            assert refused(leap, events) == [(7, "InvalidProof")]

    def test_a_proof_that_is_too_short_or_too_long(self, leap: SeriesBench) -> None:
        """A claim that says a wrong length of its proof is refused for what the proof then proves."""
        claim = leap.prepare(7, ALICE)
        length = len(claim.proof)
        shorter = leap.send(CAROL, "claimBatch", [claim.request(0, length - 1)], claim.proof, [leap.tree.root])
        longer = leap.send(
            CAROL, "claimBatch", [claim.request(0, length + 1)], [*claim.proof, bytes(32)], [leap.tree.root]
        )
        assert refused(leap, shorter) == refused(leap, longer) == [(7, "InvalidProof")]

    def test_the_proof_of_another_stamp(self, leap: SeriesBench) -> None:
        """Two proofs of one length that were exchanged prove neither."""
        first, second = next(
            (leap.prepare(a, ALICE), leap.prepare(b, BOB))
            for a in range(1, 21)
            for b in range(a + 1, 21)
            if len(leap.tree.proof(Serial(a))) == len(leap.tree.proof(Serial(b)))
        )
        requests, _, crown = batch_of(leap, [first, second])
        events = leap.send(CAROL, "claimBatch", requests, [*second.proof, *first.proof], crown)
        assert refused(leap, events) == [(first.serial, "InvalidProof"), (second.serial, "InvalidProof")]

    def test_an_inner_node_is_no_leaf(self, leap: SeriesBench) -> None:
        """A claim without a proof does not pass at a node that is not its leaf."""
        claim = leap.prepare(7, ALICE)
        events = leap.send(CAROL, "claimBatch", [claim.request(0, 0)], [], [leap.tree.root])
        assert refused(leap, events) == [(7, "InvalidProof")]

    def test_a_request_beyond_the_proofs(self, leap: SeriesBench) -> None:
        """Where the proofs end too early, nobody can say whose they are: the whole batch is refused."""
        claim = leap.prepare(7, ALICE)
        requests = [claim.request(0, len(claim.proof))]
        assert leap.refusal(CAROL, "claimBatch", requests, claim.proof[:-1], [leap.tree.root]) == "InvalidCrown"

    def test_proofs_that_are_left_over(self, leap: SeriesBench) -> None:
        """Hashes that no claim uses do no harm."""
        claim = leap.prepare(7, ALICE)
        leap.send(
            CAROL, "claimBatch", [claim.request(0, len(claim.proof))], [*claim.proof, bytes(32)], [leap.tree.root]
        )
        assert leap.stamp(7).owner == ALICE

    @pytest.mark.parametrize("count", [0, 3, 5, 6, 7])
    def test_a_crown_that_is_no_level(self, leap: SeriesBench, count: int) -> None:
        """A level of the tree has one, two, four, eight… nodes."""
        crown = (crown_of(leap, 2) * 2)[:count]
        assert leap.refusal(CAROL, "claimBatch", [], [], crown) == "InvalidCrown"

    def test_a_crown_of_another_tree(self, leap: SeriesBench) -> None:
        """Nodes that do not lead to the edition root are refused, also when only one of them is wrong."""
        crown = crown_of(leap, 2)
        swapped = [crown[0], crown[2], crown[1], crown[3]]
        forged = [*crown[:3], Hash32(bytes(32))]
        for wrong in (swapped, forged, [bytes(32)], crown[:2]):
            assert leap.refusal(CAROL, "claimBatch", [], [], wrong) == "InvalidCrown"

    def test_a_forged_crown_takes_nothing(self, leap: SeriesBench, issue: Callable[..., SeriesBench]) -> None:
        """Good proofs under the root of somebody's own tree are refused with the whole batch."""
        stranger = issue(symbol="ELSE", secret=b"e" * 32)
        claim = leap.prepare(7, CAROL, key=stranger.key(7))
        proof = stranger.tree.proof(Serial(7))
        requests = [claim.request(0, len(proof))]
        assert leap.refusal(CAROL, "claimBatch", requests, proof, [stranger.tree.root]) == "InvalidCrown"
