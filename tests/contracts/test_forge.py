"""Foundry fuzzes the contracts, plays campaigns of random calls against them, and measures what of them was run.

The tests are Solidity, in contracts/test. What they test is the bytecode that the package ships; only coverage needs
Foundry's own compilation of the same sources. With ``FOUNDRY_PROFILE=long`` the campaigns run for hours.
"""

from __future__ import annotations

import os
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
        profile = {"FOUNDRY_PROFILE": os.environ.get("FOUNDRY_PROFILE", "default")}
        answer = run(foundry("forge"), "test", cwd=copied, changes=profile)
        assert re.search(r"[1-9]\d* tests passed, 0 failed, 0 skipped", answer), answer


UNMAPPED = {"src/StampSeries.sol: if (config.metadataFrozen) _freezeMetadata();"}
"""Branches that the compiler merges so early that no instruction is left to count. test_metadata in
StampSeriesRules.t.sol takes this one both ways."""


class TestCoverage:
    def test_every_branch_of_our_sources(self, copied: Path) -> None:
        """The Solidity tests take every branch of every contract, each way, without counting on the luck of a campaign.

        Lines are not compared: Foundry does not count those of assembly, nor what the compiler has inlined.
        """
        report = copied / "lcov.info"
        command = (
            "coverage",
            "--ir-minimum",
            "--match-contract",
            "Rules|Inputs",
            "--report",
            "lcov",
            "--report-file",
            str(report),
        )
        run(foundry("forge"), *command, cwd=copied, changes={"FOUNDRY_PROFILE": "source"})
        missed, sources = set(), set()
        for record in report.read_text(encoding="utf-8").split("end_of_record"):
            source = re.search(r"^SF:(src/.*)$", record, flags=re.MULTILINE)
            if source:
                lines = (copied / source[1]).read_text(encoding="utf-8").splitlines()
                sources.add(source[1])
                for number in re.findall(r"^BRDA:(\d+),\d+,\d+,[0-]$", record, flags=re.MULTILINE):
                    missed.add(f"{source[1]}: {lines[int(number) - 1].strip()}")
        assert {"src/StampSeries.sol", "src/StampToken.sol", "src/PostalRegistry.sol"} <= sources
        assert missed <= UNMAPPED
