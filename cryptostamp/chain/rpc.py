"""Ask a node one question over JSON-RPC, and let nothing but answers and `NodeUnreachable` come out.

Rests on JSON-RPC 2.0 over HTTP as Ethereum nodes speak it (EIP-1474), with web3.py's HTTP provider as the transport.
Does not retry: what may be asked twice is for the caller to know. The path of the URL may hold an access key, so
messages show its host only. `cryptostamp.chain.endpoints` asks several nodes in turn through the same `Rpc` protocol.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from eth_typing import URI
from requests.exceptions import HTTPError, RequestException, Timeout
from web3.exceptions import Web3Exception
from web3.providers.rpc import HTTPProvider
from web3.types import RPCEndpoint

from cryptostamp.chain.http_session import TooLong, bounded_session
from cryptostamp.errors import InputError, NodeUnreachable
from cryptostamp.primitives import printable

__all__ = ["Rpc", "RpcClient", "RpcFailure", "bytes_of", "failure_of", "hex_of", "host_of", "int_of"]

_LIMIT_EXCEEDED = -32005  # EIP-1474
_TOO_MANY_REQUESTS = 429
_PATIENCE = 3  # times `timeout_s`: how long a whole answer may take once it has begun

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RpcFailure:
    """The node understood the question and answered with an error."""

    code: int
    message: str
    data: bytes
    """The revert data of a failed call, empty where the node sent none."""


class _Numbers:
    """The numbers of questions, with the last one of each thread: web3 does not look whether an answer has it."""

    def __init__(self) -> None:
        self._count = itertools.count()
        self._mine = threading.local()

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        self._mine.last = next(self._count)
        return self.last

    @property
    def last(self) -> int:
        """The number that this thread has used last."""
        number: int = self._mine.last
        return number


class Rpc(Protocol):
    """Whoever answers JSON-RPC: one node, or several that stand in for each other."""

    @property
    def host(self) -> str:
        """Who is asked, without anything secret."""

    def request(self, method: str, *parameters: object) -> Any:  # noqa: ANN401 - JSON
        """Return the result as JSON, or an `RpcFailure`; raise `NodeUnreachable` if there is neither."""

    def ask(self, read: Callable[[Any], _T], method: str, *parameters: object) -> _T:
        """Return what `read` makes of the result or `RpcFailure`; `NodeUnreachable` if it can make nothing of it.

        `read` raises `NodeUnreachable`, or an error of a malformed value, where another node may know better.
        """

    def unreachable(self, reason: str) -> NodeUnreachable:
        """Return the error that says the node `reason`, ready to be raised."""


def host_of(url: str, *, role: str = "node") -> str:
    """Return how the node at a URL is named to people: host and port, nothing secret. `InputError` for no such URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InputError(f"The URL of the {role} is not one.", remedy="Give it as http://host:port or https://host/…")
    return f"{parts.hostname}:{port}" if port else parts.hostname


class RpcClient:
    """One JSON-RPC endpoint, a node's unless `role` says what else it is. Safe to use from several threads.

    `timeout_s` is how long to wait for the next part of an answer; a whole one may take three times as long.
    """

    def __init__(self, url: str, *, timeout_s: float = 10.0, role: str = "node") -> None:
        self.host = host_of(url, role=role)
        self._role = role
        self._numbers = _Numbers()
        self._provider = HTTPProvider(
            URI(url),
            request_kwargs={"timeout": timeout_s},
            session=bounded_session(url, whole_s=_PATIENCE * timeout_s),
            exception_retry_configuration=None,
        )
        self._provider.request_counter = self._numbers  # type: ignore[assignment]  # counts as it does

    def __repr__(self) -> str:
        return f"RpcClient(host={self.host!r})"

    def request(self, method: str, *parameters: object) -> Any:  # noqa: ANN401 - JSON
        """Return the node's result as JSON, or an `RpcFailure`; raise `NodeUnreachable` if it gives neither."""
        try:
            response: Any = self._provider.make_request(RPCEndpoint(method), list(parameters))
        except Timeout as error:
            raise self.unreachable("does not answer in time") from error
        except HTTPError as error:
            status = error.response.status_code if error.response is not None else "an error"
            reason = "asks for fewer questions" if status == _TOO_MANY_REQUESTS else f"answers with HTTP {status}"
            raise self.unreachable(reason) from error
        except TooLong as error:
            raise self.unreachable("gives an answer that does not end") from error
        except RequestException as error:
            raise self.unreachable("cannot be reached") from error
        except (Web3Exception, ValueError, TypeError, RecursionError) as error:
            raise self.unreachable("does not speak JSON-RPC") from error
        if not isinstance(response, dict) or ("error" not in response and "result" not in response):
            raise self.unreachable("does not speak JSON-RPC")
        if response.get("id") not in (self._numbers.last, None):  # none: it could not read the question
            raise self.unreachable("answers another question than it was asked")
        failure = response.get("error")
        if failure is None:
            return response.get("result")
        told = failure_of(failure)
        if told.code in {_LIMIT_EXCEEDED, _TOO_MANY_REQUESTS}:
            raise self.unreachable("asks for fewer questions")
        return told

    def ask(self, read: Callable[[Any], _T], method: str, *parameters: object) -> _T:
        """Return what `read` makes of the result or `RpcFailure`; `NodeUnreachable` if it can make nothing of it."""
        answer = self.request(method, *parameters)
        try:
            return read(answer)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self.unreachable("gives an answer that makes no sense") from error

    def unreachable(self, reason: str) -> NodeUnreachable:
        """Return the error that says the node `reason`, ready to be raised."""
        local = " (a local one starts with: cryptostamp node)" if self._role == "node" else ""
        return NodeUnreachable(
            f"The {self._role} at {self.host} {reason}.",
            remedy=f"Check its address and that it runs{local}, then try again.",
        )


def hex_of(data: bytes | int) -> str:
    """Return bytes as hex data, an integer as a quantity (EIP-1474)."""
    return f"{data:#x}" if isinstance(data, int) else "0x" + data.hex()


def int_of(value: object) -> int:
    """Return a quantity of JSON-RPC; raise `ValueError` if it is none."""
    if not isinstance(value, str):
        raise ValueError(f"not a quantity: {value!r}")  # noqa: TRY004 - one error for every malformed answer
    return int(value, 16)


def bytes_of(value: object, *, length: int | None = None) -> bytes:
    """Return hex data of JSON-RPC, of `length` bytes if that is given; raise `ValueError` if it is none."""
    if not isinstance(value, str) or not value.startswith("0x"):
        raise ValueError(f"not data: {value!r}")
    data = bytes.fromhex(value[2:])
    if length is not None and len(data) != length:
        raise ValueError(f"not {length} bytes: {value!r}")
    return data


def failure_of(error: object) -> RpcFailure:
    """Return what the error of an answer says, whatever a node put there."""
    if not isinstance(error, dict):
        return RpcFailure(code=0, message=_words(error), data=b"")
    code = error.get("code")
    return RpcFailure(
        code=code if isinstance(code, int) else 0,
        message=_words(error.get("message", "")),
        data=_revert_data(error.get("data")),
    )


def _words(message: object) -> str:
    """Return what a node says, shortened and without controls: it is shown to people."""
    return printable(str(message), 500)


def _revert_data(value: object) -> bytes:
    """Return the revert data of an error: nodes send it as hex, or wrapped in an object, or with a word before it."""
    if isinstance(value, dict):
        value = value.get("data")
    if isinstance(value, str):
        _, mark, digits = value.rpartition("0x")
        try:
            return bytes.fromhex(digits) if mark else b""
        except ValueError:
            return b""
    return b""
