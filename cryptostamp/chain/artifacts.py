"""Read the compiled contracts that ship with the package, and tell whether code on a chain is theirs.

Rests on the fact that the compiler's runtime code differs from the code on a chain in nothing but the immutables,
whose places the compiler lists. The values of the immutables are terms of a series, not code: they are not compared.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from cryptostamp.chain.interface import ContractInterface
from cryptostamp.errors import StorageProblem

__all__ = ["CONTRACTS", "Artifact", "compiler_input", "load_artifact"]

CONTRACTS = ("PostalRegistry", "SignatureValidator", "StampSeries")
"""The contracts that are deployed, and the one that is only called; the source of each is contracts/src/<name>.sol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A compiled contract."""

    name: str
    interface: ContractInterface
    bytecode: bytes
    """The code that deploys it, without constructor arguments."""
    runtime: bytes
    """The code on the chain, with zeros for the immutables."""
    immutable_spans: tuple[tuple[int, int], ...]
    """Start and length in `runtime` of every immutable."""
    metadata: str
    """The compiler's metadata JSON (Sourcify)."""
    source_sha256: str

    def is_code(self, code: bytes) -> bool:
        """Return whether `code`, read from a chain, is this contract's, whatever its immutables."""
        if len(code) != len(self.runtime):
            return False
        masked = bytearray(code)
        for start, length in self.immutable_spans:
            masked[start : start + length] = bytes(length)
        return bytes(masked) == self.runtime


@cache
def load_artifact(name: str) -> Artifact:
    """Return the compiled contract `name`; raise `StorageProblem` if the installation lacks it."""
    try:
        text = resources.files("cryptostamp.artifacts").joinpath(f"{name}.json").read_text(encoding="utf-8")
        content = json.loads(text)
        return Artifact(
            name=name,
            interface=ContractInterface(name, content["abi"]),
            bytecode=bytes.fromhex(content["bytecode"][2:]),
            runtime=bytes.fromhex(content["deployedBytecode"][2:]),
            immutable_spans=tuple(
                (span["start"], span["length"]) for spans in content["immutableReferences"].values() for span in spans
            ),
            metadata=content["metadata"],
            source_sha256=content["sourceSha256"],
        )
    except (OSError, ValueError, KeyError) as error:
        raise StorageProblem(
            f"The compiled contract {name} is missing or damaged.",
            remedy="Install cryptostamp again, or run scripts/compile in a checkout.",
        ) from error


def compiler_input() -> bytes:
    """Return the standard JSON that the compiler was given: with it anybody can verify the deployed bytecode."""
    try:
        return resources.files("cryptostamp.artifacts").joinpath("compiler-input.json").read_bytes()
    except OSError as error:
        raise StorageProblem(
            "The compiler input of the contracts is missing.",
            remedy="Install cryptostamp again, or run scripts/compile in a checkout.",
        ) from error
