"""Claim: the holder of a hidden code has its token moved to an account of their choice.

The hidden code makes a signature on this machine and goes no further. The signature names the
account that receives the token, so whoever carries it to the chain can neither use it for another
account nor learn the code from it. The post pays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptostamp.chain import BatchClaim, Call, Chain, MinedTransaction, Sender, StampSeries
from cryptostamp.codes import ClaimCode, ClaimHalf
from cryptostamp.edition import ClaimKey, Dossier, claim_key_of, join
from cryptostamp.errors import ContractRefusal, InputError, Refused
from cryptostamp.ledger import Ledger
from cryptostamp.primitives import Address, Hash32, Serial

__all__ = [
    "MOST_CLAIMS",
    "BatchedClaim",
    "Claim",
    "SignedClaim",
    "claim",
    "claim_call",
    "claim_deadline",
    "claims_call",
    "claims_intent",
    "join_halves",
    "send_claim",
    "send_claims",
    "sign_claim",
]

LIFETIME_S = 3600
"""How long a signed claim can be carried to the chain."""


MOST_CLAIMS = 128
"""How many claims go into one transaction: each takes up to 80,000 gas of its 2^24."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedClaim:
    """All that the chain needs, and nothing that could be used for another account."""

    serial: Serial
    to: Address
    deadline: int
    """UTC seconds."""
    signature: bytes
    """65 bytes r, s, v (EIP-712, signed by the claim key)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A token that has been claimed."""

    serial: Serial
    to: Address
    mined: MinedTransaction


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchedClaim:
    """What became of one claim of a batch."""

    serial: Serial
    to: Address
    mined: MinedTransaction
    """The transaction of the whole batch."""
    refusal: ContractRefusal | None
    """Why the token did not move, `None` if it did."""


def join_halves(one: ClaimHalf, other: ClaimHalf, dossier: Dossier) -> ClaimCode:
    """Return the hidden code whose halves lay under two scratch fields of one stamp, in either order.

    Raises `InputError` for two halves of one letter and `Refused` for halves that are not of one stamp of this
    edition: their code is well-formed, but its claim key is none of the published ones.
    """
    code = join(one, other)
    if dossier.edition.claim_keys.find(claim_key_of(code).address) is None:
        raise Refused(
            f"These two halves are not of one stamp of the series {dossier.series.title}: together they are no "
            "hidden code of it.",
            remedy="Take both halves from the same stamp; the number beside the two fields is the same.",
        )
    return code


def sign_claim(code: ClaimCode, dossier: Dossier, *, to: Address, deadline: int) -> SignedClaim:
    """Sign a claim with a hidden code, offline; `Refused` if the code is of no stamp of this edition."""
    key = claim_key_of(code)
    serial = _serial_of(key, dossier)
    signature = key.sign_claim(
        chain_id=dossier.deployment.chain_id,
        contract=dossier.deployment.contract,
        serial=serial,
        to=to,
        deadline=deadline,
    )
    return SignedClaim(serial=serial, to=to, deadline=deadline, signature=signature)


def send_claim(signed: SignedClaim, dossier: Dossier, *, sender: Sender, ledger: Ledger) -> Claim:
    """Carry a signed claim to the chain; `ContractRefusal` says why the contract will not have it.

    Sent again, the same claim is found instead of sent twice.
    """
    series_id = dossier.series.id
    call = claim_call(signed, dossier, sender.chain)
    mined = sender.send(intent=claims_intent([signed], dossier), to=call.to, data=call.data)
    ledger.record_claimed(series_id, signed.serial, signed.to)
    return Claim(serial=signed.serial, to=signed.to, mined=mined)


def claim_call(signed: SignedClaim, dossier: Dossier, chain: Chain) -> Call:
    """Return what carries a signed claim to the chain."""
    return StampSeries(chain, dossier.deployment.contract).claim_call(
        serial=signed.serial,
        to=signed.to,
        deadline=signed.deadline,
        proof=dossier.edition.proof(signed.serial),
        signature=signed.signature,
    )


def send_claims(
    signed: Sequence[SignedClaim], dossier: Dossier, *, sender: Sender, ledger: Ledger
) -> tuple[BatchedClaim, ...]:
    """Carry many signed claims to the chain in one transaction, and return what became of each, in their order.

    One that the contract refuses does not hold up the others. Sent again, the same batch is found instead of sent
    twice. Raises `InputError` for none or more than `MOST_CLAIMS`, and for a stamp that is claimed twice.
    """
    if not 1 <= len(signed) <= MOST_CLAIMS:
        raise InputError(
            f"A batch of {len(signed)} claims cannot be sent.", remedy=f"Send 1 to {MOST_CLAIMS} at a time."
        )
    series_id = dossier.series.id
    claims, crown = _batched(signed, dossier)
    done = StampSeries(sender.chain, dossier.deployment.contract).claim_batch(
        sender,
        intent=claims_intent(signed, dossier),
        claims=claims,
        crown=crown,
    )
    for each in signed:
        if each.serial not in done.refused:
            ledger.record_claimed(series_id, each.serial, each.to)
    return tuple(
        BatchedClaim(serial=each.serial, to=each.to, mined=done.mined, refusal=done.refused.get(each.serial))
        for each in signed
    )


def claims_call(signed: Sequence[SignedClaim], dossier: Dossier, chain: Chain) -> Call:
    """Return what carries one signed claim or many to the chain."""
    if len(signed) == 1:
        return claim_call(signed[0], dossier, chain)
    claims, crown = _batched(signed, dossier)
    return StampSeries(chain, dossier.deployment.contract).claim_batch_call(claims=claims, crown=crown)


def claims_intent(signed: Sequence[SignedClaim], dossier: Dossier) -> str:
    """Return under which name these very claims stand in the journal."""
    series_id = dossier.series.id
    if len(signed) == 1:
        return f"{series_id}: claim no. {signed[0].serial} for {signed[0].to}"
    return f"{series_id}: claim {len(signed)} stamps ({_digest(signed)})"


def _batched(signed: Sequence[SignedClaim], dossier: Dossier) -> tuple[list[BatchClaim], tuple[Hash32, ...]]:
    """Return the claims of one batch, and the crown of the tree at which their proofs end."""
    tree = dossier.edition.tree
    # As many nodes as claims: what the crown adds to the calldata, the proofs save.
    level = min(len(signed), dossier.edition.size).bit_length() - 1
    claims = []
    for each in signed:
        node, proof = tree.branch(each.serial, level)
        claims.append(
            BatchClaim(
                serial=each.serial,
                to=each.to,
                deadline=each.deadline,
                signature=each.signature,
                node=node,
                proof=proof,
            )
        )
    return claims, tuple(tree.crown(level))


def _digest(signed: Sequence[SignedClaim]) -> str:
    """Return a name for these very claims, in this order."""
    text = "\n".join(f"{each.serial} {each.to} {each.deadline} {each.signature.hex()}" for each in signed)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def claim(code: ClaimCode, dossier: Dossier, *, to: Address, sender: Sender, ledger: Ledger) -> Claim:
    """Move the token of a hidden code's stamp to the account `to`; `sender` pays.

    Raises `Refused` if the code is of no stamp of this edition, `ContractRefusal` if the contract
    refuses (already claimed, say).
    """
    signed = sign_claim(code, dossier, to=to, deadline=claim_deadline(sender.chain))
    return send_claim(signed, dossier, sender=sender, ledger=ledger)


def claim_deadline(chain: Chain) -> int:
    """Return until when a claim that is signed now is good, in UTC seconds."""
    return chain.head().timestamp + LIFETIME_S


def _serial_of(key: ClaimKey, dossier: Dossier) -> Serial:
    index = dossier.edition.claim_keys.find(key.address)
    if index is None:
        raise Refused(
            f"This hidden code belongs to no stamp of the series {dossier.series.title}.",
            remedy="Check it letter by letter, and that the stamp is of this series.",
        )
    return Serial(index + 1)
