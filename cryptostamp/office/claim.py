"""Claim: the holder of a hidden code has its token moved to an account of their choice.

The hidden code makes a signature on this machine and goes no further. The signature names the
account that receives the token, so whoever carries it to the chain can neither use it for another
account nor learn the code from it. The post pays.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptostamp.chain import MinedTransaction, Sender, StampSeries
from cryptostamp.codes import ClaimCode
from cryptostamp.edition import ClaimKey, Dossier, claim_key_of
from cryptostamp.errors import Refused
from cryptostamp.ledger import Ledger
from cryptostamp.primitives import Address, Serial

__all__ = ["Claim", "SignedClaim", "claim", "send_claim", "sign_claim"]

LIFETIME_S = 3600
"""How long a signed claim can be carried to the chain."""


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
    mined = StampSeries(sender.chain, dossier.deployment.contract).claim(
        sender,
        intent=f"{series_id}: claim no. {signed.serial} for {signed.to}",
        serial=signed.serial,
        to=signed.to,
        deadline=signed.deadline,
        proof=dossier.edition.proof(signed.serial),
        signature=signed.signature,
    )
    ledger.record_claimed(series_id, signed.serial, signed.to)
    return Claim(serial=signed.serial, to=signed.to, mined=mined)


def claim(code: ClaimCode, dossier: Dossier, *, to: Address, sender: Sender, ledger: Ledger) -> Claim:
    """Move the token of a hidden code's stamp to the account `to`; `sender` pays.

    Raises `Refused` if the code is of no stamp of this edition, `ContractRefusal` if the contract
    refuses (already claimed, say).
    """
    deadline = sender.chain.head().timestamp + LIFETIME_S
    return send_claim(sign_claim(code, dossier, to=to, deadline=deadline), dossier, sender=sender, ledger=ledger)


def _serial_of(key: ClaimKey, dossier: Dossier) -> Serial:
    try:
        return Serial(dossier.edition.claim_keys.index(key.address) + 1)
    except ValueError:
        raise Refused(
            f"This hidden code belongs to no stamp of the series {dossier.series.title}.",
            remedy="Check it letter by letter, and that the stamp is of this series.",
        ) from None
