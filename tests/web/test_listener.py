"""The sockets on which the site listens."""

from __future__ import annotations

import asyncio
import select
import socket
import sys
from contextlib import ExitStack

import pytest

from cryptostamp.errors import EnvironmentProblem
from cryptostamp.web.server import _listener, _listeners


def test_the_parts_of_an_answer_are_sent_at_once() -> None:
    """Connections have TCP_NODELAY: with Nagle's algorithm the body of an answer waits 40 ms for an acknowledgement."""

    async def accepted_has_no_delay() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def accepted(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            sock = writer.get_extra_info("socket")
            found.set_result(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with _listener("127.0.0.1", 0) as listener:
            async with await asyncio.start_server(accepted, sock=listener):
                _, writer = await asyncio.open_connection(*listener.getsockname())
                answer = await asyncio.wait_for(found, 10)
                writer.close()
                return answer

    assert asyncio.run(accepted_has_no_delay()) != 0


def arrived(listener: socket.socket) -> int:
    """Accept whatever waits, and return how much that was."""
    count = 0
    while select.select([listener], [], [], 0)[0]:
        listener.accept()[0].close()
        count += 1
    return count


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shares connections out among sockets")
class TestSeveralWorkers:
    def test_each_has_a_share(self) -> None:
        """Connections that come together are shared out, about equally, and none is lost."""
        with ExitStack() as open_now:
            ours = [open_now.enter_context(each) for each in _listeners("127.0.0.1", 0, 2)]
            for _ in range(200):
                open_now.enter_context(socket.create_connection(ours[0].getsockname()))
            shares = [arrived(each) for each in ours]
        assert sum(shares) == 200
        assert min(shares) > 50

    def test_a_worker_that_dies(self) -> None:
        """What waits at the socket of a dead worker is there for the next one."""
        with ExitStack() as open_now:
            ours = [open_now.enter_context(each) for each in _listeners("127.0.0.1", 0, 2)]
            workers = [each.dup() for each in ours]
            for _ in range(40):
                open_now.enter_context(socket.create_connection(ours[0].getsockname()))
            for worker in workers:
                worker.close()
            assert sum(arrived(each) for each in ours) == 40

    @pytest.mark.parametrize("workers", [1, 2])
    def test_a_port_that_is_taken(self, workers: int) -> None:
        """A second site at the same port is refused, and gets no visitor of the first."""
        with ExitStack() as open_now:
            ours = [open_now.enter_context(each) for each in _listeners("127.0.0.1", 0, 2)]
            with pytest.raises(EnvironmentProblem, match="cannot listen on"):
                _listeners("127.0.0.1", ours[0].getsockname()[1], workers)
