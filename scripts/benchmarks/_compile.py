"""The contracts that ours are measured beside: compiled with the same compiler and the very same settings.

Rests on contracts/peers: sources of ours in src/ that only join what others have published, and the npm packages with
what they published. Nothing compiled is kept.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cryptostamp.chain import compiler_input
from cryptostamp.chain.interface import ContractInterface
from cryptostamp.errors import InputError, ToolMissing

__all__ = ["Compiled", "compile_peers"]

_CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
_PEERS = _CONTRACTS / "peers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A compiled contract."""

    interface: ContractInterface
    bytecode: bytes
    """The code that deploys it, without constructor arguments."""
    runtime: bytes


def compile_peers(names: Iterable[str]) -> Mapping[str, Compiled]:
    """Compile contracts of contracts/peers/src by name, as many at a time as there are cores."""
    if not (_PEERS / "node_modules").is_dir():
        raise ToolMissing(
            "The contracts to measure beside are not installed.",
            where=str(_PEERS),
            remedy="Run scripts/benchmark gas, or `npm ci --ignore-scripts` in that folder.",
        )
    wanted = tuple(names)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(wanted, pool.map(_compile, wanted), strict=True))


def _compile(name: str) -> Compiled:
    node = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    if node is None:
        raise ToolMissing("Node, which runs the Solidity compiler, was not found.", remedy="Run scripts/benchmark gas.")
    unit = f"src/{name}.sol"
    outputs = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]
    task = {
        "language": "Solidity",
        "settings": {**json.loads(compiler_input())["settings"], "outputSelection": {unit: {name: outputs}}},
        "sources": {unit: {"content": (_PEERS / unit).read_text(encoding="utf-8")}},
    }
    # The first folder goes first: OpenZeppelin's contracts are the ones that ours are compiled with.
    folders = (_CONTRACTS / "node_modules", _PEERS / "node_modules", _PEERS)
    answer = subprocess.run(
        [
            node,
            _CONTRACTS / "solc",
            "--standard-json",
            *(word for folder in folders for word in ("--base-path", folder)),
        ],
        input=json.dumps(task),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    output = json.loads(answer.stdout)
    errors = [entry["formattedMessage"] for entry in output.get("errors", ()) if entry["severity"] == "error"]
    if errors:
        raise InputError("\n".join(["A contract to measure beside does not compile.", *errors]), where=unit)
    contract = output["contracts"][unit][name]
    return Compiled(
        interface=ContractInterface(name, contract["abi"]),
        bytecode=bytes.fromhex(contract["evm"]["bytecode"]["object"]),
        runtime=bytes.fromhex(contract["evm"]["deployedBytecode"]["object"]),
    )
