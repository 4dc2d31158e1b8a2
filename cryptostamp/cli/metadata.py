"""cryptostamp metadata: publish what wallets show of the tokens, and check what the chain says about it."""

from __future__ import annotations

from pathlib import Path

import click

from cryptostamp.cli.options import as_json, issued_option, rpc_option, series_argument, workspace_of
from cryptostamp.cli.output import console, print_json, progress_bar
from cryptostamp.office import check_metadata, publish_metadata

__all__ = ["metadata_command"]

_MARKS = {True: "✓", False: "✗", None: "·"}


@click.command("metadata", short_help="Write the tokens' metadata for publication, or check them.")
@series_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The file (or folder) to write. Without it, metadata.car (or metadata/) in the folder of the issued series.",
)
@click.option("--folder", "as_folder", is_flag=True, help="Write plain files for a web server instead of a CAR file.")
@click.option("--verify", is_flag=True, help="Write nothing; compute the address again and ask the contract.")
@rpc_option
@issued_option
@as_json
def metadata_command(
    *, series: Path, out: Path | None, as_folder: bool, verify: bool, rpc: str, issued: Path | None, as_json: bool
) -> int:
    """Write what wallets show of the tokens of the issued SERIES.

    Names, pictures and attributes are in one folder, whose address (a CID) follows from its content and was given to
    the contract at issue. The CAR file brings exactly that folder to any IPFS node or pinning service:

        ipfs dag import metadata.car

    All of it is made from the public dossier, so that anybody can publish it again. With --verify the address is
    computed anew and compared with what the contract says.
    """
    workspace = workspace_of(issued, series)
    if verify:
        if out is not None or as_folder:
            raise click.UsageError("--verify writes nothing: leave out --out and --folder.")
        with progress_bar(quiet=as_json) as progress:
            checks = check_metadata(workspace, rpc=rpc, progress=progress)
        passed = all(check.passed is not False for check in checks)
        if as_json:
            print_json({"passed": passed, "checks": checks})
        else:
            for check in checks:
                console.print(f"{_MARKS[check.passed]} {check.sentence}")
        return 0 if passed else 1
    with progress_bar(quiet=as_json) as progress:
        made = publish_metadata(workspace, out=out, as_folder=as_folder, progress=progress)
    if as_json:
        print_json(made)
        return 0
    console.print(f"{made.files:,} files of the folder ipfs://{made.root}/ are in {made.path}.")
    if not as_folder:
        console.print("Give it to a pinning service, or to a node of your own: ipfs dag import, then ipfs pin add.")
    return 0
