"""Read a series.toml: the one place where a series is checked.

Rests on the rules of `schema` and `rules`, and of `template_file` for the template that it names. All that is
wrong in a file is reported in one go, each with its line. Does not look into the pictures; the press does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from cryptostamp.series.models import Design, Issuer, Money, Printing, Series, SheetLayout, StampFormat, Variant
from cryptostamp.series.problems import Tables, refusal
from cryptostamp.series.rules import check_rules
from cryptostamp.series.schema import TABLES, SeriesTable
from cryptostamp.series.template import StampTemplate
from cryptostamp.series.template_file import load_template
from cryptostamp.series.toml_file import parse_toml, read_text

__all__ = ["FILE_NAME", "load_series"]

FILE_NAME: Final = "series.toml"

_TABLES: Final = Tables(root=SeriesTable, tables=TABLES, arrays=frozenset({"designs", "variants"}))


def load_series(path: Path) -> Series:
    """Return the series described by a series.toml, given the file or its folder.

    Raises `SeriesFileError`: `where` is the file as it was given and the line of the first thing
    that is wrong; the message lists the others in the order of the file. The template is looked at
    when the series file is in order.
    """
    file = path / FILE_NAME if path.is_dir() else path
    source = read_text(file, kind="series", remedy=f"Give the folder that holds {FILE_NAME}, or the file itself.")
    data = parse_toml(file, source)
    folder = file.absolute().parent.resolve()
    try:
        table = SeriesTable.model_validate(data)
    except ValidationError as error:
        problems = [_TABLES.problem_of(details) for details in error.errors(include_url=False)]
        problems += check_rules(data, folder)
        raise refusal(str(file), source, problems) from None
    if problems := list(check_rules(data, folder)):
        raise refusal(str(file), source, problems)
    template = None
    if table.stamp.template is not None:
        template = load_template(file.parent / table.stamp.template, folder, table)
    return _series(table, folder, template)


def _series(table: SeriesTable, folder: Path, template: StampTemplate | None) -> Series:
    facts = table.series
    return Series(
        id=facts.id,
        title=facts.title,
        description=facts.description,
        year=facts.year,
        face_value=Money(amount=facts.face_value, currency=facts.currency),
        tariff=facts.tariff,
        edition=facts.edition,
        issuer=Issuer(**table.issuer.model_dump()),
        stamp=StampFormat(width_mm=table.stamp.width_mm, height_mm=table.stamp.height_mm),
        sheet=SheetLayout(**table.sheet.model_dump()),
        designs=tuple(_designs(table, folder)),
        variants=tuple(Variant(**variant.model_dump()) for variant in table.variants),
        folder=folder,
        template=template,
        printing=_printing(table, folder),
    )


def _printing(table: SeriesTable, folder: Path) -> Printing:
    chosen = table.print
    if chosen is None:
        return Printing()
    return Printing(profile=folder / chosen.profile, condition=chosen.condition, ink_limit=chosen.ink_limit)


def _designs(table: SeriesTable, folder: Path) -> Iterator[Design]:
    for design in table.designs:
        yield Design(key=design.key, title=design.title, artwork=(folder / design.artwork).resolve())
