"""How often a token has changed hands, from the events of its contract (ERC-721 `Transfer`, indexed by the token)."""

from __future__ import annotations

from dataclasses import dataclass

from eth_utils.address import to_checksum_address

from cryptostamp.chain.artifacts import load_artifact
from cryptostamp.chain.node import Chain
from cryptostamp.primitives import Address, Serial

__all__ = ["Move", "moves_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One transfer of a token."""

    receiver: Address
    timestamp: int
    """Seconds since 1970, UTC."""


def moves_of(chain: Chain, contract: Address, serial: Serial, *, first_block: int, last_block: int) -> tuple[Move, ...]:
    """Return every transfer of a stamp's token in a range of blocks, oldest first.

    The issue of an edition is one event for all of its tokens (ERC-2309) and not among them: the first move is out of
    custody. The node is believed. Raises `NodeUnreachable`, and `CannotTell` for a node that will not search so many
    blocks.
    """
    interface = load_artifact("StampSeries").interface
    topics = (interface.topic("Transfer"), None, None, serial.to_bytes(32, "big"))
    moves = []
    for log in chain.logs(contract, topics, first_block=first_block, last_block=last_block):
        values = interface.decode_event("Transfer", log.topics, log.data)
        if log.contract != contract or values["tokenId"] != serial:
            continue  # a node that answers more than it was asked
        at = chain.block(log.block_number).timestamp if log.timestamp is None else log.timestamp
        moves.append(Move(receiver=Address(to_checksum_address(values["to"])), timestamp=at))
    return tuple(moves)
