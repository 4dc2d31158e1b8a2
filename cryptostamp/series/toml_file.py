"""Read a TOML file that a person wrote: bounded, in UTF-8, with the line of what is no TOML.

Rests on TOML 1.0 (`tomllib`), floats read as decimals. What the fields mean is for others to say.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Final

from cryptostamp.errors import SeriesFileError

__all__ = ["parse_toml", "read_text"]

_MAX_BYTES: Final = 256_000
_MAX_LINE: Final = 4000
_AT_LINE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_text(file: Path, *, kind: str, remedy: str) -> str:
    """Return the text of a file; `kind` is what errors call it, such as ``series``."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise SeriesFileError(
            f"The {kind} file cannot be read: {error.strerror}.",
            where=str(file),
            remedy=remedy,
        ) from error
    if len(raw) > _MAX_BYTES:
        raise SeriesFileError(f"The file has more than {_MAX_BYTES:,} bytes; it is no {kind} file.", where=str(file))
    try:
        # Some editors put a byte order mark in front and end lines with two characters.
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SeriesFileError(
            "The line is not in UTF-8.", where=f"{file}:{line}", remedy="Save the file with the encoding UTF-8."
        ) from error


def parse_toml(file: Path, source: str) -> dict[str, object]:
    """Return the tables of a file; raise `SeriesFileError` with the line of what is no TOML."""
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
