"""Opening a ledger so that what was written stays written.

SQLite with a write-ahead log and ``synchronous=FULL``, PostgreSQL with its ``synchronous_commit``: a commit that
returned survives a power cut. SQLite's driver has its own idea of when a transaction begins; it is switched off, for it
leaves statements that change the schema outside. Every SQLAlchemy error leaves this room as a `StorageProblem`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from cryptostamp.errors import InputError, StorageProblem, ToolMissing
from cryptostamp.ledger.migrations import HEAD, bring_up_to_date, is_up_to_date, revision_of

__all__ = ["check_url", "open_engine", "place_of", "storage_errors", "to_write"]

_AT_ONCE = "cryptostamp_write_at_once"
"""The execution option with which a transaction takes the right to write when it begins."""
_MIGRATING = 0x43727970746F5374
"""The advisory lock of PostgreSQL under which one process at a time changes the schema."""


@contextmanager
def storage_errors(place: str) -> Iterator[None]:
    """Turn what the database or the file system raises into one clear `StorageProblem`."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        # SQLAlchemy's own text quotes the statement and its parameters; the driver's says what is wrong.
        reason = str(getattr(error, "orig", None) or error)
        raise StorageProblem(
            f"The ledger could not be read or written: {reason}.",
            where=place,
            remedy="Check free space and permissions, then run the same command again: it goes on where it stopped.",
        ) from error


def open_engine(place: Path | str) -> Engine:
    """Open a ledger: make one where there is nothing, bring an older one up to date, refuse any other."""
    engine = _engine(place)
    shown = place_of(engine)
    try:
        with storage_errors(shown):
            if isinstance(place, Path):
                place.parent.mkdir(parents=True, exist_ok=True)
            with engine.begin() as connection:
                ready = is_up_to_date(connection)
            if not ready:
                _bring_up_to_date(engine, shown)
    except BaseException:
        engine.dispose()
        raise
    return engine


def place_of(engine: Engine) -> str:
    """Return where a ledger is, without a password."""
    url = engine.url
    return str(url.database) if engine.dialect.name == "sqlite" else url.render_as_string(hide_password=True)


def _engine(place: Path | str) -> Engine:
    if isinstance(place, Path):
        engine = create_engine(f"sqlite:///{place}")
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
        return engine
    url = _parsed(place)
    try:
        return create_engine(url.set(drivername="postgresql+psycopg"))
    except ImportError as error:
        raise ToolMissing(
            "A ledger in PostgreSQL needs the package psycopg.", remedy="Install cryptostamp[postgresql]."
        ) from error


def check_url(place: str) -> None:
    """Raise `InputError` if this is no URL of PostgreSQL, or if it holds a password, which would be kept."""
    if _parsed(place).password is not None:
        raise InputError(
            "The URL of the ledger holds a password; it is not repeated here.",
            remedy="Leave it out, and put the password into ~/.pgpass or the variable PGPASSWORD.",
        )


def _parsed(place: str) -> URL:
    refusal = InputError(
        "This is not the URL of a ledger.", remedy="Give it as postgresql://user@host/database, or give a file."
    )
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        raise refusal from None
    if url.get_backend_name() != "postgresql":
        raise refusal
    return url


def to_write(engine: Engine) -> Engine:
    """Return the engine whose transactions take the right to write when they begin, and wait for it if need be.

    A transaction of SQLite that reads first and writes later would fail instead of wait, if another process wrote in
    between.
    """
    return engine.execution_options(**{_AT_ONCE: True})


def _bring_up_to_date(engine: Engine, shown: str) -> None:
    """Make the tables of a new ledger or change those of an older one; `StorageProblem` if it is neither."""
    with to_write(engine).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        if is_up_to_date(connection):  # another process was quicker
            return
        revision = revision_of(connection)
        if revision is None or (revision and not (revision.isdecimal() and int(revision) <= int(HEAD))):
            raise StorageProblem(
                f"This ledger has another schema ({revision or 'unknown'}) than this program writes ({HEAD}).",
                where=shown,
                remedy="Use the version of Cryptostamp that made it.",
            )
        bring_up_to_date(connection, revision)


def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401  (the driver's connection has no common type)
    connection.isolation_level = None  # `_on_begin` begins transactions instead of the driver
    for pragma in ("busy_timeout = 10000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    at_once = connection.get_execution_options().get(_AT_ONCE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if at_once else "BEGIN")
