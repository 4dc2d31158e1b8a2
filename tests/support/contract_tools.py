"""The tools that only the tests of the contracts need: where they lie, and how they are run.

scripts/test brings them: Foundry's forge and cast and OpenZeppelin's merkle-tree from contracts/test/package-lock.json,
Slither and Halmos from requirements/audit.txt. Where npm has no Foundry for a machine, the one on PATH serves. A tool
that is missing fails a test; it never passes one by.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

__all__ = ["AUDIT", "CONTRACTS", "copy_of_contracts", "environment", "foundry", "node", "run"]

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "contracts"
AUDIT = ROOT / ".venv" / "audit" / "bin"
"""Where the virtual environment of Slither and Halmos has its programs."""

_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def foundry(name: str) -> Path:
    """Return the program `name` of Foundry: the locked one, else the one on PATH."""
    machine = _MACHINES.get(platform.machine().lower(), "")
    package = f"{name}-{platform.system().lower()}-{machine}"
    locked = CONTRACTS / "test" / "node_modules" / "@foundry-rs" / package / "bin" / name
    found = locked if locked.is_file() else shutil.which(name)
    if found is None:
        pytest.fail(f"{name} was not found. Run scripts/test, which brings it, or install Foundry.")
    return Path(found)


def node() -> Path:
    """Return Node: of this machine, else the one that scripts/test has put beside Python."""
    found = shutil.which("node", path=environment()["PATH"])
    if found is None:
        pytest.fail("Node was not found. Run scripts/test, which brings it.")
    return Path(found)


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what tools run in: Node and forge on PATH, our compiler, nothing of this person's Foundry settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("FOUNDRY_", "DAPP_", "ETH_"))}
    places = [str(AUDIT), str(Path(sys.executable).parent), str(foundry("forge").parent), own.get("PATH", "")]
    own |= {"PATH": os.pathsep.join(places), "FOUNDRY_SOLC": str(CONTRACTS / "solc"), "NO_COLOR": "1"}
    return own | dict(changes or {})


def run(*command: str | Path, cwd: Path = CONTRACTS, changes: Mapping[str, str] | None = None, given: str = "") -> str:
    """Run a tool and return what it said, standard output first; fail the test with all of that if the tool fails."""
    program, *arguments = map(str, command)
    if not Path(program).is_file():
        pytest.fail(f"{program} is missing. Run scripts/test, which brings it.")
    done = subprocess.run(
        [program, *arguments],
        cwd=cwd,
        env=environment(changes),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        shown = " ".join([Path(program).name, *arguments])
        pytest.fail(f"{shown} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}", pytrace=False)
    return done.stdout + done.stderr


def copy_of_contracts(folder: Path) -> Path:
    """Lay our sources, tests, settings and artifacts into `folder` for a tool that builds in its own way beside others.

    Returns the copy of the folder contracts.
    """
    copied = folder / "contracts"
    for name in ("src", "test"):
        shutil.copytree(CONTRACTS / name, copied / name, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(CONTRACTS / "foundry.toml", copied)
    (copied / "node_modules").symlink_to(CONTRACTS / "node_modules")
    shutil.copytree(ROOT / "cryptostamp" / "artifacts", folder / "cryptostamp" / "artifacts")
    return copied
