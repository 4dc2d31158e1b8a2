"""The HTTP session that a node is asked over: bounded in time and memory, and independent of what happens around it.

A stranger's node may answer without end, or a byte a minute: neither may hold up a verdict or fill the memory.
Rests on requests and urllib3.
"""

from __future__ import annotations

import time
from contextlib import closing
from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import ReadTimeout, RequestException
from requests.utils import get_netrc_auth
from urllib3.exceptions import HTTPError, ReadTimeoutError

__all__ = ["MAXIMAL_ANSWER_BYTES", "TooLong", "bounded_session"]

MAXIMAL_ANSWER_BYTES = 128 * 2**20
"""Nodes end their own answers far below (Geth's events at some 25 MB)."""
_PART_BYTES = 2**16


class TooLong(RequestException):
    """An answer went on after `MAXIMAL_ANSWER_BYTES`."""


class _Bounded(HTTPAdapter):
    """Reads whole answers, within a time and a length."""

    def __init__(self, whole_s: float) -> None:
        super().__init__()
        self._whole_s = whole_s

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        """Send a request and return its answer, read to the end."""
        deadline = time.monotonic() + self._whole_s
        response = super().send(request, *args, **kwargs)
        parts, length = [], 0
        with closing(response.raw):
            try:
                while part := response.raw.read1(_PART_BYTES, decode_content=True):
                    parts.append(part)
                    length += len(part)
                    if length > MAXIMAL_ANSWER_BYTES:
                        raise TooLong(response=response)
                    if time.monotonic() > deadline:
                        raise ReadTimeout(response=response)
            except ReadTimeoutError as error:
                raise ReadTimeout(response=response) from error
            except HTTPError as error:
                raise RequestException(response=response) from error
            response.raw.release_conn()
        response.raw = BytesIO(b"".join(parts))
        return response


def bounded_session(url: str, *, whole_s: float) -> requests.Session:
    """Return a session for questions to `url`, each answered to the end within `whole_s` seconds or not at all.

    It reads what the environment says of the network (proxies, certificates, netrc) now, once. Left to itself, requests
    reads the environment for every question: slow, and an error where another thread sets a variable meanwhile.
    """
    session = requests.Session()
    told = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies, session.verify, session.cert = told["proxies"], told["verify"], told["cert"]
    session.auth = get_netrc_auth(url)
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Bounded(whole_s))
    return session
