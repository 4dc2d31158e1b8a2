"""Halmos proves small properties of token and roles for every input, where fuzzing tries some.

The proofs are Solidity, in contracts/test/proofs. They run StampToken and StampRoles in small heirs of their own,
compiled from the sources with the settings of what ships, because the whole StampSeries is too much for a solver.
Each begins in any state of storage, but for what it says it assumes, and holds for every sender, address and serial.
"""

from __future__ import annotations

import json
from pathlib import Path

from support.contract_tools import AUDIT, CONTRACTS, copy_of_contracts, run

PROVED = 0
"""Halmos's own code for a property that it has proved: not refuted, not given up, not without any path."""

TURNS = 3
"""How often a loop may go round: once for each of two words of void stamps, and once to end."""


class TestProofs:
    def test_every_property_is_proved(self, tmp_path: Path) -> None:
        """No property is refuted or left open, and none has paths that were cut off at a loop."""
        copied = copy_of_contracts(tmp_path)
        report = tmp_path / "report.json"
        settings = ["--loop", str(TURNS), "--forge-build-out", ".forge/proofs", "--no-status"]
        profile = {"FOUNDRY_PROFILE": "proofs"}
        answer = run(AUDIT / "halmos", *settings, "--json-output", report, cwd=copied, changes=profile)
        results = json.loads(report.read_text(encoding="utf-8"))["test_results"]
        proofs = {proof["name"].partition("(")[0]: proof for proofs in results.values() for proof in proofs}
        written = "".join(path.read_text(encoding="utf-8") for path in (CONTRACTS / "test" / "proofs").glob("*.sol"))
        assert len(proofs) == written.count("function check_") > 10
        assert {name for name, proof in proofs.items() if proof["exitcode"] != PROVED} == set(), answer
        assert {name for name, proof in proofs.items() if proof["num_bounded_loops"]} == set(), answer
