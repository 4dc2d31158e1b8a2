"""Foundry fuzzes the contracts, plays campaigns of random calls against them, and measures what of them was run.

The tests are Solidity, in contracts/test. What they test is the bytecode that the package ships; only coverage needs
Foundry's own compilation of the same sources. ``FOUNDRY_PROFILE=long forge test``, in contracts, runs for hours.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.contract_tools import copy_of_contracts, foundry, run


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The contracts folder, where Foundry may build beside other tests."""
    return copy_of_contracts(tmp_path)


class TestCampaigns:
    def test_fuzz_and_invariants(self, copied: Path) -> None:
        """Nothing that anybody does in any order breaks what contracts/test says must hold."""
        answer = run(foundry("forge"), "test", cwd=copied)
        assert re.search(r"[1-9]\d* tests passed, 0 failed, 0 skipped", answer), answer
