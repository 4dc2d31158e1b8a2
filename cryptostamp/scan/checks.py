"""What a verdict is made of, and the one rule that derives the answer from its parts.

A check passed, failed, or was not made. `conclude` is a pure function of the outcomes: nothing that
could not be checked can turn a code into a genuine or a counterfeit one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["DECISIVE", "Check", "CheckCode", "Conclusion", "Outcome", "conclude"]


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


class CheckCode(StrEnum):
    """The checks, in the order in which they are made."""

    PICTURE_READABLE = "picture-readable"
    WELL_FORMED = "well-formed"
    CHAIN_REACHED = "chain-reached"
    CONTRACT_REGISTERED = "contract-registered"
    CONTRACT_CODE = "contract-code"
    HOST_OF_POST = "host-of-post"
    SERIAL_IN_EDITION = "serial-in-edition"
    TAG_AGREES = "tag-agrees"
    STATE_KNOWN = "state-known"
    NOT_VOID = "not-void"


class Conclusion(StrEnum):
    """The answer to a scan. It is about the code; no scan can speak of the paper."""

    GENUINE = "genuine"
    NOT_GENUINE = "not genuine"
    UNKNOWN = "unknown"


DECISIVE = frozenset(CheckCode) - {CheckCode.HOST_OF_POST}
"""The checks that decide. The host does not: a post may move to another domain, its stamps stay its stamps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: which, how it ended, and one sentence for a person."""

    code: CheckCode
    outcome: Outcome
    sentence: str


def conclude(checks: Iterable[Check]) -> Conclusion:
    """Derive the conclusion from the checks that were made.

    A decisive check that failed makes the code not genuine. Otherwise one that was not made, or no
    check at all, leaves the answer unknown. Only when every decisive check passed is it genuine.

    A picture that cannot be read says nothing about the stamp on it, so that failure leaves the
    answer unknown as well.
    """
    outcomes = {check.code: check.outcome for check in checks}
    decisive = [outcomes.get(code, Outcome.NOT_CHECKED) for code in DECISIVE - {CheckCode.PICTURE_READABLE}]
    if Outcome.FAILED in decisive:
        return Conclusion.NOT_GENUINE
    if Outcome.NOT_CHECKED in decisive or outcomes.get(CheckCode.PICTURE_READABLE) is Outcome.FAILED:
        return Conclusion.UNKNOWN
    return Conclusion.GENUINE
