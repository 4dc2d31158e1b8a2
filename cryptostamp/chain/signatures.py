"""Whether an account stands behind a signature, as the chain sees it: contract wallets, deployed or not.

Rests on ERC-1271 and EIP-6492, by contracts/src/SignatureValidator.sol: its code goes to ``eth_call`` as that of a new
contract, so nothing is deployed, and answers with one byte. What a wallet does in there is undone with the call.
"""

from __future__ import annotations

from cryptostamp.chain.artifacts import load_artifact
from cryptostamp.chain.node import Chain
from cryptostamp.errors import ContractRefusal
from cryptostamp.primitives import Address, Hash32

__all__ = ["LARGEST_SIGNATURE", "is_valid_signature"]

LARGEST_SIGNATURE = 24_000
"""Bytes: with more than that the code of the validator would be too large for a new contract (EIP-3860)."""


def is_valid_signature(chain: Chain, account: Address, digest: Hash32, signature: bytes) -> bool:
    """Return whether `account` stands behind a signature over `digest` now; `NodeUnreachable` if nobody knows."""
    if len(signature) > LARGEST_SIGNATURE:
        return False
    artifact = load_artifact("SignatureValidator")
    data = artifact.bytecode + artifact.interface.encode_constructor(account, digest, signature)
    try:
        return chain.call(to=None, data=data) == b"\x01"
    except ContractRefusal:
        return False
