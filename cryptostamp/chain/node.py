"""A chain as one node tells it: blocks, code, balances, calls, receipts and logs, as typed values.

Rests on EIP-1474 (JSON-RPC), EIP-1559 (fees) and EIP-7825 (the gas cap of a transaction). Every failure of the node is
a `NodeUnreachable`, every revert a decoded `ContractRefusal`; no exception of web3, requests or the codecs comes out.
One node is believed here: whoever needs two compares two `Chain` objects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from eth_utils.address import to_checksum_address

from cryptostamp.chain.journal import MinedTransaction
from cryptostamp.chain.reverts import refusal_from
from cryptostamp.chain.rpc import RpcClient, RpcFailure, bytes_of, hex_of, int_of
from cryptostamp.errors import CannotTell, EnvironmentProblem, NodeUnreachable
from cryptostamp.primitives import Address, ChainId, Hash32

__all__ = ["MAX_TRANSACTION_GAS", "Block", "Chain", "Fees", "Log"]

MAX_TRANSACTION_GAS = 16_777_216
"""The largest gas limit of one transaction (EIP-7825)."""

_WITHOUT_TRANSACTIONS = False
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
class Fees:
    """What is offered for a unit of gas, in wei (EIP-1559)."""

    max_fee: int
    max_priority_fee: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """An event as a contract wrote it."""

    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    transaction_hash: Hash32


class Chain:
    """One chain, asked through one node. Made by `Chain.connect`."""

    def __init__(self, rpc: RpcClient, *, chain_id: ChainId, genesis_hash: Hash32) -> None:
        self.rpc = rpc
        self.chain_id = chain_id
        self.genesis_hash = genesis_hash

    @classmethod
    def connect(cls, url: str, *, timeout_s: float = 10.0, expected: ChainId | None = None) -> Chain:
        """Return the chain behind `url`; raise `NodeUnreachable` if it does not answer, or is not chain `expected`.

        `timeout_s` bounds every later question as well.
        """
        rpc = RpcClient(url, timeout_s=timeout_s)
        chain = cls(rpc, chain_id=ChainId(0), genesis_hash=Hash32(bytes(32)))
        chain.chain_id = ChainId(chain._ask(int_of, "eth_chainId"))
        if expected is not None and chain.chain_id != expected:
            raise NodeUnreachable(
                f"The node at {rpc.host} serves chain {chain.chain_id}, not chain {expected}.",
                remedy="Give the address of a node of the right chain.",
            )
        chain.genesis_hash = chain.block(0).hash
        return chain

    def __repr__(self) -> str:
        return f"Chain(chain_id={self.chain_id}, host={self.rpc.host!r})"

    def head(self) -> Block:
        """Return the newest block."""
        return self._ask(_block, "eth_getBlockByNumber", "latest", _WITHOUT_TRANSACTIONS)

    def block(self, number: int) -> Block:
        """Return a block by its number; raise `NodeUnreachable` if the node does not have it."""
        return self._ask(_block, "eth_getBlockByNumber", hex_of(number), _WITHOUT_TRANSACTIONS)

    def code(self, address: Address) -> bytes:
        """Return the code at `address`, empty for an account without."""
        return self._ask(bytes_of, "eth_getCode", address, "latest")

    def balance(self, address: Address) -> int:
        """Return the balance of `address` in wei."""
        return self._ask(int_of, "eth_getBalance", address, "latest")

    def transaction_count(self, address: Address) -> int:
        """Return how many transactions of `address` are mined: its next nonce."""
        return self._ask(int_of, "eth_getTransactionCount", address, "latest")

    def fees(self) -> Fees:
        """Return fees that outlast six full blocks: twice the base fee, plus what the node suggests as a tip."""
        tip = self._ask(int_of, "eth_maxPriorityFeePerGas")
        return Fees(max_fee=2 * self.head().base_fee + tip, max_priority_fee=tip)

    def call(self, *, to: Address | None, data: bytes, sender: Address | None = None) -> bytes:
        """Return what a call would return now; raise `ContractRefusal` if it would revert."""
        return self._ask(bytes_of, "eth_call", _call_object(to, data, sender), "latest")

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

    def logs(self, contract: Address, topics: Sequence[bytes], *, first_block: int, last_block: int) -> tuple[Log, ...]:
        """Return the events of `contract` whose topics begin with `topics`, oldest first.

        Halves the range of blocks when the node finds it too large; raises `CannotTell` if the node will not search
        even small ranges.
        """
        found: list[Log] = []
        ranges = [(first_block, last_block)]
        for _ in range(_MOST_LOG_REQUESTS):
            if not ranges:
                return tuple(found)
            first, last = ranges.pop()
            answer = self.rpc.request(
                "eth_getLogs",
                {
                    "address": contract,
                    "topics": [hex_of(topic) for topic in topics],
                    "fromBlock": hex_of(first),
                    "toBlock": hex_of(last),
                },
            )
            if not isinstance(answer, RpcFailure):
                found.extend(self._read(_logs, answer))
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
        answer = self.rpc.request(method, *parameters)
        if isinstance(answer, RpcFailure):
            if answer.code == _REVERTED or answer.data or "revert" in answer.message.lower():
                raise refusal_from(answer.data)
            if "insufficient funds" in answer.message.lower():
                raise EnvironmentProblem(
                    "The account has not enough money for this transaction.", remedy="Send it some, then try again."
                )
            raise self.rpc.unreachable(f"cannot answer {method}: {answer.message}")
        return self._read(read, answer)

    def _read(self, read: Callable[[Any], _T], answer: object) -> _T:
        try:
            return read(answer)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self.rpc.unreachable("gives an answer that makes no sense") from error


def _call_object(to: Address | None, data: bytes, sender: Address | None) -> dict[str, str]:
    fields = {"data": hex_of(data)}
    if to is not None:
        fields["to"] = to
    if sender is not None:
        fields["from"] = sender
    return fields


def _block(answer: Any) -> Block:  # noqa: ANN401 - JSON
    return Block(
        number=int_of(answer["number"]),
        hash=Hash32(bytes_of(answer["hash"], length=32)),
        timestamp=int_of(answer["timestamp"]),
        base_fee=int_of(answer.get("baseFeePerGas", "0x0")),
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


def _logs(answer: Any) -> list[Log]:  # noqa: ANN401 - JSON
    return [
        Log(
            topics=tuple(bytes_of(topic, length=32) for topic in entry["topics"]),
            data=bytes_of(entry["data"]),
            block_number=int_of(entry["blockNumber"]),
            transaction_hash=Hash32(bytes_of(entry["transactionHash"], length=32)),
        )
        for entry in answer
    ]
