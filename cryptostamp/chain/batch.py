"""Many questions to one node in one round trip: a batch of JSON-RPC 2.0 over HTTP.

Reads no more of an answer than a verdict can need, and for no longer than it is worth: a node that sends without end,
or a byte a second, is one that does not answer. Does not retry.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from time import monotonic
from typing import Any

import requests
from pydantic_core import from_json

from cryptostamp.chain.rpc import RpcClient, RpcFailure, failure_of
from cryptostamp.errors import NodeUnreachable

__all__ = ["BatchClient", "Call"]

_LARGEST_ANSWER = 32 * 1024 * 1024
_PIECE = 64 * 1024

Call = tuple[str, tuple[object, ...]]
"""A method of JSON-RPC and its parameters."""


class BatchClient:
    """One node, asked in batches. Safe to use from several threads."""

    def __init__(self, url: str, *, timeout_s: float = 10.0) -> None:
        self._client = RpcClient(url, timeout_s=timeout_s)  # refuses what is no URL
        self._url = url
        self._timeout_s = timeout_s
        self._session = requests.Session()

    def __repr__(self) -> str:
        return f"BatchClient(host={self.host!r})"

    @property
    def host(self) -> str:
        """The node, without anything secret."""
        return self._client.host

    def unreachable(self, reason: str) -> NodeUnreachable:
        """Return the error that says the node `reason`, ready to be raised."""
        return self._client.unreachable(reason)

    def ask(self, calls: Sequence[Call]) -> list[Any]:
        """Return for each call its result as JSON or an `RpcFailure`; raise `NodeUnreachable` if the node gives none.

        A node that answers some calls only has failed the others.
        """
        body = json.dumps(
            [
                {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
                for number, (method, parameters) in enumerate(calls)
            ]
        )
        try:
            entries = from_json(self._post(body.encode()))  # of limited depth: json's can exhaust the stack
        except ValueError as error:
            raise self.unreachable("does not speak JSON-RPC") from error
        if not isinstance(entries, list):
            raise self.unreachable(
                "refuses to answer several questions at once"
                if isinstance(entries, dict) and "error" in entries
                else "does not speak JSON-RPC"
            )
        given = {
            entry["id"]: entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), int)
        }
        return [_result(given.get(number)) for number in range(len(calls))]

    def _post(self, body: bytes) -> bytes:
        until = monotonic() + self._timeout_s
        received = bytearray()
        try:
            with self._session.post(
                self._url,
                data=body,
                headers={"Content-Type": "application/json"},
                timeout=self._timeout_s,
                stream=True,
                allow_redirects=False,
            ) as response:
                if response.status_code != requests.codes.ok:
                    raise self.unreachable(f"answers with HTTP {response.status_code}")
                for piece in response.iter_content(_PIECE):
                    received += piece
                    if len(received) > _LARGEST_ANSWER:
                        raise self.unreachable("sends more than any answer has")
                    if monotonic() > until:
                        raise self.unreachable("does not answer in time")
        except requests.Timeout as error:
            raise self.unreachable("does not answer in time") from error
        except (requests.RequestException, ValueError) as error:
            raise self.unreachable("cannot be reached") from error
        return bytes(received)


def _result(entry: dict[str, Any] | None) -> Any:  # noqa: ANN401 - JSON
    if entry is None:
        return RpcFailure(code=0, message="no answer", data=b"")
    failure = entry.get("error")
    if failure is None:
        return entry.get("result")
    return failure_of(failure)
