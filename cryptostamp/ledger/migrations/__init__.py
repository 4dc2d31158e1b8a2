"""Bring a ledger to the schema of this version, losing nothing: one Alembic revision for each version of the schema.

Rests on transactional DDL, which SQLite and PostgreSQL have: all steps are committed together or not at all, so a crash
leaves the old ledger. A revision stays as it is for ever: it speaks of the schema of its time, not of today's models.
Ledgers older than Alembic tell their version in ``PRAGMA user_version``. Writes no copy and does not go back.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

__all__ = ["HEAD", "bring_up_to_date", "is_up_to_date", "revision_of"]

HEAD = "4"
"""The revision that this version of the program writes."""

_KEPT_BY_ALEMBIC = 100
"""In ``PRAGMA user_version``: programs that know nothing of Alembic refuse such a ledger."""
_BEFORE_ALEMBIC = {1: "1", 2: "2"}


def is_up_to_date(connection: Connection) -> bool:
    """Return whether a ledger has the schema of this version, by its own account."""
    return "alembic_version" in connection.dialect.get_table_names(connection) and revision_of(connection) == HEAD


def revision_of(connection: Connection) -> str | None:
    """Return the revision of a ledger, ``""`` of an empty database, `None` of one that is no ledger."""
    tables = set(connection.dialect.get_table_names(connection))
    if "alembic_version" in tables:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    if connection.dialect.name == "sqlite":
        version = int(connection.execute(text("PRAGMA user_version")).scalar_one())
        return _BEFORE_ALEMBIC.get(version) if version or tables else ""
    return None if tables else ""


def bring_up_to_date(connection: Connection, revision: str) -> None:
    """Bring a ledger of `revision` to `HEAD`, within the transaction that `connection` is in."""
    # Imported here, for it takes long and most ledgers are up to date.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if revision and "alembic_version" not in connection.dialect.get_table_names(connection):
        command.stamp(config, revision)
    command.upgrade(config, HEAD)
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA user_version = {_KEPT_BY_ALEMBIC}"))
