"""The JSON API, version 1: verdicts, series, stamps, claims, challenges and albums, for shops, apps and staff.

Nothing here needs a key, for nothing here is secret or costs anybody anything but the relaying of a claim, which needs
the signature of its claim key. Errors are `ErrorAnswer`s.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from cryptostamp.primitives import parse_address
from cryptostamp.web import claims, proofs
from cryptostamp.web.albums import album_of
from cryptostamp.web.catalogue import ServedSeries
from cryptostamp.web.models import (
    AlbumAnswer,
    AlbumStamp,
    AnswerRequest,
    ChallengeAnswer,
    ChallengeRequest,
    ClaimAnswer,
    ClaimKeyAnswer,
    ClaimRequest,
    ErrorAnswer,
    NameAnswer,
    OtherToken,
    OtherTokens,
    ProofAnswer,
    SeriesAnswer,
    SeriesBrief,
    VariantAnswer,
    VerdictAnswer,
    VerdictRequest,
    VerdictsRequest,
)
from cryptostamp.web.names import NotFound, account_of
from cryptostamp.web.site import asking, site_of

__all__ = ["ERRORS", "api"]

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorAnswer} for status in (400, 403, 404, 409, 413, 422, 429, 503)
}
api = APIRouter(prefix="/api/v1", responses=ERRORS)

_Account = Annotated[str, Path(pattern=r"^0x[0-9a-fA-F]{40}$")]
_Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


@api.post("/verdicts", response_model=VerdictAnswer)
async def verdict(request: Request, asked: VerdictRequest) -> Response:
    """Say what is known about the stamp that a code names."""
    return _json(await site_of(request).answers.answer(asked.code, typed=asked.typed))


@api.post("/verdicts/batch", response_model=list[VerdictAnswer])
async def verdicts(request: Request, asked: VerdictsRequest) -> Response:
    """Say what is known about many stamps, in the order of the codes and as of one block."""
    return _json(await site_of(request).answers.answers(asked.codes, typed=asked.typed))


@api.get("/series")
def all_series(request: Request) -> list[SeriesBrief]:
    """List the series of this site."""
    return [SeriesBrief(**_brief(each)) for each in site_of(request).catalogue]


@api.get("/series/{series_id}")
def one_series(request: Request, series_id: Annotated[str, Path(max_length=8)]) -> SeriesAnswer:
    """Describe a series, with all that its draw and its codes can be checked by."""
    series = site_of(request).catalogue.find(series_id)
    if series is None:
        raise NotFound("This site has no series of this name.")
    facts, edition = series.dossier.series, series.dossier.edition
    index = series.ledger.index(series.id)
    blocks = index.blocks()
    counts = index.counts() if blocks else None
    return SeriesAnswer(
        **_brief(series),
        description=facts.description,
        face_value=str(facts.face_value),
        registry=series.dossier.deployment.registry,
        edition_root=f"0x{edition.root.hex()}",
        rarity_seed=f"0x{edition.seed.hex()}",
        seed_commitment=f"0x{edition.seed_commitment.hex()}",
        variants=[
            VariantAnswer(key=each.key, name=each.name, colour=each.colour, count=each.count) for each in facts.variants
        ],
        designs=[each.title for each in facts.designs],
        claimed=None if counts is None else counts.claimed,
        delivered=None if counts is None else counts.delivered,
        void=None if counts is None else counts.void,
        postmarked=None if counts is None else counts.postmarked,
        as_of_block=blocks[0].number if blocks else None,
    )


@api.get("/stamps/{chain_id}/{contract}/{stamp}", response_model=VerdictAnswer)
async def stamp(
    request: Request,
    chain_id: Annotated[str, Path(max_length=20)],
    contract: Annotated[str, Path(max_length=64)],
    stamp: Annotated[str, Path(max_length=40)],
) -> Response:
    """Say what is known about a stamp, by the parts of its public code as they stand in its link."""
    site = site_of(request)
    text = f"https://{site.catalogue.site}/S/{chain_id}/{contract}/{stamp}"
    return _json(await site.answers.answer(text, typed=True))


@api.get("/claim-keys/{claim_key}")
def claim_key(request: Request, claim_key: _Account) -> ClaimKeyAnswer:
    """Say which stamp a claim key belongs to, and what a claim must be signed for."""
    found = claims.find_claim_key(site_of(request), parse_address(claim_key))
    if found is None:
        raise NotFound("This hidden code is of no series of this site.")
    return found


@api.get("/names/{name}")
def name(request: Request, name: Annotated[str, Path(max_length=255)]) -> NameAnswer:
    """Say which account a name such as anna.eth stands for on the chain of this site, if this site looks names up."""
    site = site_of(request)
    normal, account = account_of(site, name)
    return NameAnswer(name=normal, address=account)


@api.post("/claims", status_code=202)
def hand_in(request: Request, asked: ClaimRequest) -> ClaimAnswer:
    """Take in a signed claim, to be carried to the chain. Sent again, it is found."""
    site = site_of(request)
    site.take_turn(request, f"{asked.contract.lower()} {asked.serial}")
    return ClaimAnswer.of(claims.hand_in(site, asked))


@api.get("/claims/{claim_id}")
def claim(request: Request, claim_id: _Id) -> ClaimAnswer:
    """Say how far a claim has come."""
    found = claims.find_claim(site_of(request), claim_id)
    if found is None:
        raise NotFound("There is no claim of this name here.")
    return found


@api.post("/challenges", status_code=201)
def challenge(request: Request, asked: ChallengeRequest) -> ChallengeAnswer:
    """Ask the owner of a stamp to prove it: what is to be signed, and until when."""
    site = site_of(request)
    site.take_turn(request, asked.code)
    found = proofs.ask(site, asked.code)
    return ChallengeAnswer(nonce=found.nonce, address=found.address, text=found.text, expires_at=found.expires_at)


@api.post("/challenges/{nonce}/answer")
def answer(request: Request, nonce: _Id, asked: AnswerRequest) -> ProofAnswer:
    """Say what a signature under a challenge proves."""
    site = site_of(request)
    site.take_turn(request, nonce)
    proof = proofs.answer(site, nonce, bytes.fromhex(asked.signature[2:]))
    return ProofAnswer.of(proof, f"/proof/{nonce}")


@api.get("/albums/{address}")
def album(request: Request, address: _Account) -> AlbumAnswer:
    """List the stamps of an account."""
    site = site_of(request)
    found = album_of(site, parse_address(address), client=asking(request))
    return AlbumAnswer(
        address=found.address,
        stamps=[
            AlbumStamp(
                series=page.series.id,
                serial=each.serial,
                path=each.path,
                variant=each.variant.name,
                design=each.design.title,
            )
            for page in found.pages
            for each in page.stamps
        ],
        others=[
            OtherTokens(
                contract=each.contract.address,
                name=each.contract.name,
                owned=None if each.holding is None else each.holding.owned,
                tokens=[
                    OtherToken(id=str(token.token_id), name=token.name)
                    for token in (() if each.holding is None else each.holding.tokens)
                ],
            )
            for each in found.others
        ],
        as_of_block=found.as_of_block,
    )


def _brief(series: ServedSeries) -> dict[str, Any]:
    facts, place = series.dossier.series, series.dossier.deployment
    return {
        "id": facts.id,
        "title": facts.title,
        "issuer": facts.issuer.name,
        "country": facts.issuer.country,
        "year": facts.year,
        "edition": series.dossier.edition.size,
        "chain_id": place.chain_id,
        "contract": place.contract,
    }


def _json(data: bytes) -> Response:
    return Response(data, media_type="application/json")
