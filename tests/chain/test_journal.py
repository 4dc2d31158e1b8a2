"""The journal remembers what was signed, and lets nothing be signed twice."""

from __future__ import annotations

from dataclasses import replace
from threading import Event, Thread

import pytest

from cryptostamp.chain import MemoryJournal, MinedTransaction, SignedTransaction
from cryptostamp.errors import StorageProblem
from cryptostamp.primitives import ChainId, Hash32, keccak256, parse_address

CHAIN = ChainId(31337)
POST = parse_address("0x" + "a1" * 20)


def signed(intent: str, nonce: int, raw: bytes = b"raw") -> SignedTransaction:
    """Return a signed transaction."""
    return SignedTransaction(
        intent=intent, chain_id=CHAIN, sender=POST, nonce=nonce, hash=keccak256(raw + bytes([nonce])), raw=raw
    )


def mined(transaction: SignedTransaction, *, succeeded: bool) -> MinedTransaction:
    """Return how a transaction was mined."""
    return MinedTransaction(
        hash=transaction.hash,
        block_number=1,
        block_hash=Hash32(bytes(32)),
        gas_used=21_000,
        succeeded=succeeded,
        contract=None,
    )


class TestLive:
    def test_from_signing_on(self) -> None:
        """An intent is live once it is signed, and stays so when it was mined with success."""
        journal = MemoryJournal()
        assert journal.live("issue") is None
        journal.record_signed(signed("issue", 0))
        assert journal.live("issue") == signed("issue", 0)
        journal.record_mined(mined(signed("issue", 0), succeeded=True))
        assert journal.live("issue") == signed("issue", 0)

    def test_free_again_after_a_failure(self) -> None:
        """An intent that was mined and failed may be signed anew, with another nonce."""
        journal = MemoryJournal()
        journal.record_signed(signed("issue", 0))
        journal.record_mined(mined(signed("issue", 0), succeeded=False))
        assert journal.live("issue") is None
        journal.record_signed(signed("issue", 1))
        assert journal.live("issue") == signed("issue", 1)


class TestUniqueness:
    def test_one_live_transaction_for_an_intent(self) -> None:
        """A second signature for a live intent is refused."""
        journal = MemoryJournal()
        journal.record_signed(signed("issue", 0))
        with pytest.raises(StorageProblem):
            journal.record_signed(signed("issue", 1))

    def test_one_intent_for_a_nonce(self) -> None:
        """A nonce is used once for an account and chain, and again on another chain."""
        journal = MemoryJournal()
        journal.record_signed(signed("issue", 0))
        with pytest.raises(StorageProblem):
            journal.record_signed(signed("register", 0, b"other"))
        journal.record_signed(replace(signed("register", 0, b"other"), chain_id=ChainId(1337)))

    def test_highest_nonce(self) -> None:
        """The highest nonce counts what was signed, mined or not."""
        journal = MemoryJournal()
        assert journal.highest_nonce(CHAIN, POST) is None
        journal.record_signed(signed("a", 4))
        journal.record_signed(signed("b", 2))
        assert journal.highest_nonce(CHAIN, POST) == 4
        assert journal.highest_nonce(ChainId(1337), POST) is None


class TestExclusive:
    def test_one_writer_at_a_time(self) -> None:
        """A second thread waits until the first has finished with the account."""
        journal = MemoryJournal()
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
