"""A postmark tells of the paper stamp, whoever owns the token: it is recorded once and stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.series_bench import ADMIN, ALICE, BOB, CUSTODY, Kind, Place, SeriesBench

DAY = 86_400
TODAY = 20_781
LILYPOND, REEDBANK = b"LILYPOND".ljust(12, b"\0"), b"REEDBANK 001"
NOTHING = (bytes(12), 0, 0, 0)


def postmark(
    bench: SeriesBench, serials: list[int], *, office: bytes = LILYPOND, kind: int = Kind.REGULAR
) -> tuple[int, int]:
    """Cancel stamps today; return the day, and the timestamp of the record."""
    day = bench.now() // DAY
    bench.send(ADMIN, "postmark", serials, office, day, kind)
    return day, bench.now()


class TestPostmark:
    @pytest.mark.parametrize("kind", [Kind.REGULAR, Kind.FIRST_DAY, Kind.SPECIAL])
    @pytest.mark.parametrize("office", [LILYPOND, REEDBANK, b"\xff" * 12])
    def test_the_first(self, leap: SeriesBench, kind: int, office: bytes) -> None:
        """The stamp shows office, day and kind as they were given, and when they were recorded."""
        day, recorded = postmark(leap, [7], office=office, kind=kind)
        stamp = leap.stamp(7)
        assert (stamp.postmarks, stamp.first_postmark) == (1, (office, day, kind, recorded))
        assert leap.read("postmarkOf", 7, 1) == (office, day, kind, recorded)
        assert (leap.stamp(6).postmarks, leap.stamp(6).first_postmark) == (0, NOTHING)

    def test_its_event(self, leap: SeriesBench) -> None:
        """Each postmark is announced with its number on the stamp."""
        day = leap.now() // DAY
        leap.send(ADMIN, "postmark", [7], LILYPOND, day, Kind.REGULAR)
        events = leap.send(ADMIN, "postmark", [7, 8], REEDBANK, day - 1, Kind.SPECIAL)
        shared = {"office": REEDBANK, "day": day - 1, "kind": Kind.SPECIAL}
        assert events == [
            ("Postmarked", {"serial": 7, **shared, "number": 2}),
            ("Postmarked", {"serial": 8, **shared, "number": 1}),
        ]

    def test_later_ones(self, leap: SeriesBench) -> None:
        """A stamp that was cancelled several times keeps every postmark in order, and shows the first."""
        made = []
        for office, kind in ((LILYPOND, Kind.FIRST_DAY), (REEDBANK, Kind.SPECIAL), (LILYPOND, Kind.REGULAR)):
            made.append((office, *postmark(leap, [7], office=office, kind=kind), kind))
            leap.pass_time(DAY)
        expected = [(office, day, kind, recorded) for office, day, recorded, kind in made]
        assert [leap.read("postmarkOf", 7, number) for number in (1, 2, 3)] == expected
        assert (leap.stamp(7).postmarks, leap.stamp(7).first_postmark) == (3, expected[0])

    def test_many_at_once(self, leap: SeriesBench) -> None:
        """A list of stamps gets the same postmark; one that is named twice gets two."""
        postmark(leap, [3, 5, 3])
        assert [leap.stamp(serial).postmarks for serial in (3, 4, 5)] == [2, 0, 1]
        assert leap.send(ADMIN, "postmark", [], LILYPOND, TODAY, Kind.REGULAR) == []

    def test_whoever_owns_the_token(self, leap: SeriesBench) -> None:
        """Claimed and delivered stamps are posted like any other, and owner, state and approvals stay."""
        leap.claim(7, ALICE)
        leap.send(CUSTODY, "transferFrom", CUSTODY, BOB, 8)
        leap.send(ALICE, "approve", BOB, 7)
        before = [leap.stamp(serial)[:4] for serial in (7, 8, 9)]
        postmark(leap, [7, 8, 9])
        assert [leap.stamp(serial)[:4] for serial in (7, 8, 9)] == before
        assert leap.read("getApproved", 7) == BOB

    def test_it_outlives_transfers(self, leap: SeriesBench) -> None:
        """A stamp that is claimed and passed on keeps its postmark."""
        postmark(leap, [7])
        first = leap.stamp(7).first_postmark
        leap.claim(7, ALICE)
        leap.send(ALICE, "transferFrom", ALICE, BOB, 7)
        assert (leap.stamp(7).state, leap.stamp(7).first_postmark) == (Place.CLAIMED, first)

    def test_stamps_do_not_share_them(self, bare: Callable[..., SeriesBench]) -> None:
        """The second postmark of one stamp is the first of no other, at either end of a large edition."""
        large = bare(edition=16_000_000, variant_counts=(16_000_000,))
        for _ in range(3):
            postmark(large, [1, 16_000_000])
        assert [large.stamp(serial).postmarks for serial in (1, 2, 3, 15_999_999, 16_000_000)] == [3, 0, 0, 0, 3]


class TestRefusedPostmark:
    def test_without_an_office(self, leap: SeriesBench) -> None:
        """A postmark names its office."""
        assert leap.refusal(ADMIN, "postmark", [7], bytes(12), TODAY, Kind.REGULAR) == "InvalidOffice"

    def test_a_day_that_has_not_come(self, leap: SeriesBench) -> None:
        """The day has begun somewhere on earth, which is fourteen hours before it begins at UTC."""
        tomorrow = leap.now() // DAY + 1
        begins = tomorrow * DAY - 14 * 3600
        if leap.now() >= begins:  # in the afternoon, so that both moments lie ahead whenever this runs
            tomorrow, begins = tomorrow + 1, begins + DAY
        leap.chain.rpc.request("evm_setNextBlockTimestamp", begins - 2)
        leap.mine(1)
        leap.chain.rpc.request("evm_setNextBlockTimestamp", begins - 1)
        assert leap.refusal(ADMIN, "postmark", [7], LILYPOND, tomorrow, Kind.REGULAR) == "InvalidDay"
        leap.chain.rpc.request("evm_setNextBlockTimestamp", begins)
        leap.send(ADMIN, "postmark", [7], LILYPOND, tomorrow, Kind.REGULAR)
        assert leap.stamp(7).first_postmark[1:] == (tomorrow, Kind.REGULAR, begins)
        assert leap.refusal(ADMIN, "postmark", [7], LILYPOND, 2**32 - 1, Kind.REGULAR) == "InvalidDay"

    def test_a_day_long_ago(self, leap: SeriesBench) -> None:
        """Old days may be recorded late, down to the first."""
        leap.send(ADMIN, "postmark", [7], LILYPOND, 0, Kind.REGULAR)
        assert leap.stamp(7).first_postmark[1] == 0

    @pytest.mark.parametrize("serial", [0, 21, 2**32 + 7, 2**256 - 1])
    def test_outside_the_edition(self, leap: SeriesBench, serial: int) -> None:
        """One serial that does not exist spoils the list, also where it would be another stamp's second postmark."""
        assert leap.refusal(ADMIN, "postmark", [7, serial], LILYPOND, TODAY, Kind.REGULAR) == "NotInEdition"

    @pytest.mark.parametrize("number", [0, 2, 65_536, 2**256 - 1])
    def test_a_postmark_that_is_not_there(self, leap: SeriesBench, number: int) -> None:
        """Numbers begin at one and end at the last."""
        postmark(leap, [7])
        assert leap.refusal(ALICE, "postmarkOf", 7, number) == "NoSuchPostmark"

    def test_of_a_stamp_without_any(self, leap: SeriesBench) -> None:
        """A stamp without a postmark has no first one."""
        for serial in (7, 0, 21):
            assert leap.refusal(ALICE, "postmarkOf", serial, 1) == "NoSuchPostmark"

    def test_a_kind_that_does_not_exist(self, leap: SeriesBench) -> None:
        """There are three kinds."""
        assert leap.refusal(ADMIN, "postmark", [7], LILYPOND, TODAY, 3) != ""

    def test_by_somebody_else(self, leap: SeriesBench) -> None:
        """Custody, owners and issuers are no post office."""
        leap.claim(7, ALICE)
        leap.send(ADMIN, "setRoles", BOB, 1)
        for sender in (CUSTODY, ALICE, BOB):
            assert leap.refusal(sender, "postmark", [7], LILYPOND, TODAY, Kind.REGULAR) == "MissingRole"
