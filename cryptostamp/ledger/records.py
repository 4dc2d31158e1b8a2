"""What goes into the ledger and comes out of it: frozen, free of SQLAlchemy."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from cryptostamp.primitives import Address, ChainId, Hash32, Serial

__all__ = [
    "ChallengeRecord",
    "ClaimRecord",
    "ClaimState",
    "EventRecord",
    "IndexedBlock",
    "IssuedSeries",
    "Offer",
    "PlannedStamp",
    "PrintedFile",
    "Receipt",
    "SeriesPlan",
    "StampRecord",
    "Standing",
    "StandingCounts",
    "StepRecord",
    "TransactionRecord",
    "TransactionState",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPlan:
    """What is fixed about a series before its first transaction."""

    id: str
    description_sha256: Hash32
    """Of the series as it was described; a changed description is another series."""
    edition: int
    edition_root: Hash32
    rarity_seed: Hash32
    chain_id: ChainId
    genesis_hash: Hash32
    """Tells one local chain from the next, which have the same id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedSeries:
    """A plan that the chain has taken."""

    plan: SeriesPlan
    registry: Address
    contract: Address
    transaction: Hash32
    block_number: int
    gas_used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStamp:
    """One stamp as the edition fixes it. `variant` is an index into the variants of the series."""

    serial: Serial
    variant: int
    claim_key: Address
    sheet: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StampRecord:
    """One stamp as the ledger knows it."""

    planned: PlannedStamp
    claimed_by: Address | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One run of a step. Times are UTC seconds; `ended_at` is `None` while it runs or when it was killed."""

    series_id: str
    step: str
    begun_at: int
    ended_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFile:
    """A file made for the printer or the shop. `name` is relative to the folder of prints."""

    name: str
    sha256: Hash32
    first_serial: Serial
    last_serial: Serial
    made_at: int | None = None
    """UTC seconds; `None` if it is not known."""


class TransactionState(StrEnum):
    """Where a transaction stands. After the last two its intent may be signed anew."""

    SIGNED = "signed"
    MINED = "mined"
    FINAL = "final"
    REVERTED = "reverted"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Signed bytes."""

    hash: Hash32
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """How a transaction was mined."""

    hash: Hash32
    """Of the offer that was mined."""
    succeeded: bool
    block_number: int
    block_hash: Hash32
    gas_used: int
    contract: Address | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionRecord:
    """One intent with one nonce, everything that was signed for it, and how it was mined."""

    intent: str
    chain_id: ChainId
    sender: Address
    nonce: int
    offers: tuple[Offer, ...]
    """Oldest first; each replaces the one before with higher fees."""
    state: TransactionState = TransactionState.SIGNED
    receipt: Receipt | None = None
    remark: str | None = None
    """Why a person gave it up."""

    @property
    def succeeded(self) -> bool | None:
        """Whether it did what it was meant to; `None` while the chain does not have it."""
        return None if self.receipt is None else self.receipt.succeeded


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeRecord:
    """An ownership challenge that was asked. Times are UTC seconds."""

    nonce: str
    public_code: str
    verifier: str
    address: Address
    issued_at: int
    expires_at: int
    used_at: int | None = None
    """When it was answered rightly, `None` while it was not."""


class ClaimState(StrEnum):
    """Where a claim stands that somebody has handed in."""

    WAITING = "waiting"
    """Nothing has been sent for it."""
    SENT = "sent"
    """It is in the transaction that its intent names, whatever became of that."""
    DONE = "done"
    """The token has moved, for good."""
    REFUSED = "refused"
    """It will not be carried out; the stamp may be claimed anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRecord:
    """A signed claim that was handed in to be carried to the chain. Times are UTC seconds."""

    id: str
    series_id: str
    serial: Serial
    to: Address
    deadline: int
    signature: bytes = field(repr=False)
    asked_at: int
    state: ClaimState = ClaimState.WAITING
    intent: str | None = None
    """Under which name its transaction stands in the journal."""
    transaction: Hash32 | None = None
    reason: str | None = None
    """Why it was refused, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedBlock:
    """A block up to which all events of a series are in the ledger."""

    number: int
    hash: Hash32
    timestamp: int
    """UTC seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """What a contract announced about a series."""

    name: str
    """As the contract names it."""
    contract: Address
    block_number: int
    block_hash: Hash32
    number: int
    """Among all events of its block."""
    transaction_hash: Hash32
    timestamp: int
    """UTC seconds."""
    first: Serial | None
    """The first stamp it speaks of, `None` if of the whole series."""
    last: Serial | None
    values: tuple[tuple[str, str], ...]
    """Its other arguments, by name, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a stamp stands by its events."""

    serial: Serial
    state: str = "unclaimed"
    """``unclaimed``, ``claimed``, ``delivered`` or ``void``."""
    owner: Address | None = None
    """`None` while custody has the token."""
    since: int | None = None
    """When it left custody or was voided, in UTC seconds."""
    void_reason: str | None = None
    moves: int = 0
    """How often the token went from one account to another."""
    postmarks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingCounts:
    """How many stamps of a series stand where."""

    claimed: int
    delivered: int
    void: int
    postmarked: int
    """Whatever else happened to them."""
    moved: int
    """That went on after they had left custody."""
    owners: int
    """Different accounts, without custody."""
