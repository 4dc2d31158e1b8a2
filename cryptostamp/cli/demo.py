"""cryptostamp demo: the whole life of a series on a local chain."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from cryptostamp.cli.options import as_json
from cryptostamp.cli.output import console, print_json
from cryptostamp.errors import InputError
from cryptostamp.office import Demo, DemoListener, run_demo
from cryptostamp.primitives import MAX_EDITION

__all__ = ["demo_command"]


@click.command("demo", short_help="See the whole life of a series on a local chain.")
@click.option(
    "--series",
    type=click.Path(path_type=Path),
    help="The series to bring to life. Without it, Leapfrog, the demonstration series of the checkout.",
)
@click.option("--stamps", type=click.IntRange(2, MAX_EDITION), help="Another edition size than the series says.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="The folder for everything that is made; an earlier demonstration in it is replaced.",
)
@click.option("--keep", is_flag=True, help="Leave the chain running afterwards, for exploring.")
@as_json
def demo_command(*, series: Path | None, stamps: int | None, out: Path, keep: bool, as_json: bool) -> None:
    """See the whole life of a series, on a local chain that this starts itself.

    A series is described, issued, printed, photographed, verified, claimed, verified again, proven,
    and forged in vain. Everything is real except the money.
    """
    listener: DemoListener = _Silent() if as_json else _Narrator()
    demo = run_demo(series or _leapfrog(), folder=out, stamps=stamps, keep=keep, listener=listener)
    if as_json:
        print_json(demo)
    else:
        _summary(demo)


def _leapfrog() -> Path:
    folder = Path(__file__).resolve().parents[2] / "artwork" / "leapfrog"
    if not folder.is_dir():
        raise InputError(
            "The demonstration series lies in the checkout, not in the installed package.",
            remedy="Make a series with `cryptostamp new FOLDER`, then run: cryptostamp demo --series FOLDER",
        )
    return folder


class _Silent:
    """Says nothing: the JSON says it all."""

    def step(self, name: str) -> None:
        """Say nothing."""

    def say(self, text: str) -> None:
        """Say nothing."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Say nothing."""


class _Narrator:
    """Tells a person what happens, as it happens."""

    def __init__(self) -> None:
        self._number = 0
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def step(self, name: str) -> None:
        """Head a new step."""
        self._end_bar()
        self._number += 1
        console.print()
        console.print(Text(f"{self._number}  {name}", style="bold cyan"))

    def say(self, text: str) -> None:
        """Say it, indented under its step."""
        self._end_bar()
        for line in text.rstrip().splitlines():
            width = max(console.width - 4, 40)
            for part in textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]:
                console.print(Text(f"   {part}" if line == line.lstrip() else f"   {line}"))
                if line != line.lstrip():
                    break

    def progress(self, what: str, done: int, total: int) -> None:
        """Show a bar for work that takes long enough to be watched."""
        if self._bar is None:
            self._bar = Progress(
                TextColumn("   {task.description}"), BarColumn(), MofNCompleteColumn(), console=console, transient=True
            )
            self._bar.start()
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what, total=total)
        self._bar.update(self._tasks[what], completed=done, total=total)

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
        self._bar, self._tasks = None, {}


def _program() -> str:
    """Return how the person can call this program from where they are."""
    path = Path(sys.argv[0]).absolute()
    return (
        str(path.relative_to(Path.cwd()))
        if path.name == "cryptostamp" and Path.cwd() in path.parents
        else "cryptostamp"
    )


def _summary(demo: Demo) -> None:
    console.print()
    console.print(Text("What was made", style="bold"))
    for path in demo.files:
        console.print(f"   {path}", markup=False)
    console.print(f"   {demo.issued}/dossier", markup=False)
    table = Table(box=None, padding=(0, 2, 0, 3), show_header=False)
    for step in demo.steps:
        table.add_row(step.name, f"{step.seconds:.2f} s")
    console.print()
    console.print(Text("How long it took", style="bold"))
    console.print(table)
    console.print()
    console.print(
        Text.assemble(
            (f"{demo.stamps:,} stamps", "bold"),
            f" issued for {demo.gas_per_stamp:,.1f} gas each, claimed for {demo.claim_gas:,} gas; ",
            (f"{len(demo.refusals)} forgeries refused.", "bold"),
        )
    )
    console.print()
    console.print(Text("What to try next", style="bold"))
    program = _program()
    suggestions = [
        (f"{program} new my-series", "begin a series of your own"),
        (f"{program} --help", "each step by itself"),
    ]
    if demo.node_url is None:
        suggestions.insert(0, (f"{program} demo --keep", "leave the chain running, and explore it"))
    else:
        console.print(f"   {program} verify {demo.photo} --issued {demo.issued} --rpc {demo.node_url}", markup=False)
        suggestions.insert(0, (f"kill {demo.node_pid}", "end the chain"))
    for command, purpose in suggestions:
        console.print(f"   {command:<36} {purpose}", markup=False)
