"""Several nodes of one chain that stand in for each other.

Rests on one rule: a node is believed only after it has told the same chain id and the same first block (genesis) as the
first one that answered, for a chain id alone is shared by every copy of a test chain. A node that cannot be reached or
answers nonsense is left for the next one, which is then kept, so that a sender talks to one node as long as it can.
Does not compare answers: a node that lies about the right chain is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, TypeVar

from cryptostamp.chain.rpc import RpcClient
from cryptostamp.errors import NodeUnreachable
from cryptostamp.primitives import ChainId, Hash32

__all__ = ["Endpoints"]

_T = TypeVar("_T")
_Identity = tuple[ChainId, Hash32]


class Endpoints:
    """An `Rpc` over several nodes. Safe to use from several threads."""

    def __init__(self, clients: Sequence[RpcClient], *, identify: Callable[[RpcClient], _Identity]) -> None:
        self._clients = tuple(clients)
        self._identify = identify
        self._identity: _Identity | None = None
        self._trusted: set[int] = set()
        self._current = 0
        self._guard = Lock()

    def __repr__(self) -> str:
        return f"Endpoints({', '.join(client.host for client in self._clients)})"

    @property
    def host(self) -> str:
        """The node that is asked now."""
        return self._clients[self._current].host

    def identity(self) -> _Identity:
        """Return chain id and genesis, of the first node that answers; that they agree is demanded of every other."""
        return self._in_turn(self._recognise)

    def request(self, method: str, *parameters: object) -> Any:  # noqa: ANN401 - JSON
        """Return the result of the first node that gives one, or its `RpcFailure`."""
        return self.ask(lambda answer: answer, method, *parameters)

    def ask(self, read: Callable[[Any], _T], method: str, *parameters: object) -> _T:
        """Return what `read` makes of the answer of the first node of whose answer it can make anything."""

        def one(index: int) -> _T:
            if index not in self._trusted:
                self._recognise(index)
            return self._clients[index].ask(read, method, *parameters)

        return self._in_turn(one)

    def unreachable(self, reason: str) -> NodeUnreachable:
        """Return the error that says the node that is asked now `reason`."""
        return self._clients[self._current].unreachable(reason)

    def _in_turn(self, ask: Callable[[int], _T]) -> _T:
        """Ask the current node, then each other; keep the one that answers. Raise what they all failed with."""
        first = self._current
        failures: list[NodeUnreachable] = []
        for index in (*range(first, len(self._clients)), *range(first)):
            self._current = index
            try:
                return ask(index)
            except NodeUnreachable as failure:
                failures.append(failure)
        raise NodeUnreachable(
            "No node answers. " + " ".join(failure.what for failure in failures),
            remedy="Check their addresses and that they run, then try again.",
        ) from failures[-1]

    def _recognise(self, index: int) -> _Identity:
        """Ask a node which chain it serves; raise `NodeUnreachable` if it is not the one of the others."""
        identity = self._identify(self._clients[index])
        with self._guard:
            if self._identity is None:
                self._identity = identity
            if identity != self._identity:
                raise NodeUnreachable(
                    f"The node at {self._clients[index].host} serves another chain ({identity[0]}) than the first one "
                    f"that answered ({self._identity[0]}).",
                    remedy="Give addresses of nodes of one chain.",
                )
            self._trusted.add(index)
        return identity
