"""Follow a series on its chain: its events go into the ledger, where they can be counted and searched.

Goes on where it stopped, in ranges that grow while the node answers and shrink when it does not. Where the chain was
reorganised, what was read from the blocks that are gone is taken back first. The chain stays the truth; how far behind
it the ledger is, is part of the answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptostamp.chain import Block, Chain, ChainEvent, PostalRegistry, SeriesEvents, StampSeries
from cryptostamp.edition import Dossier
from cryptostamp.errors import CannotTell, NodeUnreachable
from cryptostamp.ledger import EventRecord, IndexedBlock, Ledger, SeriesIndex
from cryptostamp.office.progress import Progress

__all__ = ["Followed", "follow"]

_FIRST_RANGE = 2_000
_LONGEST_RANGE = 500_000
_SHORTEST_RANGE = 1
_TRIES = 5
_PAUSE_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How far the events of a series are in the ledger."""

    block: IndexedBlock
    """Everything up to this block is there."""
    head: int
    """The newest block when it was asked for last."""
    read: int
    """Events that this run has read."""
    undone: int
    """Events that this run has taken back, because the chain was reorganised."""

    @property
    def behind(self) -> int:
        """How many blocks are still to be read."""
        return max(self.head - self.block.number, 0)


def follow(
    dossier: Dossier,
    *,
    chain: Chain,
    ledger: Ledger,
    progress: Progress = lambda _what, _done, _total: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Followed:
    """Read the events of an issued series up to the newest block, and return how far that is.

    Raises `NodeUnreachable` or `CannotTell` if the node gives up, or reorganises faster than it can be read; what was
    read by then stays, and the next run goes on there. In the end the events are held against the tokens that custody
    has by the contract. If they disagree, the chain may have moved while it was asked, so what is new is read and they
    are compared again, up to five times; if some were kept back, all are forgotten, so that the next run reads them
    anew, and that is a `CannotTell`. What moves no token, a void or a postmark, shows only in an audit if it is kept
    back: that asks stamp by stamp.
    """
    deployment = dossier.deployment
    registered = PostalRegistry(chain, deployment.registry).series_status(deployment.contract)
    events = SeriesEvents(
        chain,
        deployment.contract,
        registry=deployment.registry,
        post_id=None if registered is None else registered.post.post_id,
    )
    index = ledger.index(dossier.series.id)
    issued = ledger.issued(dossier.series.id)
    reader = _Reader(chain, events, index, first=0 if issued is None else issued.block_number, sleep=sleep)
    for attempt in range(1, _TRIES + 1):
        done = reader.run(progress)
        try:
            if issued is None or _agrees_on_custody(dossier, chain, index, done.block):
                return done
        except (CannotTell, NodeUnreachable):
            if attempt == _TRIES:
                raise
        sleep(_PAUSE_S * attempt)
    index.rewind(None)
    raise CannotTell(
        "By the events that the node tells, custody has another number of tokens than by the contract: some of them "
        "were kept back.",
        remedy="Use another node. The next run reads all events anew.",
    )


def _agrees_on_custody(dossier: Dossier, chain: Chain, index: SeriesIndex, block: IndexedBlock) -> bool:
    """Tell whether by the events custody has as many tokens as by the contract after `block`.

    One `False` proves nothing. The block is named by its hash, and still Anvil 1.7 answers with the state of the next
    one if that is mined while it is asked: under three askers and 20 transfers a block, for every third block at least
    once. A block that is undone meanwhile is a `NodeUnreachable`.
    """
    at = Block(number=block.number, hash=block.hash, timestamp=block.timestamp, base_fee=0)
    contract = StampSeries(chain.at(at), dossier.deployment.contract)
    custody = contract.custody()
    counts = index.counts()
    left = counts.claimed + counts.delivered - len(index.of_owner(custody))
    return contract.balance_of(custody) == dossier.edition.size - left


class _Reader:
    """One run of following."""

    def __init__(
        self, chain: Chain, events: SeriesEvents, index: SeriesIndex, *, first: int, sleep: Callable[[float], None]
    ) -> None:
        self._chain = chain
        self._events = events
        self._index = index
        self._first = first
        self._sleep = sleep
        self._length = _FIRST_RANGE
        self._read = self._undone = 0

    def run(self, progress: Progress) -> Followed:
        """Read until nothing new is there."""
        failures = 0
        while True:
            at = self._common_block()
            head = self._chain.head().number
            begin = self._first if at is None else at.number + 1
            if at is not None and begin > head:
                progress("Reading events", max(head - self._first, 1), max(head - self._first, 1))
                return Followed(block=at, head=head, read=self._read, undone=self._undone)
            progress("Reading events", begin - self._first, max(head - self._first, 1))
            end = max(min(begin + self._length - 1, head), begin)
            try:
                block, found = self._events.read(begin, end)
            except (CannotTell, NodeUnreachable):
                failures += 1
                if failures == _TRIES:
                    raise
                self._length = max((end - begin + 1) // 4, _SHORTEST_RANGE)
                self._sleep(_PAUSE_S * failures)
                continue
            if at is not None and not self._has(at):
                continue  # reorganised below the range while it was read
            failures = 0
            self._index.append(
                IndexedBlock(number=block.number, hash=block.hash, timestamp=block.timestamp),
                [_record(event) for event in found],
            )
            self._read += len(found)
            self._length = min(self._length * 2, _LONGEST_RANGE)

    def _common_block(self) -> IndexedBlock | None:
        """Return the newest block that ledger and chain have in common, and take back what the ledger has beyond."""
        blocks = self._index.blocks()
        if not blocks:
            return None
        head = self._chain.head().number
        for block in blocks:
            if block.number <= head and self._has(block):
                break
        else:
            block = None  # not even the oldest that is known is there: everything is read again
        if block is not blocks[0]:
            self._undone += self._index.rewind(None if block is None else block.number)
        return block

    def _has(self, block: IndexedBlock) -> bool:
        """Tell whether a block is the chain's; while a chain is reorganised it may be shorter for a moment."""
        try:
            return self._chain.block(block.number).hash == block.hash
        except NodeUnreachable:
            return block.number <= self._chain.head().number and self._chain.block(block.number).hash == block.hash


def _record(event: ChainEvent) -> EventRecord:
    return EventRecord(
        name=event.name,
        contract=event.contract,
        block_number=event.block_number,
        block_hash=event.block_hash,
        number=event.index,
        transaction_hash=event.transaction_hash,
        timestamp=event.timestamp,
        first=event.first,
        last=event.last,
        values=event.values,
    )
