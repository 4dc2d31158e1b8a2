"""Tell at a glance what a scanned or typed text is meant to be, before anybody parses or stores it.

The answer rests on the outline alone: `Kind.PUBLIC` may still be malformed. It errs on the side of
secrecy: what might be a claim code, mistyped or cut short, is `Kind.CLAIM`, so that callers keep it
out of logs and away from servers.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from cryptostamp.codes.crockford import strip_separators

__all__ = ["Kind", "classify"]

_MAX_LENGTH: Final = 512
_PUBLIC: Final = re.compile(r"\s*https://[^/?#]+/S/[^?#]*", re.IGNORECASE)
_CLAIM_LINK: Final = re.compile(r"/claim|#.*[0-9A-Z]{4}", re.IGNORECASE | re.DOTALL)
_SHORT: Final = re.compile(
    r"\s*[A-Z0-9]{2,8}[-\s\u2010-\u2015\u2212]+[0-9OIL]{1,8}[-\s\u2010-\u2015\u2212]+([A-Z0-9][-\s\u2010-\u2015\u2212]*){9}",
    re.IGNORECASE | re.ASCII,
)
_CLAIM: Final = re.compile(r"[A-Z0-9]{20,36}", re.IGNORECASE | re.ASCII)


class Kind(StrEnum):
    """What a text is meant to be."""

    PUBLIC = "public"
    SHORT = "short"
    CLAIM = "claim"
    OTHER = "other"


def classify(text: str) -> Kind:
    """Return what `text` is meant to be. Never raises; takes time linear in at most 512 characters."""
    if len(text) > _MAX_LENGTH:
        return Kind.OTHER
    if _CLAIM_LINK.search(text):
        return Kind.CLAIM
    if _PUBLIC.fullmatch(text):
        return Kind.PUBLIC
    if _SHORT.fullmatch(text):
        return Kind.SHORT
    if _CLAIM.fullmatch(strip_separators(text).strip()):
        return Kind.CLAIM
    return Kind.OTHER
