"""What a verifier asks a chain, through one node.

Connects at the first question, so that a node that is down is an answer of the scan (`NodeUnreachable`) and not of its
preparation. Believes its node; whoever wants two opinions asks two readers.
"""

from __future__ import annotations

from cryptostamp.chain.artifacts import load_artifact
from cryptostamp.chain.node import Block, Chain
from cryptostamp.chain.postal_registry import PostalRegistry, SeriesStatus
from cryptostamp.chain.stamp import Stamp
from cryptostamp.chain.stamp_series import StampSeries
from cryptostamp.primitives import Address, ChainId, Hash32, Serial

__all__ = ["ChainReader"]


class ChainReader:
    """One node, read only. Every method raises `NodeUnreachable` while the node does not answer."""

    def __init__(self, url: str, *, timeout_s: float = 10.0) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._connected: Chain | None = None

    def __repr__(self) -> str:
        return f"ChainReader({self._connected!r})"

    def chain_id(self) -> ChainId:
        """Return which chain the node serves."""
        return self._chain().chain_id

    def head(self) -> Block:
        """Return the newest block."""
        return self._chain().head()

    def is_our_code(self, contract: Address) -> bool | None:
        """Return whether the code at an address is that of our StampSeries, `None` if there is no code at all."""
        code = self._chain().code(contract)
        return load_artifact("StampSeries").is_code(code) if code else None

    def series_status(self, registry: Address, contract: Address) -> SeriesStatus | None:
        """Return who stands behind a series, `None` if nobody has registered it there."""
        return PostalRegistry(self._chain(), registry).series_status(contract)

    def edition_root(self, contract: Address) -> Hash32:
        """Return the root over the claim keys that a series was issued with."""
        return StampSeries(self._chain(), contract).edition_root()

    def stamp(self, contract: Address, serial: Serial) -> Stamp | None:
        """Return where a stamp stands, `None` if the edition has no such serial."""
        return StampSeries(self._chain(), contract).stamp(serial)

    def _chain(self) -> Chain:
        if self._connected is None:
            self._connected = Chain.connect(self._url, timeout_s=self._timeout_s)
        return self._connected
