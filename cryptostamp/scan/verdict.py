"""The verdict: what is known about the stamp a code names, check by check, and what is not.

It follows three promises. A scan never says more than it knows: a node that is down gives
``unknown``, and so does a post or series that is suspended. The code is never believed about what to
trust: its contract must be registered by an active post in a registry that the verifier chose.
Nobody's web site is asked.

A verdict is about the code and its token. That this paper is the paper, no scan can say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptostamp.codes import PublicCode
from cryptostamp.errors import CannotTell, CryptostampError
from cryptostamp.scan.checks import (
    DECISIVE,
    PRECONDITIONS,
    REFUTING,
    UNREACHED,
    Check,
    CheckCode,
    Conclusion,
    Outcome,
    conclude,
)
from cryptostamp.scan.examination import Examination, Stop
from cryptostamp.scan.sources import ChainSource, LookFacts, Question, Trust
from cryptostamp.scan.views import StampView, Verdict

__all__ = ["verify_code", "verify_codes", "verify_nothing"]


def verify_code(
    text: str, *, trust: Trust, source: ChainSource, typed: bool = False, now: datetime | None = None
) -> Verdict:
    """Return the verdict on the text of a public code.

    `source` is a node, or several (`ComparedNodes`); one that cannot be reached, or is of another chain, leaves the
    answer unknown. A `typed` text that is not well formed is probably a slip of the finger, and leaves the answer
    unknown; one that was read from a picture is what somebody printed. `now` is the time that blocks are compared
    with, the clock's if it is not given. Never raises for what a stranger can put into a code, a node or a contract.
    """
    return verify_codes([text], trust=trust, source=source, typed=typed, now=now)[0]


def verify_codes(
    texts: Sequence[str], *, trust: Trust, source: ChainSource, typed: bool = False, now: datetime | None = None
) -> tuple[Verdict, ...]:
    """Return the verdicts on many codes, in their order, with all questions about them put to `source` at once."""
    moment = datetime.now(UTC) if now is None else now
    begun = [_begin(text, trust, moment, typed=typed) for text in texts]
    asked = [code for _, code in begun if code is not None]
    answer = _look(asked, trust, source) if asked else None
    verdicts: list[Verdict] = []
    number = 0
    for examination, code in begun:
        stamp: StampView | None = None
        if code is not None and answer is not None:
            try:
                look = examination.reached(code, answer)
                stamp = examination.stamp(code, look, look.sights[number])
            except Stop:
                pass
            number += 1
        verdicts.append(_verdict(examination.checks, code, stamp))
    return tuple(verdicts)


def _begin(text: str, trust: Trust, now: datetime, *, typed: bool) -> tuple[Examination, PublicCode | None]:
    """Make the checks that need no node; return the code if a node shall be asked about it."""
    examination = Examination(trust, now)
    try:
        return examination, examination.well_formed(text, typed=typed)
    except Stop:
        return examination, None


def _look(codes: Sequence[PublicCode], trust: Trust, source: ChainSource) -> LookFacts | CryptostampError:
    questions = [
        Question(
            chain_id=code.chain_id,
            contract=code.contract,
            serial=code.serial,
            registry=trust.registries.get(code.chain_id),
        )
        for code in codes
    ]
    try:
        look = source.look(questions)
    except CryptostampError as error:
        return error
    if len(look.sights) != len(questions):
        return CannotTell("The node does not answer every question.")
    return look


def _verdict(checks: list[Check], code: PublicCode | None, stamp: StampView | None) -> Verdict:
    conclusion = conclude(checks)
    complete = _complete(checks)
    return Verdict(
        conclusion=conclusion,
        sentence=_sentence(conclusion, complete, stamp),
        checks=complete,
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
        made.get(code, Check(code=code, outcome=Outcome.NOT_CHECKED, sentence=UNREACHED))
        for code in CheckCode
        if code is not CheckCode.PICTURE_READABLE
    )


def _sentence(conclusion: Conclusion, checks: Sequence[Check], stamp: StampView | None) -> str:
    if conclusion is Conclusion.NOT_GENUINE:
        failed = next(
            each for each in checks if each.outcome is Outcome.FAILED and each.code in DECISIVE - PRECONDITIONS
        )
        if failed.code is CheckCode.NOT_VOID:
            return f"Void. {failed.sentence}"
        return f"Not genuine. {failed.sentence}"
    if conclusion is Conclusion.UNKNOWN or stamp is None:
        reasons = [
            each.sentence
            for each in checks
            if each.outcome is Outcome.NOT_CHECKED and each.code in DECISIVE - REFUTING and each.sentence != UNREACHED
        ]
        signed = [each.sentence for each in checks if each.code in REFUTING and each.outcome is Outcome.PASSED]
        return " ".join(["Cannot tell.", *reasons, *signed])
    variant = f", {stamp.variant}" if stamp.variant else ""
    edition = f" of {stamp.edition:,}" if stamp.edition else ""
    state = next(each.sentence for each in checks if each.code is CheckCode.STATE_KNOWN)
    return f"Genuine code. {stamp.title} no. {stamp.serial:,}{edition}{variant}, issued by {stamp.post}. {state}"
