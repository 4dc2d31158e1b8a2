"""What the chain has told of a series is kept, taken back when the chain is, and says where each stamp stands."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cryptostamp.errors import StorageProblem
from cryptostamp.ledger import (
    EventRecord,
    IndexedBlock,
    Ledger,
    PlannedStamp,
    SeriesIndex,
    SeriesPlan,
    Standing,
    StandingCounts,
)
from cryptostamp.primitives import Address, ChainId, Hash32, Serial, keccak256, parse_address

CUSTODY, ALICE, BOB = (parse_address("0x" + letter * 20) for letter in ("c0", "a1", "b0"))
CONTRACT = parse_address("0x" + "5e" * 20)
SIZE = 12


def block(number: int, branch: str = "") -> IndexedBlock:
    return IndexedBlock(
        number=number, hash=Hash32(keccak256(f"block {number}{branch}".encode())), timestamp=1_000 + 12 * number
    )


def event(name: str, at: tuple[int, int], serials: tuple[int, int] | int | None = None, **values: str) -> EventRecord:
    first, last = serials if isinstance(serials, tuple) else (serials, serials)
    return EventRecord(
        name=name,
        contract=CONTRACT,
        block_number=at[0],
        block_hash=block(at[0]).hash,
        number=at[1],
        transaction_hash=Hash32(keccak256(f"transaction {at}".encode())),
        timestamp=block(at[0]).timestamp,
        first=None if first is None else Serial(first),
        last=None if last is None else Serial(last),
        values=tuple(values.items()),
    )


def moved(at: tuple[int, int], serial: int, to: Address, start: Address = CUSTODY) -> EventRecord:
    return event("Transfer", at, serial, **{"from": start, "to": to})


@pytest.fixture
def index(ledger: Ledger) -> SeriesIndex:
    """The index of a series that is planned."""
    plan(ledger)
    return ledger.index("LEAP")


def plan(ledger: Ledger, series: str = "LEAP") -> None:
    ledger.plan_series(
        SeriesPlan(
            id=series,
            description_sha256=keccak256(b"description"),
            edition=SIZE,
            edition_root=keccak256(b"root"),
            rarity_seed=keccak256(b"seed"),
            chain_id=ChainId(31337),
            genesis_hash=keccak256(b"genesis"),
        ),
        [
            PlannedStamp(serial=Serial(number), variant=0, claim_key=ALICE, sheet=1, position=number)
            for number in range(1, SIZE + 1)
        ],
    )


LIFE = [
    event("ConsecutiveTransfer", (2, 0), (1, SIZE), fromAddress="0x" + "00" * 20, toAddress=CUSTODY),
    moved((3, 0), 5, ALICE),
    moved((4, 1), 7, BOB),
    event("Delivered", (4, 2), 7, to=BOB),
    event("Voided", (5, 0), (6, 9), reason="stolen"),
    event("Postmarked", (5, 1), 5, office="1010", day="2026-05-01", kind="first-day", number="1"),
    moved((6, 0), 5, BOB, ALICE),
    event("Postmarked", (6, 3), 1, office="1010", day="2026-05-02", kind="regular", number="1"),
    event("Voided", (7, 0), (9, 10), reason="spoiled"),
]


def read(index: SeriesIndex, events: Sequence[EventRecord], last: int = 8) -> None:
    """Read events block by block."""
    blocks = index.blocks()
    for number in range(blocks[0].number + 1 if blocks else 2, last + 1):
        index.append(block(number), [each for each in events if each.block_number == number])


class TestStandings:
    def test_a_life(self, index: SeriesIndex) -> None:
        """Claims, deliveries, voids, moves and postmarks each leave their trace, and only on their stamps."""
        read(index, LIFE)
        assert {each.serial: each for each in index.standings()} == {
            1: Standing(serial=Serial(1), postmarks=1),
            5: Standing(serial=Serial(5), state="claimed", owner=BOB, since=1_036, moves=1, postmarks=1),
            6: Standing(serial=Serial(6), state="void", since=1_060, void_reason="stolen"),
            7: Standing(serial=Serial(7), state="delivered", owner=BOB, since=1_048),
            8: Standing(serial=Serial(8), state="void", since=1_060, void_reason="stolen"),
            9: Standing(serial=Serial(9), state="void", since=1_060, void_reason="stolen"),
            10: Standing(serial=Serial(10), state="void", since=1_084, void_reason="spoiled"),
        }
        assert index.standing(Serial(12)) == Standing(serial=Serial(12))
        assert index.counts() == StandingCounts(claimed=1, delivered=1, void=4, postmarked=2, moved=1, owners=1)
        assert [each.serial for each in index.of_owner(BOB)] == [5, 7]
        assert index.of_owner(ALICE) == ()

    def test_a_history(self, index: SeriesIndex) -> None:
        """A stamp's history holds what speaks of it, ranges among them, oldest first."""
        read(index, LIFE)
        assert index.history(Serial(5)) == (LIFE[0], LIFE[1], LIFE[5], LIFE[6])
        assert [each.name for each in index.history(Serial(9))] == ["ConsecutiveTransfer", "Voided", "Voided"]
        assert tuple(index.events()) == tuple(LIFE)

    def test_custody_to_itself(self, index: SeriesIndex) -> None:
        """A token that custody hands to itself has not left it, so its hidden code stays good."""
        read(index, [moved((3, 0), 4, CUSTODY, CUSTODY)])
        assert index.standing(Serial(4)).state == "unclaimed"

    def test_nothing_moves_what_is_void(self, index: SeriesIndex) -> None:
        """An event that no contract of ours can announce changes nothing."""
        read(index, [event("Voided", (3, 0), (4, 4), reason="lost"), moved((4, 0), 4, BOB)])
        assert index.standing(Serial(4)).state == "void"

    def test_series_beside_each_other(self, ledger: Ledger) -> None:
        """What is told of one series says nothing of another."""
        plan(ledger)
        plan(ledger, "OTHER")
        read(ledger.index("LEAP"), LIFE)
        assert ledger.index("OTHER").blocks() == ()
        assert list(ledger.index("OTHER").standings()) == []
        ledger.index("OTHER").rewind(None)
        assert len(list(ledger.index("LEAP").events())) == len(LIFE)


class TestReorganisation:
    @pytest.mark.parametrize("depth", range(7))
    def test_taken_back(self, ledger: Ledger, depth: int) -> None:
        """After going back and reading again, everything is as if it had been read once."""
        plan(ledger)
        index = ledger.index("LEAP")
        read(index, LIFE)
        expected = (tuple(index.events()), tuple(index.standings()), index.blocks())
        gone = index.rewind(8 - depth)
        assert gone == sum(each.block_number > 8 - depth for each in LIFE)
        assert all(each.block_number <= 8 - depth for each in index.events())
        read(index, LIFE)
        assert (tuple(index.events()), tuple(index.standings()), index.blocks()) == expected

    def test_another_branch(self, index: SeriesIndex) -> None:
        """What happened on the branch that lost has not happened."""
        read(index, LIFE)
        index.rewind(2)
        read(index, [moved((3, 0), 5, BOB)])
        assert list(index.standings()) == [Standing(serial=Serial(5), state="claimed", owner=BOB, since=1_036)]

    def test_everything(self, index: SeriesIndex) -> None:
        """Going back to nothing leaves an index as new."""
        read(index, LIFE)
        assert index.rewind(None) == len(LIFE)
        assert (index.blocks(), list(index.events()), list(index.standings())) == ((), [], [])

    def test_two_readers(self, index: SeriesIndex) -> None:
        """Of two processes that read the same range, the second is told, and nothing is there twice."""
        read(index, LIFE)
        with pytest.raises(StorageProblem, match="read these events already"):
            index.append(block(8), [])
        with pytest.raises(StorageProblem, match="read these events already"):
            index.append(block(9), [LIFE[-1]])
        assert len(list(index.events())) == len(LIFE)

    def test_how_far_back_is_known(self, index: SeriesIndex) -> None:
        """Of the blocks, the newest 300 are kept, and all events."""
        for number in range(1, 351):
            index.append(block(number), [])
        assert [each.number for each in index.blocks()] == list(range(350, 50, -1))


@st.composite
def _lives(draw: st.DrawFn) -> list[EventRecord]:
    events = []
    for number in range(3, draw(st.integers(4, 9))):
        for place in range(draw(st.integers(0, 3))):
            first = draw(st.integers(1, SIZE))
            kind = draw(st.sampled_from(["move", "void", "mark"]))
            if kind == "move":
                events.append(moved((number, place), first, draw(st.sampled_from([ALICE, BOB]))))
            elif kind == "void":
                events.append(event("Voided", (number, place), (first, draw(st.integers(first, SIZE))), reason="lost"))
            else:
                events.append(event("Postmarked", (number, place), first, office="1", day="2026-05-01"))
    return events


class TestAnyLife:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(events=_lives(), back=st.integers(2, 9), other=_lives())
    def test_rewinding_is_never_having_read(
        self, tmp_path_factory: pytest.TempPathFactory, events: list[EventRecord], back: int, other: list[EventRecord]
    ) -> None:
        """Reading one branch, going back and reading another equals reading the second from the start."""
        kept = [each for each in events if each.block_number <= back]
        branch = kept + [each for each in other if each.block_number > back]
        found = []
        for detour in (True, False):
            with Ledger(tmp_path_factory.mktemp("index") / "ledger.sqlite3") as ledger:
                plan(ledger)
                index = ledger.index("LEAP")
                if detour:
                    read(index, events, 9)
                    index.rewind(back)
                read(index, branch, 9)
                found.append((tuple(index.events()), tuple(index.standings()), index.counts()))
        assert found[0] == found[1]
