"""Many claims in one transaction: what each needs, and what became of it.

Rests on `claimBatch` of contracts/src/StampSeries.sol: the proofs end at one level of the Merkle tree, the *crown*,
whose way to the root is checked once for all of them; signatures are packed by EIP-2098. A claim that the contract
refuses does not undo the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptostamp.chain.journal import MinedTransaction
from cryptostamp.errors import ContractRefusal, InputError
from cryptostamp.primitives import Address, Hash32, Serial

__all__ = ["BatchClaim", "ClaimBatch", "encode_claims"]

_SIGNATURE_LENGTH = 65
_V_OF_PARITY = (27, 28)
_LONGEST_PROOF = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchClaim:
    """One claim of a batch, signed by its claim key."""

    serial: Serial
    to: Address
    deadline: int
    """Seconds since 1970, UTC."""
    signature: bytes
    """65 bytes r, s, v with low s."""
    node: int
    """The number, from 0, of the node of the crown where the proof ends."""
    proof: tuple[Hash32, ...]
    """From the leaf up to the crown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimBatch:
    """A batch that was mined."""

    mined: MinedTransaction
    refused: Mapping[Serial, ContractRefusal]
    """Why the contract did not carry out some of the claims; all others it did."""


def encode_claims(claims: Sequence[BatchClaim]) -> tuple[list[tuple[object, ...]], list[Hash32]]:
    """Return the requests and the proofs of all of them, one after another, as the contract takes them.

    Raises `InputError` for a stamp that is named twice, and for a signature that cannot be packed.
    """
    seen: set[Serial] = set()
    requests: list[tuple[object, ...]] = []
    for claim in claims:
        if claim.serial in seen:
            raise InputError(f"Stamp {claim.serial} is claimed twice in one batch.", remedy="Leave one of them out.")
        seen.add(claim.serial)
        if len(claim.proof) > _LONGEST_PROOF:
            raise InputError(f"The proof of stamp {claim.serial} is too long.", remedy="Take it from the dossier.")
        place = claim.node << 8 | len(claim.proof)
        requests.append((claim.serial, claim.to, claim.deadline, *_packed(claim), place))
    return requests, [node for claim in claims for node in claim.proof]


def _packed(claim: BatchClaim) -> tuple[bytes, bytes]:
    """Return r and vs, the short form of a signature by EIP-2098."""
    signature = claim.signature
    if len(signature) != _SIGNATURE_LENGTH or signature[-1] not in _V_OF_PARITY or signature[32] & 0x80:
        raise InputError(f"The signature of the claim of stamp {claim.serial} is damaged.", remedy="Sign it again.")
    s = bytearray(signature[32:64])
    s[0] |= _V_OF_PARITY.index(signature[-1]) << 7
    return signature[:32], bytes(s)
