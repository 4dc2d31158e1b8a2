"""What the API remembers of verdicts is never older than the block, and the second, that they rest on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.collector import RunningSite

from cryptostamp.chain import DevSigner, load_artifact
from cryptostamp.codes import PublicCode
from cryptostamp.primitives import Serial, parse_address
from cryptostamp.web.answers import Answers
from cryptostamp.web.catalogue import Catalogue


@dataclass
class Desk:
    """Answers of a site, with a clock of their own."""

    catalogue: Catalogue
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.answers = Answers(self.catalogue, now=lambda: self.moment)

    def ask(self, *texts: str) -> list[Any]:
        """Ask for all texts at once, each by itself."""

        async def all_of_them() -> list[bytes]:
            return await asyncio.gather(*(self.answers.answer(text) for text in texts))

        return [json.loads(each) for each in asyncio.run(all_of_them())]


@pytest.fixture
def desk(running_site: RunningSite) -> Iterator[Desk]:
    """A desk that asks for the newest block every time."""
    with closing(Catalogue.open(replace(running_site.settings, fresh_s=0.0))) as catalogue:
        yield Desk(catalogue)


@pytest.fixture
def slow_desk(running_site: RunningSite) -> Iterator[Desk]:
    """A desk that takes the block it has for the newest."""
    with closing(Catalogue.open(replace(running_site.settings, fresh_s=3600.0))) as catalogue:
        yield Desk(catalogue)


def test_reorganisation(desk: Desk, running_site: RunningSite) -> None:
    """A stamp that is sent has another verdict at once, and the old one again when its block was undone."""
    serial, rpc = 37, running_site.chain.rpc
    code, custody = running_site.code(serial), DevSigner(0).address
    assert desk.ask(code)[0]["stamp"]["state"] == "unclaimed"
    data = load_artifact("StampSeries").interface.encode_call("transferFrom", custody, DevSigner(4).address, serial)
    fields = {"from": custody, "to": running_site.dossier.deployment.contract, "data": f"0x{data.hex()}"}
    sent = rpc.request("eth_sendTransaction", fields)
    while rpc.request("eth_getTransactionReceipt", sent) is None:
        pass
    assert [each["stamp"]["state"] for each in desk.ask(code, code)] == ["delivered"] * 2
    rpc.request("anvil_reorg", 1, [])
    assert desk.ask(code)[0]["stamp"]["state"] == "unclaimed"


def test_many_at_once(slow_desk: Desk, running_site: RunningSite) -> None:
    """Each of those who ask together gets the answer on their own stamp, strangers' contracts among them."""
    stranger = PublicCode.make(
        host="pond.example",
        chain_id=running_site.dossier.deployment.chain_id,
        contract=parse_address("0x" + "66" * 20),
        serial=Serial(3),
        claim_key=parse_address("0x" + "66" * 20),
    ).text
    codes = [running_site.code(serial) for serial in range(1, 31)]
    for _ in range(2):
        *answers, none, look_alike = slow_desk.ask(*codes, "nothing", stranger)
        assert [each["stamp"]["serial"] for each in answers] == list(range(1, 31))
        assert none["conclusion"] == look_alike["conclusion"] == "not genuine"
        assert len({each["stamp"]["block_number"] for each in answers}) == 1


def test_age_of_the_block(slow_desk: Desk, running_site: RunningSite) -> None:
    """Where the age of a block matters, an answer tells the age of this second, and is none when that is too high."""
    slow_desk.catalogue.trust = replace(slow_desk.catalogue.trust, chains={})
    block = datetime.fromtimestamp(slow_desk.catalogue.block().head().timestamp, UTC)
    aged = Desk(slow_desk.catalogue, block + timedelta(seconds=5))
    code = running_site.code(38)
    for seconds, said in ((5, "5 seconds old"), (6, "6 seconds old"), (6, "6 seconds old")):
        aged.moment = block + timedelta(seconds=seconds)
        (answer,) = aged.ask(code)
        assert answer["conclusion"] == "genuine"
        assert any(said in check["sentence"] for check in answer["checks"])
    aged.moment = block + timedelta(hours=2)
    assert aged.ask(code)[0]["conclusion"] == "unknown"


def test_what_is_not_kept(slow_desk: Desk, running_site: RunningSite) -> None:
    """A hidden code that was sent by mistake is in no memory; the stamp that was asked for is."""
    slow_desk.ask(running_site.hidden(38), running_site.code(38))
    kept = repr(vars(slow_desk.answers))
    assert running_site.code(38) in kept
    assert running_site.hidden(38) not in kept


def test_node_down(running_site: RunningSite) -> None:
    """Without a node nobody is told anything but that, nor which node it is, by all who ask together."""
    with closing(Catalogue.open(replace(running_site.settings, rpc=("http://user:word@LocalHost:9",)))) as catalogue:
        answers = Desk(catalogue).ask(running_site.code(38), running_site.code(39))
    assert [each["conclusion"] for each in answers] == ["unknown"] * 2
    assert "The node of this site cannot be reached" in str(answers)
    assert "localhost" not in str(answers).lower()
