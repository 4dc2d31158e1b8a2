"""Prove ownership, or possession of the hidden code: a verifier asks, the other signs, the chain decides."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from cryptostamp.chain import Chain, Stamp, StampSeries, StampState, is_valid_signature
from cryptostamp.codes import PublicCode, check_host, parse_public_code
from cryptostamp.edition import Dossier
from cryptostamp.errors import InputError, Refused
from cryptostamp.ledger import ChallengeRecord, Ledger
from cryptostamp.primitives import Address, Hash32
from cryptostamp.scan import Challenge, OwnershipProof, check_answer, check_possession, make_challenge

__all__ = ["ask_holder", "ask_owner", "check_holder", "check_owner"]


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
    stamp = _stamp_of(code, dossier, chain)
    if stamp is None or not stamp.left_custody:
        raise Refused(
            f"Stamp no. {code.serial:,} has not been claimed: its token is still with the post.",
            remedy="Claim it first, with the hidden code.",
        )
    challenge = make_challenge(code, address=stamp.owner, verifier=check_host(verifier), now=now(), nonce=nonce())
    _write_down(challenge, ledger)
    return challenge


def ask_holder(
    code: PublicCode,
    dossier: Dossier,
    *,
    chain: Chain,
    ledger: Ledger,
    verifier: str,
    now: Callable[[], datetime] = _now,
    nonce: Callable[[], str] = lambda: secrets.token_hex(16),
) -> Challenge:
    """Return a challenge for whoever has the hidden code of a stamp, and write it down so that it is accepted once.

    Raises `Refused` if the stamp is not in the dossier or its token is not with the post: its code is worthless then.
    """
    stamp = _stamp_of(code, dossier, chain)
    if stamp is None or stamp.state is not StampState.UNCLAIMED:
        raise Refused(
            f"The hidden code of stamp no. {code.serial:,} is used up or void.",
            remedy="Ask the owner of the token instead.",
        )
    challenge = make_challenge(
        code,
        address=dossier.edition.claim_key(code.serial),
        verifier=check_host(verifier),
        now=now(),
        nonce=nonce(),
        hidden_code=True,
    )
    _write_down(challenge, ledger)
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
    challenge, stamp = _asked(nonce, chain, ledger)
    moment = now()

    def by_contract(account: Address, digest: Hash32, signed: bytes) -> bool:
        return is_valid_signature(chain, account, digest, signed)

    return check_answer(
        challenge,
        signature,
        owner=stamp.owner,
        now=moment,
        use_nonce=lambda used: ledger.use_nonce(used, at=int(moment.timestamp())),
        account_signatures=by_contract,
    )


def check_holder(
    nonce: str,
    signature: bytes,
    dossier: Dossier,
    *,
    chain: Chain,
    ledger: Ledger,
    now: Callable[[], datetime] = _now,
) -> OwnershipProof:
    """Return what a signature of the claim key under the challenge with this nonce proves, at this moment.

    Raises `Refused` if no such challenge was asked from this ledger.
    """
    challenge, stamp = _asked(nonce, chain, ledger, hidden_code=True)
    moment = now()
    return check_possession(
        challenge,
        signature,
        claim_key=dossier.edition.claim_key(challenge.code.serial),
        unclaimed=stamp.state is StampState.UNCLAIMED,
        now=moment,
        use_nonce=lambda used: ledger.use_nonce(used, at=int(moment.timestamp())),
    )


def _stamp_of(code: PublicCode, dossier: Dossier, chain: Chain) -> Stamp | None:
    """Return where a stamp stands; raise if its code is not of the dossier."""
    place = dossier.deployment
    if (code.chain_id, code.contract) != (place.chain_id, place.contract):
        raise InputError(
            "The code is not of the series in this dossier.", remedy="Give the folder of its own series (--issued)."
        )
    if code.serial > dossier.edition.size or not code.agrees_with(dossier.edition.claim_key(code.serial)):
        raise Refused(f"The post never issued this code for a stamp no. {code.serial:,}.")
    return StampSeries(chain, code.contract).stamp(code.serial)


def _write_down(challenge: Challenge, ledger: Ledger) -> None:
    ledger.record_challenge(
        ChallengeRecord(
            nonce=challenge.nonce,
            public_code=challenge.code.text,
            verifier=challenge.verifier,
            address=challenge.address,
            issued_at=int(challenge.issued_at.timestamp()),
            expires_at=int(challenge.expires_at.timestamp()),
        )
    )


def _asked(nonce: str, chain: Chain, ledger: Ledger, *, hidden_code: bool = False) -> tuple[Challenge, Stamp]:
    """Return the challenge that was asked with this nonce, and where its stamp stands now."""
    record = ledger.challenge(nonce)
    if record is None:
        raise Refused("This challenge was not asked here.", remedy="Ask for one with: cryptostamp prove ask")
    code = parse_public_code(record.public_code)
    stamp = StampSeries(chain, code.contract).stamp(code.serial)
    if stamp is None:
        raise Refused(
            f"The chain at hand has no stamp no. {code.serial:,}.", remedy="Connect to the stamp's own chain."
        )
    challenge = Challenge(
        code=code,
        verifier=record.verifier,
        address=record.address,
        nonce=record.nonce,
        issued_at=datetime.fromtimestamp(record.issued_at, UTC),
        expires_at=datetime.fromtimestamp(record.expires_at, UTC),
        hidden_code=hidden_code,
    )
    return challenge, stamp
