"""One ledger: series, stamps, transactions, steps, prints and answered challenges in one file.

Every method is one database transaction: it has happened when it returns, and not at all when it
raises. Writing what is already there is no error, so that a step can run again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.files import write_whole
from cryptostamp.ledger.backup import back_up
from cryptostamp.ledger.bulk import insert_rows
from cryptostamp.ledger.claim_queue import ClaimQueue
from cryptostamp.ledger.database import open_engine, place_of, storage_errors, to_write
from cryptostamp.ledger.export import Table, write_csv, write_parquet
from cryptostamp.ledger.index import SeriesIndex
from cryptostamp.ledger.locks import sole_writer
from cryptostamp.ledger.migrations import HEAD
from cryptostamp.ledger.models import ChallengeRow, OfferRow, PrintRow, SeriesRow, StampRow, StepRow, TransactionRow
from cryptostamp.ledger.records import (
    ChallengeRecord,
    IssuedSeries,
    Offer,
    PlannedStamp,
    PrintedFile,
    Receipt,
    SeriesPlan,
    StampRecord,
    StepRecord,
    TransactionRecord,
    TransactionState,
)
from cryptostamp.ledger.scan_log import ScanLog
from cryptostamp.primitives import Address, ChainId, Hash32, Serial

__all__ = ["Ledger"]

_BATCH = 10_000
"""Stamps read at once: large enough to be quick, small enough to keep memory flat."""

_PLANNED = ("serial", "variant", "claim_key", "sheet", "position")
_UNFINISHED = (TransactionState.SIGNED.value, TransactionState.MINED.value)
_DEAD = (TransactionState.REVERTED.value, TransactionState.ABANDONED.value)
_NO_RECEIPT = dict.fromkeys(("mined_hash", "succeeded", "block_number", "block_hash", "gas_used", "contract"))


class Ledger:
    """The ledger in a file, which is made if it is not there, or in the PostgreSQL database of a URL.

    A URL is ``postgresql://user@host/database``. Close the ledger or use it in a ``with``.
    """

    def __init__(self, place: Path | str) -> None:
        self._engine = open_engine(place)
        self._writing_engine = to_write(self._engine)
        self._upsert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        self.place = place_of(self._engine)
        """Where it is, as it may be shown."""
        self.schema = HEAD
        """The revision of its schema: an older ledger has been brought up to it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Nothing that was written is lost if this is never called."""
        self._engine.dispose()

    def back_up(self, target: Path) -> None:
        """Copy the ledger, as it is at this moment, into a file that must not be there yet."""
        back_up(self._engine, target)

    def export(self, table: Table, series_id: str, target: Path) -> None:
        """Write a table into a file that must not be there yet: Parquet if its name ends so, else CSV.

        Raises `StorageProblem` if it is there, `ToolMissing` if Parquet cannot be written here.
        """
        write = write_parquet if target.suffix == ".parquet" else write_csv
        write_whole(target, lambda stream: write(self._reading, table, series_id, stream), replace=False)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with storage_errors(self.place), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with storage_errors(self.place), Session(self._writing_engine) as session, session.begin():
            yield session

    # --- the series and its stamps

    def plan_series(self, plan: SeriesPlan, stamps: Iterable[PlannedStamp]) -> None:
        """Write down a series and its stamps before anything is sent.

        Raises `InputError` if the ledger already has another plan under this id: what has been
        planned may have been issued, and is never replaced.
        """
        known = self.plan_of(plan.id)
        if known == plan:
            return
        if known is not None:
            raise InputError(
                f"The ledger already holds another series {plan.id}.",
                where=self.place,
                remedy="A series that was issued cannot be described anew. Give the new one another id or folder.",
            )
        with self._writing() as session:
            session.add(
                SeriesRow(
                    id=plan.id,
                    description_sha256=plan.description_sha256,
                    edition=plan.edition,
                    edition_root=plan.edition_root,
                    rarity_seed=plan.rarity_seed,
                    chain_id=plan.chain_id,
                    genesis_hash=plan.genesis_hash,
                )
            )
            session.flush()
            insert_rows(
                session,
                "stamps",
                ("series_id", *_PLANNED),
                (
                    (plan.id, stamp.serial, stamp.variant, stamp.claim_key, stamp.sheet, stamp.position)
                    for stamp in stamps
                ),
            )

    def plan_of(self, series_id: str) -> SeriesPlan | None:
        """Return what was planned for a series, `None` if the ledger does not know it."""
        with self._reading() as session:
            row = session.get(SeriesRow, series_id)
            return None if row is None else _plan(row)

    def record_issued(self, issued: IssuedSeries) -> None:
        """Write down where the chain holds the series."""
        with self._writing() as session:
            session.execute(
                update(SeriesRow)
                .where(SeriesRow.id == issued.plan.id)
                .values(
                    registry_address=issued.registry,
                    contract=issued.contract,
                    issue_transaction=issued.transaction,
                    issue_block=issued.block_number,
                    issue_gas=issued.gas_used,
                )
            )

    def issued(self, series_id: str) -> IssuedSeries | None:
        """Return where the chain holds the series, `None` if it has not been issued."""
        with self._reading() as session:
            row = session.get(SeriesRow, series_id)
            if (
                row is None
                or row.registry_address is None
                or row.contract is None
                or row.issue_transaction is None
                or row.issue_block is None
                or row.issue_gas is None
            ):
                return None
            return IssuedSeries(
                plan=_plan(row),
                registry=Address(row.registry_address),
                contract=Address(row.contract),
                transaction=Hash32(row.issue_transaction),
                block_number=row.issue_block,
                gas_used=row.issue_gas,
            )

    def stamp(self, series_id: str, serial: Serial) -> StampRecord | None:
        """Return one stamp, `None` if the series has no such serial."""
        with self._reading() as session:
            row = session.get(StampRow, (series_id, serial))
            return None if row is None else _stamp(row)

    def stamps(self, series_id: str) -> Iterator[StampRecord]:
        """Yield the stamps of a series in the order of their serials; memory stays flat."""
        query = (
            select(
                StampRow.serial,
                StampRow.variant,
                StampRow.claim_key,
                StampRow.sheet,
                StampRow.position,
                StampRow.claimed_by,
            )
            .where(StampRow.series_id == series_id)
            .order_by(StampRow.serial)
        )
        with self._reading() as session:
            for row in session.execute(query.execution_options(yield_per=_BATCH)):
                serial, variant, claim_key, sheet, position, claimed_by = row
                yield StampRecord(
                    planned=PlannedStamp(
                        serial=Serial(serial),
                        variant=variant,
                        claim_key=Address(claim_key),
                        sheet=sheet,
                        position=position,
                    ),
                    claimed_by=None if claimed_by is None else Address(claimed_by),
                )

    def serials_on(self, series_id: str, first_sheet: int, last_sheet: int) -> tuple[Serial, ...]:
        """Return the stamps that lie on some sheets, as planned at issue, in ascending order."""
        query = select(StampRow.serial).where(
            StampRow.series_id == series_id, StampRow.sheet.between(first_sheet, last_sheet)
        )
        with self._reading() as session:
            return tuple(Serial(number) for number in session.scalars(query.order_by(StampRow.serial)))

    def stamp_by_claim_key(self, series_id: str, claim_key: Address) -> StampRecord | None:
        """Return the stamp whose hidden code gives this key, `None` if no stamp of the series has it."""
        with self._reading() as session:
            row = session.scalar(
                select(StampRow).where(StampRow.series_id == series_id, StampRow.claim_key == claim_key)
            )
            return None if row is None else _stamp(row)

    def record_claimed(self, series_id: str, serial: Serial, by: Address) -> None:
        """Write down who took the token of a stamp."""
        with self._writing() as session:
            session.execute(
                update(StampRow).where(StampRow.series_id == series_id, StampRow.serial == serial).values(claimed_by=by)
            )

    def count_claimed(self, series_id: str) -> int:
        """Return how many stamps of a series this ledger has seen claimed."""
        with self._reading() as session:
            return (
                session.scalar(
                    select(func.count())
                    .select_from(StampRow)
                    .where(StampRow.series_id == series_id, StampRow.claimed_by.is_not(None))
                )
                or 0
            )

    # --- steps and prints

    @contextmanager
    def step(self, series_id: str, name: str, *, clock: Callable[[], int]) -> Iterator[None]:
        """Record that a step runs, and that it ended unless it raised."""
        with self._writing() as session:
            row = StepRow(series_id=series_id, step=name, begun_at=clock())
            session.add(row)
            session.flush()
            key = row.id
        yield
        with self._writing() as session:
            session.execute(update(StepRow).where(StepRow.id == key).values(ended_at=clock()))

    def steps(self, series_id: str) -> tuple[StepRecord, ...]:
        """Return every run of every step of a series, oldest first."""
        with self._reading() as session:
            rows = session.scalars(select(StepRow).where(StepRow.series_id == series_id).order_by(StepRow.id))
            return tuple(
                StepRecord(series_id=row.series_id, step=row.step, begun_at=row.begun_at, ended_at=row.ended_at)
                for row in rows
            )

    def record_printed(self, series_id: str, file: PrintedFile) -> None:
        """Write down a file that was made; one of the same name is the newer state of it.

        A file that is what it was before keeps the time at which it was made first.
        """
        values = {
            "sha256": file.sha256,
            "first_serial": file.first_serial,
            "last_serial": file.last_serial,
            "made_at": file.made_at,
        }
        insertion = self._upsert(PrintRow).values(series_id=series_id, name=file.name, **values)
        unchanged = PrintRow.sha256 == insertion.excluded.sha256
        made_at = case((unchanged, func.coalesce(PrintRow.made_at, insertion.excluded.made_at)), else_=file.made_at)
        with self._writing() as session:
            session.execute(
                insertion.on_conflict_do_update(
                    index_elements=["series_id", "name"], set_={**values, "made_at": made_at}
                )
            )

    def printed(self, series_id: str) -> tuple[PrintedFile, ...]:
        """Return the files made for a series, by name."""
        with self._reading() as session:
            rows = session.scalars(select(PrintRow).where(PrintRow.series_id == series_id).order_by(PrintRow.name))
            return tuple(
                PrintedFile(
                    name=row.name,
                    sha256=Hash32(row.sha256),
                    first_serial=Serial(row.first_serial),
                    last_serial=Serial(row.last_serial),
                    made_at=row.made_at,
                )
                for row in rows
            )

    def index(self, series_id: str) -> SeriesIndex:
        """Return what the chain has told of a series that is planned here."""
        return SeriesIndex(series_id, self._reading, self._writing)

    def scan_log(self, series_id: str) -> ScanLog:
        """Return the log of the scans of a series that is planned here."""
        return ScanLog(series_id, self._reading, self._writing)

    # --- transactions

    def sole_writer(
        self, chain_id: ChainId, sender: Address, *, clock: Callable[[], int] = lambda: int(time.time())
    ) -> AbstractContextManager[None]:
        """Hold the right to send from an account; `StorageProblem` at once if another process has it.

        Other threads of this process are waited for. `clock` gives UTC seconds, for the other process to read.
        """
        return sole_writer(self._engine, f"{chain_id}-{sender}", clock=clock)

    def record_signed(self, *, intent: str, chain_id: ChainId, sender: Address, nonce: int, offer: Offer) -> None:
        """Store signed bytes. When this returns they survive a power cut.

        Raises `StorageProblem` if the intent already has a live transaction or the nonce is taken.
        """
        with self._writing() as session:
            row = TransactionRow(
                intent=intent, chain_id=chain_id, sender=sender, nonce=nonce, state=TransactionState.SIGNED.value
            )
            row.offers = [OfferRow(hash=offer.hash, number=1, raw=offer.raw)]
            session.add(row)

    def record_replacement(self, *, intent: str, chain_id: ChainId, sender: Address, nonce: int, offer: Offer) -> None:
        """Store other signed bytes for the unfinished transaction of an intent; `StorageProblem` if there is none."""
        with self._writing() as session:
            row = session.scalar(
                select(TransactionRow).where(
                    TransactionRow.intent == intent,
                    TransactionRow.chain_id == chain_id,
                    TransactionRow.sender == sender,
                    TransactionRow.nonce == nonce,
                    TransactionRow.state.in_(_UNFINISHED),
                )
            )
            if row is None:
                raise StorageProblem("There is nothing to be replaced.", where=intent)
            session.add(OfferRow(hash=offer.hash, transaction_id=row.id, number=len(row.offers) + 1, raw=offer.raw))

    def record_mined(self, receipt: Receipt, *, final: bool) -> None:
        """Write down how an unfinished transaction was mined, and whether that is final.

        A final one that failed frees its intent, never its nonce.
        """
        last = TransactionState.FINAL if receipt.succeeded else TransactionState.REVERTED
        self._change(
            receipt.hash,
            _UNFINISHED,
            state=(last if final else TransactionState.MINED).value,
            mined_hash=receipt.hash,
            succeeded=receipt.succeeded,
            block_number=receipt.block_number,
            block_hash=receipt.block_hash,
            gas_used=receipt.gas_used,
            contract=receipt.contract,
        )

    def record_unmined(self, hash_: Hash32) -> None:
        """Put a transaction back to signed, because the chain does not have it any more."""
        self._change(
            hash_, (*_UNFINISHED, TransactionState.FINAL.value), state=TransactionState.SIGNED.value, **_NO_RECEIPT
        )

    def record_abandoned(self, hash_: Hash32, remark: str) -> None:
        """End an unfinished transaction because a person said so; `remark` says why."""
        self._change(hash_, _UNFINISHED, state=TransactionState.ABANDONED.value, remark=remark, **_NO_RECEIPT)

    def live_transaction(self, intent: str) -> TransactionRecord | None:
        """Return the transaction of an intent, `None` if it has none, or one that failed or was given up."""
        with self._reading() as session:
            row = session.scalar(
                select(TransactionRow).where(TransactionRow.intent == intent, TransactionRow.state.not_in(_DEAD))
            )
            return None if row is None else _transaction(row)

    def transactions_of(
        self, chain_id: ChainId, sender: Address, *, from_nonce: int = 0, unfinished: bool = False
    ) -> tuple[TransactionRecord, ...]:
        """Return the transactions of an account from a nonce on, in the order of nonces; only unfinished ones if so."""
        query = select(TransactionRow).where(
            TransactionRow.chain_id == chain_id, TransactionRow.sender == sender, TransactionRow.nonce >= from_nonce
        )
        if unfinished:
            query = query.where(TransactionRow.state.in_(_UNFINISHED))
        with self._reading() as session:
            return tuple(_transaction(row) for row in session.scalars(query.order_by(TransactionRow.nonce)))

    def highest_nonce(self, chain_id: ChainId, sender: Address) -> int | None:
        """Return the highest nonce ever signed for an account, `None` if there is none."""
        with self._reading() as session:
            return session.scalar(
                select(func.max(TransactionRow.nonce)).where(
                    TransactionRow.chain_id == chain_id, TransactionRow.sender == sender
                )
            )

    def transactions(self) -> tuple[TransactionRecord, ...]:
        """Return every transaction, in the order of sender and nonce."""
        with self._reading() as session:
            rows = session.scalars(select(TransactionRow).order_by(TransactionRow.sender, TransactionRow.nonce))
            return tuple(_transaction(row) for row in rows)

    def _change(self, hash_: Hash32, states: Sequence[str], **values: object) -> None:
        """Change the transaction that has an offer of this hash, if it is in one of `states`."""
        with self._writing() as session:
            changed = session.execute(
                update(TransactionRow)
                .where(
                    TransactionRow.id.in_(select(OfferRow.transaction_id).where(OfferRow.hash == hash_)),
                    TransactionRow.state.in_(states),
                )
                .values(**values)
                .returning(TransactionRow.id)
            )
            if changed.first() is None:
                raise StorageProblem("The ledger has no unfinished transaction of this hash.", where=f"0x{hash_.hex()}")

    # --- claims that collectors have handed in

    @property
    def claims(self) -> ClaimQueue:
        """The claims that wait to be carried to the chain."""
        return ClaimQueue(self._reading, self._writing, self.place)

    # --- ownership challenges

    def record_challenge(self, challenge: ChallengeRecord) -> None:
        """Write down a challenge before it is shown; `StorageProblem` if its nonce was used before."""
        with self._writing() as session:
            session.add(ChallengeRow(**{name: getattr(challenge, name) for name in challenge.__slots__}))

    def challenge(self, nonce: str) -> ChallengeRecord | None:
        """Return a challenge that was asked here, `None` if it was not."""
        with self._reading() as session:
            row = session.get(ChallengeRow, nonce)
            if row is None:
                return None
            return ChallengeRecord(
                nonce=row.nonce,
                public_code=row.public_code,
                verifier=row.verifier,
                address=Address(row.address),
                issued_at=row.issued_at,
                expires_at=row.expires_at,
                used_at=row.used_at,
            )

    def use_nonce(self, nonce: str, *, at: int) -> bool:
        """Use up the nonce of a challenge; return `False` if it was used before or never asked."""
        with self._writing() as session:
            done = session.execute(
                update(ChallengeRow)
                .where(ChallengeRow.nonce == nonce, ChallengeRow.used_at.is_(None))
                .values(used_at=at)
                .returning(ChallengeRow.nonce)
            )
            return done.first() is not None


def _plan(row: SeriesRow) -> SeriesPlan:
    return SeriesPlan(
        id=row.id,
        description_sha256=Hash32(row.description_sha256),
        edition=row.edition,
        edition_root=Hash32(row.edition_root),
        rarity_seed=Hash32(row.rarity_seed),
        chain_id=ChainId(row.chain_id),
        genesis_hash=Hash32(row.genesis_hash),
    )


def _stamp(row: StampRow) -> StampRecord:
    return StampRecord(
        planned=PlannedStamp(
            serial=Serial(row.serial),
            variant=row.variant,
            claim_key=Address(row.claim_key),
            sheet=row.sheet,
            position=row.position,
        ),
        claimed_by=None if row.claimed_by is None else Address(row.claimed_by),
    )


def _transaction(row: TransactionRow) -> TransactionRecord:
    return TransactionRecord(
        intent=row.intent,
        chain_id=ChainId(row.chain_id),
        sender=Address(row.sender),
        nonce=row.nonce,
        offers=tuple(Offer(hash=Hash32(offer.hash), raw=offer.raw) for offer in row.offers),
        state=TransactionState(row.state),
        receipt=_receipt(row),
        remark=row.remark,
    )


def _receipt(row: TransactionRow) -> Receipt | None:
    if (
        row.mined_hash is None
        or row.succeeded is None
        or row.block_number is None
        or row.block_hash is None
        or row.gas_used is None
    ):
        return None
    return Receipt(
        hash=Hash32(row.mined_hash),
        succeeded=row.succeeded,
        block_number=row.block_number,
        block_hash=Hash32(row.block_hash),
        gas_used=row.gas_used,
        contract=None if row.contract is None else Address(row.contract),
    )
