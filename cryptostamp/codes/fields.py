"""The fields that the public code and the short code share: contract, serial, tag, check character.

Rests on the Ethereum contract ABI (the tag is a hash over ``abi.encode``), ISO 7064 MOD 37,36 and
Crockford base32. Knows nothing of hosts and layouts, and does not ask whether a stamp exists.
"""

from __future__ import annotations

import re
from typing import Final

from cryptostamp.codes import crockford
from cryptostamp.codes.iso7064 import mod37_36
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import MAX_EDITION, Address, ChainId, Serial, keccak256, parse_address

__all__ = [
    "MAX_CHAIN_ID",
    "check_of",
    "check_serial",
    "contract_text",
    "parse_contract",
    "parse_number",
    "parse_tag",
    "shown",
    "tag_of",
]

MAX_CHAIN_ID: Final = 0x7FFF_FFFF_FFFF_FFDB
"""The largest chain id that wallets can work with (EIP-2294)."""

_TAG_LENGTH: Final = 8
_SHOWN: Final = 40
_CONTRACT_LENGTH: Final = 32
_TAG: Final = re.compile(rf"[{crockford.ALPHABET}]{{{_TAG_LENGTH}}}")
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}")


def tag_of(*, chain_id: ChainId, contract: Address, serial: Serial, claim_key: Address) -> str:
    """Return the 8 characters that tie a code to the edition: they follow from data fixed at issue.

    The first 40 bits of ``keccak256(abi.encode(uint256 chainId, address contract, uint256 serial,
    address claimKey))`` in Crockford base32.
    """
    digest = keccak256(
        chain_id.to_bytes(32, "big")
        + bytes(12)
        + bytes.fromhex(contract[2:])
        + serial.to_bytes(32, "big")
        + bytes(12)
        + bytes.fromhex(claim_key[2:])
    )
    return crockford.encode(int.from_bytes(digest[:5], "big"), _TAG_LENGTH)


def check_of(contract: Address, serial: Serial, tag: str) -> str:
    """Return the check character over contract, serial and tag as they are printed (ISO 7064 MOD 37,36)."""
    return mod37_36(f"{contract_text(contract)}{serial}{tag}")


def contract_text(contract: Address) -> str:
    """Return a contract's address as 32 Crockford characters."""
    return crockford.encode(int(contract, 16), _CONTRACT_LENGTH)


def parse_contract(text: str) -> Address:
    """Return the checksummed address behind 32 Crockford characters."""
    if len(text) != _CONTRACT_LENGTH:
        raise CodeFormatError(
            f"The contract in the code has {len(text)} characters instead of {_CONTRACT_LENGTH}.",
            remedy="Scan the code again.",
        )
    return parse_address(f"0x{crockford.decode(text):040x}")


def parse_tag(text: str) -> str:
    """Return `text` if it is a tag: 8 characters of the Crockford alphabet."""
    if not _TAG.fullmatch(text):
        raise CodeFormatError(
            f"The tag {shown(text)} is not {_TAG_LENGTH} digits and letters without I, L, O and U.",
            remedy="Compare the code with the stamp.",
        )
    return text


def parse_number(text: str, name: str, maximum: int) -> int:
    """Return a decimal number 1..`maximum` that is written in the one way a number of a code is written."""
    if not _NUMBER.fullmatch(text):
        reason = "starts with a zero" if text.isascii() and text.isdigit() and text[0] == "0" else "is not a number"
        raise CodeFormatError(f"The {name} {shown(text)} {reason}.", remedy="Compare the code with the stamp.")
    number = int(text)
    if not 1 <= number <= maximum:
        raise CodeFormatError(
            f"The {name} {number} is not between 1 and {maximum}.", remedy="Compare the code with the stamp."
        )
    return number


def check_serial(serial: int) -> None:
    """Raise `CodeFormatError` unless `serial` is one that an edition can have."""
    if not 1 <= serial <= MAX_EDITION:
        raise CodeFormatError(f"The serial {serial} is not between 1 and {MAX_EDITION}.")


def shown(text: str) -> str:
    """Return text of a stranger fit for a message: short, quoted, in ASCII, without control characters."""
    quoted = ascii(text[:_SHOWN])
    return quoted if len(text) <= _SHOWN else f"{quoted[:-1]}…{quoted[-1]}"
