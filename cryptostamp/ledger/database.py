"""Opening the SQLite file so that what was written stays written.

Write-ahead log and ``synchronous=FULL``: a commit that returned survives a power cut (SQLite,
"PRAGMA synchronous"). The driver's own idea of when a transaction begins is switched off, for it
leaves statements that change the schema outside. Every SQLAlchemy error leaves this room as a
`StorageProblem`.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, RLock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from cryptostamp.errors import StorageProblem
from cryptostamp.ledger.migrations import OLDEST_VERSION, migrate
from cryptostamp.ledger.models import SCHEMA_VERSION, Base

__all__ = ["file_lock", "open_engine", "storage_errors", "to_write"]

_AT_ONCE = "cryptostamp_write_at_once"
"""The execution option with which a transaction takes the right to write when it begins."""


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what the database or the file system raises into one clear `StorageProblem`."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        # SQLAlchemy's own text quotes the statement and its parameters; the driver's says what is wrong.
        reason = str(getattr(error, "orig", None) or error)
        raise StorageProblem(
            f"The ledger could not be read or written: {reason}.",
            where=str(path),
            remedy="Check free space and permissions, then run the same command again: it goes on where it stopped.",
        ) from error


def open_engine(path: Path) -> Engine:
    """Open the ledger at `path`: create it if it is not there, bring an older one up to date, refuse any other."""
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(f"sqlite:///{path}")
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
        with engine.begin() as connection:
            version = _version(connection)
        if version != SCHEMA_VERSION:
            version = _bring_up_to_date(engine)
    if version != SCHEMA_VERSION:
        engine.dispose()
        raise StorageProblem(
            f"This ledger has schema version {version}; this program writes version {SCHEMA_VERSION}.",
            where=str(path),
            remedy="Use the version of Cryptostamp that made it.",
        )
    return engine


def to_write(engine: Engine) -> Engine:
    """Return the engine whose transactions take the right to write when they begin, and wait for it if need be.

    A transaction that reads first and writes later would fail instead of wait, if another process wrote in between.
    """
    return engine.execution_options(**{_AT_ONCE: True})


def _version(connection: Connection) -> int:
    return int(connection.execute(text("PRAGMA user_version")).scalar_one())


def _bring_up_to_date(engine: Engine) -> int:
    """Create the tables of a new ledger or migrate those of an older one; return the version that it has then."""
    with to_write(engine).begin() as connection:
        version = _version(connection)  # again: another process may have been quicker
        if version == 0 and not connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one():
            Base.metadata.create_all(connection)
            connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
        elif OLDEST_VERSION <= version < SCHEMA_VERSION:
            migrate(connection, version)
        return _version(connection)


def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401  (the driver's connection has no common type)
    connection.isolation_level = None  # `_on_begin` begins transactions instead of the driver
    for pragma in ("busy_timeout = 10000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    at_once = connection.get_execution_options().get(_AT_ONCE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if at_once else "BEGIN")


class _Writers:
    """The threads of this process that hold or await a lock file: they wait for each other, not for the file."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._locks: defaultdict[Path, RLock] = defaultdict(RLock)
        self._held: set[Path] = set()

    @contextmanager
    def turn(self, path: Path) -> Iterator[bool]:
        """Wait for the other threads, then say whether this one has to take the file lock, too."""
        with self._guard:
            lock = self._locks[path]
        with lock:
            first = path not in self._held
            self._held.add(path)
            try:
                yield first
            finally:
                if first:
                    self._held.discard(path)


_writers = _Writers()


@contextmanager
def file_lock(path: Path, *, clock: Callable[[], int]) -> Iterator[None]:
    """Hold an exclusive lock on `path` until the block ends or the process dies.

    Waits for other threads of this process. Raises `StorageProblem` at once, naming the process
    that holds it, instead of waiting for another one: two programs that send from one account are a
    mistake that a person should see. `clock` gives UTC seconds.
    """
    with _writers.turn(path.absolute()) as first:
        if not first:
            yield
            return
        with storage_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StorageProblem(
                    f"Another Cryptostamp process ({_holder(descriptor)}) is sending from this account.",
                    where=str(path),
                    remedy="Wait until it has ended, or stop it, then run the same command again.",
                ) from None
            mine = {"pid": os.getpid(), "host": platform.node(), "since": clock()}
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(mine).encode(), 0)
            yield
        finally:
            os.close(descriptor)


def _holder(descriptor: int) -> str:
    """Return who wrote into a lock file, as people read it."""
    try:
        holder = json.loads(os.pread(descriptor, 1_000, 0))
        since = datetime.fromtimestamp(int(holder["since"]), UTC)
        return f"id {int(holder['pid'])} on {str(holder['host'])[:64]!r}, since {since:%Y-%m-%d %H:%M:%S} UTC"
    except (OSError, ValueError, OverflowError, KeyError, TypeError):
        return "which has not said its name"  # it may be about to write it
