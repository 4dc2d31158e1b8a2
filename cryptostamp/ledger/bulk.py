"""Many rows into a table at once, as each database takes them quickest, inside the transaction that is open.

PostgreSQL takes them by ``COPY``, SQLite by one prepared ``INSERT`` for all. Rows come as a stream, and memory stays
flat. Does not check them: what a column does not take is an error of the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from sqlalchemy.orm import Session

__all__ = ["insert_rows"]

_BATCH = 10_000


def insert_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    """Insert `rows`, whose values come in the order of `columns`; the names are the program's own, never data."""
    connection = session.connection()
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101  (a connection that is open has one)
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608  (see above)
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        connection.exec_driver_sql(statement, batch)
