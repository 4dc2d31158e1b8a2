"""cryptostamp audit: does everything agree?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from rich.text import Text

from cryptostamp.cli.options import as_json, issued_option, rpc_option, series_argument, workspace_of
from cryptostamp.cli.output import console, print_json, progress_bar
from cryptostamp.cli.proof import sample_option
from cryptostamp.errors import InputError
from cryptostamp.office import Audit, audit
from cryptostamp.office.audit_paper import audit_paper
from cryptostamp.office.audit_report import AuditPart, Difference, Outcome, VoidStamp
from cryptostamp.series import load_series

__all__ = ["audit_command"]

_EXIT_CODES = {Outcome.AGREES: 0, Outcome.DIFFERS: 1, Outcome.NOT_CHECKED: 4}
_MARKS = {Outcome.AGREES: ("✓", "green"), Outcome.DIFFERS: ("✗", "red"), Outcome.NOT_CHECKED: ("·", "yellow")}
_SHOWN_RUNS = 12


@click.command("audit", short_help="Compare plan, ledger, print files and chain.")
@series_argument
@rpc_option
@click.option("--paper", is_flag=True, help="Read the printed sheets back, too, and decode every code on them.")
@sample_option("--sample")
@click.option(
    "--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes that read sheets."
)
@issued_option
@as_json
def audit_command(
    *, series: Path, rpc: str, paper: bool, sample: int | None, workers: int, issued: Path | None, as_json: bool
) -> int:
    """Compare the plan of the issued SERIES with its ledger, its print files and its chain.

    Every stamp is asked for at the contract; nothing rests on what was written down when it was sent.
    With --paper the sheets of every print job are read back as well: all of a job, or as many as
    --sample says, drawn by lot. Nothing is changed. Exit codes: 0 all agree, 1 something differs,
    4 something could not be compared.
    """
    if sample is not None and not paper:
        raise InputError("--sample says how many sheets to read, and none are read.", remedy="Give --paper with it.")
    described = load_series(series)
    workspace = workspace_of(issued, described)
    with progress_bar(quiet=as_json) as progress:

        def read_paper(void: Mapping[int, VoidStamp] | None) -> AuditPart:
            return audit_paper(
                described, workspace=workspace, void=void, sheets=sample, workers=workers, progress=progress
            )

        found = audit(described, workspace=workspace, rpc=rpc, paper=read_paper if paper else None, progress=progress)
    if as_json:
        print_json({"outcome": found.outcome, "parts": found.parts})
    else:
        _show(found)
    return _EXIT_CODES[found.outcome]


def _show(found: Audit) -> None:
    for part in found.parts:
        mark, colour = _MARKS[part.outcome]
        console.print(Text.assemble((mark, colour), f" {part.name}: {part.what}"))
        for difference in part.differences:
            console.print(Text(f"    {_told(difference)}"))
    sentence = {
        Outcome.AGREES: "Everything agrees.",
        Outcome.DIFFERS: "Something differs. Nothing was changed.",
        Outcome.NOT_CHECKED: "What was compared agrees, but not everything could be compared.",
    }[found.outcome]
    console.print(Text(sentence, style="bold"))


def _told(difference: Difference) -> str:
    runs = [str(first) if first == last else f"{first}-{last}" for first, last in difference.serials]
    if not runs:
        return difference.what
    more = f" and {len(runs) - _SHOWN_RUNS:,} more places" if len(runs) > _SHOWN_RUNS else ""
    return f"{difference.what} No. {', '.join(runs[:_SHOWN_RUNS])}{more}"
