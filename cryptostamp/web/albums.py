"""The album of an account: its stamps by series, and what is missing.

From the events in the ledger, so that an account's stamps are found without asking the chain for each. The stamps of
custody are nobody's album.

What the account has in other contracts that the operator of this site has named is asked of the chain. Of those only
what the contracts themselves say is shown: nothing is fetched from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptostamp.chain import Holding
from cryptostamp.edition import DesignFacts
from cryptostamp.errors import CannotTell, NodeUnreachable
from cryptostamp.primitives import Address, Serial
from cryptostamp.series import Variant
from cryptostamp.web.catalogue import ServedSeries
from cryptostamp.web.settings import OtherContract
from cryptostamp.web.site import Site

__all__ = ["Album", "AlbumPage", "MountedStamp", "OtherPage", "album_of"]

_MOST_STAMPS = 500
"""Of one series on a page: a dealer's album is long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MountedStamp:
    """A stamp in an album."""

    serial: Serial
    path: str
    picture: str | None
    design: DesignFacts
    variant: Variant
    postmarks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumPage:
    """The stamps of one series, and the pairs of design and variant that are missing."""

    series: ServedSeries
    stamps: tuple[MountedStamp, ...]
    owned: int
    """How many there are, of which `stamps` shows the first."""
    kinds: tuple[tuple[DesignFacts, Variant, str | None, bool], ...]
    """Every design and variant, with its picture and whether the album has it."""

    @property
    def collected(self) -> int:
        """How many kinds the album has."""
        return sum(have for *_, have in self.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPage:
    """What the account has in a contract of somebody else; `None` if that cannot be told now."""

    contract: OtherContract
    holding: Holding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """All of it."""

    address: Address
    pages: tuple[AlbumPage, ...]
    others: tuple[OtherPage, ...]
    as_of_block: int | None
    as_of: datetime | None


def album_of(site: Site, address: Address, *, client: str) -> Album:
    """Return the album of an account, for `client`, who may look at so many (see `client_of`)."""
    pages, newest = [], None
    for series in site.catalogue:
        index = series.ledger.index(series.id)
        blocks = index.blocks()
        if blocks and (newest is None or blocks[0].number < newest.number):
            newest = blocks[0]
        pages.append(_page(series, [(each.serial, each.postmarks) for each in index.of_owner(address)], site))
    return Album(
        address=address,
        pages=tuple(pages),
        others=tuple(_others(site, address, client)),
        as_of_block=None if newest is None else newest.number,
        as_of=None if newest is None else datetime.fromtimestamp(newest.timestamp, UTC),
    )


def _others(site: Site, address: Address, client: str) -> Iterator[OtherPage]:
    allowed = not site.settings.others or site.albums.take(client) == 0
    for contract in site.settings.others:
        holding = None
        if allowed:
            with suppress(CannotTell, NodeUnreachable):
                block = site.catalogue.block()
                holding = block.plain_tokens(contract.address, address, first_block=contract.first_block)
        yield OtherPage(contract=contract, holding=holding)


def _page(series: ServedSeries, owned: list[tuple[Serial, int]], site: Site) -> AlbumPage:
    facts = series.dossier.series
    have = {(series.design_index(serial), series.variant_index(serial)) for serial, _ in owned[:_MOST_STAMPS]}
    stamps = []
    for serial, postmarks in owned[:_MOST_STAMPS]:
        design, variant = series.design_index(serial), series.variant_index(serial)
        stamps.append(
            MountedStamp(
                serial=serial,
                path=series.path_of(serial, site.catalogue.site),
                picture=series.picture_of(design, variant),
                design=facts.designs[design],
                variant=facts.variants[variant],
                postmarks=postmarks,
            )
        )
    kinds = tuple(
        (design, variant, series.picture_of(row, column), (row, column) in have)
        for row, design in enumerate(facts.designs)
        for column, variant in enumerate(facts.variants)
    )
    return AlbumPage(series=series, stamps=tuple(stamps), owned=len(owned), kinds=kinds)
