"""Opening the SQLite file so that what was written stays written.

Write-ahead log and ``synchronous=FULL``: a commit that returned survives a power cut (SQLite,
"PRAGMA synchronous"). Every SQLAlchemy error leaves this room as a `StorageProblem`.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from cryptostamp.errors import StorageProblem
from cryptostamp.ledger.models import SCHEMA_VERSION, Base

__all__ = ["file_lock", "open_engine", "storage_errors"]


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
    """Open the ledger at `path`, create it if it is not there; refuse one of another schema version."""
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(f"sqlite:///{path}")
        event.listen(engine, "connect", _on_connect)
        with engine.begin() as connection:
            version = int(connection.execute(text("PRAGMA user_version")).scalar_one())
            if version == 0 and not connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one():
                Base.metadata.create_all(connection)
                connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
                version = SCHEMA_VERSION
    if version != SCHEMA_VERSION:
        engine.dispose()
        raise StorageProblem(
            f"This ledger has schema version {version}; this program writes version {SCHEMA_VERSION}.",
            where=str(path),
            remedy="Use the version of Cryptostamp that made it.",
        )
    return engine


def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401  (the driver's connection has no common type)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 10000"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path` until the block ends or the process dies.

    Raises `StorageProblem` at once, naming the process that holds it, instead of waiting: two
    programs that send from one account are a mistake that a person should see.
    """
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise StorageProblem(
                f"Another Cryptostamp process (id {holder}) is sending from this account.",
                where=str(path),
                remedy="Wait until it has ended, or stop it, then run the same command again.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
