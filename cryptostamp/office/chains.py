"""Which chain a series lives on, and which account acts there.

An account is the post's own, from a keystore file, or on a local chain one of its public test accounts.
"""

from __future__ import annotations

from cryptostamp.chain import DEV_ACCOUNTS, LOCAL_CHAIN_IDS, Chain, DevSigner, Signer
from cryptostamp.edition import Dossier
from cryptostamp.errors import InputError, NodeUnreachable
from cryptostamp.primitives import Address

__all__ = ["DEFAULT_RPC", "chain_of", "local_account", "local_authority", "local_post", "local_stranger"]

DEFAULT_RPC = "http://127.0.0.1:8545"
"""Where a local node listens unless it was told otherwise."""


def chain_of(dossier: Dossier, rpc: str, *others: str) -> Chain:
    """Return the chain that a dossier speaks of; `NodeUnreachable` if the node at `rpc` is down or of another one.

    `others` stand in for it while it is down.
    """
    place = dossier.deployment
    chain = Chain.connect(rpc, *others, expected=place.chain_id)
    if chain.genesis_hash != place.genesis_hash:
        raise NodeUnreachable(
            f"The node at {chain.rpc.host} serves another chain with the same id, {place.chain_id}.",
            remedy="A local chain is gone when its node ends: issue the series again, into a new folder (--issued).",
        )
    return chain


def local_post(chain: Chain) -> Signer:
    """Return the test account that plays the post; `InputError` if the chain is not a local one."""
    return _test_account(chain, 0)


def local_authority(chain: Chain) -> Signer:
    """Return the test account that plays the authority over the registry; `InputError` as above."""
    return _test_account(chain, 1)


def local_stranger(chain: Chain) -> Signer:
    """Return the test account that plays somebody else; `InputError` as above."""
    return _test_account(chain, 2)


def local_account(chain: Chain, address: Address) -> Signer:
    """Return the test account with this address; `InputError` as above, or if none has it."""
    for index in range(DEV_ACCOUNTS):
        signer = _test_account(chain, index)
        if signer.address == address:
            return signer
    raise InputError(
        f"The account {address} must act here, and is no test account of a local chain.",
        remedy="Give its encrypted keystore with --keystore.",
    )


def _test_account(chain: Chain, index: int) -> Signer:
    if chain.chain_id not in LOCAL_CHAIN_IDS:
        raise InputError(
            f"Chain {chain.chain_id} is not a local test chain, so nobody acts on it by default.",
            remedy="Give the account of the post with --keystore, and the registry that admitted it with --registry.",
        )
    return DevSigner(index)
