"""Prove: the owner signs a challenge, and gets a link that shows it to a buyer for a day."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from cryptostamp.web import proofs
from cryptostamp.web.i18n import mark as _
from cryptostamp.web.site import language_of, site_of

__all__ = ["pages"]

pages = APIRouter(include_in_schema=False)

_NOT_PROVEN = _(
    "Not proven: this is not the account's signature under this sentence, its time is over, or it was shown before. "
    "Ask for a new sentence and sign that."
)
_SIGNATURE = re.compile(r"0x([0-9a-fA-F]{2}){65,2048}")


@pages.get("/prove")
def prove(request: Request) -> Response:
    """Show the form; the link of a stamp's page names the stamp behind `#`, which is not sent."""
    return site_of(request).page(request, "prove.html", challenge=None, problem="")


@pages.post("/prove")
def ask(request: Request, code: Annotated[str, Form(max_length=512)] = "") -> Response:
    """Ask the owner of a stamp."""
    site = site_of(request)
    site.take_turn(request, code)
    challenge = proofs.ask(site, code.strip())
    return site.page(request, "prove.html", challenge=challenge, problem="")


@pages.post("/prove/{nonce}")
def answer(request: Request, nonce: str, signature: Annotated[str, Form(max_length=5000)] = "") -> Response:
    """Take the answer, and lead to the link that shows it."""
    site = site_of(request)
    site.take_turn(request, nonce)
    text = signature.strip()
    proof = proofs.answer(site, nonce, bytes.fromhex(text[2:]) if _SIGNATURE.fullmatch(text) else b"")
    if proof.proven:
        return RedirectResponse(f"/proof/{nonce}", status_code=303)
    return site.page(
        request, "problem.html", status=409, message=language_of(request).said(proof.sentence, _NOT_PROVEN), remedy=""
    )


@pages.get("/proof/{nonce}")
async def proof(request: Request, nonce: str) -> Response:
    """Show a proof to whoever has its link."""
    site = site_of(request)
    shown = await run_in_threadpool(proofs.shown_proof, site, nonce)
    return site.page(request, "proof.html", status=200 if shown else 404, shown=shown)
