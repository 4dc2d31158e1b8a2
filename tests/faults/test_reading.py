"""What lies between index or audit and the chain loses, repeats, reorders, cuts and mixes: never a wrong ledger."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from support.desk import Desk
from support.scripted_node import Answer, ScriptedNode

from cryptostamp.chain import Chain, DevSigner, PostmarkKind, StampSeries, VoidReason
from cryptostamp.errors import CannotTell, NodeUnreachable
from cryptostamp.ledger import EventRecord, Ledger, Standing
from cryptostamp.office import PostmarkOrder, StampDesk, VoidOrder, audit, claim, follow, runs_of
from cryptostamp.office.audit_report import Outcome
from cryptostamp.primitives import Serial

pytestmark = pytest.mark.faults

ALICE, BOB = DevSigner(7), DevSigner(8)
STRANGE = "0x" + "ab" * 32
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
TIMEOUT_S = 0.5
Change = Callable[["Logs"], "Logs"]

Logs = list[dict[str, Any]]


@pytest.fixture
def lived(desk: Desk) -> Desk:
    """A series with claims, a token that goes on, voids and postmarks, in several blocks."""
    contract = StampSeries(desk.chain, desk.dossier.deployment.contract)
    for serial in (2, 5):
        code = desk.secret.claim_code(Serial(serial))
        claim(code, desk.dossier, to=ALICE.address, sender=desk.sender, ledger=desk.ledger)
    contract.transfer(desk.sender, intent="deliver no. 7", serial=Serial(7), to=BOB.address)
    issuer = StampDesk(desk.dossier, desk.sender, desk.ledger)
    issuer.void(VoidOrder(serials=runs_of([(11, 20), (3, 3)]), reason=VoidReason.STOLEN))
    order = PostmarkOrder(serials=runs_of([(5, 6)]), office="LEAP-01", day=date(2026, 5, 1), kind=PostmarkKind.REGULAR)
    issuer.postmark(order)
    return desk


@pytest.fixture
def node(lived: Desk) -> Iterator[ScriptedNode]:
    """A node in front of the series' own."""
    made = ScriptedNode(lived.url)
    yield made
    made.close()


Truth = tuple[list[EventRecord], list[Standing]]


def read(ledger: Ledger) -> Truth:
    index = ledger.index("LEAP")
    return list(index.events()), list(index.standings())


def follow_through(desk: Desk, node: ScriptedNode) -> None:
    chain = Chain.connect(node.url, timeout_s=TIMEOUT_S)
    follow(desk.dossier, chain=chain, ledger=desk.ledger, sleep=lambda _seconds: None)


@pytest.fixture
def truth(lived: Desk) -> Truth:
    """Read the series from its own node, and forget it again."""
    follow(lived.dossier, chain=lived.chain, ledger=lived.ledger)
    found = read(lived.ledger)
    lived.ledger.index("LEAP").rewind(None)
    assert len(found[0]) > 8
    return found


def _doubled(logs: Logs) -> Logs:
    return [*logs, *logs]


def _reversed(logs: Logs) -> Logs:
    return logs[::-1]


def _wrong_block(logs: Logs) -> Logs:
    return [*logs[:-3], logs[-3] | {"blockHash": STRANGE}, *logs[-2:]]


def _two_stories(logs: Logs) -> Logs:
    return [*logs, logs[-1] | {"transactionHash": STRANGE}]


def _of_the_future(logs: Logs) -> Logs:
    return [*logs, logs[-1] | {"blockNumber": "0xffffff"}]


def _cut(logs: Logs) -> Logs:
    return logs[: len(logs) // 2]


def _without_the_first_claim(logs: Logs) -> Logs:
    at = next(number for number, log in enumerate(logs) if log["topics"][0] == TRANSFER)
    return logs[:at] + logs[at + 1 :]


def tampered(node: ScriptedNode, change: Change) -> Callable[[list[Any]], Answer]:
    """Return an answer for events: the real one, changed wherever it has some."""

    def answer(parameters: list[Any]) -> Answer:
        honest = node.pass_on("eth_getLogs", parameters)
        assert isinstance(honest, dict)
        return {"result": change(honest["result"]) if len(honest["result"]) > 3 else honest["result"]}

    return answer


class TestEvents:
    @pytest.mark.parametrize("change", [_doubled, _reversed])
    def test_in_another_form(
        self, lived: Desk, node: ScriptedNode, truth: Truth, change: Callable[[Logs], Logs]
    ) -> None:
        """Events that come twice, or in another order, are the same events."""
        node.behaviour["eth_getLogs"] = tampered(node, change)
        follow_through(lived, node)
        assert read(lived.ledger) == truth

    @pytest.mark.parametrize("change", [_wrong_block, _two_stories, _of_the_future, _cut, _without_the_first_claim])
    def test_that_cannot_be(
        self, lived: Desk, node: ScriptedNode, truth: Truth, change: Callable[[Logs], Logs]
    ) -> None:
        """Events that contradict each other, the blocks or the contract are an error; nothing of them stays."""
        node.behaviour["eth_getLogs"] = tampered(node, change)
        with pytest.raises((CannotTell, NodeUnreachable), match=r"fit together|kept back"):
            follow_through(lived, node)
        assert read(lived.ledger) == ([], [])
        node.behaviour.clear()
        follow_through(lived, node)
        assert read(lived.ledger) == truth

    def test_postmarks_that_are_kept_back(self, lived: Desk, node: ScriptedNode) -> None:
        """What the tokens in custody do not show, the audit does: it asks the contract stamp by stamp."""
        node.behaviour["eth_getLogs"] = tampered(node, lambda logs: logs[:-1])
        told = audit(lived.series, workspace=lived.workspace, rpc=node.url)
        assert told.outcome is Outcome.DIFFERS
        (difference,) = told.differences
        assert (difference.code.value, difference.serials) == ("state-differs", ((6, 6),))

    def test_another_block_than_asked_for(self, lived: Desk, node: ScriptedNode, truth: Truth) -> None:
        """A node that answers with another block is not believed."""

        def answer(parameters: list[Any]) -> Answer:
            place = parameters[0]
            is_number = place.startswith("0x") and int(place, 16) > 0
            return node.pass_on("eth_getBlockByNumber", [hex(int(place, 16) - 1) if is_number else place, False])

        node.behaviour["eth_getBlockByNumber"] = answer
        with pytest.raises((CannotTell, NodeUnreachable)):
            follow_through(lived, node)
        assert read(lived.ledger) == ([], [])
        node.behaviour.clear()
        follow_through(lived, node)
        assert read(lived.ledger) == truth


class Weather:
    """Does to every question what the dice say."""

    def __init__(self, node: ScriptedNode, seed: int, faults: tuple[str, ...]) -> None:
        self._node = node
        self._pass_on = node.answer
        self._dice = random.Random(seed)  # noqa: S311 - dice
        self._faults = faults
        self._last: dict[str, dict[str, Any]] = {}
        self.met: set[str] = set()
        node.answer = self.answer  # type: ignore[method-assign]

    def answer(self, question: dict[str, Any]) -> Answer:
        """Answer, or not."""
        fault = self._dice.choice([*[""] * 14, *self._faults])
        method = question["method"]
        self.met.add(fault)
        instead: dict[str, Answer] = {
            "unheard": None,
            "429": 429,
            "502": 502,
            "html": b"<html>Bad Gateway</html>",
            "broken off": b'{"jsonrpc":"2.0","id":1,"result":[{"addr',
            "limit": {"error": {"code": -32005, "message": "rate limited"}},
        }
        if fault in instead:
            return instead[fault]
        honest = self._pass_on(question)
        previous = self._last.get(method)
        if isinstance(honest, dict):
            self._last[method] = honest | {"id": question["id"]}
        if fault == "late":
            time.sleep(1.2 * TIMEOUT_S)
        elif fault == "out of order" and previous is not None:
            return previous  # the answer to the question before
        elif fault == "range" and method == "eth_getLogs":
            return {"error": {"code": -32600, "message": "query returned more than 10000 results"}}
        elif fault in {"twice", "reversed"} and method == "eth_getLogs" and isinstance(honest, dict):
            return {"result": (_doubled if fault == "twice" else _reversed)(honest["result"])}
        return honest


FAULTS = ("unheard", "429", "502", "html", "broken off", "limit", "late", "range", "twice", "reversed")


class TestWeather:
    @pytest.mark.parametrize("seed", range(3))
    def test_index(self, lived: Desk, node: ScriptedNode, truth: Truth, seed: int) -> None:
        """Run again as long as it says that it could not, the index comes to the truth, and never to anything else."""
        weather = Weather(node, seed, FAULTS)
        for _ in range(200):
            try:
                follow_through(lived, node)
            except (CannotTell, NodeUnreachable):
                events, _ = read(lived.ledger)
                assert events == truth[0][: len(events)]
                continue
            if len(weather.met) > 7:
                break
            assert read(lived.ledger) == truth
            lived.ledger.index("LEAP").rewind(None)
        assert len(weather.met) > 7
        assert read(lived.ledger) == truth

    @pytest.mark.parametrize("seed", range(3))
    def test_audit(self, lived: Desk, node: ScriptedNode, seed: int) -> None:
        """An audit through it agrees, or says that it could not be done; it never finds a difference."""
        weather = Weather(node, seed, tuple(each for each in FAULTS if each != "late"))
        outcomes = set()
        for _ in range(40):
            outcomes.add(audit(lived.series, workspace=lived.workspace, rpc=node.url).outcome)
            lived.ledger.index("LEAP").rewind(None)
            if outcomes >= {Outcome.AGREES, Outcome.NOT_CHECKED}:
                break
        assert Outcome.DIFFERS not in outcomes
        assert Outcome.NOT_CHECKED in outcomes
        assert len(weather.met) > 2

    @pytest.mark.parametrize("seed", range(2))
    def test_answers_to_other_questions(self, lived: Desk, node: ScriptedNode, truth: Truth, seed: int) -> None:
        """A proxy that mixes up answers makes errors, and no ledger that is not the truth."""
        Weather(node, seed, ("out of order", "out of order"))
        for _ in range(12):
            try:
                follow_through(lived, node)
            except (CannotTell, NodeUnreachable):
                pass
            else:
                assert read(lived.ledger) == truth
            lived.ledger.index("LEAP").rewind(None)
        node.answer = ScriptedNode.answer.__get__(node)  # type: ignore[method-assign]
        follow_through(lived, node)
        assert read(lived.ledger) == truth
