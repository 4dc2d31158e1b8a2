"""Claims that collectors hand in are carried to the chain once, whatever happens to the clerk."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from eth_account import Account
from support.desk import Desk

from cryptostamp.chain import Chain, DevSigner, Finality, MinedTransaction, Sender, StampSeries
from cryptostamp.errors import Refused
from cryptostamp.ledger import ClaimQueue, ClaimRecord, ClaimState
from cryptostamp.office import ClaimClerk, LedgerJournal, claim, sign_claim, take_in
from cryptostamp.primitives import Address, Hash32, Serial, parse_address


def newcomer() -> Address:
    """Return an account that has never been used."""
    return parse_address(Account.create().address)


def handed_in(desk: Desk, serial: int, to: Address, *, lifetime_s: int = 3600) -> ClaimRecord:
    code = desk.secret.claim_code(Serial(serial))
    signed = sign_claim(code, desk.dossier, to=to, deadline=int(time.time()) + lifetime_s)
    return take_in(signed, desk.dossier, ledger=desk.ledger, now=time.time())


def clerk_of(desk: Desk) -> ClaimClerk:
    return ClaimClerk(desk.dossier, ledger=desk.ledger, sender=desk.sender)


def now(desk: Desk, record: ClaimRecord) -> ClaimRecord:
    found = desk.ledger.claims.find(record.id)
    assert found is not None
    return found


class TestClerk:
    """Each claim comes to its end."""

    def test_one_and_many(self, desk: Desk) -> None:
        """One goes alone, several together, and all tokens move."""
        accounts = {serial: newcomer() for serial in (3, 4, 5)}
        clerk = clerk_of(desk)
        records = [handed_in(desk, 3, accounts[3])]
        clerk.turn()
        records += [handed_in(desk, serial, accounts[serial]) for serial in (4, 5)]
        for _ in range(5):
            clerk.turn()
        assert [now(desk, each).state for each in records] == [ClaimState.DONE] * 3
        contract = StampSeries(desk.chain, desk.dossier.deployment.contract)
        assert {each.serial: each.owner for each in contract.stamps([Serial(n) for n in (3, 4, 5)])} == accounts

    def test_killed_before_signing(self, desk: Desk) -> None:
        """A clerk who was killed after naming the transaction goes on with the same one."""
        record = handed_in(desk, 6, newcomer())
        desk.ledger.claims.assign([record], "a name that was never signed")
        clerk = clerk_of(desk)
        for _ in range(3):
            clerk.turn()
        assert now(desk, record).state is ClaimState.DONE

    def test_many_under_way(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A turn asks the node once for each transaction under way, however many there are."""
        desk.chain.rpc.request("evm_setAutomine", False)  # noqa: FBT003 - as the node wants it
        try:
            sender = Sender(desk.chain, DevSigner(0), LedgerJournal(desk.ledger), finality=Finality(confirmations=3))
            clerk = ClaimClerk(desk.dossier, ledger=desk.ledger, sender=sender)
            records = []
            for serial in range(1, 9):
                records.append(handed_in(desk, serial, newcomer()))
                clerk.turn()
            desk.chain.rpc.request("evm_mine")
            ask, asked = Chain.receipt, Counter[Hash32]()

            def receipt(chain: Chain, transaction: Hash32) -> MinedTransaction | None:
                asked[transaction] += 1
                return ask(chain, transaction)

            monkeypatch.setattr(Chain, "receipt", receipt)
            clerk.turn()
            assert (len(asked), set(asked.values())) == (8, {1})
            desk.chain.rpc.request("anvil_mine", hex(3))
            clerk.turn()
            assert [now(desk, each).state for each in records] == [ClaimState.DONE] * 8
        finally:
            desk.chain.rpc.request("evm_setAutomine", True)  # noqa: FBT003

    def test_late(self, desk: Desk) -> None:
        """A claim that could not be sent in time is refused, and the stamp may be claimed anew."""
        record = handed_in(desk, 7, newcomer(), lifetime_s=-1)
        clerk_of(desk).turn()
        assert now(desk, record).state is ClaimState.REFUSED
        assert handed_in(desk, 7, newcomer()).state is ClaimState.WAITING

    def test_overtaken(self, desk: Desk) -> None:
        """One whose stamp went to somebody else meanwhile is refused; one that somebody else carried is done."""
        to = newcomer()
        lost, carried = handed_in(desk, 8, newcomer()), handed_in(desk, 9, to)
        for serial, receiver in ((8, newcomer()), (9, to)):
            code = desk.secret.claim_code(Serial(serial))
            claim(code, desk.dossier, to=receiver, sender=desk.sender, ledger=desk.ledger)
        clerk = clerk_of(desk)
        for _ in range(4):
            clerk.turn()
        assert now(desk, lost).state is ClaimState.REFUSED
        assert now(desk, lost).reason
        assert now(desk, carried).state is ClaimState.DONE

    def test_a_transaction_keeps_its_claims(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many claims are under way, those of one transaction stay together: nothing is sent again."""
        monkeypatch.setitem(ClaimQueue.in_state.__kwdefaults__, "most", 2)  # as if there were a thousand more
        records = [handed_in(desk, serial, newcomer()) for serial in (13, 14, 15)]
        before = desk.chain.transaction_count(desk.sender.signer.address)
        clerk = clerk_of(desk)
        desk.chain.rpc.request("evm_setAutomine", False)  # noqa: FBT003 - as the node wants it
        clerk.turn()
        clerk.turn()
        desk.chain.rpc.request("evm_setAutomine", True)  # noqa: FBT003
        desk.chain.rpc.request("evm_mine")
        for _ in range(4):
            clerk.turn()
        assert [now(desk, each).state for each in records] == [ClaimState.DONE] * 3
        assert desk.chain.transaction_count(desk.sender.signer.address) == before + 1

    @pytest.mark.parametrize("undone", [False, True])
    def test_overtaken_by_a_block_that_may_be_undone(self, desk: Desk, undone: bool) -> None:  # noqa: FBT001
        """A claim is not refused before the one that overtook it is final; if that is undone, it is carried out."""
        record = handed_in(desk, 16 + undone, newcomer())
        code = desk.secret.claim_code(record.serial)
        claim(code, desk.dossier, to=newcomer(), sender=desk.sender, ledger=desk.ledger)
        patient = Sender(desk.chain, DevSigner(6), LedgerJournal(desk.ledger), finality=Finality(confirmations=3))
        clerk = ClaimClerk(desk.dossier, ledger=desk.ledger, sender=patient)
        clerk.turn()
        assert now(desk, record).state is ClaimState.SENT
        if undone:
            desk.chain.rpc.request("anvil_reorg", 1, [])
        for _ in range(5):
            desk.chain.rpc.request("evm_increaseTime", 12)
            desk.chain.rpc.request("evm_mine")
            clerk.turn()
        assert now(desk, record).state is (ClaimState.DONE if undone else ClaimState.REFUSED)

    def test_waits_for_others(self, desk: Desk) -> None:
        """While another ledger has an unmined transaction of the account, nothing new is signed."""
        record = handed_in(desk, 10, newcomer())
        clerk_of(desk).turn(may_send=False)
        assert now(desk, record).state is ClaimState.WAITING


class TestCounter:
    """A stamp has one claim at a time."""

    def test_twice(self, desk: Desk) -> None:
        """The same claim is found; one for another account is refused."""
        to = newcomer()
        first = handed_in(desk, 11, to)
        assert handed_in(desk, 11, to, lifetime_s=4000).id == first.id
        with pytest.raises(Refused, match="another account"):
            handed_in(desk, 11, newcomer())
