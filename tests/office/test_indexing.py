"""A series is followed on a real chain: all that happened is found once, through reorganisations and failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest
from support.desk import Desk
from support.scripted_node import Answer, ScriptedNode

from cryptostamp.chain import Chain, ChainEvent, DevSigner, PostmarkKind, SeriesEvents, StampSeries, VoidReason
from cryptostamp.errors import CannotTell, NodeUnreachable
from cryptostamp.ledger import Standing, StandingCounts
from cryptostamp.office import PostmarkOrder, StampDesk, VoidOrder, claim, follow, runs_of
from cryptostamp.primitives import Serial, parse_address

ALICE = parse_address("0x" + "a1" * 20)


def take(desk: Desk, serial: int) -> None:
    claim(desk.secret.claim_code(Serial(serial)), desk.dossier, to=ALICE, sender=desk.sender, ledger=desk.ledger)


def follow_two_claims(desk: Desk) -> None:
    """Claim two stamps, and read each claim into the index as it comes."""
    for serial in (1, 2):
        take(desk, serial)
        follow(desk.dossier, chain=desk.chain, ledger=desk.ledger)


def interrupt(patch: pytest.MonkeyPatch, kind: type, method: str, what: Callable[[], object]) -> None:
    """Let something happen right after a method was called for the first time."""
    called, todo = getattr(kind, method), [what]

    def interrupted(self: object, *arguments: object) -> object:
        found = called(self, *arguments)
        if todo:
            todo.pop()()
        return found

    patch.setattr(kind, method, interrupted)


def a_life(desk: Desk) -> None:
    """Claim, deliver, void and postmark stamps."""
    take(desk, 5)
    StampSeries(desk.chain, desk.dossier.deployment.contract).transfer(
        desk.sender, intent="deliver no. 7", serial=Serial(7), to=ALICE
    )
    issuer = StampDesk(desk.dossier, desk.sender, desk.ledger)
    issuer.void(VoidOrder(serials=runs_of([(11, 20), (3, 3)]), reason=VoidReason.STOLEN))
    issuer.postmark(
        PostmarkOrder(serials=runs_of([(5, 6)]), office="LEAP-01", day=date(2026, 5, 1), kind=PostmarkKind.FIRST_DAY)
    )


def agrees_with_the_contract(desk: Desk) -> bool:
    """Compare where each stamp stands by its events with what the contract itself says."""
    index = desk.ledger.index(desk.series.id)
    told = {each.serial: each for each in index.standings()}
    contract = StampSeries(desk.chain, desk.dossier.deployment.contract)
    for stamp in contract.stamps([Serial(number) for number in range(1, desk.series.edition + 1)]):
        standing = told.get(stamp.serial, Standing(serial=stamp.serial))
        owner = stamp.owner if stamp.left_custody else None
        reason = None if stamp.void_reason is None else stamp.void_reason.value
        assert (standing.state, standing.owner, standing.since, standing.void_reason, standing.postmarks) == (
            stamp.state.value,
            owner,
            stamp.since,
            reason,
            stamp.postmarks,
        )
    return True


@pytest.fixture
def between(desk_alone: Desk) -> Iterator[ScriptedNode]:
    """A node in front of the desk's own."""
    made = ScriptedNode(desk_alone.url)
    yield made
    made.close()


class TestFollowing:
    def test_a_life(self, desk: Desk) -> None:
        """What is found agrees with the contract stamp by stamp, and the second run finds nothing new."""
        a_life(desk)
        done = follow(desk.dossier, chain=desk.chain, ledger=desk.ledger)
        assert (done.behind, done.undone) == (0, 0)
        index = desk.ledger.index(desk.series.id)
        assert index.counts() == StandingCounts(claimed=1, delivered=1, void=11, postmarked=2, moved=0, owners=1)
        assert agrees_with_the_contract(desk)
        names = [event.name for event in index.events()]
        assert len(names) == done.read
        assert {"ConsecutiveTransfer", "SeriesRegistered"} <= set(names)
        mark = next(event for event in index.history(Serial(5)) if event.name == "Postmarked")
        assert dict(mark.values) == {"office": "LEAP-01", "day": "2026-05-01", "kind": "first-day", "number": "1"}
        again = follow(desk.dossier, chain=desk.chain, ledger=desk.ledger)
        assert (again.read, again.block) == (0, done.block)

    def test_only_what_is_new(self, desk: Desk) -> None:
        """A later run reads on where the one before stopped."""
        follow(desk.dossier, chain=desk.chain, ledger=desk.ledger)
        take(desk, 9)
        done = follow(desk.dossier, chain=desk.chain, ledger=desk.ledger)
        assert done.read == 1
        assert desk.ledger.index(desk.series.id).standing(Serial(9)).owner == ALICE

    @pytest.mark.parametrize("depth", [1, 2, 5])
    def test_a_reorganisation(self, desk_alone: Desk, depth: int) -> None:
        """What a reorganisation undoes is taken back, and what it puts in its place is read."""
        take(desk_alone, 1)
        follow(desk_alone.dossier, chain=desk_alone.chain, ledger=desk_alone.ledger)
        for _ in range(depth - 1):
            desk_alone.chain.rpc.request("evm_mine")
        take(desk_alone, 2)
        follow(desk_alone.dossier, chain=desk_alone.chain, ledger=desk_alone.ledger)
        desk_alone.chain.rpc.request("anvil_reorg", depth, [])
        done = follow(desk_alone.dossier, chain=desk_alone.chain, ledger=desk_alone.ledger)
        assert done.undone == 1
        index = desk_alone.ledger.index(desk_alone.series.id)
        assert index.standing(Serial(1)).state == "claimed"
        assert index.standing(Serial(2)) == Standing(serial=Serial(2))
        assert agrees_with_the_contract(desk_alone)

    def test_reorganised_while_it_is_read(self, desk_alone: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A range whose last block changes while it is read is read again; nothing of the lost branch stays."""
        take(desk_alone, 1)
        take(desk_alone, 2)
        ask = Chain.logs
        times = 0

        def logs(chain: Chain, *arguments: object, **options: object) -> object:
            nonlocal times
            found = ask(chain, *arguments, **options)  # type: ignore[arg-type]
            times += 1
            if times == 1:
                desk_alone.chain.rpc.request("anvil_reorg", 1, [])
            return found

        monkeypatch.setattr(Chain, "logs", logs)
        follow(desk_alone.dossier, chain=desk_alone.chain, ledger=desk_alone.ledger, sleep=lambda _seconds: None)
        assert times > 1
        assert desk_alone.ledger.index(desk_alone.series.id).counts().claimed == 1
        assert agrees_with_the_contract(desk_alone)

    def test_grown_while_custody_is_asked(
        self, desk_alone: Desk, between: ScriptedNode, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A block that comes between the events and custody's tokens is read, too, where a node answers as of it."""
        follow_two_claims(desk_alone)
        chain = Chain.connect(between.url)
        interrupt(monkeypatch, StampSeries, "custody", lambda: take(desk_alone, 3))

        def as_anvil(parameters: list[Any]) -> Answer:
            call, place = parameters
            return between.pass_on("eth_call", [call, "latest" if isinstance(place, dict) else place])

        between.behaviour["eth_call"] = as_anvil
        done = follow(desk_alone.dossier, chain=chain, ledger=desk_alone.ledger, sleep=lambda _seconds: None)
        assert (done.read, done.undone) == (1, 0)
        assert agrees_with_the_contract(desk_alone)

    def test_undone_while_custody_is_asked(self, desk_alone: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A block that is gone when custody's tokens are asked as of it is no reason to give up."""
        follow_two_claims(desk_alone)
        undo = partial(desk_alone.chain.rpc.request, "anvil_reorg", 1, [])
        interrupt(monkeypatch, StampSeries, "custody", undo)
        done = follow(desk_alone.dossier, chain=desk_alone.chain, ledger=desk_alone.ledger, sleep=lambda _seconds: None)
        assert (done.read, done.undone) == (0, 1)
        assert agrees_with_the_contract(desk_alone)

    def test_shorter_than_it_just_was(self, desk_alone: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A chain that loses blocks after it was asked for its newest one has lost them, and no more."""
        follow_two_claims(desk_alone)
        undo = partial(desk_alone.chain.rpc.request, "anvil_rollback", 1)
        interrupt(monkeypatch, Chain, "head", undo)
        done = follow(desk_alone.dossier, chain=desk_alone.chain, ledger=desk_alone.ledger)
        assert (done.read, done.undone) == (0, 1)
        assert agrees_with_the_contract(desk_alone)

    def test_a_node_that_wants_small_ranges(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ranges shrink until the node answers."""
        a_life(desk)
        ask = SeriesEvents.read
        lengths = []

        def read(events: SeriesEvents, first: int, last: int) -> object:
            lengths.append(last - first + 1)
            if last - first + 1 > 3:
                raise CannotTell("Too many blocks.")
            return ask(events, first, last)

        monkeypatch.setattr(SeriesEvents, "read", read)
        follow(desk.dossier, chain=desk.chain, ledger=desk.ledger, sleep=lambda _seconds: None)
        assert max(lengths) > 3
        assert agrees_with_the_contract(desk)

    def test_a_node_that_gives_up(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A node that does not answer is an error, and what was read by then stays."""
        follow(desk.dossier, chain=desk.chain, ledger=desk.ledger)
        take(desk, 4)
        before = desk.ledger.index(desk.series.id).blocks()

        def read(_events: SeriesEvents, _first: int, _last: int) -> tuple[object, tuple[ChainEvent, ...]]:
            raise NodeUnreachable("Gone.")

        monkeypatch.setattr(SeriesEvents, "read", read)
        with pytest.raises(NodeUnreachable):
            follow(desk.dossier, chain=desk.chain, ledger=desk.ledger, sleep=lambda _seconds: None)
        assert desk.ledger.index(desk.series.id).blocks() == before

    def test_another_post_s_series(self, desk: Desk) -> None:
        """Of a registry, what is about other posts is left out, and what is about the registry itself is not."""
        events = SeriesEvents(desk.chain, DevSigner(9).address, registry=desk.dossier.deployment.registry, post_id=None)
        _, found = events.read(0, desk.chain.head().number)
        assert {event.name for event in found} == {"OwnershipTransferred"}
