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

__all__ = [
    "SECRET_BYTES",
    "ClaimCode",
    "claim_link",
    "grouped",
    "parse_claim_code",
    "secret_characters",
    "secret_of",
    "typed_characters",
]

SECRET_BYTES: Final = 16
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
        if len(secret) != SECRET_BYTES:
            raise CodeFormatError(f"A claim code has {SECRET_BYTES} bytes, not {len(secret)}.")
        self._secret = bytes(secret)

    @property
    def secret(self) -> bytes:
        """The sixteen bytes. Give them to nothing but the derivation of the claim key."""
        return self._secret

    @property
    def text(self) -> str:
        """The code as it is printed under the scratch field: seven groups of four, joined by hyphens."""
        return grouped(secret_characters(self._secret))

    def url(self, host: str) -> str:
        """Return the link of the QR under the scratch field; the code stands after ``#``, without hyphens."""
        return claim_link(host) + secret_characters(self._secret)

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


def secret_characters(secret: bytes, beginning: str = "") -> str:
    """Return sixteen secret bytes as 26 characters, and 2 that check them and what they begin with."""
    body = crockford.encode(int.from_bytes(secret, "big"), _BODY)
    return body + mod1271_36(beginning + body)


def grouped(characters: str) -> str:
    """Return characters in groups of four, joined by hyphens."""
    return "-".join(characters[start : start + _GROUP] for start in range(0, len(characters), _GROUP))


def parse_claim_code(text: str) -> ClaimCode:
    """Return the claim code that was typed, or scanned as a link.

    Forgives letter case, hyphens, dashes and spaces, O for 0, and I or L for 1. Raises
    `CodeFormatError`, which never holds any part of the text.
    """
    typed = typed_characters(text, _REMEDY)
    if len(typed) != _LENGTH:
        raise CodeFormatError(f"The claim code has {len(typed)} characters instead of {_LENGTH}.", remedy=_REMEDY)
    return ClaimCode(secret_of(typed, "", _REMEDY))


def typed_characters(text: str, remedy: str) -> str:
    """Return the letters and digits of a hidden code that was typed or scanned as a link, as the alphabet has them.

    Raises `CodeFormatError`, which never holds any part of the text, for a text that can be none.
    """
    if len(text) > _MAX_LENGTH:
        raise CodeFormatError("The text is far too long for a claim code.", remedy=remedy)
    typed = crockford.strip_separators(_after_hash(text))
    if not typed.isascii() or not typed.isalnum():
        raise CodeFormatError("The claim code holds a character that no claim code has, or nothing.", remedy=remedy)
    return crockford.fold(typed)


def secret_of(characters: str, beginning: str, remedy: str) -> bytes:
    """Return the sixteen bytes behind 28 characters; raise `CodeFormatError`, without them, if they do not check."""
    body = characters[:_BODY]
    value = crockford.decode(body)
    if not _agree(characters, beginning):
        raise CodeFormatError(
            "The claim code is mistyped: its last two characters do not agree with the others; "
            + _guess(_suspects(characters, beginning)),
            remedy=remedy,
        )
    return value.to_bytes(SECRET_BYTES, "big")


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


def _agree(characters: str, beginning: str) -> bool:
    """Tell whether 28 characters of the alphabet check. Two of their 130 bits are always zero."""
    body, check = characters[:_BODY], characters[_BODY:]
    return body[0] < "8" and crockford.fold(mod1271_36(beginning + body)) == check


def _suspects(characters: str, beginning: str) -> list[int]:
    """Return the groups, from 1, in which one other character, or an exchange of two neighbours, would mend a code."""
    groups = set[int]()
    for place, character in enumerate(characters):
        # U is in no body, and may be a check character; what O, I and L are folded to is in the alphabet.
        others = (crockford.ALPHABET if place < _BODY else crockford.ALPHABET + "U").replace(character, "")
        before, after = characters[:place], characters[place + 1 :]
        if any(_agree(before + other + after, beginning) for other in others):
            groups.add(place // _GROUP + 1)
        exchanged = before + after[:1] + character + after[1:]
        if "U" not in exchanged[:_BODY] and _agree(exchanged, beginning):
            groups |= {place // _GROUP + 1, (place + 1) // _GROUP + 1}
    return sorted(groups)


def _guess(groups: list[int]) -> str:
    if not groups:
        return "more than one character is wrong."
    *most, last = map(str, groups)
    either = f"{', '.join(most)} or {last}" if most else last
    return f"if it is one character, or two neighbours changed places, look at group {either}."
