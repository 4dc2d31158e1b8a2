"""What a verdict must ask, and whom it may believe.

The rooms that answer are `cryptostamp.chain` (any object with these methods will do) and the
edition dossier. `Trust` is stated by whoever verifies: it is empty unless somebody chose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from cryptostamp.primitives import Address, ChainId, Hash32, Serial

__all__ = [
    "BlockFacts",
    "ChainSource",
    "PostFacts",
    "PostmarkFacts",
    "PublishedEdition",
    "SeriesStatusFacts",
    "StampFacts",
    "StandingFacts",
    "Trust",
]


class BlockFacts(Protocol):
    """The block an answer rests on. The timestamp is UTC seconds."""

    @property
    def number(self) -> int: ...  # noqa: D102
    @property
    def timestamp(self) -> int: ...  # noqa: D102


class PostmarkFacts(Protocol):
    """A cancellation of the paper stamp."""

    @property
    def office(self) -> str | None:
        """Code of the post office; `None` if the contract holds something that is no code."""

    @property
    def day(self) -> date: ...  # noqa: D102
    @property
    def kind(self) -> str:
        """One of regular, first-day and special."""


class StampFacts(Protocol):
    """What the contract says of one stamp."""

    @property
    def owner(self) -> Address: ...  # noqa: D102
    @property
    def state(self) -> str:
        """One of unclaimed, claimed, delivered and void."""

    @property
    def since(self) -> int | None:
        """When the token left custody or was voided, in UTC seconds; `None` while it is unclaimed."""

    @property
    def void_reason(self) -> str | None:
        """One of spoiled, lost, stolen and recalled; `None` of a stamp that is not void."""

    @property
    def variant(self) -> int | None:
        """The index of its variant; `None` while it is not drawn."""

    @property
    def postmarks(self) -> int: ...  # noqa: D102
    @property
    def first_postmark(self) -> PostmarkFacts | None: ...  # noqa: D102


class StandingFacts(Protocol):
    """How a post or a series stands in a registry. What is neither active nor suspended is revoked."""

    @property
    def active(self) -> bool: ...  # noqa: D102
    @property
    def suspended(self) -> bool: ...  # noqa: D102
    @property
    def since(self) -> int:
        """When that was last changed, in UTC seconds."""

    @property
    def reason(self) -> str:
        """Of that change, in the words of whoever made it."""


class PostFacts(StandingFacts, Protocol):
    """What a registry says of a post."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def domain(self) -> str: ...  # noqa: D102


class SeriesStatusFacts(StandingFacts, Protocol):
    """What a registry says of a series: who registered it with which code, and whether that still stands."""

    @property
    def post(self) -> PostFacts: ...  # noqa: D102
    @property
    def by_authority(self) -> bool:
        """Whether the last change was made by the authority of the registry, not by the post."""

    @property
    def code_unchanged(self) -> bool:
        """Whether the code of the contract has the hash that the post registered."""


class ChainSource(Protocol):
    """One node. Each method may raise `NodeUnreachable`; what a hostile contract answers is never trusted."""

    def chain_id(self) -> ChainId: ...  # noqa: D102
    def head(self) -> BlockFacts: ...  # noqa: D102
    def is_our_code(self, contract: Address) -> bool | None: ...  # noqa: D102
    def series_status(self, registry: Address, contract: Address) -> SeriesStatusFacts | None: ...  # noqa: D102
    def edition_root(self, contract: Address) -> Hash32: ...  # noqa: D102
    def stamp(self, contract: Address, serial: Serial) -> StampFacts | None: ...  # noqa: D102


class PublishedEdition(Protocol):
    """The public side of an edition: what its dossier says."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102
    @property
    def root(self) -> Hash32: ...  # noqa: D102
    @property
    def variant_names(self) -> tuple[str, ...]: ...  # noqa: D102
    def claim_key(self, serial: Serial) -> Address: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the person who verifies believes: registries, and editions whose dossier they hold.

    `registries` has at most one registry for each chain. `editions` is keyed by chain and contract;
    the dossier is checked against the contract's own edition root before it is used.
    """

    registries: Mapping[ChainId, Address] = field(default_factory=dict)
    editions: Mapping[tuple[ChainId, Address], PublishedEdition] = field(default_factory=dict)
