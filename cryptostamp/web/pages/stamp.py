"""The stamp: what the QR on its face opens. The verdict, what is behind it, what no scan can tell, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cryptostamp.codes import PublicCode
from cryptostamp.ledger import EventRecord
from cryptostamp.office import note_scan
from cryptostamp.primitives import Serial
from cryptostamp.scan import CheckCode, Outcome, Verdict
from cryptostamp.web.catalogue import ServedSeries, path_of
from cryptostamp.web.i18n import Language
from cryptostamp.web.i18n import mark as _
from cryptostamp.web.site import Site, language_of, site_of
from cryptostamp.web.verdicts import look_at, view_of

__all__ = ["pages", "stamp_page"]

pages = APIRouter(include_in_schema=False)


_EVENTS: Final = {
    "ConsecutiveTransfer": _("Issued; the post keeps the token"),
    "Claimed": _("Claimed with the hidden code by {owner}"),
    "Moved": _("Passed on to {owner}"),
    "Sent": _("Sent by the post to {owner}"),
    "Voided": _("Declared void: {reason}"),
    "Postmarked": _("Postmark of {day}, office {office}"),
    "ClaimRefused": _("A claim was refused"),
}
_REASONS: Final = {"spoiled": _("spoiled"), "lost": _("lost"), "stolen": _("stolen"), "recalled": _("recalled")}


@dataclass(frozen=True, slots=True, kw_only=True)
class StampFacts:
    """What the page shows of a stamp of a series of this site."""

    series: ServedSeries
    serial: Serial
    design: str
    variant: str
    colour: str
    count: int
    picture: str | None
    previous: str | None
    next: str | None
    history: tuple[tuple[str, str], ...]
    """Moment and sentence of each event, oldest first."""
    history_as_of: str | None
    first_scan: str | None
    scans: int


@pages.get("/S/{chain_id}/{contract}/{stamp}")
@pages.get("/s/{chain_id}/{contract}/{stamp}")
def stamp(request: Request, chain_id: str, contract: str, stamp: str) -> Response:
    """Show a stamp by the parts of its public code."""
    site = site_of(request)
    text = f"https://{site.catalogue.site}/S/{chain_id}/{contract}/{stamp}"
    return stamp_page(request, site, look_at(text, site.catalogue, typed=True))


@pages.post("/seen/{chain_id}/{contract}/{stamp}", status_code=204)
def seen(request: Request, chain_id: str, contract: str, stamp: str) -> Response:
    """Count a scan: sent once by the page of a stamp that was opened, and by no robot that only reads it."""
    site = site_of(request)
    verdict = look_at(f"https://{site.catalogue.site}/S/{chain_id}/{contract}/{stamp}", site.catalogue)
    series = _series_of(site, verdict)
    if series is not None and verdict.code is not None:
        site.take_turn(request, f"seen {verdict.code.contract} {verdict.code.serial}")
        note_scan(verdict, ledger=series.ledger, series_id=series.id, at=int(site.now().timestamp()))
    return Response(status_code=204)


def stamp_page(request: Request, site: Site, verdict: Verdict) -> Response:
    """Return the page of a stamp, or what is to be said of a code that leads to none."""
    speak = language_of(request)
    series = _series_of(site, verdict)
    facts = None if series is None or verdict.code is None else _facts(site, series, verdict.code, speak)
    malformed = verdict.code is None and request.method == "GET"
    return site.page(
        request,
        "stamp.html",
        status=404 if malformed else 200,
        verdict=verdict,
        view=view_of(verdict, speak),
        facts=facts,
        own_path=None if verdict.code is None else path_of(verdict.code),
        known=verdict.stamp is not None,
    )


def _series_of(site: Site, verdict: Verdict) -> ServedSeries | None:
    """Return the series of a stamp whose code is one that this site's dossier holds."""
    code = verdict.code
    if code is None:
        return None
    series = site.catalogue.of_contract(code.chain_id, code.contract)
    if series is None or not 1 <= code.serial <= series.dossier.edition.size:
        return None
    failed = verdict.outcome_of(CheckCode.TAG_AGREES) is Outcome.FAILED
    return None if failed or not code.agrees_with(series.dossier.edition.claim_key(code.serial)) else series


def _facts(site: Site, series: ServedSeries, code: PublicCode, speak: Language) -> StampFacts:
    facts, serial, name = series.dossier.series, code.serial, site.catalogue.site
    design, variant = series.design_index(serial), series.variant_index(serial)
    picture = series.picture_of(design, variant)
    index = series.ledger.index(series.id)
    blocks = index.blocks()
    scanned = series.ledger.scan_log(series.id).counts(serial)

    def beside(other: int) -> str | None:
        return series.path_of(Serial(other), name) if 1 <= other <= series.dossier.edition.size else None

    return StampFacts(
        series=series,
        serial=serial,
        design=facts.designs[design].title,
        variant=facts.variants[variant].name,
        colour=facts.variants[variant].colour,
        count=facts.variants[variant].count,
        picture=None if picture is None else f"/pictures/{series.id}/{picture}",
        previous=beside(serial - 1),
        next=beside(serial + 1),
        history=tuple(_told(index.history(serial), speak)) if blocks else (),
        history_as_of=speak.moment(datetime.fromtimestamp(blocks[0].timestamp, UTC)) if blocks else None,
        first_scan=None if scanned is None else speak.moment(datetime.fromtimestamp(scanned.first_at, UTC)),
        scans=0 if scanned is None else scanned.count,
    )


def _told(events: tuple[EventRecord, ...], speak: Language) -> list[tuple[str, str]]:
    """Return the history as sentences. The first time that a token moves it leaves custody."""
    delivered = {event.transaction_hash for event in events if event.name == "Delivered"}
    told, left = [], False
    for event in events:
        values = dict(event.values)
        name = event.name
        if name == "Transfer":
            name = "Moved" if left else "Sent" if event.transaction_hash in delivered else "Claimed"
            left = True
        if name not in _EVENTS:
            continue
        reason = values.get("reason", "")
        sentence = speak.text(
            _EVENTS[name],
            owner=_short(values.get("to", "")),
            reason=speak.text(_REASONS[reason]) if reason in _REASONS else reason,
            day=_day(values.get("day", ""), speak),
            office=values.get("office", ""),
        )
        told.append((speak.moment(datetime.fromtimestamp(event.timestamp, UTC)), sentence))
    return told


def _day(text: str, speak: Language) -> str:
    """Return the day of a postmark, which may be one that no calendar has."""
    try:
        return speak.day(date.fromisoformat(text))
    except ValueError:
        return text


def _short(address: str) -> str:
    return f"{address[:6]}…{address[-4:]}"
