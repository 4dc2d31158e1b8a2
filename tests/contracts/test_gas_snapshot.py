"""What our contract costs is kept in the repository, to the last unit of gas, and a change of it is seen."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cryptostamp.chain import load_artifact

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "contracts"


@pytest.fixture(scope="module")
def measured() -> Iterator[dict[str, int]]:
    """Measure again, on a chain that nobody else has used: an address that differs in one byte changes the gas."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        series = importlib.import_module("benchmarks._series")
        lab = importlib.import_module("benchmarks._lab")
        with lab.Lab.open() as chain:
            yield series.snapshot(chain)
    finally:
        sys.path.remove(str(ROOT / "scripts"))


class TestSnapshot:
    def test_every_figure_is_the_one_that_is_kept(self, measured: dict[str, int]) -> None:
        """The contract costs what contracts/gas-snapshot.json says; `scripts/benchmark gas --write` renews it."""
        kept = json.loads((CONTRACTS / "gas-snapshot.json").read_text(encoding="utf-8"))
        assert measured == kept

    def test_the_page_tells_the_figures_of_this_contract(self) -> None:
        """The tables of contracts/README.md were measured with the code that ships, known by its size."""
        page = (CONTRACTS / "README.md").read_text(encoding="utf-8")
        assert f"| code on the chain | bytes | {len(load_artifact('StampSeries').runtime):,} |" in page
