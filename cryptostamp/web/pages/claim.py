"""Claim: the page on which a hidden code becomes a token. The code is read, used and forgotten in the browser."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cryptostamp.web.site import site_of

__all__ = ["pages"]

pages = APIRouter(include_in_schema=False)


@pages.get("/claim")
@pages.get("/CLAIM")
def claim(request: Request) -> Response:
    """Show the page; it is the same for everybody, for the server does not know the code."""
    site = site_of(request)
    return site.page(request, "claim.html", relays=site.settings.relays, names=site.settings.names is not None)
