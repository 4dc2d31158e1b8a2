"""A verifier is told what a node says, or that it says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.registry import admit, register

from cryptostamp.chain import (
    ChainReader,
    LocalNode,
    PostalRegistry,
    Sender,
    SeriesTerms,
    deploy_registry,
    deploy_series,
)
from cryptostamp.errors import NodeUnreachable
from cryptostamp.primitives import Serial, parse_address

if TYPE_CHECKING:
    from tests.chain.conftest import ScriptedNode

NOBODY = parse_address("0x" + "de" * 20)


@pytest.fixture
def reader(local_node: LocalNode) -> ChainReader:
    """A reader of the local chain."""
    return ChainReader(local_node.url)


class TestReader:
    def test_where_it_reads(self, reader: ChainReader, sender: Sender) -> None:
        """It says which chain it reads and how far that has come."""
        assert reader.chain_id() == sender.chain.chain_id
        assert reader.head() == sender.chain.head()

    def test_whose_code(self, reader: ChainReader, sender: Sender, terms: SeriesTerms) -> None:
        """Our series, another contract and no contract are three answers."""
        series = deploy_series(sender, intent="issue", terms=terms)
        registry = deploy_registry(sender, intent="registry", authority=sender.address)
        contracts = (series.contract, registry.contract, NOBODY)
        assert [reader.is_our_code(contract) for contract in contracts] == [True, False, None]

    def test_what_a_verdict_needs(self, reader: ChainReader, sender: Sender, terms: SeriesTerms) -> None:
        """Status and stamps of a series that was issued and registered."""
        contract = deploy_series(sender, intent="issue", terms=terms).contract
        registry_at = deploy_registry(sender, intent="registry", authority=sender.address).contract
        registry = PostalRegistry(sender.chain, registry_at)
        admit(registry, sender, sender)
        assert reader.series_status(registry_at, contract) is None
        register(registry, sender, contract)
        status = reader.series_status(registry_at, contract)
        assert status is not None
        assert (status.post.name, status.active, status.code_unchanged) == ("Lilypond Post", True, True)
        stamp = reader.stamp(contract, Serial(20))
        assert stamp is not None
        assert stamp.owner == terms.custody
        assert reader.stamp(contract, Serial(21)) is None


class TestNodeDown:
    def test_first_question(self, scripted: ScriptedNode) -> None:
        """A reader can be made while its node is down; each question says so, until the node is back."""
        scripted.everything = lambda: 503
        reader = ChainReader(scripted.url)
        for _ in range(2):
            with pytest.raises(NodeUnreachable):
                reader.chain_id()
        scripted.everything = None
        scripted.behaviour = {
            "eth_chainId": lambda _: {"result": "0x7a69"},
            "eth_getBlockByNumber": lambda _: {
                "result": {"number": "0x0", "hash": "0x" + "11" * 32, "timestamp": "0x1"}
            },
        }
        assert reader.chain_id() == 31337
