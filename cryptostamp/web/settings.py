"""What a server of the collector's page is started with. Holds no key: who pays for claims is another process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptostamp.codes import check_host
from cryptostamp.primitives import Address

__all__ = ["Limits", "OtherContract", "Settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a stranger may ask for in a minute, each worker process counting for itself; 0 for no limit."""

    requests: int = 600
    """Requests of one client, of any kind."""
    photos: int = 20
    """Photos of one client: reading one takes a second of work."""
    claims: int = 20
    """Claims and challenges of one client."""
    claims_of_stamp: int = 10
    """Claims and challenges of one stamp, whoever asks."""
    albums: int = 30
    """Albums of one client in which tokens of other contracts are looked for: that takes many questions to the node."""
    photo_bytes: int = 24 * 1024 * 1024
    """The largest photo."""
    body_bytes: int = 64 * 1024
    """The largest body of any other request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherContract:
    """An ERC-721 contract of somebody else, on the chain of the series, whose tokens albums show, too."""

    address: Address
    name: str
    """As the operator of this site calls it."""
    first_block: int = 0
    """Where the contract began: before it no moves are searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which series are served, through which nodes, under which name."""

    folders: tuple[Path, ...]
    """Folders of issued series; see `cryptostamp.office.Workspace`."""
    rpc: tuple[str, ...]
    """One node or several of one chain, in the order in which they are asked."""
    site: str | None = None
    """The name of this site, as the codes on the stamps have it; without it, the domain of the first series' post."""
    relays: bool = False
    """Whether a clerk carries claims to the chain."""
    names: Address | None = None
    """The registry of names (ERC-137) on the chain of the series; without one no name is looked up."""
    others: tuple[OtherContract, ...] = ()
    """Plain tokens that albums show beside the stamps."""
    limits: Limits = Limits()
    fresh_s: float = 0.5
    """How old the newest block that a verdict rests on may be, beyond the time between blocks."""

    def __post_init__(self) -> None:
        """Refuse a site that no code could name."""
        if self.site is not None:
            check_host(self.site)
