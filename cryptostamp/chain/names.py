"""Names for accounts, such as anna.eth, as registries of the Ethereum Name Service hold them on a chain.

Rests on ERC-137 (namehash, registry and resolver) and on ENSIP-15 (which names there are, and how they are written, so
that one that only looks like another is none). Asks the registry which resolver a name has, and the resolver which
account; nothing else. Names that are answered for by their parent (ENSIP-10) or from outside the chain (ERC-3668,
"CCIP read") have no account here: no address that a contract names is ever asked.
"""

from __future__ import annotations

from typing import Final

from eth_utils.address import to_checksum_address

from cryptostamp.chain.interface import ContractInterface
from cryptostamp.chain.node import Chain
from cryptostamp.errors import CannotTell, ContractRefusal, InputError
from cryptostamp.primitives import Address, Hash32, keccak256

__all__ = ["NameRegistry", "name_hash", "normal_name"]

_LONGEST: Final = 255
_NOBODY: Final = "0x" + "00" * 20
_NODE: Final = [{"name": "node", "type": "bytes32"}]
_ADDRESS: Final = [{"name": "", "type": "address"}]
_INTERFACE: Final = ContractInterface(
    "NameRegistry",
    [
        {"type": "function", "name": name, "stateMutability": "view", "inputs": _NODE, "outputs": _ADDRESS}
        for name in ("resolver", "addr")
    ],
)


def normal_name(text: str) -> str:
    """Return a name as it is written, by ENSIP-15; raise `InputError` for what is none."""
    # Imported here, for its tables are large and few commands need them.
    from ens_normalize import DisallowedSequence, ens_normalize  # type: ignore[import-untyped]  # noqa: PLC0415

    name = text.strip()
    try:
        normal = str(ens_normalize(name)) if len(name) <= _LONGEST else ""
    except DisallowedSequence:
        normal = ""
    if "." not in normal or len(normal.encode()) > _LONGEST:
        raise InputError(
            "This is not a name that stands for an account.",
            remedy="A name looks like anna.eth. Some characters are in no name, or not together, for they look alike.",
        )
    return normal


def name_hash(normal: str) -> Hash32:
    """Return the node of a name that is written as `normal_name` returns it (ERC-137)."""
    node = bytes(32)
    for label in reversed(normal.split(".")):
        node = keccak256(node + keccak256(label.encode()))
    return Hash32(node)


class NameRegistry:
    """A registry of names on a chain."""

    def __init__(self, chain: Chain, registry: Address) -> None:
        self._chain = chain
        self._registry = registry

    def account(self, normal: str) -> Address | None:
        """Return the account that a name stands for, `None` if it stands for none here.

        Raises `CannotTell` if there is no registry at its address, `NodeUnreachable` if the node does not answer.
        """
        node = name_hash(normal)
        resolver = self._ask(self._registry, "resolver", node)
        if resolver is None:
            return None
        try:
            return self._ask(resolver, "addr", node)
        except (CannotTell, ContractRefusal):  # no resolver, or one that wants somebody else to be asked
            return None

    def _ask(self, contract: Address, function: str, node: Hash32) -> Address | None:
        data = self._chain.call(to=contract, data=_INTERFACE.encode_call(function, bytes(node)))
        (answer,) = _INTERFACE.decode_result(function, data)
        return None if answer == _NOBODY else Address(to_checksum_address(answer))
