"""The ledger as the journal that the sender needs: the one place where the two rooms meet."""

from __future__ import annotations

from contextlib import AbstractContextManager

from cryptostamp.chain import MinedTransaction, SignedTransaction
from cryptostamp.ledger import Ledger, TransactionRecord
from cryptostamp.primitives import Address, ChainId

__all__ = ["LedgerJournal"]


class LedgerJournal:
    """A `cryptostamp.chain.Journal` that lasts, kept in a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def exclusive(self, chain_id: ChainId, sender: Address) -> AbstractContextManager[None]:
        """Hold the right to sign for an account; `StorageProblem` at once if another process holds it."""
        return self._ledger.sole_writer(chain_id, sender)

    def live(self, intent: str) -> SignedTransaction | None:
        """Return what was signed for an intent, unless it was mined and failed."""
        record = self._ledger.live_transaction(intent)
        if record is None:
            return None
        return SignedTransaction(
            intent=record.intent,
            chain_id=record.chain_id,
            sender=record.sender,
            nonce=record.nonce,
            hash=record.hash,
            raw=record.raw,
        )

    def highest_nonce(self, chain_id: ChainId, sender: Address) -> int | None:
        """Return the highest nonce ever signed for an account."""
        return self._ledger.highest_nonce(chain_id, sender)

    def record_signed(self, transaction: SignedTransaction) -> None:
        """Store signed bytes; durable on return."""
        self._ledger.record_signed(
            TransactionRecord(
                intent=transaction.intent,
                chain_id=transaction.chain_id,
                sender=transaction.sender,
                nonce=transaction.nonce,
                hash=transaction.hash,
                raw=transaction.raw,
            )
        )

    def record_mined(self, mined: MinedTransaction) -> None:
        """Store a receipt."""
        self._ledger.record_mined(
            mined.hash,
            succeeded=mined.succeeded,
            block_number=mined.block_number,
            block_hash=mined.block_hash,
            gas_used=mined.gas_used,
            contract=mined.contract,
        )
