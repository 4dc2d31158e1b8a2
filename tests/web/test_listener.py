"""The socket on which the site listens."""

from __future__ import annotations

import asyncio
import socket

from cryptostamp.web.server import _listener


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
