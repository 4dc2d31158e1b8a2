"""What every page and every call of the API works with: one object for each worker process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from cryptostamp.web.answers import Answers
from cryptostamp.web.catalogue import Catalogue
from cryptostamp.web.i18n import LANGUAGE_COOKIE, LANGUAGES, Language, choose_language
from cryptostamp.web.limits import Buckets, client_of
from cryptostamp.web.metrics import REFUSALS
from cryptostamp.web.photo_room import PhotoRoom
from cryptostamp.web.security import RefusedRequest
from cryptostamp.web.settings import Settings

__all__ = ["STATIC", "Site", "asking", "language_of", "site_of"]

STATIC = Path(__file__).parent / "static"
"""What the front end is built into."""


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("cryptostamp.web"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The series, the templates, the limits and the clock."""

    settings: Settings
    catalogue: Catalogue
    photos: PhotoRoom
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    templates: Environment = field(default_factory=_environment)
    verifiers: dict[str, bytes] = field(default_factory=dict)
    """The static verifiers that were asked for, by series."""
    verifiers_guard: Lock = field(default_factory=Lock)
    answers: Answers = field(init=False)
    askers: Buckets = field(init=False)
    asked_stamps: Buckets = field(init=False)
    albums: Buckets = field(init=False)

    def __post_init__(self) -> None:
        """Fill the buckets, and begin to remember answers."""
        limits = self.settings.limits
        object.__setattr__(self, "answers", Answers(self.catalogue, now=self.now))
        object.__setattr__(self, "askers", Buckets(limits.claims))
        object.__setattr__(self, "asked_stamps", Buckets(limits.claims_of_stamp))
        object.__setattr__(self, "albums", Buckets(limits.albums))

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
        """Return a page in the reader's language. Only `values` and the language go into it."""
        speak = language_of(request)
        html = self.templates.get_template(template).render(
            _=speak.text, speak=speak, languages=LANGUAGES, path=request.url.path, site=self, **values
        )
        return HTMLResponse(
            html, status_code=status, headers={"content-language": speak.key, "vary": "accept-language, cookie"}
        )

    def take_turn(self, request: Request, stamp: str) -> None:
        """Count a claim or a challenge; `RefusedRequest` if the client or the stamp had too many of them."""
        wait = self.askers.take(asking(request)) or self.asked_stamps.take(stamp)
        if wait:
            REFUSALS.labels("too-many-claims").inc()
            raise RefusedRequest(429, "That was very often. Please wait a moment.", retry_after_s=wait)


def asking(request: Request) -> str:
    """Return who asks, as a key of `Buckets`."""
    return client_of(request.client.host if request.client else None)


def site_of(request: Request) -> Site:
    """Return the site that a request was sent to."""
    site: Site = request.app.state.site
    return site


def language_of(request: Request) -> Language:
    """Return the language of whoever reads the answer: `?lang=` of a link, their cookie, or what their browser says."""
    chosen = request.query_params.get("lang")
    return choose_language(
        chosen if chosen in LANGUAGES else request.cookies.get(LANGUAGE_COOKIE),
        request.headers.get("accept-language", ""),
    )
