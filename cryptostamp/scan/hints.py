"""Hints beside a verdict: what a scan log makes one think of. They change no check and no conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

__all__ = ["Hint", "HintCode", "ScanHistory", "hints_of"]


class HintCode(StrEnum):
    """What a hint is about."""

    SCANNED_BEFORE = "scanned-before"
    IMPOSSIBLE_TRAVEL = "impossible-travel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Something to think of, with one sentence for a person."""

    code: HintCode
    sentence: str


class ScanHistory(Protocol):
    """What a scan log holds of one stamp, this scan included."""

    @property
    def count(self) -> int: ...  # noqa: D102
    @property
    def first_at(self) -> int:
        """Seconds since 1970, UTC."""

    @property
    def impossible(self) -> int:
        """How often two scans in a row were farther apart than anything travels in between."""


def hints_of(history: ScanHistory) -> tuple[Hint, ...]:
    """Return the hints that a scan log gives."""
    hints = []
    if history.count > 1:
        first = datetime.fromtimestamp(history.first_at, UTC)
        hints.append(
            Hint(
                code=HintCode.SCANNED_BEFORE,
                sentence=f"This code was scanned here {history.count:,} times, first on {first:%Y-%m-%d}.",
            )
        )
    if history.impossible:
        hints.append(
            Hint(
                code=HintCode.IMPOSSIBLE_TRAVEL,
                sentence="It was scanned at places too far apart for one stamp: somebody may have copied the code, or "
                "a scan point is wrong about its place or time.",
            )
        )
    return tuple(hints)
