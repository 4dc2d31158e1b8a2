"""What lies between sender and chain loses, repeats, delays, refuses and lags, and nothing is sent twice."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from support.scripted_node import Answer, ScriptedNode

from cryptostamp.chain import Chain, DevSigner, EntryState, deploy_registry, start_local_node
from cryptostamp.errors import NodeUnreachable
from cryptostamp.primitives import parse_address

if TYPE_CHECKING:
    from tests.faults.conftest import Stage

pytestmark = pytest.mark.faults

ALICE = parse_address("0x" + "a1" * 20)
INTENTS = tuple(f"registry {number}" for number in range(6))


@pytest.fixture
def nodes(stage: Stage) -> Iterator[Callable[[], ScriptedNode]]:
    """Make nodes in front of the stage's."""
    made: list[ScriptedNode] = []

    def make() -> ScriptedNode:
        made.append(ScriptedNode(stage.url))
        return made[-1]

    yield make
    for node in made:
        node.close()


_INSTEAD: dict[str, Answer] = {
    "unheard": None,
    "429": 429,
    "502": 502,
    "limit": {"error": {"code": -32005, "message": "daily request count exceeded, request rate limited"}},
    "html": b"<html>Bad Gateway</html>",
}
"""Faults in which the question never comes to the node."""


class FaultyNode:
    """Does to every question what the dice say, and whatever it does is one of what real networks do."""

    def __init__(self, node: ScriptedNode, stage: Stage, seed: int) -> None:
        self._node = node
        self._stage = stage
        self._dice = random.Random(seed)  # noqa: S311 - dice
        self.faults: set[str] = set()
        node.answer = self.answer  # type: ignore[method-assign]

    def answer(self, question: dict[str, Any]) -> Answer:
        """Answer, or not."""
        method, parameters = question["method"], question["params"]
        fault = self._dice.choice([*[""] * 40, "lost", "twice", "stale", *_INSTEAD])
        self.faults.add(fault)
        if fault in _INSTEAD:
            return _INSTEAD[fault]
        if fault == "stale" and method == "eth_getTransactionReceipt":
            return {"result": None}
        if fault == "stale" and method == "eth_getBlockByNumber" and parameters[0] == "latest":
            return self._node.pass_on(method, [hex(max(self._stage.chain.head().number - 3, 0)), False])
        answer = self._node.pass_on(method, parameters)
        if fault == "twice":  # a proxy that tries again though it was understood
            return self._node.pass_on(method, parameters)
        return None if fault == "lost" else answer


def persist(deploy: Callable[[], object]) -> None:
    """Run a command again as long as it says that no node can be reached, as a person would."""
    for _ in range(50):
        try:
            deploy()
        except NodeUnreachable:
            continue
        return
    raise AssertionError("the command never came to its end")


class TestFaults:
    @pytest.mark.parametrize("seed", range(4))
    def test_every_step_is_done_once(self, stage: Stage, nodes: Callable[[], ScriptedNode], seed: int) -> None:
        """Through a network of all faults, six steps make six transactions."""
        before = stage.count()
        node = nodes()
        chain = Chain.connect(node.url)
        faulty = FaultyNode(node, stage, seed)
        for intent in INTENTS:
            sender = stage.sender(chain, confirmations=3)
            persist(lambda intent=intent, sender=sender: deploy_registry(sender, intent=intent, authority=ALICE))
        assert stage.count() == before + len(INTENTS)
        assert len(faulty.faults) > 4
        assert all(stage.journal.live(intent).state is EntryState.FINAL for intent in INTENTS)


class TestMemory:
    @pytest.mark.parametrize("keeps_states", [True, False])
    def test_a_node_that_forgets(
        self,
        stage: Stage,
        nodes: Callable[[], ScriptedNode],
        keeps_states: bool,  # noqa: FBT001
    ) -> None:
        """What was final stays so for a node that has no receipt of it any more, nor the state of its time."""
        node = nodes()
        chain = Chain.connect(node.url)
        done = deploy_registry(stage.sender(chain, confirmations=3), intent="registry", authority=ALICE)
        stage.mine(3)
        entry, before = stage.journal.live("registry"), stage.count()
        node.behaviour["eth_getTransactionReceipt"] = lambda _parameters: {"result": None}
        if not keeps_states:
            node.behaviour["eth_getTransactionCount"] = lambda parameters: (
                node.pass_on("eth_getTransactionCount", parameters)
                if parameters[1] == "latest"
                else {"error": {"code": -32000, "message": "missing trie node"}}
            )
        assert deploy_registry(stage.sender(chain, confirmations=3), intent="registry", authority=ALICE) == done
        assert (stage.journal.live("registry"), stage.count()) == (entry, before)


class TestSeveralNodes:
    def test_one_dies_on_the_way(self, stage: Stage, nodes: Callable[[], ScriptedNode]) -> None:
        """When the node that took the transaction dies, the other one says how it was mined."""
        before = stage.count()
        first, second = nodes(), nodes()
        chain = Chain.connect(first.url, second.url)

        def die() -> None:
            first.everything = lambda: None

        stage.script = [die]
        deploy_registry(stage.sender(chain, confirmations=4), intent="registry", authority=ALICE)
        assert stage.count() == before + 1
        assert "eth_sendRawTransaction" in first.asked
        assert "eth_getTransactionReceipt" in second.asked

    def test_one_flickers(self, stage: Stage, nodes: Callable[[], ScriptedNode]) -> None:
        """A node that fails every other time is not noticed beside one that does not."""
        before = stage.count()
        first, second = nodes(), nodes()
        chain = Chain.connect(first.url, second.url)
        answer, turns = first.answer, iter(range(100_000))
        first.answer = lambda question: 503 if next(turns) % 2 else answer(question)  # type: ignore[method-assign]
        for intent in INTENTS:
            deploy_registry(stage.sender(chain, confirmations=2), intent=intent, authority=ALICE)
        assert stage.count() == before + len(INTENTS)
        assert next(turns) > 1

    def test_one_that_serves_another_chain(self, stage: Stage, nodes: Callable[[], ScriptedNode]) -> None:
        """A node of another chain with the same id is never asked for anything but its name, dead peer or not."""
        before = stage.count()
        right = nodes()
        with start_local_node() as other:
            wrong = ScriptedNode(other.url)
            try:
                chain = Chain.connect(right.url, wrong.url)
                stage.script = [lambda: setattr(right, "everything", lambda: 503)]
                with pytest.raises(NodeUnreachable, match="serves another chain"):
                    deploy_registry(stage.sender(chain, confirmations=3), intent="registry", authority=ALICE)
                assert set(wrong.asked) == {"eth_chainId", "eth_getBlockByNumber"}
                assert Chain.connect(other.url).transaction_count(DevSigner(5).address) == 0
            finally:
                wrong.close()
        right.everything = None
        deploy_registry(stage.sender(chain, confirmations=3), intent="registry", authority=ALICE)
        assert stage.count() == before + 1
