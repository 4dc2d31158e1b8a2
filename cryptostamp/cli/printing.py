"""cryptostamp print: the files for the press."""

from __future__ import annotations

from pathlib import Path

import click

from cryptostamp.cli.options import (
    SerialsType,
    as_json,
    edition_passphrase,
    issued_option,
    passphrase_fd_option,
    series_argument,
    workspace_of,
)
from cryptostamp.cli.output import console, print_json, progress_bar
from cryptostamp.cli.proof import print_proof, proof_exit_code, proof_for_machines, sample_option
from cryptostamp.office import PrintJob, print_stamps, proof_prints
from cryptostamp.office.printing import IMAGE_DPI, SHEETS_PER_FILE
from cryptostamp.primitives import Serial
from cryptostamp.printshop.picture_task import PictureFormat
from cryptostamp.series import load_series

__all__ = ["print_command"]


@click.command("print")
@series_argument
@click.option(
    "--serials", type=SerialsType(), help="The stamps to print, such as 1-1000. Without it, the whole edition."
)
@click.option("--stamps", type=click.IntRange(min=1), help="Print the first so many stamps, instead of --serials.")
@click.option(
    "--image",
    "images",
    type=SerialsType(),
    multiple=True,
    help="Draw these stamps as single PNG pictures as well, cut out. May be given several times.",
)
@click.option(
    "--pictures",
    type=SerialsType(),
    help="Draw these stamps, a thousand or all of them, as they are printed, into ZIP archives of pictures.",
)
@click.option(
    "--picture-format",
    type=click.Choice(PictureFormat, case_sensitive=False),
    default=PictureFormat.PNG,
    show_default=True,
    help="What the archives of --pictures hold.",
)
@click.option("--dpi", type=int, default=IMAGE_DPI, show_default=True, help="The resolution of --image and --pictures.")
@click.option(
    "--printer",
    multiple=True,
    metavar="AGE-KEY",
    help="The age public key of whoever prints the hidden codes. May be given several times; without it, "
    "no hidden code is printed.",
)
@click.option(
    "--second-printer",
    multiple=True,
    metavar="AGE-KEY",
    help="The age public key of a second printer: each code is split into two halves, A for --printer and B "
    "for this one, and neither printer has the code. May be given several times.",
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
@click.option(
    "--proof",
    is_flag=True,
    help="Read the finished sheets back and compare them with what was to be printed, as `cryptostamp proof` does.",
)
@sample_option("--proof-sample")
@issued_option
@passphrase_fd_option
@as_json
def print_command(
    *,
    series: Path,
    serials: range | None,
    stamps: int | None,
    images: tuple[range, ...],
    pictures: range | None,
    picture_format: PictureFormat,
    dpi: int,
    printer: tuple[str, ...],
    second_printer: tuple[str, ...],
    workers: int,
    cluster: str | None,
    sheets_per_file: int,
    proof: bool,
    sample: int | None,
    issued: Path | None,
    passphrase_fd: int | None,
    as_json: bool,
) -> int:
    """Write the print files of the issued SERIES.

    A PDF with the faces, sheet by sheet, and a picture of the first sheet; the plan, a list of serials and
    public codes; with --printer, the hidden codes for the same sheets, sealed so that nobody but the printer
    can read them, and the plate of the scratch fields; with --second-printer too, two layers with half of
    each code; with --proof, the check list of what was read back from the finished sheets.
    Printing again makes only what is missing: finished files stand in the job's manifest, with their
    serials and their SHA-256. Any number of workers, here or on a cluster, gives the same files; one that is
    killed costs the file in its hands. Dask takes its certificates from its own configuration
    (distributed.comm.tls), and its workers need the packages that are installed here.

    Exit codes: 0 printed, and as planned where it was proofed; 1 the proof found a difference.
    """
    if sample is not None and not proof:
        raise click.UsageError("--proof-sample says how much --proof reads: give that too.")
    if stamps is not None:
        if serials is not None:
            raise click.UsageError("Give --stamps or --serials, not both.")
        serials = range(1, stamps + 1)
    described = load_series(series)
    workspace = workspace_of(issued, described)
    with progress_bar(quiet=as_json) as progress:
        job = print_stamps(
            described,
            workspace=workspace,
            serials=serials,
            images=(Serial(number) for numbers in images for number in numbers),
            pictures=pictures,
            picture_format=picture_format,
            dpi=dpi,
            printer=printer,
            second_printer=second_printer,
            passphrase=edition_passphrase(passphrase_fd, new=False) if printer or second_printer else None,
            workers=workers,
            cluster=cluster,
            sheets_per_file=sheets_per_file,
            read_back=sample if proof else 0,
            progress=progress,
        )
        proven = None
        if proof:
            proven = proof_prints(
                described, workspace=workspace, serials=serials, sheets=sample, workers=workers, progress=progress
            )
    if as_json:
        print_json(
            {
                "sheets": job.sheets,
                "files": job.files,
                "claim_sheets_read": job.claim_sheets_read,
                "proof": proven and proof_for_machines(proven),
            }
        )
        return proof_exit_code(proven)
    console.print(f"{job.sheets:,} {'sheet' if job.sheets == 1 else 'sheets'} of {described.title}:")
    for path in job.files:
        console.print(f"  {path}", markup=False)
    if not job.claims:
        console.print("The hidden codes were not printed: give the printer's age public key with --printer.")
    if proven is not None:
        if job.claims:
            console.print(_claims_read(job))
        print_proof(proven)
    return proof_exit_code(proven)


def _claims_read(job: PrintJob) -> str:
    """Say how much of the hidden codes was read back before they were sealed."""
    layers = max(len(job.scratch), 1)
    return (
        f"Before they were sealed, {job.claim_sheets_read:,} of {layers * job.sheets:,} sheets of hidden codes "
        "were read back, in memory, and are as planned."
    )
