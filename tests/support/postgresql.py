"""A PostgreSQL server for the tests: theirs alone, reached through a socket in its folder, gone when they end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

__all__ = ["PostgresServer", "find_postgres", "postgres_server"]

_NUMBERS = count(1)


class PostgresServer:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, database: str) -> str:
        """Return the URL of a database."""
        return f"postgresql://post@/{database}?host={self._folder}"

    def new_database(self) -> str:
        """Make an empty database, and return its URL."""
        name = f"ledger_{next(_NUMBERS)}"
        engine = create_engine(f"postgresql+psycopg://post@/postgres?host={self._folder}", isolation_level="AUTOCOMMIT")
        for _ in range(500):
            try:
                with engine.connect() as connection:
                    connection.execute(text(f"CREATE DATABASE {name}"))
            except OperationalError as error:
                if "starting up" not in str(error):
                    raise
                time.sleep(0.02)
                continue
            break
        engine.dispose()
        return self.url(name)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a server; `FileNotFoundError` if PostgreSQL is not installed."""
    found = find_postgres()
    if found is None:
        raise FileNotFoundError("PostgreSQL is not installed on this machine, so a ledger in it cannot be tried here.")
    programs = found.resolve().parent
    folder = Path(tempfile.mkdtemp(prefix="cryptostamp-pg-"))
    server: dict[str, str] = {}
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        server["user"] = user.pw_name
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    data = folder / "data"
    options = ["--username=post", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    subprocess.run([programs / "initdb", "-D", data, *options], check=True, **quiet, **server)
    process = subprocess.Popen(
        [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
        **quiet,
        **server,
    )
    try:
        while not (folder / ".s.PGSQL.5432").exists():
            assert process.poll() is None
            time.sleep(0.02)
        yield PostgresServer(folder)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def find_postgres() -> Path | None:
    """Return the server program: on the PATH, or where Debian puts it; `None` if there is none."""
    found = shutil.which("postgres")
    return Path(found) if found else max(Path("/usr/lib/postgresql").glob("*/bin/postgres"), default=None)
