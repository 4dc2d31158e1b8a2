"""The issuer changes the royalty and the roles of a series: once, again later, and on after a crash."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.desk import Desk

from cryptostamp.chain import DevSigner, Sender, SeriesRole
from cryptostamp.errors import CannotTell, ContractRefusal, InputError, Refused
from cryptostamp.office import LedgerJournal, Royalty, SeriesDesk
from cryptostamp.primitives import parse_address

ALICE, BOB = parse_address("0x" + "a1" * 20), parse_address("0x" + "b0" * 20)
NONE = Royalty(receiver=None, bps=0)
FIVE = Royalty(receiver=ALICE, bps=500)
TWO = Royalty(receiver=BOB, bps=225)
BOTH = SeriesRole.ISSUER | SeriesRole.POSTMASTER


def office_of(desk: Desk, account: int = 0) -> SeriesDesk:
    """Return the desk of a new process that has no patience."""
    sender = Sender(desk.chain, DevSigner(account), LedgerJournal(desk.ledger), patience_s=0)
    return SeriesDesk(desk.dossier, sender, desk.ledger)


def intents(desk: Desk) -> list[str]:
    return [each.intent for each in desk.ledger.transactions() if "royalty" in each.intent or "roles" in each.intent]


@pytest.fixture
def standing_still(desk: Desk) -> Iterator[Desk]:
    """Let the chain mine nothing by itself."""
    desk.chain.rpc.request("evm_setAutomine", False)  # noqa: FBT003 - as the node wants it
    yield desk
    desk.chain.rpc.request("evm_setAutomine", True)  # noqa: FBT003


class TestRoyalty:
    def test_there_and_back_again(self, desk: Desk) -> None:
        """It is set, is found to be set, changes, and can be what it was once more, each in one transaction."""
        office = SeriesDesk(desk.dossier, desk.sender, desk.ledger)
        assert office.royalty() == NONE
        for wanted in (FIVE, TWO, FIVE, NONE):
            (cost,) = office.price_royalty(wanted)
            assert cost.gas > 0
            assert office.set_royalty(wanted) is not None
            assert office.royalty() == wanted
            assert office.set_royalty(wanted) is None
            assert office.price_royalty(wanted) == ()
        assert intents(desk) == [
            f"LEAP: royalty 500 for {ALICE} (1)",
            f"LEAP: royalty 225 for {BOB} (1)",
            f"LEAP: royalty 500 for {ALICE} (2)",
            "LEAP: royalty ended (1)",
        ]

    def test_goes_on(self, standing_still: Desk) -> None:
        """What was signed before a process ended is mined once; the next process goes on with it."""
        desk = standing_still
        before = desk.chain.transaction_count(DevSigner(0).address)
        for _ in range(2):
            with pytest.raises(CannotTell, match="not mined yet"):
                office_of(desk).set_royalty(FIVE)
        assert office_of(desk).price_royalty(FIVE) == ()
        desk.chain.rpc.request("evm_mine")
        assert office_of(desk).royalty() == FIVE
        assert office_of(desk).set_royalty(FIVE) is not None
        assert office_of(desk).set_royalty(FIVE) is None
        assert desk.chain.transaction_count(DevSigner(0).address) == before + 1
        assert len(intents(desk)) == 1

    def test_another_one_is_under_way(self, standing_still: Desk) -> None:
        """Two changes at once are refused, with the name of the one that is under way."""
        with pytest.raises(CannotTell):
            office_of(standing_still).set_royalty(FIVE)
        for act in (SeriesDesk.set_royalty, SeriesDesk.price_royalty):
            with pytest.raises(Refused, match=rf"under way: 'LEAP: royalty 500 for {ALICE} \(1\)'") as error:
                act(office_of(standing_still), TWO)
            assert "settle" in error.value.remedy
        assert len(intents(standing_still)) == 1

    def test_too_much(self, desk: Desk) -> None:
        """More than the contract allows, or a stranger who asks, is refused before anything is signed."""
        with pytest.raises(ContractRefusal) as error:
            office_of(desk).set_royalty(Royalty(receiver=ALICE, bps=1_001))
        assert error.value.name == "InvalidRoyalty"
        with pytest.raises(ContractRefusal, match="issuer"):
            office_of(desk, account=6).set_royalty(FIVE)
        assert intents(desk) == []

    @pytest.mark.parametrize(("receiver", "bps"), [(None, 5), (ALICE, 0)])
    def test_half_a_royalty(self, receiver: None, bps: int) -> None:
        """Somebody who gets nothing, and something for nobody, are slips of the hand."""
        with pytest.raises(InputError, match="both"):
            Royalty(receiver=receiver, bps=bps)


class TestRoles:
    def test_given_and_taken(self, desk: Desk) -> None:
        """An account gets a role, both, and none any more; with the role it may act, without it may not."""
        office = SeriesDesk(desk.dossier, desk.sender, desk.ledger)
        clerk = DevSigner(6).address
        for wanted in (SeriesRole.ISSUER, BOTH, SeriesRole.NONE, SeriesRole.ISSUER):
            assert office.set_roles(clerk, wanted) is not None
            assert office.roles_of(clerk) == wanted
            assert office.set_roles(clerk, wanted) is None
        theirs = Sender(desk.chain, DevSigner(6), LedgerJournal(desk.ledger))
        assert SeriesDesk(desk.dossier, theirs, desk.ledger).set_royalty(TWO) is not None
        office.set_roles(clerk, SeriesRole.NONE)
        with pytest.raises(ContractRefusal, match="issuer"):
            office_of(desk, account=6).price_royalty(FIVE)

    def test_not_by_the_issuer(self, desk: Desk) -> None:
        """Only the administrator gives roles; whoever has one cannot pass it on."""
        office = SeriesDesk(desk.dossier, desk.sender, desk.ledger)
        office.set_roles(DevSigner(6).address, BOTH)
        with pytest.raises(ContractRefusal) as error:
            office_of(desk, account=6).set_roles(ALICE, SeriesRole.ISSUER)
        assert error.value.name == "NotAdmin"

    def test_different_accounts_at_once(self, standing_still: Desk) -> None:
        """What is under way for one account keeps no other from getting roles."""
        for account in (ALICE, BOB):
            with pytest.raises(CannotTell):
                office_of(standing_still).set_roles(account, SeriesRole.POSTMASTER)
        with pytest.raises(Refused, match="under way"):
            office_of(standing_still).set_roles(ALICE, BOTH)
        assert len(intents(standing_still)) == 2
