"""Nodes are compared: one that lies is found, one that hangs is left behind, one that is behind is understood."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.desk import Desk
from support.scripted_node import Answer, ScriptedNode
from support.verdict_facts import FactNode, load_vectors

from cryptostamp.chain import load_artifact
from cryptostamp.errors import InputError, NodeUnreachable
from cryptostamp.office import public_code_of, source_at, trust_in
from cryptostamp.primitives import Serial
from cryptostamp.scan import (
    CheckCode,
    ComparedNodes,
    Conclusion,
    Outcome,
    Question,
    Trust,
    Verdict,
    verify_code,
    verify_codes,
)

HONEST = FactNode(load_vectors()["nodes"]["node 1"])


class Hanging:
    def __init__(self) -> None:
        self.ended = threading.Event()

    def look(self, questions: Sequence[Question], *, at: int | None = None) -> Any:
        """Answer when it is too late."""
        self.ended.wait(30)
        raise NodeUnreachable("too late")


@pytest.fixture
def proxy(desk: Desk) -> Iterator[ScriptedNode]:
    """Put a node in front of the local chain that can be made to lie."""
    with closing(ScriptedNode(desk.url)) as node:
        yield node


def verify(desk: Desk, *rpcs: str, serial: int = 3) -> Verdict:
    code = public_code_of(desk.dossier, Serial(serial))
    return verify_code(code.text, trust=trust_in([desk.dossier]), source=source_at(rpcs, timeout_s=2))


class TestTime:
    def test_a_node_that_hangs(self) -> None:
        """A node that never answers holds nobody up for longer than the patience."""
        hanging = Hanging()
        began = time.monotonic()
        look = ComparedNodes({"a": HONEST, "b": hanging}, patience_s=0.1).look([])
        assert look.agreed == 1
        assert look.remarks == ("The node at b does not answer in time.",)
        with pytest.raises(NodeUnreachable, match="does not answer in time"):
            ComparedNodes({"b": hanging}, patience_s=0.1).look([])
        hanging.ended.set()
        assert time.monotonic() - began < 30

    def test_nobody_to_ask(self) -> None:
        """No nodes at all is a mistake of the caller."""
        with pytest.raises(InputError):
            ComparedNodes({})


class TestRealChain:
    """A local chain, and a proxy before it."""

    def test_two_that_agree(self, desk: Desk, proxy: ScriptedNode) -> None:
        """Two nodes of one chain agree, each in one round trip."""
        verdict = verify(desk, desk.url, proxy.url)
        assert verdict.conclusion is Conclusion.GENUINE
        assert "2 nodes that agree" in next(each.sentence for each in verdict.checks if each.code == "chain-reached")
        assert proxy.trips == 1

    def test_one_round_trip(self, desk: Desk, proxy: ScriptedNode) -> None:
        """One verdict is one request, and thirty are one request."""
        assert verify(desk, proxy.url).conclusion is Conclusion.GENUINE
        assert proxy.trips == 1
        texts = [public_code_of(desk.dossier, Serial(serial)).text for serial in range(1, 31)]
        verdicts = verify_codes(texts, trust=trust_in([desk.dossier]), source=source_at([proxy.url]))
        assert {verdict.conclusion for verdict in verdicts} == {Conclusion.GENUINE}
        assert [verdict.code.serial for verdict in verdicts if verdict.code] == list(range(1, 31))
        assert proxy.trips == 2

    def test_a_lie(self, desk: Desk, proxy: ScriptedNode) -> None:
        """A node that tells something else of the stamp is contradicted, and nothing is concluded."""
        lie = desk.chain.call(
            to=desk.dossier.deployment.contract,
            data=load_artifact("StampSeries").interface.encode_call("stampOf", 4),
        )

        def lying(parameters: list[Any]) -> Answer:
            stamp = parameters[0]["data"].endswith(f"{3:064x}") and len(parameters[0]["data"]) == 74
            return {"result": "0x" + lie[:-1].hex() + "ff"} if stamp else proxy.pass_on("eth_call", parameters)

        proxy.behaviour["eth_call"] = lying
        verdict = verify(desk, desk.url, proxy.url)
        assert verdict.conclusion is Conclusion.UNKNOWN
        assert "contradict each other" in verdict.sentence

    @pytest.mark.parametrize("answer", [503, b"", b"no", b"[" * 50_000, b"[]", b"{}", None])
    def test_a_broken_node(self, desk: Desk, proxy: ScriptedNode, answer: Answer) -> None:
        """A broken node alone leaves the answer unknown with a reason; beside a good one it is left out and named."""
        proxy.everything = lambda: answer
        alone = verify(desk, proxy.url)
        assert alone.conclusion is Conclusion.UNKNOWN
        assert len(alone.sentence) > len("Cannot tell. ")
        both = verify(desk, desk.url, proxy.url)
        assert both.conclusion is Conclusion.GENUINE
        assert proxy.url.removeprefix("http://") in next(
            each.sentence for each in both.checks if each.code == "chain-reached"
        )

    def test_another_chain(self, desk: Desk, proxy: ScriptedNode) -> None:
        """A node that says it is of another chain is left out."""
        proxy.behaviour["eth_chainId"] = lambda _: {"result": "0x1"}
        assert verify(desk, proxy.url).outcome_of(CheckCode.CHAIN_REACHED) is Outcome.NOT_CHECKED
        assert verify(desk, proxy.url, desk.url).conclusion is Conclusion.GENUINE

    def test_a_node_behind(self, desk: Desk, proxy: ScriptedNode) -> None:
        """A node that is one block behind is understood, and the newer answer counts."""
        before = desk.chain.head()
        desk.chain.rpc.request("evm_mine")

        def behind(method: str) -> Any:
            def answer(parameters: list[Any]) -> Answer:
                told = json.loads(json.dumps(parameters).replace('"latest"', f'"{before.number:#x}"'))
                return proxy.pass_on(method, told)

            return answer

        for method in ("eth_getBlockByNumber", "eth_call", "eth_getCode"):
            proxy.behaviour[method] = behind(method)
        verdict = verify(desk, desk.url, proxy.url)
        assert verdict.conclusion is Conclusion.GENUINE
        assert verdict.stamp is not None
        assert verdict.stamp.block_number == before.number + 1
        assert "1 blocks behind" in next(each.sentence for each in verdict.checks if each.code == "chain-reached")


class TestAnyText:
    @settings(max_examples=300)
    @given(st.text(max_size=4100) | st.text(alphabet="https:/S0123456789ABC.#?@\\\u202e\n", max_size=200))
    def test_any_text_is_judged(self, text: str) -> None:
        """No text makes anything but a verdict, whoever asks."""
        for typed in (True, False):
            verdict = verify_code(text, trust=Trust(), source=HONEST, typed=typed)
            assert verdict.conclusion is not Conclusion.GENUINE
            assert verdict.sentence.isprintable()
