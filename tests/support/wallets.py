"""Wallets that are contracts, compiled from contracts/test/support and deployed on a local chain."""

from __future__ import annotations

from typing import Any

from eth_abi.abi import encode
from eth_account import Account

from cryptostamp.chain import Chain, Sender
from cryptostamp.primitives import Address, Hash32, keccak256, parse_address
from support.solidity import compiled, deploy_compiled

COUNTERFACTUAL = bytes.fromhex("6492" * 16)


def deploy(sender: Sender, name: str, *arguments: object) -> Address:
    """Deploy one of the contracts."""
    return deploy_compiled(sender, compiled("ContractWallet.sol")[name], *arguments)


def read(chain: Chain, contract: Address, name: str, function: str, *arguments: object) -> Any:
    """Return what a view returns."""
    interface, _ = compiled("ContractWallet.sol")[name]
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
    data: bytes = compiled("ContractWallet.sol")["WalletFactory"][0].encode_call("deploy", owner)
    return data
