"""cryptostamp ledger: where the book of a series is kept, and copies of it."""

from __future__ import annotations

from pathlib import Path

import click

from cryptostamp.cli.options import as_json, existing_workspace, issued_option, series_argument, workspace_of
from cryptostamp.cli.output import console, print_json
from cryptostamp.errors import InputError
from cryptostamp.ledger import Table

__all__ = ["ledger_command"]


@click.group("ledger")
def ledger_command() -> None:
    """Keep the ledger of a series: what has been planned, sent and printed, and nothing secret.

    It is a file beside the series, or lies in a PostgreSQL database that several desks share.
    """


@ledger_command.command("use")
@click.argument("url", metavar="URL")
@series_argument
@issued_option
def use(*, url: str, series: Path, issued: Path | None) -> None:
    """Keep the ledger of SERIES in the database URL (postgresql://user@host/database), from now on.

    Say so before the series is issued. A password is not part of the URL: PostgreSQL's own
    ~/.pgpass or PGPASSWORD holds it.
    """
    workspace_of(issued, series).use_database(url)
    console.print("The ledger of this series is in the database now.")


@ledger_command.command("migrate")
@series_argument
@issued_option
@as_json
def migrate(*, series: Path, issued: Path | None, as_json: bool) -> None:
    """Bring the ledger of SERIES to the schema of this version, and say where it is.

    Every command does so by itself; this one does nothing else. Nothing is lost, and nothing goes back.
    """
    with existing_workspace(issued, series).ledger() as ledger:
        if as_json:
            print_json({"place": ledger.place, "schema": ledger.schema})
            return
        console.print(f"The ledger {ledger.place} has the schema {ledger.schema}, which this version writes.")


@ledger_command.command("backup")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@series_argument
@issued_option
def backup(*, target: Path, series: Path, issued: Path | None) -> None:
    """Copy the ledger of SERIES into FILE, while others go on writing.

    A ledger in a file gives such a file again; one in PostgreSQL gives a dump for pg_restore.
    """
    with existing_workspace(issued, series).ledger() as ledger:
        ledger.back_up(target)
    console.print(f"The ledger was copied to {target}.")


@ledger_command.command("export")
@click.argument("table", type=click.Choice([each.value for each in Table]))
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@series_argument
@issued_option
def export(*, table: str, target: Path, series: Path, issued: Path | None) -> None:
    """Write a table of the ledger of SERIES into FILE: CSV if its name ends in .csv, Parquet if in .parquet.

    stamps has each stamp and where it stands, events what the chain announced, both as it was read
    last (cryptostamp status reads on), transactions what was sent for the series. Nothing in them is
    secret.
    """
    if target.suffix not in {".csv", ".parquet"}:
        raise InputError(
            "The name of the file does not say in which form it is to be written.",
            where=str(target),
            remedy="Let it end in .csv or .parquet.",
        )
    workspace = existing_workspace(issued, series)
    series_id = workspace.dossier().series.id
    with workspace.ledger() as ledger:
        ledger.export(Table(table), series_id, target)
    console.print(f"The {table} were written to {target}.")
