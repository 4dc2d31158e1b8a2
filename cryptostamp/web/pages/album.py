"""The album: all stamps of an account, by series, with what is missing. Its address is the link to share."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from cryptostamp.errors import InputError, Refused
from cryptostamp.primitives import parse_address
from cryptostamp.web.albums import album_of
from cryptostamp.web.i18n import mark as _
from cryptostamp.web.names import NotFound, account_of
from cryptostamp.web.site import asking, language_of, site_of

__all__ = ["pages"]

pages = APIRouter(include_in_schema=False)

_NO_ACCOUNT: Final = {
    InputError: (422, _("This is not a name that stands for an account. Some characters are in no name.")),
    NotFound: (404, _("This name stands for no account here. Names that are kept elsewhere are not looked up.")),
    Refused: (
        409,
        _("Names such as anna.eth are not looked up here: paste the address that they stand for."),
    ),
}


@pages.get("/album")
def album_form(request: Request) -> Response:
    """Ask for an account."""
    site = site_of(request)
    return site.page(request, "album.html", album=None, names=site.settings.names is not None)


@pages.post("/album")
def to_album(request: Request, address: Annotated[str, Form(max_length=255)] = "") -> Response:
    """Lead to the album of the account that was typed, or named."""
    site, speak, text = site_of(request), language_of(request), address.strip()
    if "." not in text:
        return RedirectResponse(f"/album/{parse_address(text)}", status_code=303)
    try:
        _name, account = account_of(site, text)
    except (InputError, NotFound, Refused) as error:
        status, message = next(said for kind, said in _NO_ACCOUNT.items() if isinstance(error, kind))
        return site.page(request, "problem.html", status=status, message=speak.text(message), remedy="")
    return RedirectResponse(f"/album/{account}", status_code=303)


@pages.get("/album/{address}")
def album(request: Request, address: str) -> Response:
    """Show the album of an account."""
    site = site_of(request)
    try:
        account = parse_address(address)
    except InputError as error:
        raise HTTPException(404) from error
    return site.page(request, "album.html", album=album_of(site, account, client=asking(request)))
