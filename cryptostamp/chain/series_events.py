"""What has happened to a series, read from the events of its contract and of the registry that admitted it.

Rests on ERC-721 and ERC-2309 (moves), ERC-5192 and ERC-4906 (which say nothing that the others do not, and are left
out), and the events of contracts/src. A range of blocks is read with one question, or with more if the node wants
smaller ones; that all of it is of one chain is made sure by the hash of its last block, asked before and after. Says
what was announced, not what holds now: that is asked of the contract.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from eth_utils.address import to_checksum_address

from cryptostamp.chain.artifacts import load_artifact
from cryptostamp.chain.interface import ContractInterface
from cryptostamp.chain.node import Block, Chain, Log
from cryptostamp.chain.stamp import PostmarkKind, VoidReason, office_text
from cryptostamp.errors import CannotTell, NodeUnreachable
from cryptostamp.primitives import Address, Hash32, Serial, printable

__all__ = ["ChainEvent", "SeriesEvents"]

_WITHOUT_NEWS = frozenset(
    {"Approval", "ApprovalForAll", "BatchMetadataUpdate", "EIP712DomainChanged", "Locked", "Unlocked"}
)
_EPOCH = date(1970, 1, 1)
_LONGEST_TEXT = 253
_UNDOABLE = 128
"""Blocks that a chain may undo, with room: Ethereum calls them final after two epochs, 64 blocks."""
_RANGES = {"ConsecutiveTransfer": ("fromTokenId", "toTokenId"), "Voided": ("first", "last")}
_ONE_STAMP = {"Transfer": "tokenId", "Delivered": "serial", "Postmarked": "serial", "ClaimRefused": "serial"}
_KINDS = {("Voided", "reason"): (None, *VoidReason), ("Postmarked", "kind"): tuple(PostmarkKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainEvent:
    """One event, with its place in the chain."""

    name: str
    """As the contract names it."""
    contract: Address
    block_number: int
    block_hash: Hash32
    index: int
    """Its number among all events of its block: with the block's, its place."""
    transaction_hash: Hash32
    timestamp: int
    """Seconds since 1970, UTC."""
    first: Serial | None
    """The first stamp it speaks of, `None` if it speaks of the whole series."""
    last: Serial | None
    """The last; for most events the same stamp."""
    values: tuple[tuple[str, str], ...]
    """Its other arguments, by name, as text: accounts by EIP-55, bytes as 0x hex, choices by their names."""

    def value(self, name: str) -> str:
        """Return one of its arguments."""
        return dict(self.values)[name]


class SeriesEvents:
    """The events of one series, and those of its registry that are about it, its post or the registry itself."""

    def __init__(self, chain: Chain, series: Address, *, registry: Address, post_id: int | None) -> None:
        self._chain = chain
        self._series = series
        self._registry = registry
        self._post_id = post_id
        self._interfaces: Mapping[Address, ContractInterface] = {
            series: load_artifact("StampSeries").interface,
            registry: load_artifact("PostalRegistry").interface,
        }

    def read(self, first_block: int, last_block: int) -> tuple[Block, tuple[ChainEvent, ...]]:
        """Return the last block of a range and the events in it, oldest first.

        Raises `NodeUnreachable` if the chain was reorganised meanwhile, or if what the node tells does not fit
        together: ask again. `CannotTell` for a node that will not search so many blocks, and for events that are none
        of ours.
        """
        block = self._chain.block(last_block)
        if block.number != last_block:
            raise self._nonsense()
        logs = self._chain.logs([self._series, self._registry], [], first_block=first_block, last_block=last_block)
        logs = self._in_order(logs, first_block, block)
        events = tuple(self._events(logs))
        if self._chain.block(last_block).hash != block.hash:
            raise NodeUnreachable(
                "The chain was reorganised while its events were read.", remedy="Read them again from where you were."
            )
        return block, events

    def _in_order(self, logs: Iterable[Log], first_block: int, last: Block) -> tuple[Log, ...]:
        """Return the events in the order of the chain, each once; raise `NodeUnreachable` where they contradict.

        Which blocks they are of is looked up where blocks may still be undone; what is older stands below a block whose
        hash agrees.
        """
        by_place: dict[tuple[int, int], Log] = {}
        hashes = {last.number: last.hash}
        for log in logs:
            if not first_block <= log.block_number <= last.number:
                raise self._nonsense()
            if log.block_number not in hashes and last.number - log.block_number <= _UNDOABLE:
                hashes[log.block_number] = self._chain.block(log.block_number).hash
            if (
                hashes.setdefault(log.block_number, log.block_hash) != log.block_hash
                or by_place.setdefault((log.block_number, log.index), log) != log
            ):
                raise self._nonsense()
        return tuple(by_place[place] for place in sorted(by_place))

    def _nonsense(self) -> NodeUnreachable:
        return self._chain.rpc.unreachable("tells of events and blocks that do not fit together")

    def _events(self, logs: Iterable[Log]) -> Iterable[ChainEvent]:
        timestamps: dict[int, int] = {}
        for log in logs:
            interface = self._interfaces.get(log.contract)
            name = interface.event_of(log.topics[0]) if interface is not None and log.topics else None
            if interface is None or name is None:
                raise CannotTell(
                    f"The node answers with an event of {log.contract} that is none of ours.",
                    remedy="Ask another node.",
                )
            if name in _WITHOUT_NEWS:
                continue
            values = interface.decode_event(name, log.topics, log.data)
            if log.contract == self._registry and not self._is_ours(values):
                continue
            if log.timestamp is None and log.block_number not in timestamps:
                timestamps[log.block_number] = self._chain.block(log.block_number).timestamp
            yield _event(name, log, values, log.timestamp or timestamps.get(log.block_number, 0))

    def _is_ours(self, values: Mapping[str, Any]) -> bool:
        """Tell whether an event of the registry is about no other series and no other post."""
        if "series" in values:
            return Address(to_checksum_address(values["series"])) == self._series
        return "postId" not in values or values["postId"] == self._post_id


def _event(name: str, log: Log, values: dict[str, Any], timestamp: int) -> ChainEvent:
    first = last = None
    if name in _RANGES:
        first, last = (Serial(values.pop(key)) for key in _RANGES[name])
    elif name in _ONE_STAMP:
        first = last = Serial(values.pop(_ONE_STAMP[name]))
    return ChainEvent(
        name=name,
        contract=log.contract,
        block_number=log.block_number,
        block_hash=log.block_hash,
        index=log.index,
        transaction_hash=log.transaction_hash,
        timestamp=timestamp,
        first=first,
        last=last,
        values=tuple((key, _text(name, key, value)) for key, value in values.items()),
    )


def _text(event: str, key: str, value: object) -> str:
    choices = _KINDS.get((event, key))
    if choices is not None and isinstance(value, int) and 0 <= value < len(choices):
        return str(choices[value])
    if (event, key) == ("Postmarked", "office") and isinstance(value, bytes):
        return office_text(value) or "0x" + value.hex()
    if (event, key) == ("Postmarked", "day") and isinstance(value, int):
        return _day(value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, str) and value.startswith("0x") and len(value) == 42:  # noqa: PLR2004  (an account)
        return str(to_checksum_address(value))
    # A reason that somebody typed, perhaps to be read by a program: it is shown to people.
    return printable(str(value), _LONGEST_TEXT)


def _day(days: int) -> str:
    try:
        return (_EPOCH + timedelta(days=days)).isoformat()
    except OverflowError:
        return str(days)
