"""The public code: the address in the QR on a stamp's face, which says *which* stamp this is.

``https://<HOST>/S/<CHAIN>/<CONTRACT>/<SERIAL>.<TAG><C>``: a URL (RFC 3986) that opens on any phone
and resolves without its host, for it names chain, contract and serial. Everything after ``https``
is upper case, for the alphanumeric mode of QR (ISO/IEC 18004). Anybody may see and copy it: it does
not prove that a paper is the paper, and its host and contract are claims until they are checked
against the registry.

The *signed* form has a dot and 103 Crockford characters after the check character: the issuer's 64-byte signature
(EIP-2098) as one number. `cryptostamp.codes.signed_code` says over what, and whose it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cryptostamp.codes import crockford
from cryptostamp.codes.fields import (
    MAX_CHAIN_ID,
    check_of,
    check_serial,
    contract_text,
    parse_contract,
    parse_number,
    parse_tag,
    shown,
    tag_of,
)
from cryptostamp.codes.short_code import ShortCode
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import HOST_NAME, MAX_EDITION, Address, ChainId, Serial

__all__ = ["PublicCode", "check_host", "parse_public_code"]

_MAX_LENGTH: Final = 512
_MAX_HOST: Final = 253
_SIGNATURE_BYTES: Final = 64
_SIGNATURE_LENGTH: Final = 103
"""Characters of 5 bits for 512 bits; the first holds two of them and is one of 0 to 3."""
_CONTRACT: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_SHAPE: Final = "A public code looks like https://HOST/S/CHAIN/CONTRACT/SERIAL.TAG."


def check_host(host: str) -> str:
    """Return `host` if it is a lower-case DNS name (RFC 1123) with at least two labels; no address, no port."""
    if len(host) > _MAX_HOST or not HOST_NAME.fullmatch(host):
        raise CodeFormatError(
            f"{shown(host)} is not the name of a web site.", remedy="A name looks like post.example, in lower case."
        )
    return host


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCode:
    """Which stamp this is: chain, contract and serial, with a tag from the edition.

    Every instance is well formed; ``parse_public_code(code.text) == code``.
    """

    host: str
    """Where the post answers for it, lower case."""
    chain_id: ChainId
    contract: Address
    serial: Serial
    tag: str
    """8 Crockford characters; see `tag_of`."""
    signature: bytes | None = None
    """The issuer's, 64 bytes r and yParity with s (EIP-2098); `None` of a code that carries none."""

    def __post_init__(self) -> None:
        """Refuse fields that no code can carry."""
        check_host(self.host)
        check_serial(self.serial)
        parse_tag(self.tag)
        if not 1 <= self.chain_id <= MAX_CHAIN_ID:
            raise CodeFormatError(f"The chain id {self.chain_id} is not between 1 and {MAX_CHAIN_ID}.")
        if not _CONTRACT.fullmatch(self.contract):
            raise CodeFormatError(f"{shown(self.contract)} is not the address of a contract.")
        if self.signature is not None and len(self.signature) != _SIGNATURE_BYTES:
            raise CodeFormatError(f"The signature of a code has {_SIGNATURE_BYTES} bytes, not {len(self.signature)}.")

    @classmethod
    def make(cls, *, host: str, chain_id: ChainId, contract: Address, serial: Serial, claim_key: Address) -> PublicCode:
        """Return the code of one stamp; the tag follows from the claim key's address."""
        tag = tag_of(chain_id=chain_id, contract=contract, serial=serial, claim_key=claim_key)
        return cls(host=host, chain_id=chain_id, contract=contract, serial=serial, tag=tag)

    @property
    def check(self) -> str:
        """The check character over contract, serial and tag."""
        return check_of(self.contract, self.serial, self.tag)

    @property
    def text(self) -> str:
        """The code as it stands in the QR: ``https`` in lower case, the rest in capitals."""
        return (
            f"https://{self.host.upper()}/S/{self.chain_id}/{contract_text(self.contract)}"
            f"/{self.serial}.{self.tag}{self.check}"
            + ("" if self.signature is None else f".{_signature_text(self.signature)}")
        )

    def short(self, series_id: str) -> ShortCode:
        """Return the form that is printed in letters beside the QR, for typing."""
        return ShortCode(series_id=series_id, serial=self.serial, tag=self.tag, check=self.check)

    def agrees_with(self, claim_key: Address) -> bool:
        """Tell whether the tag is the one of the edition, given the claim key its dossier lists for this serial."""
        return self.tag == tag_of(
            chain_id=self.chain_id, contract=self.contract, serial=self.serial, claim_key=claim_key
        )


def parse_public_code(text: str) -> PublicCode:
    """Return the public code in `text`, the URL of a stamp in any letter case.

    Everything else raises `CodeFormatError` with one sentence that says what is wrong. What follows
    a ``#`` is never repeated: it may be a claim code that somebody has put into the wrong field.
    """
    host, path = _split(text)
    fields = path.split("/")
    if len(fields) != 4 or fields[0] != "S":  # noqa: PLR2004 (S, chain, contract, stamp)
        raise CodeFormatError(
            f"This is a link to {shown(host)}, but not the public code of a crypto stamp.", remedy=_SHAPE
        )
    chain_id = parse_number(fields[1], "chain id", MAX_CHAIN_ID)
    contract = parse_contract(fields[2])
    serial_text, dot, rest = fields[3].partition(".")
    tag_and_check, signed, signature = rest.partition(".")
    if not dot:
        raise CodeFormatError("The code ends before its tag.", remedy="Scan the code again, or copy all of it.")
    serial = parse_number(serial_text, "serial", MAX_EDITION)
    tag = parse_tag(tag_and_check[:-1])
    code = PublicCode(
        host=host,
        chain_id=ChainId(chain_id),
        contract=contract,
        serial=Serial(serial),
        tag=tag,
        signature=_parse_signature(signature) if signed else None,
    )
    if tag_and_check[-1:] != code.check:
        raise CodeFormatError(
            "The code is mistyped or misread: its check character does not agree with it.",
            remedy="Scan it again, or compare it with the stamp character by character.",
        )
    return code


def _signature_text(signature: bytes) -> str:
    return crockford.encode(int.from_bytes(signature, "big"), _SIGNATURE_LENGTH)


def _parse_signature(text: str) -> bytes:
    if len(text) != _SIGNATURE_LENGTH:
        raise CodeFormatError(
            f"The signature in the code has {len(text)} characters instead of {_SIGNATURE_LENGTH}.",
            remedy="Scan the code again.",
        )
    number = crockford.decode(text)
    if number >> (8 * _SIGNATURE_BYTES):
        raise CodeFormatError("The signature in the code is too large a number.", remedy="Scan the code again.")
    return number.to_bytes(_SIGNATURE_BYTES, "big")


def _split(text: str) -> tuple[str, str]:
    """Return the host in lower case and the path in upper case, without its first slash."""
    if len(text) > _MAX_LENGTH:
        raise CodeFormatError(
            f"The text is {len(text)} characters long; a public code never has more than {_MAX_LENGTH}.", remedy=_SHAPE
        )
    strange = next((character for character in text if not "!" <= character <= "~"), "")
    if strange:
        raise CodeFormatError(
            f"The text holds the character U+{ord(strange):04X}, which no public code has.",
            remedy="Scan the code again; do not trust a link with invisible characters.",
        )
    scheme, separator, rest = text.partition("://")
    if not separator or scheme.lower() != "https":
        raise CodeFormatError("This is not the public code of a crypto stamp.", remedy=_SHAPE)
    for character, name in {"#": "a part after #", "?": "a query", "@": "a user name", "\\": "a backslash"}.items():
        if character in rest:
            raise CodeFormatError(f"The link has {name}, which no public code has.", remedy=_SHAPE)
    host, _, path = rest.partition("/")
    if ":" in host:
        raise CodeFormatError("The link names a port, which no public code does.", remedy=_SHAPE)
    return check_host(host.lower()), path.upper()
