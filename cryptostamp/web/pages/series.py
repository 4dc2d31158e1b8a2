"""A series: its designs, its variants with their exact counts, how it stands, and how its draw is made again."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from cryptostamp.edition.dossier import CLAIM_KEYS_NAME, FACTS_NAME, MANIFEST_NAME, write_claim_keys
from cryptostamp.primitives import Serial
from cryptostamp.web.catalogue import ServedSeries
from cryptostamp.web.site import language_of, site_of
from cryptostamp.web.verifier import VERIFIER_NAME, is_built, verifier_page

__all__ = ["pages"]

pages = APIRouter(include_in_schema=False)

_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
_MEDIA = {".webp": "image/webp", ".json": "application/json", ".txt": "text/plain", ".svg": "application/octet-stream"}


@pages.get("/series/{series_id}")
def series(request: Request, series_id: str) -> Response:
    """Show a series."""
    site = site_of(request)
    found = site.catalogue.find(series_id)
    if found is None:
        raise HTTPException(404)
    facts, edition = found.dossier.series, found.dossier.edition
    index = found.ledger.index(found.id)
    blocks = index.blocks()
    pictures = [
        (design, variant, found.picture_of(row, column))
        for row, design in enumerate(facts.designs)
        for column, variant in enumerate(facts.variants)
    ]
    return site.page(
        request,
        "series.html",
        served=found,
        facts=facts,
        edition=edition,
        pictures=[each for each in pictures if each[2]],
        shares=[language_of(request).share(each.count, edition.size) for each in facts.variants],
        counts=index.counts() if blocks else None,
        as_of=language_of(request).moment(datetime.fromtimestamp(blocks[0].timestamp, UTC)) if blocks else None,
        first=found.path_of(Serial(1), site.catalogue.site),
        files=_names(found),
        verifier=f"/verifier/{found.id}" if is_built() else None,
    )


@pages.get("/pictures/{series_id}/{name}")
def picture(request: Request, series_id: str, name: str) -> Response:
    """Return the picture of a design in a variant."""
    found = site_of(request).catalogue.find(series_id)
    data = None if found is None or not name.endswith(".webp") else found.dossier.files.get(name)
    if data is None:
        raise HTTPException(404)
    return Response(data, media_type="image/webp", headers=_FOR_EVER)


@pages.get("/dossier/{series_id}/{name}")
def dossier_file(request: Request, series_id: str, name: str) -> Response:
    """Return a file of the public dossier, byte for byte."""
    found = site_of(request).catalogue.find(series_id)
    if found is None or name not in _names(found):
        raise HTTPException(404)
    if name == CLAIM_KEYS_NAME:
        data = write_claim_keys(found.dossier.edition.claim_keys)
    elif name in found.dossier.files:
        data = found.dossier.files[name]
    else:
        data = (found.workspace.dossier_folder / name).read_bytes()  # one of two fixed names
    media = next((kind for end, kind in _MEDIA.items() if name.endswith(end)), "application/octet-stream")
    # Whatever a series brings along is handed out to be kept, never to be shown by the browser as a page of ours.
    return Response(data, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})


@pages.get("/verifier/{series_id}")
def verifier(request: Request, series_id: str) -> Response:
    """Return the page that checks the stamps of a series without this site, to be kept and opened from a disk."""
    site = site_of(request)
    found = site.catalogue.find(series_id)
    if found is None or not is_built():
        raise HTTPException(404)
    with site.verifiers_guard:  # made once: that takes seconds for a large edition
        data = site.verifiers.get(found.id)
        if data is None:
            data = site.verifiers[found.id] = verifier_page(found.dossier)
    name = f"{found.id.lower()}-{VERIFIER_NAME}"
    return Response(
        data, media_type="application/octet-stream", headers={"content-disposition": f'attachment; filename="{name}"'}
    )


def _names(series: ServedSeries) -> list[str]:
    return [FACTS_NAME, CLAIM_KEYS_NAME, MANIFEST_NAME, *sorted(series.dossier.files)]
