"""The album: all stamps of an account, by series, with what is missing. Its address is the link to share."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from cryptostamp.errors import InputError
from cryptostamp.primitives import parse_address
from cryptostamp.web.albums import album_of
from cryptostamp.web.site import site_of

__all__ = ["pages"]

pages = APIRouter(include_in_schema=False)


@pages.get("/album")
def album_form(request: Request) -> Response:
    """Ask for an account."""
    return site_of(request).page(request, "album.html", album=None)


@pages.post("/album")
def to_album(address: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Lead to the album of the account that was typed."""
    return RedirectResponse(f"/album/{parse_address(address)}", status_code=303)


@pages.get("/album/{address}")
def album(request: Request, address: str) -> Response:
    """Show the album of an account."""
    site = site_of(request)
    try:
        account = parse_address(address)
    except InputError as error:
        raise HTTPException(404) from error
    return site.page(request, "album.html", album=album_of(site, account))
