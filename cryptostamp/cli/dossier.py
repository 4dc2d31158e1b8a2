"""cryptostamp dossier: give the public what it needs to check stamps without anybody's site."""

from __future__ import annotations

from pathlib import Path

import click

from cryptostamp.cli.options import as_json, issued_option, series_argument, workspace_of
from cryptostamp.cli.output import console, print_json, progress_bar
from cryptostamp.office import publish_dossier

__all__ = ["dossier_command"]


@click.group("dossier", short_help="Publish the dossier of a series, with a page that checks its stamps.")
def dossier_command() -> None:
    """Publish what anybody needs to check the stamps of a series, and to claim them, without any site."""


@dossier_command.command("publish", short_help="Write the dossier and the page into a folder.")
@series_argument
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder to write, such as that of a web server. What else is in it is left alone.",
)
@issued_option
@as_json
def publish_command(*, series: Path, folder: Path, issued: Path | None, as_json: bool) -> int:
    """Write the public dossier of the issued SERIES and a page that checks stamps by itself.

    verifier.html is one file. It runs in any browser, from a disk or from any static host, asks the node that its
    reader names, and nobody else. It gives the verdicts of cryptostamp verify. Put the folder on a web server, into an
    archive, on IPFS: whoever has a copy needs nobody's site.

    A dossier that is there already is left as it is; one that differs, and files of others, are never overwritten.
    """
    from cryptostamp.web.verifier import VERIFIER_NAME, verifier_page  # noqa: PLC0415  (as for a web server)

    workspace = workspace_of(issued, series)
    with progress_bar(quiet=as_json) as progress:
        dossier = workspace.dossier()
        page = verifier_page(dossier, progress=lambda done, total: progress("Listing codes", done, total))
        published = publish_dossier(dossier, folder=folder, pages={VERIFIER_NAME: page})
    if as_json:
        print_json(published)
        return 0
    console.print(f"{published.folder} holds the dossier ({published.files} files) and {VERIFIER_NAME}.")
    console.print(f"The fingerprint of the dossier, to be told where people trust you: {published.content_address}")
    console.print(f"Open {VERIFIER_NAME} in a browser, or put the folder on any web server. A copy needs no site.")
    return 0
