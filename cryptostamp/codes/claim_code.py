"""The claim code: the hidden 128 bits under the scratch field, with which the token is taken once.

Printed as 26 Crockford characters (a number, most significant first) and 2 check characters (ISO
7064 MOD 1271,36) in seven groups of four; as a QR, ``https://<host>/claim#<CODE>``: browsers keep
what follows ``#`` (RFC 3986, fragment), so no server sees it. It is not a key of any account:
`cryptostamp.edition.claim_key` derives the key that signs one claim.

Nothing here ever shows a code or a part of one: not `repr`, not an error, not a pickle.
"""

from __future__ import annotations

import hmac
from typing import Final, NoReturn

from cryptostamp.codes import crockford
from cryptostamp.codes.iso7064 import mod1271_36
from cryptostamp.codes.public_code import check_host
from cryptostamp.errors import CodeFormatError

__all__ = ["ClaimCode", "claim_link", "parse_claim_code"]

_SECRET_BYTES: Final = 16
_BODY: Final = 26
_LENGTH: Final = 28
_GROUP: Final = 4
_MAX_LENGTH: Final = 512
_REMEDY: Final = "Compare all seven groups of four characters with the stamp."


class ClaimCode:
    """Sixteen secret bytes that are worth one token. Compare with ``==``, which takes constant time."""

    __slots__ = ("_secret",)
    __hash__ = None  # type: ignore[assignment]  # a dictionary would compare early and often

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _SECRET_BYTES:
            raise CodeFormatError(f"A claim code has {_SECRET_BYTES} bytes, not {len(secret)}.")
        self._secret = bytes(secret)

    @property
    def secret(self) -> bytes:
        """The sixteen bytes. Give them to nothing but the derivation of the claim key."""
        return self._secret

    @property
    def text(self) -> str:
        """The code as it is printed under the scratch field: seven groups of four, joined by hyphens."""
        code = self._characters()
        return "-".join(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))

    def url(self, host: str) -> str:
        """Return the link of the QR under the scratch field; the code stands after ``#``, without hyphens."""
        return claim_link(host) + self._characters()

    def _characters(self) -> str:
        body = crockford.encode(int.from_bytes(self._secret, "big"), _BODY)
        return body + mod1271_36(body)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ClaimCode):
            return NotImplemented
        return hmac.compare_digest(self._secret, other._secret)

    def __repr__(self) -> str:
        return "<ClaimCode, hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A claim code is not pickled or copied: that would write it down in the clear.")


def claim_link(host: str) -> str:
    """Return what the links of all claim codes at `host` begin with."""
    return f"https://{check_host(host)}/claim#"


def parse_claim_code(text: str) -> ClaimCode:
    """Return the claim code that was typed, or scanned as a link.

    Forgives letter case, hyphens, dashes and spaces, O for 0, and I or L for 1. Raises
    `CodeFormatError`, which never holds any part of the text.
    """
    if len(text) > _MAX_LENGTH:
        raise CodeFormatError("The text is far too long for a claim code.", remedy=_REMEDY)
    typed = crockford.strip_separators(_after_hash(text))
    if not typed.isascii() or not typed.isalnum():
        raise CodeFormatError("The claim code holds a character that no claim code has, or nothing.", remedy=_REMEDY)
    typed = crockford.fold(typed)
    if len(typed) != _LENGTH:
        raise CodeFormatError(f"The claim code has {len(typed)} characters instead of {_LENGTH}.", remedy=_REMEDY)
    body = typed[:_BODY]
    value = crockford.decode(body)
    # Two of the 130 bits are always zero; a code that has them set was never printed.
    if value >> (8 * _SECRET_BYTES) or crockford.fold(mod1271_36(body)) != typed[_BODY:]:
        raise CodeFormatError(
            "The claim code is mistyped: its last two characters do not agree with the others.", remedy=_REMEDY
        )
    return ClaimCode(value.to_bytes(_SECRET_BYTES, "big"))


def _after_hash(text: str) -> str:
    """Return what stands after ``#`` if the text is a claim link, else the text."""
    text = text.strip()
    head, found, tail = text.partition("#")
    if not found:
        return text
    scheme, _, rest = head.lower().partition("://")
    host, _, path = rest.partition("/")
    try:
        check_host(host)
    except CodeFormatError:
        host = ""
    if scheme != "https" or not host or path != "claim":
        raise CodeFormatError("This link is not the claim link of a crypto stamp.", remedy=_REMEDY)
    return tail
