"""cryptostamp proof: are the finished sheets what was to be printed?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.text import Text

from cryptostamp.cli.options import SerialsType, as_json, issued_option, series_argument, workspace_of
from cryptostamp.cli.output import console, print_json, progress_bar
from cryptostamp.office import Difference, Proof, proof_prints
from cryptostamp.primitives import MAX_EDITION
from cryptostamp.series import load_series

__all__ = ["print_proof", "proof_command", "proof_exit_code", "proof_for_machines", "sample_option"]

DIFFERS = 1
_SHOWN = 40

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _Sample(click.ParamType[int]):
    """A number of sheets, or all of them."""

    name = "sheets"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401
        """Return how many sheets; fail with the reason."""
        if value == "all":
            return MAX_EDITION
        if not (isinstance(value, int) or (value.isascii() and value.isdigit() and len(value) < 9)) or int(value) < 1:  # noqa: PLR2004
            self.fail(f"{value!r} is neither a number of sheets nor the word all.", param, ctx)
        return int(value)


def sample_option(name: str) -> Callable[[_Command], _Command]:
    """Take how many sheets to read."""
    return click.option(
        name,
        "sample",
        type=_Sample(),
        metavar="N|all",
        help="How many sheets to read, drawn by lot. Without it, all sheets of a job of up to 400, and 300 of a larger "
        "one.",
    )


@click.command("proof", short_help="Read finished sheets back and compare them with the plan.")
@series_argument
@click.option("--serials", type=SerialsType(), help="The stamps of the print job. Without it, the whole edition.")
@sample_option("--sample")
@click.option(
    "--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes that read sheets."
)
@issued_option
@as_json
def proof_command(
    *, series: Path, serials: range | None, sample: int | None, workers: int, issued: Path | None, as_json: bool
) -> int:
    """Read the finished sheets of SERIES back and compare them with what was to be printed.

    The sheets are drawn by a library that did not write them, every code on them is decoded, and codes,
    letters, places and page sizes are compared with the dossier and the job's manifest. What was read
    becomes the check list. Files are read, never changed; the sealed hidden codes stay sealed.

    Exit codes: 0 no difference, 1 differences.
    """
    described = load_series(series)
    with progress_bar(quiet=as_json) as progress:
        proof = proof_prints(
            described,
            workspace=workspace_of(issued, described),
            serials=serials,
            sheets=sample,
            workers=workers,
            progress=progress,
        )
    if as_json:
        print_json(proof_for_machines(proof))
    else:
        print_proof(proof)
    return proof_exit_code(proof)


def proof_for_machines(proof: Proof) -> dict[str, object]:
    """Return a proof as JSON has it, with what follows from its parts."""
    return {
        "agrees": proof.agrees,
        "complete": proof.complete,
        "sentence": proof.sentence,
        "files": proof.files,
        "sheets": proof.sheets,
        "sheets_read": proof.sheets_read,
        "stamps": proof.stamps,
        "stamps_read": proof.stamps_read,
        "certainty": round(proof.certainty, 4),
        "difference_count": proof.difference_count,
        "differences": proof.differences,
        "check_list": proof.check_list,
    }


def print_proof(proof: Proof) -> None:
    """Print a proof for a person: the answer, the differences, and where the check list lies."""
    mark, style = ("✓", "bold green") if proof.agrees else ("✗", "bold red")
    console.print(Text.assemble((f"{mark} ", style), proof.sentence))
    for difference in proof.differences[:_SHOWN]:
        console.print(Text.assemble("  ", ("✗", "red"), f" {_place(difference)}: {difference.sentence}"))
    if proof.difference_count > _SHOWN:
        console.print(Text(f"  … and {proof.difference_count - _SHOWN:,} more; --json gives up to a thousand."))
    if proof.check_list is not None:
        console.print(f"What was read: {proof.check_list}")


def proof_exit_code(proof: Proof | None) -> int:
    """Return the exit code of a proof; without one, there is nothing that differs."""
    return 0 if proof is None or proof.agrees else DIFFERS


def _place(difference: Difference) -> str:
    parts = [difference.file]
    if difference.page is not None:
        parts.append(f"page {difference.page:,}")
    if difference.sheet is not None:
        parts.append(f"sheet {difference.sheet:,}")
    if difference.position is not None:
        parts.append(f"position {difference.position}")
    return ", ".join(parts)
