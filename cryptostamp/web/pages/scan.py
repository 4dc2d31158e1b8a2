"""Scan: look a stamp up with the camera, a photo, or its code typed."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from cryptostamp.codes import parse_public_code
from cryptostamp.errors import CodeFormatError
from cryptostamp.scan import Verdict, verify_nothing
from cryptostamp.web.catalogue import path_of
from cryptostamp.web.i18n import LANGUAGE_COOKIE, LANGUAGES
from cryptostamp.web.i18n import mark as _
from cryptostamp.web.pages.stamp import stamp_page
from cryptostamp.web.site import Site, language_of, site_of
from cryptostamp.web.verdicts import look_at, look_at_many, view_of

__all__ = ["pages"]

pages = APIRouter(include_in_schema=False)

_MOST_SYMBOLS = 50
_INSIDE = re.compile(r"/([A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*)?")
"""A path of this site: nothing that a browser could take for another site."""


@pages.get("/")
def scan(request: Request) -> Response:
    """Show the camera, the field for a code, and the series of this site."""
    site = site_of(request)
    return site.page(request, "scan.html", catalogue=site.catalogue)


@pages.post("/look-up")
async def look_up(
    request: Request, code: Annotated[str, Form(max_length=512)] = "", how: Annotated[str, Form()] = "typed"
) -> Response:
    """Look up a code that was typed, or that the camera read."""
    site = site_of(request)
    verdict = await run_in_threadpool(look_at, code.strip(), site.catalogue, typed=how != "camera")
    return await run_in_threadpool(_shown, request, site, [verdict], code.strip())


@pages.post("/photo")
async def photo(request: Request, photo: UploadFile) -> Response:
    """Look up the stamps in a photo. The photo is forgotten when it was read."""
    site = site_of(request)
    data = await photo.read()
    reading = await site.photos.read(data) if data else None
    if reading is None:
        message = language_of(request).text(_("No photo could be looked at. Please try again."))
        return site.page(request, "problem.html", status=422 if not data else 503, message=message, remedy="")
    if reading.problem:
        return await run_in_threadpool(_shown, request, site, [verify_nothing(reading.problem)], "")
    texts = [symbol.text for symbol in reading.symbols[:_MOST_SYMBOLS]]
    verdicts = await run_in_threadpool(look_at_many, texts, site.catalogue)
    return await run_in_threadpool(_shown, request, site, verdicts, texts[0])


@pages.post("/language")
def choose_language(
    request: Request, language: Annotated[str, Form()] = "en", back: Annotated[str, Form()] = "/"
) -> Response:
    """Remember the language that somebody chose."""
    answer = RedirectResponse(back if _INSIDE.fullmatch(back) else "/", status_code=303)
    if language in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=31_536_000,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    return answer


def _shown(request: Request, site: Site, verdicts: list[Verdict], text: str) -> Response:
    """Show one verdict, or a list of them. A stamp of this site is shown under its own address."""
    if len(verdicts) > 1:
        speak = language_of(request)
        found = [
            (view_of(each, speak), None if each.stamp is None or each.code is None else path_of(each.code), each)
            for each in verdicts
        ]
        return site.page(request, "found.html", found=found)
    (verdict,) = verdicts
    if verdict.code is not None and _host(text) in {None, site.catalogue.site}:
        return RedirectResponse(path_of(verdict.code), status_code=303)
    return stamp_page(request, site, verdict)


def _host(text: str) -> str | None:
    """Return the host that a scanned code names, `None` for a short code, which names none."""
    try:
        return parse_public_code(text).host
    except CodeFormatError:
        return None
