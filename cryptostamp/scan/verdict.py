"""The verdict: what is known about the stamp a code names, check by check, and what is not.

It follows three promises. A scan never says more than it knows: a node that is down gives
``unknown``, and so does a post or series that is suspended. The code is never believed about what to
trust: its contract must be registered by an active post in a registry that the verifier chose.
Nobody's web site is asked.

A verdict is about the code and its token. That this paper is the paper, no scan can say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from cryptostamp.codes import PublicCode, parse_public_code
from cryptostamp.errors import CodeFormatError, CryptostampError
from cryptostamp.primitives import Address, Serial
from cryptostamp.scan.checks import DECISIVE, Check, CheckCode, Conclusion, Outcome, conclude
from cryptostamp.scan.sources import (
    BlockFacts,
    ChainSource,
    PostmarkFacts,
    PublishedEdition,
    SeriesStatusFacts,
    StampFacts,
    StandingFacts,
    Trust,
)

__all__ = ["PAPER_CAVEAT", "PostmarkView", "StampView", "Verdict", "verify_code", "verify_nothing"]

_T = TypeVar("_T")

_UNREACHED = "Not looked at, because of what was found before."

_LONGEST_TEXT = 200

_OFFICE = re.compile(r"[A-Z0-9-]{1,12}")
_WHY_VOID = {
    "spoiled": "it was spoiled",
    "lost": "it was lost",
    "stolen": "it was stolen",
    "recalled": "it was recalled",
}
_KINDS = {"first-day": " with its first-day postmark", "special": " with a special postmark"}

PAPER_CAVEAT = "A code can be copied: no scan can tell whether this paper is the one the post printed."


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmarkView:
    """A cancellation of the paper stamp. The office is `None` if the contract holds no legible code of one."""

    office: str | None
    day: date
    kind: str


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
    block_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to a scan: a conclusion, one sentence for a person, and every check behind it."""

    conclusion: Conclusion
    sentence: str
    checks: tuple[Check, ...]
    code: PublicCode | None = None
    stamp: StampView | None = None
    caveat: str = PAPER_CAVEAT

    @property
    def reached(self) -> tuple[Check, ...]:
        """The checks that were reached: all but those that an earlier result made pointless."""
        return tuple(check for check in self.checks if check.sentence != _UNREACHED)

    def outcome_of(self, code: CheckCode) -> Outcome:
        """Return how a check ended; one that was not reached was not checked."""
        return next((check.outcome for check in self.checks if check.code is code), Outcome.NOT_CHECKED)


class _Stop(Exception):
    """The remaining checks cannot be made or no longer matter."""


class _Examination:
    """One code being examined: the checks made so far, the node that is asked, and who is believed."""

    def __init__(self, trust: Trust, source: ChainSource) -> None:
        self.checks: list[Check] = []
        self._trust = trust
        self._source = source

    def _passed(self, code: CheckCode, sentence: str) -> None:
        self.checks.append(Check(code=code, outcome=Outcome.PASSED, sentence=sentence))

    def _failed(self, code: CheckCode, sentence: str) -> None:
        self.checks.append(Check(code=code, outcome=Outcome.FAILED, sentence=sentence))

    def _not_checked(self, code: CheckCode, sentence: str) -> None:
        self.checks.append(Check(code=code, outcome=Outcome.NOT_CHECKED, sentence=sentence))

    def _ask(self, code: CheckCode, question: Callable[[], _T]) -> _T:
        """Put a question to the node; whatever goes wrong with it means that this was not checked."""
        try:
            return question()
        except CryptostampError as error:
            self._not_checked(code, f"The node gave no usable answer: {error.what}")
            raise _Stop from error

    def well_formed(self, text: str, *, typed: bool) -> PublicCode:
        try:
            code = parse_public_code(text)
        except CodeFormatError as error:
            (self._not_checked if typed else self._failed)(CheckCode.WELL_FORMED, error.what)
            raise _Stop from error
        self._passed(CheckCode.WELL_FORMED, "The code is complete and its check character agrees.")
        return code

    def stamp(self, code: PublicCode) -> StampView:
        """Make the checks that need a node, in order, and return what the chain says of the stamp."""
        source, block = self._reach(code)
        status = self._registration(code, source)
        self._contract_code(code, source, status)
        edition = self._trust.editions.get((code.chain_id, code.contract))
        return self._token(code, source, None if status is None else _shown(status.post.name), edition, block)

    def _reach(self, code: PublicCode) -> tuple[ChainSource, BlockFacts]:
        check = CheckCode.CHAIN_REACHED
        source = self._source
        chain_id = self._ask(check, source.chain_id)
        if chain_id != code.chain_id:
            self._not_checked(check, f"The code is of chain {code.chain_id}; the node that was asked is of {chain_id}.")
            raise _Stop
        block = self._ask(check, source.head)
        self._passed(check, f"Chain {code.chain_id} was asked as of block {block.number}, {_utc(block.timestamp)}.")
        return source, block

    def _registration(self, code: PublicCode, source: ChainSource) -> SeriesStatusFacts | None:
        """Return what the registry says of the contract, `None` if nobody was asked."""
        check = CheckCode.CONTRACT_REGISTERED
        registry = self._trust.registries.get(code.chain_id)
        if registry is None:
            self._not_checked(check, f"No registry of posts is trusted for chain {code.chain_id}.")
            self._not_checked(CheckCode.HOST_OF_POST, "Without a registry nobody knows the domain of the post.")
            return None
        status = self._ask(check, lambda: source.series_status(registry, code.contract))
        if status is None:
            self._failed(check, f"No post has registered the contract {code.contract}: it is a look-alike.")
            raise _Stop
        self._standing(status)
        domain = _shown(status.post.domain)
        if code.host == status.post.domain:
            self._passed(CheckCode.HOST_OF_POST, f"The code leads to the post's own domain, {code.host}.")
        else:
            self._failed(
                CheckCode.HOST_OF_POST,
                f"The code leads to {code.host}, but the post's domain is {domain}: "
                "do not enter the hidden code there.",
            )
        return status

    def _standing(self, status: SeriesStatusFacts) -> None:
        """Judge how post and series stand: revoked fails, suspended leaves open what will be decided."""
        check = CheckCode.CONTRACT_REGISTERED
        post, authority = _shown(status.post.name), "the authority of the registry"
        told = (
            (status.post, f"{post} was", authority),
            (status, "This series was", authority if status.by_authority else post),
        )
        revoked = [each for each in told if not (each[0].active or each[0].suspended)]
        suspended = [each for each in told if each[0].suspended and not each[0].active]
        if revoked:
            self._failed(check, " ".join(_change(was, "revoked", by, facts) for facts, was, by in revoked))
            raise _Stop
        if suspended:
            self._not_checked(check, " ".join(_change(was, "suspended", by, facts) for facts, was, by in suspended))
        else:
            self._passed(check, f"The contract was registered by {post}.")

    def _contract_code(self, code: PublicCode, source: ChainSource, status: SeriesStatusFacts | None) -> None:
        check = CheckCode.CONTRACT_CODE
        ours = self._ask(check, lambda: source.is_our_code(code.contract))
        if not ours:
            what = "There is no contract at" if ours is None else "This program does not know the contract at"
            self._failed(check, f"{what} {code.contract}.")
            raise _Stop
        if status is not None and not status.code_unchanged:
            self._failed(check, f"The contract {code.contract} no longer has the code that its post registered.")
            raise _Stop
        self._passed(check, "The contract is the published one, byte for byte.")

    def _token(
        self,
        code: PublicCode,
        source: ChainSource,
        post: str | None,
        edition: PublishedEdition | None,
        block: BlockFacts,
    ) -> StampView:
        check = CheckCode.SERIAL_IN_EDITION
        facts = self._ask(check, lambda: source.stamp(code.contract, code.serial))
        if facts is None:
            self._failed(check, f"There is no stamp no. {code.serial:,} in this edition.")
            raise _Stop
        self._passed(check, f"Stamp no. {code.serial:,} belongs to the edition.")
        edition = self._tag(code, source, edition)
        self._state(facts)
        mark = facts.first_postmark
        names = () if edition is None else edition.variant_names
        return StampView(
            post=post or "an unknown post",
            title=None if edition is None else edition.title,
            serial=code.serial,
            edition=None if edition is None else edition.size,
            variant=names[facts.variant] if facts.variant is not None and facts.variant < len(names) else None,
            owner=facts.owner,
            state=facts.state,
            since=_moment(facts.since),
            void_reason=facts.void_reason,
            postmarks=facts.postmarks,
            first_postmark=None if mark is None else PostmarkView(office=_office(mark), day=mark.day, kind=mark.kind),
            block_number=block.number,
            block_time=datetime.fromtimestamp(block.timestamp, UTC),
        )

    def _state(self, facts: StampFacts) -> None:
        """Say how far the token has come. A void stamp is told as what it is: its code is genuine, and worthless."""
        when = "" if facts.since is None else f" on {_utc(facts.since)}"
        why = _WHY_VOID.get(facts.void_reason or "", "for a reason that is not known here")
        told = {
            "unclaimed": "The token has not been claimed; the post keeps it.",
            "claimed": f"The token was claimed{when}; it belongs to {facts.owner}.",
            "delivered": f"The post sent this token itself{when}; the hidden code under the scratch field no longer "
            f"works. It belongs to {facts.owner}.",
            "void": f"The post declared this stamp void{when}: {why}.",
        }
        if facts.state not in told:
            self._not_checked(CheckCode.STATE_KNOWN, "The contract tells of a state that is not known here.")
            raise _Stop
        more = [_cancelled(facts.first_postmark, facts.postmarks)] if facts.first_postmark is not None else []
        if facts.variant is None:
            more.append("Its variant is not revealed yet.")
        self._passed(CheckCode.STATE_KNOWN, " ".join([told[facts.state], *more]))
        if facts.state == "void":
            self._failed(CheckCode.NOT_VOID, f"{told['void']} Do not accept it; its hidden code is worthless.")
        else:
            self._passed(CheckCode.NOT_VOID, "The post has not declared the stamp void.")

    def _tag(self, code: PublicCode, source: ChainSource, edition: PublishedEdition | None) -> PublishedEdition | None:
        """Compare the tag with the published claim key; return the dossier if the contract vouches for it."""
        check = CheckCode.TAG_AGREES
        if edition is None:
            self._not_checked(check, "The edition's dossier is not at hand, so an invented code would go unnoticed.")
            return None
        root = self._ask(check, lambda: source.edition_root(code.contract))
        if root != edition.root:
            self._not_checked(check, "The dossier at hand is not the one that this contract commits to.")
            return None
        if not code.agrees_with(edition.claim_key(code.serial)):
            self._failed(check, f"The post never issued this code: stamp no. {code.serial:,} carries another tag.")
            raise _Stop
        self._passed(check, "The tag is the one the post committed to when it issued the edition.")
        return edition


def verify_code(text: str, *, trust: Trust, source: ChainSource, typed: bool = False) -> Verdict:
    """Return the verdict on the text of a public code.

    `source` is a node; one that cannot be reached, or is of another chain, leaves the answer unknown. A `typed`
    text that is not well formed is probably a slip of the finger, and leaves the answer unknown;
    one that was read from a picture is what somebody printed. Never raises for what a stranger
    can put into a code, a node or a contract.
    """
    examination = _Examination(trust, source)
    code: PublicCode | None = None
    stamp: StampView | None = None
    try:
        code = examination.well_formed(text, typed=typed)
        stamp = examination.stamp(code)
    except _Stop:
        pass
    conclusion = conclude(examination.checks)
    return Verdict(
        conclusion=conclusion,
        sentence=_sentence(conclusion, examination.checks, stamp),
        checks=_complete(examination.checks),
        code=code,
        stamp=stamp,
    )


def verify_nothing(problem: str) -> Verdict:
    """Return the verdict on a picture in which no code could be read; `problem` is the sentence that says why."""
    unread = Check(code=CheckCode.PICTURE_READABLE, outcome=Outcome.FAILED, sentence=problem)
    return Verdict(
        conclusion=conclude([unread]),
        sentence=f"Cannot tell. {problem}",
        checks=(unread, *_complete([])),
    )


def _complete(checks: list[Check]) -> tuple[Check, ...]:
    """Add the checks that were not reached, so that every verdict lists all of them in order."""
    made = {check.code: check for check in checks}
    return tuple(
        made.get(code, Check(code=code, outcome=Outcome.NOT_CHECKED, sentence=_UNREACHED))
        for code in CheckCode
        if code is not CheckCode.PICTURE_READABLE
    )


def _sentence(conclusion: Conclusion, checks: list[Check], stamp: StampView | None) -> str:
    if conclusion is Conclusion.NOT_GENUINE:
        failed = next(each for each in checks if each.outcome is Outcome.FAILED and each.code in DECISIVE)
        if failed.code is CheckCode.NOT_VOID:
            return f"Void. {failed.sentence}"
        return f"Not genuine. {failed.sentence}"
    if conclusion is Conclusion.UNKNOWN or stamp is None:
        reasons = [each for each in checks if each.outcome is Outcome.NOT_CHECKED and each.code in DECISIVE]
        return " ".join(["Cannot tell.", *(each.sentence for each in reasons)])
    variant = f", {stamp.variant}" if stamp.variant else ""
    edition = f" of {stamp.edition:,}" if stamp.edition else ""
    state = next(each.sentence for each in checks if each.code is CheckCode.STATE_KNOWN)
    return f"Genuine code. {stamp.title} no. {stamp.serial:,}{edition}{variant}, issued by {stamp.post}. {state}"


def _cancelled(mark: PostmarkFacts, count: int) -> str:
    office, kind = _office(mark), _KINDS.get(mark.kind, "")
    by = "by an office whose code is illegible" if office is None else f"by the office {office}"
    first = f"It was cancelled on {mark.day.isoformat()} {by}{kind}"
    return f"{first}." if count == 1 else f"{first}, the first of {count:,} postmarks."


def _office(mark: PostmarkFacts) -> str | None:
    """Return the code of the office if it is one; anybody may have written anything there."""
    return mark.office if mark.office is not None and _OFFICE.fullmatch(mark.office) else None


def _moment(timestamp: int | None) -> datetime | None:
    try:
        return None if timestamp is None else datetime.fromtimestamp(timestamp, UTC)
    except (ValueError, OverflowError, OSError):  # a time that no calendar holds
        return None


def _change(was: str, done: str, by: str, facts: StandingFacts) -> str:
    reason = _shown(facts.reason) or "none was given"
    return f"{was} {done} by {by} on {_utc(facts.since)}; the reason: {reason.rstrip('.')}."


def _shown(text: str) -> str:
    """Return a text of a registry as it may be shown: without control and direction characters, and not too long."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST_TEXT]).strip()


def _utc(timestamp: int) -> str:
    try:
        return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):  # a time that no calendar holds
        return f"second {timestamp}"
