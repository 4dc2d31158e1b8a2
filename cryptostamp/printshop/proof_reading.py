"""Reading finished sheets back: pages become symbols and letters at places, in as many processes as are wanted.

Joins the press, which draws a page with a library that did not write it, and the scan, which reads symbols.
Decides nothing: a reading says what is there. A worker is told where the places of a sheet are, and never
which codes are expected, so it can neither guess nor agree by mistake.
"""

from __future__ import annotations

import resource
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from cryptostamp.errors import EnvironmentProblem, InputError
from cryptostamp.press import PagePicture, PlannedPlace, PrintedFilePages, PrintedPage
from cryptostamp.primitives import Box
from cryptostamp.scan import PageSymbol, read_page, read_place

__all__ = ["PageReading", "PlaceReading", "ReadTask", "Readers", "SymbolReading", "read_pages", "sheets_to_read"]

DPI: Final = 300
"""At which pages are drawn: 4 pixels a module at least, and 25 symbols of a sheet read in 20 ms."""
FINER_DPI: Final = 600
"""At which a place is drawn again whose symbol could not be read."""
SECONDS_A_PAGE: Final = 60
"""How much work a worker may have with one page: a hundred times what the largest sheet takes."""
ALL_UP_TO: Final = 400
"""Jobs of at most so many sheets are read whole unless somebody says otherwise: about a minute."""
SAMPLE: Final = 300
"""Sheets that are read of a larger job: a fault on one sheet in a hundred is found with a certainty of 95 %."""
_AROUND_MM: Final = 2.0
_BLANK: Final = 0.02
"""Share of ink up to which the room of a symbol is called blank; a QR has about half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolReading:
    """One symbol: what it says, and where on the page its middle lies."""

    text: str = field(repr=False)
    x_mm: float
    y_mm: float
    unused_correction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReading:
    """What was found at one place of a sheet."""

    symbols: tuple[SymbolReading, ...]
    letters: str = field(repr=False)
    blank: bool
    """There is no ink where the symbol belongs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """What was found on one page. If `problem` is not empty, nothing could be read, for that reason."""

    index: int
    problem: str = ""
    turned: int = 0
    media: Box | None = None
    trim: Box | None = None
    places: tuple[PlaceReading, ...] = ()
    """In the order of the task's places."""
    elsewhere: tuple[SymbolReading, ...] = ()
    """Symbols that lie on no place."""
    letters: str = field(repr=False, default="")
    """All letters of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTask:
    """Pages of one file that one worker reads."""

    source: Path | bytes = field(repr=False)
    name: str
    pages: tuple[int, ...]
    """Which pages, from 0."""
    places: tuple[PlannedPlace, ...] = field(repr=False)
    """Where stamps may lie, on every page."""


def sheets_to_read(sheets: int, asked: int | None) -> int:
    """Return how many of a job's sheets are read back, where `asked` is what somebody wants, if they do."""
    usual = sheets if sheets <= ALL_UP_TO else SAMPLE
    return min(sheets, usual if asked is None else asked)


def read_pages(task: ReadTask) -> tuple[PageReading, ...]:
    """Read the pages of a task; what cannot be read says so in its reading."""
    try:
        file = PrintedFilePages(task.source, name=task.name)
    except InputError as error:
        return tuple(PageReading(index=index, problem=error.what) for index in task.pages)
    with file:
        return tuple(_read_page(file, index, task.places) for index in task.pages)


def _read_page(file: PrintedFilePages, index: int, places: tuple[PlannedPlace, ...]) -> PageReading:
    try:
        with file.page(index) as page:
            return _reading(page, index, places)
    except InputError as error:
        return PageReading(index=index, problem=error.what)


def _reading(page: PrintedPage, index: int, places: tuple[PlannedPlace, ...]) -> PageReading:
    picture = page.picture(DPI)
    held: list[list[SymbolReading]] = [[] for _ in places]
    elsewhere: list[SymbolReading] = []
    for symbol in _symbols(picture, read_page(picture.pixels)):
        at = next((number for number, place in enumerate(places) if _holds(place.cell, symbol)), None)
        (elsewhere if at is None else held[at]).append(symbol)
    blank = [picture.part(place.symbol).ink() <= _BLANK for place in places]
    for number, place in enumerate(places):
        if not held[number] and not blank[number]:
            held[number] = _look_closer(page, picture, place)
    whole = Box(x_mm=0, y_mm=0, width_mm=page.width_mm, height_mm=page.height_mm)
    letters, *by_place = page.letters([whole, *(place.cell for place in places)])
    return PageReading(
        index=index,
        turned=page.turned,
        media=page.media,
        trim=page.trim,
        places=tuple(
            PlaceReading(symbols=tuple(symbols), letters=text, blank=empty)
            for symbols, text, empty in zip(held, by_place, blank, strict=True)
        ),
        elsewhere=tuple(elsewhere),
        letters=letters,
    )


def _look_closer(page: PrintedPage, picture: PagePicture, place: PlannedPlace) -> list[SymbolReading]:
    """Read a symbol that was not found on the whole page: alone, and if need be drawn anew and finer."""
    room = place.symbol.grown(_AROUND_MM)
    found = _symbols(near := picture.part(room), read_place(near.pixels))
    return found or _symbols(fine := page.picture(FINER_DPI, room), read_place(fine.pixels))


def _symbols(picture: PagePicture, found: Iterable[PageSymbol]) -> list[SymbolReading]:
    return [
        SymbolReading(text=symbol.text, x_mm=x_mm, y_mm=y_mm, unused_correction=symbol.unused_correction)
        for symbol in found
        for x_mm, y_mm in (picture.on_page(*symbol.centre),)
    ]


def _holds(box: Box, symbol: SymbolReading) -> bool:
    return box.x_mm <= symbol.x_mm < box.right_mm and box.y_mm <= symbol.y_mm < box.bottom_mm


class Readers:
    """Who reads: this process, or others, each with a bound on the time it may spend on a page."""

    def __init__(self, workers: int, *, seconds_a_page: int = SECONDS_A_PAGE) -> None:
        self._workers = workers
        self._seconds = seconds_a_page
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def read(self, tasks: Iterable[ReadTask], *, guarded: bool = False) -> Iterator[PageReading]:
        """Yield the readings of all tasks, in their order; no more is begun than keeps the readers busy.

        A single reader is this process, unless the reading is `guarded`: so is that of files whose maker is not known.
        Raises `EnvironmentProblem` if another process comes to its end before its task does.
        """
        if self._workers == 1 and not guarded:
            for task in tasks:
                yield from read_pages(task)
            return
        pool = self._pool = self._pool or self._opened()
        waiting: deque[tuple[ReadTask, Future[tuple[PageReading, ...]]]] = deque()
        try:
            for task in tasks:
                waiting.append((task, pool.submit(_read_bounded, task, self._seconds)))
                if len(waiting) > 2 * self._workers:
                    yield from waiting[0][1].result()
                    waiting.popleft()
            while waiting:
                yield from waiting[0][1].result()
                waiting.popleft()
        except BrokenProcessPool as error:
            self._close()
            pages = sorted({page + 1 for task, _ in waiting for page in task.pages})
            near = f"between pages {pages[0]:,} and {pages[-1]:,}" if pages else "too soon"
            raise EnvironmentProblem(
                f"The process that reads this file ended {near}: it took too long, or more memory than there is.",
                where=next((task.name for task, _ in waiting), ""),
                remedy="Print the file again. If it stays like this, take fewer workers.",
            ) from error

    def _opened(self) -> ProcessPoolExecutor:
        # Not a fork of this process, which would copy the threads of a progress bar half, but of one without any.
        context = get_context("forkserver")
        context.set_forkserver_preload([__name__])
        return ProcessPoolExecutor(self._workers, mp_context=context)

    def _close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _read_bounded(task: ReadTask, seconds_a_page: int) -> tuple[PageReading, ...]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds_a_page * len(task.pages)
    with suppress(ValueError, OSError):  # where the system sets a lower limit, that one holds
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    return read_pages(task)
