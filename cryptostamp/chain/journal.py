"""What the sender needs remembered: the signed bytes of every transaction, before they are broadcast.

Rests on one invariant: nothing is broadcast that is not durably recorded, so that after a crash the *same bytes* are
sent again instead of new ones. The ledger provides the `Journal` that lasts; `MemoryJournal` lives as long as the
process and suits a chain that does the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Protocol

from cryptostamp.errors import StorageProblem
from cryptostamp.primitives import Address, ChainId, Hash32

__all__ = ["Journal", "MemoryJournal", "MinedTransaction", "SignedTransaction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTransaction:
    """A transaction that may be broadcast, now or again."""

    intent: str
    """What is to be done, in words unique within the journal, like ``issue LEAP``."""
    chain_id: ChainId
    sender: Address
    nonce: int
    hash: Hash32
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MinedTransaction:
    """How a transaction was mined, as a node tells it now: a reorganisation can change it."""

    hash: Hash32
    block_number: int
    block_hash: Hash32
    gas_used: int
    succeeded: bool
    contract: Address | None
    """The contract that the transaction deployed."""


class Journal(Protocol):
    """A memory of signed transactions. Its promises are what `Sender` builds on."""

    def exclusive(self, chain_id: ChainId, sender: Address) -> AbstractContextManager[None]:
        """Hold the right to sign for `sender` on this chain; raise `StorageProblem` if another process holds it."""

    def live(self, intent: str) -> SignedTransaction | None:
        """Return the transaction that was signed for `intent`, unless it was mined and failed."""

    def highest_nonce(self, chain_id: ChainId, sender: Address) -> int | None:
        """Return the highest nonce ever signed for `sender` on this chain, mined or not; `None` if there is none."""

    def record_signed(self, transaction: SignedTransaction) -> None:
        """Record a signed transaction, durably on return.

        Raises `StorageProblem` if its intent is live or its nonce is taken.
        """

    def record_mined(self, mined: MinedTransaction) -> None:
        """Record how a recorded transaction was mined; again with other values after a reorganisation."""


class MemoryJournal:
    """A journal that is gone when the process ends. Safe to use from several threads."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._writers: defaultdict[tuple[ChainId, Address], RLock] = defaultdict(RLock)
        self._signed: dict[Hash32, SignedTransaction] = {}
        self._mined: dict[Hash32, MinedTransaction] = {}

    @contextmanager
    def exclusive(self, chain_id: ChainId, sender: Address) -> Iterator[None]:
        """Wait until no other thread signs for `sender` on this chain, then hold that right."""
        with self._guard:
            writer = self._writers[chain_id, sender]
        with writer:
            yield

    def live(self, intent: str) -> SignedTransaction | None:
        """Return the transaction that was signed for `intent`, unless it was mined and failed."""
        with self._guard:
            return self._live(intent)

    def highest_nonce(self, chain_id: ChainId, sender: Address) -> int | None:
        """Return the highest nonce ever signed for `sender` on this chain, mined or not; `None` if there is none."""
        with self._guard:
            return max(
                (
                    signed.nonce
                    for signed in self._signed.values()
                    if (signed.chain_id, signed.sender) == (chain_id, sender)
                ),
                default=None,
            )

    def record_signed(self, transaction: SignedTransaction) -> None:
        """Record a signed transaction."""
        with self._guard:
            if self._live(transaction.intent) is not None:
                raise StorageProblem("This step is signed already.", where=transaction.intent)
            place = (transaction.chain_id, transaction.sender, transaction.nonce)
            if any((other.chain_id, other.sender, other.nonce) == place for other in self._signed.values()):
                raise StorageProblem(f"The transaction number {transaction.nonce} is taken.", where=transaction.intent)
            self._signed[transaction.hash] = transaction

    def record_mined(self, mined: MinedTransaction) -> None:
        """Record how a recorded transaction was mined."""
        with self._guard:
            self._mined[mined.hash] = mined

    def _live(self, intent: str) -> SignedTransaction | None:
        for signed in self._signed.values():
            mined = self._mined.get(signed.hash)
            if signed.intent == intent and (mined is None or mined.succeeded):
                return signed
        return None
