"""Verdicts for the pages and the API: asked of one block, in the words of the reader's language.

The conclusion and the checks are those of `cryptostamp.scan`, word for word in the API. The pages say the most
important of it in the reader's language, and keep the checks' own sentences beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cryptostamp.codes import Kind, classify
from cryptostamp.errors import CodeFormatError
from cryptostamp.scan import (
    Check,
    CheckCode,
    Conclusion,
    Outcome,
    Verdict,
    verify_codes,
    verify_nothing,
)
from cryptostamp.web.catalogue import Catalogue
from cryptostamp.web.i18n import Language
from cryptostamp.web.i18n import mark as _
from cryptostamp.web.metrics import count_verdict

__all__ = ["HIDDEN_CODE", "VERDICT_WORDS", "VerdictView", "judge", "look_at", "look_at_many", "view_of"]


HIDDEN_CODE: Final = _(
    "This is a hidden code. Whoever sees it can take the token. It belongs on the page Claim, where it does not leave "
    "your device."
)

CHECK_NAMES: Final = {
    CheckCode.PICTURE_READABLE: _("The picture can be read"),
    CheckCode.WELL_FORMED: _("The code is complete"),
    CheckCode.ISSUER_SIGNATURE: _("The post has signed it"),
    CheckCode.BLOCK_RECENT: _("The chain's answer is recent"),
    CheckCode.CHAIN_REACHED: _("The chain was asked"),
    CheckCode.CONTRACT_REGISTERED: _("A post stands behind it"),
    CheckCode.CONTRACT_CODE: _("The contract is the published one"),
    CheckCode.HOST_OF_POST: _("It leads to the post's own site"),
    CheckCode.SERIAL_IN_EDITION: _("The number belongs to the edition"),
    CheckCode.TAG_AGREES: _("The post issued this very code"),
    CheckCode.STATE_KNOWN: _("The state of the token is known"),
    CheckCode.NOT_VOID: _("The stamp is not void"),
}
OUTCOMES: Final = {Outcome.PASSED: _("passed"), Outcome.FAILED: _("failed"), Outcome.NOT_CHECKED: _("not checked")}

_NOT_GENUINE: Final = {
    CheckCode.WELL_FORMED: _("This is not the code of a crypto stamp, or a part of it is damaged."),
    CheckCode.CONTRACT_REGISTERED: _("No post stands behind this contract: it is a look-alike, or was revoked."),
    CheckCode.CONTRACT_CODE: _("What lies at this address is not the published contract of crypto stamps."),
    CheckCode.SERIAL_IN_EDITION: _("There is no stamp of this number in the edition."),
    CheckCode.TAG_AGREES: _("The post never issued this code for the stamp that it names."),
}
_CANNOT_TELL: Final = {
    CheckCode.WELL_FORMED: _("The code is mistyped or not complete. Compare it with the stamp, letter by letter."),
    CheckCode.CONTRACT_REGISTERED: _("Whether a post stands behind this contract is open at the moment."),
    CheckCode.TAG_AGREES: _("This site does not have the list of codes that the post published for this series."),
}
_STATES: Final = {
    "unclaimed": _("Its token has not been claimed; the post keeps it for whoever has the hidden code."),
    "claimed": _("Its token was claimed on {day} and has an owner."),
    "delivered": _("The post sent its token itself on {day}; the hidden code under the scratch field no longer works."),
    "void": _("The post declared this stamp void on {day}. Do not accept it: its hidden code is worthless."),
}
_UNREAD: Final = _(
    "The code is mistyped, or the picture does not show it well. Compare what you typed with the stamp, letter by "
    "letter, or scan the QR code in good light."
)
_OTHER_HOST: Final = _("This code leads to another site than that of the post. Do not enter the hidden code there.")

VERDICT_WORDS: Final[Mapping[str, str]] = {
    **{f"check.{code}": message for code, message in CHECK_NAMES.items()},
    **{f"outcome.{outcome}": message for outcome, message in OUTCOMES.items()},
    **{f"not-genuine.{code}": message for code, message in _NOT_GENUINE.items()},
    **{f"cannot-tell.{code}": message for code, message in _CANNOT_TELL.items()},
    **{f"state.{state}": message for state, message in _STATES.items()},
    "other-host": _OTHER_HOST,
    "genuine": _("Genuine code"),
    "void": _("Void"),
    "not-genuine": _("Not genuine"),
    "nothing-found": _("No code was found"),
    "cannot-tell": _("Cannot tell"),
    "cannot-be-checked": _("Cannot be checked now"),
    "no-answer": _("The chain gives no answer at the moment. That says nothing about the stamp: try again later."),
}
"""What `view_of` says, by names: for pages that say it themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """One check as a person reads it."""

    name: str
    outcome: str
    mark: str
    """One of good, bad and open."""
    sentence: str
    """In English, as the verdict has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """A verdict as a person reads it."""

    tone: str
    """One of good, bad and open."""
    headline: str
    sentence: str
    checks: tuple[CheckView, ...]
    warning: str = ""
    """About the host in the code, if it is not the post's."""


def look_at(text: str, catalogue: Catalogue, *, typed: bool = False) -> Verdict:
    """Return the verdict on a public or short code. Asks the chain, and never raises for what a stranger sends."""
    return look_at_many([text], catalogue, typed=typed)[0]


def look_at_many(texts: Sequence[str], catalogue: Catalogue, *, typed: bool = False) -> list[Verdict]:
    """Return the verdicts on codes, in their order, all of them as of one block."""
    verdicts = judge(texts, catalogue, typed=typed)
    for verdict in verdicts:
        count_verdict(verdict.conclusion)
    return verdicts


def judge(
    texts: Sequence[str], catalogue: Catalogue, *, typed: bool = False, now: datetime | None = None
) -> list[Verdict]:
    """Return the verdicts on codes as `look_at_many` does, and do not count them; `now` is the clock's by default."""
    prepared = [_prepared(text, catalogue) for text in texts]
    codes = [each for each in prepared if isinstance(each, str)]
    verdicts = verify_codes(codes, trust=catalogue.trust, source=catalogue.reader, typed=typed, now=now)
    judged = (_without_nodes(verdict, catalogue.nodes) for verdict in verdicts)
    return [each if isinstance(each, Verdict) else next(judged) for each in prepared]


def _without_nodes(verdict: Verdict, nodes: Sequence[str]) -> Verdict:
    """Return a verdict that does not tell a visitor which nodes this site asks; only one that is unknown may."""
    if verdict.conclusion is not Conclusion.UNKNOWN:
        return verdict

    def said(sentence: str) -> str:
        for node in nodes:
            sentence = sentence.replace(f"node at {node}", "node of this site")
        return sentence

    checks = tuple(replace(check, sentence=said(check.sentence)) for check in verdict.checks)
    return replace(verdict, sentence=said(verdict.sentence), checks=checks)


def view_of(verdict: Verdict, speak: Language) -> VerdictView:
    """Return a verdict in the words of a language."""
    marks = {Outcome.PASSED: "good", Outcome.FAILED: "bad", Outcome.NOT_CHECKED: "open"}
    checks = tuple(
        CheckView(
            name=speak.text(CHECK_NAMES[check.code]),
            outcome=speak.text(OUTCOMES[check.outcome]),
            mark=marks[check.outcome],
            sentence=check.sentence,
        )
        for check in verdict.reached
    )
    warning = ""
    if verdict.outcome_of(CheckCode.HOST_OF_POST) is Outcome.FAILED:
        warning = speak.text(_OTHER_HOST)
    tone, headline, sentence = _said(verdict, speak)
    return VerdictView(tone=tone, headline=headline, sentence=sentence, checks=checks, warning=warning)


def _said(verdict: Verdict, speak: Language) -> tuple[str, str, str]:
    stamp = verdict.stamp
    state = ""
    if stamp is not None and stamp.state in _STATES:
        state = speak.text(_STATES[stamp.state], day="" if stamp.since is None else speak.day(stamp.since))
    if verdict.conclusion is Conclusion.GENUINE and stamp is not None:
        return "good", speak.text(VERDICT_WORDS["genuine"]), state
    if verdict.conclusion is Conclusion.NOT_GENUINE:
        failed = _first(verdict, Outcome.FAILED, but={CheckCode.HOST_OF_POST})
        if failed is None or failed.code is CheckCode.NOT_VOID:
            return "bad", speak.text(VERDICT_WORDS["void"]), state
        return (
            "bad",
            speak.text(VERDICT_WORDS["not-genuine"]),
            speak.text(_NOT_GENUINE.get(failed.code, failed.sentence)),
        )
    if verdict.outcome_of(CheckCode.PICTURE_READABLE) is Outcome.FAILED:
        problem = verdict.sentence.removeprefix("Cannot tell. ")
        return "open", speak.text(VERDICT_WORDS["nothing-found"]), speak.said(problem, _UNREAD)
    first = _first(verdict, Outcome.NOT_CHECKED, but={CheckCode.HOST_OF_POST, CheckCode.ISSUER_SIGNATURE})
    if first is not None and first.code in _CANNOT_TELL:
        return "open", speak.text(VERDICT_WORDS["cannot-tell"]), speak.text(_CANNOT_TELL[first.code])
    return (
        "open",
        speak.text(VERDICT_WORDS["cannot-be-checked"]),
        speak.text(VERDICT_WORDS["no-answer"]),
    )


def _first(verdict: Verdict, outcome: Outcome, *, but: AbstractSet[CheckCode]) -> Check | None:
    return next((check for check in verdict.checks if check.outcome is outcome and check.code not in but), None)


def _prepared(text: str, catalogue: Catalogue) -> str | Verdict:
    """Return the public code that a text stands for, or the text if it is none, or what is to be said of it at once."""
    kind = classify(text)
    if kind is Kind.CLAIM:
        return verify_nothing(HIDDEN_CODE)
    if kind is not Kind.SHORT:
        return text
    try:
        return catalogue.resolve(text)
    except CodeFormatError as error:
        return verify_nothing(error.what)
