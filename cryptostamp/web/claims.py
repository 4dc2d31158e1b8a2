"""Claims at this site: which stamp a claim key belongs to, taking a signed claim in, and how far it has come.

The hidden code never comes here. What comes is the address of its claim key, which the dossier publishes for every
stamp, and a signature that moves one token to one account.
"""

from __future__ import annotations

from typing import Literal

from cryptostamp.errors import EnvironmentProblem, InputError, NodeUnreachable, Refused
from cryptostamp.ledger import ClaimRecord
from cryptostamp.office import SignedClaim, check_claim, take_in
from cryptostamp.primitives import Address, ChainId, Serial, parse_address
from cryptostamp.web.metrics import CLAIMS
from cryptostamp.web.models import ClaimAnswer, ClaimKeyAnswer, ClaimRequest
from cryptostamp.web.site import Site

__all__ = ["find_claim", "find_claim_key", "hand_in"]

_LIFETIME_S = 24 * 3600
"""For how long a claim is signed: it must outlast a queue and a node that is down for a night."""

_State = Literal["unclaimed", "claimed", "delivered", "void", "being claimed", "unknown"]


def find_claim_key(site: Site, claim_key: Address) -> ClaimKeyAnswer | None:
    """Return the stamp that a claim key belongs to, `None` if it is of no series of this site."""
    found = site.catalogue.of_claim_key(claim_key)
    if found is None:
        return None
    series, serial = found
    facts, place = series.dossier.series, series.dossier.deployment
    variant = series.variant_index(serial)
    picture = series.picture_of(series.design_index(serial), variant)
    return ClaimKeyAnswer(
        series=facts.id,
        title=facts.title,
        serial=serial,
        path=series.path_of(serial, site.catalogue.site),
        picture=None if picture is None else f"/pictures/{facts.id}/{picture}",
        variant=facts.variants[variant].name,
        state=_state(site, place.contract, serial, series.ledger.claims.of_stamp(facts.id, serial)),
        chain_id=place.chain_id,
        contract=place.contract,
        deadline=int(site.now().timestamp()) + _LIFETIME_S,
        relayed=site.settings.relays,
    )


def hand_in(site: Site, asked: ClaimRequest) -> ClaimRecord:
    """Take a claim in; raise `InputError` or `Refused` if it cannot be carried out, `NodeUnreachable` if nobody knows.

    The same claim again is found, also when the chain already has it.
    """
    series = site.catalogue.of_contract(ChainId(asked.chain_id), parse_address(asked.contract))
    if series is None:
        raise InputError("This contract is of no series of this site.")
    if not site.settings.relays:
        raise EnvironmentProblem("This site does not carry claims to the chain at the moment.")
    signed = SignedClaim(
        serial=Serial(asked.serial),
        to=parse_address(asked.to),
        deadline=asked.deadline,
        signature=bytes.fromhex(asked.signature[2:]),
    )
    known = series.ledger.claims.of_stamp(series.id, signed.serial)
    if known is not None and (known.to, known.deadline, known.signature) == (
        signed.to,
        signed.deadline,
        signed.signature,
    ):
        return known
    now = site.now().timestamp()
    try:
        stamp = site.catalogue.block().stamp(series.contract, signed.serial)
        check_claim(signed, series.dossier, stamp, now=now)
        record = take_in(signed, series.dossier, ledger=series.ledger, now=now)
    except (InputError, Refused):
        CLAIMS.labels("refused").inc()
        raise
    CLAIMS.labels("taken-in").inc()
    return record


def find_claim(site: Site, id_: str) -> ClaimAnswer | None:
    """Return how far a claim has come, `None` if there is none of this id."""
    for series in site.catalogue:
        record = series.ledger.claims.find(id_)
        if record is not None:
            return ClaimAnswer.of(record)
    return None


def _state(site: Site, contract: Address, serial: Serial, claim: ClaimRecord | None) -> _State:
    try:
        stamp = site.catalogue.block().stamp(contract, serial)
    except NodeUnreachable:
        return "unknown"
    if stamp is None:
        return "unknown"
    if stamp.state.value == "unclaimed" and claim is not None:
        return "being claimed"
    return stamp.state.value
