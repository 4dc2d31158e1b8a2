"""The files of a print job made by an existing Dask distributed cluster, with the bytes that one process would make.

The extra ``cryptostamp[cluster]`` brings Dask; the workers need the same packages in the same versions, which is
checked, and no common disk: a task travels with the pictures of its series, a worker makes the file in a temporary
folder and gives its bytes back, and this process writes them. Where there is a common disk, which a worker knows by a
secret in the folder of the job, it writes the file itself. What a task holds travels from memory to memory over
Dask's connections and is never scattered or spilled. So hidden codes pass through the memory of the scheduler and of
a worker, are sealed there, and come back sealed; whoever has those machines has the codes of these stamps. They are
sent over TLS, or between programs on one machine, and otherwise not at all. The certificates are those of Dask's own
configuration (``distributed.comm.tls``). A worker that is killed costs the file in its hands.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from ipaddress import ip_address
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from cryptostamp.errors import CryptostampError, EnvironmentProblem, InputError, StorageProblem, ToolMissing
from cryptostamp.files import short_lived, write_file
from cryptostamp.printshop.parcel import Parcel
from cryptostamp.printshop.print_run import FileTask, FinishedFile
from cryptostamp.printshop.workers import lost
from cryptostamp.series import Series

__all__ = ["Cluster", "check_cluster", "is_private"]

_CONNECT_S: Final = 20
_FETCH_S: Final = 120
_LOOK_S: Final = 1
_ALONE_S: Final = 60
"""How long a cluster may be without any worker that may have the work."""
_PACKAGES: Final = ("cryptostamp", "deflate", "fonttools", "numpy", "pikepdf", "pillow", "qrcode", "resvg-py", "typst")
"""What the bytes of a file depend on."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_MIB: Final = 1 << 20
_HOW: Final = (
    "Start the scheduler and its workers with TLS (--protocol tls, see the Dask pages on TLS), give its address as "
    "tls://HOST:PORT, or print hidden codes without --cluster."
)


_Future = Any
"""A ``distributed.Future``: Dask is an extra, and hardly typed."""


def is_private(address: str) -> bool:
    """Tell whether what is sent to a Dask address cannot be read on the way: TLS, or this very machine."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        scheme, rest = "tcp", address
    if scheme in {"tls", "inproc"}:
        return True
    host = rest.rpartition(":")[0].strip("[]") if ":" in rest else rest
    try:
        return scheme == "tcp" and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False


def check_cluster(address: str, *, hidden: bool) -> None:
    """Raise `ToolMissing` without the extra, or `InputError` if hidden codes would travel in the clear."""
    if importlib.util.find_spec("distributed") is None:
        raise ToolMissing(
            "Printing on a cluster needs Dask distributed, which is not installed.",
            remedy="Install the extra: pip install 'cryptostamp[cluster]'.",
        )
    if hidden and not is_private(address):
        raise InputError("Hidden codes would travel to this cluster in the clear.", where=address, remedy=_HOW)


class Cluster:
    """A crew of Dask workers. Hidden codes go only to those that are reached by TLS or on this machine."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.folder = folder
        self._client: Any = None
        self._parcel: Parcel | None = None
        self._in_hand: dict[_Future, frozenset[str]] = {}
        self._known: dict[str, int] = {}
        self._looked = -float(_LOOK_S)
        self._without_workers: float | None = None
        self._token = _Token(folder.resolve() / f".cluster-{uuid4().hex}", token_hex())
        self._unseen: set[str] = set()
        """Files that a worker has written, and that cannot be read from here."""

    def __enter__(self) -> Self:
        try:
            self._client = _module("distributed").Client(
                self.address, timeout=_CONNECT_S, set_as_default=False, name="cryptostamp print"
            )
            self._client.wait_for_workers(1, timeout=_CONNECT_S)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"The cluster cannot be reached: {error}.",
                where=self.address,
                remedy="An address looks like tls://host:8786; certificates are named in Dask's configuration, "
                "distributed.comm.tls.",
            ) from error
        except OSError as error:  # TimeoutError is one
            self._close()
            raise EnvironmentProblem(
                "The cluster does not answer, or has no worker.",
                where=self.address,
                remedy="Start its scheduler and workers, and check the address and the firewall.",
            ) from error
        write_file(self._token.path, self._token.secret.encode("ascii"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    @property
    def ready(self) -> bool:
        """Always: it was waited for when it was entered."""
        return True

    @property
    def places(self) -> int:
        """Two tasks for each thread of the workers: one in work, one that waits."""
        return max(3, 3 * sum(self._workers().values()))

    def begin(self, task: FileTask, done: Callable[[_Future], None]) -> _Future:
        """Begin to make a file, on any worker that may have it."""
        client = self._connected()
        token = None if task.name in self._unseen else self._token
        errand = _Errand(task=task, parcel=self._parcel_of(task), tools=_tools(), token=token)
        allowed = [worker for worker in self._workers() if is_private(worker)] if task.hidden else None
        if allowed == []:
            raise InputError(
                "No worker of this cluster is reached by TLS: hidden codes would travel in the clear.",
                where=self.address,
                remedy=_HOW,
            )
        key = f"{task.name}-{uuid4().hex}"  # a file that is begun again is another task to Dask
        try:
            # A task carries its stamps' keys and its pictures on purpose.
            with _module("dask").config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
                future = client.submit(_run, errand, key=key, pure=False, workers=allowed)
        except OSError as error:
            raise self._gone() from error
        self._in_hand[future] = frozenset(allowed or ())
        future.add_done_callback(done)
        return future

    def end(self, task: FileTask, future: _Future) -> FinishedFile | None:
        """Write what a worker has made; return `None` if it was lost. What it raised on purpose is raised here."""
        distributed = _module("distributed")
        del self._in_hand[future]
        if future.status in {"cancelled", "lost"}:
            self._look()
            return None
        try:
            made: _Made = future.result(timeout=_FETCH_S)
        except CryptostampError:
            raise
        except distributed.KilledWorker as error:  # the scheduler has tried it several times
            raise lost(task) from error
        except (distributed.CancelledError, OSError):
            self._look()
            return None
        except Exception as error:
            raise EnvironmentProblem(
                f"A worker of the cluster could not make the file: {type(error).__name__}: {error}.",
                where=task.name,
                remedy="Check that Cryptostamp is installed there as it is here.",
            ) from error
        finally:
            future.release()
        path = self.folder / task.name
        if made.data is not None:
            write_file(path, made.data.data)
        elif not os.access(path, os.R_OK):  # seen late, or not ours: the next time its bytes travel
            self._unseen.add(task.name)
            return None
        return made.file

    def counted(self) -> int:
        """Return 0, because workers elsewhere do not say how far they are; raise if all of them have gone."""
        self._look()
        return 0

    def _look(self) -> None:
        client = self._connected()
        if monotonic() - self._looked < _LOOK_S:
            return
        if client.status not in {"running", "connecting"}:
            raise self._gone()
        there = self._workers()
        for future, allowed in self._in_hand.items():
            if allowed and there and not allowed & there.keys():
                future.cancel()  # nobody is left who may have it: it is given to those who have come since
        if there or client.status == "connecting":
            self._without_workers = None
            return
        self._without_workers = self._without_workers or monotonic()
        if monotonic() - self._without_workers > _ALONE_S:
            raise self._gone()

    def _gone(self) -> EnvironmentProblem:
        return EnvironmentProblem(
            "The cluster has gone.",
            where=self.address,
            remedy="Start it, then run the same command again; what is finished is kept.",
        )

    def _workers(self) -> dict[str, int]:
        """Return the addresses of the workers with their numbers of threads."""
        if monotonic() - self._looked > _LOOK_S:
            try:
                workers = self._connected().scheduler_info().get("workers", {})
            except OSError:
                workers = {}
            self._known = {address: int(worker["nthreads"]) for address, worker in workers.items()}
            self._looked = monotonic()
        return self._known

    def _parcel_of(self, task: FileTask) -> Parcel:
        if self._parcel is None or self._parcel.series is not task.series:
            self._parcel = Parcel.of(task.series)
        return self._parcel

    def _connected(self) -> Any:  # noqa: ANN401 (Dask is hardly typed)
        if self._client is None:
            raise EnvironmentProblem("The cluster is not connected.", where=self.address)
        return self._client

    def _close(self) -> None:
        self._token.path.unlink(missing_ok=True)
        if self._client is not None:
            self._client.close(timeout=_CONNECT_S)
            self._client = None


@dataclass(frozen=True, slots=True)
class _Token:
    """A file in the folder of a job that nobody but its owner can read."""

    path: Path
    secret: str

    def is_here(self) -> bool:
        """Tell whether this machine has the same folder."""
        try:
            return self.path.read_text(encoding="ascii") == self.secret
        except (OSError, ValueError):
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    """What travels to a worker. Its `repr`, which Dask logs when a task fails, shows no codes."""

    task: FileTask = field(repr=False)
    parcel: Parcel = field(repr=False)
    tools: dict[str, str] = field(repr=False)
    token: _Token | None = field(repr=False)
    """What tells a worker that it sees the folder in which the file is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What comes back."""

    file: FinishedFile
    data: npt.NDArray[np.uint8] | None = field(repr=False)
    """Its bytes, as an array because Dask passes these on without copying them; `None` if it is where it belongs."""


def _module(name: str) -> Any:  # noqa: ANN401 (the same)
    """Return a module of the extra, which is slow to import."""
    return importlib.import_module(name)


def _run(errand: _Errand) -> _Made:
    """Make a file on a worker."""
    _check_tools(errand.tools)
    _keep_memory()
    task = errand.task.moved(_series_of(errand.parcel))
    if errand.token is not None and errand.token.is_here():
        with suppress(StorageProblem):  # somebody else may be writing it, who was taken for lost
            return _Made(file=task.make(errand.token.path.parent, lambda _stamps: None), data=None)
    with TemporaryDirectory(prefix="cryptostamp-") as folder, short_lived():
        file = task.make(Path(folder), lambda _stamps: None)
        return _Made(file=file, data=np.fromfile(Path(folder, file.name), dtype=np.uint8))


@cache
def _tools() -> dict[str, str]:
    """Return the versions of what the bytes of a file depend on."""
    versions = {name: metadata.version(name) for name in _PACKAGES}
    return {**versions, "zlib": zlib.ZLIB_RUNTIME_VERSION, "Python": ".".join(map(str, sys.version_info[:2]))}


def _check_tools(wanted: dict[str, str]) -> None:
    here = _tools()
    for name, version in wanted.items():
        if here.get(name) != version:
            raise EnvironmentProblem(
                f"A worker of the cluster has {name} {here.get(name)}, and {version} is needed: files would differ.",
                remedy="Install the same packages on all machines.",
            )


_opened: Final[dict[str, tuple[TemporaryDirectory[str], Series]]] = {}
_opening: Final = Lock()


def _series_of(parcel: Parcel) -> Series:
    """Return the series of a parcel, opened once for all files of a job, so that pictures are prepared once."""
    key = f"{parcel.sha256} {parcel.series!r}"
    with _opening:
        if key not in _opened:
            folder = TemporaryDirectory(prefix="cryptostamp-")  # goes when the worker ends
            _opened[key] = folder, parcel.opened(Path(folder.name))
        return _opened[key][1]


@cache
def _keep_memory() -> None:
    """Undo what Dask's nanny asks of the C library (``MALLOC_TRIM_THRESHOLD_``): it halves the speed of drawing."""
    if "MALLOC_TRIM_THRESHOLD_" not in os.environ or not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_TRIM_THRESHOLD, 256 * _MIB)
        library.mallopt(_M_MMAP_THRESHOLD, 32 * _MIB)
