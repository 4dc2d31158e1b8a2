"""The processes of a running site: workers that answer, and one back room that sends and reads.

The back room has the account that pays for claims, and is the only writer of its transactions; the workers, which talk
to strangers, never see its key. It also reads the events of the chain into the ledgers. A worker that dies is replaced.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from typing import Self

import uvicorn

from cryptostamp.chain import Sender
from cryptostamp.edition import Dossier
from cryptostamp.errors import CryptostampError, EnvironmentProblem
from cryptostamp.ledger import Ledger
from cryptostamp.office import ClaimClerk, attend, chain_of, follow
from cryptostamp.web.app import create_app
from cryptostamp.web.catalogue import Catalogue
from cryptostamp.web.logs import LOG, set_up_logs
from cryptostamp.web.settings import Settings

__all__ = ["BackRoom", "serve"]

_PAUSE_S = 1.0
_RESTART_PAUSE_S = 0.5
_GRACE_S = 10
_QUEUE = 2048


class BackRoom:
    """Threads of one process: the clerk who sends claims, and the reader of events. Started once for a site.

    `sender_for` opens the account that pays, for one ledger; without it claims are not sent.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sender_for: Callable[[Ledger, Dossier], Sender] | None = None,
        pause_s: float = _PAUSE_S,
    ) -> None:
        self._settings = settings
        self._sender_for = sender_for
        self._pause_s = pause_s
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._catalogue: Catalogue | None = None

    def __enter__(self) -> Self:
        self._catalogue = catalogue = Catalogue.open(self._settings)
        jobs = [("reader", self._read)]
        if self._sender_for is not None:
            jobs.append(("clerk", self._send))
        for name, job in jobs:
            thread = threading.Thread(target=self._keep, args=(job, catalogue), name=f"cryptostamp {name}", daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(_GRACE_S)
        if self._catalogue is not None:
            self._catalogue.close()

    def _keep(self, job: Callable[[Catalogue], None], catalogue: Catalogue) -> None:
        """Do a job until the site ends: an error that nobody foresaw is logged, and the job begun again."""
        while not self._stop.is_set():
            try:
                job(catalogue)
            except Exception:  # noqa: BLE001 - whatever it is, claims go on being sent
                LOG.exception("a job of the back room failed and is begun again")
                self._stop.wait(self._pause_s)

    def _read(self, catalogue: Catalogue) -> None:
        """Read what is new on the chain into each ledger, again and again."""
        while not self._stop.wait(self._pause_s):
            for series in catalogue:
                try:
                    follow(series.dossier, chain=chain_of(series.dossier, *self._settings.rpc), ledger=series.ledger)
                except CryptostampError as error:
                    _trouble(error.what)

    def _send(self, catalogue: Catalogue) -> None:
        """Carry claims to the chain; while the node is down, wait for it."""
        assert self._sender_for is not None  # noqa: S101  (the thread is not started without)
        clerks: list[ClaimClerk] = []
        while not clerks and not self._stop.wait(self._pause_s):
            try:
                clerks = [
                    ClaimClerk(
                        series.dossier, ledger=series.ledger, sender=self._sender_for(series.ledger, series.dossier)
                    )
                    for series in catalogue
                ]
            except EnvironmentProblem as error:
                _trouble(error.what)
        attend(clerks, stopped=self._stop.wait, pause_s=self._pause_s, trouble=_trouble)


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int,
    sender_for: Callable[[Ledger, Dossier], Sender] | None = None,
    ready: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve until the process is told to end (SIGTERM or SIGINT). `ready` is called with the site's URL."""
    Catalogue.open(settings).close()  # what cannot be served is said before anything is started
    listeners = _listeners(host, port, workers)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    set_up_logs()
    with _shared_metrics(), BackRoom(settings, sender_for=sender_for):
        crew = [_start(settings, listener) for listener in listeners]
        ready(f"http://{host}:{listeners[0].getsockname()[1]}/")
        while not stop.wait(_RESTART_PAUSE_S):
            for place, worker in enumerate(crew):
                if not worker.is_alive():
                    LOG.error("a worker died and is replaced", extra={"facts": {"exit": worker.exitcode}})
                    crew[place] = _start(settings, listeners[place])
        _end(crew)
    for listener in listeners:
        listener.close()


def _start(settings: Settings, listener: socket.socket) -> BaseProcess:
    # Spawned, not forked: a worker shares no memory with the process that has the account.
    worker = multiprocessing.get_context("spawn").Process(target=_work, args=(settings, listener), daemon=True)
    worker.start()
    return worker


def _work(settings: Settings, listener: socket.socket) -> None:
    """Answer requests, in a process of its own."""
    set_up_logs()
    config = uvicorn.Config(
        create_app(settings),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=15,
        limit_concurrency=1_000,
        h11_max_incomplete_event_size=16_384,
    )
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    uvicorn.Server(config).run(sockets=[listener])


def _leave_with_parent() -> None:
    """End this worker when the process that watches over it is gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _end(crew: Sequence[BaseProcess]) -> None:
    for worker in crew:
        worker.terminate()
    for worker in crew:
        worker.join(_GRACE_S)
        if worker.is_alive():
            worker.kill()


def _listeners(host: str, port: int, count: int) -> list[socket.socket]:
    """Return a socket for each of `count` workers, among which the kernel shares connections out (SO_REUSEPORT).

    At one socket for all, asyncio's workers take whatever waits at once: 24 visitors who came together were mostly all
    at one of two workers, and the other had nothing to do. The sockets stay open here, so what waits at the one of a
    worker that died is answered, some seconds later, by the worker that replaces it. Systems without SO_REUSEPORT, or
    which do not share out with it (all but Linux), have one socket for all.
    """
    if count == 1 or sys.platform != "linux":
        return [_listener(host, port)] * count
    if port:
        _listener(host, port).close()  # another site of the same user, too, has to be told that the port is taken
    first = _listener(host, port, shared=True)
    return [first, *(_listener(host, first.getsockname()[1], shared=True) for _ in range(count - 1))]


def _listener(host: str, port: int, *, shared: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, for only then asyncio sends the parts of an answer at once (TCP_NODELAY), and not 40 ms apart.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((host, port))
        listener.listen(_QUEUE)
    except OSError as error:
        listener.close()
        raise EnvironmentProblem(
            f"The site cannot listen on {host}, port {port}: {error.strerror}.",
            remedy="Choose another port with --port, or end the program that uses it.",
        ) from error
    listener.set_inheritable(True)
    return listener


@contextmanager
def _shared_metrics() -> Iterator[None]:
    """Give the workers a folder in which they count together."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        yield
        return
    folder = tempfile.mkdtemp(prefix="cryptostamp-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    try:
        yield
    finally:
        del os.environ["PROMETHEUS_MULTIPROC_DIR"]
        with suppress(OSError):
            shutil.rmtree(folder)


def _trouble(what: str) -> None:
    LOG.warning("trouble", extra={"facts": {"what": what}})
