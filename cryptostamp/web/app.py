"""The application: pages, API, files and errors, with the guard around all of it.

`create_app` is what a server runs, once in each worker process. It never sends a transaction and knows no account.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from cryptostamp.errors import CannotTell, CryptostampError, EnvironmentProblem, InputError, NodeUnreachable, Refused
from cryptostamp.web.api import api
from cryptostamp.web.catalogue import Catalogue
from cryptostamp.web.i18n import mark as _
from cryptostamp.web.logs import LOG
from cryptostamp.web.metrics import exposition
from cryptostamp.web.names import NotFound
from cryptostamp.web.pages import ROUTERS
from cryptostamp.web.photo_room import PhotoRoom
from cryptostamp.web.security import Guard, RefusedRequest, retry_headers
from cryptostamp.web.settings import Settings
from cryptostamp.web.site import STATIC, Site, language_of

__all__ = ["create_app"]

_ASSETS = STATIC.parent / "assets"


def create_app(settings: Settings, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Guard:
    """Return the application for the series of `settings`; `InputError` if they cannot be served together.

    `now` is the clock, in UTC.
    """
    catalogue = Catalogue.open(settings)
    site = Site(settings=settings, catalogue=catalogue, photos=PhotoRoom(settings.folders), now=now)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        site.photos.close()
        catalogue.close()

    app = FastAPI(
        title="Cryptostamp",
        version=version("cryptostamp"),
        summary="What is known about crypto stamps: verdicts, series, claims, proofs of ownership.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # the usual pages load their scripts from other sites
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.site = site
    app.include_router(api)
    for router in ROUTERS:
        app.include_router(router)
    _add_operations(app, site)
    app.mount("/static", _Files(), name="static")
    _add_errors(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=6)
    return Guard(app, limits=settings.limits, refuse=_Refuser(app))


class _Files(StaticFiles):
    """The files of the front end: those that were built, and those that are drawn by hand."""

    def __init__(self) -> None:
        super().__init__(directory=_ASSETS)
        self.all_directories = [directory for directory in (STATIC, _ASSETS) if directory.is_dir()]

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401  (Starlette's signature)
        """Return a file that browsers may keep for an hour, and then ask whether it has changed."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "public, max-age=3600"
        return response


def _add_operations(app: FastAPI, site: Site) -> None:
    """Add what those who run the server ask."""

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        """Say that the process answers."""
        return PlainTextResponse("ok\n")

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> Response:
        """Say whether the chain answers, too, so that verdicts can be given."""
        try:
            block = site.catalogue.block().head().number
        except NodeUnreachable as error:
            return JSONResponse({"ready": False, "what": error.what}, status_code=503)
        return JSONResponse({"ready": True, "block": block})

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        """Tell what was counted. Keep it from strangers at the proxy."""
        return PlainTextResponse(exposition(), media_type="text/plain; version=0.0.4")


class _Refuser:
    """Answers requests that the guard has not let in."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self._app
        request = Request(scope, receive)
        await _refused(request, scope["state"]["refusal"])(scope, receive, send)


def _refused(request: Request, refusal: RefusedRequest) -> Response:
    message = language_of(request).text(refusal.message)
    response = _problem(request, refusal.status, message, "")
    for name, value in retry_headers(refusal):
        response.headers[name] = value
    if refusal.status == 413:  # noqa: PLR2004  (what is still coming is not read)
        response.headers["connection"] = "close"
    return response


_MISSING = _("There is nothing at this address.")
_INCOMPLETE = _("What was sent is not complete, or not in the form that is expected.")
_OURS = _("Something went wrong here. It was written down, and says nothing about the stamp.")
_NOW_NOT = _("This cannot be done now. Please try again in a few minutes; nothing is lost.")


def _add_errors(app: FastAPI) -> None:
    """Answer every error with a page, or with JSON where JSON was asked for."""
    statuses: tuple[tuple[type[CryptostampError], int], ...] = (
        (NotFound, 404),
        (InputError, 422),
        (Refused, 409),
        (EnvironmentProblem, 503),
        (CannotTell, 503),
    )

    @app.exception_handler(CryptostampError)
    async def of_ours(request: Request, error: CryptostampError) -> Response:
        status = next((status for kind, status in statuses if isinstance(error, kind)), 500)
        if status == 503:  # noqa: PLR2004  (what is wrong on our side is for our log, not for strangers)
            LOG.warning("cannot now", extra={"facts": {"kind": type(error).__name__}})
            response = _problem(request, status, language_of(request).text(_NOW_NOT), "")
            response.headers["retry-after"] = "30"
            return response
        return _problem(request, status, error.what, error.remedy)

    @app.exception_handler(RefusedRequest)
    async def not_let_in(request: Request, refusal: RefusedRequest) -> Response:
        return _refused(request, refusal)

    @app.exception_handler(HTTPException)
    async def of_http(request: Request, error: HTTPException) -> Response:
        message = language_of(request).text(_MISSING if error.status_code == 404 else _INCOMPLETE)  # noqa: PLR2004
        response = _problem(request, error.status_code, message, "")
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    async def of_form(request: Request, error: RequestValidationError) -> Response:
        # Says where, never what: what was sent may be a hidden code in the wrong field.
        places = ", ".join(sorted({".".join(str(part) for part in each["loc"])[:60] for each in error.errors()})[:5])
        return _problem(request, 422, language_of(request).text(_INCOMPLETE), places)

    @app.exception_handler(Exception)
    async def of_nobody_knows(request: Request, error: Exception) -> Response:
        LOG.error("mistake", exc_info=error)
        return _problem(request, 500, language_of(request).text(_OURS), "")


def _problem(request: Request, status: int, message: str, remedy: str) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"what": message, "remedy": remedy}, status_code=status)
    site: Site = request.app.state.site
    return site.page(request, "problem.html", status=status, message=message, remedy=remedy)
