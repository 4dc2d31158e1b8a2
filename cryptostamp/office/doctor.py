"""Look at this machine: is everything there that the toolkit needs, and what to do if not."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from cryptostamp.chain import Chain, find_anvil, load_artifact
from cryptostamp.errors import CryptostampError, ToolMissing
from cryptostamp.office.compiling import check_artifacts, contracts_folder

__all__ = ["Finding", "examine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    fine: bool
    needed: bool
    """Whether issuing, printing and verifying need it; the rest is for local chains and developers."""
    detail: str


def examine(rpc: str | None = None) -> tuple[Finding, ...]:
    """Return what was found on this machine, and at the node `rpc` if one is given."""
    findings = [
        _look("Python", platform.python_version),
        _look("Cryptostamp", lambda: version("cryptostamp")),
        _look("Compiled contracts", _artifacts),
        _look("Anvil, for local chains", _anvil, needed=False),
        _look("Solidity compiler, for developers", _compiler, needed=False),
    ]
    if rpc is not None:
        findings.append(_look("Node", lambda: _node(rpc)))
    return tuple(findings)


def _look(what: str, question: Callable[[], str], *, needed: bool = True) -> Finding:
    try:
        return Finding(what=what, fine=True, needed=needed, detail=question())
    except CryptostampError as error:
        return Finding(what=what, fine=False, needed=needed, detail=f"{error.what} {error.remedy}".strip())


def _artifacts() -> str:
    names = ("PostalRegistry", "StampSeries")
    sizes = (f"{name} {len(load_artifact(name).runtime):,} bytes" for name in names)
    return ", ".join(sizes)


def _anvil() -> str:
    binary = find_anvil()
    try:
        answer = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolMissing("Anvil does not run.", where=str(binary), remedy="Install it again.") from error
    return answer.stdout.splitlines()[0].rpartition(" ")[2]


def _compiler() -> str:
    folder = contracts_folder()
    if folder is None:
        return "not needed: the installed package ships its contracts compiled"
    changed = check_artifacts(folder)
    if changed:
        raise ToolMissing(f"The sources do not give the shipped {', '.join(changed)}.", remedy="Run scripts/compile.")
    return "the sources give exactly the shipped contracts"


def _node(rpc: str) -> str:
    chain = Chain.connect(rpc)
    return f"chain {chain.chain_id}, block {chain.head().number:,}"
