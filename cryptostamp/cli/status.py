"""cryptostamp status and cryptostamp history: where a series stands, and what became of one stamp."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cryptostamp.cli.options import as_json, issued_option, rpcs_option, series_argument, workspace_of
from cryptostamp.cli.output import console, print_json, progress_bar
from cryptostamp.errors import InputError
from cryptostamp.ledger import EventRecord
from cryptostamp.office import Overview, history, overview, resolve_code
from cryptostamp.office.workspace import Workspace
from cryptostamp.primitives import Serial

__all__ = ["history_command", "status_command"]

_BEHIND = 3
"""Exit code if the chain could not be read to its end: that of a node that is down."""


@click.command("status", short_help="Show where a series stands.")
@series_argument
@rpcs_option
@issued_option
@click.option(
    "--watch",
    type=click.FloatRange(min=0.5),
    metavar="SECONDS",
    help="Look again every so many seconds, until Ctrl-C.",
)
@as_json
def status_command(
    *, series: Path, rpc: tuple[str, ...], issued: Path | None, watch: float | None, as_json: bool
) -> int:
    """Show where the issued SERIES stands: claimed, void, postmarked, printed, sent.

    What the chain has told is kept in the ledger, and only what is new is read. If the node is down,
    the answer is as old as it says. Exit codes: 0, or 3 if the chain could not be read to its end.
    """
    workspace = workspace_of(issued, series)
    if watch is not None:
        if as_json:
            raise InputError("--watch is for people, --json for machines.", remedy="Give one of them.")
        _watch(workspace, rpc, watch)
        return 0
    with progress_bar(quiet=as_json) as progress:
        found = overview(workspace, rpc=rpc[0], others=rpc[1:], progress=progress)
    if as_json:
        print_json({"unclaimed": found.unclaimed, "status": found})
    else:
        console.print(_shown(found))
    return _BEHIND if found.trouble else 0


def _watch(workspace: Workspace, rpc: tuple[str, ...], seconds: float) -> None:
    with Live(console=console, auto_refresh=False) as live:
        while True:
            live.update(_shown(overview(workspace, rpc=rpc[0], others=rpc[1:])), refresh=True)
            time.sleep(seconds)


def _shown(found: Overview) -> Group:
    counts = found.counts
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(justify="left")
    table.add_column(justify="right")
    table.add_column(justify="right", style="dim")
    for name, number in (
        ("edition", found.edition),
        ("unclaimed", found.unclaimed),
        ("claimed", counts.claimed),
        ("sent by the post", counts.delivered),
        ("void", counts.void),
        ("postmarked", counts.postmarked),
        ("went on to others", counts.moved),
        ("owners", counts.owners),
        ("faces printed", found.printed.faces),
        ("hidden codes printed", found.printed.claims),
    ):
        share = "" if name in {"edition", "owners"} else f"{100 * number / found.edition:.1f} %"
        table.add_row(name, f"{number:,}", share)
    sent = ", ".join(f"{number:,} {state}" for state, number in found.transactions) or "none"
    steps = ", ".join(
        f"{step.step} {_moment(step.begun_at)}{'' if step.ended_at else ' (not ended)'}" for step in found.last_steps
    )
    return Group(
        Text.assemble((found.title, "bold"), f" ({found.series_id}), {found.contract} on chain {found.chain_id}"),
        table,
        Text(f"Transactions: {sent}."),
        Text(f"Last: {steps}." if steps else "No step was run from here."),
        _age(found),
    )


def _age(found: Overview) -> Text:
    if found.as_of is None:
        return Text(f"The chain was never read. {found.trouble or ''}".strip(), style="yellow")
    at = f"As of block {found.as_of.number:,} of {_moment(found.as_of.timestamp)}"
    if found.trouble:
        return Text(f"{at}; the chain may have more to tell. {found.trouble}", style="yellow")
    return Text(f"{at}, {found.behind:,} behind." if found.behind else f"{at}, the newest.", style="dim")


def _moment(timestamp: int) -> str:
    return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d %H:%M} UTC"


@click.command("history", short_help="Show what became of one stamp.")
@click.argument("stamp", metavar="SERIAL|CODE")
@series_argument
@rpcs_option
@issued_option
@as_json
def history_command(*, stamp: str, series: Path, rpc: tuple[str, ...], issued: Path | None, as_json: bool) -> None:
    """Show what the chain tells of one stamp of SERIES, by its serial or its public or short code."""
    workspace = workspace_of(issued, series)
    serial = _serial(stamp, workspace)
    events = history(workspace, serial, rpc=rpc[0], others=rpc[1:])
    if as_json:
        print_json({"serial": serial, "events": [_event(event) for event in events]})
        return
    console.print(Text(f"Stamp No. {serial}", style="bold"))
    for event in events:
        console.print(f"  {_moment(event.timestamp)}, block {event.block_number:,}: {_sentence(event)}")


def _serial(stamp: str, workspace: Workspace) -> Serial:
    dossier = workspace.dossier()
    number = int(stamp) if stamp.isascii() and stamp.isdigit() and len(stamp) < 10 else None  # noqa: PLR2004  (digits)
    serial = resolve_code(stamp, [dossier]).serial if number is None else Serial(number)
    if not 1 <= serial <= dossier.edition.size:
        raise InputError(f"There is no stamp no. {serial:,}: the edition has {dossier.edition.size:,}.")
    return serial


def _event(event: EventRecord) -> dict[str, object]:
    return {
        "name": event.name,
        "block": event.block_number,
        "transaction": event.transaction_hash,
        "time": event.timestamp,
        "values": dict(event.values),
    }


def _sentence(event: EventRecord) -> str:
    pattern = _SENTENCES.get(event.name)
    return event.name if pattern is None else pattern.format(**dict(event.values))


_SENTENCES = {
    "ConsecutiveTransfer": "issued, into custody of {toAddress}",
    "Transfer": "its token went from {from} to {to}",
    "Delivered": "sent by the post itself, without the hidden code",
    "Voided": "declared void: {reason}",
    "Postmarked": "{kind} postmark {day} of {office}",
    "ClaimRefused": "a claim was refused",
}
