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
@click.option(
    "--sheet",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PNG",
    help="Also draw the first sheet there, as the printer gets it.",
)
@click.option(
    "--photo",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="JPEG",
    help="Also show the first stamp there, as a phone sees it.",
)
@click.option(
    "--lamp",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PNG",
    help="Also show the first stamp there, under a UV lamp.",
)
@as_json
def preview_command(
    *, series: Path, out: Path, sheet: Path | None, photo: Path | None, lamp: Path | None, as_json: bool
) -> None:
    """Show what SERIES says, and draw every design in every variant.

    The codes on these stamps lead nowhere: nothing is issued, and a scan of them says so.
    """
    shown = preview(series, picture=out, sheet=sheet, photo=photo, lamp=lamp)
    if as_json:
        print_json(
            {
                "series": shown.series,
                "picture": shown.picture,
                "sheet": shown.sheet,
                "photo": shown.photo,
                "lamp": shown.lamp,
                "notes": shown.notes,
            }
        )
        return
    console.print(shown.text, markup=False)
    console.print(f"Every design in every variant: {shown.picture}")
    if shown.sheet:
        console.print(f"The first sheet, as the printer gets it: {shown.sheet}")
    if shown.photo:
        console.print(f"A stamp, as a phone sees it: {shown.photo}")
    if shown.lamp:
        console.print(f"The same stamp under a UV lamp: {shown.lamp}")
    for note in shown.notes:
        console.print(f"For the printer: {note}", markup=False)
