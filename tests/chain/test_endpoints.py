"""Several nodes stand in for each other, and only nodes of one chain do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.scripted_node import Answer, ScriptedNode

from cryptostamp.chain import Chain
from cryptostamp.errors import InputError, NodeUnreachable
from cryptostamp.primitives import ChainId, keccak256

GENESIS = keccak256(b"genesis")


def serve(node: ScriptedNode, *, chain_id: int = 31337, genesis: bytes = GENESIS, head: int = 7) -> None:
    """Let a node serve a chain with so many blocks."""

    def block(parameters: list[object]) -> Answer:
        number = head if parameters[0] == "latest" else int(str(parameters[0]), 16)
        hash_ = genesis if number == 0 else keccak256(genesis + bytes([number]))
        return {"result": {"number": hex(number), "hash": "0x" + hash_.hex(), "timestamp": "0x1"}}

    node.behaviour = {"eth_chainId": lambda _: {"result": hex(chain_id)}, "eth_getBlockByNumber": block}


@pytest.fixture
def nodes() -> Iterator[list[ScriptedNode]]:
    """Three nodes of one chain; the second is one block ahead, the third two."""
    made = [ScriptedNode() for _ in range(3)]
    for number, node in enumerate(made):
        serve(node, head=7 + number)
    yield made
    for node in made:
        node.close()


def connect(nodes: list[ScriptedNode]) -> Chain:
    first, *others = (node.url for node in nodes)
    return Chain.connect(first, *others)


class TestStandingIn:
    def test_the_first_one_is_asked(self, nodes: list[ScriptedNode]) -> None:
        """As long as the first node answers, the others are left in peace."""
        assert connect(nodes).head().number == 7
        assert [node.asked for node in nodes[1:]] == [[], []]

    @pytest.mark.parametrize("answer", [None, 429, 500, b"<html>", {"result": 5}, {"error": {"message": "no trie"}}])
    def test_the_next_one_is_asked(self, nodes: list[ScriptedNode], answer: Answer) -> None:
        """A node that is down, overworked or talks nonsense is left for the next, which is kept."""
        chain = connect(nodes)
        nodes[0].everything = lambda: answer
        assert chain.head().number == 8
        asked = len(nodes[0].asked)
        assert chain.head().number == 8
        assert len(nodes[0].asked) == asked

    def test_back_again(self, nodes: list[ScriptedNode]) -> None:
        """When the others fail, a node that failed before is asked again."""
        chain = connect(nodes)
        nodes[0].everything = lambda: 503
        assert chain.head().number == 8
        nodes[0].everything = None
        nodes[1].everything = nodes[2].everything = lambda: 503
        assert chain.head().number == 7

    def test_down_at_the_beginning(self, nodes: list[ScriptedNode]) -> None:
        """One node that answers is enough to begin with."""
        nodes[0].everything = nodes[1].everything = lambda: None
        chain = connect(nodes)
        assert (chain.chain_id, chain.genesis_hash, chain.head().number) == (31337, GENESIS, 9)

    def test_none_answers(self, nodes: list[ScriptedNode]) -> None:
        """When all fail, the error says how each of them did, and shows no key."""
        chain = connect(nodes)
        for node, status in zip(nodes, (429, 500, 503), strict=True):
            node.everything = lambda status=status: status
        with pytest.raises(NodeUnreachable, match=r"No node answers\..*fewer questions.*HTTP 500.*HTTP 503"):
            chain.head()
        assert repr(chain).startswith("Chain(chain_id=31337, host='127.0.0.1:")

    def test_an_answer_is_an_answer(self, nodes: list[ScriptedNode]) -> None:
        """What a node says against a transaction is not asked of the next one: it is for the caller to judge."""
        chain = connect(nodes)
        nodes[0].behaviour["eth_sendRawTransaction"] = lambda _: {"error": {"code": -32000, "message": "nonce too low"}}
        failure = chain.broadcast(b"\2")
        assert failure is not None
        assert failure.message == "nonce too low"
        assert nodes[1].asked == []


class TestOneChain:
    @pytest.mark.parametrize("other", [{"chain_id": 1337}, {"genesis": keccak256(b"another")}])
    def test_a_stand_in_of_another_chain(self, nodes: list[ScriptedNode], other: dict[str, int]) -> None:
        """A node with another chain id, or another first block, is passed over, however well it answers."""
        serve(nodes[1], **other)  # type: ignore[arg-type]
        chain = connect(nodes)
        nodes[0].everything = lambda: 503
        assert chain.head().number == 9

    def test_nobody_else(self, nodes: list[ScriptedNode]) -> None:
        """If only nodes of other chains are left, there is no answer, and the reason is told."""
        chain = connect(nodes[:2])
        serve(nodes[1], chain_id=1)
        nodes[0].everything = lambda: 503
        with pytest.raises(NodeUnreachable, match=r"serves another chain \(1\) than the first one that answered"):
            chain.head()

    def test_the_expected_one(self, nodes: list[ScriptedNode]) -> None:
        """With an expectation, even the first node is passed over if it serves another chain."""
        serve(nodes[0], chain_id=1)
        first, *others = (node.url for node in nodes)
        assert Chain.connect(first, *others, expected=ChainId(31337)).head().number == 8

    def test_no_url(self) -> None:
        """A URL that is none is the caller's mistake, wherever it stands in the list."""
        with pytest.raises(InputError):
            Chain.connect("http://127.0.0.1:8545", "http://127.0.0.1:no")
