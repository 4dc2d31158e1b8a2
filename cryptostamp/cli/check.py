"""cryptostamp check: can this series be issued and printed?"""

from __future__ import annotations

from pathlib import Path

import click

from cryptostamp.cli.options import as_json, series_argument
from cryptostamp.cli.output import console, print_json
from cryptostamp.office import check

__all__ = ["check_command"]


@click.command("check")
@series_argument
@as_json
def check_command(*, series: Path, as_json: bool) -> None:
    """Check that SERIES can be issued and printed.

    SERIES is a series.toml or its folder. Every problem is named with its line in the file; nothing
    is written and no chain is asked.
    """
    checked = check(series)
    if as_json:
        print_json({"id": checked.id, "title": checked.title, "edition": checked.edition, "fine": True})
        return
    console.print(f"{checked.title} ({checked.id}), {checked.edition:,} stamps: fit to be issued and printed.")
