"""What the sender needs remembered: the signed bytes of every transaction, before they are broadcast.

Rests on one invariant: nothing is broadcast that is not durably recorded, so that after a crash the *same bytes* are
sent again instead of new ones. An entry is one intent with one nonce; offers of a higher fee for it are added and every
old hash is kept, for any of them may be the one that is mined. The ledger provides the `Journal` that lasts;
`MemoryJournal` lives as long as the process and suits a chain that does the same.

The life of an entry::

    signed ⇄ mined → final       done
        │      └───→ reverted    mined, but it failed: its intent may be signed anew, with another nonce
        └──────────→ abandoned   a stranger used its nonce, and a person said so: the same

A reorganisation deeper than anybody reckoned with puts a final entry back to signed: its bytes are sent again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Lock, RLock
from typing import Protocol

from cryptostamp.errors import StorageProblem
from cryptostamp.primitives import Address, ChainId, Hash32

__all__ = ["EntryState", "Journal", "JournalEntry", "MemoryJournal", "MinedTransaction", "SignedTransaction"]


class EntryState(StrEnum):
    """Where an intent stands."""

    SIGNED = "signed"
    MINED = "mined"
    FINAL = "final"
    REVERTED = "reverted"
    ABANDONED = "abandoned"


_UNFINISHED = frozenset({EntryState.SIGNED, EntryState.MINED})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One intent, with everything that was ever signed for it under one nonce."""

    state: EntryState
    offers: tuple[SignedTransaction, ...]
    """Oldest first: the first signature, then its replacements. They differ in their fees only."""
    mined: MinedTransaction | None = None
    """How one of them was mined; `None` before that, and again when a reorganisation has undone it."""
    reason: str | None = None
    """Why a person gave it up."""

    @property
    def intent(self) -> str:
        """What is to be done."""
        return self.offers[0].intent

    @property
    def chain_id(self) -> ChainId:
        """The chain it was signed for."""
        return self.offers[0].chain_id

    @property
    def sender(self) -> Address:
        """The account that signed it."""
        return self.offers[0].sender

    @property
    def nonce(self) -> int:
        """Its number among the transactions of the account."""
        return self.offers[0].nonce

    @property
    def is_live(self) -> bool:
        """Whether the intent counts as done or on its way, so that it must not be signed anew."""
        return self.state not in {EntryState.REVERTED, EntryState.ABANDONED}

    @property
    def is_unfinished(self) -> bool:
        """Whether the chain has not said its last word."""
        return self.state in _UNFINISHED


class Journal(Protocol):
    """A memory of signed transactions. Its promises are what `Sender` builds on; every write is durable on return."""

    def exclusive(self, chain_id: ChainId, sender: Address) -> AbstractContextManager[None]:
        """Hold the right to sign for `sender` on this chain.

        Waits for other threads of this process; raises `StorageProblem` if another process holds it.
        """

    def live(self, intent: str) -> JournalEntry | None:
        """Return the entry of `intent`, unless it reverted or was abandoned."""

    def entries(self, chain_id: ChainId, sender: Address, *, from_nonce: int = 0) -> tuple[JournalEntry, ...]:
        """Return what was signed for `sender` on this chain, in the order of nonces, from `from_nonce` on."""

    def unfinished(self, chain_id: ChainId, sender: Address) -> tuple[JournalEntry, ...]:
        """Return the entries that are signed, or mined but not final, in the order of nonces."""

    def highest_nonce(self, chain_id: ChainId, sender: Address) -> int | None:
        """Return the highest nonce ever signed for `sender` on this chain, whatever became of it."""

    def record_signed(self, transaction: SignedTransaction) -> None:
        """Begin an entry with a signed transaction.

        Raises `StorageProblem` if its intent is live or its nonce is taken.
        """

    def record_replacement(self, transaction: SignedTransaction) -> None:
        """Add another offer to the unfinished entry of its intent; `StorageProblem` if there is none of this nonce."""

    def record_mined(self, mined: MinedTransaction, *, final: bool) -> None:
        """Record how one of the offers of an unfinished entry was mined; again after a reorganisation.

        `final` says that its block lies deep enough: the entry is then final, or reverted if it did not succeed.
        Raises `StorageProblem` if no unfinished entry has this hash.
        """

    def record_unmined(self, transaction: SignedTransaction) -> None:
        """Put the entry of an offer back to signed, because the chain does not have it any more."""

    def record_abandoned(self, transaction: SignedTransaction, reason: str) -> None:
        """End the unfinished entry of an offer, because a person said so for this `reason`."""


class MemoryJournal:
    """A journal that is gone when the process ends. Safe to use from several threads."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._writers: defaultdict[tuple[ChainId, Address], RLock] = defaultdict(RLock)
        self._entries: list[JournalEntry] = []

    @contextmanager
    def exclusive(self, chain_id: ChainId, sender: Address) -> Iterator[None]:
        """Wait until no other thread signs for `sender` on this chain, then hold that right."""
        with self._guard:
            writer = self._writers[chain_id, sender]
        with writer:
            yield

    def live(self, intent: str) -> JournalEntry | None:
        """Return the entry of `intent`, unless it reverted or was abandoned."""
        with self._guard:
            return self._live(intent)

    def entries(self, chain_id: ChainId, sender: Address, *, from_nonce: int = 0) -> tuple[JournalEntry, ...]:
        """Return what was signed for `sender` on this chain, in the order of nonces, from `from_nonce` on."""
        with self._guard:
            found = [
                entry
                for entry in self._entries
                if (entry.chain_id, entry.sender) == (chain_id, sender) and entry.nonce >= from_nonce
            ]
        return tuple(sorted(found, key=lambda entry: entry.nonce))

    def unfinished(self, chain_id: ChainId, sender: Address) -> tuple[JournalEntry, ...]:
        """Return the entries that are signed, or mined but not final, in the order of nonces."""
        return tuple(entry for entry in self.entries(chain_id, sender) if entry.is_unfinished)

    def highest_nonce(self, chain_id: ChainId, sender: Address) -> int | None:
        """Return the highest nonce ever signed for `sender` on this chain, whatever became of it."""
        return max((entry.nonce for entry in self.entries(chain_id, sender)), default=None)

    def record_signed(self, transaction: SignedTransaction) -> None:
        """Begin an entry with a signed transaction."""
        with self._guard:
            if self._live(transaction.intent) is not None:
                raise StorageProblem("This step is signed already.", where=transaction.intent)
            place = _place(transaction)
            if any(_place(entry.offers[0]) == place and not _is_abandoned(entry) for entry in self._entries):
                raise StorageProblem(f"The transaction number {transaction.nonce} is taken.", where=transaction.intent)
            self._entries.append(JournalEntry(state=EntryState.SIGNED, offers=(transaction,)))

    def record_replacement(self, transaction: SignedTransaction) -> None:
        """Add another offer to the unfinished entry of its intent."""
        with self._guard:
            for index, entry in enumerate(self._entries):
                same = entry.intent == transaction.intent and _place(entry.offers[0]) == _place(transaction)
                if same and entry.is_unfinished:
                    self._entries[index] = replace(entry, offers=(*entry.offers, transaction))
                    return
        raise StorageProblem("There is nothing to be replaced.", where=transaction.intent)

    def record_mined(self, mined: MinedTransaction, *, final: bool) -> None:
        """Record how one of the offers of an unfinished entry was mined; again after a reorganisation."""
        last = EntryState.FINAL if mined.succeeded else EntryState.REVERTED
        self._change(mined.hash, _UNFINISHED, state=last if final else EntryState.MINED, mined=mined)

    def record_unmined(self, transaction: SignedTransaction) -> None:
        """Put the entry of an offer back to signed, because the chain does not have it any more."""
        self._change(transaction.hash, _UNFINISHED | {EntryState.FINAL}, state=EntryState.SIGNED, mined=None)

    def record_abandoned(self, transaction: SignedTransaction, reason: str) -> None:
        """End the unfinished entry of an offer, because a person said so for this `reason`."""
        self._change(transaction.hash, _UNFINISHED, state=EntryState.ABANDONED, mined=None, reason=reason)

    def _change(
        self,
        hash_: Hash32,
        states: frozenset[EntryState],
        *,
        state: EntryState,
        mined: MinedTransaction | None,
        reason: str | None = None,
    ) -> None:
        """Change the entry that has an offer of this hash, if it is in one of `states`."""
        with self._guard:
            for index, entry in enumerate(self._entries):
                if entry.state in states and any(offer.hash == hash_ for offer in entry.offers):
                    self._entries[index] = replace(entry, state=state, mined=mined, reason=reason)
                    return
        raise StorageProblem("The journal has no unfinished transaction of this hash.", where=f"0x{hash_.hex()}")

    def _live(self, intent: str) -> JournalEntry | None:
        for entry in self._entries:
            if entry.intent == intent and entry.is_live:
                return entry
        return None


def _place(transaction: SignedTransaction) -> tuple[ChainId, Address, int]:
    return transaction.chain_id, transaction.sender, transaction.nonce


def _is_abandoned(entry: JournalEntry) -> bool:
    return entry.state is EntryState.ABANDONED
