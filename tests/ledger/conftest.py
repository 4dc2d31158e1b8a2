"""Ledgers in a file and in PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cryptostamp.ledger import Ledger

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL server of our own, reached through a socket in its folder; return that folder."""
    found = shutil.which("postgres")
    if found is None:
        pytest.skip("PostgreSQL is not installed on this machine, so its ledger cannot be tried here")
    programs = Path(found).resolve().parent
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
        yield str(folder)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_database(postgresql: str) -> Callable[[], str]:
    """Make an empty database, and return its URL."""

    def make() -> str:
        name = f"ledger_{next(_NUMBERS)}"
        engine = create_engine(f"postgresql+psycopg://post@/postgres?host={postgresql}", isolation_level="AUTOCOMMIT")
        for _ in range(500):
            try:
                with engine.connect() as connection:
                    connection.execute(text(f"CREATE DATABASE {name}"))
            except Exception as error:  # the server is starting up
                if "starting up" not in str(error):
                    raise
                time.sleep(0.02)
                continue
            break
        engine.dispose()
        return f"postgresql://post@/{name}?host={postgresql}"

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """A place for a new ledger: a file, then a database."""
    if request.param == "sqlite":
        return tmp_path / "ledger.sqlite3"
    return request.getfixturevalue("new_database")()


@pytest.fixture
def ledger(place: Path | str) -> Iterator[Ledger]:
    """A new ledger."""
    with Ledger(place) as opened:
        yield opened
