"""What a verifier asks a chain many times a second: answers of one block, remembered until the next one comes.

Every answer rests on one block, named by its hash (EIP-1898), so that the parts of a verdict belong together, and no
block that a reorganisation has undone is taken for another one of the same number. The newest block is asked for at
most once in `fresh_s`; when it has changed, everything is forgotten. Believes its node, like `ChainReader`.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import TypeVar, cast

from cryptostamp.chain.artifacts import load_artifact
from cryptostamp.chain.names import NameRegistry
from cryptostamp.chain.node import Block, Chain
from cryptostamp.chain.plain_tokens import Holding, PlainTokens
from cryptostamp.chain.postal_registry import PostalRegistry, SeriesStatus
from cryptostamp.chain.reader import Look, Sight, StampQuestion
from cryptostamp.chain.stamp import Stamp
from cryptostamp.chain.stamp_series import StampSeries
from cryptostamp.errors import CannotTell, CryptostampError, NodeUnreachable
from cryptostamp.primitives import Address, ChainId, Hash32, Serial

__all__ = ["BlockReader", "RememberingReader"]

_T = TypeVar("_T")
_MOST_REMEMBERED = 200_000
"""Answers for one block: strangers may ask for any contract, and memory has an end."""


class BlockReader:
    """The chain at one block, read only. Safe to use from several threads."""

    def __init__(self, chain: Chain, block: Block) -> None:
        self._chain = chain.at(block)
        self._block = block
        self._known: dict[tuple[object, ...], object] = {}

    def __repr__(self) -> str:
        return f"BlockReader(block={self._block.number})"

    @property
    def block_hash(self) -> Hash32:
        """The hash of the block."""
        return self._block.hash

    def head(self) -> Block:
        """Return the block that all answers rest on."""
        return self._block

    def look(self, questions: Sequence[StampQuestion]) -> Look:
        """Answer questions as `ChainReader.look` does, asking the node only what it has not answered for this block."""
        asked: dict[Address, list[Serial]] = defaultdict(list)
        for each in questions:
            asked[each.contract].append(each.serial)
        for contract, serials in asked.items():
            if _or_error(lambda contract=contract: self.is_our_code(contract)) is True:  # type: ignore[misc]
                self._fetch(contract, serials)
        return Look(
            chain_id=self._chain.chain_id,
            block=self._block,
            final=self._remember(("final",), self._final),
            sights=tuple(self._sight(each) for each in questions),
        )

    def is_our_code(self, contract: Address) -> bool | None:
        """Return whether the code at an address is that of our StampSeries, `None` if there is no code at all."""

        def ask() -> bool | None:
            code = self._chain.code(contract)
            return load_artifact("StampSeries").is_code(code) if code else None

        return self._remember(("code", contract), ask)

    def series_status(self, registry: Address, contract: Address) -> SeriesStatus | None:
        """Return who stands behind a series, `None` if nobody has registered it there."""
        return self._remember(
            ("status", registry, contract), lambda: PostalRegistry(self._chain, registry).series_status(contract)
        )

    def edition_root(self, contract: Address) -> Hash32:
        """Return the root over the claim keys that a series was issued with."""
        return self._remember(("root", contract), lambda: StampSeries(self._chain, contract).edition_root())

    def stamp(self, contract: Address, serial: Serial) -> Stamp | None:
        """Return where a stamp stands, `None` if the edition has no such serial."""
        return self._remember(("stamp", contract, serial), lambda: StampSeries(self._chain, contract).stamp(serial))

    def account_of(self, registry: Address, name: str) -> Address | None:
        """Return the account that a name (as `normal_name` returns it) stands for in a registry of names."""
        return self._remember(("name", registry, name), lambda: NameRegistry(self._chain, registry).account(name))

    def plain_tokens(self, contract: Address, owner: Address, *, first_block: int = 0) -> Holding:
        """Return what an account has in an ERC-721 contract; see `PlainTokens`."""
        tokens = PlainTokens(self._chain, contract, block=self._block.number)
        return self._remember(("tokens", contract, owner), lambda: tokens.of_owner(owner, first_block=first_block))

    def knows(self, contract: Address, serial: Serial) -> bool:
        """Tell whether `stamp` will answer without asking the node."""
        return ("stamp", contract, serial) in self._known

    def _sight(self, asked: StampQuestion) -> Sight:
        contract, registry = asked.contract, asked.registry
        return Sight(
            is_our_code=_or_error(lambda: self.is_our_code(contract)),
            status=None if registry is None else _or_error(lambda: self.series_status(registry, contract)),
            edition_root=_or_error(lambda: self.edition_root(contract)),
            stamp=_or_error(lambda: self.stamp(contract, asked.serial)),
        )

    def _final(self) -> Block | None:
        try:
            return self._chain.finalized()
        except CryptostampError:
            return None

    def _fetch(self, contract: Address, serials: Iterable[Serial]) -> None:
        """Ask for many stamps at once; those whose question fails stay unknown, and are asked for one by one."""
        missing = sorted({serial for serial in serials if not self.knows(contract, serial)})
        if len(missing) < 2:  # noqa: PLR2004  (one is no batch)
            return
        try:
            found = StampSeries(self._chain, contract).stamps(missing)
        except CryptostampError:
            return
        for stamp in found:
            self._keep(("stamp", contract, stamp.serial), stamp)

    def _remember(self, key: tuple[object, ...], ask: Callable[[], _T]) -> _T:
        if key in self._known:
            return cast("_T", self._known[key])  # the key says which type it is
        answer = ask()
        self._keep(key, answer)
        return answer

    def _keep(self, key: tuple[object, ...], answer: object) -> None:
        if len(self._known) < _MOST_REMEMBERED:
            self._known[key] = answer


def _or_error(ask: Callable[[], _T]) -> _T | CryptostampError:
    try:
        return ask()
    except CryptostampError as error:
        return error


class RememberingReader:
    """One chain, of which the newest block is read and remembered. Safe to use from several threads.

    `genesis_hash` is that of the chain which is meant: another one with the same id is not read.
    """

    def __init__(
        self,
        urls: tuple[str, ...],
        *,
        chain_id: ChainId,
        genesis_hash: Hash32,
        fresh_s: float = 0.5,
        timeout_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._urls = urls
        self._expected = chain_id, genesis_hash
        self._fresh_s = fresh_s
        self._timeout_s = timeout_s
        self._clock = clock
        self._guard = Lock()
        self._chain: Chain | None = None
        self._reader: BlockReader | None = None
        self._failure: NodeUnreachable | None = None
        self._asked_at = float("-inf")

    def fresh(self) -> BlockReader | None:
        """Return the reader of the newest block if it was asked for just now, else `None`; asks nothing."""
        reader = self._reader
        return reader if reader is not None and self._clock() - self._asked_at < self._fresh_s else None

    def look(self, questions: Sequence[StampQuestion], *, at: int | None = None) -> Look:
        """Answer all questions as of the newest block; only that one is remembered, so `at` is not for here.

        Raises `NodeUnreachable` if the node does not answer. A block that was undone meanwhile is asked for anew.
        """
        if at is not None:
            raise CannotTell("Only the newest block is asked here.")
        look = self.newest().look(questions)
        if any(isinstance(each.stamp, NodeUnreachable) for each in look.sights):
            self._asked_at = float("-inf")
            look = self.newest().look(questions)
        return look

    def newest(self) -> BlockReader:
        """Return the reader of the newest block; raise `NodeUnreachable` while the node does not answer."""
        with self._guard:
            if self._clock() - self._asked_at < self._fresh_s:
                if self._reader is not None:
                    return self._reader
                if self._failure is not None:
                    raise self._failure
            try:
                chain = self.chain()
                block = chain.head()
            except NodeUnreachable as error:
                self._reader, self._failure, self._asked_at = None, error, self._clock()
                raise
            if self._reader is None or self._reader.block_hash != block.hash:
                self._reader = BlockReader(chain, block)
            self._failure, self._asked_at = None, self._clock()
            return self._reader

    def chain(self) -> Chain:
        """Return the chain itself; raise `NodeUnreachable` while the node does not answer, or is of another chain."""
        if self._chain is None:
            chain_id, genesis_hash = self._expected
            chain = Chain.connect(*self._urls, timeout_s=self._timeout_s, expected=chain_id)
            if chain.genesis_hash != genesis_hash:
                raise NodeUnreachable(
                    f"The node at {chain.rpc.host} serves another chain with the same id, {chain_id}.",
                    remedy="Give the address of a node of the chain that the series was issued on.",
                )
            self._chain = chain
        return self._chain
