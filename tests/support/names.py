"""A registry of names on a local chain, with names in it."""

from __future__ import annotations

from cryptostamp.chain import Sender
from cryptostamp.chain.names import name_hash
from cryptostamp.primitives import Address, keccak256
from support.solidity import compiled, deploy_compiled

__all__ = ["GATEWAY", "register", "registry_of_names"]

GATEWAY = "http://127.0.0.1:9/{sender}/{data}.json"
"""Where a name that is kept off the chain would have its reader ask."""


def registry_of_names(sender: Sender, names: dict[str, Address]) -> Address:
    """Deploy a registry in which each name stands for an account; `far.eth` is kept off the chain."""
    contracts = compiled("NameService.sol")
    registry = deploy_compiled(sender, contracts["NameService"])
    resolver = deploy_compiled(sender, contracts["NameResolver"], "")
    far = deploy_compiled(sender, contracts["NameResolver"], GATEWAY)
    me = sender.address
    register(sender, registry, "eth", me, me)  # its resolver is no contract
    for name, account in names.items():
        register(sender, registry, name, me, resolver)
        data = contracts["NameResolver"][0].encode_call("setAddr", bytes(name_hash(name)), account)
        sender.send(intent=f"set {name}", to=resolver, data=data)
    register(sender, registry, "far.eth", me, far)
    return registry


def register(sender: Sender, registry: Address, name: str, owner: Address, resolver: Address) -> None:
    """Register a name below one that the sender owns."""
    label, _, parent = name.partition(".")
    node = bytes(name_hash(parent)) if parent else bytes(32)
    interface, _ = compiled("NameService.sol")["NameService"]
    data = interface.encode_call("setSubnodeRecord", node, bytes(keccak256(label.encode())), owner, resolver)
    sender.send(intent=f"register {name}", to=registry, data=data)
