"""cryptostamp print: the files for the press."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from cryptostamp.cli.options import (
    as_json,
    edition_passphrase,
    issued_option,
    passphrase_fd_option,
    series_argument,
    workspace_of,
)
from cryptostamp.cli.output import console, print_json, progress_bar
from cryptostamp.office import print_stamps
from cryptostamp.office.printing import SHEETS_PER_FILE
from cryptostamp.primitives import Serial
from cryptostamp.series import load_series

__all__ = ["print_command"]


class _Serials(click.ParamType[range]):
    """A serial, or a range of them such as 1-1000."""

    name = "serials"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> range:  # noqa: ANN401
        """Return the range; fail with the reason."""
        if isinstance(value, range):
            return value
        match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", value)
        if match is None:
            self.fail(f"{value!r} is no serial and no range such as 1-1000.", param, ctx)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last:
            self.fail(f"{value!r} is no range: serials begin at 1, and the first comes first.", param, ctx)
        return range(first, last + 1)


@click.command("print")
@series_argument
@click.option("--serials", type=_Serials(), help="The stamps to print, such as 1-1000. Without it, the whole edition.")
@click.option(
    "--image",
    "images",
    type=_Serials(),
    multiple=True,
    help="Draw these stamps as single PNG pictures as well. May be given several times.",
)
@click.option(
    "--printer",
    multiple=True,
    metavar="AGE-KEY",
    help="The age public key of whoever prints the hidden codes. May be given several times; without it, "
    "no hidden code is printed.",
)
@click.option(
    "--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes that draw sheets."
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Let the workers of a running Dask cluster draw the sheets; ADDRESS is its scheduler's, such as "
    "tls://press.example:8786. Hidden codes travel over TLS or on this machine only.",
)
@click.option(
    "--sheets-per-file",
    type=click.IntRange(1, 5000),
    default=SHEETS_PER_FILE,
    show_default=True,
    help="How many sheets go into one PDF at most.",
)
@issued_option
@passphrase_fd_option
@as_json
def print_command(
    *,
    series: Path,
    serials: range | None,
    images: tuple[range, ...],
    printer: tuple[str, ...],
    workers: int,
    cluster: str | None,
    sheets_per_file: int,
    issued: Path | None,
    passphrase_fd: int | None,
    as_json: bool,
) -> None:
    """Write the print files of the issued SERIES.

    A PDF with the faces, sheet by sheet; a check list of serials and public codes; with --printer,
    the hidden codes for the same sheets, sealed so that nobody but the printer can read them.
    Printing again makes only what is missing: finished files stand in the job's manifest, with their
    serials and their SHA-256. Any number of workers, here or on a cluster, gives the same files; one that is
    killed costs the file in its hands. Dask takes its certificates from its own configuration
    (distributed.comm.tls), and its workers need the packages that are installed here.
    """
    described = load_series(series)
    workspace = workspace_of(issued, described)
    with progress_bar(quiet=as_json) as progress:
        job = print_stamps(
            described,
            workspace=workspace,
            serials=serials,
            images=(Serial(number) for numbers in images for number in numbers),
            printer=printer,
            passphrase=edition_passphrase(passphrase_fd, new=False) if printer else None,
            workers=workers,
            cluster=cluster,
            sheets_per_file=sheets_per_file,
            progress=progress,
        )
    if as_json:
        print_json({"sheets": job.sheets, "files": job.files})
        return
    console.print(f"{job.sheets:,} {'sheet' if job.sheets == 1 else 'sheets'} of {described.title}:")
    for path in job.files:
        console.print(f"  {path}", markup=False)
    if not job.claims:
        console.print("The hidden codes were not printed: give the printer's age public key with --printer.")
