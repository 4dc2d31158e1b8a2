"""cryptostamp new: begin a series."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import click

from cryptostamp.cli.output import console
from cryptostamp.series import FILE_NAME, Money, create_series

__all__ = ["new_command"]


@click.command("new", short_help="Begin a series: a series.toml and a first picture.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", default="My first series", show_default=True, help="The title of the series.")
@click.option("--edition", type=int, default=1000, show_default=True, help="How many stamps it has.")
@click.option("--face-value", default="1.00", show_default=True, help="What one stamp is worth, as a decimal number.")
@click.option("--currency", default="EUR", show_default=True, help="ISO 4217 code of the currency.")
def new_command(*, folder: Path, title: str, edition: int, face_value: str, currency: str) -> None:
    """Begin a series in FOLDER: a commented series.toml and a first picture.

    The series can be checked, previewed and issued as it is. Change the text and the picture until
    it is yours.
    """
    try:
        amount = Decimal(face_value)
    except ArithmeticError as error:
        raise click.BadParameter(f"{face_value!r} is not a decimal number.", param_hint="--face-value") from error
    series = create_series(
        folder,
        title=title,
        year=datetime.now(UTC).year,
        face_value=Money(amount=amount, currency=currency),
        edition=edition,
    )
    console.print(f"The series {series.title} has begun in {folder / FILE_NAME}.")
    console.print(f"Next: cryptostamp preview {folder}")
