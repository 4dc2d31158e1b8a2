"""Where photos of strangers are read: a process of its own, with bounds on memory and time.

Whatever a picture does to the decoders, the worst is that this process ends; the server starts another. One photo is
read at a time, a few may wait, and more are turned away. Keeps no photo, writes none to a disk. It knows the editions
of the site, and reads their stamps where general readers cannot.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from cryptostamp.office import Workspace, known_edition
from cryptostamp.scan import PreparedEdition, Reading, read_symbols
from cryptostamp.web.metrics import PHOTOS

__all__ = ["PhotoRoom"]

_MEMORY_BYTES = 3 * 1024**3
_SECONDS = 20.0
_START_SECONDS = 60.0
"""Until the process has loaded what it reads with, which is no fault of the photo; long, for a busy machine."""
_MOST_WAITING = 8


_EDITIONS: list[PreparedEdition] = []
"""What the reading process knows; empty in all others."""


def _confine(folders: Sequence[Path]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _EDITIONS.extend(known_edition(Workspace(folder).dossier()) for folder in folders)


def _read_known(data: bytes) -> Reading:
    return read_symbols(data, _EDITIONS)


def _ready() -> None:
    """Do nothing, as the first thing that a process does once it has started."""


class PhotoRoom:
    """One process that reads photos, knowing the editions in `folders`. It is started when the first photo comes."""

    def __init__(
        self,
        folders: Sequence[Path] = (),
        *,
        read: Callable[[bytes], Reading] = _read_known,
        seconds: float = _SECONDS,
    ) -> None:
        self._folders = tuple(folders)
        self._read_photo = read
        self._seconds = seconds
        self._pool: ProcessPoolExecutor | None = None
        self._waiting = 0
        self._turn = asyncio.Lock()

    async def read(self, data: bytes) -> Reading | None:
        """Return what was found in a picture, `None` if too many others wait."""
        if self._waiting >= _MOST_WAITING:
            PHOTOS.labels("turned-away").inc()
            return None
        self._waiting += 1
        try:
            async with self._turn:
                reading = await self._read(data)
        finally:
            self._waiting -= 1
        PHOTOS.labels("nothing" if reading.problem else "read").inc()
        return reading

    def close(self) -> None:
        """End the process."""
        pool, self._pool = self._pool, None
        if pool is not None:
            processes = list((pool._processes or {}).values())  # noqa: SLF001  (a stuck one is ended in no other way)
            pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.kill()

    async def _read(self, data: bytes) -> Reading:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_confine,
                initargs=(self._folders,),
            )
        loop = asyncio.get_running_loop()
        try:
            await asyncio.wait_for(loop.run_in_executor(self._pool, _ready), _START_SECONDS)
            return await asyncio.wait_for(loop.run_in_executor(self._pool, self._read_photo, data), self._seconds)
        except (TimeoutError, BrokenProcessPool, MemoryError):
            self.close()
            return Reading(problem="The picture could not be read. Take another one, closer to the stamp.")
