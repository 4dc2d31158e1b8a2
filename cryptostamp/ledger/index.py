"""What the chain has told of one series: its events, how far they were read, and where each stamp stands by them.

The chain stays the truth. Events come in the order of the chain, each range with the block it ends with, in one
database transaction; when the chain was reorganised, what came after the last common block is taken back, and where the
stamps concerned stand is worked out anew from the events that are left. Asks no node.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from typing import Any

from sqlalchemy import CursorResult, Select, delete, func, insert, select
from sqlalchemy.orm import Session

from cryptostamp.errors import StorageProblem
from cryptostamp.ledger.models import EventRow, IndexedBlockRow, StandingRow
from cryptostamp.ledger.records import EventRecord, IndexedBlock, Standing, StandingCounts
from cryptostamp.ledger.standings import after, speaks_of_stamps
from cryptostamp.primitives import Address, Hash32, Serial

__all__ = ["SeriesIndex"]

_KEPT_BLOCKS = 300
"""Blocks that can be gone back to: more than any chain undoes (finality on Ethereum is two epochs, 64 blocks)."""
_BATCH = 500
_STANDING = tuple(field.name for field in fields(Standing))

_Sessions = Callable[[], AbstractContextManager[Session]]


class SeriesIndex:
    """The index of one series in a ledger. Made by `Ledger.index`."""

    def __init__(self, series_id: str, reading: _Sessions, writing: _Sessions) -> None:
        self._series_id = series_id
        self._reading = reading
        self._writing = writing

    def blocks(self) -> tuple[IndexedBlock, ...]:
        """Return the blocks that reading can go back to, newest first; none if nothing was read yet."""
        query = select(IndexedBlockRow).where(IndexedBlockRow.series_id == self._series_id)
        with self._reading() as session:
            rows = session.scalars(query.order_by(IndexedBlockRow.number.desc()))
            return tuple(
                IndexedBlock(number=row.number, hash=Hash32(row.hash), timestamp=row.timestamp) for row in rows
            )

    def append(self, block: IndexedBlock, events: Sequence[EventRecord]) -> None:
        """Add the events of the blocks that follow the newest one, up to and including `block`.

        Raises `StorageProblem` if they do not follow it: another process has read on meanwhile.
        """
        with self._writing() as session:
            newest = session.scalar(
                select(func.max(IndexedBlockRow.number)).where(IndexedBlockRow.series_id == self._series_id)
            )
            first = min((event.block_number for event in events), default=block.number)
            if newest is not None and not newest < first <= block.number:
                raise StorageProblem(
                    "Another process has read these events already.", remedy="Run the same command again."
                )
            session.add(
                IndexedBlockRow(
                    series_id=self._series_id, number=block.number, hash=block.hash, timestamp=block.timestamp
                )
            )
            if events:
                session.execute(insert(EventRow), [self._row_of(event) for event in events])
                self._apply(session, events)
            old = (
                select(IndexedBlockRow.number)
                .where(IndexedBlockRow.series_id == self._series_id)
                .order_by(IndexedBlockRow.number.desc())
                .offset(_KEPT_BLOCKS)
            )
            session.flush()
            session.execute(
                delete(IndexedBlockRow).where(
                    IndexedBlockRow.series_id == self._series_id, IndexedBlockRow.number.in_(old.scalar_subquery())
                )
            )

    def rewind(self, block: int | None) -> int:
        """Take back what came after `block`, everything if it is `None`; return how many events that were."""
        gone = -1 if block is None else block
        with self._writing() as session:
            undone = (EventRow.series_id == self._series_id, EventRow.block_number > gone)
            found = session.execute(select(EventRow.first_serial, EventRow.last_serial).where(*undone))
            ranges = [(first, last) for first, last in found if first is not None and last is not None]
            removed: CursorResult[Any] = session.execute(delete(EventRow).where(*undone))  # type: ignore[assignment]
            session.execute(
                delete(IndexedBlockRow).where(
                    IndexedBlockRow.series_id == self._series_id, IndexedBlockRow.number > gone
                )
            )
            for first, last in _merged(
                (first, last) for first, last in ranges if first is not None and last is not None
            ):
                session.execute(
                    delete(StandingRow).where(
                        StandingRow.series_id == self._series_id, StandingRow.serial.between(first, last)
                    )
                )
                left = session.scalars(self._events_of(first, last))
                self._apply(session, [_event(row) for row in left], within=(first, last))
            return removed.rowcount

    def history(self, serial: Serial) -> tuple[EventRecord, ...]:
        """Return the events of a stamp, oldest first."""
        with self._reading() as session:
            return tuple(_event(row) for row in session.scalars(self._events_of(serial, serial)))

    def events(self) -> Iterator[EventRecord]:
        """Yield all events of the series, oldest first."""
        query = select(EventRow).where(EventRow.series_id == self._series_id)
        with self._reading() as session:
            rows = session.scalars(
                query.order_by(EventRow.block_number, EventRow.number).execution_options(yield_per=_BATCH)
            )
            for row in rows:
                yield _event(row)

    def standing(self, serial: Serial) -> Standing:
        """Return where a stamp stands."""
        with self._reading() as session:
            row = session.get(StandingRow, (self._series_id, serial))
            return Standing(serial=serial) if row is None else _standing(row)

    def standings(self) -> Iterator[Standing]:
        """Yield where those stamps stand to which something has happened, in the order of their serials."""
        query = select(StandingRow).where(StandingRow.series_id == self._series_id).order_by(StandingRow.serial)
        with self._reading() as session:
            for row in session.scalars(query.execution_options(yield_per=_BATCH)):
                yield _standing(row)

    def of_owner(self, owner: Address) -> tuple[Standing, ...]:
        """Return the stamps whose tokens an account has, in the order of their serials; none of custody's."""
        query = select(StandingRow).where(StandingRow.series_id == self._series_id, StandingRow.owner == owner)
        with self._reading() as session:
            return tuple(_standing(row) for row in session.scalars(query.order_by(StandingRow.serial)))

    def counts(self) -> StandingCounts:
        """Return how many stamps stand where."""
        count = func.count()
        with self._reading() as session:
            claimed, delivered, void, postmarked, moved, owners = session.execute(
                select(
                    count.filter(StandingRow.state == "claimed"),
                    count.filter(StandingRow.state == "delivered"),
                    count.filter(StandingRow.state == "void"),
                    count.filter(StandingRow.postmarks > 0),
                    count.filter(StandingRow.moves > 0),
                    func.count(StandingRow.owner.distinct()),
                ).where(StandingRow.series_id == self._series_id)
            ).one()
        return StandingCounts(
            claimed=claimed, delivered=delivered, void=void, postmarked=postmarked, moved=moved, owners=owners
        )

    def _events_of(self, first: int, last: int) -> Select[Any]:
        return (
            select(EventRow)
            .where(
                EventRow.series_id == self._series_id,
                EventRow.first_serial.is_not(None),
                EventRow.first_serial <= last,
                EventRow.last_serial >= first,
            )
            .order_by(EventRow.block_number, EventRow.number)
        )

    def _apply(self, session: Session, events: Iterable[EventRecord], *, within: tuple[int, int] | None = None) -> None:
        """Carry on where stamps stand; `within` bounds which stamps are looked at."""
        changing = [event for event in events if speaks_of_stamps(event)]
        serials = sorted({serial for event in changing for serial in _serials(event, within)})
        known = self._known(session, serials)
        for event in changing:
            for serial in _serials(event, within):
                known[serial] = after(known.get(serial) or Standing(serial=Serial(serial)), event)
        for start in range(0, len(serials), _BATCH):
            session.execute(
                delete(StandingRow).where(
                    StandingRow.series_id == self._series_id, StandingRow.serial.in_(serials[start : start + _BATCH])
                )
            )
        rows = [
            {"series_id": self._series_id, **{name: getattr(known[serial], name) for name in _STANDING}}
            for serial in serials
        ]
        if rows:
            session.execute(insert(StandingRow), rows)

    def _known(self, session: Session, serials: Sequence[int]) -> dict[int, Standing]:
        known = {}
        for start in range(0, len(serials), _BATCH):
            rows = session.scalars(
                select(StandingRow).where(
                    StandingRow.series_id == self._series_id, StandingRow.serial.in_(serials[start : start + _BATCH])
                )
            )
            known.update({row.serial: _standing(row) for row in rows})
        session.expunge_all()  # what is written below is written past these objects
        return known

    def _row_of(self, event: EventRecord) -> dict[str, object]:
        return {
            "series_id": self._series_id,
            "block_number": event.block_number,
            "number": event.number,
            "name": event.name,
            "contract": event.contract,
            "block_hash": event.block_hash,
            "transaction_hash": event.transaction_hash,
            "timestamp": event.timestamp,
            "first_serial": event.first,
            "last_serial": event.last,
            "arguments": json.dumps(dict(event.values)),
        }


def _serials(event: EventRecord, within: tuple[int, int] | None) -> range:
    first, last = event.first or 0, event.last or 0
    if within is not None:
        first, last = max(first, within[0]), min(last, within[1])
    return range(first, last + 1)


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges, first and last, as the fewest that hold the same numbers."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(set(ranges)):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _block(row: IndexedBlockRow) -> IndexedBlock:
    return IndexedBlock(number=row.number, hash=Hash32(row.hash), timestamp=row.timestamp)


def _event(row: EventRow) -> EventRecord:
    return EventRecord(
        name=row.name,
        contract=Address(row.contract),
        block_number=row.block_number,
        block_hash=Hash32(row.block_hash),
        number=row.number,
        transaction_hash=Hash32(row.transaction_hash),
        timestamp=row.timestamp,
        first=None if row.first_serial is None else Serial(row.first_serial),
        last=None if row.last_serial is None else Serial(row.last_serial),
        values=tuple(json.loads(row.arguments).items()),
    )


def _standing(row: StandingRow) -> Standing:
    return Standing(
        serial=Serial(row.serial),
        state=row.state,
        owner=None if row.owner is None else Address(row.owner),
        since=row.since,
        void_reason=row.void_reason,
        moves=row.moves,
        postmarks=row.postmarks,
    )
