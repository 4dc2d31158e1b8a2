"""An issuer voids stamps and records postmarks once each, sees beforehand what that does, and goes on when killed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from support.desk import Desk

from cryptostamp.chain import (
    DevSigner,
    Moment,
    PostmarkKind,
    Sender,
    SeriesRole,
    Stamp,
    StampSeries,
    StampState,
    VoidReason,
)
from cryptostamp.errors import ContractRefusal, InputError
from cryptostamp.office import LedgerJournal, PostmarkOrder, StampDesk, VoidOrder, claim, runs_of, verify
from cryptostamp.office import stamps as office_stamps
from cryptostamp.office.printing import public_code_of
from cryptostamp.primitives import Serial, parse_address
from cryptostamp.scan import CheckCode, Conclusion, Outcome

ALICE = parse_address("0x" + "a1" * 20)
STOLEN = VoidOrder(serials=runs_of([(3, 3), (5, 5), (11, 20)]), reason=VoidReason.STOLEN)
MARK = PostmarkOrder(
    serials=runs_of([(3, 5), (9, 9)]), office="LEAP-01", day=date(2026, 5, 1), kind=PostmarkKind.FIRST_DAY
)


class _Killed(Exception):
    """The program ends here."""


@pytest.fixture
def issuer(desk: Desk) -> StampDesk:
    """The post at its own series."""
    return StampDesk(desk.dossier, desk.sender, desk.ledger)


def states(desk: Desk, numbers: Sequence[int] = range(1, 31)) -> dict[StampState, list[int]]:
    found: dict[StampState, list[int]] = {}
    for stamp in stamps(desk, numbers):
        found.setdefault(stamp.state, []).append(stamp.serial)
    return found


def stamps(desk: Desk, numbers: Sequence[int] = range(1, 31)) -> tuple[Stamp, ...]:
    contract = StampSeries(desk.chain, desk.dossier.deployment.contract)
    return contract.stamps([Serial(number) for number in numbers])


def take(desk: Desk, serial: int) -> None:
    claim(desk.secret.claim_code(Serial(serial)), desk.dossier, to=ALICE, sender=desk.sender, ledger=desk.ledger)


def killed_at(desk: Desk, moment: Moment, death: int) -> StampDesk:
    """Return a desk that is killed when it comes to a moment for the nth time."""
    seen = 0

    def watch(now: Moment, _sentence: str) -> None:
        nonlocal seen
        seen += now is moment
        if seen == death:
            raise _Killed

    sender = Sender(desk.chain, DevSigner(0), LedgerJournal(desk.ledger), watch=watch)
    return StampDesk(desk.dossier, sender, desk.ledger)


class TestRuns:
    @pytest.mark.parametrize(
        ("ranges", "runs"),
        [
            ([], ()),
            ([(3, 3), (1, 1), (2, 2), (2, 2)], ((1, 3),)),
            ([(5, 9), (1, 7), (11, 12), (12, 12)], ((1, 9), (11, 12))),
            ([(1, 20), (3, 4)], ((1, 20),)),
        ],
    )
    def test_neighbours_stand_together(self, ranges: list[tuple[int, int]], runs: tuple[tuple[int, int], ...]) -> None:
        """However serials are named, their runs are the same."""
        assert runs_of(ranges) == runs


class TestVoid:
    def test_lists_and_ranges(self, desk: Desk, issuer: StampDesk) -> None:
        """What was previewed is done: in a range where many are neighbours, in a list otherwise."""
        before = issuer.preview_void(STOLEN)
        assert (before.stamps, before.to_do, before.done_before, before.left_custody) == (12, 12, 0, 0)
        assert len(issuer.void(STOLEN)) == 2
        assert states(desk)[StampState.VOID] == [3, 5, *range(11, 21)]
        assert {stamp.void_reason for stamp in stamps(desk, [3, 20])} == {VoidReason.STOLEN}
        after = issuer.preview_void(STOLEN)
        assert (after.to_do, after.done_before) == (0, 12)

    def test_what_is_claimed_stays(self, desk: Desk, issuer: StampDesk) -> None:
        """Claimed stamps are counted beforehand, passed over, and stay whose they are."""
        take(desk, 5)
        take(desk, 12)
        before = issuer.preview_void(STOLEN)
        assert (before.to_do, before.left_custody, before.first_refused) == (10, 2, 5)
        issuer.void(STOLEN)
        assert states(desk)[StampState.CLAIMED] == [5, 12]
        assert len(states(desk)[StampState.VOID]) == 10

    def test_the_verdict_says_it(self, desk: Desk, issuer: StampDesk) -> None:
        """Whoever scans a void stamp reads void, when and why, and no hidden code moves it any more."""
        issuer.void(STOLEN)
        (verdict,) = verify(public_code_of(desk.dossier, Serial(3)).text, dossiers=[desk.dossier], rpc=desk.url)
        assert (verdict.conclusion, verdict.outcome_of(CheckCode.NOT_VOID)) == (
            Conclusion.NOT_GENUINE,
            Outcome.FAILED,
        )
        assert verdict.sentence.startswith("Void. The post declared this stamp void on 20")
        assert "it was stolen" in verdict.sentence
        with pytest.raises(ContractRefusal, match="Stamp 3 is void"):
            take(desk, 3)

    def test_once(self, desk: Desk, issuer: StampDesk) -> None:
        """The same order again, and one that is inside it, send nothing."""
        issuer.void(STOLEN)
        sent = desk.ledger.transactions()
        for order in (STOLEN, replace(STOLEN, reason=VoidReason.LOST), replace(STOLEN, serials=runs_of([(12, 13)]))):
            assert issuer.void(order) == ()
        assert desk.ledger.transactions() == sent

    @pytest.mark.parametrize("moment", [Moment.SIGNED, Moment.RECORDED, Moment.SENT, Moment.SEEN])
    def test_killed(self, desk: Desk, issuer: StampDesk, moment: Moment) -> None:
        """Killed at any moment, the same order goes on: nothing is sent twice, and nothing is left out."""
        before = desk.chain.transaction_count(desk.sender.address)
        for death in (1, 1):
            with pytest.raises(_Killed):
                killed_at(desk, moment, death).void(STOLEN)
        issuer.void(STOLEN)
        assert states(desk)[StampState.VOID] == [3, 5, *range(11, 21)]
        assert desk.chain.transaction_count(desk.sender.address) == before + 2
        assert desk.sender.settle() == ()

    def test_more_than_one_transaction_holds(
        self, desk: Desk, issuer: StampDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Long lists and ranges are cut, each part once."""
        monkeypatch.setattr(office_stamps, "_STAMPS_A_TRANSACTION", 2)
        monkeypatch.setattr(office_stamps, "_LONGEST_RANGE", 4)
        order = replace(STOLEN, serials=runs_of([(1, 3), (5, 5), (7, 7), (11, 20)]))
        assert len(issuer.void(order)) == 6
        assert states(desk)[StampState.VOID] == [1, 2, 3, 5, 7, *range(11, 21)]

    @pytest.mark.parametrize("ranges", [[(0, 3)], [(31, 31)], [(1, 2), (30, 31)]])
    def test_beyond_the_edition(self, desk: Desk, issuer: StampDesk, ranges: list[tuple[int, int]]) -> None:
        """A serial that the edition does not have is refused before anything is sent."""
        sent = desk.ledger.transactions()
        order = VoidOrder(serials=runs_of(ranges), reason=VoidReason.LOST)
        for act in (issuer.preview_void, issuer.void):
            with pytest.raises(InputError, match="The edition has the stamps 1 to 30"):
                act(order)
        assert desk.ledger.transactions() == sent

    def test_somebody_else(self, desk: Desk) -> None:
        """An account without the role is refused, and nothing is void."""
        stranger = Sender(desk.chain, DevSigner(6), LedgerJournal(desk.ledger))
        with pytest.raises(ContractRefusal, match=r"this needs: issuer\."):
            StampDesk(desk.dossier, stranger, desk.ledger).void(STOLEN)
        assert StampState.VOID not in states(desk)


class TestPostmark:
    def test_whoever_owns_it(self, desk: Desk, issuer: StampDesk) -> None:
        """Claimed and unclaimed stamps are cancelled alike; the verdict tells day and office."""
        take(desk, 4)
        before = issuer.preview_postmark(MARK)
        assert (before.stamps, before.to_do, before.left_custody) == (4, 4, 1)
        assert len(issuer.postmark(MARK)) == 1
        assert [stamp.serial for stamp in stamps(desk) if stamp.postmarks] == [3, 4, 5, 9]
        (verdict,) = verify(public_code_of(desk.dossier, Serial(4)).text, dossiers=[desk.dossier], rpc=desk.url)
        assert verdict.conclusion is Conclusion.GENUINE
        assert "It was cancelled on 2026-05-01 by the office LEAP-01 with its first-day postmark." in verdict.sentence

    def test_once_each(self, desk: Desk, issuer: StampDesk) -> None:
        """The same postmark is not recorded twice, however the stamps are named; another one is."""
        issuer.postmark(MARK)
        wider = replace(MARK, serials=runs_of([(3, 6)]))
        assert issuer.preview_postmark(wider).to_do == 1
        issuer.postmark(wider)
        assert issuer.postmark(MARK) == ()
        issuer.postmark(replace(wider, office="1010"))
        assert issuer.postmark(wider) == ()
        assert [stamp.postmarks for stamp in stamps(desk, range(3, 10))] == [2, 2, 2, 2, 0, 0, 1]

    def test_void_stamps_get_none(self, desk: Desk, issuer: StampDesk) -> None:
        """A void stamp is no postage: it is counted and passed over."""
        issuer.void(replace(STOLEN, serials=runs_of([(4, 5)])))
        before = issuer.preview_postmark(MARK)
        assert (before.to_do, before.void, before.first_refused) == (2, 2, 4)
        issuer.postmark(MARK)
        assert [stamp.postmarks for stamp in stamps(desk, [3, 4, 5, 9])] == [1, 0, 0, 1]

    @pytest.mark.parametrize("moment", [Moment.SIGNED, Moment.RECORDED, Moment.SENT, Moment.SEEN])
    def test_killed(self, desk: Desk, issuer: StampDesk, moment: Moment) -> None:
        """Killed at any moment, the same order goes on, and each stamp has the postmark once."""
        with pytest.raises(_Killed):
            killed_at(desk, moment, 1).postmark(MARK)
        issuer.postmark(MARK)
        assert [stamp.postmarks for stamp in stamps(desk, [3, 4, 5, 9])] == [1, 1, 1, 1]
        assert desk.sender.settle() == ()

    def test_refused(self, desk: Desk, issuer: StampDesk) -> None:
        """No office, and a day to come, are refused before anything is sent; so is a stranger."""
        sent = desk.ledger.transactions()
        with pytest.raises(InputError, match="not a code"):
            issuer.preview_postmark(replace(MARK, office="leap 1"))
        with pytest.raises(ContractRefusal, match="9999-01-01 of the postmark has not come"):
            issuer.postmark(replace(MARK, day=date(9999, 1, 1)))
        contract = StampSeries(desk.chain, desk.dossier.deployment.contract)
        stranger = Sender(desk.chain, DevSigner(6), LedgerJournal(desk.ledger))
        with pytest.raises(ContractRefusal, match=r"this needs: postmaster\."):
            StampDesk(desk.dossier, stranger, desk.ledger).postmark(MARK)
        assert desk.ledger.transactions() == sent
        contract.set_roles(desk.sender, intent="roles", account=stranger.address, roles=SeriesRole.POSTMASTER)
        assert len(StampDesk(desk.dossier, stranger, desk.ledger).postmark(MARK)) == 1
