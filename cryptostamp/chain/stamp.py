"""One stamp as its contract tells of it: whose it is, how far it has come, and its first postmark.

Rests on the structures `Stamp` and `Postmark` of contracts/src/StampSeries.sol. A contract can answer anything: what no
calendar holds, and states that are not known here, are a `CannotTell`; an office that is no code of a post office is
not shown to anybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from eth_utils.address import to_checksum_address

from cryptostamp.errors import CannotTell, InputError
from cryptostamp.primitives import Address, Serial

__all__ = [
    "Postmark",
    "PostmarkKind",
    "Stamp",
    "StampState",
    "VoidReason",
    "days_since_1970",
    "index_of",
    "office_bytes",
    "office_text",
    "postmark_from",
    "stamp_from",
]

_EPOCH = date(1970, 1, 1)
_OFFICE = re.compile(r"[A-Z0-9-]{1,12}")
_OFFICE_LENGTH = 12
_NOT_REVEALED = 255

_Choice = TypeVar("_Choice", bound=StrEnum)


class StampState(StrEnum):
    """How far the token of a stamp has come, in the order of the contract."""

    UNCLAIMED = "unclaimed"
    """In custody; its hidden code has not been used."""
    CLAIMED = "claimed"
    """Out of custody for good, by its hidden code, wherever it is now."""
    DELIVERED = "delivered"
    """Out of custody for good, sent by the post itself; its hidden code is worthless."""
    VOID = "void"
    """In custody for ever; its hidden code is worthless."""


class VoidReason(StrEnum):
    """Why a stamp was voided, in the order of the contract, which begins at 1."""

    SPOILED = "spoiled"
    LOST = "lost"
    STOLEN = "stolen"
    RECALLED = "recalled"


class PostmarkKind(StrEnum):
    """The kinds of cancellation, in the order of the contract."""

    REGULAR = "regular"
    FIRST_DAY = "first-day"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmark:
    """A cancellation of the paper stamp."""

    office: str | None
    """Code of the post office: 1 to 12 of A-Z, 0-9 and hyphen; `None` if the contract holds anything else."""
    day: date
    """As the postmark shows it."""
    kind: PostmarkKind
    recorded_at: int
    """Seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Where one stamp stands."""

    serial: Serial
    owner: Address
    state: StampState
    since: int | None
    """When it left custody or was voided, in seconds since 1970, UTC; `None` while it is unclaimed."""
    void_reason: VoidReason | None
    variant: int | None
    """The index of its variant in the counts of the series; `None` before the draw of a blind series."""
    postmarks: int
    """How many it has."""
    first_postmark: Postmark | None
    block_number: int
    """The block that all of this rests on."""

    @property
    def left_custody(self) -> bool:
        """Whether somebody else than the post has, or once had, the token."""
        return self.state in {StampState.CLAIMED, StampState.DELIVERED}


def stamp_from(serial: Serial, values: tuple[Any, ...]) -> Stamp:
    """Return the stamp that the fields of a `Stamp` structure describe; `CannotTell` if they describe none."""
    owner, state, since, reason, variant, postmarks, first, block_number = values
    known = _choice(StampState, state)
    return Stamp(
        serial=serial,
        owner=Address(to_checksum_address(owner)),
        state=known,
        since=since or None,
        void_reason=_choice(VoidReason, reason - 1) if known is StampState.VOID else None,
        variant=None if variant == _NOT_REVEALED else variant,
        postmarks=postmarks,
        first_postmark=postmark_from(first) if postmarks else None,
        block_number=block_number,
    )


def postmark_from(values: tuple[Any, ...]) -> Postmark:
    """Return the postmark that the fields of a `Postmark` structure describe; `CannotTell` if they describe none."""
    office, day, kind, recorded_at = values
    try:
        shown = _EPOCH + timedelta(days=day)
    except OverflowError as error:
        raise CannotTell("The contract tells of a postmark with a day that no calendar holds.") from error
    return Postmark(
        office=office_text(office),
        day=shown,
        kind=_choice(PostmarkKind, kind),
        recorded_at=recorded_at,
    )


def office_text(office: bytes) -> str | None:
    """Return the code of a post office from a postmark, `None` if the contract holds anything else."""
    text = office.rstrip(b"\0").decode("ascii", errors="replace")
    return text if _OFFICE.fullmatch(text) else None


def office_bytes(office: str) -> bytes:
    """Return the code of a post office as a postmark holds it: 12 bytes; `InputError` if it is none."""
    if not _OFFICE.fullmatch(office):
        raise InputError(
            "The code of the post office is not a code.",
            where=repr(office[:40]),
            remedy="Use 1 to 12 of the characters A to Z, 0 to 9 and hyphen, such as 1010 or LEAP-01.",
        )
    return office.encode().ljust(_OFFICE_LENGTH, b"\0")


def days_since_1970(day: date) -> int:
    """Return the day as a postmark holds it; `InputError` if it is before 1970."""
    days = (day - _EPOCH).days
    if days < 0:
        raise InputError(f"A postmark of {day.isoformat()} cannot be recorded.", remedy="Name a day from 1970 on.")
    return days


def index_of(choice: StrEnum) -> int:
    """Return the number, from 0, of a choice in the order of the contract."""
    return list(type(choice)).index(choice)


def _choice(kind: type[_Choice], index: int) -> _Choice:
    choices = list(kind)
    if not 0 <= index < len(choices):
        raise CannotTell(f"The contract tells of a stamp with a {kind.__name__} that is not known here.")
    return choices[index]
