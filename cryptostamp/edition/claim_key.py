"""The claim key: what a claim code turns into to sign one claim, here or in the collector's browser.

Rests on HKDF-SHA256 (RFC 5869), secp256k1 (SEC 2), EIP-712 and EIP-191. A browser derives the same
key with WebCrypto's HKDF. The key is no wallet: it is used up by the claim it signs. It is never
shown, stored or sent; the signature is.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, Final, NoReturn

from eth_keys.datatypes import PrivateKey
from eth_utils.address import to_checksum_address

from cryptostamp.codes import ClaimCode
from cryptostamp.errors import InputError
from cryptostamp.primitives import Address, ChainId, Serial, keccak256

try:
    from coincurve import PublicKey as _FastPublicKey
except ImportError:  # not made for every Python; the other way is slower and gives the same
    _FastPublicKey = None  # type: ignore[assignment,misc]

if TYPE_CHECKING:
    from eth_account.messages import SignableMessage

__all__ = ["ClaimKey", "claim_key_of", "recover_claim_signer"]

_ORDER: Final = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
_SALT: Final = b"cryptostamp/claim-key/v1"
_SIGNATURE_BYTES: Final = 65
_CLAIM_TYPE: Final = {
    "Claim": [
        {"name": "serial", "type": "uint256"},
        {"name": "to", "type": "address"},
        {"name": "deadline", "type": "uint256"},
    ]
}


class ClaimKey:
    """A secp256k1 private key that never shows itself. Its address is what the edition commits to."""

    __slots__ = ("_private", "_raw_address")

    def __init__(self, private: bytes) -> None:
        self._private = private
        self._raw_address = keccak256(_public_key(private))[12:]

    @property
    def raw_address(self) -> bytes:
        """The address as 20 bytes."""
        return self._raw_address

    @property
    def address(self) -> Address:
        """The address that the edition root commits to for this stamp."""
        return Address(to_checksum_address(self._raw_address))

    def sign_claim(self, *, chain_id: ChainId, contract: Address, serial: Serial, to: Address, deadline: int) -> bytes:
        """Return the 65 bytes r, s, v (low s, v 27 or 28) that let `to` take the token until `deadline`.

        EIP-712, ``Claim(uint256 serial,address to,uint256 deadline)`` in the domain of the contract;
        `deadline` is in seconds since 1970 (UTC).
        """
        from eth_account import Account  # noqa: PLC0415 (half a second, and whoever prints signs nothing)

        message = _claim_message(chain_id, contract, serial, to, deadline)
        return bytes(Account.sign_message(message, self._private).signature)

    def sign_message(self, text: str) -> bytes:
        """Return the 65-byte EIP-191 signature over `text`, which proves that the signer has the claim code."""
        from eth_account import Account  # noqa: PLC0415 (as above)
        from eth_account.messages import encode_defunct  # noqa: PLC0415

        return bytes(Account.sign_message(encode_defunct(text=text), self._private).signature)

    def __repr__(self) -> str:
        return f"<ClaimKey of {self.address}, hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A claim key is not pickled or copied: that would write it down in the clear.")


def claim_key_of(code: ClaimCode) -> ClaimKey:
    """Return the key that a claim code stands for.

    HKDF-SHA256 over the 16 bytes of the code, salt ``cryptostamp/claim-key/v1``, info one counter
    byte from 0 upwards, 32 bytes long; the first output in 1..n-1 is the key.
    """
    pseudo_random_key = hmac.digest(_SALT, code.secret, "sha256")
    return ClaimKey(_first_valid(pseudo_random_key))


def recover_claim_signer(
    *, chain_id: ChainId, contract: Address, serial: Serial, to: Address, deadline: int, signature: bytes
) -> Address:
    """Return the address whose key has signed this claim; compare it with the claim key of the serial.

    Raises `InputError` for what the contract would refuse outright: not 65 bytes, high s, other v.
    """
    if len(signature) != _SIGNATURE_BYTES:
        raise InputError(f"The signature of the claim has {len(signature)} bytes instead of {_SIGNATURE_BYTES}.")
    r, s, v = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big"), signature[64]
    if v not in {27, 28} or not 0 < r < _ORDER or not 0 < s <= _ORDER // 2:
        raise InputError("The signature of the claim is not in the one form that the contract accepts.")
    from eth_account import Account  # noqa: PLC0415 (as above)

    message = _claim_message(chain_id, contract, serial, to, deadline)
    try:
        signer: str = Account.recover_message(message, signature=signature)
    except Exception as error:  # the libraries below raise what they like for a point off the curve
        raise InputError("The signature of the claim belongs to no key.") from error
    return Address(signer)


def _claim_message(chain_id: ChainId, contract: Address, serial: Serial, to: Address, deadline: int) -> SignableMessage:
    from eth_account.messages import encode_typed_data  # noqa: PLC0415 (as above)

    domain: dict[str, Any] = {
        "name": "Cryptostamp",
        "version": "1",
        "chainId": chain_id,
        "verifyingContract": contract,
    }
    if not 0 <= deadline < 1 << 256:
        raise InputError("The deadline of the claim is not a point in time.")
    return encode_typed_data(domain, _CLAIM_TYPE, {"serial": serial, "to": to, "deadline": deadline})


def _first_valid(pseudo_random_key: bytes) -> bytes:
    """Expand until the output is a private key: the first try but once in 2^128."""
    for counter in range(256):
        # RFC 5869, 2.3 with L = 32: one block, T(1) = HMAC(PRK, info | 0x01).
        private = hmac.digest(pseudo_random_key, bytes([counter, 1]), "sha256")
        if 0 < int.from_bytes(private, "big") < _ORDER:
            return private
    raise InputError("The claim code gives no key.")


def _public_key(private: bytes) -> bytes:
    """Return the 64 bytes x, y of the public key."""
    if _FastPublicKey is None:
        return _public_key_anywhere(private)
    return _FastPublicKey.from_valid_secret(private).format(compressed=False)[1:]


def _public_key_anywhere(private: bytes) -> bytes:
    return PrivateKey(private).public_key.to_bytes()
