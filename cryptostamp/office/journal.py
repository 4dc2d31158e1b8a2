"""The ledger as the journal that the sender needs: the one place where the two rooms meet."""

from __future__ import annotations

from contextlib import AbstractContextManager

from cryptostamp.chain import EntryState, JournalEntry, MinedTransaction, SignedTransaction
from cryptostamp.ledger import Ledger, Offer, Receipt, TransactionRecord
from cryptostamp.primitives import Address, ChainId

__all__ = ["LedgerJournal"]


class LedgerJournal:
    """A `cryptostamp.chain.Journal` that lasts, kept in a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def exclusive(self, chain_id: ChainId, sender: Address) -> AbstractContextManager[None]:
        """Hold the right to sign for an account; `StorageProblem` at once if another process holds it."""
        return self._ledger.sole_writer(chain_id, sender)

    def live(self, intent: str) -> JournalEntry | None:
        """Return the entry of an intent, unless it reverted or was abandoned."""
        record = self._ledger.live_transaction(intent)
        return None if record is None else _entry(record)

    def entries(self, chain_id: ChainId, sender: Address, *, from_nonce: int = 0) -> tuple[JournalEntry, ...]:
        """Return what was signed for an account, in the order of nonces, from `from_nonce` on."""
        return tuple(_entry(record) for record in self._ledger.transactions_of(chain_id, sender, from_nonce=from_nonce))

    def unfinished(self, chain_id: ChainId, sender: Address) -> tuple[JournalEntry, ...]:
        """Return the entries that are signed, or mined but not final, in the order of nonces."""
        return tuple(_entry(record) for record in self._ledger.transactions_of(chain_id, sender, unfinished=True))

    def highest_nonce(self, chain_id: ChainId, sender: Address) -> int | None:
        """Return the highest nonce ever signed for an account."""
        return self._ledger.highest_nonce(chain_id, sender)

    def record_signed(self, transaction: SignedTransaction) -> None:
        """Begin an entry with signed bytes; durable on return."""
        self._ledger.record_signed(
            intent=transaction.intent,
            chain_id=transaction.chain_id,
            sender=transaction.sender,
            nonce=transaction.nonce,
            offer=Offer(hash=transaction.hash, raw=transaction.raw),
        )

    def record_replacement(self, transaction: SignedTransaction) -> None:
        """Add signed bytes to the unfinished entry of an intent; durable on return."""
        self._ledger.record_replacement(
            intent=transaction.intent,
            chain_id=transaction.chain_id,
            sender=transaction.sender,
            nonce=transaction.nonce,
            offer=Offer(hash=transaction.hash, raw=transaction.raw),
        )

    def record_mined(self, mined: MinedTransaction, *, final: bool) -> None:
        """Store a receipt, and whether its block lies deep enough."""
        self._ledger.record_mined(
            Receipt(
                hash=mined.hash,
                succeeded=mined.succeeded,
                block_number=mined.block_number,
                block_hash=mined.block_hash,
                gas_used=mined.gas_used,
                contract=mined.contract,
            ),
            final=final,
        )

    def record_unmined(self, transaction: SignedTransaction) -> None:
        """Put an entry back to signed."""
        self._ledger.record_unmined(transaction.hash)

    def record_abandoned(self, transaction: SignedTransaction, reason: str) -> None:
        """End an unfinished entry because a person said so."""
        self._ledger.record_abandoned(transaction.hash, reason)


def _entry(record: TransactionRecord) -> JournalEntry:
    receipt = record.receipt
    return JournalEntry(
        state=EntryState(record.state),
        offers=tuple(
            SignedTransaction(
                intent=record.intent,
                chain_id=record.chain_id,
                sender=record.sender,
                nonce=record.nonce,
                hash=offer.hash,
                raw=offer.raw,
            )
            for offer in record.offers
        ),
        mined=None
        if receipt is None
        else MinedTransaction(
            hash=receipt.hash,
            block_number=receipt.block_number,
            block_hash=receipt.block_hash,
            gas_used=receipt.gas_used,
            succeeded=receipt.succeeded,
            contract=receipt.contract,
        ),
        reason=record.remark,
    )
