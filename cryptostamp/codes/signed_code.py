"""The signed form of a public code: what the issuer signs, and who has signed.

Rests on EIP-191 (a text that can be neither a transaction nor a claim), secp256k1 and EIP-2098 (64 bytes). A signature
tells a code that the holder of a key issued from an invented one, without any network. It says nothing of who that
is: the address is compared with those that the verifier has chosen. A copied code carries a good signature.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from eth_keys.datatypes import Signature
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError

from cryptostamp.codes.public_code import PublicCode
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import Address, keccak256, parse_address

__all__ = ["sign_with", "signer_of", "signing_text"]

_HALF_ORDER: Final = 0x7FFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_5D576E73_57A4501D_DFE92F46_681B20A0
_PARITY: Final = 1 << 255
_LONG: Final = 65


def signing_text(code: PublicCode) -> str:
    """Return what the issuer signs (EIP-191): chain, contract, serial and tag, not the host, which may change."""
    return f"Cryptostamp public code: eip155:{code.chain_id}/erc721:{code.contract}/{code.serial}.{code.tag}"


def sign_with(code: PublicCode, signature: bytes) -> PublicCode:
    """Return the code with the 65-byte signature (r, s, v with low s) that a wallet made over its `signing_text`."""
    if len(signature) != _LONG or signature[64] not in {27, 28}:
        raise CodeFormatError("The signature is not 65 bytes r, s and v with a v of 27 or 28.")
    s = int.from_bytes(signature[32:64], "big")
    if s > _HALF_ORDER:
        raise CodeFormatError("The signature has a high s, which no signed code carries.")
    packed = s | (_PARITY if signature[64] == 28 else 0)  # noqa: PLR2004  (v, EIP-2098)
    return replace(code, signature=signature[:32] + packed.to_bytes(32, "big"))


def signer_of(code: PublicCode) -> Address | None:
    """Return the account whose key has signed the code; `None` if it is unsigned or no key can have made this."""
    if code.signature is None:
        return None
    r, packed = int.from_bytes(code.signature[:32], "big"), int.from_bytes(code.signature[32:], "big")
    s = packed & (_PARITY - 1)
    if not r or not 0 < s <= _HALF_ORDER:
        return None
    text = signing_text(code).encode("ascii")
    digest = keccak256(b"\x19Ethereum Signed Message:\n%d" % len(text) + text)
    try:
        key = Signature(vrs=(packed >> 255, r, s)).recover_public_key_from_msg_hash(digest)
        return parse_address(key.to_checksum_address())
    except (BadSignature, ValidationError, ValueError):
        return None
