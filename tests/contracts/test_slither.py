"""Slither finds nothing in the contracts but what contracts/slither.toml accepts, each finding with its reason.

An accepted finding that no longer occurs fails as well, so that the list says what is, not what was.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from support.contract_tools import AUDIT, CONTRACTS, copy_of_contracts, run


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contracts folder, where Slither may build as it likes."""
    return copy_of_contracts(tmp_path_factory.mktemp("slither"))


def place_of(finding: dict[str, Any]) -> str:
    """Name the function, event or variable that a finding is about, with its contract."""
    first = finding["elements"][0]
    parent = first.get("type_specific_fields", {}).get("parent", {})
    names = [first["name"]]
    while parent.get("type") in {"contract", "function"}:
        names.insert(0, parent["name"])
        parent = parent.get("type_specific_fields", {}).get("parent", {})
    return ".".join(names)


class TestFindings:
    def test_no_finding_but_the_accepted(self, copied: Path) -> None:
        """All detectors, all severities, our own sources."""
        report = copied / "report.json"
        run(AUDIT / "slither", ".", "--filter-paths", "node_modules", "--fail-none", "--json", report, cwd=copied)
        answer = json.loads(report.read_text(encoding="utf-8"))
        assert answer["success"], answer["error"]
        findings = {
            (finding["check"], place_of(finding)): finding["description"]
            for finding in answer["results"].get("detectors", [])
        }
        accepted = tomllib.loads((CONTRACTS / "slither.toml").read_text(encoding="utf-8"))["accepted"]
        known = {(entry["detector"], place) for entry in accepted for place in entry["where"]}
        new = {key: text for key, text in findings.items() if key not in known}
        assert not new, "\n".join(f"{key}\n{text}" for key, text in new.items())
        assert known - findings.keys() == set()
        assert all(len(entry["reason"]) > 40 for entry in accepted)


class TestInterface:
    def test_functions_and_events_of_the_standard(self, copied: Path) -> None:
        """Slither's own table of ERC-721: every function, what it returns, every event and what it indexes."""
        answer = run(AUDIT / "slither-check-erc", ".", "StampSeries", "--erc", "ERC721", cwd=copied)
        rows = [line.strip() for line in answer.splitlines() if line.strip().startswith("[")]
        assert [row for row in rows if not row.startswith("[✓]")] == []
        assert len(rows) > 40
