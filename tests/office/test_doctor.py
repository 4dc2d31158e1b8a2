"""The doctor says what is there and what is not, and never fails itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from cryptostamp.chain import LocalNode
from cryptostamp.errors import ToolMissing
from cryptostamp.office import Finding, doctor, examine

DEAD = "http://127.0.0.1:9"


@pytest.fixture
def quick_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the compiler to its own tests."""
    monkeypatch.setattr(doctor, "check_artifacts", lambda _folder: ())


def named(what: str, findings: tuple[Finding, ...]) -> Finding:
    (found,) = [finding for finding in findings if finding.what.startswith(what)]
    return found


class TestExamine:
    def test_all_is_well(self, local_node: LocalNode, quick_compiler: None) -> None:
        """On a machine with everything, every finding is fine, and the node tells its chain."""
        findings = examine(local_node.url)
        assert [finding.what for finding in findings if not finding.fine] == []
        assert named("Node", findings).detail.startswith("chain 31337, block")
        assert named("Compiled contracts", findings).detail.startswith("PostalRegistry ")
        assert named("Anvil", findings).detail[0].isdigit()

    def test_the_node_is_asked_only_on_request(self, quick_compiler: None) -> None:
        """Without a node's address none is looked for."""
        assert [finding.what for finding in examine() if finding.what == "Node"] == []

    def test_a_dead_node(self, quick_compiler: None) -> None:
        """A node that is down is needed and not fine, and the rest is told all the same."""
        findings = examine(DEAD)
        node = named("Node", findings)
        assert (node.fine, node.needed) == (False, True)
        assert "cannot be reached" in node.detail
        assert named("Python", findings).fine

    def test_no_anvil(self, quick_compiler: None, monkeypatch: pytest.MonkeyPatch) -> None:
        """Anvil is for local chains only: its lack is told, with the remedy, but not needed."""

        def missing() -> Path:
            raise ToolMissing("Anvil was not found.", remedy="Install it.")

        monkeypatch.setattr(doctor, "find_anvil", missing)
        anvil = named("Anvil", examine())
        assert (anvil.fine, anvil.needed, anvil.detail) == (False, False, "Anvil was not found. Install it.")

    def test_an_anvil_that_does_not_run(
        self, quick_compiler: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """A program that cannot be started is not fine."""
        broken = tmp_path / "anvil"
        broken.write_text("no program")
        monkeypatch.setattr(doctor, "find_anvil", lambda: broken)
        anvil = named("Anvil", examine())
        assert (anvil.fine, anvil.detail) == (False, "Anvil does not run. Install it again.")

    def test_contracts_that_changed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Sources that give other bytes than the shipped ones are named."""
        monkeypatch.setattr(doctor, "check_artifacts", lambda _folder: ("StampSeries.json",))
        compiler = named("Solidity", examine())
        assert (compiler.fine, compiler.needed) == (False, False)
        assert "StampSeries.json" in compiler.detail

    def test_an_installed_package(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the sources no compiler is needed."""
        monkeypatch.setattr(doctor, "contracts_folder", lambda: None)
        compiler = named("Solidity", examine())
        assert compiler.fine
        assert compiler.detail.startswith("not needed")
