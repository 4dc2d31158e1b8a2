"""Which account acts: the post's own from a keystore file, or a local chain's test accounts."""

from __future__ import annotations

from cryptostamp.chain import LOCAL_CHAIN_IDS, Chain, DevSigner, Signer
from cryptostamp.errors import InputError

__all__ = ["local_authority", "local_post", "local_stranger"]


def local_post(chain: Chain) -> Signer:
    """Return the test account that plays the post; `InputError` if the chain is not a local one."""
    _only_local(chain)
    return DevSigner(0)


def local_authority(chain: Chain) -> Signer:
    """Return the test account that plays the authority over the registry; `InputError` as above."""
    _only_local(chain)
    return DevSigner(1)


def local_stranger(chain: Chain) -> Signer:
    """Return the test account that plays somebody else; `InputError` as above."""
    _only_local(chain)
    return DevSigner(2)


def _only_local(chain: Chain) -> None:
    if chain.chain_id not in LOCAL_CHAIN_IDS:
        raise InputError(
            f"Chain {chain.chain_id} is not a local test chain, so there is no account to act with by default.",
            remedy="Give the account of the post with --keystore FILE.",
        )
