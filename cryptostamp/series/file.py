"""Read a series.toml: the one place where a series is checked.

Rests on TOML 1.0 (`tomllib`, floats read as decimals) and on the rules of `schema` and `rules`. All
that is wrong is reported in one go, each with its line. Does not look into the pictures; the press
does.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cryptostamp.errors import SeriesFileError
from cryptostamp.series.fields import shown
from cryptostamp.series.locate import LineIndex
from cryptostamp.series.models import Design, Issuer, Money, Series, SheetLayout, StampFormat, Variant
from cryptostamp.series.rules import Problem, check_rules
from cryptostamp.series.schema import TABLES, SeriesTable

__all__ = ["FILE_NAME", "load_series"]

FILE_NAME: Final = "series.toml"

_MAX_BYTES: Final = 256_000
_MAX_LINE: Final = 4000
_MAX_SHOWN: Final = 20
_AT_LINE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def load_series(path: Path) -> Series:
    """Return the series described by a series.toml, given the file or its folder.

    Raises `SeriesFileError`: `where` is the file as it was given and the line of the first thing
    that is wrong; the message lists the others in the order of the file.
    """
    file = path / FILE_NAME if path.is_dir() else path
    source = _read(file)
    data = _parse(file, source)
    folder = file.absolute().parent.resolve()
    try:
        table = SeriesTable.model_validate(data)
    except ValidationError as error:
        problems = [_problem(details) for details in error.errors(include_url=False)]
        problems += check_rules(data, folder)
        raise _refusal(file, source, problems) from None
    if problems := list(check_rules(data, folder)):
        raise _refusal(file, source, problems)
    return _series(table, folder)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise SeriesFileError(
            f"The series file cannot be read: {error.strerror}.",
            where=str(file),
            remedy=f"Give the folder that holds {FILE_NAME}, or the file itself.",
        ) from error
    if len(raw) > _MAX_BYTES:
        raise SeriesFileError(f"The file has more than {_MAX_BYTES:,} bytes; it is no series file.", where=str(file))
    try:
        # Some editors put a byte order mark in front and end lines with two characters.
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SeriesFileError(
            "The line is not in UTF-8.", where=f"{file}:{line}", remedy="Save the file with the encoding UTF-8."
        ) from error


def _parse(file: Path, source: str) -> dict[str, object]:
    for number, content in enumerate(source.split("\n"), start=1):
        # The time that the parser takes grows with the square of what one line can hold.
        if len(content) > _MAX_LINE:
            raise SeriesFileError(
                f"The line has {len(content):,} characters; none needs more than {_MAX_LINE:,}.",
                where=f"{file}:{number}",
                remedy="Compare the line with the examples.",
            )
    try:
        return tomllib.loads(source, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        message, at = str(error), _AT_LINE.search(str(error))
        line, column = (at[1], at[2]) if at else (None, None)
        reason = message[: at.start()] if at else message
        # The end of the document is the last line that holds something.
        line = line or str(source.rstrip().count("\n") + 1)
        place = f" at column {column}" if column else ""
        raise SeriesFileError(
            f"The line is not valid TOML{place}: {reason}.",
            where=f"{file}:{line}",
            remedy="Compare the line with the examples; texts need quotes, and a field may stand only once.",
        ) from error
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise SeriesFileError(
            "The file holds a number that is far too long, or tables far too deep inside one another.",
            where=str(file),
            remedy="Compare the file with the examples.",
        ) from error


def _problem(details: ErrorDetails) -> Problem:
    """Return what pydantic found, in a sentence."""
    path, kind = details["loc"], details["type"]
    name, parent = str(path[-1]), _heading(path[:-1])
    if kind == "rule":
        context = details["ctx"]
        return Problem(path=path, what=context["what"], remedy=context["remedy"])
    if kind == "missing":
        what = f"The field {name} is missing{parent}." if path[:-1] else f"{_table_name(name)} is missing."
        example = f"Write {name} = …" if path[:-1] or name == "format" else f"Add {_table_name(name)}"
        return Problem(path=path, what=what, remedy=f"{example}, as in the examples.")
    if kind == "extra_forbidden":
        return Problem(path=path, what=f"The field {shown(name)} is not known{parent}.", remedy=_nearest(path))
    what = f"{_table_name(str(path[0]))} is {shown(details['input'])}."
    return Problem(path=path, what=what, remedy=f"Write it as the table {_table_name(str(path[0]))}.")


def _heading(path: tuple[str | int, ...]) -> str:
    return f" in {_table_name(str(path[0]))}" if path else ""


def _table_name(name: str) -> str:
    if name not in TABLES:
        return f"The field {name}"
    return f"[[{name}]]" if name in {"designs", "variants"} else f"[{name}]"


def _nearest(path: tuple[str | int, ...]) -> str:
    table = TABLES.get(str(path[0])) if len(path) > 1 else SeriesTable
    known = list((table or SeriesTable).model_fields)
    close = difflib.get_close_matches(str(path[-1]).lower(), known, n=1)
    return f"Did you mean {close[0]}?" if close else f"Remove it; known here are {', '.join(known)}."


def _refusal(file: Path, source: str, problems: list[Problem]) -> SeriesFileError:
    index = LineIndex(source.encode())
    found = sorted(
        ((index.line_of(problem.path), problem) for problem in problems),
        key=lambda pair: pair[0],
    )
    (first_line, first), *others = found
    where = f"{file}:{first_line}"
    if not others:
        return SeriesFileError(first.what, where=where, remedy=first.remedy)
    lines = [_sentence(first), *(f"{file}:{line}: {_sentence(problem)}" for line, problem in others)]
    if len(lines) > _MAX_SHOWN:
        lines[_MAX_SHOWN:] = [f"… and {len(lines) - _MAX_SHOWN} more."]
    return SeriesFileError(
        "\n".join(lines), where=where, remedy=f"Correct these {len(found)} places, then check the file again."
    )


def _sentence(problem: Problem) -> str:
    return f"{problem.what} {problem.remedy}".strip()


def _series(table: SeriesTable, folder: Path) -> Series:
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
        stamp=StampFormat(**table.stamp.model_dump()),
        sheet=SheetLayout(**table.sheet.model_dump()),
        designs=tuple(_designs(table, folder)),
        variants=tuple(Variant(**variant.model_dump()) for variant in table.variants),
        folder=folder,
    )


def _designs(table: SeriesTable, folder: Path) -> Iterator[Design]:
    for design in table.designs:
        yield Design(key=design.key, title=design.title, artwork=(folder / design.artwork).resolve())
