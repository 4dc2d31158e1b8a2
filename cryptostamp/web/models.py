"""What the JSON API takes and gives, as pydantic models: the edge of the site for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from cryptostamp.ledger import ClaimRecord
from cryptostamp.scan import OwnershipProof, Verdict

__all__ = [
    "AlbumAnswer",
    "AnswerRequest",
    "ChallengeAnswer",
    "ChallengeRequest",
    "ClaimAnswer",
    "ClaimKeyAnswer",
    "ClaimRequest",
    "ErrorAnswer",
    "NameAnswer",
    "OtherToken",
    "OtherTokens",
    "ProofAnswer",
    "SeriesAnswer",
    "SeriesBrief",
    "VerdictAnswer",
    "VerdictRequest",
    "VerdictsRequest",
]

MOST_CODES = 200
_Code = Annotated[str, Field(min_length=1, max_length=512)]
_Account = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]
_Signature = Annotated[str, Field(pattern=r"^0x([0-9a-fA-F]{2}){65,2048}$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ErrorAnswer(_Model):
    """Why there is no other answer, and what to do."""

    what: str
    remedy: str = ""


class VerdictRequest(_Model):
    """A code to be looked at: the public code of a QR, or the short code printed beside it."""

    code: _Code
    typed: bool = False
    """Whether a person typed it: then a malformed one is a slip of the finger, not a counterfeit."""


class VerdictsRequest(_Model):
    """Codes to be looked at together, as of one block."""

    codes: Annotated[list[_Code], Field(min_length=1, max_length=MOST_CODES)]
    typed: bool = False


class CheckAnswer(_Model):
    """One check behind a verdict."""

    code: str
    outcome: Literal["passed", "failed", "not checked"]
    sentence: str


class PostmarkAnswer(_Model):
    """The first cancellation of the paper stamp."""

    office: str | None
    day: date
    kind: str


class StampAnswer(_Model):
    """The stamp as the chain tells of it."""

    post: str
    title: str | None
    serial: int
    edition: int | None
    variant: str | None
    owner: str
    state: str
    since: datetime | None
    void_reason: str | None
    postmarks: int
    first_postmark: PostmarkAnswer | None
    block_number: int
    block_time: datetime


class VerdictAnswer(_Model):
    """What is known about the stamp that a code names, check by check."""

    conclusion: Literal["genuine", "not genuine", "unknown"]
    sentence: str
    caveat: str
    checks: list[CheckAnswer]
    stamp: StampAnswer | None

    @classmethod
    def of(cls, verdict: Verdict) -> VerdictAnswer:
        """Return a verdict as the API gives it."""
        stamp = verdict.stamp
        mark = None if stamp is None else stamp.first_postmark
        return cls.model_construct(
            conclusion=verdict.conclusion.value,
            sentence=verdict.sentence,
            caveat=verdict.caveat,
            checks=[
                CheckAnswer.model_construct(code=check.code.value, outcome=check.outcome.value, sentence=check.sentence)
                for check in verdict.checks
            ],
            stamp=None
            if stamp is None
            else StampAnswer.model_construct(
                post=stamp.post,
                title=stamp.title,
                serial=stamp.serial,
                edition=stamp.edition,
                variant=stamp.variant,
                owner=stamp.owner,
                state=str(stamp.state),
                since=stamp.since,
                void_reason=None if stamp.void_reason is None else str(stamp.void_reason),
                postmarks=stamp.postmarks,
                first_postmark=None
                if mark is None
                else PostmarkAnswer.model_construct(office=mark.office, day=mark.day, kind=str(mark.kind)),
                block_number=stamp.block_number,
                block_time=stamp.block_time,
            ),
        )


class VariantAnswer(_Model):
    """A rarity class and its exact count."""

    key: str
    name: str
    colour: str
    count: int


class SeriesBrief(_Model):
    """A series that this site serves."""

    id: str
    title: str
    issuer: str
    country: str
    year: int
    edition: int
    chain_id: int
    contract: str


class SeriesAnswer(SeriesBrief):
    """A series with all that makes its draw and its codes checkable."""

    description: str
    face_value: str
    registry: str
    edition_root: str
    rarity_seed: str
    seed_commitment: str
    variants: list[VariantAnswer]
    designs: list[str]
    claimed: int | None
    """By the events that have been read; `None` before any were."""
    delivered: int | None
    void: int | None
    postmarked: int | None
    as_of_block: int | None


class ClaimKeyAnswer(_Model):
    """Which stamp a claim key belongs to, and what its claim must be signed for (EIP-712)."""

    series: str
    title: str
    serial: int
    path: str
    """Of the page of the stamp."""
    picture: str | None
    variant: str
    state: Literal["unclaimed", "claimed", "delivered", "void", "being claimed", "unknown"]
    chain_id: int
    contract: str
    deadline: int
    """What to sign for, in UTC seconds."""
    relayed: bool
    """Whether this site carries claims to the chain."""


class ClaimRequest(_Model):
    """A claim, signed by the claim key of its stamp. The hidden code is no part of it."""

    chain_id: Annotated[int, Field(ge=1, lt=2**63)]
    contract: _Account
    serial: Annotated[int, Field(ge=1, le=16_000_000)]
    to: _Account
    deadline: Annotated[int, Field(ge=0, lt=2**63)]
    signature: Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{130}$")]


class ClaimAnswer(_Model):
    """How far a claim has come."""

    id: str
    series: str
    serial: int
    to: str
    state: Literal["waiting", "sent", "done", "refused"]
    transaction: str | None
    reason: str | None

    @classmethod
    def of(cls, record: ClaimRecord) -> ClaimAnswer:
        """Return a claim as the API gives it."""
        return cls(
            id=record.id,
            series=record.series_id,
            serial=record.serial,
            to=record.to,
            state=record.state.value,
            transaction=None if record.transaction is None else f"0x{record.transaction.hex()}",
            reason=record.reason,
        )


class ChallengeRequest(_Model):
    """Whose owner is to prove that it is the owner."""

    code: _Code


class ChallengeAnswer(_Model):
    """What the owner's account is to sign (EIP-4361, EIP-191), and until when."""

    nonce: str
    address: str
    text: str
    expires_at: datetime


class AnswerRequest(_Model):
    """The signature under a challenge."""

    signature: _Signature


class NameAnswer(_Model):
    """Which account a name stands for now."""

    name: str
    """As it is written (ENSIP-15)."""
    address: str


class ProofAnswer(_Model):
    """What a signature proves."""

    proven: bool
    sentence: str
    link: str | None
    """Path of the page that shows it to others, for a time."""

    @classmethod
    def of(cls, proof: OwnershipProof, link: str | None) -> ProofAnswer:
        """Return a proof as the API gives it."""
        return cls(proven=proof.proven, sentence=proof.sentence, link=link if proof.proven else None)


class AlbumStamp(_Model):
    """A stamp in an album."""

    series: str
    serial: int
    path: str
    variant: str
    design: str


class OtherToken(_Model):
    """A token of another contract. Its name is what that contract itself says, empty if it says none."""

    id: str
    """In decimal: larger than numbers are in JSON."""
    name: str


class OtherTokens(_Model):
    """What an account has in a contract of somebody else."""

    contract: str
    name: str
    """As the operator of this site calls the contract."""
    owned: int | None
    """`None` if that cannot be told now."""
    tokens: list[OtherToken]
    """Those that were found."""


class AlbumAnswer(_Model):
    """The stamps of an account, by the events that have been read, and its tokens of other contracts, as asked now."""

    address: str
    stamps: list[AlbumStamp]
    others: list[OtherTokens]
    as_of_block: int | None
