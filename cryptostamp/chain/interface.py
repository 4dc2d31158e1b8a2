"""Encode calls to a contract and decode its answers, events and errors by its ABI (Solidity's contract ABI).

A structure comes back as a tuple in the order of its Solidity fields, an address in lower case without a checksum.
What a contract answers may be anything, for anybody can deploy one: an answer that does not fit the ABI is a
`CannotTell`, never a crash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_utils.abi import collapse_if_tuple

from cryptostamp.errors import CannotTell, InputError
from cryptostamp.primitives import Hash32, keccak256

__all__ = ["ContractInterface"]


class ContractInterface:
    """The functions, events and errors of one contract."""

    def __init__(self, name: str, abi: Sequence[Mapping[str, Any]]) -> None:
        self.name = name
        self._entries = {
            kind: {entry["name"]: entry for entry in abi if entry["type"] == kind}
            for kind in ("function", "event", "error")
        }
        self._constructor_types = next((_types(entry["inputs"]) for entry in abi if entry["type"] == "constructor"), [])
        self._errors = {_selector(entry): entry for entry in self._entries["error"].values()}

    @property
    def errors(self) -> Mapping[str, tuple[str, ...]]:
        """The argument names of each custom error, by its name."""
        return {name: tuple(part["name"] for part in entry["inputs"]) for name, entry in self._entries["error"].items()}

    def encode_constructor(self, *arguments: object) -> bytes:
        """Return the constructor's arguments as they follow the bytecode."""
        return self._encode(self._constructor_types, arguments)

    def encode_call(self, function: str, *arguments: object) -> bytes:
        """Return the calldata of a call to `function`."""
        entry = self._entries["function"][function]
        return _selector(entry) + self._encode(_types(entry["inputs"]), arguments)

    def decode_result(self, function: str, data: bytes) -> tuple[Any, ...]:
        """Return what `function` returned; raise `CannotTell` if `data` is not an answer of that function."""
        return self._decode(_types(self._entries["function"][function]["outputs"]), data, function)

    def topic(self, event: str) -> Hash32:
        """Return the first topic of `event`."""
        return _signature_hash(self._entries["event"][event])

    def decode_event(self, event: str, topics: Sequence[bytes], data: bytes) -> dict[str, Any]:
        """Return the arguments of an `event` by name; raise `CannotTell` if the log is none."""
        inputs = self._entries["event"][event]["inputs"]
        indexed = [part for part in inputs if part["indexed"]]
        plain = [part for part in inputs if not part["indexed"]]
        if len(topics) != len(indexed) + 1 or topics[0] != self.topic(event):
            raise CannotTell(f"A log of the contract is not an event {event}.")
        values = {
            part["name"]: self._decode([part["type"]], topic, event)[0]
            for part, topic in zip(indexed, topics[1:], strict=True)
        }
        values.update(zip((part["name"] for part in plain), self._decode(_types(plain), data, event), strict=True))
        return values

    def decode_error(self, data: bytes) -> tuple[str, dict[str, Any]] | None:
        """Return the name and arguments of one of the contract's custom errors; `None` if `data` is none of them."""
        entry = self._errors.get(data[:4])
        if entry is None:
            return None
        try:
            values = decode(_types(entry["inputs"]), data[4:])
        except (DecodingError, ValueError, OverflowError):
            return None
        return entry["name"], dict(zip((part["name"] for part in entry["inputs"]), values, strict=True))

    def _encode(self, types: Sequence[str], values: Sequence[object]) -> bytes:
        try:
            return encode(types, values)
        except (EncodingError, OverflowError) as error:
            raise InputError(f"A value does not fit the contract {self.name}: {error}") from error

    def _decode(self, types: Sequence[str], data: bytes, what: str) -> tuple[Any, ...]:
        try:
            values: tuple[Any, ...] = decode(types, data)
        except (DecodingError, ValueError, OverflowError) as error:
            raise CannotTell(
                f"The contract does not answer {what} like a {self.name}.",
                remedy="Check the address: there may be another contract, or none, on this chain.",
            ) from error
        return values


def _types(parts: Sequence[Mapping[str, Any]]) -> list[str]:
    return [collapse_if_tuple(dict(part)) for part in parts]


def _signature_hash(entry: Mapping[str, Any]) -> Hash32:
    return keccak256(f"{entry['name']}({','.join(_types(entry['inputs']))})".encode())


def _selector(entry: Mapping[str, Any]) -> bytes:
    return _signature_hash(entry)[:4]
