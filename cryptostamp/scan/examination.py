"""One code being examined: the checks in their order, each with a sentence, until one ends it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NoReturn, TypeVar

from cryptostamp.codes import PublicCode, parse_public_code, signer_of
from cryptostamp.errors import CodeFormatError, CryptostampError
from cryptostamp.primitives import printable
from cryptostamp.scan.checks import Check, CheckCode, Outcome
from cryptostamp.scan.crosscheck import ComparedLook
from cryptostamp.scan.sources import (
    BlockFacts,
    LookFacts,
    PostmarkFacts,
    PublishedEdition,
    SeriesStatusFacts,
    SightFacts,
    StampFacts,
    StandingFacts,
    Trust,
)
from cryptostamp.scan.views import PostmarkView, StampView

__all__ = ["Examination", "Stop"]

_T = TypeVar("_T")

_LONGEST_TEXT = 200

_OFFICE = re.compile(r"[A-Z0-9-]{1,12}")
_WHY_VOID = {
    "spoiled": "it was spoiled",
    "lost": "it was lost",
    "stolen": "it was stolen",
    "recalled": "it was recalled",
}
_KINDS = {"first-day": " with its first-day postmark", "special": " with a special postmark"}


class Stop(Exception):
    """The remaining checks cannot be made or no longer matter."""


class Examination:
    """One code being examined: the checks made so far, and who is believed."""

    def __init__(self, trust: Trust, now: datetime) -> None:
        self.checks: list[Check] = []
        self._trust = trust
        self._now = now

    def _passed(self, code: CheckCode, sentence: str) -> None:
        self.checks.append(Check(code=code, outcome=Outcome.PASSED, sentence=sentence))

    def _failed(self, code: CheckCode, sentence: str) -> None:
        self.checks.append(Check(code=code, outcome=Outcome.FAILED, sentence=sentence))

    def _not_checked(self, code: CheckCode, sentence: str) -> None:
        self.checks.append(Check(code=code, outcome=Outcome.NOT_CHECKED, sentence=sentence))

    def _refuted_now(self, code: CheckCode, sentence: str) -> NoReturn:
        """Fail for what is not there yet; an answer that is too old cannot say that it still is not."""
        recent = any(each.code is CheckCode.BLOCK_RECENT and each.outcome is Outcome.PASSED for each in self.checks)
        (self._failed if recent else self._not_checked)(code, sentence)
        raise Stop

    def _told(self, code: CheckCode, answer: _T | CryptostampError) -> _T:
        """Return what a node told; an error in its place means that this was not checked."""
        if isinstance(answer, CryptostampError):
            self._not_checked(code, f"The node gave no usable answer: {_shown(answer.what)}")
            raise Stop
        return answer

    def well_formed(self, text: str, *, typed: bool) -> PublicCode:
        """Judge the text; return the code in it."""
        try:
            code = parse_public_code(text)
        except CodeFormatError as error:
            (self._not_checked if typed else self._failed)(CheckCode.WELL_FORMED, error.what)
            raise Stop from error
        self._passed(CheckCode.WELL_FORMED, "The code is complete and its check character agrees.")
        self._known_host(code)
        self._signature(code)
        return code

    def _known_host(self, code: PublicCode) -> None:
        """Judge the host by the pinned issuers, if there are any: a registry may be asked later."""
        known = next((each for each in self._trust.issuers if each.domain == code.host), None)
        if known is not None:
            self._passed(CheckCode.HOST_OF_POST, f"The code leads to {code.host}, the domain of {_shown(known.name)}.")

    def _signature(self, code: PublicCode) -> None:
        """Judge a signature by the pinned issuers. A registry that is asked later may know the signer instead."""
        check = CheckCode.ISSUER_SIGNATURE
        if code.signature is None:
            self._not_checked(check, "The code carries no signature.")
            return
        signer = signer_of(code)
        if signer is None:
            self._failed(check, "The signature in the code is none: no key can have made it.")
            raise Stop
        by = next((each for each in self._trust.issuers if signer in each.accounts), None)
        of_host = [each for each in self._trust.issuers if each.domain == code.host]
        if by is not None and (not of_host or by in of_host):
            self._passed(check, f"The code was signed by {_shown(by.name)}.")
        elif of_host:
            self._failed(check, f"The code names {code.host}, but {_shown(of_host[0].name)} did not sign it.")
            raise Stop
        else:
            self._not_checked(check, f"The code was signed by {signer}, whom you have not named.")

    def reached(self, code: PublicCode, answer: LookFacts | CryptostampError) -> LookFacts:
        """Judge whether there is an answer to rely on; return it."""
        check = CheckCode.CHAIN_REACHED
        look = self._told(check, answer)
        if look.chain_id != code.chain_id:
            self._not_checked(
                check, f"The code is of chain {code.chain_id}; the node that was asked is of {look.chain_id}."
            )
            raise Stop
        agreed = remarks = ""
        if isinstance(look, ComparedLook):
            agreed = f" of {look.agreed} nodes that agree" if look.agreed > 1 else ""
            remarks = "".join(f" {_shown(remark)}" for remark in look.remarks)
        self._passed(
            check,
            f"Chain {code.chain_id} was asked{agreed} as of block {look.block.number}, "
            f"{_utc(look.block.timestamp)}.{remarks}",
        )
        return look

    def stamp(self, code: PublicCode, look: LookFacts, sight: SightFacts) -> StampView:
        """Judge what a node answered, in order; return what the chain says of the stamp."""
        self._recent(code, look.block)
        status = self._registration(code, sight)
        self._contract_code(code, sight, status)
        edition = self._trust.editions.get((code.chain_id, code.contract))
        pinned = self._trust.contracts.get((code.chain_id, code.contract))
        post = pinned if status is None else status.post.name
        return self._token(code, sight, None if post is None else _shown(post), edition, look)

    def _recent(self, code: PublicCode, block: BlockFacts) -> None:
        """Judge the age of the block that everything rests on."""
        limit = self._trust.terms(code.chain_id).stale_after
        age = int(self._now.timestamp()) - block.timestamp
        if limit is None:
            self._passed(CheckCode.BLOCK_RECENT, "The age of the block does not matter on this chain.")
        elif abs(age) > limit.total_seconds():
            when = f"{_span(age)} old" if age > 0 else f"{_span(-age)} in the future"
            self._not_checked(
                CheckCode.BLOCK_RECENT,
                f"The newest block of the node is {when}: it may be behind, and what has happened since is not known.",
            )
        else:
            self._passed(CheckCode.BLOCK_RECENT, f"The block is {_span(max(age, 0))} old.")

    def _registration(self, code: PublicCode, sight: SightFacts) -> SeriesStatusFacts | None:
        """Return what the registry says of the contract, `None` if nobody was asked."""
        check = CheckCode.CONTRACT_REGISTERED
        pinned = self._trust.contracts.get((code.chain_id, code.contract))
        status = None
        if code.chain_id in self._trust.registries:
            status = self._told(check, sight.status)
        if status is None and pinned is not None:
            self._passed(check, f"You have named the contract as one of {_shown(pinned)}.")
            return None
        if code.chain_id not in self._trust.registries:
            self._not_checked(check, f"No registry of posts is trusted for chain {code.chain_id}.")
            return None
        if status is None:
            self._refuted_now(check, f"No post has registered the contract {code.contract}: it is a look-alike.")
        self._standing(status)
        self._host_and_signer(code, status)
        return status

    def _host_and_signer(self, code: PublicCode, status: SeriesStatusFacts) -> None:
        """Compare host and signature with what the registry says of the post."""
        self.checks = [each for each in self.checks if each.code is not CheckCode.HOST_OF_POST]
        domain = _shown(status.post.domain)
        if code.host == status.post.domain:
            self._passed(CheckCode.HOST_OF_POST, f"The code leads to the post's own domain, {code.host}.")
        else:
            self._failed(
                CheckCode.HOST_OF_POST,
                f"The code leads to {code.host}, but the post's domain is {domain}: "
                "do not enter the hidden code there.",
            )
        signature = next(each for each in self.checks if each.code is CheckCode.ISSUER_SIGNATURE)
        open_ = code.signature is not None and signature.outcome is Outcome.NOT_CHECKED
        if open_ and signer_of(code) == status.post.account:
            self.checks.remove(signature)
            self._passed(CheckCode.ISSUER_SIGNATURE, f"The code was signed by {_shown(status.post.name)}.")

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
            raise Stop
        if suspended:
            self._not_checked(check, " ".join(_change(was, "suspended", by, facts) for facts, was, by in suspended))
        else:
            self._passed(check, f"The contract was registered by {post}.")

    def _contract_code(self, code: PublicCode, sight: SightFacts, status: SeriesStatusFacts | None) -> None:
        check = CheckCode.CONTRACT_CODE
        ours = self._told(check, sight.is_our_code)
        if ours is None:
            self._refuted_now(check, f"There is no contract at {code.contract}.")
        if not ours:
            self._failed(check, f"This program does not know the contract at {code.contract}.")
            raise Stop
        if status is not None and not status.code_unchanged:
            self._failed(check, f"The contract {code.contract} no longer has the code that its post registered.")
            raise Stop
        self._passed(check, "The contract is the published one, byte for byte.")

    def _token(
        self,
        code: PublicCode,
        sight: SightFacts,
        post: str | None,
        edition: PublishedEdition | None,
        look: LookFacts,
    ) -> StampView:
        check = CheckCode.SERIAL_IN_EDITION
        facts = self._told(check, sight.stamp)
        if facts is None:
            self._failed(check, f"There is no stamp no. {code.serial:,} in this edition.")
            raise Stop
        self._passed(check, f"Stamp no. {code.serial:,} belongs to the edition.")
        edition = self._tag(code, sight, edition)
        self._state(facts)
        mark = facts.first_postmark
        names = () if edition is None else edition.variant_names
        final = look.final
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
            block_number=look.block.number,
            block_time=_moment(look.block.timestamp),
            final=None if final is None else facts.since is None or facts.since <= final.timestamp,
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
            raise Stop
        more = [_cancelled(facts.first_postmark, facts.postmarks)] if facts.first_postmark is not None else []
        if facts.variant is None:
            more.append("Its variant is not revealed yet.")
        self._passed(CheckCode.STATE_KNOWN, " ".join([told[facts.state], *more]))
        if facts.state == "void":
            self._failed(CheckCode.NOT_VOID, f"{told['void']} Do not accept it; its hidden code is worthless.")
        else:
            self._passed(CheckCode.NOT_VOID, "The post has not declared the stamp void.")

    def _tag(self, code: PublicCode, sight: SightFacts, edition: PublishedEdition | None) -> PublishedEdition | None:
        """Compare the tag with the published claim key; return the dossier if the contract vouches for it."""
        check = CheckCode.TAG_AGREES
        if edition is None:
            self._not_checked(check, "The edition's dossier is not at hand, so an invented code would go unnoticed.")
            return None
        root = self._told(check, sight.edition_root)
        if root != edition.root or code.serial > edition.size:
            self._not_checked(check, "The dossier at hand is not the one that this contract commits to.")
            return None
        if not code.agrees_with(edition.claim_key(code.serial)):
            self._failed(check, f"The post never issued this code: stamp no. {code.serial:,} carries another tag.")
            raise Stop
        self._passed(check, "The tag is the one the post committed to when it issued the edition.")
        return edition


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
    return printable(text, _LONGEST_TEXT).strip()


def _utc(timestamp: int) -> str:
    try:
        return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):  # a time that no calendar holds
        return f"second {timestamp}"


def _span(seconds: int) -> str:
    """Return a span of time in the unit that a person would use."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:,} {unit}"
    return f"{seconds} seconds"
