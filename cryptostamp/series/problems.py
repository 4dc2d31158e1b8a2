"""What is wrong in a file that a department writes: one sentence, one remedy, one line each, all in one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from cryptostamp.errors import SeriesFileError
from cryptostamp.series.fields import shown
from cryptostamp.series.locate import FieldPath, LineIndex

__all__ = ["Problem", "Tables", "refusal"]

_MAX_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong at one field, and what to do about it."""

    path: FieldPath
    what: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The tables of a kind of file, so that a refusal can name them."""

    root: type[BaseModel]
    tables: Mapping[str, type[BaseModel]]
    arrays: frozenset[str]
    """Those that are arrays of tables."""

    def problem_of(self, details: ErrorDetails) -> Problem:
        """Return what pydantic found, in a sentence."""
        path, kind = details["loc"], details["type"]
        name, parent = str(path[-1]), f" in {self.name(str(path[0]))}" if path[:-1] else ""
        if kind == "rule":
            context = details["ctx"]
            return Problem(path=path, what=context["what"], remedy=context["remedy"])
        if kind == "missing":
            what = f"The field {name} is missing{parent}." if path[:-1] else f"{self.name(name)} is missing."
            example = f"Add {self.name(name)}" if name in self.tables and not path[:-1] else f"Write {name} = …"
            return Problem(path=path, what=what, remedy=f"{example}, as in the examples.")
        if kind == "extra_forbidden":
            model = self.tables.get(str(path[0])) if path[:-1] else self.root
            return Problem(
                path=path,
                what=f"The field {shown(name)} is not known{parent}.",
                remedy=nearest(name, (model or self.root).model_fields),
            )
        what = f"{self.name(str(path[0]))} is {shown(details['input'])}."
        return Problem(path=path, what=what, remedy=f"Write it as the table {self.name(str(path[0]))}.")

    def name(self, name: str) -> str:
        """Return how a table, or a field outside of all tables, is called."""
        if name not in self.tables:
            return f"The field {name}"
        return f"[[{name}]]" if name in self.arrays else f"[{name}]"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a remedy for a name that is not known: the nearest that is, or all of them."""
    fields = list(known)
    close = get_close_matches(name.lower(), fields, n=1)
    return f"Did you mean {close[0]}?" if close else f"Remove it; known here are {', '.join(fields)}."


def refusal(file: str, source: str, problems: list[Problem]) -> SeriesFileError:
    """Return the error that lists all problems of a file in the order of its lines."""
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
