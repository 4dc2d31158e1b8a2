"""A chain in memory that does all that a real one can do wrong: for the sender, a peer of `cryptostamp.chain.Chain`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from cryptostamp.chain import Block, FeeMarket, MinedTransaction, UnsignedTransaction
from cryptostamp.chain.node import BlockTransaction
from cryptostamp.chain.rpc import RpcFailure
from cryptostamp.chain.signers import read_signed
from cryptostamp.errors import ContractRefusal, NodeUnreachable
from cryptostamp.primitives import Address, ChainId, Hash32, keccak256

GENESIS = keccak256(b"genesis")
GWEI = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeTransaction:
    """A transaction that the chain's pool or a block has."""

    hash: Hash32
    sender: Address
    what: UnsignedTransaction


@dataclass(slots=True, kw_only=True)
class FakeBlock:
    """A block with what its transactions did."""

    number: int
    hash: Hash32
    transactions: list[FakeTransaction] = field(default_factory=list)
    failed: set[Hash32] = field(default_factory=set)


class FakeChain:
    """Blocks, a pool, a fee market, and a network in between that loses answers and lags behind.

    `trouble` is asked before every question and says what happens to it: ``""`` nothing, ``"deaf"`` the node does not
    get it, ``"mute"`` its answer is lost, ``"stale"`` a node answers that is two blocks behind.
    """

    def __init__(self, *, trouble: Callable[[], str] = lambda: "") -> None:
        self.chain_id = ChainId(31337)
        self.genesis_hash = GENESIS
        self.blocks = [FakeBlock(number=0, hash=GENESIS)]
        self.pool: dict[Hash32, FakeTransaction] = {}
        self.base_fee = GWEI
        self.tip = GWEI
        self.money = 10**24
        self.refuses: set[bytes] = set()
        """The calldata that the contract refuses now."""
        self.seen: list[bytes] = []
        """All bytes that any node was ever given."""
        self.trouble = trouble
        self._hashes = count(1)

    # --- what happens to the chain

    def mine(self) -> None:
        """Put what the pool has and what pays enough into a new block, each account's in the order of its nonces."""
        block = FakeBlock(number=len(self.blocks), hash=keccak256(b"block %d" % next(self._hashes)))
        self.blocks.append(block)
        progress = True
        while progress:
            progress = False
            for transaction in sorted(self.pool.values(), key=lambda each: -each.what.max_priority_fee):
                pays = transaction.what.max_fee >= self.base_fee + min(transaction.what.max_priority_fee, 1)
                if pays and transaction.what.nonce == self.count(transaction.sender):
                    block.transactions.append(transaction)
                    if transaction.what.data in self.refuses:
                        block.failed.add(transaction.hash)
                    progress = True
                    break
            self._forget_what_is_used()

    def reorganise(self, depth: int, *, keep: bool) -> None:
        """Replace the last `depth` blocks by one more empty ones; what they had goes back to the pool, or is gone."""
        depth = min(depth, len(self.blocks) - 1)
        undone = self.blocks[len(self.blocks) - depth :]
        del self.blocks[len(self.blocks) - depth :]
        for _ in range(depth + 1):
            self.blocks.append(FakeBlock(number=len(self.blocks), hash=keccak256(b"block %d" % next(self._hashes))))
        if keep:
            for block in undone:
                self.pool.update({each.hash: each for each in block.transactions})
        self._forget_what_is_used()

    def drop(self) -> None:
        """Let the pool forget everything."""
        self.pool.clear()

    def done(self) -> list[FakeTransaction]:
        """Return the transactions that are mined and did not fail."""
        return [each for block in self.blocks for each in block.transactions if each.hash not in block.failed]

    def where(self, hash_: Hash32) -> FakeBlock | None:
        """Return the block that has a transaction."""
        for block in self.blocks:
            if any(each.hash == hash_ for each in block.transactions):
                return block
        return None

    def count(self, account: Address, *, until: int | None = None) -> int:
        """Return how many transactions of an account are mined up to a block."""
        last = len(self.blocks) if until is None else until + 1
        return sum(each.sender == account for block in self.blocks[:last] for each in block.transactions)

    def _forget_what_is_used(self) -> None:
        self.pool = {hash_: each for hash_, each in self.pool.items() if each.what.nonce >= self.count(each.sender)}

    # --- what the sender asks

    def head(self) -> Block:
        """Return the newest block."""
        return self._block(self._view())

    def finalized(self) -> Block:
        """Return the fifth newest block."""
        return self._block(max(self._view() - 4, 0))

    def block(self, number: int) -> Block:
        """Return a block by its number."""
        last = self._view()
        if number > last:
            raise NodeUnreachable("The node does not have the block.")
        return self._block(number)

    def transactions(self, block: int) -> tuple[BlockTransaction, ...]:
        """Return what is in a block."""
        if block > self._view():
            raise NodeUnreachable("The node does not have the block.")
        return tuple(
            BlockTransaction(hash=each.hash, sender=each.sender, nonce=each.what.nonce)
            for each in self.blocks[block].transactions
        )

    def code(self, address: Address) -> bytes:
        """Return some code for every address."""
        self._view()
        return b"\1"

    def balance(self, address: Address) -> int:
        """Return the same for everybody."""
        self._view()
        return self.money

    def transaction_count(self, address: Address, *, block: int | None = None) -> int:
        """Return how many transactions of an account are mined."""
        last = self._view()
        if block is not None and block > last:
            raise NodeUnreachable("The node does not have the block.")
        return self.count(address, until=last if block is None else block)

    def fee_market(self) -> FeeMarket:
        """Return what gas costs."""
        self._view()
        return FeeMarket(base_fee=self.base_fee, tip=self.tip)

    def call(
        self, *, to: Address | None, data: bytes, sender: Address | None = None, block: int | None = None
    ) -> bytes:
        """Refuse what the contract refuses now."""
        self._view()
        if data in self.refuses:
            raise ContractRefusal("The contract refuses.", name="No")
        return b""

    def estimate_gas(self, *, to: Address | None, data: bytes, sender: Address) -> int:
        """Return the same for everything that is not refused."""
        self.call(to=to, data=data, sender=sender)
        return 50_000

    def receipt(self, transaction: Hash32) -> MinedTransaction | None:
        """Return how a transaction was mined."""
        last = self._view()
        block = self.where(transaction)
        if block is None or block.number > last:
            return None
        return MinedTransaction(
            hash=transaction,
            block_number=block.number,
            block_hash=block.hash,
            gas_used=50_000,
            succeeded=transaction not in block.failed,
            contract=None,
        )

    def broadcast(self, raw: bytes) -> RpcFailure | None:
        """Take bytes, unless the network loses them or the answer."""
        trouble = self.trouble()
        if trouble == "deaf":
            raise NodeUnreachable("The node does not answer in time.")
        self.seen.append(raw)
        words = self._take(raw)
        if trouble == "mute":
            raise NodeUnreachable("The node answers with HTTP 502.")
        return None if not words else RpcFailure(code=-32000, message=words, data=b"")

    def _take(self, raw: bytes) -> str:
        """Take a transaction into the pool as geth does, or return its words against it."""
        what, sender = read_signed(raw)
        hash_ = keccak256(raw)
        if what.nonce < self.count(sender):
            return "nonce too low"
        if hash_ in self.pool:
            return "already known"
        if what.max_fee < self.base_fee:
            return "max fee per gas less than block base fee"
        for other in self.pool.values():
            if (other.sender, other.what.nonce) != (sender, what.nonce):
                continue
            for new, old in (
                (what.max_fee, other.what.max_fee),
                (what.max_priority_fee, other.what.max_priority_fee),
            ):
                if 10 * new < 11 * old or new <= old:
                    return "replacement transaction underpriced"
            del self.pool[other.hash]
            break
        self.pool[hash_] = FakeTransaction(hash=hash_, sender=sender, what=what)
        return ""

    def _view(self) -> int:
        """Return the newest block that the node which is asked knows."""
        trouble = self.trouble()
        if trouble in {"deaf", "mute"}:
            raise NodeUnreachable("The node does not answer in time.")
        return max(len(self.blocks) - (3 if trouble == "stale" else 1), 0)

    def _block(self, number: int) -> Block:
        return Block(number=number, hash=self.blocks[number].hash, timestamp=12 * number, base_fee=self.base_fee)
