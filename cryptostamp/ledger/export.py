"""What a ledger holds of a series, as a table that other programs read: CSV (RFC 4180), or Parquet by pyarrow.

Rows are streamed, so that memory stays flat. Hashes are written as hex, times as UTC seconds. Never has anything that
is good for more than reading: no signed bytes, no signatures, and secrets are not in a ledger at all. A text that a
spreadsheet would take for a formula gets an apostrophe in front, in CSV only.
"""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from cryptostamp.errors import ToolMissing
from cryptostamp.ledger.models import Base

__all__ = ["Table", "write_csv", "write_parquet"]

_BATCH = 10_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_Sessions = Callable[[], AbstractContextManager[Session]]
_Value = int | str | bool | None


class Table(StrEnum):
    """What can be exported."""

    STAMPS = "stamps"
    """Each stamp of the series: what is on it, where it lies, and where it stands by its events."""
    TRANSACTIONS = "transactions"
    """Each transaction that was signed for the series, and how it was mined."""
    EVENTS = "events"
    """Each event of the series, in the order of the chain."""


def write_csv(reading: _Sessions, table: Table, series_id: str, stream: BinaryIO) -> None:
    """Write a table as CSV in UTF-8, its first line the names of the columns."""
    columns, query = _QUERIES[table](series_id)
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(name for name, _ in columns)
    writer.writerows([_safe(value) for value in row] for row in _rows(reading, query))
    text.flush()
    text.detach()


def write_parquet(reading: _Sessions, table: Table, series_id: str, stream: BinaryIO) -> None:
    """Write a table as Parquet; `ToolMissing` if pyarrow is not installed."""
    try:
        arrow: Any = importlib.import_module("pyarrow")
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise ToolMissing(
            "Parquet needs the package pyarrow.", remedy="Install cryptostamp[parquet], or export to a .csv file."
        ) from error
    columns, query = _QUERIES[table](series_id)
    types = {int: arrow.int64(), str: arrow.string(), bool: arrow.bool_()}
    schema = arrow.schema([(name, types[kind]) for name, kind in columns])
    with parquet.ParquetWriter(stream, schema) as writer:
        rows = iter(_rows(reading, query))
        while batch := list(islice(rows, _BATCH)):
            values = zip(*batch, strict=True)
            arrays = [arrow.array(each, type=field.type) for each, field in zip(values, schema, strict=True)]
            writer.write_batch(arrow.record_batch(arrays, schema=schema))


def _rows(reading: _Sessions, query: Select[Any]) -> Iterator[tuple[_Value, ...]]:
    with reading() as session:
        for row in session.execute(query.execution_options(yield_per=_BATCH)):
            yield tuple(f"0x{value.hex()}" if isinstance(value, bytes) else value for value in row)


def _safe(value: _Value) -> _Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


_Columns = Sequence[tuple[str, type]]


def _columns(elements: Iterable[ColumnElement[Any]]) -> _Columns:
    kinds = [(str(each.key), each.type.python_type) for each in elements]
    return [(name, kind if kind in {int, bool} else str) for name, kind in kinds]


_TABLES = Base.metadata.tables


def _stamps(series_id: str) -> tuple[_Columns, Select[Any]]:
    stamps, standings = _TABLES["stamps"], _TABLES["standings"]
    elements: list[ColumnElement[Any]] = [
        *(stamps.c[name] for name in ("serial", "variant", "claim_key", "sheet", "position", "claimed_by")),
        func.coalesce(standings.c.state, "unclaimed").label("state"),
        *(standings.c[name] for name in ("owner", "since", "void_reason")),
        func.coalesce(standings.c.moves, 0).label("moves"),
        func.coalesce(standings.c.postmarks, 0).label("postmarks"),
    ]
    same = (stamps.c.series_id == standings.c.series_id) & (stamps.c.serial == standings.c.serial)
    query = select(*elements).select_from(stamps.outerjoin(standings, same))
    return _columns(elements), query.where(stamps.c.series_id == series_id).order_by(stamps.c.serial)


def _transactions(series_id: str) -> tuple[_Columns, Select[Any]]:
    table = _TABLES["transactions"].c
    elements = [each for each in table if each.key != "id"]
    ours = table.intent.startswith(f"{series_id}: ", autoescape=True)
    return _columns(elements), select(*elements).where(ours).order_by(
        table.chain_id, table.sender, table.nonce, table.id
    )


def _events(series_id: str) -> tuple[_Columns, Select[Any]]:
    table = _TABLES["events"].c
    elements = [each for each in table if each.key != "series_id"]
    query = select(*elements).where(table.series_id == series_id).order_by(table.block_number, table.number)
    return _columns(elements), query


_QUERIES: dict[Table, Callable[[str], tuple[_Columns, Select[Any]]]] = {
    Table.STAMPS: _stamps,
    Table.TRANSACTIONS: _transactions,
    Table.EVENTS: _events,
}
