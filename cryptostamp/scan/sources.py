"""What a verdict must ask, and whom it may believe.

The rooms that answer are `cryptostamp.chain` (any object with these methods will do) and the
edition dossier. `Trust` is stated by whoever verifies: it is empty unless somebody chose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from cryptostamp.errors import CryptostampError
from cryptostamp.primitives import Address, ChainId, Hash32, Serial

__all__ = [
    "BlockFacts",
    "ChainSource",
    "ChainTerms",
    "Issuer",
    "LookFacts",
    "PostFacts",
    "PostmarkFacts",
    "PublishedEdition",
    "Question",
    "SeriesStatusFacts",
    "SightFacts",
    "StampFacts",
    "StandingFacts",
    "Trust",
]


class BlockFacts(Protocol):
    """The block an answer rests on. The timestamp is UTC seconds."""

    @property
    def number(self) -> int: ...  # noqa: D102
    @property
    def hash(self) -> Hash32: ...  # noqa: D102
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
    @property
    def account(self) -> Address:
        """Which stands for the post now; it may have signed its codes."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked about one code. Without a registry, who stands behind the contract is not asked."""

    chain_id: ChainId
    contract: Address
    serial: Serial
    registry: Address | None


class SightFacts(Protocol):
    """What one node answered to one question. An error stands for an answer that it did not give, or that is none."""

    @property
    def is_our_code(self) -> bool | CryptostampError | None:
        """Whether the code of the contract is that of a published one; `None` if there is no code at all."""

    @property
    def status(self) -> SeriesStatusFacts | CryptostampError | None:
        """Who stands behind the contract, `None` if nobody has registered it, or nobody was asked."""

    @property
    def edition_root(self) -> Hash32 | CryptostampError: ...  # noqa: D102
    @property
    def stamp(self) -> StampFacts | CryptostampError | None:
        """Where the stamp stands, `None` if the edition has no such serial."""


class LookFacts(Protocol):
    """What a node answered to several questions, all as of one block."""

    @property
    def chain_id(self) -> ChainId: ...  # noqa: D102
    @property
    def block(self) -> BlockFacts: ...  # noqa: D102
    @property
    def final(self) -> BlockFacts | None:
        """The newest block that the chain promises never to undo; `None` if the node does not say."""

    @property
    def sights(self) -> Sequence[SightFacts]:
        """One for each question, in their order."""


class ChainSource(Protocol):
    """A node, or several that are compared. What a hostile contract answers is never trusted."""

    def look(self, questions: Sequence[Question], *, at: int | None = None) -> LookFacts:
        """Answer all questions as of the newest block, or as of block number `at`; raise `CryptostampError` if not."""


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
class Issuer:
    """A post whose signatures are believed without a network. The verifier states it; nothing is shipped."""

    name: str
    domain: str
    """The host of its codes. A code that names it and is signed by nobody in `accounts` is refused."""
    accounts: frozenset[Address]
    """That sign its codes, now or formerly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainTerms:
    """What is demanded of the answers of one chain."""

    stale_after: timedelta | None = timedelta(hours=1)
    """How old the block that an answer rests on may be; `None` for a chain that makes blocks only when asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the person who verifies believes: nothing and nobody, unless it is stated here.

    `registries` has at most one registry for each chain. `contracts` are pinned: each is believed to be the series of
    the post it is named with, registered or not (one that a trusted registry has revoked stays revoked). `editions` is
    keyed by chain and contract; the dossier is checked against the contract's own edition root before it is used.
    `chains` changes the terms of a chain.
    """

    registries: Mapping[ChainId, Address] = field(default_factory=dict)
    editions: Mapping[tuple[ChainId, Address], PublishedEdition] = field(default_factory=dict)
    issuers: tuple[Issuer, ...] = ()
    contracts: Mapping[tuple[ChainId, Address], str] = field(default_factory=dict)
    chains: Mapping[ChainId, ChainTerms] = field(default_factory=dict)

    def terms(self, chain_id: ChainId) -> ChainTerms:
        """Return the terms of a chain: the stated ones, or the strict ones."""
        return self.chains.get(chain_id, ChainTerms())
