"""The tables of the ledger, as SQLAlchemy 2 models.

A number that the EVM may make larger than 63 bits is stored as text, a hash as 32 raw bytes, an
address as its EIP-55 text, a time as UTC seconds. The partial unique indexes hold the rules that
sending rests on: one live transaction for an intent, one for a nonce.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

__all__ = ["SCHEMA_VERSION", "Base", "ChallengeRow", "PrintRow", "SeriesRow", "StampRow", "StepRow", "TransactionRow"]

SCHEMA_VERSION = 1
"""Written to ``PRAGMA user_version``; a ledger of another version is refused, never guessed at."""


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
    chain_id: Mapped[int]
    genesis_hash: Mapped[bytes]
    registry_address: Mapped[str | None]
    contract: Mapped[str | None]
    issue_transaction: Mapped[bytes | None]
    issue_block: Mapped[int | None]
    issue_gas: Mapped[int | None]


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
    """A transaction we signed. The bytes are here before any node has seen them."""

    __tablename__ = "transactions"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    intent: Mapped[str]
    chain_id: Mapped[int]
    sender: Mapped[str]
    nonce: Mapped[int]
    raw: Mapped[bytes]
    state: Mapped[str]
    """``signed``, ``mined`` or ``failed`` (mined, but reverted: its intent may be tried again)."""
    block_number: Mapped[int | None]
    block_hash: Mapped[bytes | None]
    gas_used: Mapped[int | None]
    contract: Mapped[str | None]

    __table_args__ = (
        Index("one_live_transaction_an_intent", "intent", unique=True, sqlite_where=text("state != 'failed'")),
        Index("one_transaction_a_nonce", "chain_id", "sender", "nonce", unique=True),
    )


class StepRow(Base):
    """A step of the life that was begun, and when it ended."""

    __tablename__ = "steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[str]
    step: Mapped[str]
    begun_at: Mapped[int]
    ended_at: Mapped[int | None]


class PrintRow(Base):
    """A file that was made for the printer or the shop."""

    __tablename__ = "prints"

    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[bytes]
    first_serial: Mapped[int]
    last_serial: Mapped[int]


class ChallengeRow(Base):
    """An ownership challenge that was asked here, and when it was answered: it is accepted once."""

    __tablename__ = "challenges"

    nonce: Mapped[str] = mapped_column(primary_key=True)
    public_code: Mapped[str]
    verifier: Mapped[str]
    address: Mapped[str]
    issued_at: Mapped[int]
    expires_at: Mapped[int]
    used_at: Mapped[int | None]
