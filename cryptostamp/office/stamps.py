"""Stamps in the hands of their issuer: declare them void, record their postmarks.

Neither can be undone. What is to be done is looked up first, so that a person sees it before it is sent; what has been
done is not done again. A run that was killed goes on with what it had signed: the name of each transaction follows from
the order alone, not from how the chain stands.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cryptostamp.chain import (
    Call,
    Cost,
    MinedTransaction,
    PostmarkKind,
    Sender,
    Stamp,
    StampSeries,
    StampState,
    VoidReason,
)
from cryptostamp.chain.stamp import office_bytes
from cryptostamp.edition import Dossier
from cryptostamp.errors import InputError
from cryptostamp.ledger import Ledger, TransactionState
from cryptostamp.office.progress import Progress
from cryptostamp.primitives import Serial

__all__ = ["PostmarkOrder", "StampDesk", "StampPreview", "VoidOrder", "runs_of"]

_STAMPS_A_TRANSACTION = 250
"""Voids and postmarks take up to 50,000 gas each, and a transaction has 2^24."""
_SHORTEST_RANGE = 8
"""From so many neighbours on, to void them as a range is cheaper than one by one."""
_LONGEST_RANGE = 100_000
"""A range takes 22,100 gas for each 256 stamps."""
_ASKED_AT_ONCE = 1_000
_FEW = 60

Run = tuple[Serial, Serial]
"""Neighbouring serials, first and last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidOrder:
    """Stamps that are to be void."""

    serials: tuple[Run, ...]
    reason: VoidReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmarkOrder:
    """Paper stamps that a post office has cancelled."""

    serials: tuple[Run, ...]
    office: str
    """Code of the post office: 1 to 12 of A-Z, 0-9 and hyphen."""
    day: date
    kind: PostmarkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StampPreview:
    """What an order would do now, by the numbers of its stamps."""

    stamps: int
    """That the order names."""
    to_do: int
    done_before: int
    """Void already, or with this very postmark."""
    left_custody: int
    """Claimed, or sent by the post itself: these cannot be voided any more."""
    void: int
    """A void stamp gets no postmark."""
    first_refused: Serial | None
    """The first stamp that cannot be voided because it has left custody, or postmarked because it is void."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One transaction of an order."""

    intent: str
    """Follows from the order alone."""
    serials: Sequence[Serial]
    """The stamps for which it is needed now."""
    call: Call


def runs_of(ranges: Iterable[tuple[int, int]]) -> tuple[Run, ...]:
    """Return ranges of serials, first and last, in any order, as the longest runs that hold the same serials."""
    runs: list[Run] = []
    for first, last in sorted(ranges):
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], Serial(max(last, runs[-1][1])))
        else:
            runs.append((Serial(first), Serial(last)))
    return tuple(runs)


class StampDesk:
    """The issuer of one series, with the ledger in which it writes down what it sends.

    What the contract does not allow this account comes out as a `ContractRefusal`, before anything is signed.
    """

    def __init__(
        self,
        dossier: Dossier,
        sender: Sender,
        ledger: Ledger,
        *,
        progress: Progress = lambda _what, _done, _total: None,
    ) -> None:
        self._series_id = dossier.series.id
        self._size = dossier.edition.size
        self._contract = StampSeries(sender.chain, dossier.deployment.contract)
        self._sender = sender
        self._ledger = ledger
        self._progress = progress

    def preview_void(self, order: VoidOrder) -> StampPreview:
        """Return what voiding would do now; `InputError` for serials beyond the edition."""
        states: Counter[StampState] = Counter()
        first_refused = None
        for stamp in self._stamps(order.serials):
            states[stamp.state] += 1
            if stamp.left_custody and first_refused is None:
                first_refused = stamp.serial
        return StampPreview(
            stamps=states.total(),
            to_do=states[StampState.UNCLAIMED],
            done_before=states[StampState.VOID],
            left_custody=states[StampState.CLAIMED] + states[StampState.DELIVERED],
            void=states[StampState.VOID],
            first_refused=first_refused,
        )

    def void(self, order: VoidOrder) -> tuple[MinedTransaction, ...]:
        """Void those of the stamps that nobody has claimed, and return the transactions, none if none was needed.

        Stamps are voided in ranges where many are neighbours. One that is claimed between the look at it and the
        transaction keeps its owner; if it stood in a list, the list is refused, and the same order again goes on.
        """
        return self._send(self._voids(order))

    def price_void(self, order: VoidOrder) -> tuple[Cost, ...]:
        """Return what the transactions of an order would cost now, without signing them."""
        return self._price(self._voids(order))

    def preview_postmark(self, order: PostmarkOrder) -> StampPreview:
        """Return what the postmark would do now; `InputError` for serials beyond the edition, or no office."""
        office_bytes(order.office)
        stamps = list(self._stamps(order.serials))
        void = [stamp.serial for stamp in stamps if stamp.state is StampState.VOID]
        marked = sum(self._has(stamp, order) for stamp in stamps if stamp.state is not StampState.VOID)
        return StampPreview(
            stamps=len(stamps),
            to_do=len(stamps) - len(void) - marked,
            done_before=marked,
            left_custody=sum(stamp.left_custody for stamp in stamps),
            void=len(void),
            first_refused=void[0] if void else None,
        )

    def postmark(self, order: PostmarkOrder) -> tuple[MinedTransaction, ...]:
        """Record the postmark on those of the stamps that do not have it, and return the transactions.

        A stamp that is void is passed over: it is no postage.
        """
        return self._send(self._postmarks(order))

    def price_postmark(self, order: PostmarkOrder) -> tuple[Cost, ...]:
        """Return what the transactions of a postmark would cost now, without signing them."""
        return self._price(self._postmarks(order))

    def _voids(self, order: VoidOrder) -> Iterator[_Step]:
        long, short = _split(order.serials)
        for first, last in long:
            yield _Step(
                intent=self._intent(f"void {first}-{last}, {order.reason}"),
                serials=self._unclaimed([(first, last)]),
                call=self._contract.void_range_call(first, last, order.reason),
            )
        for chunk in _chunks(short):
            serials = self._unclaimed(_runs(chunk))
            yield _Step(
                intent=self._intent(f"void {_name_of(chunk)}, {order.reason}"),
                serials=serials,
                call=self._contract.void_call(serials, order.reason),
            )

    def _postmarks(self, order: PostmarkOrder) -> Iterator[_Step]:
        for chunk in _chunks(order.serials):
            what = f"{order.kind} postmark {order.day.isoformat()} {order.office}"
            serials = [
                stamp.serial
                for stamp in self._stamps(_runs(chunk))
                if stamp.state is not StampState.VOID and not self._has(stamp, order)
            ]
            yield _Step(
                intent=self._intent(f"{what} on {_name_of(chunk)}"),
                serials=serials,
                call=self._contract.postmark_call(serials, office=order.office, day=order.day, kind=order.kind),
            )

    def _send(self, steps: Iterable[_Step]) -> tuple[MinedTransaction, ...]:
        """Send what is needed, one after another: each step is looked up when those before it are mined."""
        return tuple(
            self._sender.send(intent=step.intent, to=step.call.to, data=step.call.data)
            for step in steps
            if self._is_needed(step)
        )

    def _price(self, steps: Iterable[_Step]) -> tuple[Cost, ...]:
        """Price what would be signed anew."""
        return tuple(
            self._sender.dry_run(to=step.call.to, data=step.call.data)
            for step in steps
            if step.serials and self._ledger.live_transaction(step.intent) is None
        )

    def _has(self, stamp: Stamp, order: PostmarkOrder) -> bool:
        """Tell whether a stamp has this very postmark."""
        if stamp.first_postmark is None:
            return False
        marks = [stamp.first_postmark] if stamp.postmarks == 1 else self._contract.postmarks(stamp.serial)
        wanted = (order.office, order.day, order.kind)
        return any((mark.office, mark.day, mark.kind) == wanted for mark in marks)

    def _unclaimed(self, runs: Sequence[Run]) -> list[Serial]:
        return [stamp.serial for stamp in self._stamps(runs) if stamp.state is StampState.UNCLAIMED]

    def _stamps(self, runs: Sequence[Run]) -> Iterator[Stamp]:
        """Ask where the stamps stand, many at once."""
        total = sum(last - first + 1 for first, last in runs)
        asked = 0
        for first, last in runs:
            if not 1 <= first <= last <= self._size:
                raise InputError(
                    f"The edition has the stamps 1 to {self._size:,}; {first}-{last} are not among them."
                    if first != last
                    else f"The edition has the stamps 1 to {self._size:,}; {first} is not among them.",
                    remedy="Correct --serials.",
                )
        for first, last in runs:
            for begin in range(first, last + 1, _ASKED_AT_ONCE):
                serials = [Serial(number) for number in range(begin, min(begin + _ASKED_AT_ONCE, last + 1))]
                yield from self._contract.stamps(serials)
                asked += len(serials)
                self._progress("Asking the chain", asked, total)

    def _is_needed(self, step: _Step) -> bool:
        """Tell whether there is something to send, or something under way that has to be brought to its end."""
        record = self._ledger.live_transaction(step.intent)
        return bool(step.serials) or (record is not None and record.state is not TransactionState.FINAL)

    def _intent(self, what: str) -> str:
        return f"{self._series_id}: {what}"


def _split(runs: Sequence[Run]) -> tuple[list[Run], list[Run]]:
    """Return the runs that are worth a range, cut to what one transaction can do, and the others."""
    long: list[Run] = []
    for first, last in runs:
        if last - first + 1 >= _SHORTEST_RANGE:
            long += [
                (Serial(begin), Serial(min(begin + _LONGEST_RANGE - 1, last)))
                for begin in range(first, last + 1, _LONGEST_RANGE)
            ]
    return long, [run for run in runs if run[1] - run[0] + 1 < _SHORTEST_RANGE]


def _chunks(runs: Sequence[Run]) -> Iterator[list[Serial]]:
    """Yield the serials of the runs, in order, as many at a time as fit into a transaction."""
    chunk: list[Serial] = []
    for first, last in runs:
        for number in range(first, last + 1):
            chunk.append(Serial(number))
            if len(chunk) == _STAMPS_A_TRANSACTION:
                yield chunk
                chunk = []
    if chunk:
        yield chunk


def _runs(serials: Sequence[Serial]) -> tuple[Run, ...]:
    return runs_of((serial, serial) for serial in serials)


def _name_of(serials: Sequence[Serial]) -> str:
    """Return a name for these serials and no others, short enough to be read."""
    text = ",".join(str(first) if first == last else f"{first}-{last}" for first, last in _runs(serials))
    if len(text) <= _FEW:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{len(serials)} stamps from {serials[0]} to {serials[-1]} ({digest})"
