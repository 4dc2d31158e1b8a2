"""What a verdict is made of, and the one rule that derives the answer from its parts.

A check passed, failed, or was not made. `conclude` is a pure function of the outcomes: nothing that
could not be checked can turn a code into a genuine or a counterfeit one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "DECISIVE",
    "PRECONDITIONS",
    "REFUTING",
    "UNREACHED",
    "WARNINGS",
    "Check",
    "CheckCode",
    "Conclusion",
    "Outcome",
    "conclude",
]


UNREACHED = "Not looked at, because of what was found before."
"""The sentence of a check that an earlier result made pointless."""


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


class CheckCode(StrEnum):
    """The checks, in the order in which they are made."""

    PICTURE_READABLE = "picture-readable"
    WELL_FORMED = "well-formed"
    HOST_OF_POST = "host-of-post"
    ISSUER_SIGNATURE = "issuer-signature"
    CHAIN_REACHED = "chain-reached"
    CONTRACT_REGISTERED = "contract-registered"
    CONTRACT_CODE = "contract-code"
    SERIAL_IN_EDITION = "serial-in-edition"
    TAG_AGREES = "tag-agrees"
    STATE_KNOWN = "state-known"
    NOT_VOID = "not-void"
    BLOCK_RECENT = "block-recent"


class Conclusion(StrEnum):
    """The answer to a scan. It is about the code; no scan can speak of the paper."""

    GENUINE = "genuine"
    NOT_GENUINE = "not genuine"
    UNKNOWN = "unknown"


WARNINGS = frozenset({CheckCode.HOST_OF_POST})
"""Checks that warn and decide nothing: a post may move to another domain, its stamps stay its stamps."""

REFUTING = frozenset({CheckCode.ISSUER_SIGNATURE})
"""Checks that can refute a code and are not needed to confirm it: most codes carry no signature."""

PRECONDITIONS = frozenset({CheckCode.PICTURE_READABLE, CheckCode.CHAIN_REACHED, CheckCode.BLOCK_RECENT})
"""Checks of the means, not of the stamp: whatever they come to, they refute nothing."""

DECISIVE = frozenset(CheckCode) - WARNINGS
"""The checks that can decide, each in its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: which, how it ended, and one sentence for a person."""

    code: CheckCode
    outcome: Outcome
    sentence: str


def conclude(checks: Iterable[Check]) -> Conclusion:
    """Derive the conclusion from the checks that were made.

    One that failed makes the code not genuine, unless it is a warning or a precondition. Otherwise the code is genuine
    if every check passed that is needed for it: all but the warnings, the signature, which a code need not carry, and
    the picture, which a typed code does not have. In every other case the answer is unknown.

    A precondition that failed is like one that was not checked: a picture that cannot be read, or nodes that
    contradict each other, say nothing about the stamp.
    """
    outcomes = {check.code: check.outcome for check in checks}
    if any(outcomes.get(code) is Outcome.FAILED for code in DECISIVE - PRECONDITIONS):
        return Conclusion.NOT_GENUINE
    if outcomes.get(CheckCode.PICTURE_READABLE, Outcome.PASSED) is not Outcome.PASSED:
        return Conclusion.UNKNOWN
    needed = DECISIVE - REFUTING - {CheckCode.PICTURE_READABLE}
    confirmed = all(outcomes.get(code) is Outcome.PASSED for code in needed)
    return Conclusion.GENUINE if confirmed else Conclusion.UNKNOWN
