"""A verifier is told what a node says, or that it says nothing."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.registry import admit, register
from support.scripted_node import Answer, ScriptedNode

from cryptostamp.chain import (
    ChainReader,
    LocalNode,
    PostalRegistry,
    Sender,
    SeriesStatus,
    SeriesTerms,
    Stamp,
    deploy_registry,
    deploy_series,
)
from cryptostamp.chain.batch import BatchClient
from cryptostamp.chain.rpc import RpcFailure
from cryptostamp.errors import CannotTell, ContractRefusal, CryptostampError, NodeUnreachable
from cryptostamp.primitives import Address, Serial, parse_address

NOBODY = parse_address("0x" + "de" * 20)
WORDS = st.lists(st.binary(min_size=32, max_size=32) | st.integers(0, 600).map(lambda n: n.to_bytes(32, "big")))
DATA = (st.binary(max_size=700) | WORDS.map(b"".join)).map(lambda data: "0x" + data.hex())
garbage = st.one_of(
    DATA,
    st.text(max_size=20),
    st.none(),
    st.integers(),
    st.floats(),
    st.lists(st.integers(), max_size=3),
    st.integers(0, 2**300).map(hex),
    st.fixed_dictionaries({"number": DATA, "hash": DATA, "timestamp": DATA}),
    st.builds(RpcFailure, code=st.integers(), message=st.text(), data=st.binary(max_size=100)),
)


@pytest.fixture
def reader(local_node: LocalNode) -> ChainReader:
    """A reader of the local chain."""
    return ChainReader(local_node.url)


@dataclass(frozen=True, kw_only=True)
class Asked:
    contract: Address
    serial: Serial
    registry: Address | None = None


class TestReader:
    def test_where_it_reads(self, reader: ChainReader, sender: Sender) -> None:
        """It says which chain it reads and how far that has come, also if nothing is asked."""
        assert reader.chain_id() == sender.chain.chain_id
        look = reader.look([])
        assert (look.chain_id, look.block, look.sights) == (sender.chain.chain_id, sender.chain.head(), ())
        assert look.final is not None
        assert look.final.number <= look.block.number

    def test_whose_code(self, reader: ChainReader, sender: Sender, terms: SeriesTerms) -> None:
        """Our series, another contract and no contract are three answers."""
        series = deploy_series(sender, intent="issue", terms=terms)
        registry = deploy_registry(sender, intent="registry", authority=sender.address)
        contracts = (series.contract, registry.contract, NOBODY)
        look = reader.look([Asked(contract=contract, serial=Serial(1)) for contract in contracts])
        assert [sight.is_our_code for sight in look.sights] == [True, False, None]
        assert all(isinstance(sight.stamp, CannotTell | ContractRefusal) for sight in look.sights[1:])
        assert look.sights[0].edition_root == terms.edition_root

    def test_what_a_verdict_needs(self, reader: ChainReader, sender: Sender, terms: SeriesTerms) -> None:
        """Status and stamps of a series that was issued and registered, while the chain moves on."""
        contract = deploy_series(sender, intent="issue", terms=terms).contract
        registry_at = deploy_registry(sender, intent="registry", authority=sender.address).contract
        registry = PostalRegistry(sender.chain, registry_at)
        admit(registry, sender, sender)
        questions = [Asked(contract=contract, serial=Serial(serial), registry=registry_at) for serial in (20, 21)]
        assert [sight.status for sight in reader.look(questions).sights] == [None, None]
        register(registry, sender, contract)
        last, beyond = reader.look(questions).sights
        assert isinstance(last.status, SeriesStatus)
        assert (last.status.post.name, last.status.active, last.status.code_unchanged) == ("Lilypond Post", True, True)
        assert isinstance(last.stamp, Stamp)
        assert last.stamp.owner == terms.custody
        assert beyond.stamp is None

    def test_as_of_an_earlier_block(self, reader: ChainReader, sender: Sender, terms: SeriesTerms) -> None:
        """A look at a block tells what was true there."""
        before = sender.chain.head()
        contract = deploy_series(sender, intent="issue", terms=terms).contract
        question = Asked(contract=contract, serial=Serial(1))
        earlier = reader.look([question], at=before.number)
        assert (earlier.block, earlier.sights[0].is_our_code) == (before, None)
        assert reader.look([question]).sights[0].is_our_code is True


class TestRoundTrips:
    def test_one_for_a_verdict(self, local_node: LocalNode, sender: Sender, terms: SeriesTerms) -> None:
        """All that a verdict needs comes in one request; the next verdict asks for its stamp only."""
        contract = deploy_series(sender, intent="issue", terms=terms).contract
        with closing(ScriptedNode(local_node.url)) as node:
            reader = ChainReader(node.url)
            first = reader.look([Asked(contract=contract, serial=Serial(1))])
            assert node.trips == 1
            assert node.asked.count("eth_getCode") == 1
            second = reader.look([Asked(contract=contract, serial=Serial(2))])
            assert node.trips == 2
            assert node.asked.count("eth_getCode") == 1
            assert (first.sights[0].is_our_code, second.sights[0].is_our_code) == (True, True)

    def test_what_is_known_is_forgotten_with_its_block(
        self, local_node: LocalNode, sender: Sender, terms: SeriesTerms
    ) -> None:
        """After a new block everything is asked anew."""
        contract = deploy_series(sender, intent="issue", terms=terms).contract
        reader = ChainReader(local_node.url)
        assert reader.look([Asked(contract=contract, serial=Serial(1))]).sights[0].is_our_code is True
        sender.chain.rpc.request("anvil_setCode", contract, "0x00")
        sender.chain.rpc.request("evm_mine")
        assert reader.look([Asked(contract=contract, serial=Serial(1))]).sights[0].is_our_code is False

    def test_many(self, reader: ChainReader, sender: Sender, terms: SeriesTerms) -> None:
        """More questions than fit into a batch are answered in their order, from several threads at once."""
        contract = deploy_series(sender, intent="issue", terms=terms).contract
        questions = [Asked(contract=contract, serial=Serial(number % 21 + 1)) for number in range(900)]
        with ThreadPoolExecutor(4) as pool:
            for look in pool.map(reader.look, [questions] * 4):
                found = [None if sight.stamp is None else sight.stamp.serial for sight in look.sights]  # type: ignore[union-attr]
                assert found == [None if each.serial > 20 else each.serial for each in questions]

    def test_a_chain_that_moves_during_the_answer(self, local_node: LocalNode, sender: Sender) -> None:
        """If the newest block changes within a batch, the batch is asked again as of one block."""
        with closing(ScriptedNode(local_node.url)) as node:
            blocks = iter(range(100))

            def moving(parameters: list[Any]) -> Answer:
                if parameters[0] == "latest":
                    sender.chain.rpc.request("evm_mine")
                    next(blocks)
                return node.pass_on("eth_getBlockByNumber", parameters)

            node.behaviour["eth_getBlockByNumber"] = moving
            look = ChainReader(node.url).look([])
            assert sender.chain.block(look.block.number) == look.block
            assert node.trips == 2


class TestBadNodes:
    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (503, "HTTP 503"),
            (302, "HTTP 302"),
            (None, "cannot be reached"),
            (b"", "does not speak"),
            (b"<html>", "does not speak"),
            (b"[" * 100_000, "does not speak"),
            (b"{}", "does not speak"),
            (b'{"error": {"code": -32600}}', "refuses to answer several"),
            (b"[]", "makes no sense"),
            (b'[1, "x", null, {"id": []}]', "makes no sense"),
            (b" " * (33 * 1024 * 1024), "sends more than"),
        ],
    )
    def test_no_answer(self, answer: Answer, reason: str) -> None:
        """Whatever comes that is no answer is a node that cannot be reached, with the reason."""
        with closing(ScriptedNode()) as node:
            node.everything = lambda: answer
            with pytest.raises(NodeUnreachable, match=reason):
                ChainReader(node.url).look([])

    def test_a_node_that_trickles(self) -> None:
        """A byte at a time is no answer in time."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            ended = threading.Event()

            def trickle() -> None:
                connection, _ = server.accept()
                with connection:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    while not ended.wait(0.02):
                        try:
                            connection.sendall(b"1\r\n \r\n")
                        except OSError:
                            return

            thread = threading.Thread(target=trickle)
            thread.start()
            try:
                with pytest.raises(NodeUnreachable, match="does not answer in time"):
                    ChainReader(f"http://127.0.0.1:{server.getsockname()[1]}", timeout_s=0.3).look([])
            finally:
                ended.set()
                thread.join()

    def test_first_question(self, scripted: ScriptedNode) -> None:
        """A reader can be made while its node is down; each question says so, until the node is back."""
        scripted.everything = lambda: 503
        reader = ChainReader(scripted.url)
        for _ in range(2):
            with pytest.raises(NodeUnreachable):
                reader.chain_id()
        scripted.everything = None
        scripted.behaviour = {"eth_chainId": lambda _: {"result": "0x7a69"}}
        assert reader.chain_id() == 31337


class TestGarbage:
    @settings(max_examples=200, deadline=None)
    @given(st.lists(garbage, min_size=8, max_size=8))
    def test_whatever_a_node_answers(self, answers: list[Any]) -> None:
        """Wrong types, numbers and data of any kind are errors of ours, and never anything else."""
        node = BatchClient("http://127.0.0.1:9")
        reader = ChainReader("http://127.0.0.1:9")
        head = {"number": "0x1", "hash": "0x" + "11" * 32, "timestamp": "0x1"}
        for framed in (answers, ["0x1", head, *answers[2:-1], head]):
            vars(node)["ask"] = lambda _, framed=framed: framed
            vars(reader)["_node"] = node
            try:
                look = reader.look([Asked(contract=NOBODY, serial=Serial(1), registry=NOBODY)])
            except CryptostampError:
                continue
            assert len(look.sights) == 1
