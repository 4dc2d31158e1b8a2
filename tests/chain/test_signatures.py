"""An account stands behind a signature by its key, or by the contract that it is or will be."""

from __future__ import annotations

import pytest
from eth_account import Account
from support.wallets import COUNTERFACTUAL, counterfactual, deploy, deployment_of, sign_for, wallet_address

from cryptostamp.chain import Chain, Sender, is_valid_signature
from cryptostamp.chain.rpc import RpcClient
from cryptostamp.errors import NodeUnreachable
from cryptostamp.primitives import Hash32, keccak256, parse_address

ALICE, MALLORY = Account.from_key(b"\x01" * 32), Account.from_key(b"\x02" * 32)
DIGEST = keccak256(b"a challenge")
ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141


def signature(account: object = ALICE, digest: Hash32 = DIGEST) -> bytes:
    return bytes(Account.unsafe_sign_hash(digest, account.key).signature)  # type: ignore[attr-defined]


class TestKeys:
    def test_whose(self, chain: Chain) -> None:
        """The account of the key, and no other."""
        assert is_valid_signature(chain, parse_address(ALICE.address), DIGEST, signature())
        assert not is_valid_signature(chain, parse_address(MALLORY.address), DIGEST, signature())
        assert not is_valid_signature(chain, parse_address(ALICE.address), keccak256(b"else"), signature())

    def test_one_form_only(self, chain: Chain) -> None:
        """What is no signature, or one written in another way, is not valid; nobody is not the zero account."""
        good = signature()
        s = int.from_bytes(good[32:64], "big")
        high = good[:32] + (ORDER - s).to_bytes(32, "big") + bytes([55 - good[64]])
        for bad in (b"", good[:64], good + b"\0", high, good[:64] + b"\0", COUNTERFACTUAL, b"x" * 40 + COUNTERFACTUAL):
            assert not is_valid_signature(chain, parse_address(ALICE.address), DIGEST, bad)
        assert not is_valid_signature(chain, parse_address("0x" + "00" * 20), DIGEST, bytes(65))
        assert not is_valid_signature(chain, parse_address(ALICE.address), DIGEST, bytes(30_000))


class TestContracts:
    def test_a_wallet(self, chain: Chain, sender: Sender) -> None:
        """A deployed wallet accepts its owner's signature (ERC-1271), and nobody else's."""
        wallet = deploy(sender, "ContractWallet", ALICE.address)
        assert is_valid_signature(chain, wallet, DIGEST, sign_for(ALICE, chain.chain_id, wallet, DIGEST))
        assert not is_valid_signature(chain, wallet, DIGEST, sign_for(MALLORY, chain.chain_id, wallet, DIGEST))
        assert not is_valid_signature(chain, wallet, DIGEST, signature())

    def test_a_signature_for_another_wallet(self, chain: Chain, sender: Sender) -> None:
        """Two wallets of one owner do not answer for each other."""
        first = deploy(sender, "ContractWallet", ALICE.address)
        factory = deploy(sender, "WalletFactory")
        sender.send(intent="second", to=factory, data=deployment_of(parse_address(ALICE.address)))
        second = wallet_address(chain, factory, parse_address(ALICE.address))
        of_first = sign_for(ALICE, chain.chain_id, first, DIGEST)
        assert is_valid_signature(chain, first, DIGEST, of_first)
        assert not is_valid_signature(chain, second, DIGEST, of_first)

    @pytest.mark.parametrize("length", [0, 1, 2, 3])
    def test_a_bad_wallet(self, chain: Chain, sender: Sender, length: int) -> None:
        """One that reverts, runs for ever or answers something else stands behind nothing."""
        wallet = deploy(sender, "BadWallet")
        assert not is_valid_signature(chain, wallet, DIGEST, bytes(length))

    def test_a_wallet_that_is_yet_to_be(self, chain: Chain, sender: Sender) -> None:
        """A wallet at a known address answers before it is deployed (EIP-6492), and asking deploys nothing."""
        factory = deploy(sender, "WalletFactory")
        wallet = wallet_address(chain, factory, parse_address(ALICE.address))
        inner = sign_for(ALICE, chain.chain_id, wallet, DIGEST)
        wrapped = counterfactual(factory, parse_address(ALICE.address), inner)
        assert is_valid_signature(chain, wallet, DIGEST, wrapped)
        assert chain.code(wallet) == b""
        assert not is_valid_signature(chain, wallet, DIGEST, inner)
        assert not is_valid_signature(chain, wallet, keccak256(b"else"), wrapped)
        by_mallory = sign_for(MALLORY, chain.chain_id, wallet, DIGEST)
        assert not is_valid_signature(
            chain, wallet, DIGEST, counterfactual(factory, parse_address(ALICE.address), by_mallory)
        )
        assert not is_valid_signature(
            chain, wallet, DIGEST, counterfactual(factory, parse_address(MALLORY.address), inner)
        )

    def test_a_wallet_that_was_deployed_since(self, chain: Chain, sender: Sender) -> None:
        """The signature of before stays valid when the wallet is there."""
        factory = deploy(sender, "WalletFactory")
        owner = parse_address(ALICE.address)
        wallet = wallet_address(chain, factory, owner)
        inner = sign_for(ALICE, chain.chain_id, wallet, DIGEST)
        wrapped = counterfactual(factory, owner, inner)
        sender.send(intent="deploy", to=factory, data=deployment_of(owner))
        assert chain.code(wallet)
        assert is_valid_signature(chain, wallet, DIGEST, wrapped)
        assert is_valid_signature(chain, wallet, DIGEST, inner)


class TestNodeDown:
    def test_nobody_knows(self, chain: Chain) -> None:
        """A node that is down is neither a yes nor a no."""
        gone = Chain(RpcClient("http://127.0.0.1:9"), chain_id=chain.chain_id, genesis_hash=chain.genesis_hash)
        with pytest.raises(NodeUnreachable):
            is_valid_signature(gone, parse_address(ALICE.address), DIGEST, signature())
