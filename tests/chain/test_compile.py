"""The compiled contracts in the package are exactly what the sources give."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from cryptostamp.chain.compile import _find_node, compile_contracts, write_artifacts
from cryptostamp.errors import InputError, StorageProblem, ToolMissing

CONTRACTS = Path(__file__).parents[2] / "contracts"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A contracts folder whose sources a test may change."""
    shutil.copytree(CONTRACTS / "src", tmp_path / "src")
    shutil.copy(CONTRACTS / "solc", tmp_path / "solc")
    (tmp_path / "node_modules").symlink_to(CONTRACTS / "node_modules")
    return tmp_path


class TestSameBytes:
    def test_sources_give_the_shipped_files(self, tmp_path: Path) -> None:
        """Compiling again gives byte for byte the files of the package, and no other files."""
        write_artifacts(CONTRACTS, tmp_path)
        shipped = resources.files("cryptostamp.artifacts")
        names = sorted(entry.name for entry in shipped.iterdir() if entry.name.endswith(".json"))
        assert names == sorted(path.name for path in tmp_path.iterdir())
        for name in names:
            assert (tmp_path / name).read_bytes() == shipped.joinpath(name).read_bytes(), f"run scripts/compile: {name}"

    def test_no_path_of_this_machine(self) -> None:
        """The files name sources as the repository does, not as this machine does."""
        for entry in resources.files("cryptostamp.artifacts").iterdir():
            if entry.name.endswith(".json"):
                assert str(CONTRACTS.parent).encode() not in entry.read_bytes()


class TestRefusals:
    def test_sources_with_an_error(self, folder: Path) -> None:
        """A mistake in a contract is shown with the compiler's own words."""
        (folder / "src" / "PostalRegistry.sol").write_text("pragma solidity 0.8.37;\ncontract PostalRegistry { oops }")
        with pytest.raises(InputError, match="do not compile") as error:
            compile_contracts(folder)
        assert "PostalRegistry.sol" in str(error.value)

    def test_sources_with_a_warning(self, folder: Path) -> None:
        """A warning stops the compilation: nothing doubtful ships."""
        source = "pragma solidity 0.8.37;\ncontract {} {{ function f() external {{ uint256 unused; }} }}"
        for name in ("PostalRegistry", "StampSeries"):
            text = "// SPDX-License-Identifier: MIT\n" + source.format(name)
            (folder / "src" / f"{name}.sol").write_text(text)
        with pytest.raises(InputError, match="with warnings"):
            compile_contracts(folder)

    def test_npm_packages_are_missing(self, folder: Path) -> None:
        """Without the npm packages the error says how to get them."""
        (folder / "node_modules").unlink()
        with pytest.raises(ToolMissing) as error:
            compile_contracts(folder)
        assert "npm ci --ignore-scripts" in error.value.remedy

    def test_an_imported_source_is_missing(self, folder: Path) -> None:
        """An import that leads nowhere is named."""
        path = folder / "src" / "PostalRegistry.sol"
        path.write_text('import "@openzeppelin/contracts/Nowhere.sol";\n' + path.read_text())
        with pytest.raises(ToolMissing, match=r"Nowhere\.sol"):
            compile_contracts(folder)

    def test_the_target_is_no_folder(self, tmp_path: Path) -> None:
        """Artifacts that cannot be written are a storage problem."""
        with pytest.raises(StorageProblem):
            write_artifacts(CONTRACTS, tmp_path / "missing")


class TestNode:
    def test_beside_python(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Node from a Python package is found beside the interpreter when PATH has none."""
        program = tmp_path / "node"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o700)
        monkeypatch.setenv("PATH", str(tmp_path / "empty"))
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
        assert _find_node() == program

    def test_nowhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without Node the error says what to install."""
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
        with pytest.raises(ToolMissing) as error:
            compile_contracts(CONTRACTS)
        assert "scripts/compile" in error.value.remedy


class TestWrapper:
    def run(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run contracts/solc."""
        return subprocess.run(
            [_find_node(), CONTRACTS / "solc", *words],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ},
        )

    def test_version(self) -> None:
        """The wrapper tells its version in the line that tools look for."""
        assert "Version: 0.8.37+commit." in self.run("--version").stdout

    def test_unknown_option(self) -> None:
        """An option that the wrapper does not know is refused, not ignored."""
        done = self.run("--bin")
        assert (done.returncode, done.stderr) == (1, "unrecognised option '--bin'\n")

    def test_imports_from_a_named_folder(self, tmp_path: Path) -> None:
        """With --base-path an import is read from the folder; without it, it is an error in the output."""
        (tmp_path / "B.sol").write_text("// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\ncontract B {}")
        given = '{"language":"Solidity","sources":{"A.sol":{"content":"import \\"B.sol\\";"}}}'
        assert "not in the standard JSON" in self.run("--standard-json", given=given).stdout
        found = self.run("--standard-json", "--base-path", str(tmp_path), given=given).stdout
        assert "not in the standard JSON" not in found
