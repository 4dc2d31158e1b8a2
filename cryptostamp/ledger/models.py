"""The tables of the ledger, as SQLAlchemy 2 models.

A number that the EVM may make larger than 63 bits is stored as text, a hash as 32 raw bytes, an
address as its EIP-55 text, a time as UTC seconds. The partial unique indexes hold the rules that
sending rests on: one live transaction for an intent, one for a nonce. A change here needs its
revision in `cryptostamp.ledger.migrations`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

__all__ = [
    "Base",
    "ChallengeRow",
    "ClaimRow",
    "EventRow",
    "IndexedBlockRow",
    "OfferRow",
    "PrintRow",
    "ScanRow",
    "SeriesRow",
    "StampRow",
    "StandingRow",
    "StepRow",
    "TransactionRow",
]

_BIG = BigInteger().with_variant(Integer, "sqlite")
"""SQLite's integers are large anyway; elsewhere chain ids, nonces, blocks, gas and times need 64 bits."""


_LIVE, _KEPT = text("state NOT IN ('reverted', 'abandoned')"), text("state != 'abandoned'")
_NOT_REFUSED = text("state != 'refused'")


class Base(DeclarativeBase):
    """The metadata that all tables share."""


class SeriesRow(Base):
    """A series: the plan is written before anything is sent, the rest when the chain has it."""

    __tablename__ = "series"

    id: Mapped[str] = mapped_column(primary_key=True)
    description_sha256: Mapped[bytes]
    edition: Mapped[int]
    edition_root: Mapped[bytes]
    rarity_seed: Mapped[bytes]
    chain_id: Mapped[int] = mapped_column(_BIG)
    genesis_hash: Mapped[bytes]
    registry_address: Mapped[str | None]
    contract: Mapped[str | None]
    issue_transaction: Mapped[bytes | None]
    issue_block: Mapped[int | None] = mapped_column(_BIG)
    issue_gas: Mapped[int | None] = mapped_column(_BIG)


class StampRow(Base):
    """One stamp of an edition: what is on it, and where it lies."""

    __tablename__ = "stamps"

    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), primary_key=True)
    serial: Mapped[int] = mapped_column(primary_key=True)
    variant: Mapped[int]
    claim_key: Mapped[str]
    sheet: Mapped[int]
    position: Mapped[int]
    claimed_by: Mapped[str | None]

    __table_args__ = (Index("stamps_by_claim_key", "claim_key"),)


class TransactionRow(Base):
    """One intent with one nonce, and how it was mined."""

    __tablename__ = "transactions"

    id: Mapped[int] = mapped_column(primary_key=True)
    intent: Mapped[str]
    chain_id: Mapped[int] = mapped_column(_BIG)
    sender: Mapped[str]
    nonce: Mapped[int] = mapped_column(_BIG)
    state: Mapped[str]
    """``signed``, ``mined``, ``final``, ``reverted`` or ``abandoned``; after the last two its intent is free again."""
    mined_hash: Mapped[bytes | None]
    """Which of its offers was mined; the next four tell how."""
    succeeded: Mapped[bool | None]
    block_number: Mapped[int | None] = mapped_column(_BIG)
    block_hash: Mapped[bytes | None]
    gas_used: Mapped[int | None] = mapped_column(_BIG)
    contract: Mapped[str | None]
    remark: Mapped[str | None]
    """Why a person gave it up."""

    offers: Mapped[list[OfferRow]] = relationship(order_by="OfferRow.number", lazy="selectin")

    __table_args__ = (
        Index(
            "one_live_transaction_an_intent",
            "intent",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(
            "one_transaction_a_nonce",
            "chain_id",
            "sender",
            "nonce",
            unique=True,
            sqlite_where=_KEPT,
            postgresql_where=_KEPT,
        ),
    )


class OfferRow(Base):
    """Signed bytes, here before any node has seen them. Offers of one transaction differ in their fees only."""

    __tablename__ = "offers"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"))
    number: Mapped[int]
    """1 is the first signature, the others replace the one before."""
    raw: Mapped[bytes]

    __table_args__ = (Index("offers_of_a_transaction", "transaction_id", "number", unique=True),)


class StepRow(Base):
    """A step of the life that was begun, and when it ended."""

    __tablename__ = "steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[str]
    step: Mapped[str]
    begun_at: Mapped[int] = mapped_column(_BIG)
    ended_at: Mapped[int | None] = mapped_column(_BIG)


class PrintRow(Base):
    """A file that was made for the printer or the shop."""

    __tablename__ = "prints"

    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[bytes]
    first_serial: Mapped[int]
    last_serial: Mapped[int]
    made_at: Mapped[int | None] = mapped_column(_BIG)


class ChallengeRow(Base):
    """An ownership challenge that was asked here, and when it was answered: it is accepted once."""

    __tablename__ = "challenges"

    nonce: Mapped[str] = mapped_column(primary_key=True)
    public_code: Mapped[str]
    verifier: Mapped[str]
    address: Mapped[str]
    issued_at: Mapped[int] = mapped_column(_BIG)
    expires_at: Mapped[int] = mapped_column(_BIG)
    used_at: Mapped[int | None] = mapped_column(_BIG)


class ClaimRow(Base):
    """A signed claim that a collector has handed in, and how far it has come."""

    __tablename__ = "claims"

    id: Mapped[str] = mapped_column(primary_key=True)
    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"))
    serial: Mapped[int]
    to: Mapped[str]
    deadline: Mapped[int] = mapped_column(_BIG)
    signature: Mapped[bytes]
    asked_at: Mapped[int] = mapped_column(_BIG)
    state: Mapped[str]
    intent: Mapped[str | None]
    transaction: Mapped[bytes | None]
    reason: Mapped[str | None]

    __table_args__ = (
        Index(
            "one_live_claim_a_stamp",
            "series_id",
            "serial",
            unique=True,
            sqlite_where=_NOT_REFUSED,
            postgresql_where=_NOT_REFUSED,
        ),
        Index("claims_by_state", "series_id", "state"),
    )


class ScanRow(Base):
    """How often the code of a stamp was scanned, and when and where last, if a scan point said so; not by whom."""

    __tablename__ = "scans"

    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), primary_key=True)
    serial: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
    first_at: Mapped[int] = mapped_column(_BIG)
    last_at: Mapped[int | None] = mapped_column(_BIG)
    """Of the last scan with a place."""
    last_latitude: Mapped[int | None]
    """Whole degrees."""
    last_longitude: Mapped[int | None]
    impossible: Mapped[int]
    """How often two scans in a row were farther apart than anything travels in between."""


class IndexedBlockRow(Base):
    """A block up to which the events of a series have been read. The newest is where reading goes on."""

    __tablename__ = "indexed_blocks"

    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), primary_key=True)
    number: Mapped[int] = mapped_column(_BIG, primary_key=True)
    hash: Mapped[bytes]
    """Tells whether the chain still is the one that was read."""
    timestamp: Mapped[int] = mapped_column(_BIG)


class EventRow(Base):
    """What a contract announced about a series."""

    __tablename__ = "events"

    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), primary_key=True)
    block_number: Mapped[int] = mapped_column(_BIG, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Among all events of the block."""
    name: Mapped[str]
    contract: Mapped[str]
    block_hash: Mapped[bytes]
    transaction_hash: Mapped[bytes]
    timestamp: Mapped[int] = mapped_column(_BIG)
    first_serial: Mapped[int | None]
    last_serial: Mapped[int | None]
    arguments: Mapped[str]
    """JSON."""

    __table_args__ = (Index("events_of_a_stamp", "series_id", "first_serial", "last_serial"),)


class StandingRow(Base):
    """Where a stamp stands by its events; stamps to which nothing has happened have none."""

    __tablename__ = "standings"

    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), primary_key=True)
    serial: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    owner: Mapped[str | None]
    since: Mapped[int | None] = mapped_column(_BIG)
    void_reason: Mapped[str | None]
    moves: Mapped[int]
    postmarks: Mapped[int]

    __table_args__ = (Index("standings_of_an_owner", "owner"),)
