"""The claims that collectors have handed in: many processes take them in, one carries them to the chain.

A claim is here before its collector is told that it was taken in, and stays. A stamp has one claim that was not
refused; handing in the same one again finds it. Holds nothing secret: a signature moves the token to the account that
it names, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cryptostamp.errors import StorageProblem
from cryptostamp.ledger.models import ClaimRow
from cryptostamp.ledger.records import ClaimRecord, ClaimState
from cryptostamp.primitives import Address, Hash32, Serial

__all__ = ["ClaimQueue"]

_Sessions = Callable[[], AbstractContextManager[Session]]


class ClaimQueue:
    """The claims in a ledger. Made by `Ledger.claims`."""

    def __init__(self, reading: _Sessions, writing: _Sessions, place: str) -> None:
        self._reading = reading
        self._writing = writing
        self._place = place

    def hand_in(self, claim: ClaimRecord) -> ClaimRecord:
        """Take a claim in, unless its stamp has one that was not refused; return the one that the stamp has."""
        found = self.of_stamp(claim.series_id, claim.serial)
        if found is not None:
            return found
        try:
            with self._writing() as session:
                session.execute(delete(ClaimRow).where(ClaimRow.id == claim.id, ClaimRow.state == ClaimState.REFUSED))
                session.add(ClaimRow(**{name: _column(getattr(claim, name)) for name in claim.__slots__}))
        except StorageProblem as error:
            found = self.of_stamp(claim.series_id, claim.serial)
            if found is None or not isinstance(error.__cause__, IntegrityError):
                raise
            return found  # another process was quicker
        return claim

    def find(self, id_: str) -> ClaimRecord | None:
        """Return a claim by its id, `None` if it was never handed in here."""
        with self._reading() as session:
            row = session.get(ClaimRow, id_)
            return None if row is None else _record(row)

    def of_stamp(self, series_id: str, serial: Serial) -> ClaimRecord | None:
        """Return the claim of a stamp that was not refused, `None` if there is none."""
        query = select(ClaimRow).where(
            ClaimRow.series_id == series_id, ClaimRow.serial == serial, ClaimRow.state != ClaimState.REFUSED
        )
        with self._reading() as session:
            row = session.scalar(query)
            return None if row is None else _record(row)

    def in_state(self, series_id: str, state: ClaimState, *, most: int = 1_000) -> tuple[ClaimRecord, ...]:
        """Return claims of a series that stand there, the oldest first."""
        query = select(ClaimRow).where(ClaimRow.series_id == series_id, ClaimRow.state == state)
        with self._reading() as session:
            rows = session.scalars(query.order_by(ClaimRow.asked_at, ClaimRow.id).limit(most))
            return tuple(_record(row) for row in rows)

    def under_way(self, series_id: str) -> dict[str, tuple[ClaimRecord, ...]]:
        """Return the claims of a series that are being sent, by the name of the transaction: all of each, by serial."""
        query = select(ClaimRow).where(ClaimRow.series_id == series_id, ClaimRow.state == ClaimState.SENT)
        found: dict[str, list[ClaimRecord]] = {}
        with self._reading() as session:
            for row in session.scalars(query.order_by(ClaimRow.intent, ClaimRow.serial)):
                found.setdefault(row.intent or "", []).append(_record(row))
        return {intent: tuple(claims) for intent, claims in found.items()}

    def count(self, series_id: str, state: ClaimState) -> int:
        """Return how many claims of a series stand there."""
        query = select(func.count()).where(ClaimRow.series_id == series_id, ClaimRow.state == state)
        with self._reading() as session:
            return session.scalar(query) or 0

    def assign(self, claims: Sequence[ClaimRecord], intent: str) -> None:
        """Say under which name claims are about to be sent; what is sent is then known after a crash."""
        self._change(claims, state=ClaimState.SENT.value, intent=intent)

    def note_transaction(self, claims: Sequence[ClaimRecord], transaction: Hash32) -> None:
        """Say which transaction carries the claims; another one may replace it."""
        self._change(claims, transaction=transaction)

    def finish(self, claims: Sequence[ClaimRecord]) -> None:
        """Say that the tokens have moved, for good."""
        self._change(claims, state=ClaimState.DONE.value)

    def refuse(self, claims: Sequence[ClaimRecord], reason: str) -> None:
        """Say why claims will not be carried out."""
        self._change(claims, state=ClaimState.REFUSED.value, reason=reason)

    def _change(self, claims: Sequence[ClaimRecord], **values: object) -> None:
        with self._writing() as session:
            session.execute(update(ClaimRow).where(ClaimRow.id.in_([claim.id for claim in claims])).values(**values))


def _column(value: object) -> object:
    return value.value if isinstance(value, ClaimState) else value


def _record(row: ClaimRow) -> ClaimRecord:
    return ClaimRecord(
        id=row.id,
        series_id=row.series_id,
        serial=Serial(row.serial),
        to=Address(row.to),
        deadline=row.deadline,
        signature=row.signature,
        asked_at=row.asked_at,
        state=ClaimState(row.state),
        intent=row.intent,
        transaction=None if row.transaction is None else Hash32(row.transaction),
        reason=row.reason,
    )
