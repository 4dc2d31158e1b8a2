"""Encode calls to a contract and decode its answers, events and errors by its ABI (Solidity's contract ABI).

Rests on web3.py's contract object, without a provider: nothing here asks a node. Custom errors are decoded here, for
web3.py does not. A structure comes back as a tuple in the order of its Solidity fields, an address in lower case
without a checksum. What a contract answers may be anything, for anybody can deploy one: an answer that does not fit the
ABI is a `CannotTell`, never a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from eth_abi.exceptions import DecodingError, EncodingError
from eth_typing import HexStr
from eth_utils.abi import abi_to_signature, get_abi_input_types, get_abi_output_types
from web3 import Web3
from web3.contract import Contract
from web3.exceptions import Web3Exception
from web3.providers.base import BaseProvider

from cryptostamp.errors import CannotTell, InputError
from cryptostamp.primitives import Hash32, keccak256

__all__ = ["ContractInterface"]

_OFFLINE = Web3(BaseProvider(), ens=cast("Any", None))  # without names: an address is never looked up
_UNENCODABLE = (EncodingError, Web3Exception, ValueError, TypeError, OverflowError, AttributeError)
"""An `AttributeError` is how web3.py fails to describe a call for which no function fits."""
_UNDECODABLE = (DecodingError, Web3Exception, ValueError, TypeError, OverflowError)


class ContractInterface:
    """The functions, events and errors of one contract."""

    def __init__(self, name: str, abi: Sequence[Mapping[str, Any]]) -> None:
        self.name = name
        self._contract: type[Contract] = _OFFLINE.eth.contract(abi=cast("Any", abi), bytecode="0x")
        self._entries: dict[str, dict[str, Any]] = {
            kind: {entry["name"]: entry for entry in abi if entry["type"] == kind}
            for kind in ("function", "event", "error")
        }
        self._has_constructor = any(entry["type"] == "constructor" for entry in abi)
        self._topics = {
            name: Hash32(keccak256(abi_to_signature(cast("Any", entry)).encode()))
            for name, entry in self._entries["event"].items()
        }
        self._events = {bytes(topic): name for name, topic in self._topics.items()}
        self._errors = {
            keccak256(abi_to_signature(cast("Any", entry)).encode())[:4]: entry
            for entry in self._entries["error"].values()
        }

    @property
    def errors(self) -> Mapping[str, tuple[str, ...]]:
        """The argument names of each custom error, by its name."""
        return {name: tuple(part["name"] for part in entry["inputs"]) for name, entry in self._entries["error"].items()}

    def encode_constructor(self, *arguments: object) -> bytes:
        """Return the constructor's arguments as they follow the bytecode; raise `InputError` if one does not fit."""
        if arguments and not self._has_constructor:  # web3.py would drop them without a word
            raise InputError(f"The contract {self.name} is deployed without arguments.")
        return self._encode("constructor", lambda: self._contract.constructor(*arguments).data_in_transaction)

    def encode_call(self, function: str, *arguments: object) -> bytes:
        """Return the calldata of a call to `function`; raise `InputError` if an argument does not fit.

        An address must have its checksum (EIP-55). Of functions with one name, the one that takes the arguments is
        called.
        """
        name = self._entries["function"][function]["name"]
        return self._encode(name, lambda: self._contract.encode_abi(name, arguments))

    def decode_result(self, function: str, data: bytes) -> tuple[Any, ...]:
        """Return what `function` returned; raise `CannotTell` if `data` is not an answer of that function."""
        types = get_abi_output_types(cast("Any", self._entries["function"][function]))
        try:
            return _OFFLINE.codec.decode(types, data)
        except _UNDECODABLE as error:
            raise self._stranger(function) from error

    def topic(self, event: str) -> Hash32:
        """Return the first topic of `event`."""
        return self._topics[event]

    def event_of(self, topic: bytes) -> str | None:
        """Return the name of the event with this first topic, `None` if the contract has no such event."""
        return self._events.get(topic)

    def decode_event(self, event: str, topics: Sequence[bytes], data: bytes) -> dict[str, Any]:
        """Return the arguments of an `event` by name; raise `CannotTell` if the log is none.

        The events of our contracts have indexed arguments of one word only, which a topic holds as it is.
        """
        inputs = self._entries["event"][event]["inputs"]
        indexed = [part for part in inputs if part["indexed"]]
        plain = [part for part in inputs if not part["indexed"]]
        if len(topics) != len(indexed) + 1 or topics[0] != self.topic(event):
            raise CannotTell(f"A log of the contract is not an event {event}.")
        try:
            words = _OFFLINE.codec.decode([part["type"] for part in indexed], b"".join(topics[1:]))
            others = _OFFLINE.codec.decode([part["type"] for part in plain], data)
        except _UNDECODABLE as error:
            raise self._stranger(event) from error
        values = {part["name"]: value for part, value in zip([*indexed, *plain], [*words, *others], strict=True)}
        return {part["name"]: values[part["name"]] for part in inputs}

    def decode_error(self, data: bytes) -> tuple[str, dict[str, Any]] | None:
        """Return the name and arguments of one of the contract's custom errors; `None` if `data` is none of them."""
        entry = self._errors.get(data[:4])
        if entry is None:
            return None
        try:
            values = _OFFLINE.codec.decode(get_abi_input_types(cast("Any", entry)), data[4:])
        except _UNDECODABLE:
            return None
        return entry["name"], dict(zip((part["name"] for part in entry["inputs"]), values, strict=True))

    def _encode(self, what: str, encode: Callable[[], HexStr]) -> bytes:
        try:
            return Web3.to_bytes(hexstr=encode())
        except _UNENCODABLE as error:
            raise InputError(f"A value for {what} does not fit the contract {self.name}.") from error

    def _stranger(self, what: str) -> CannotTell:
        return CannotTell(
            f"The contract does not answer {what} like a {self.name}.",
            remedy="Check the address: there may be another contract, or none, on this chain.",
        )
