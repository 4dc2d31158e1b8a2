"""A small series, its edition and its dossier, for the tests of this room."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from cryptostamp.edition import Deployment, Dossier, Edition, EditionSecret, SeriesFacts, build_edition
from cryptostamp.primitives import Address, ChainId, Hash32
from cryptostamp.series import Money, Series, create_series

CONTRACT = Address("0x92599D596cc345cAd9868FA56681D12f57796E97")
REGISTRY = Address("0x99c6B42Bf14A1E2ECcf336Be92eD316A63c53F13")


@pytest.fixture
def series(tmp_path: Path) -> Series:
    """A series of 40 stamps in a folder of its own."""
    return create_series(
        tmp_path / "series",
        title="Grüße & <b>Quote</b>",
        year=2026,
        face_value=Money(amount=Decimal("1.20"), currency="EUR"),
        edition=40,
    )


@pytest.fixture
def edition(series: Series) -> Edition:
    """The edition of the series."""
    return build_edition(series, EditionSecret(bytes(32)), Hash32(bytes(range(32))))


@pytest.fixture
def dossier(series: Series, edition: Edition) -> Dossier:
    """The dossier of the edition with one further file."""
    return Dossier(
        series=SeriesFacts.of(series),
        edition=edition,
        deployment=Deployment(
            chain_id=ChainId(31337),
            genesis_hash=Hash32(b"\x01" * 32),
            contract=CONTRACT,
            registry=REGISTRY,
            transaction=Hash32(b"\x02" * 32),
        ),
        files={"compiler-input.json": b"{}\n"},
    )
