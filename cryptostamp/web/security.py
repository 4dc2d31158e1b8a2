"""What every request must pass and every answer must carry.

Pure ASGI, around the whole application, so that no page can forget it: limits on how often and how much; a check that
a form or a call that changes something was sent by one of our own pages (by the `Origin` and `Sec-Fetch-Site` headers
that browsers add and pages cannot forge; there is no session that a stranger could ride on); and headers that let
the browser load nothing but our own files, frame us nowhere, and tell no other site where it came from.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cryptostamp.web.limits import Buckets, client_of
from cryptostamp.web.logs import LOG
from cryptostamp.web.metrics import REFUSALS, count_request
from cryptostamp.web.settings import Limits

__all__ = ["PHOTO_PATH", "Guard", "RefusedRequest"]

PHOTO_PATH: Final = "/photo"
_CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_METHODS: Final = _CHANGING | {"GET", "HEAD", "OPTIONS"}
_UNLIMITED: Final = ("/static/", "/healthz", "/readyz", "/metrics")

_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The reader of symbols in the camera's pictures is WebAssembly; everything else is a file of ours."""

_HEADERS: Final = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
    "cache-control": "no-store",
}
_RAW_HEADERS: Final = tuple((name.encode(), value.encode()) for name, value in _HEADERS.items())


class RefusedRequest(Exception):
    """A request that is not looked at: with which status, and why, as one of the messages of the pages."""

    def __init__(self, status: int, message: str, *, retry_after_s: float = 0) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after_s = retry_after_s


class Guard:
    """The application with its guard around it. `refuse` makes the answer to a request that is not let in."""

    def __init__(self, app: ASGIApp, *, limits: Limits, refuse: ASGIApp) -> None:
        self._app = app
        self._limits = limits
        self._refuse = refuse
        self._requests = Buckets(limits.requests)
        self._photos = Buckets(limits.photos)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 500

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = message.get("headers", ())
                named = {name for name, _ in given}  # ASGI has them in lower case
                message["headers"] = [*given, *(header for header in _RAW_HEADERS if header[0] not in named)]
            await send(message)

        try:
            app = self._app
            try:
                self._let_in(scope)
            except RefusedRequest as refusal:
                scope.setdefault("state", {})["refusal"] = refusal
                app = self._refuse
            await app(scope, self._bounded(scope, receive), send_guarded)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            taken = time.perf_counter() - begun
            count_request(route, scope["method"] if scope["method"] in _METHODS else "other", status, taken)
            if LOG.isEnabledFor(20):
                facts = {"route": route, "method": scope["method"], "status": status, "ms": round(taken * 1000, 1)}
                LOG.info("request", extra={"facts": facts})

    def _let_in(self, scope: Scope) -> None:
        """Raise `RefusedRequest` for a request that must not be looked at."""
        headers, path, client = Headers(scope=scope), scope["path"], client_of((scope.get("client") or ("",))[0])
        if not path.startswith(_UNLIMITED):
            self._take(self._requests, client, "too-many")
        if scope["method"] not in _CHANGING:
            return
        if path == PHOTO_PATH:
            self._take(self._photos, client, "too-many-photos")
        if not is_own(headers):
            REFUSALS.labels("foreign-origin").inc()
            raise RefusedRequest(403, "This was not sent from a page of this site, so nothing was done.")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._most(path):
            REFUSALS.labels("too-large").inc()
            raise RefusedRequest(413, "This is too large to be looked at.")

    def _take(self, buckets: Buckets, client: str, why: str) -> None:
        wait = buckets.take(client)
        if wait:
            REFUSALS.labels(why).inc()
            raise RefusedRequest(429, "That was very often. Please wait a moment.", retry_after_s=wait)

    def _most(self, path: str) -> int:
        return self._limits.photo_bytes if path == PHOTO_PATH else self._limits.body_bytes

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """Return a `receive` that ends a body which is longer than its headers said or than may be."""
        left = self._most(scope["path"])

        async def bounded() -> Message:
            nonlocal left
            message = await receive()
            if message["type"] == "http.request":
                left -= len(message.get("body", b""))
                if left < 0:
                    REFUSALS.labels("too-large").inc()
                    return {"type": "http.disconnect"}
            return message

        return bounded


def is_own(headers: Headers) -> bool:
    """Tell whether a request that changes something comes from a page of this site, or from no browser at all.

    Browsers say so in `Sec-Fetch-Site`; older ones name the origin. Our pages tell no referrer, so that the origin of
    their forms is `null`, which anybody's is: it does not count.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
    except ValueError:
        return False


def retry_headers(refusal: RefusedRequest) -> Iterable[tuple[str, str]]:
    """Return the headers that tell when to come again."""
    if refusal.retry_after_s:
        yield "retry-after", str(int(refusal.retry_after_s) + 1)
