"""Before its claim nobody can move a token; after it, it is an ordinary ERC-721 token."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cryptostamp.chain import Sender, SeriesTerms, StampSeries, StampState, deploy_series
from cryptostamp.errors import ContractRefusal
from cryptostamp.primitives import Serial, parse_address

if TYPE_CHECKING:
    from tests.contracts.conftest import Emission


ALICE = parse_address("0x" + "a1" * 20)


class TestInCustody:
    def test_custody_cannot_move_an_unclaimed_token(self, sender: Sender, terms: SeriesTerms) -> None:
        """Whoever has the key of custody cannot take stamps out of the edition."""
        deployment = deploy_series(sender, intent="issue", terms=replace(terms, custody=sender.address))
        series = StampSeries(sender.chain, deployment.contract)
        for to in (ALICE, sender.address):
            with pytest.raises(ContractRefusal) as refusal:
                series.transfer(sender, intent=f"take {to}", serial=Serial(7), to=to)
            assert refusal.value.name == "StillInCustody"
        stamp = series.stamp(Serial(7))
        assert stamp is not None
        assert (stamp.owner, stamp.state) == (sender.address, StampState.UNCLAIMED)

    def test_nor_can_somebody_custody_approved(self, leap: Emission, sender: Sender, collector: Sender) -> None:
        """An approval for all tokens of custody is worth nothing for unclaimed ones."""
        deployment = deploy_series(sender, intent="issue own", terms=replace(leap.terms, custody=sender.address))
        approve = leap.interface.encode_call("setApprovalForAll", collector.address, True)  # noqa: FBT003
        sender.send(intent="approve", to=deployment.contract, data=approve)
        move = leap.interface.encode_call("transferFrom", sender.address, ALICE, 7)
        with pytest.raises(ContractRefusal) as refusal:
            collector.send(intent="move", to=deployment.contract, data=move)
        assert refusal.value.name == "StillInCustody"


class TestAfterTheClaim:
    def test_the_owner_moves_it(self, leap: Emission, collector: Sender) -> None:
        """The owner gives the token away; it stays claimed, and the balances follow."""
        leap.claim(leap.prepare(7, collector.address))
        leap.series.transfer(collector, intent="give", serial=Serial(7), to=ALICE)
        stamp = leap.series.stamp(Serial(7))
        assert (stamp.owner, stamp.state) == (ALICE, StampState.CLAIMED)
        assert [leap.series.balance_of(owner) for owner in (collector.address, ALICE)] == [0, 1]

    def test_the_issuer_cannot_move_it(self, leap: Emission, sender: Sender, collector: Sender) -> None:
        """No account of the issuer has a right over a claimed token."""
        leap.claim(leap.prepare(7, collector.address))
        move = leap.interface.encode_call("transferFrom", collector.address, ALICE, 7)
        with pytest.raises(ContractRefusal) as refusal:
            sender.send(intent="take", to=leap.series.address, data=move)
        assert refusal.value.name == "ERC721InsufficientApproval"

    def test_approvals_end_with_a_transfer(self, leap: Emission, collector: Sender) -> None:
        """The new owner does not inherit whom the old one trusted."""
        leap.claim(leap.prepare(7, collector.address))
        approve = leap.interface.encode_call("approve", ALICE, 7)
        collector.send(intent="approve", to=leap.series.address, data=approve)
        assert leap.read("getApproved", 7) == ALICE.lower()
        leap.series.transfer(collector, intent="give", serial=Serial(7), to=leap.terms.custody)
        assert int(str(leap.read("getApproved", 7)), 16) == 0

    def test_money_is_not_taken(self, leap: Emission) -> None:
        """The contract has no function that accepts money."""
        answer = leap.chain.rpc.request(
            "eth_call", {"to": leap.series.address, "from": leap.sender.address, "value": "0x1"}, "latest"
        )
        assert "revert" in answer.message
