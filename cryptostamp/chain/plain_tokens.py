"""The tokens that an account has in any ERC-721 contract, as of one block.

Rests on ERC-721 and ERC-165: a contract that offers the enumeration is asked for the tokens of an owner one after
another; of others the Transfer events to the owner are searched, newest first, in ranges that a node does not refuse,
until as many tokens are found as the owner has or a bound is reached. Either way every token's owner is asked of the
contract. What a contract answers may be anything: texts come shortened and without control characters.

Fetches nothing: of the metadata only what the contract itself gives (a `data:` URI of JSON, RFC 2397) is read.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from eth_utils.address import to_checksum_address
from pydantic_core import from_json

from cryptostamp.chain.interface import ContractInterface
from cryptostamp.chain.node import Chain
from cryptostamp.errors import CannotTell, ContractRefusal
from cryptostamp.primitives import Address, printable

__all__ = ["Holding", "PlainToken", "PlainTokens"]

_MOST_TOKENS: Final = 60
_MOST_SEARCHES: Final = 24
_FIRST_RANGE: Final = 20_000
_SMALLEST_RANGE: Final = 100
_AT_ONCE: Final = 8
_LONGEST_URI: Final = 65_536
_LONGEST_TEXT: Final = 120
_TOKENS: Final = bytes.fromhex("80ac58cd")
_ENUMERATION: Final = bytes.fromhex("780e9d63")

_Types = tuple[str, ...]


def _function(name: str, inputs: _Types, output: str) -> dict[str, Any]:
    return {
        "type": "function",
        "name": name,
        "stateMutability": "view",
        "inputs": [{"name": f"a{number}", "type": kind} for number, kind in enumerate(inputs)],
        "outputs": [{"name": "", "type": output}],
    }


_INTERFACE: Final = ContractInterface(
    "ERC721",
    [
        _function("supportsInterface", ("bytes4",), "bool"),
        _function("balanceOf", ("address",), "uint256"),
        _function("ownerOf", ("uint256",), "address"),
        _function("tokenURI", ("uint256",), "string"),
        _function("tokenOfOwnerByIndex", ("address", "uint256"), "uint256"),
        {
            "type": "event",
            "name": "Transfer",
            "anonymous": False,
            "inputs": [
                {"name": name, "type": kind, "indexed": True}
                for name, kind in (("from", "address"), ("to", "address"), ("tokenId", "uint256"))
            ],
        },
    ],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainToken:
    """A token, and what its own contract says of it."""

    token_id: int
    name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What an account has in a contract: how many tokens, and those that were found, by their ids."""

    owned: int
    tokens: tuple[PlainToken, ...]


class PlainTokens:
    """An ERC-721 contract, read through `chain` as of block number `block`."""

    def __init__(self, chain: Chain, contract: Address, *, block: int) -> None:
        self._chain = chain
        self._contract = contract
        self._block = block

    def of_owner(self, owner: Address, *, first_block: int = 0) -> Holding:
        """Return what `owner` has; moves before `first_block`, where the contract began, are not searched.

        Raises `CannotTell` for what is no such contract, `NodeUnreachable` if the node does not answer.
        """
        if self._ask("supportsInterface", _TOKENS) is not True:
            raise CannotTell(f"There is no ERC-721 contract at {self._contract}.")
        owned = int(self._ask("balanceOf", owner) or 0)
        if not owned:
            return Holding(owned=0, tokens=())
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            if self._ask("supportsInterface", _ENUMERATION) is True:
                numbers = range(min(owned, _MOST_TOKENS))
                found = pool.map(lambda number: self._ask("tokenOfOwnerByIndex", owner, number), numbers)
                ids = [each for each in found if isinstance(each, int)]
            else:
                ids = list(islice(self._received(owner, owned, first_block, pool.map), _MOST_TOKENS))
            tokens = tuple(pool.map(self._token, sorted(ids)))
        return Holding(owned=owned, tokens=tokens)

    def _received(
        self, owner: Address, owned: int, first_block: int, map_: Callable[..., Iterable[Any]]
    ) -> Iterator[int]:
        """Yield the tokens that came to `owner` and are still there, until there are as many as they have."""
        topics = (bytes(_INTERFACE.topic("Transfer")), None, bytes(12) + bytes.fromhex(owner[2:]))
        last, span, seen, found = self._block, _FIRST_RANGE, set[int](), 0
        for _ in range(_MOST_SEARCHES):
            if last < first_block or found >= owned:
                return
            first = max(first_block, last - span + 1)
            try:
                logs = self._chain.logs(self._contract, topics, first_block=first, last_block=last, most_requests=1)
            except CannotTell:
                if span <= _SMALLEST_RANGE:
                    return
                span //= 4
                continue
            last, span = first - 1, 2 * span
            ids = [int.from_bytes(log.topics[3]) for log in reversed(logs) if len(log.topics) == 4]  # noqa: PLR2004
            new = [each for each in dict.fromkeys(ids) if each not in seen]
            seen.update(new)
            for each, holder in zip(new, map_(lambda number: self._ask("ownerOf", number), new), strict=True):
                if isinstance(holder, str) and Address(to_checksum_address(holder)) == owner:
                    found += 1
                    yield each

    def _token(self, token_id: int) -> PlainToken:
        uri = self._ask("tokenURI", token_id)
        told = _told(uri) if isinstance(uri, str) else {}
        return PlainToken(token_id=token_id, name=_text(told.get("name")), description=_text(told.get("description")))

    def _ask(self, function: str, *arguments: object) -> Any:  # noqa: ANN401 - what the contract answers
        """Return what the contract answers, `None` if it answers nothing that fits."""
        try:
            data = self._chain.call(to=self._contract, data=_INTERFACE.encode_call(function, *arguments))
            return _INTERFACE.decode_result(function, data)[0]
        except (CannotTell, ContractRefusal):
            return None


def _told(uri: str) -> dict[str, Any]:
    """Return the JSON object that a `data:` URI holds; nothing for any other URI."""
    head, comma, body = uri.partition(",")
    kind, *parameters = head.lower().split(";")
    if not comma or kind != "data:application/json" or len(uri) > _LONGEST_URI:
        return {}
    try:
        raw = base64.b64decode(body, validate=True) if "base64" in parameters else unquote_to_bytes(body)
        told = from_json(raw)  # of limited depth
    except (ValueError, binascii.Error):
        return {}
    return told if isinstance(told, dict) else {}


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return printable(value, _LONGEST_TEXT).strip()
