"""Contracts that only tests need, from contracts/test/support: compiled with our compiler, and deployed."""

from __future__ import annotations

import shlex
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptostamp.chain import Sender
from cryptostamp.chain.interface import ContractInterface
from cryptostamp.primitives import Address
from support.contract_tools import CONTRACTS, node

__all__ = ["Compiled", "compiled", "deploy_compiled"]

Compiled = tuple[ContractInterface, bytes]
"""What a contract understands, and the code that makes it."""


@cache
def compiled(name: str) -> dict[str, Compiled]:
    """Return the contracts in a file of contracts/test/support, by name; OpenZeppelin's may be imported."""
    from solcx import compile_standard  # noqa: PLC0415 - looks for a compiler as it is imported

    source = CONTRACTS / "test" / "support" / name
    with TemporaryDirectory() as folder:
        launcher = Path(folder) / "solc"
        modules = CONTRACTS / "node_modules"
        command = shlex.join([str(node()), str(CONTRACTS / "solc"), "--base-path", str(modules)])
        launcher.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        launcher.chmod(0o700)
        output: dict[str, Any] = compile_standard(
            {
                "language": "Solidity",
                "sources": {name: {"content": source.read_text(encoding="utf-8")}},
                "settings": {"outputSelection": {name: {"*": ["abi", "evm.bytecode.object"]}}},
            },
            solc_binary=launcher,
        )
    return {
        contract: (ContractInterface(contract, each["abi"]), bytes.fromhex(each["evm"]["bytecode"]["object"]))
        for contract, each in output["contracts"][name].items()
    }


def deploy_compiled(sender: Sender, contract: Compiled, *arguments: object) -> Address:
    """Deploy a contract."""
    interface, bytecode = contract
    data = bytecode + interface.encode_constructor(*arguments)
    mined = sender.send(intent=f"{interface.name} {arguments}", to=None, data=data)
    assert mined.contract is not None
    return mined.contract
