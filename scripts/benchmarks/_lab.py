"""A local chain on which any account may send, and every transaction tells its gas.

Rests on Anvil with the gas cap of EIP-7825 on. The gas is that of the receipt: of the whole transaction, with its
calldata, its base cost and its refunds. What is measured inside `Lab.undone` leaves no trace, so that the order of
measurements does not matter.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from random import Random

from cryptostamp.chain import MAX_TRANSACTION_GAS, Chain, MinedTransaction, start_local_node
from cryptostamp.chain.interface import ContractInterface
from cryptostamp.chain.rpc import RpcFailure, bytes_of, hex_of
from cryptostamp.edition import ClaimKey, ClaimKeyList, MerkleTree
from cryptostamp.errors import TransactionFailed
from cryptostamp.primitives import Address, Hash32, Serial, keccak256, parse_address

__all__ = ["CUSTODY", "RELAYER", "Claim", "Contract", "Lab", "Stamps", "wallet"]

CUSTODY = parse_address("0x" + "c0" * 20)
RELAYER = parse_address("0x" + "4e" * 20)
"""Sends what anybody may send, deploys, and is the issuer where one is needed."""

_DEADLINE = 4_102_444_800  # 2100-01-01, the same in every run: gas depends on the bytes that are signed
_MONEY = 10**24
_NODE_TIMEOUT_S = 120.0
_PAUSE_S = 0.002


@cache
def wallet(number: int) -> Address:
    """Return the address of a collector; the same number always gives the same one."""
    return parse_address("0x" + keccak256(b"collector %d" % number)[12:].hex())


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A deployed contract, and the gas that took."""

    address: Address
    interface: ContractInterface
    gas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim that its claim key has signed for one contract."""

    serial: Serial
    to: Address
    deadline: int
    proof: tuple[Hash32, ...]
    signature: bytes

    @property
    def arguments(self) -> tuple[object, ...]:
        """What `claim(uint256,address,uint256,bytes32[],bytes)` takes."""
        return (self.serial, self.to, self.deadline, list(self.proof), self.signature)


class Stamps:
    """An edition whose claim keys are known for some serials, and random addresses for all others.

    The tree is the one of a real edition of that size; only what is never claimed here has no key.
    """

    def __init__(self, edition: int, *, claimable: int) -> None:
        draw = Random(edition)  # noqa: S311 - the same serials and addresses in every run
        self.edition = edition
        self.serials = [Serial(serial) for serial in draw.sample(range(1, edition + 1), min(claimable, edition))]
        """The serials that can be claimed, in random order."""
        self._keys = {serial: ClaimKey(keccak256(b"claim key %d" % serial)) for serial in self.serials}
        addresses = bytearray(draw.randbytes(20 * edition))
        for serial, key in self._keys.items():
            addresses[20 * (serial - 1) : 20 * serial] = key.raw_address
        self.tree = MerkleTree.of(ClaimKeyList(bytes(addresses)))

    @property
    def root(self) -> Hash32:
        """The edition root."""
        return self.tree.root

    def key(self, serial: Serial) -> ClaimKey:
        """Return the claim key of one of `serials`."""
        return self._keys[serial]

    def claim(self, chain: Chain, contract: Contract, serial: Serial, to: Address) -> Claim:
        """Return the signed claim of a stamp."""
        signature = self.key(serial).sign_claim(
            chain_id=chain.chain_id, contract=contract.address, serial=serial, to=to, deadline=_DEADLINE
        )
        return Claim(serial=serial, to=to, deadline=_DEADLINE, proof=self.tree.proof(serial), signature=signature)


class Lab:
    """A chain to measure on."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._rpc("anvil_autoImpersonateAccount", True)  # noqa: FBT003 - JSON
        self._funded: set[Address] = set()

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Lab]:
        """Run a chain of its own for the length of the block."""
        with start_local_node() as node:
            yield cls(Chain.connect(node.url, timeout_s=_NODE_TIMEOUT_S))

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back at the end whatever the block did to the chain."""
        snapshot, funded = self._rpc("evm_snapshot"), set(self._funded)
        yield
        self._rpc("evm_revert", snapshot)
        self._funded = funded

    def deploy(self, interface: ContractInterface, bytecode: bytes, *arguments: object) -> Contract:
        """Deploy a contract and return it."""
        mined = self._send(RELAYER, None, bytecode + interface.encode_constructor(*arguments))
        if mined.contract is None:
            raise TransactionFailed(f"The deployment of {interface.name} made no contract.")
        return Contract(address=mined.contract, interface=interface, gas=mined.gas_used)

    def call(self, sender: Address, contract: Contract, function: str, *arguments: object) -> int:
        """Send a call of `function` and return the gas it took; raise `TransactionFailed` if it reverts."""
        return self._send(sender, contract.address, contract.interface.encode_call(function, *arguments)).gas_used

    def read(self, contract: Contract, function: str, *arguments: object) -> object:
        """Return the one value that a view answers."""
        data = self.chain.call(to=contract.address, data=contract.interface.encode_call(function, *arguments))
        return contract.interface.decode_result(function, data)[0]

    def mine(self, blocks: int) -> None:
        """Let blocks pass."""
        self._rpc("anvil_mine", hex_of(blocks))

    def must_own(self, contract: Contract, serial: int, owner: Address) -> None:
        """Make sure that what was measured also happened."""
        found = self.read(contract, "ownerOf", serial)
        if found != owner.lower():
            raise TransactionFailed(f"{contract.interface.name} gives token {serial} to {found} instead of {owner}.")

    def _send(self, sender: Address, to: Address | None, data: bytes) -> MinedTransaction:
        if sender not in self._funded:
            self._rpc("anvil_setBalance", sender, hex_of(_MONEY))
            self._funded.add(sender)
        fields = {"from": sender, "data": hex_of(data), "gas": hex_of(MAX_TRANSACTION_GAS)}
        if to is not None:
            fields["to"] = to
        transaction = Hash32(bytes_of(self._rpc("eth_sendTransaction", fields), length=32))
        while (mined := self.chain.receipt(transaction)) is None:
            time.sleep(_PAUSE_S)  # the local chain mines at once, but a large transaction takes it a moment
        if not mined.succeeded:
            self.chain.call(to=to, data=data, sender=sender)  # says why, if the contract does
            raise TransactionFailed(f"A transaction to {to} used {mined.gas_used:,} gas and failed.")
        return mined

    def _rpc(self, method: str, *parameters: object) -> object:
        answer = self.chain.rpc.request(method, *parameters)
        if isinstance(answer, RpcFailure):
            raise TransactionFailed(f"The local chain refuses {method}: {answer.message}")
        return answer
