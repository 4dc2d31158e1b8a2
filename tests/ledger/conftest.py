"""Ledgers in a file and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cryptostamp.ledger import Ledger


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """A place for a new ledger: a file, then a database."""
    if request.param == "sqlite":
        return tmp_path / "ledger.sqlite3"
    return request.getfixturevalue("new_database")()


@pytest.fixture
def ledger(place: Path | str) -> Iterator[Ledger]:
    """A new ledger."""
    with Ledger(place) as opened:
        yield opened
