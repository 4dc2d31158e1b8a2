"""The journal remembers what was signed, and lets nothing be signed twice: in memory and in a ledger alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from cryptostamp.chain import EntryState, Journal, JournalEntry, MemoryJournal, MinedTransaction, SignedTransaction
from cryptostamp.errors import StorageProblem
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal
from cryptostamp.primitives import ChainId, Hash32, keccak256, parse_address

CHAIN = ChainId(31337)
POST = parse_address("0x" + "a1" * 20)


def signed(intent: str, nonce: int, raw: bytes = b"raw") -> SignedTransaction:
    """Return a signed transaction."""
    return SignedTransaction(
        intent=intent, chain_id=CHAIN, sender=POST, nonce=nonce, hash=keccak256(raw + bytes([nonce])), raw=raw
    )


def mined(transaction: SignedTransaction, *, succeeded: bool = True, block: int = 1) -> MinedTransaction:
    """Return how a transaction was mined."""
    return MinedTransaction(
        hash=transaction.hash,
        block_number=block,
        block_hash=Hash32(bytes([block]) * 32),
        gas_used=21_000,
        succeeded=succeeded,
        contract=POST if block == 1 else None,
    )


def entry(*offers: SignedTransaction, state: EntryState, how: MinedTransaction | None = None) -> JournalEntry:
    """Return what the journal should hold."""
    return JournalEntry(state=state, offers=offers, mined=how)


@pytest.fixture(params=["memory", "ledger"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """Each journal in turn."""
    if request.param == "memory":
        yield MemoryJournal()
        return
    with Ledger(tmp_path / "ledger.sqlite3") as ledger:
        yield LedgerJournal(ledger)


class TestLife:
    def test_from_signing_to_the_end(self, journal: Journal) -> None:
        """An intent is live once it is signed, and stays so when it is mined and when that is final."""
        issue = signed("issue", 0)
        assert journal.live("issue") is None
        journal.record_signed(issue)
        assert journal.live("issue") == entry(issue, state=EntryState.SIGNED)
        journal.record_mined(mined(issue), final=False)
        assert journal.live("issue") == entry(issue, state=EntryState.MINED, how=mined(issue))
        journal.record_mined(mined(issue), final=True)
        assert journal.live("issue") == entry(issue, state=EntryState.FINAL, how=mined(issue))

    @pytest.mark.parametrize("final", [False, True])
    def test_undone(self, journal: Journal, final: bool) -> None:  # noqa: FBT001
        """What a reorganisation has undone is signed again, however deep it was, and may be mined elsewhere."""
        issue = signed("issue", 0)
        journal.record_signed(issue)
        journal.record_mined(mined(issue), final=final)
        journal.record_unmined(issue)
        assert journal.live("issue") == entry(issue, state=EntryState.SIGNED)
        journal.record_mined(mined(issue, block=2), final=True)
        assert journal.live("issue") == entry(issue, state=EntryState.FINAL, how=mined(issue, block=2))

    def test_free_again_after_a_failure(self, journal: Journal) -> None:
        """An intent that failed may be signed anew with another nonce, but not before the failure is final."""
        issue = signed("issue", 0)
        journal.record_signed(issue)
        journal.record_mined(mined(issue, succeeded=False), final=False)
        with pytest.raises(StorageProblem):
            journal.record_signed(signed("issue", 1))
        journal.record_mined(mined(issue, succeeded=False), final=True)
        assert journal.live("issue") is None
        with pytest.raises(StorageProblem):
            journal.record_signed(signed("issue", 0, b"the same nonce"))
        journal.record_signed(signed("issue", 1))
        assert [each.state for each in journal.entries(CHAIN, POST)] == [EntryState.REVERTED, EntryState.SIGNED]

    def test_given_up(self, journal: Journal) -> None:
        """What a person gave up is no longer live, and its nonce, which a stranger has used, stays counted."""
        journal.record_signed(signed("issue", 7))
        journal.record_abandoned(signed("issue", 7), "another wallet has used the account")
        assert journal.live("issue") is None
        assert journal.highest_nonce(CHAIN, POST) == 7
        journal.record_signed(signed("issue", 8))
        first, second = journal.entries(CHAIN, POST)
        assert (first.state, first.reason) == (EntryState.ABANDONED, "another wallet has used the account")
        assert (second.state, second.reason) == (EntryState.SIGNED, None)


class TestReplacements:
    def test_every_offer_is_kept(self, journal: Journal) -> None:
        """Replacements are kept in order beside the first signature, and any of them may be the one that is mined."""
        first, second, third = signed("issue", 0), signed("issue", 0, b"more"), signed("issue", 0, b"most")
        journal.record_signed(first)
        journal.record_replacement(second)
        journal.record_replacement(third)
        assert journal.live("issue") == entry(first, second, third, state=EntryState.SIGNED)
        journal.record_mined(mined(second), final=True)
        assert journal.live("issue") == entry(first, second, third, state=EntryState.FINAL, how=mined(second))

    @pytest.mark.parametrize("other", [signed("register", 0, b"more"), signed("issue", 1, b"more")])
    def test_only_of_the_same_intent_and_nonce(self, journal: Journal, other: SignedTransaction) -> None:
        """A replacement for another intent or nonce would be a second transaction: it is refused."""
        journal.record_signed(signed("issue", 0))
        with pytest.raises(StorageProblem, match="nothing to be replaced"):
            journal.record_replacement(other)

    def test_not_after_the_end(self, journal: Journal) -> None:
        """What is final is not replaced."""
        journal.record_signed(signed("issue", 0))
        journal.record_mined(mined(signed("issue", 0)), final=True)
        with pytest.raises(StorageProblem, match="nothing to be replaced"):
            journal.record_replacement(signed("issue", 0, b"more"))


class TestUniqueness:
    def test_one_live_entry_for_an_intent(self, journal: Journal) -> None:
        """A second signature for a live intent is refused, and nothing of it is kept."""
        journal.record_signed(signed("issue", 0))
        with pytest.raises(StorageProblem):
            journal.record_signed(signed("issue", 1))
        assert journal.entries(CHAIN, POST) == (entry(signed("issue", 0), state=EntryState.SIGNED),)

    def test_one_intent_for_a_nonce(self, journal: Journal) -> None:
        """A nonce is used once for an account and chain, and again on another chain."""
        journal.record_signed(signed("issue", 0))
        other = signed("register", 0, b"other")
        with pytest.raises(StorageProblem):
            journal.record_signed(other)
        journal.record_signed(replace(other, chain_id=ChainId(1337)))

    @pytest.mark.parametrize("end", ["final", "reverted", "abandoned", "unknown"])
    def test_what_has_ended_does_not_change(self, journal: Journal, end: str) -> None:
        """Nothing is recorded for a transaction that has ended or that the journal does not know."""
        issue = signed("issue", 0)
        if end != "unknown":
            journal.record_signed(issue)
        if end == "abandoned":
            journal.record_abandoned(issue, "so")
        elif end != "unknown":
            journal.record_mined(mined(issue, succeeded=end == "final"), final=True)
        before = journal.entries(CHAIN, POST)
        with pytest.raises(StorageProblem, match="no unfinished transaction"):
            journal.record_mined(mined(issue, block=2), final=False)
        with pytest.raises(StorageProblem, match="no unfinished transaction"):
            journal.record_abandoned(issue, "so")
        assert journal.entries(CHAIN, POST) == before


class TestQuestions:
    def test_highest_nonce(self, journal: Journal) -> None:
        """The highest nonce counts what was signed, mined or not."""
        assert journal.highest_nonce(CHAIN, POST) is None
        journal.record_signed(signed("a", 4))
        journal.record_signed(signed("b", 2))
        assert journal.highest_nonce(CHAIN, POST) == 4
        assert journal.highest_nonce(ChainId(1337), POST) is None

    def test_entries_in_the_order_of_nonces(self, journal: Journal) -> None:
        """Entries come in the order in which the chain must take them, from a nonce on if one is given."""
        for intent, nonce in (("c", 5), ("a", 3), ("b", 4)):
            journal.record_signed(signed(intent, nonce))
        journal.record_mined(mined(signed("b", 4)), final=True)
        journal.record_mined(mined(signed("a", 3)), final=False)
        assert [each.intent for each in journal.entries(CHAIN, POST)] == ["a", "b", "c"]
        assert [each.intent for each in journal.entries(CHAIN, POST, from_nonce=4)] == ["b", "c"]
        assert [each.intent for each in journal.unfinished(CHAIN, POST)] == ["a", "c"]
        assert journal.unfinished(ChainId(1337), POST) == ()


class TestExclusive:
    def test_one_writer_at_a_time(self, journal: Journal) -> None:
        """A second thread waits until the first has finished with the account."""
        order: list[str] = []
        waiting = Event()

        def second() -> None:
            waiting.set()
            with journal.exclusive(CHAIN, POST):
                order.append("second")

        with journal.exclusive(CHAIN, POST):
            thread = Thread(target=second)
            thread.start()
            waiting.wait()
            order.append("first")
        thread.join()
        assert order == ["first", "second"]


def test_raw_bytes_are_not_shown() -> None:
    """The representation of a signed transaction leaves out its long bytes."""
    assert "raw=" not in repr(signed("issue", 0))
