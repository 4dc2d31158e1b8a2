"""Proofs of ownership at this site: a challenge, its answer, and a link that shows the result for a time.

The link is the nonce of the challenge: 128 random bits that only the owner and this site know until the owner passes
them on. It says what was true when the answer came, and what the chain says now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptostamp.codes import PublicCode, parse_public_code
from cryptostamp.errors import CryptostampError, InputError, Refused
from cryptostamp.ledger import ChallengeRecord
from cryptostamp.office import ask_owner, check_owner
from cryptostamp.primitives import Address
from cryptostamp.scan import Challenge, OwnershipProof
from cryptostamp.web.catalogue import ServedSeries
from cryptostamp.web.site import Site

__all__ = ["LINK_LIFETIME", "ShownProof", "answer", "ask", "challenge_of", "shown_proof"]

LINK_LIFETIME: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProof:
    """A proof as its link shows it."""

    series: ServedSeries
    code: PublicCode
    address: Address
    proven_at: datetime
    good_until: datetime
    still_owner: bool | None
    """Whether the same account has the token now; `None` if the chain gives no answer."""


def ask(site: Site, text: str) -> Challenge:
    """Return a challenge for the owner of a stamp of this site.

    Raises `CodeFormatError` for what is no code, `InputError` for another site's stamp, `Refused` if nobody has
    claimed it.
    """
    code = parse_public_code(site.catalogue.resolve(text))
    series = site.catalogue.of_contract(code.chain_id, code.contract)
    if series is None:
        raise InputError("This stamp is of no series of this site.")
    chain = site.catalogue.reader.chain()
    return ask_owner(
        code, series.dossier, chain=chain, ledger=series.ledger, verifier=site.catalogue.site, now=site.now
    )


def answer(site: Site, nonce: str, signature: bytes) -> OwnershipProof:
    """Return what a signature under a challenge of this site proves; `Refused` if there is no such challenge."""
    for series in site.catalogue:
        if series.ledger.challenge(nonce) is not None:
            return check_owner(
                nonce, signature, chain=site.catalogue.reader.chain(), ledger=series.ledger, now=site.now
            )
    raise Refused("This challenge was not asked here, or is no longer known.")


def challenge_of(site: Site, nonce: str) -> tuple[ServedSeries, ChallengeRecord] | None:
    """Return a challenge of this site by its nonce."""
    for series in site.catalogue:
        record = series.ledger.challenge(nonce)
        if record is not None:
            return series, record
    return None


def shown_proof(site: Site, nonce: str) -> ShownProof | None:
    """Return the proof behind a link, `None` if there is none or its time is over."""
    found = challenge_of(site, nonce)
    if found is None or found[1].used_at is None:
        return None
    series, record = found
    assert record.used_at is not None  # noqa: S101  (said above; the type checker does not see it through the tuple)
    proven_at = datetime.fromtimestamp(record.used_at, UTC)
    if site.now() > proven_at + LINK_LIFETIME:
        return None
    code = parse_public_code(record.public_code)
    try:
        stamp = site.catalogue.block().stamp(code.contract, code.serial)
        still_owner = None if stamp is None else stamp.owner == record.address
    except CryptostampError:
        still_owner = None
    return ShownProof(
        series=series,
        code=code,
        address=record.address,
        proven_at=proven_at,
        good_until=proven_at + LINK_LIFETIME,
        still_owner=still_owner,
    )
