"""Prove ownership: a verifier asks, the owner signs, the verifier checks against the chain."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from cryptostamp.chain import Chain, StampSeries
from cryptostamp.codes import PublicCode, check_host, parse_public_code
from cryptostamp.edition import Dossier
from cryptostamp.errors import InputError, Refused
from cryptostamp.ledger import ChallengeRecord, Ledger
from cryptostamp.scan import Challenge, OwnershipProof, check_answer, make_challenge

__all__ = ["ask_owner", "check_owner"]


def _now() -> datetime:
    return datetime.now(UTC)


def ask_owner(
    code: PublicCode,
    dossier: Dossier,
    *,
    chain: Chain,
    ledger: Ledger,
    verifier: str,
    now: Callable[[], datetime] = _now,
    nonce: Callable[[], str] = lambda: secrets.token_hex(16),
) -> Challenge:
    """Return a challenge for whoever owns the stamp now, and write it down so that it is accepted once.

    `verifier` is the domain of whoever asks. Raises `Refused` if the stamp is not in the dossier or
    has not been claimed: then the post owns it, and there is nothing to prove.
    """
    place = dossier.deployment
    if (code.chain_id, code.contract) != (place.chain_id, place.contract):
        raise InputError(
            "The code is not of the series in this dossier.", remedy="Give the folder of its own series (--issued)."
        )
    if code.serial > dossier.edition.size or not code.agrees_with(dossier.edition.claim_key(code.serial)):
        raise Refused(f"The post never issued this code for a stamp no. {code.serial:,}.")
    stamp = StampSeries(chain, code.contract).stamp(code.serial)
    if stamp is None or not stamp.left_custody:
        raise Refused(
            f"Stamp no. {code.serial:,} has not been claimed: its token is still with the post.",
            remedy="Claim it first, with the hidden code.",
        )
    challenge = make_challenge(code, address=stamp.owner, verifier=check_host(verifier), now=now(), nonce=nonce())
    ledger.record_challenge(
        ChallengeRecord(
            nonce=challenge.nonce,
            public_code=code.text,
            verifier=challenge.verifier,
            address=challenge.address,
            issued_at=int(challenge.issued_at.timestamp()),
            expires_at=int(challenge.expires_at.timestamp()),
        )
    )
    return challenge


def check_owner(
    nonce: str,
    signature: bytes,
    *,
    chain: Chain,
    ledger: Ledger,
    now: Callable[[], datetime] = _now,
) -> OwnershipProof:
    """Return what a signature under the challenge with this nonce proves, at this moment, on this chain.

    Raises `Refused` if no such challenge was asked from this ledger.
    """
    record = ledger.challenge(nonce)
    if record is None:
        raise Refused("This challenge was not asked here.", remedy="Ask for one with: cryptostamp prove ask")
    code = parse_public_code(record.public_code)
    challenge = Challenge(
        code=code,
        verifier=record.verifier,
        address=record.address,
        nonce=record.nonce,
        issued_at=datetime.fromtimestamp(record.issued_at, UTC),
        expires_at=datetime.fromtimestamp(record.expires_at, UTC),
    )
    stamp = StampSeries(chain, code.contract).stamp(code.serial)
    if stamp is None:
        raise Refused(
            f"The chain at hand has no stamp no. {code.serial:,}.", remedy="Connect to the stamp's own chain."
        )
    moment = now()
    return check_answer(
        challenge,
        signature,
        owner=stamp.owner,
        now=moment,
        use_nonce=lambda used: ledger.use_nonce(used, at=int(moment.timestamp())),
    )
