"""A copy of a ledger in one file, made while others go on writing.

Rests on SQLite's ``VACUUM INTO`` and on PostgreSQL's own ``pg_dump`` (custom format): both copy one state of the
database, as of a moment. The copy holds nothing secret, as the ledger holds nothing secret. Does not put a copy back:
a file is opened where it lies, a dump is read by ``pg_restore``.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import Engine

from cryptostamp.errors import StorageProblem, ToolMissing
from cryptostamp.files import write_whole
from cryptostamp.ledger.database import place_of, storage_errors

__all__ = ["back_up"]


def back_up(engine: Engine, target: Path) -> None:
    """Copy a ledger into the file `target`, which must not be there yet; whole or not at all.

    Raises `StorageProblem` if it is there or cannot be written, `ToolMissing` if PostgreSQL's `pg_dump` is not.
    """
    copy = _copy_of_file if engine.dialect.name == "sqlite" else _dump_of_database
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".ledger-", dir=target.parent) as folder:
        part = Path(folder) / "copy"
        copy(engine, part)
        with part.open("rb") as source:
            write_whole(target, lambda stream: shutil.copyfileobj(source, stream), replace=False)


def _copy_of_file(engine: Engine, part: Path) -> None:
    with storage_errors(place_of(engine)), engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101  (a connection that is open has one)
        driver.execute("VACUUM INTO ?", (str(part),))  # outside of a transaction, as SQLite wants it


def _dump_of_database(engine: Engine, part: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise ToolMissing(
            "A ledger in PostgreSQL is copied by its program pg_dump, which was not found.",
            remedy="Install the client programs of PostgreSQL, or let the database's keeper make the copy.",
        )
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=True)
    done = subprocess.run(  # noqa: S603  (no shell, and the URL is one that this program has connected to)
        [program, "--format=custom", "--no-password", f"--file={part}", f"--dbname={url}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StorageProblem(f"pg_dump could not copy the ledger: {done.stderr.strip()}.", where=place_of(engine))
