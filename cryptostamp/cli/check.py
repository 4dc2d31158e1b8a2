"""cryptostamp check: can this series be issued and printed?"""

from __future__ import annotations

from pathlib import Path

import click

from cryptostamp.cli.options import as_json, series_argument
from cryptostamp.cli.output import console, print_json
from cryptostamp.office import check
from cryptostamp.office.claim_layers import why_one_printer

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
    reason = why_one_printer(checked)
    if as_json:
        facts = {"id": checked.id, "title": checked.title, "edition": checked.edition}
        print_json({**facts, "fine": True, "two_printers": not reason})
        return
    console.print(f"{checked.title} ({checked.id}), {checked.edition:,} stamps: fit to be issued and printed.")
    if reason:
        console.print(f"Only one printer can be given the hidden codes, not two with half of each: {reason}")
