"""Wallets that are contracts, compiled from contracts/test/support and deployed on a local chain."""

from __future__ import annotations

import shlex
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eth_abi.abi import encode
from eth_account import Account

from cryptostamp.chain import Chain, Sender
from cryptostamp.chain.interface import ContractInterface
from cryptostamp.primitives import Address, Hash32, keccak256, parse_address
from support.contract_tools import CONTRACTS, node

COUNTERFACTUAL = bytes.fromhex("6492" * 16)


@cache
def compiled() -> dict[str, Any]:
    """Return interface and bytecode of the contracts in ContractWallet.sol, by name."""
    from solcx import compile_standard  # noqa: PLC0415 - looks for a compiler as it is imported

    source = CONTRACTS / "test" / "support" / "ContractWallet.sol"
    with TemporaryDirectory() as folder:
        launcher = Path(folder) / "solc"
        launcher.write_text(f'#!/bin/sh\nexec {shlex.join([str(node()), str(CONTRACTS / "solc")])} "$@"\n')
        launcher.chmod(0o700)
        output = compile_standard(
            {
                "language": "Solidity",
                "sources": {source.name: {"content": source.read_text(encoding="utf-8")}},
                "settings": {"outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}}},
            },
            solc_binary=launcher,
        )
    return {
        name: (ContractInterface(name, each["abi"]), bytes.fromhex(each["evm"]["bytecode"]["object"]))
        for name, each in output["contracts"][source.name].items()
    }


def deploy(sender: Sender, name: str, *arguments: object) -> Address:
    """Deploy one of the contracts."""
    interface, bytecode = compiled()[name]
    mined = sender.send(intent=f"{name} {arguments}", to=None, data=bytecode + interface.encode_constructor(*arguments))
    assert mined.contract is not None
    return mined.contract


def read(chain: Chain, contract: Address, name: str, function: str, *arguments: object) -> Any:
    """Return what a view returns."""
    interface, _ = compiled()[name]
    data = chain.call(to=contract, data=interface.encode_call(function, *arguments))
    return interface.decode_result(function, data)[0]


def wallet_address(chain: Chain, factory: Address, owner: Address) -> Address:
    """Return where the factory will deploy the wallet of an owner."""
    return parse_address(read(chain, factory, "WalletFactory", "addressOf", owner))


def bound_hash(chain_id: int, wallet: Address, digest: bytes) -> Hash32:
    """Return what the owner of a wallet signs for it."""
    return keccak256(b"ContractWallet" + chain_id.to_bytes(32, "big") + bytes.fromhex(wallet[2:]) + digest)


def sign_for(owner: Any, chain_id: int, wallet: Address, digest: bytes) -> bytes:
    """Return the signature of the owner of a wallet over a digest, as the wallet takes it."""
    return bytes(Account.unsafe_sign_hash(bound_hash(chain_id, wallet, digest), owner.key).signature)


def counterfactual(factory: Address, owner: Address, signature: bytes) -> bytes:
    """Return a signature of a wallet that is yet to be deployed (EIP-6492)."""
    return encode(["address", "bytes", "bytes"], [factory, deployment_of(owner), signature]) + COUNTERFACTUAL


def deployment_of(owner: Address) -> bytes:
    """Return what makes the factory deploy the wallet of an owner."""
    data: bytes = compiled()["WalletFactory"][0].encode_call("deploy", owner)
    return data
