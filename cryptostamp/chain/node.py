"""A chain as one node tells it: blocks, code, balances, calls, receipts and logs, as typed values.

Rests on EIP-1474 (JSON-RPC), EIP-1559 (fees) and EIP-7825 (the gas cap of a transaction). Every failure of the node is
a `NodeUnreachable`, every revert a decoded `ContractRefusal`; no exception of web3, requests or the codecs comes out.
The node that answers is believed: several of them (`Chain.connect` with more than one URL) stand in for one that is
down, and are not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from eth_utils.address import to_checksum_address

from cryptostamp.chain.endpoints import Endpoints
from cryptostamp.chain.fees import FeeMarket
from cryptostamp.chain.journal import MinedTransaction
from cryptostamp.chain.reverts import refusal_from
from cryptostamp.chain.rpc import Rpc, RpcClient, RpcFailure, bytes_of, hex_of, int_of
from cryptostamp.errors import CannotTell, CryptostampError, EnvironmentProblem, NodeUnreachable
from cryptostamp.primitives import Address, ChainId, Hash32

__all__ = ["MAX_TRANSACTION_GAS", "Block", "BlockTransaction", "Chain", "Log"]

MAX_TRANSACTION_GAS = 16_777_216
"""The largest gas limit of one transaction (EIP-7825)."""

_WITHOUT_TRANSACTIONS, _WITH_TRANSACTIONS = False, True
_REVERTED = 3  # the JSON-RPC error code that nodes use for a reverted call
_SMALLEST_SPLIT = 1_000  # blocks: a node that refuses to search fewer than this will not be asked in smaller pieces
_MOST_LOG_REQUESTS = 500

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block's place and time."""

    number: int
    hash: Hash32
    timestamp: int
    """Seconds since 1970, UTC."""
    base_fee: int
    """Wei for a unit of gas (EIP-1559)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTransaction:
    """A transaction as it stands in a block."""

    hash: Hash32
    sender: Address
    nonce: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """An event as a contract wrote it."""

    contract: Address
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    block_hash: Hash32
    transaction_hash: Hash32
    index: int
    """Its number among all events of its block."""
    timestamp: int | None
    """Of its block, in seconds since 1970, UTC; `None` from nodes that do not say."""


class Chain:
    """One chain, asked through one node or several. Made by `Chain.connect`."""

    def __init__(
        self, rpc: Rpc, *, chain_id: ChainId, genesis_hash: Hash32, place: str | dict[str, object] = "latest"
    ) -> None:
        self.rpc = rpc
        self.chain_id = chain_id
        self.genesis_hash = genesis_hash
        self._place = place

    @classmethod
    def connect(cls, url: str, *others: str, timeout_s: float = 10.0, expected: ChainId | None = None) -> Chain:
        """Return the chain behind `url`; raise `NodeUnreachable` if it does not answer, or is not chain `expected`.

        A node that is down is stood in for by the next of `others`; one that answers for another chain, by its id or
        its first block, is never believed. `timeout_s` bounds every later question as well.
        """
        clients = [RpcClient(each, timeout_s=timeout_s) for each in (url, *others)]
        if not others:
            chain_id, genesis_hash = identity(clients[0], expected)
            return cls(clients[0], chain_id=chain_id, genesis_hash=genesis_hash)
        endpoints = Endpoints(clients, identify=lambda client: identity(client, expected))
        chain_id, genesis_hash = endpoints.identity()
        return cls(endpoints, chain_id=chain_id, genesis_hash=genesis_hash)

    def __repr__(self) -> str:
        return f"Chain(chain_id={self.chain_id}, host={self.rpc.host!r})"

    def at(self, block: Block) -> Chain:
        """Return the chain as it was right after a block, for `code` and `call`, and for contracts read through it.

        The block is named by its hash (EIP-1898): once it was undone by a reorganisation, reads raise
        `NodeUnreachable` instead of telling of another block of the same number.
        """
        place = {"blockHash": hex_of(block.hash), "requireCanonical": True}
        return Chain(self.rpc, chain_id=self.chain_id, genesis_hash=self.genesis_hash, place=place)

    def head(self) -> Block:
        """Return the newest block."""
        return self._ask(block_from, "eth_getBlockByNumber", "latest", _WITHOUT_TRANSACTIONS)

    def finalized(self) -> Block:
        """Return the newest block that the chain promises never to undo."""
        return self._ask(block_from, "eth_getBlockByNumber", "finalized", _WITHOUT_TRANSACTIONS)

    def block(self, number: int) -> Block:
        """Return a block by its number; raise `NodeUnreachable` if the node does not have it."""
        return self._ask(block_from, "eth_getBlockByNumber", hex_of(number), _WITHOUT_TRANSACTIONS)

    def transactions(self, block: int) -> tuple[BlockTransaction, ...]:
        """Return the transactions in a block, in its order."""
        return self._ask(_transactions, "eth_getBlockByNumber", hex_of(block), _WITH_TRANSACTIONS)

    def code(self, address: Address) -> bytes:
        """Return the code at `address`, empty for an account without."""
        return self._ask(bytes_of, "eth_getCode", address, self._place)

    def balance(self, address: Address) -> int:
        """Return the balance of `address` in wei."""
        return self._ask(int_of, "eth_getBalance", address, "latest")

    def transaction_count(self, address: Address, *, block: int | None = None) -> int:
        """Return how many transactions of `address` are mined, up to `block` if it is given: its next nonce there."""
        return self._ask(int_of, "eth_getTransactionCount", address, "latest" if block is None else hex_of(block))

    def fee_market(self) -> FeeMarket:
        """Return what a unit of gas costs now: the base fee of the newest block and the tip that the node suggests."""
        tip = self._ask(int_of, "eth_maxPriorityFeePerGas")
        return FeeMarket(base_fee=self.head().base_fee, tip=tip)

    def call(
        self, *, to: Address | None, data: bytes, sender: Address | None = None, block: int | None = None
    ) -> bytes:
        """Return what a call would return now, or right after `block`; raise `ContractRefusal` if it would revert."""
        place = self._place if block is None else hex_of(block)
        return self._ask(bytes_of, "eth_call", _call_object(to, data, sender), place)

    def estimate_gas(self, *, to: Address | None, data: bytes, sender: Address) -> int:
        """Return the gas a transaction would need now; raise `ContractRefusal` if it would revert."""
        return self._ask(int_of, "eth_estimateGas", _call_object(to, data, sender), "latest")

    def broadcast(self, raw: bytes) -> RpcFailure | None:
        """Hand signed bytes to the node; return what it said against them, `None` if it took them."""
        answer = self.rpc.request("eth_sendRawTransaction", hex_of(raw))
        return answer if isinstance(answer, RpcFailure) else None

    def receipt(self, transaction: Hash32) -> MinedTransaction | None:
        """Return how a transaction was mined, `None` while it is not."""
        return self._ask(_mined, "eth_getTransactionReceipt", hex_of(transaction))

    def logs(
        self,
        contracts: Address | Sequence[Address],
        topics: Sequence[bytes | None],
        *,
        first_block: int,
        last_block: int,
        most_requests: int = _MOST_LOG_REQUESTS,
    ) -> tuple[Log, ...]:
        """Return the events of one or more contracts whose topics begin with `topics`, oldest first; `None` is any.

        Halves the range of blocks when the node finds it too large; raises `CannotTell` if the node will not search
        even small ranges.
        """
        found: list[Log] = []
        ranges = [(first_block, last_block)]
        for _ in range(most_requests):
            first, last = ranges.pop()
            logs = self.rpc.ask(
                _logs,
                "eth_getLogs",
                {
                    "address": contracts,
                    "topics": [None if topic is None else hex_of(topic) for topic in topics],
                    "fromBlock": hex_of(first),
                    "toBlock": hex_of(last),
                },
            )
            if logs is not None:
                found.extend(logs)
                if not ranges:
                    return tuple(found)
            elif last - first < _SMALLEST_SPLIT:
                break
            else:
                middle = (first + last) // 2
                ranges += [(middle + 1, last), (first, middle)]
        raise CannotTell(
            f"The node at {self.rpc.host} will not search the chain for events.",
            remedy="Use another node.",
        )

    def _ask(self, read: Callable[[Any], _T], method: str, *parameters: object) -> _T:
        """Ask, and turn the answer into a value with `read`."""

        def judge(answer: object) -> _T:
            if isinstance(answer, RpcFailure):
                raise self._error(answer, method)
            return read(answer)

        return self.rpc.ask(judge, method, *parameters)

    def _error(self, failure: RpcFailure, method: str) -> CryptostampError:
        """Return the error that a node's refusal of a question stands for."""
        if failure.code == _REVERTED or failure.data or "revert" in failure.message.lower():
            return refusal_from(failure.data)
        if "insufficient funds" in failure.message.lower():
            return EnvironmentProblem(
                "The account has not enough money for this transaction.", remedy="Send it some, then try again."
            )
        return self.rpc.unreachable(f"cannot answer {method}: {failure.message}")


def identity(rpc: Rpc, expected: ChainId | None = None) -> tuple[ChainId, Hash32]:
    """Return the chain id and the hash of the first block that a node tells; `NodeUnreachable` if not `expected`."""
    chain = Chain(rpc, chain_id=ChainId(0), genesis_hash=Hash32(bytes(32)))
    chain_id = ChainId(chain._ask(int_of, "eth_chainId"))  # noqa: SLF001 - of this module
    if expected is not None and chain_id != expected:
        raise NodeUnreachable(
            f"The node at {rpc.host} serves chain {chain_id}, not chain {expected}.",
            remedy="Give the address of a node of the right chain.",
        )
    return chain_id, chain.block(0).hash


def _call_object(to: Address | None, data: bytes, sender: Address | None) -> dict[str, str]:
    fields = {"data": hex_of(data)}
    if to is not None:
        fields["to"] = to
    if sender is not None:
        fields["from"] = sender
    return fields


def block_from(answer: Any) -> Block:  # noqa: ANN401 - JSON
    return Block(
        number=int_of(answer["number"]),
        hash=Hash32(bytes_of(answer["hash"], length=32)),
        timestamp=int_of(answer["timestamp"]),
        base_fee=int_of(answer.get("baseFeePerGas", "0x0")),
    )


def _transactions(answer: Any) -> tuple[BlockTransaction, ...]:  # noqa: ANN401 - JSON
    return tuple(
        BlockTransaction(
            hash=Hash32(bytes_of(entry["hash"], length=32)),
            sender=Address(to_checksum_address(entry["from"])),
            nonce=int_of(entry["nonce"]),
        )
        for entry in answer["transactions"]
    )


def _mined(answer: Any) -> MinedTransaction | None:  # noqa: ANN401 - JSON
    if answer is None or answer["blockHash"] is None:
        return None
    contract = answer.get("contractAddress")
    return MinedTransaction(
        hash=Hash32(bytes_of(answer["transactionHash"], length=32)),
        block_number=int_of(answer["blockNumber"]),
        block_hash=Hash32(bytes_of(answer["blockHash"], length=32)),
        gas_used=int_of(answer["gasUsed"]),
        succeeded=int_of(answer["status"]) == 1,
        contract=Address(to_checksum_address(contract)) if contract else None,
    )


def _logs(answer: Any) -> list[Log] | None:  # noqa: ANN401 - JSON
    """Return the logs; `None` if the node refused to look for them."""
    if isinstance(answer, RpcFailure):
        return None
    return [
        Log(
            contract=Address(to_checksum_address(entry["address"])),
            topics=tuple(bytes_of(topic, length=32) for topic in entry["topics"]),
            data=bytes_of(entry["data"]),
            block_number=int_of(entry["blockNumber"]),
            block_hash=Hash32(bytes_of(entry["blockHash"], length=32)),
            transaction_hash=Hash32(bytes_of(entry["transactionHash"], length=32)),
            index=int_of(entry["logIndex"]),
            timestamp=int_of(entry["blockTimestamp"]) if entry.get("blockTimestamp") else None,
        )
        for entry in answer
    ]
