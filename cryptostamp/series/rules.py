"""The rules between the fields of a series file: sums, duplicates, sheets, pictures.

They look at the raw tables and pass over what is missing or of the wrong type, for `schema` has
said that already; so one reading finds everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

from cryptostamp.primitives import MAX_EDITION
from cryptostamp.series.fields import shown
from cryptostamp.series.problems import Problem
from cryptostamp.series.schema import MAX_KINDS

__all__ = ["check_rules", "look_at"]

_MAX_SHEET_MM: Final = 1000
_MAX_ARTWORK_BYTES: Final = 5_000_000
_MAX_NAME: Final = 200


def check_rules(data: dict[str, object], folder: Path) -> Iterator[Problem]:
    """Yield what is wrong between the fields of `data`; `folder` is the absolute folder of the file."""
    for kind, singular in (("designs", "design"), ("variants", "variant")):
        yield from _kinds(data, kind, singular)
    for field, singular in (("key", "variants"), ("name", "variants"), ("key", "designs"), ("title", "designs")):
        yield from _duplicates(data, singular, field)
    yield from _counts(data)
    yield from _enough_stamps(data)
    for sides in (("width_mm", "columns", "panes_across", "wide"), ("height_mm", "rows", "panes_down", "high")):
        yield from _sheet(data, *sides)
    yield from _profile(data, folder)
    for place, design in enumerate(_tables(data, "designs")):
        yield from _artwork(design, place, folder)


def _kinds(data: dict[str, object], kind: str, singular: str) -> Iterator[Problem]:
    tables = data.get(kind)
    if isinstance(tables, list) and not tables:
        yield Problem(path=(kind,), what=f"The series has no {singular}.", remedy=f"Add a [[{kind}]] table.")
    elif isinstance(tables, list) and len(tables) > MAX_KINDS:
        yield Problem(
            path=(kind, MAX_KINDS),
            what=f"The series has {len(tables)} {kind}; at most {MAX_KINDS} are possible.",
            remedy="Leave some out, or make two series of it.",
        )


def _duplicates(data: dict[str, object], kind: str, field: str) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for place, table in enumerate(_tables(data, kind)):
        value = table.get(field)
        if not isinstance(value, str):
            continue
        if value.casefold() in seen:
            yield Problem(
                path=(kind, place, field),
                what=f"Two {kind} have the {field} {shown(value)}.",
                remedy=f"Give each of the {kind} a {field} of its own.",
            )
        seen[value.casefold()] = value


def _counts(data: dict[str, object]) -> Iterator[Problem]:
    edition = _integer(_table(data, "series").get("edition"))
    counts = [_integer(variant.get("count")) for variant in _tables(data, "variants")]
    known = [count for count in counts if count is not None]
    if edition is None or not counts or len(known) != len(counts):
        return
    if sum(known) != edition:
        yield Problem(
            path=("series", "edition"),
            what=f"The counts of the variants add up to {sum(known):,}, but the edition is {edition:,}.",
            remedy="Change the counts or the edition until they agree.",
        )


def _enough_stamps(data: dict[str, object]) -> Iterator[Problem]:
    edition, designs = _integer(_table(data, "series").get("edition")), _tables(data, "designs")
    if edition is not None and edition < len(designs):
        yield Problem(
            path=("series", "edition"),
            what=f"The series has {len(designs)} designs, but only {edition:,} stamps to show them on.",
            remedy="Raise the edition, or leave designs out.",
        )


def _sheet(data: dict[str, object], side: str, number: str, panes_field: str, adjective: str) -> Iterator[Problem]:
    sheet = _table(data, "sheet")
    length = _measure(_table(data, "stamp").get(side))
    selvedge, stamps = _measure(sheet.get("selvedge_mm")), _integer(sheet.get(number))
    if length is None or selvedge is None or stamps is None:
        return
    panes = _integer(sheet.get(panes_field, 1)) or 1
    gutter, between = _measure(sheet.get("gutter_mm")) or 0, _measure(sheet.get("pane_gutter_mm", 10)) or 0
    held = panes * (stamps * length + (stamps - 1) * gutter) + (panes - 1) * between
    total = held + 2 * selvedge
    chosen = _measure(sheet.get(side))
    if chosen is not None and chosen < held:
        yield Problem(
            path=("sheet", side),
            what=f"The sheet is {chosen:f} mm {adjective}, but its stamps take {held:f} mm.",
            remedy=f"Choose at least {held:f}, or put fewer {number} on a sheet.",
        )
    elif chosen is None and total > _MAX_SHEET_MM:
        yield Problem(
            path=("sheet", number),
            what=f"The sheet would be {total:f} mm {adjective}; presses take at most {_MAX_SHEET_MM} mm.",
            remedy=f"Put fewer {number} on a sheet.",
        )


def _profile(data: dict[str, object], folder: Path) -> Iterator[Problem]:
    name = _table(data, "print").get("profile")
    if not isinstance(name, str) or not name or len(name) > _MAX_NAME or not name.isprintable():
        return
    path = folder / name
    if Path(name).name != name or "\\" in name:
        what = f"The profile {shown(name)} lies outside the folder of the series."
    elif not path.is_file():
        what = f"The profile {shown(name)} does not exist."
    else:
        return
    yield Problem(path=("print", "profile"), what=what, remedy="Put the profile beside series.toml and give its name.")


def _artwork(design: dict[str, object], place: int, folder: Path) -> Iterator[Problem]:
    name = design.get("artwork")
    if not isinstance(name, str) or not name or len(name) > _MAX_NAME or not name.isprintable():
        return
    what, remedy = look_at(folder, name)
    if what:
        yield Problem(path=("designs", place, "artwork"), what=what, remedy=remedy)


def look_at(folder: Path, name: str) -> tuple[str, str]:
    """Return what is wrong with the picture `name` and a remedy, or two empty texts."""
    inside = "Put the picture beside series.toml and give its name, with / between folders."
    try:
        path = (folder / name).resolve()
        # Resolved first, so that neither .. nor a symbolic link leads out of the folder.
        if Path(name).is_absolute() or "\\" in name or not path.is_relative_to(folder.resolve()):
            return f"The artwork {shown(name)} lies outside the folder of the series.", inside
        if not path.is_file():
            return f"The artwork {shown(name)} does not exist.", inside
        if not 0 < path.stat().st_size <= _MAX_ARTWORK_BYTES:
            return (
                f"The artwork {shown(name)} is empty or has more than {_MAX_ARTWORK_BYTES // 1_000_000} MB.",
                "Export the drawing again, as plain SVG without embedded photographs.",
            )
    except (OSError, RuntimeError) as error:  # RuntimeError: a circle of symbolic links, before Python 3.13
        reason = error.strerror if isinstance(error, OSError) else "its links go round in a circle"
        return f"The artwork {shown(name)} cannot be read: {reason}.", inside
    return "", ""


def _table(data: dict[str, object], name: str) -> dict[str, object]:
    table = data.get(name)
    return table if isinstance(table, dict) else {}


def _tables(data: dict[str, object], name: str) -> list[dict[str, object]]:
    """Return the tables of an array of tables; what is none keeps its place as an empty one."""
    tables = data.get(name)
    if not isinstance(tables, list):
        return []
    return [table if isinstance(table, dict) else {} for table in tables]


def _integer(value: object) -> int | None:
    """Return a number of stamps, rows or columns if it is one at all."""
    good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_EDITION
    return value if good and isinstance(value, int) else None


def _measure(value: object) -> Decimal | None:
    """Return a length if it is one that paper can have at all."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return None
    number = Decimal(value)
    return number if number.is_finite() and 0 < number <= _MAX_SHEET_MM else None
