"""Accounts that sign transactions: the public test accounts of a local chain, and encrypted keystore files.

Rests on EIP-1559 and EIP-155 transactions (signed by eth-account), BIP-32/39/44 for the test accounts, and the Web3
Secret Storage format (keystore version 3). A key never appears in a repr, a message or a log, and is never written.
Anything else that can sign, a hardware wallet or a signing service, fits the `Signer` protocol.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from eth_account import Account
from eth_account.hdaccount import key_from_seed, seed_from_mnemonic
from eth_account.messages import encode_defunct
from eth_account.signers.local import LocalAccount

from cryptostamp.errors import InputError, Refused, StorageProblem
from cryptostamp.primitives import Address, ChainId

__all__ = ["DEV_ACCOUNTS", "LOCAL_CHAIN_IDS", "DevSigner", "KeystoreSigner", "Signer", "UnsignedTransaction"]

LOCAL_CHAIN_IDS = frozenset({ChainId(31337), ChainId(1337)})
"""The chain ids that local development nodes use; no public chain has them."""

DEV_ACCOUNTS = 10
"""How many test accounts a local node provides with money."""

_DEV_MNEMONIC = "test test test test test test test test test test test junk"  # public: known to every developer


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedTransaction:
    """A transaction with EIP-1559 fees, ready to be signed. Money is wei."""

    chain_id: ChainId
    nonce: int
    to: Address | None
    """`None` deploys `data` as a contract."""
    data: bytes
    gas: int
    max_fee: int
    max_priority_fee: int


class Signer(Protocol):
    """An account that can sign transactions."""

    @property
    def address(self) -> Address:
        """The account."""

    def sign_transaction(self, transaction: UnsignedTransaction) -> bytes:
        """Return the signed transaction as it is broadcast."""


class _LocalSigner:
    """A signer whose key lies in this process."""

    __slots__ = ("_account",)

    def __init__(self, account: LocalAccount) -> None:
        self._account = account

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.address})"

    @property
    def address(self) -> Address:
        """The account."""
        return Address(self._account.address)

    def sign_transaction(self, transaction: UnsignedTransaction) -> bytes:
        """Return the signed transaction as it is broadcast."""
        fields: dict[str, Any] = {
            "type": 2,
            "chainId": transaction.chain_id,
            "nonce": transaction.nonce,
            "value": 0,
            "data": transaction.data,
            "gas": transaction.gas,
            "maxFeePerGas": transaction.max_fee,
            "maxPriorityFeePerGas": transaction.max_priority_fee,
        }
        if transaction.to is not None:
            fields["to"] = transaction.to
        return bytes(self._account.sign_transaction(fields).raw_transaction)

    def sign_message(self, text: str) -> bytes:
        """Return the 65-byte signature of a text for people (EIP-191): it can move nothing."""
        return bytes(self._account.sign_message(encode_defunct(text=text)).signature)


class DevSigner(_LocalSigner):
    """A test account of a local chain, numbered from 0. Its key is public, so it signs for no other chain."""

    def __init__(self, index: int) -> None:
        if not 0 <= index < DEV_ACCOUNTS:
            raise InputError(f"There is no test account {index}.", remedy=f"They are numbered 0 to {DEV_ACCOUNTS - 1}.")
        seed = seed_from_mnemonic(_DEV_MNEMONIC, "")
        super().__init__(Account.from_key(key_from_seed(seed, f"m/44'/60'/0'/0/{index}")))

    def sign_transaction(self, transaction: UnsignedTransaction) -> bytes:
        """Return the signed transaction; raise `Refused` for a chain that is not a local one."""
        if transaction.chain_id not in LOCAL_CHAIN_IDS:
            raise Refused(
                f"A public test account cannot sign for chain {transaction.chain_id}: everybody has its key.",
                remedy="Use an account of your own from a keystore file.",
            )
        return super().sign_transaction(transaction)


class KeystoreSigner(_LocalSigner):
    """An account from an encrypted keystore file (Web3 Secret Storage, version 3)."""

    def __init__(self, path: Path, passphrase: str) -> None:
        try:
            keystore = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise StorageProblem(f"The keystore cannot be read: {error.strerror}.", where=str(path)) from error
        except ValueError:
            # The cause is left out here and below: it may quote what it could not read.
            raise InputError("This is not a keystore file.", where=str(path)) from None
        try:
            key = Account.decrypt(keystore, passphrase)
        except (ValueError, TypeError, KeyError, AttributeError, NotImplementedError):
            raise InputError(
                "The keystore does not open: the passphrase is wrong or the file is damaged.",
                where=str(path),
                remedy="Type the passphrase again.",
            ) from None
        super().__init__(Account.from_key(key))
