"""A verdict as it is given: a conclusion, a sentence, the stamp as the chain has it, and every check behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cryptostamp.codes import PublicCode
from cryptostamp.primitives import Address, Serial
from cryptostamp.scan.checks import UNREACHED, Check, CheckCode, Conclusion, Outcome
from cryptostamp.scan.hints import Hint

__all__ = ["PAPER_CAVEAT", "MoveView", "Place", "PostmarkView", "StampView", "Verdict"]

PAPER_CAVEAT = "A code can be copied: no scan can tell whether this paper is the one the post printed."


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmarkView:
    """A cancellation of the paper stamp. The office is `None` if the contract holds no legible code of one."""

    office: str | None
    day: date
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    """A change of hands, after the token had left the custody of the post."""

    receiver: Address
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StampView:
    """The stamp as it stands on the chain. Fields that could not be learnt are `None`."""

    post: str
    title: str | None
    serial: Serial
    edition: int | None
    variant: str | None
    owner: Address
    state: str
    """One of unclaimed, claimed, delivered and void."""
    since: datetime | None
    """When the token left custody or was voided."""
    void_reason: str | None
    postmarks: int
    first_postmark: PostmarkView | None
    block_number: int
    block_time: datetime | None
    final: bool | None
    """Whether that state can no longer be undone by a reorganisation; `None` if the node does not say."""
    moves: tuple[MoveView, ...] | None = None
    """Oldest first; `None` if they were not asked for. The state of a token does not tell them, only its events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a picture the code was read, and how sure that is."""

    corners: tuple[tuple[int, int], ...]
    """Of the symbol, in pixels, clockwise from its top left."""
    page: int = 0
    """Of a PDF, from 0."""
    error: float | None = None
    """The estimated probability that it is another stamp, where the edition told the code; else `None`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to a scan: a conclusion, one sentence for a person, and every check behind it."""

    conclusion: Conclusion
    sentence: str
    checks: tuple[Check, ...]
    code: PublicCode | None = None
    stamp: StampView | None = None
    caveat: str = PAPER_CAVEAT
    hints: tuple[Hint, ...] = ()
    """What a scan log makes one think of; never a finding."""
    place: Place | None = None
    """Of a code that was read in a picture."""

    @property
    def reached(self) -> tuple[Check, ...]:
        """The checks that were reached: all but those that an earlier result made pointless."""
        return tuple(check for check in self.checks if check.sentence != UNREACHED)

    def outcome_of(self, code: CheckCode) -> Outcome:
        """Return how a check ended; one that was not reached was not checked."""
        return next((check.outcome for check in self.checks if check.code is code), Outcome.NOT_CHECKED)
