"""cryptostamp preview: look at a series before it is issued."""

from __future__ import annotations

from pathlib import Path

import click

from cryptostamp.cli.options import as_json, series_argument
from cryptostamp.cli.output import console, print_json
from cryptostamp.office import preview

__all__ = ["preview_command"]


@click.command("preview", short_help="Draw every design of a series in every variant.")
@series_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("preview.png"),
    show_default=True,
    help="The picture to write.",
)
@as_json
def preview_command(*, series: Path, out: Path, as_json: bool) -> None:
    """Show what SERIES says, and draw every design in every variant.

    The codes on these stamps lead nowhere: nothing is issued, and a scan of them says so.
    """
    shown = preview(series, picture=out)
    if as_json:
        print_json({"series": shown.series, "picture": shown.picture})
        return
    console.print(shown.text, markup=False)
    console.print(f"Every design in every variant: {shown.picture}")
