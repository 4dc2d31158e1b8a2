"""A dossier is looked up on its own chain and no other, and test accounts act on local chains only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.desk import Desk

from cryptostamp.chain import Chain, DevSigner, start_local_node
from cryptostamp.errors import InputError, NodeUnreachable
from cryptostamp.office import chain_of, local_post
from cryptostamp.office.chains import local_account, local_authority, local_stranger
from cryptostamp.primitives import ChainId, Hash32, parse_address


class TestChainOf:
    def test_the_right_chain(self, desk: Desk) -> None:
        """The node of the series is found."""
        chain = chain_of(desk.dossier, desk.url)
        assert (chain.chain_id, chain.genesis_hash) == (desk.chain.chain_id, desk.chain.genesis_hash)

    def test_a_chain_with_the_same_id(self, desk: Desk) -> None:
        """A local chain that was started anew has the same id, and is told from the first by its first block."""
        elsewhere = replace(desk.dossier.deployment, genesis_hash=Hash32(b"\7" * 32))
        with pytest.raises(NodeUnreachable, match="another chain with the same id, 31337") as refusal:
            chain_of(replace(desk.dossier, deployment=elsewhere), desk.url)
        assert "issue the series again" in refusal.value.remedy

    def test_a_chain_with_another_id(self, desk: Desk) -> None:
        """A node of another chain is refused by its id."""
        elsewhere = replace(desk.dossier.deployment, chain_id=ChainId(1))
        with pytest.raises(NodeUnreachable, match="serves chain 31337, not chain 1"):
            chain_of(replace(desk.dossier, deployment=elsewhere), desk.url)

    def test_no_node(self, desk: Desk) -> None:
        """A node that is down is named by its host."""
        with pytest.raises(NodeUnreachable, match=r"127\.0\.0\.1:9 cannot be reached"):
            chain_of(desk.dossier, "http://127.0.0.1:9")

    def test_no_url(self, desk: Desk) -> None:
        """A text that is no address of a node is the caller's to correct."""
        with pytest.raises(InputError):
            chain_of(desk.dossier, "localhost")


class TestLocalAccounts:
    def test_three_roles(self, chain: Chain) -> None:
        """Post, authority and stranger are three test accounts."""
        roles = [local_post(chain), local_authority(chain), local_stranger(chain)]
        assert [role.address for role in roles] == [DevSigner(index).address for index in range(3)]

    def test_by_address(self, chain: Chain) -> None:
        """A test account is found by its address, and nobody else is."""
        for index in (0, 9):
            assert local_account(chain, DevSigner(index).address).address == DevSigner(index).address
        with pytest.raises(InputError, match="is no test account") as refusal:
            local_account(chain, parse_address("0x" + "a1" * 20))
        assert "--keystore" in refusal.value.remedy

    def test_not_on_another_chain(self) -> None:
        """On a chain that is not a local one nobody acts by default."""
        with start_local_node(chain_id=ChainId(424242)) as node:
            elsewhere = Chain.connect(node.url)
            for role in (local_post, local_authority, local_stranger):
                with pytest.raises(InputError, match="424242 is not a local test chain"):
                    role(elsewhere)
            with pytest.raises(InputError, match="424242 is not a local test chain"):
                local_account(elsewhere, DevSigner(0).address)
