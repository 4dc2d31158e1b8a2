"""One writer for an account of a chain: who else wants to send is told who does.

Rests on ``flock`` beside a ledger in a file, and on a session's advisory lock in PostgreSQL; the system frees both when
the process dies. Threads of one process wait for each other instead. Does not outlive a broken connection to
PostgreSQL: then the unique indexes of the journal are what is left.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, RLock

from sqlalchemy import Engine, text

from cryptostamp.errors import StorageProblem
from cryptostamp.ledger.database import place_of, storage_errors

__all__ = ["sole_writer"]


def sole_writer(engine: Engine, account: str, *, clock: Callable[[], int]) -> AbstractContextManager[None]:
    """Hold the right to send from `account` until the block ends or the process dies.

    Waits for other threads of this process. Raises `StorageProblem` at once, naming the process that holds it, instead
    of waiting for another one: two programs that send from one account are a mistake that a person should see. `clock`
    gives UTC seconds.
    """
    if engine.dialect.name == "sqlite":
        path = Path(str(engine.url.database))
        return _file_lock(path.with_name(f"{path.name}.{account}.lock"), clock=clock)
    return _advisory_lock(engine, account, clock=clock)


class _Writers:
    """The threads of this process that hold or await a lock file: they wait for each other, not for the file."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._locks: defaultdict[str, RLock] = defaultdict(RLock)
        self._held: set[str] = set()

    @contextmanager
    def turn(self, place: str) -> Iterator[bool]:
        """Wait for the other threads, then say whether this one has to take the file lock, too."""
        with self._guard:
            lock = self._locks[place]
        with lock:
            first = place not in self._held
            self._held.add(place)
            try:
                yield first
            finally:
                if first:
                    self._held.discard(place)


_writers = _Writers()


@contextmanager
def _file_lock(path: Path, *, clock: Callable[[], int]) -> Iterator[None]:
    with _writers.turn(str(path.absolute())) as first:
        if not first:
            yield
            return
        with storage_errors(str(path)):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _held_by(_holder(descriptor), str(path)) from None
            mine = {"pid": os.getpid(), "host": platform.node(), "since": clock()}
            with storage_errors(str(path)):
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
        return f"id {int(holder['pid'])}, since {since:%Y-%m-%d %H:%M:%S} UTC, on {str(holder['host'])[:64]!r}"
    except (OSError, ValueError, OverflowError, KeyError, TypeError):
        return _NAMELESS  # it may be about to write it


@contextmanager
def _advisory_lock(engine: Engine, account: str, *, clock: Callable[[], int]) -> Iterator[None]:
    place = place_of(engine)
    with _writers.turn(f"{place} {account}") as first:
        if not first:
            yield
            return
        digest = hashlib.sha256(f"cryptostamp {account}".encode()).digest()
        key = {"high": int.from_bytes(digest[:4], signed=True), "low": int.from_bytes(digest[4:8], signed=True)}
        with storage_errors(place):
            session = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with storage_errors(place):
                if not session.execute(text("SELECT pg_try_advisory_lock(:high, :low)"), key).scalar_one():
                    raise _held_by(str(session.execute(text(_HOLDER), key).scalar() or _NAMELESS), place)
                since = datetime.fromtimestamp(clock(), UTC)
                me = f"id {os.getpid()}, since {since:%Y-%m-%d %H:%M:%S} UTC, on {platform.node()}"
                session.execute(text("SELECT set_config('application_name', :me, false)"), {"me": me[:63]})
            yield
        finally:
            session.invalidate()  # the session ends, and with it the lock: it must not go back to the pool
            session.close()


_HOLDER = """
SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 2
AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND classid::bigint = (CAST(:high AS bigint) & 4294967295) AND objid::bigint = (CAST(:low AS bigint) & 4294967295)
"""
_NAMELESS = "which has not said its name"


def _held_by(holder: str, place: str) -> StorageProblem:
    return StorageProblem(
        f"Another Cryptostamp process ({holder}) is sending from this account.",
        where=place,
        remedy="Wait until it has ended, or stop it, then run the same command again.",
    )
