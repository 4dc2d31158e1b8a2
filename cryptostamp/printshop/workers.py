"""Who makes the files of a print job: this process, several, or other machines (`cryptostamp.printshop.cluster`).

Whoever they are, they are given tasks one by one and give back finished files; a worker that is lost costs the files
in its hands, which others make again, a bounded number of times. What a file raises on purpose stops the job;
files that are finished by then stay finished. No more tasks are prepared than keep the workers busy, so
that memory stays flat.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing import forkserver, get_context, parent_process
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from queue import Empty, SimpleQueue
from types import ModuleType, TracebackType
from typing import Any, Final, Protocol, Self

from cryptostamp.errors import EnvironmentProblem
from cryptostamp.printshop.print_run import FileTask, FinishedFile, Manifest, Told

__all__ = ["ATTEMPTS", "Crew", "Processes", "lost", "make_files"]

ATTEMPTS: Final = 3
"""How often a file is begun before its workers' deaths are taken for its fault."""
_POLL_S: Final = 0.2


class Crew(AbstractContextManager["Crew"], Protocol):
    """Workers that are not this process. Comes when it is entered, and has gone when it is left."""

    @property
    def ready(self) -> bool:
        """Whether it takes tasks without making anybody wait."""
        ...

    @property
    def places(self) -> int:
        """How many tasks keep it busy."""
        ...

    def begin(self, task: FileTask, done: Callable[[Any], None]) -> Any:  # noqa: ANN401 (its own kind of future)
        """Begin to make a file, and call `done` from any thread with what this returns when it has ended."""
        ...

    def end(self, task: FileTask, future: Any) -> FinishedFile | None:  # noqa: ANN401 (the same)
        """Return what was made, `None` if the worker was lost, or raise what the worker raised."""
        ...

    def counted(self) -> int:
        """Return how many stamps of files that have not ended are done, as far as is known."""
        ...


def make_files(
    tasks: Iterable[FileTask],
    manifest: Manifest,
    *,
    crew: Crew | None = None,
    meanwhile: bool = False,
    told: Told = lambda _stamps: None,
) -> Iterator[FinishedFile]:
    """Make the files that are not finished, beside the manifest, and yield all, each when it is complete.

    With a crew files come in the order in which they are finished; without, this process makes them, and so it does
    `meanwhile` if it is asked to: until the crew is ready. `told` is called with the number of stamps so far. Raises
    `EnvironmentProblem` if workers are lost again and again.
    """
    found: deque[FinishedFile] = deque()
    there = 0

    def missing() -> Iterator[FileTask]:
        nonlocal there
        for task in tasks:
            file = manifest.has(task)
            if file is None:
                yield task
            else:
                found.append(file)
                there += file.stamps

    def told_all(stamps: int) -> None:
        told(there + stamps)

    folder = manifest.path.parent
    if crew is None:
        made = _alone(missing(), folder, told_all)
    else:
        made = _drive(missing(), crew, told_all, folder if meanwhile else None)
    for file in made:
        manifest.add(file)
        while found:
            yield found.popleft()
        yield file
    yield from found


def _alone(tasks: Iterator[FileTask], folder: Path, told: Told) -> Iterator[FinishedFile]:
    done = 0
    for task in tasks:
        file = task.make(folder, lambda stamps, before=done: told(before + stamps))  # type: ignore[misc]
        done += file.stamps
        yield file


def _drive(tasks: Iterator[FileTask], crew: Crew, told: Told, folder: Path | None) -> Iterator[FinishedFile]:
    """Let a crew make files; until it is ready, this process makes them in `folder`, if there is one."""
    work = _Work(tasks, crew, told)
    with crew:
        while folder is not None and not crew.ready:
            file = work.make_one(folder)
            if file is None:
                break
            yield file
        while work.give_out():
            file = work.wait_for_one()
            if file is not None:
                yield file


class _Work:
    """What is given to a crew, and what has come back."""

    def __init__(self, tasks: Iterator[FileTask], crew: Crew, told: Told) -> None:
        self._tasks = tasks
        self._crew = crew
        self._told = told
        self._ended: SimpleQueue[Any] = SimpleQueue()
        self._running: dict[Any, tuple[FileTask, int]] = {}
        self._again: deque[tuple[FileTask, int]] = deque()
        self._done = 0

    def make_one(self, folder: Path) -> FinishedFile | None:
        """Make a file in this process; return `None` if there is none to be made.

        If the crew has become ready meanwhile, it has something to do before anybody looks at the file.
        """
        task = next(self._tasks, None)
        if task is None:
            return None
        file = task.make(folder, lambda stamps: self._told(self._done + stamps))
        self._done += file.stamps
        if self._crew.ready:
            self.give_out()
        return file

    def give_out(self) -> bool:
        """Give the crew as many tasks as keep it busy, and return whether it has any."""
        while len(self._running) < self._crew.places:
            task, attempt = self._again.popleft() if self._again else (next(self._tasks, None), 1)
            if task is None:
                break
            self._running[self._crew.begin(task, self._ended.put)] = task, attempt
        return bool(self._running)

    def wait_for_one(self) -> FinishedFile | None:
        """Return a finished file, or `None` if for a while there was none or a worker was lost."""
        try:
            future = self._ended.get(timeout=_POLL_S)
        except Empty:
            self._told(self._done + self._crew.counted())
            return None
        task, attempt = self._running.pop(future)
        file = self._crew.end(task, future)
        if file is None:
            if attempt == ATTEMPTS:
                raise lost(task)
            self._again.append((task, attempt + 1))
            return None
        self._done += file.stamps
        self._told(self._done + self._crew.counted())
        return file


def lost(task: FileTask) -> EnvironmentProblem:
    """Return the error of a file whose workers are lost again and again."""
    return EnvironmentProblem(
        "Again and again a worker came to its end while it made this file.",
        where=task.name,
        remedy="Memory may be short: take fewer workers or fewer sheets a file, then run the same command "
        "again; what is finished is kept.",
    )


class Processes:
    """A crew of processes on this machine, which write their files themselves and end when this process does."""

    def __init__(self, count: int, folder: Path) -> None:
        self.prepare()
        self.count = count
        self.folder = folder
        self._context = _Context()
        # A number for each task in hand, each written by one process only: nobody holds a lock when he is killed.
        self._stamps = self._context.RawArray("q", self.places)
        self._free = list(range(self.places))
        self._pool: ProcessPoolExecutor | None = None
        self._begun = threading.Thread(target=self._begin_processes, daemon=True)
        self._in_hand: dict[_Made, tuple[ProcessPoolExecutor, int]] = {}

    @staticmethod
    def prepare() -> None:
        """Begin to import what processes need, while this one does something else.

        A fork of this process would copy the threads of its progress bar half; a server that has none is forked.
        """
        get_context("forkserver").set_forkserver_preload([__name__])
        try:
            forkserver.ensure_running()
        except OSError as error:
            raise EnvironmentProblem(
                f"The processes that make print files cannot begin: {error.strerror or error}.",
                remedy="If the path of the folder for temporary files is very long, name a shorter one with TMPDIR.",
            ) from error

    @property
    def places(self) -> int:
        """One task for each process, and one more each that waits."""
        return 2 * self.count

    @property
    def ready(self) -> bool:
        """Whether the processes have begun."""
        return not self._begun.is_alive()

    def __enter__(self) -> Self:
        self._begun.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._begun.join()
        self._close()

    def _begin_processes(self) -> None:
        """Let processes begin, which takes as long as their imports: nobody has to wait for it."""
        with suppress(BrokenProcessPool, OSError), _main_unseen():  # whoever gives them a task will hear of it
            self._pool = self._opened()
            for _ in range(self.count):
                self._pool.submit(int)

    def begin(self, task: FileTask, done: Callable[[_Made], None]) -> _Made:
        """Begin to make a file."""
        self._begun.join()
        place = self._free.pop()
        self._stamps[place] = 0
        for _ in range(ATTEMPTS):
            pool = self._pool = self._pool or self._opened()
            try:
                with _main_unseen():
                    future = pool.submit(_make, task, self.folder, place)
            except BrokenProcessPool:  # since the last file ended
                self._close()
                continue
            self._in_hand[future] = pool, place
            future.add_done_callback(done)
            return future
        raise EnvironmentProblem(
            "The processes that make print files end as soon as they begin.",
            remedy="Memory may be short: take fewer workers, then run the same command again.",
        )

    def end(self, _task: FileTask, future: _Made) -> FinishedFile | None:
        """Return what was made, or `None` if a process was killed: that ends the work of all the others too."""
        pool, place = self._in_hand.pop(future)
        self._stamps[place] = 0
        self._free.append(place)
        try:
            return future.result()
        except BrokenProcessPool:
            if pool is self._pool:
                self._close()
            return None

    def counted(self) -> int:
        """Return how many stamps of the files in hand are done."""
        return sum(self._stamps[place] for _, place in self._in_hand.values())

    def _opened(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.count, mp_context=self._context, initializer=_begin, initargs=(self._stamps,))

    def _close(self) -> None:
        if self._pool is None:
            return
        if any(process.exitcode for process in self._context.begun):
            # A pool that has lost a process waits for all others, also for one that began too late to be ended by it.
            for process in self._context.begun:
                if process.pid is not None:
                    process.kill()
        self._pool.shutdown(cancel_futures=True)
        self._pool = None
        self._context.begun.clear()


class _Context(ForkServerContext):
    """The way in which processes begin. Remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[ForkServerProcess] = []

    def Process(self, *args: Any, **kwargs: Any) -> ForkServerProcess:  # type: ignore[override]  # noqa: ANN401, N802
        """Return a process that is about to begin: this is what a pool calls."""
        process = ForkServerProcess(*args, **kwargs)
        self.begun.append(process)
        return process


@contextmanager
def _main_unseen() -> Iterator[None]:
    """Let processes begin without the program that began this one: they would load it, for nothing, each of them."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


_Made = Future[FinishedFile]
_stamps: Any = None
"""In a worker: how many stamps of each task in hand are done, shared with the process that began it."""


def _begin(stamps: Any) -> None:  # noqa: ANN401 (an array of ctypes has no type of its own)
    """Take over the shared numbers, and end when the process that began this one ends."""
    global _stamps  # noqa: PLW0603 (the one way in which a pool hands a shared value to its workers)
    _stamps = stamps
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _make(task: FileTask, folder: Path, place: int) -> FinishedFile:
    def told(stamps: int) -> None:
        _stamps[place] = stamps

    return task.make(folder, told)
