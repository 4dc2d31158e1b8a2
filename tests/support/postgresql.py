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

    def __init__(self, folder: Path, programs: Path, server: dict[str, str]) -> None:
        self._folder = folder
        self._command = [programs / "postgres", "-D", folder / "data", "-k", folder]
        self._command += ["-c", "listen_addresses=", "-c", "fsync=off"]
        self._server = server
        self.start()

    def start(self) -> None:
        """Start it, and return when it can be reached."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": self._folder}
        self._process = subprocess.Popen(self._command, **quiet, **self._server)
        while not (self._folder / ".s.PGSQL.5432").exists():
            assert self._process.poll() is None
            time.sleep(0.02)

    def stop(self) -> None:
        """End it, and every connection to it."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait()

    def restart(self) -> None:
        """End it with all its connections, and return when it answers again."""
        self.stop()
        self.start()
        self.new_database()

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
                # Its socket is there before it listens, and it listens before it answers.
                if not any(said in str(error) for said in ("starting up", "Connection refused")):
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
    started = PostgresServer(folder, programs, server)
    try:
        yield started
    finally:
        started.stop()
        shutil.rmtree(folder, ignore_errors=True)


def find_postgres() -> Path | None:
    """Return the server program: on the PATH, or where Debian puts it; `None` if there is none."""
    found = shutil.which("postgres")
    return Path(found) if found else max(Path("/usr/lib/postgresql").glob("*/bin/postgres"), default=None)
