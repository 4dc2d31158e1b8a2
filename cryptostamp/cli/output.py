"""How results are shown: sentences and tables for people, one JSON object for machines.

Results go to standard output, progress to standard error, so that the first can be piped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from cryptostamp.codes import PublicCode
from cryptostamp.office import Progress as ProgressCallback
from cryptostamp.scan import Conclusion, Outcome, Place, Verdict

__all__ = ["console", "jsonable", "print_json", "print_verdict", "progress_bar"]

console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
"""Standard output for people. Brackets and colons are shown as they are: they may stand in a title."""

_MARKS = {
    Outcome.PASSED: ("✓", "green"),
    Outcome.FAILED: ("✗", "red"),
    Outcome.NOT_CHECKED: ("·", "yellow"),
}
_HEADINGS = {
    Conclusion.GENUINE: ("✓", "bold green"),
    Conclusion.NOT_GENUINE: ("✗", "bold red"),
    Conclusion.UNKNOWN: ("?", "bold yellow"),
}


def jsonable(value: object) -> Any:  # noqa: ANN401, PLR0911  (JSON; a line for each kind)
    """Return a value as JSON has it: bytes as 0x hex, money and paths as text, times by ISO 8601."""
    if isinstance(value, PublicCode):
        return value.text
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: jsonable(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (Decimal, Path)):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): jsonable(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(each) for each in value]
    return value


def print_json(value: object) -> None:
    """Print one JSON object."""
    click.echo(json.dumps(jsonable(value), indent=2, ensure_ascii=False))


def print_verdict(verdict: Verdict) -> None:
    """Print a verdict for a person: the answer, the checks behind it, and what no scan can say."""
    mark, style = _HEADINGS[verdict.conclusion]
    answer, dot, reason = verdict.sentence.partition(". ")
    console.print(Text.assemble((f"{mark} {answer}{dot}", style), reason))
    for check in verdict.reached:
        mark, colour = _MARKS[check.outcome]
        console.print(Text.assemble("  ", (mark, colour), f" {check.sentence}"))
    unreached = len(verdict.checks) - len(verdict.reached)
    if unreached:
        console.print(Text(f"  Because of that, {unreached} more checks were not made."))
    if verdict.stamp is not None and verdict.stamp.moves is not None:
        for move in verdict.stamp.moves:
            console.print(f"  It went on to {move.receiver}, {move.at:%Y-%m-%d %H:%M} UTC.")
        if not verdict.stamp.moves and verdict.stamp.state in {"claimed", "delivered"}:
            console.print("  It has not gone on to anybody since.")
    if verdict.place is not None:
        console.print(Text(f"  {_where(verdict.place)}", style="dim"))
    for hint in verdict.hints:
        console.print(Text(hint.sentence, style="yellow"))
    console.print(Text(verdict.caveat, style="dim"))


def _where(place: Place) -> str:
    """Say where in a picture a code was read, and how."""
    (left, top), page = place.corners[0], f"on page {place.page + 1}, " if place.page else ""
    how = "" if place.error is None else f"; told by its edition, wrong with a probability below {place.error:.0e}"
    return f"Read {page}at {left}, {top}{how}."


class _Rate(ProgressColumn):
    """How many are done in a second."""

    def render(self, task: Task) -> Text:
        """Return the rate of late; of a task that has ended, that of the whole."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.1f}/s")  # noqa: PLR2004


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[ProgressCallback]:
    """Show how far long work has come, how fast it goes and how long it will take, on standard error."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=quiet,
    )
    tasks: dict[str, TaskID] = {}

    def report(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done, total=total)

    with bar:
        yield report
