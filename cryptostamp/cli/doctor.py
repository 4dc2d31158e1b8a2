"""cryptostamp doctor: is everything there?"""

from __future__ import annotations

import click
from rich.text import Text

from cryptostamp.cli.options import as_json
from cryptostamp.cli.output import console, print_json
from cryptostamp.office import examine

__all__ = ["doctor_command"]

MISSING = 3


@click.command("doctor", short_help="Look whether everything is there.")
@click.option("--rpc", metavar="URL", help="Look at this node as well.")
@as_json
def doctor_command(*, rpc: str | None, as_json: bool) -> int:
    """Look whether everything is there that the toolkit needs, and say what to do if not.

    Exit codes: 0 all that is needed is there, 3 something is missing.
    """
    findings = examine(rpc)
    if as_json:
        print_json({"findings": findings})
    else:
        for finding in findings:
            mark, colour = ("✓", "green") if finding.fine else ("✗", "red") if finding.needed else ("·", "yellow")
            console.print(Text.assemble((mark, colour), f" {finding.what}: {finding.detail}"))
    return MISSING if any(finding.needed and not finding.fine for finding in findings) else 0
