"""A chain that mines when it is told to, and a time that passes when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from cryptostamp.chain import (
    Chain,
    DevSigner,
    FeePolicy,
    Finality,
    LocalNode,
    MemoryJournal,
    Moment,
    Sender,
    start_local_node,
)
from cryptostamp.primitives import Address

POST = DevSigner(5)


@dataclass(slots=True)
class Stage:
    """A chain of one's own, the journal of an account on it, and what is to happen at each pause of the sender."""

    url: str
    chain: Chain
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    script: list[Callable[[], object]] = field(default_factory=list)
    """One thing for each pause; after the last one, a block is mined at each."""
    moments: list[Moment] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    now: float = 0.0

    def do(self, method: str, *parameters: Any) -> Any:
        """Ask the node for something that only a test chain does."""
        return self.chain.rpc.request(method, *parameters)

    def mine(self, blocks: int = 1) -> None:
        """Mine blocks with whatever waits."""
        for _ in range(blocks):
            self.do("evm_mine")

    def count(self, account: Address = POST.address) -> int:
        """Return how many transactions of an account are mined."""
        return self.chain.transaction_count(account)

    def sender(
        self,
        chain: Chain | None = None,
        *,
        confirmations: int = 1,
        cap: int | None = None,
        patience_s: float = 3_000,
    ) -> Sender:
        """Return a sender of a new process, for which 20 seconds pass at every pause."""

        def pause(_seconds: float) -> None:
            self.now += 20
            self.script.pop(0)() if self.script else self.mine()

        def watch(moment: Moment, sentence: str) -> None:
            self.moments.append(moment)
            self.said.append(sentence)

        return Sender(
            chain or self.chain,
            POST,
            self.journal,
            finality=Finality(confirmations=confirmations),
            fees=FeePolicy(max_fee_cap=cap, rebroadcast_after_s=15, replace_after_s=50),
            patience_s=patience_s,
            pause=pause,
            clock=lambda: self.now,
            watch=watch,
        )


@pytest.fixture(scope="module")
def manual_node() -> Iterator[LocalNode]:
    """A node for the tests of one module, which mines when it is told to."""
    with start_local_node() as node:
        Chain.connect(node.url).rpc.request("evm_setAutomine", False)  # noqa: FBT003
        yield node


@pytest.fixture
def stage(manual_node: LocalNode) -> Stage:
    """A stage on that node; what was mined before stays, so tests count from where they begin."""
    return Stage(url=manual_node.url, chain=Chain.connect(manual_node.url))
