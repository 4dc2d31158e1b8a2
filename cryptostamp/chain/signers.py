"""Accounts that sign transactions: test accounts of a local chain, encrypted keystore files, signing services.

Rests on EIP-1559 and EIP-155 transactions (signed by eth-account), BIP-32/39/44 for the test accounts, the Web3 Secret
Storage format (keystore version 3), and ``eth_signTransaction`` as Web3Signer and geth's Clef answer it. A key never
appears in a repr, a message or a log, and is never written. A service is not trusted: what it signed is read again.
Anything else that can sign fits the `Signer` protocol.
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
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_utils.address import to_checksum_address
from hexbytes import HexBytes

from cryptostamp.chain.rpc import RpcClient, RpcFailure, bytes_of, hex_of
from cryptostamp.errors import EnvironmentProblem, InputError, NodeUnreachable, Refused, StorageProblem
from cryptostamp.primitives import Address, ChainId

__all__ = [
    "DEV_ACCOUNTS",
    "LOCAL_CHAIN_IDS",
    "DevSigner",
    "KeystoreSigner",
    "RemoteSigner",
    "Signer",
    "UnsignedTransaction",
    "read_signed",
]

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


def read_signed(raw: bytes) -> tuple[UnsignedTransaction, Address]:
    """Return what signed bytes say and whose signature they carry; raise `ValueError` if they are no such thing."""
    try:
        fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
        transaction = UnsignedTransaction(
            chain_id=ChainId(int(fields["chainId"])),
            nonce=int(fields["nonce"]),
            to=Address(to_checksum_address(fields["to"])) if fields["to"] else None,
            data=bytes(fields["data"]),
            gas=int(fields["gas"]),
            max_fee=int(fields["maxFeePerGas"]),
            max_priority_fee=int(fields["maxPriorityFeePerGas"]),
        )
        signer = Address(Account.recover_transaction(raw))
        moves_money, lists_access = bool(fields["value"]), bool(fields["accessList"])
    except Exception as error:
        # The decoders raise errors of four libraries, some of them bare.
        raise ValueError("these are not the bytes of a signed EIP-1559 transaction") from error
    if moves_money or lists_access:
        raise ValueError("the transaction says more than this program ever signs")
    return transaction, signer


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


class RemoteSigner:
    """An account whose key lies in a signing service: Web3Signer, Clef, or whatever answers like them.

    The service is asked with ``eth_signTransaction``; Clef has the same under ``account_signTransaction``. Both show
    the transaction to whoever must approve it, which is why the default time is long.
    """

    def __init__(
        self, url: str, address: Address, *, method: str = "eth_signTransaction", timeout_s: float = 300.0
    ) -> None:
        self._rpc = RpcClient(url, timeout_s=timeout_s, role="signing service")
        self._method = method
        self._address = address

    def __repr__(self) -> str:
        return f"RemoteSigner({self.address}, host={self._rpc.host!r})"

    @property
    def address(self) -> Address:
        """The account."""
        return self._address

    def sign_transaction(self, transaction: UnsignedTransaction) -> bytes:
        """Return the signed transaction as it is broadcast.

        Raises `Refused` if the service does not sign or signs something else, `EnvironmentProblem` if it cannot be
        asked.
        """
        fields = {
            "type": "0x2",
            "from": self._address,
            "chainId": hex_of(transaction.chain_id),
            "nonce": hex_of(transaction.nonce),
            "value": "0x0",
            "data": hex_of(transaction.data),
            "gas": hex_of(transaction.gas),
            "maxFeePerGas": hex_of(transaction.max_fee),
            "maxPriorityFeePerGas": hex_of(transaction.max_priority_fee),
        }
        if transaction.to is not None:
            fields["to"] = transaction.to
        try:
            answer = self._rpc.request(self._method, fields)
        except NodeUnreachable as error:
            raise EnvironmentProblem(error.what, remedy=error.remedy) from error
        if isinstance(answer, RpcFailure):
            raise Refused(
                f"The signing service at {self._rpc.host} does not sign: {answer.message}",
                where=self._address,
                remedy="Ask whoever keeps the account, or see what the service has logged.",
            )
        try:
            raw = bytes_of(answer["raw"] if isinstance(answer, dict) else answer)
            signed = read_signed(raw)
        except (ValueError, KeyError) as error:
            raise Refused(
                f"The signing service at {self._rpc.host} gives something that is no signed transaction.",
                where=self._address,
                remedy="Check that it signs EIP-1559 transactions.",
            ) from error
        if signed != (transaction, self._address):
            raise Refused(
                f"The signing service at {self._rpc.host} signed something else than it was asked to, "
                "or with another account.",
                where=self._address,
                remedy="Nothing was sent. Check the service before going on.",
            )
        return raw
