"""cryptostamp proof-claims: is the sealed layer of hidden codes whole? For its printer."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from cryptostamp.cli.options import as_json, issued_option, series_argument, workspace_of
from cryptostamp.cli.output import console, print_json, progress_bar
from cryptostamp.errors import InputError
from cryptostamp.office import SealedProof, proof_sealed
from cryptostamp.series import load_series

__all__ = ["proof_claims_command"]

DIFFERS = 1
_SHOWN = 40
_LONGEST_IDENTITY = 100_000  # bytes of a file with comments and several identities


@click.command("proof-claims", short_help="Check a sealed layer of hidden codes, as its printer.")
@series_argument
@click.argument("layer", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The file with the printer's age identity; /dev/fd/N reads it from a file descriptor.",
)
@issued_option
@as_json
def proof_claims_command(*, series: Path, layer: Path, identity: Path, issued: Path | None, as_json: bool) -> int:
    """Open the sealed LAYER of hidden codes of SERIES and check every code on it.

    The layer is opened in memory only. Each code is read from its sheet and checked against the public
    dossier: its key must be the one that was committed to for the stamp in this place. Halves of codes, for
    two printers, are checked for their form. What is shown is counts and places, and never a code.

    Exit codes: 0 every code is there and right, 1 something is wrong.
    """
    described = load_series(series)
    with progress_bar(quiet=as_json) as progress:
        proof = proof_sealed(
            layer,
            _identity(identity),
            series=described,
            dossier=workspace_of(issued, described).dossier(),
            progress=progress,
        )
    if as_json:
        print_json({"agrees": proof.agrees} | {name: getattr(proof, name) for name in _FIELDS})
    else:
        _show(proof)
    return 0 if proof.agrees else DIFFERS


_FIELDS = ("sheets", "stamps", "right", "half", "faults")


def _show(proof: SealedProof) -> None:
    mark, style = ("✓", "bold green") if proof.agrees else ("✗", "bold red")
    what = "codes" if proof.half is None else f"halves {proof.half.value}"
    told = f"{proof.right:,} of {proof.stamps:,} {what} are there and right."
    console.print(Text.assemble((f"{mark} ", style), told))
    for fault in proof.faults[:_SHOWN]:
        place = f"sheet {fault.sheet:,}" + ("" if fault.position is None else f", position {fault.position}")
        console.print(Text.assemble("  ", ("✗", "red"), f" {place}: {fault.sentence}"))
    if len(proof.faults) > _SHOWN:
        console.print(Text(f"  … and {len(proof.faults) - _SHOWN:,} more; --json gives all."))
    if proof.half is not None:
        console.print(Text("Halves were checked for their form only: alone they say nothing about the codes.", "dim"))


def _identity(path: Path) -> str:
    """Return the first identity in a file as age-keygen writes it, past its comments."""
    try:
        with path.open("rb") as file:
            lines = file.read(_LONGEST_IDENTITY).decode("ascii", "replace").splitlines()
    except OSError as error:
        raise InputError(f"The identity cannot be read: {error.strerror}.", where=str(path)) from error
    found = next((line.strip() for line in lines if line.strip().upper().startswith("AGE-SECRET-KEY-1")), None)
    if found is None:
        raise InputError(
            "There is no age identity in this file.",
            where=str(path),
            remedy="An age identity is a line that begins with AGE-SECRET-KEY-1.",
        )
    return found
