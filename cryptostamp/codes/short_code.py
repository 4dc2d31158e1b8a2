"""The short code: what a person types when the QR cannot be read.

``<SERIES>-<SERIAL>-<TAG><C>``, printed in letters beside the QR. It names the series by its id, so
whoever resolves it must know the series; its check character is that of the public code (it also
covers the contract) and can therefore be verified only when the contract is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cryptostamp.codes import crockford
from cryptostamp.codes.fields import check_of, check_serial, parse_number, parse_tag, shown
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import MAX_EDITION, Address, Serial

__all__ = ["ShortCode", "parse_short_code"]

_MAX_LENGTH: Final = 64
_SERIES_ID: Final = re.compile(r"[A-Z0-9]{2,8}")
_CHECK: Final = re.compile(r"[A-Z0-9]")
_SEPARATORS: Final = re.compile(r"[-\s\u00ad\u2010-\u2015\u2212]+")
_SHAPE: Final = "A short code looks like LEAP-42-7ZQ4KXW2M: series, number, and nine characters."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortCode:
    """Series, serial, tag and check character of a stamp."""

    series_id: str
    """2 to 8 upper-case letters or digits."""
    serial: Serial
    tag: str
    check: str
    """As printed, or as typed: O may stand for 0, and I or L for 1."""

    def __post_init__(self) -> None:
        """Refuse fields that no code can carry."""
        if not _SERIES_ID.fullmatch(self.series_id):
            raise CodeFormatError(f"{shown(self.series_id)} is not the short name of a series.", remedy=_SHAPE)
        check_serial(self.serial)
        parse_tag(self.tag)
        if not _CHECK.fullmatch(self.check):
            raise CodeFormatError(f"{shown(self.check)} is not a check character.", remedy=_SHAPE)

    @property
    def text(self) -> str:
        """The code as it is printed: ``<SERIES>-<SERIAL>-<TAG><C>``."""
        return f"{self.series_id}-{self.serial}-{self.tag}{self.check}"

    def agrees_with(self, contract: Address) -> bool:
        """Tell whether the check character fits, given the contract of the series; if not, the code is mistyped."""
        return crockford.fold(self.check) == crockford.fold(check_of(contract, self.serial, self.tag))


def parse_short_code(text: str) -> ShortCode:
    """Return the short code that somebody typed.

    Letter case does not matter, nor do spaces and dashes beyond the two that part the three fields;
    in serial and tag an O is read as 0, an I or L as 1. Raises `CodeFormatError`.
    """
    if len(text) > _MAX_LENGTH:
        raise CodeFormatError(f"The text is {len(text)} characters long; a short code is shorter.", remedy=_SHAPE)
    # ASCII first: upper() would turn some foreign letters into ours.
    parts = _SEPARATORS.sub("-", text).strip("-")
    if not parts.isascii():
        raise CodeFormatError("The text holds letters that no short code has.", remedy=_SHAPE)
    series_id, _, numbers = parts.upper().partition("-")
    serial_text, _, tag_and_check = numbers.partition("-")
    tag_and_check = tag_and_check.replace("-", "")
    if len(tag_and_check) != 9:  # noqa: PLR2004 (tag and check character)
        raise CodeFormatError("This is not the short code of a stamp.", remedy=_SHAPE)
    return ShortCode(
        series_id=series_id,
        serial=Serial(parse_number(crockford.fold(serial_text), "serial", MAX_EDITION)),
        tag=parse_tag(crockford.fold(tag_and_check[:-1])),
        check=tag_and_check[-1],
    )
