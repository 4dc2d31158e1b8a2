"""A node that answers as a test says, alone or in front of a real one: every fault of a network can be played."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
Answer = dict[str, Any] | bytes | int | None
"""What a scripted node answers: a JSON-RPC answer, raw bytes, an HTTP status, or nothing but a closed connection."""


class ScriptedNode:
    """A node that answers as the test says, and passes on to a real one what the test says nothing about."""

    def __init__(self, behind: str | None = None) -> None:
        self.behaviour: dict[str, Callable[[list[Any]], Answer]] = {}
        self.everything: Callable[[], Answer] | None = None
        self.asked: list[str] = []
        self.trips = 0
        """How many requests have come; one may ask many questions (a batch)."""
        self._behind = behind
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked = json.loads(body)
                node.trips += 1
                questions = asked if isinstance(asked, list) else [asked]
                node.asked += [question["method"] for question in questions]
                answers = [node.answer(question) for question in questions]
                whole = [answer for answer in answers if not isinstance(answer, dict)]
                if whole and whole[0] is None:
                    return
                status = whole[0] if whole and isinstance(whole[0], int) else 200
                content = whole[0] if whole and isinstance(whole[0], bytes) else b""
                if not whole:
                    told = [
                        {"jsonrpc": "2.0", "id": question["id"]} | answer
                        for question, answer in zip(questions, answers, strict=True)
                        if isinstance(answer, dict)
                    ]
                    content = json.dumps(told if isinstance(asked, list) else told[0]).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, question: dict[str, Any]) -> Answer:
        """Return the scripted answer, else the real node's."""
        if self.everything is not None:
            return self.everything()
        if question["method"] in self.behaviour:
            return self.behaviour[question["method"]](question["params"])
        return self.pass_on(question["method"], question["params"])

    def pass_on(self, method: str, parameters: list[Any]) -> Answer:
        """Ask the real node."""
        assert self._behind is not None, f"the test did not expect {method}"
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
        request = urllib.request.Request(self._behind, body, {"Content-Type": "application/json"})  # noqa: S310
        with _DIRECT.open(request, timeout=10) as response:
            content = json.loads(response.read())
        return {key: content[key] for key in ("result", "error") if key in content}

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
