"""A void is for ever: the stamp stays in custody, and its code, its sale and its postmarks end; the rest goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.series_bench import ADMIN, ALICE, BOB, CAROL, CUSTODY, Kind, Place, SeriesBench, Why

LOST_TO_THE_PRESS = (Why.SPOILED, Why.LOST, Why.STOLEN, Why.RECALLED)


def states(bench: SeriesBench) -> list[int]:
    """Return the states of all stamps in the order of their serials."""
    return [stamp.state for stamp in bench.stamps()]


class TestVoidStamps:
    @pytest.mark.parametrize("why", LOST_TO_THE_PRESS)
    def test_the_stamp_says_since_when_and_why(self, leap: SeriesBench, why: int) -> None:
        """A void stamp carries date and reason; it stays in custody, and the balances are as before."""
        leap.send(ADMIN, "voidStamps", [7, 20], why)
        for serial in (7, 20):
            stamp = leap.stamp(serial)
            assert stamp[:4] == (CUSTODY, Place.VOID, leap.now(), why)
            assert leap.read("ownerOf", serial) == CUSTODY
        assert states(leap).count(Place.VOID) == 2
        assert leap.balances(CUSTODY) == [20]
        assert leap.read("totalSupply") == 20

    def test_its_events(self, leap: SeriesBench) -> None:
        """Each stamp is announced as a range of one."""
        events = leap.send(ADMIN, "voidStamps", [7, 20], Why.LOST)
        assert events == [("Voided", {"first": serial, "last": serial, "reason": Why.LOST}) for serial in (7, 20)]

    def test_nothing_at_all(self, leap: SeriesBench) -> None:
        """An empty list voids nothing."""
        assert leap.send(ADMIN, "voidStamps", [], Why.LOST) == []

    def test_one_that_left_custody_spoils_the_list(self, leap: SeriesBench) -> None:
        """A list that names a claimed or a delivered stamp is refused as a whole."""
        leap.claim(7, ALICE)
        leap.send(CUSTODY, "transferFrom", CUSTODY, ALICE, 8)
        for gone in (7, 8):
            assert leap.refusal(ADMIN, "voidStamps", [3, gone], Why.LOST) == "AlreadyClaimed"
        assert leap.stamp(3).state == Place.UNCLAIMED

    def test_one_that_came_back_cannot_be_voided(self, leap: SeriesBench) -> None:
        """A claimed token that custody owns again is a token like any other."""
        leap.claim(7, ALICE)
        leap.send(ALICE, "transferFrom", ALICE, CUSTODY, 7)
        assert leap.refusal(ADMIN, "voidStamps", [7], Why.LOST) == "AlreadyClaimed"

    def test_twice(self, leap: SeriesBench) -> None:
        """A stamp is voided once, also within a list."""
        assert leap.refusal(ADMIN, "voidStamps", [7, 7], Why.LOST) == "StampIsVoid"
        leap.send(ADMIN, "voidStamps", [7], Why.LOST)
        assert leap.refusal(ADMIN, "voidStamps", [7], Why.STOLEN) == "StampIsVoid"

    @pytest.mark.parametrize("serial", [0, 21, 2**32 + 7, 2**256 - 1])
    def test_beyond_the_edition(self, leap: SeriesBench, serial: int) -> None:
        """There is nothing to void outside the edition."""
        assert leap.refusal(ADMIN, "voidStamps", [serial], Why.LOST) == "NotInEdition"

    def test_without_a_reason(self, leap: SeriesBench) -> None:
        """Every void has one of the reasons."""
        assert leap.refusal(ADMIN, "voidStamps", [7], Why.NONE) == "VoidReasonMissing"
        assert leap.refusal(ADMIN, "voidRange", 7, 9, Why.NONE) == "VoidReasonMissing"


class TestVoidRange:
    def test_from_the_first_to_the_last(self, leap: SeriesBench) -> None:
        """Both ends belong to the range, and nothing beside it is touched."""
        events = leap.send(ADMIN, "voidRange", 5, 9, Why.SPOILED)
        assert events == [("Voided", {"first": 5, "last": 9, "reason": Why.SPOILED})]
        assert states(leap) == [Place.UNCLAIMED] * 4 + [Place.VOID] * 5 + [Place.UNCLAIMED] * 11
        assert leap.balances(CUSTODY) == [20]

    @pytest.mark.parametrize(
        ("first", "last"), [(1, 1), (255, 256), (256, 256), (1, 255), (200, 600), (511, 512), (1, 700), (700, 700)]
    )
    def test_across_words_of_storage(self, bare: Callable[..., SeriesBench], first: int, last: int) -> None:
        """A range that begins, ends or runs across a multiple of 256 is that range exactly."""
        large = bare(edition=700, variant_counts=(700,))
        large.send(ADMIN, "voidRange", first, last, Why.LOST)
        void = [serial for serial, state in enumerate(states(large), start=1) if state == Place.VOID]
        assert void == list(range(first, last + 1))

    def test_the_whole_edition(self, leap: SeriesBench) -> None:
        """An issue that is recalled before its first day is void from end to end."""
        leap.send(ADMIN, "voidRange", 1, 20, Why.RECALLED)
        assert set(states(leap)) == {Place.VOID}
        assert leap.balances(CUSTODY) == [20]

    def test_what_left_custody_stays(self, leap: SeriesBench) -> None:
        """Claimed, delivered and returned tokens in the range stay what they are, and can be moved."""
        leap.claim(6, ALICE)
        leap.send(CUSTODY, "transferFrom", CUSTODY, ALICE, 7)
        leap.claim(8, ALICE)
        leap.send(ALICE, "transferFrom", ALICE, CUSTODY, 8)
        before = [leap.stamp(serial)[:4] for serial in (6, 7, 8)]
        leap.send(ADMIN, "voidRange", 5, 9, Why.LOST)
        assert [leap.stamp(serial)[:4] for serial in (6, 7, 8)] == before
        assert [leap.stamp(serial).state for serial in (5, 9)] == [Place.VOID] * 2
        for serial, owner in ((6, ALICE), (7, ALICE), (8, CUSTODY)):
            leap.send(owner, "transferFrom", owner, BOB, serial)
        assert leap.balances(CUSTODY, ALICE, BOB) == [17, 0, 3]

    def test_the_first_of_two_counts(self, leap: SeriesBench) -> None:
        """Where ranges overlap, date and reason are those of the first."""
        leap.send(ADMIN, "voidRange", 5, 9, Why.LOST)
        first = leap.now()
        leap.pass_time(1000)
        leap.send(ADMIN, "voidRange", 8, 12, Why.RECALLED)
        second = leap.now()
        assert second > first
        assert [leap.stamp(serial)[2:4] for serial in (5, 8, 9, 10)] == [(first, Why.LOST)] * 3 + [
            (second, Why.RECALLED)
        ]

    def test_a_range_over_single_ones(self, leap: SeriesBench) -> None:
        """A stamp that was voided by name keeps its date and reason when a range comes over it."""
        leap.send(ADMIN, "voidStamps", [7], Why.STOLEN)
        named = leap.stamp(7)[2:4]
        leap.pass_time(1000)
        leap.send(ADMIN, "voidRange", 1, 20, Why.RECALLED)
        assert leap.stamp(7)[2:4] == named
        assert leap.stamp(8)[2:4] == (leap.now(), Why.RECALLED)

    @pytest.mark.parametrize(("first", "last"), [(0, 5), (9, 8), (1, 21), (21, 21), (0, 0), (5, 2**256 - 1)])
    def test_beyond_the_edition(self, leap: SeriesBench, first: int, last: int) -> None:
        """A range lies inside the edition and does not run backwards."""
        assert leap.refusal(ADMIN, "voidRange", first, last, Why.LOST) == "InvalidRange"


class TestVoidStamp:
    """What a void stamp can no longer do; its neighbour still can."""

    @pytest.fixture
    def void(self, leap: SeriesBench) -> SeriesBench:
        """Return the series with stamp 7 void."""
        leap.send(ADMIN, "voidStamps", [7], Why.STOLEN)
        return leap

    def test_be_claimed(self, void: SeriesBench) -> None:
        """Its code takes nothing."""
        assert void.refusal_of(void.prepare(7, ALICE)) == "StampIsVoid"
        assert void.refusal_of(void.prepare(8, ALICE)) == ""

    def test_be_delivered(self, void: SeriesBench) -> None:
        """Custody, its operator and whom it approved for the stamp cannot send it, nor can custody to itself."""
        void.send(CUSTODY, "setApprovalForAll", BOB, True)  # noqa: FBT003
        void.send(CUSTODY, "approve", CAROL, 7)
        for sender in (CUSTODY, BOB, CAROL):
            assert void.refusal(sender, "transferFrom", CUSTODY, ALICE, 7) == "StampIsVoid"
        assert void.refusal(CUSTODY, "transferFrom", CUSTODY, CUSTODY, 7) == "StampIsVoid"
        assert void.refusal(BOB, "transferFrom", CUSTODY, ALICE, 8) == ""

    def test_be_postmarked(self, void: SeriesBench) -> None:
        """No office cancels it."""
        assert void.refusal(ADMIN, "postmark", [7], b"LILYPOND".ljust(12, b"\0"), 20_000, Kind.REGULAR) == "StampIsVoid"

    def test_keeps_its_postmarks(self, leap: SeriesBench) -> None:
        """A stamp that was cancelled on paper and is voided later still shows its postmark."""
        leap.send(ADMIN, "postmark", [7], b"LILYPOND".ljust(12, b"\0"), 20_000, Kind.REGULAR)
        leap.send(ADMIN, "voidStamps", [7], Why.STOLEN)
        assert (leap.stamp(7).state, leap.stamp(7).postmarks) == (Place.VOID, 1)


class TestDelivery:
    """Custody hands out a token without its code: to a buyer who wants no paper."""

    def by_custody(self, bench: SeriesBench) -> str:
        """Custody sends it itself."""
        assert bench.terms.custody == CUSTODY
        return CUSTODY

    def by_operator(self, bench: SeriesBench) -> str:
        """A shop that custody trusts with everything sends it."""
        bench.send(CUSTODY, "setApprovalForAll", BOB, True)  # noqa: FBT003
        return BOB

    def by_approved(self, bench: SeriesBench) -> str:
        """An account that custody approved for this token sends it."""
        bench.send(CUSTODY, "approve", CAROL, 7)
        return CAROL

    @pytest.mark.parametrize("way", ["by_custody", "by_operator", "by_approved"])
    def test_the_token_is_delivered(self, leap: SeriesBench, way: str) -> None:
        """The buyer owns it, the stamp says since when, and the event tells it from a claim."""
        sender = getattr(self, way)(leap)
        events = leap.send(sender, "transferFrom", CUSTODY, ALICE, 7)
        assert events == [
            ("Transfer", {"from": CUSTODY, "to": ALICE, "tokenId": 7}),
            ("Delivered", {"serial": 7, "to": ALICE}),
        ]
        assert leap.stamp(7)[:4] == (ALICE, Place.DELIVERED, leap.now(), Why.NONE)
        assert leap.balances(CUSTODY, ALICE) == [19, 1]
        assert int(leap.read("getApproved", 7), 16) == 0

    def test_an_approval_for_one_is_for_one(self, leap: SeriesBench) -> None:
        """Who may send one token out of custody may send no other, and that one once."""
        leap.send(CUSTODY, "approve", CAROL, 7)
        assert leap.refusal(CAROL, "transferFrom", CUSTODY, CAROL, 8) == "ERC721InsufficientApproval"
        leap.send(CAROL, "transferFrom", CUSTODY, ALICE, 7)
        assert leap.refusal(CAROL, "transferFrom", ALICE, CAROL, 7) == "ERC721InsufficientApproval"

    def test_an_approval_in_custody_ends_with_the_claim(self, leap: SeriesBench) -> None:
        """Whom custody had approved for a token has nothing to do with it once it is claimed."""
        leap.send(CUSTODY, "approve", CAROL, 7)
        leap.claim(7, ALICE)
        assert int(leap.read("getApproved", 7), 16) == 0
        assert leap.refusal(CAROL, "transferFrom", ALICE, CAROL, 7) == "ERC721InsufficientApproval"

    def test_the_operator_of_custody_has_no_claimed_token(self, leap: SeriesBench) -> None:
        """What custody allowed ends where custody ends."""
        leap.send(CUSTODY, "setApprovalForAll", BOB, True)  # noqa: FBT003
        leap.claim(7, ALICE)
        assert leap.refusal(BOB, "transferFrom", ALICE, BOB, 7) == "ERC721InsufficientApproval"

    def test_from_custody_to_custody(self, leap: SeriesBench) -> None:
        """A token that custody hands to itself has not left: its code still takes it, and approvals are cleared."""
        leap.send(CUSTODY, "approve", CAROL, 7)
        events = leap.send(CUSTODY, "transferFrom", CUSTODY, CUSTODY, 7)
        assert [event.name for event in events] == ["Transfer"]
        assert leap.stamp(7)[:3] == (CUSTODY, Place.UNCLAIMED, 0)
        assert leap.balances(CUSTODY) == [20]
        assert int(leap.read("getApproved", 7), 16) == 0
        leap.claim(7, ALICE)
        assert leap.stamp(7).state == Place.CLAIMED

    def test_a_delivered_token_stays_delivered(self, leap: SeriesBench) -> None:
        """State and date of the first journey stay through every later one, also back to custody and out again."""
        leap.send(CUSTODY, "transferFrom", CUSTODY, ALICE, 7)
        since = leap.now()
        for giver, taker in ((ALICE, BOB), (BOB, CUSTODY), (CUSTODY, CAROL)):
            events = leap.send(giver, "transferFrom", giver, taker, 7)
            assert [event.name for event in events] == ["Transfer"]
            assert leap.stamp(7)[:3] == (taker, Place.DELIVERED, since)
        assert leap.balances(CUSTODY, ALICE, BOB, CAROL) == [19, 0, 0, 1]

    def test_nobody_else(self, leap: SeriesBench) -> None:
        """The administrator, who has every role, cannot send a token out of custody, nor approve anybody for it."""
        assert leap.refusal(ADMIN, "transferFrom", CUSTODY, ADMIN, 7) == "ERC721InsufficientApproval"
        assert leap.refusal(ADMIN, "approve", ADMIN, 7) == "ERC721InvalidApprover"
