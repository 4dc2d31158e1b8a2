"""A node answers, or is unreachable: no exception of a library comes out, and no answer is made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from urllib3.connection import HTTPConnection

from cryptostamp.chain import (
    Chain,
    DevSigner,
    LocalNode,
    Sender,
    SeriesTerms,
    StampSeries,
    deploy_registry,
    deploy_series,
    http_session,
    load_artifact,
)
from cryptostamp.chain.rpc import RpcClient, RpcFailure
from cryptostamp.errors import CannotTell, ContractRefusal, EnvironmentProblem, InputError, NodeUnreachable
from cryptostamp.primitives import ChainId, Serial, keccak256, parse_address

if TYPE_CHECKING:
    from tests.chain.conftest import Answer, ScriptedNode

NOBODY = parse_address("0x" + "de" * 20)


@contextmanager
def endless_node(part: bytes, *, pause_s: float = 0.0) -> Iterator[str]:
    """Serve an answer of `part` again and again, with a pause between, until the caller goes."""
    stop = Event()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            with suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
                while not stop.wait(pause_s):
                    self.wfile.write(part)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            stop.set()
            server.shutdown()
            thread.join()


class TestConnect:
    def test_a_local_chain(self, chain: Chain) -> None:
        """The chain says which one it is and what its first block was."""
        assert chain.chain_id == 31337
        assert chain.genesis_hash == chain.block(0).hash

    def test_another_chain_than_expected(self, local_node: LocalNode) -> None:
        """A node of another chain is not taken for the right one."""
        with pytest.raises(NodeUnreachable, match="serves chain 31337, not chain 1"):
            Chain.connect(local_node.url, expected=ChainId(1))

    def test_nobody_listens(self, scripted: ScriptedNode) -> None:
        """A closed port is a node that cannot be reached."""
        scripted.close()
        with pytest.raises(NodeUnreachable, match="cannot be reached"):
            Chain.connect(scripted.url)

    @pytest.mark.parametrize(
        "url", ["", "localhost:8545", "ftp://127.0.0.1", "http://", "http://127.0.0.1:port", "http://[::1"]
    )
    def test_no_url(self, url: str) -> None:
        """A node's address that is none is the caller's mistake, not the network's."""
        with pytest.raises(InputError):
            Chain.connect(url)

    def test_the_access_key_is_not_shown(self, scripted: ScriptedNode) -> None:
        """The path and the user of a URL often hold a key: they stay out of messages and representations."""
        scripted.everything = lambda: 500
        url = scripted.url.replace("http://", "http://user:pa55@") + "/v3/5ecret"
        with pytest.raises(NodeUnreachable) as error:
            Chain.connect(url)
        shown = error.value.diagnostics() + repr(RpcClient(url))
        assert "5ecret" not in shown
        assert "pa55" not in shown


class TestEnvironment:
    """What the environment says of the network is read once, when a node is named."""

    def test_a_proxy(self, scripted: ScriptedNode, monkeypatch: pytest.MonkeyPatch) -> None:
        """Questions go through the proxy that the environment named then, whatever it says later."""
        scripted.everything = lambda: {"result": "0x7a69"}
        monkeypatch.setenv("http_proxy", scripted.url)
        monkeypatch.delenv("no_proxy", raising=False)
        node = RpcClient("http://node.example:8545")
        monkeypatch.delenv("http_proxy")
        assert node.request("eth_chainId") == "0x7a69"
        assert scripted.asked == ["eth_chainId"]

    def test_no_proxy(self, scripted: ScriptedNode, monkeypatch: pytest.MonkeyPatch) -> None:
        """A host that the environment excepts is asked directly."""
        scripted.everything = lambda: {"result": "0x7a69"}
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert RpcClient(scripted.url).request("eth_chainId") == "0x7a69"


class TestMisbehaviour:
    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (429, "asks for fewer questions"),
            (500, "HTTP 500"),
            (404, "HTTP 404"),
            (None, "cannot be reached"),
            (b"", "does not speak JSON-RPC"),
            (b"<html>", "does not speak JSON-RPC"),
            (b"[]", "does not speak JSON-RPC"),
            (b"7", "does not speak JSON-RPC"),
            (b"[" * 1_000_000, "does not speak JSON-RPC"),
            ({}, "does not speak JSON-RPC"),
            ({"error": {"code": -32005, "message": "limit"}}, "asks for fewer questions"),
            ({"error": {"code": -32601, "message": "no such method"}}, "no such method"),
            ({"error": "broken"}, "broken"),
            ({"result": None}, "makes no sense"),
            ({"result": {}}, "makes no sense"),
            ({"result": 5}, "makes no sense"),
            ({"result": "five"}, "makes no sense"),
        ],
    )
    def test_answers_that_are_none(self, scripted: ScriptedNode, answer: Answer, words: str) -> None:
        """Whatever a broken node sends, the caller is told that it cannot be asked."""
        scripted.everything = lambda: answer
        with pytest.raises(NodeUnreachable, match=words):
            Chain.connect(scripted.url)

    def test_slow(self, scripted: ScriptedNode) -> None:
        """A node that takes longer than the caller waits is unreachable."""
        released = Event()
        scripted.everything = lambda: None if released.wait(10) else 500
        with pytest.raises(NodeUnreachable, match="in time"):
            Chain.connect(scripted.url, timeout_s=0.05)
        released.set()

    def test_a_byte_at_a_time(self) -> None:
        """A node that keeps the caller waiting with a byte now and then is given up in a bounded time."""
        with endless_node(b" ", pause_s=0.02) as url, pytest.raises(NodeUnreachable, match="in time"):
            RpcClient(url, timeout_s=0.1).request("eth_chainId")

    def test_without_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An answer that does not end is not read into memory, nor to its end."""
        monkeypatch.setattr(http_session, "MAXIMAL_ANSWER_BYTES", 2**20)
        with endless_node(b" " * 2**16) as url, pytest.raises(NodeUnreachable, match="does not end"):
            RpcClient(url).request("eth_chainId")

    def test_a_connection_is_kept(self, local_node: LocalNode, monkeypatch: pytest.MonkeyPatch) -> None:
        """Questions one after the other go over one connection."""
        opened: list[HTTPConnection] = []
        connect = HTTPConnection.connect
        monkeypatch.setattr(HTTPConnection, "connect", lambda self: (opened.append(self), connect(self)))
        client = RpcClient(local_node.url)
        assert {client.request("eth_chainId") for _ in range(5)} == {"0x7a69"}
        assert len(opened) == 1

    def test_malformed_receipts_and_logs(self, between: ScriptedNode) -> None:
        """A receipt or log with parts missing is no answer."""
        chain = Chain.connect(between.url)
        between.behaviour["eth_getTransactionReceipt"] = lambda _: {"result": {"blockHash": "0x12"}}
        between.behaviour["eth_getLogs"] = lambda _: {"result": [{"topics": ["0x12"]}]}
        with pytest.raises(NodeUnreachable):
            chain.receipt(chain.genesis_hash)
        with pytest.raises(NodeUnreachable):
            chain.logs(NOBODY, [], first_block=0, last_block=1)


class TestRevertData:
    @pytest.mark.parametrize(
        "wrap",
        [
            lambda data: {"code": 3, "message": "execution reverted", "data": data},
            lambda data: {"code": -32000, "message": "execution reverted", "data": {"data": data}},
            lambda data: {"code": -32015, "message": "VM execution error.", "data": f"Reverted {data}"},
        ],
    )
    def test_the_ways_nodes_wrap_it(self, between: ScriptedNode, wrap: Callable[[str], dict[str, object]]) -> None:
        """Revert data is found in the places where nodes put it."""
        chain = Chain.connect(between.url)
        revert = "0x" + (keccak256(b"NotInEdition(uint256)")[:4] + (21).to_bytes(32, "big")).hex()
        between.behaviour["eth_call"] = lambda _: {"error": wrap(revert)}
        with pytest.raises(ContractRefusal) as refusal:
            chain.call(to=NOBODY, data=b"")
        assert refusal.value.name == "NotInEdition"

    @pytest.mark.parametrize("data", [None, 5, "no hex", "0xzz", [], {"data": None}])
    def test_no_data(self, between: ScriptedNode, data: object) -> None:
        """A revert without readable data is a refusal without a reason."""
        chain = Chain.connect(between.url)
        between.behaviour["eth_call"] = lambda _: {"error": {"code": 3, "message": "execution reverted", "data": data}}
        with pytest.raises(ContractRefusal, match="without a reason"):
            chain.call(to=NOBODY, data=b"")

    def test_no_money(self, between: ScriptedNode) -> None:
        """An account without money is something that its owner can mend."""
        chain = Chain.connect(between.url)
        message = "insufficient funds for gas * price + value"
        between.behaviour["eth_estimateGas"] = lambda _: {"error": {"code": -32000, "message": message}}
        with pytest.raises(EnvironmentProblem, match="not enough money"):
            chain.estimate_gas(to=NOBODY, data=b"", sender=NOBODY)


class TestReading:
    def test_accounts(self, chain: Chain) -> None:
        """Money, code and the number of transactions of an account."""
        account = DevSigner(5).address
        assert chain.balance(account) == 10_000 * 10**18
        assert (chain.code(account), chain.transaction_count(account)) == (b"", 0)

    def test_what_a_block_holds(self, chain: Chain, sender: Sender) -> None:
        """The transactions of a block, and how many an account had sent up to it."""
        before = chain.head().number
        done = deploy_registry(sender, intent="registry", authority=NOBODY)
        (transaction,) = chain.transactions(done.block_number)
        assert (transaction.hash, transaction.sender, transaction.nonce) == (done.transaction_hash, sender.address, 0)
        counts = [chain.transaction_count(sender.address, block=block) for block in (before, done.block_number)]
        assert counts == [0, 1]

    def test_the_finalized_block(self, chain: Chain) -> None:
        """The finalized block lies two epochs of two blocks below the newest one."""
        for _ in range(5):
            chain.rpc.request("evm_mine")
        assert chain.finalized().number == chain.head().number - 4

    def test_what_gas_costs(self, chain: Chain) -> None:
        """The price of gas is the base fee and the tip; an offer outlasts that the base fee doubles."""
        market = chain.fee_market()
        assert market.price == market.base_fee + market.tip
        assert market.fees.max_fee == 2 * market.base_fee + market.tip

    def test_a_block_that_does_not_exist(self, chain: Chain) -> None:
        """A block beyond the head is no answer."""
        with pytest.raises(NodeUnreachable):
            chain.block(chain.head().number + 1)

    def test_unmined(self, chain: Chain) -> None:
        """A transaction that nobody sent has no receipt."""
        assert chain.receipt(chain.genesis_hash) is None


class TestLogs:
    def test_ranges_are_halved(self, between: ScriptedNode, sender: Sender, terms: SeriesTerms) -> None:
        """A node that searches few blocks at a time gives the same events in the same order."""
        first = deploy_series(sender, intent="issue", terms=terms)
        topic = load_artifact("StampSeries").interface.topic("ConsecutiveTransfer")
        chain = Chain.connect(between.url)

        def limited(parameters: list[dict[str, str]]) -> Answer:
            start, end = int(parameters[0]["fromBlock"], 16), int(parameters[0]["toBlock"], 16)
            if end - start > 2_000:
                return {"error": {"code": -32602, "message": "range too large"}}
            if start > first.block_number:
                return {"result": []}
            return between.pass_on("eth_getLogs", [{**parameters[0], "toBlock": hex(first.block_number)}])

        between.behaviour["eth_getLogs"] = limited
        logs = chain.logs(first.contract, [topic], first_block=0, last_block=10_000)
        assert [log.block_number for log in logs] == [first.block_number]
        assert between.asked.count("eth_getLogs") > 4

    def test_a_node_that_will_not_search(self, between: ScriptedNode) -> None:
        """A node that refuses every range is not asked for ever."""
        chain = Chain.connect(between.url)
        between.behaviour["eth_getLogs"] = lambda _: {"error": {"code": -32602, "message": "no"}}
        with pytest.raises(CannotTell):
            chain.logs(NOBODY, [], first_block=0, last_block=10**9)
        assert between.asked.count("eth_getLogs") < 600


class TestForeignContracts:
    def test_no_contract(self, chain: Chain) -> None:
        """An address without code does not answer like a series."""
        with pytest.raises(CannotTell, match="does not answer stampOf"):
            StampSeries(chain, NOBODY).stamp(Serial(1))

    def test_an_unknown_state(self, between: ScriptedNode) -> None:
        """A state that we have no word for is not guessed."""
        chain = Chain.connect(between.url)
        words = NOBODY[2:].rjust(64, "0") + (9).to_bytes(32, "big").hex() + bytes(9 * 32).hex()
        between.behaviour["eth_call"] = lambda _: {"result": "0x" + words}
        with pytest.raises(CannotTell):
            StampSeries(chain, NOBODY).stamp(Serial(1))

    def test_a_refusal_that_is_not_about_the_edition(self, between: ScriptedNode) -> None:
        """Only the contract's own word that there is no such serial makes a stamp absent."""
        chain = Chain.connect(between.url)
        between.behaviour["eth_call"] = lambda _: {"error": {"code": 3, "message": "execution reverted"}}
        with pytest.raises(ContractRefusal):
            StampSeries(chain, NOBODY).stamp(Serial(1))


@pytest.mark.parametrize("error", [{"code": -32000, "message": "bad\x1b[2Jnews\n" * 100}, "bad\x1b[2Jnews\n" * 100])
def test_words_of_a_node_are_shown_without_controls(scripted: ScriptedNode, error: object) -> None:
    """What a node says reaches a terminal shortened and without control characters."""
    scripted.everything = lambda: {"error": error}
    failure = RpcClient(scripted.url).request("eth_sendRawTransaction", "0x00")
    assert failure.message.startswith("bad [2Jnews bad")
    assert failure.message.isprintable()
    assert len(failure.message) <= 500


def test_a_failure_is_a_value(local_node: LocalNode) -> None:
    """A question that the node refuses comes back as a value, for the caller to judge."""
    answer = RpcClient(local_node.url).request("eth_sendRawTransaction", "0x00")
    assert isinstance(answer, RpcFailure)
    assert answer.message
