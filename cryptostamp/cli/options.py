"""The options that several commands share, and how their values become what the office needs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from cryptostamp.errors import InputError
from cryptostamp.office import DEFAULT_RPC, Workspace
from cryptostamp.primitives import Address, parse_address
from cryptostamp.series import Series

__all__ = [
    "AddressType",
    "SerialsType",
    "as_json",
    "collecting",
    "edition_passphrase",
    "existing_workspace",
    "first_line_of",
    "issued_option",
    "passphrase_fd_option",
    "rpc_option",
    "rpcs_option",
    "series_argument",
    "workspace_of",
]

_Command = TypeVar("_Command", bound=Callable[..., Any])


class AddressType(click.ParamType[Address]):
    """An account address, checked by EIP-55."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Address:  # noqa: ANN401
        """Return the address; fail with the reason."""
        try:
            return parse_address(value)
        except InputError as error:
            self.fail(f"{error.what} {error.remedy}", param, ctx)


class SerialsType(click.ParamType[range]):
    """A serial, or a range of them such as 1-1000."""

    name = "serials"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> range:  # noqa: ANN401
        """Return the range; fail with the reason."""
        if isinstance(value, range):
            return value
        match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", value)
        if match is None:
            self.fail(f"{value!r} is no serial and no range such as 1-1000.", param, ctx)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last:
            self.fail(f"{value!r} is no range: serials begin at 1, and the first comes first.", param, ctx)
        return range(first, last + 1)


def series_argument(command: _Command) -> _Command:
    """Take SERIES: a series.toml, or the folder it lies in."""
    return click.argument("series", type=click.Path(path_type=Path), default=Path())(command)


def as_json(command: _Command) -> _Command:
    """Take --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for machines.")(command)


def rpc_option(command: _Command) -> _Command:
    """Take --rpc."""
    return click.option(
        "--rpc", default=DEFAULT_RPC, show_default=True, metavar="URL", help="The node of the chain to ask."
    )(command)


def rpcs_option(command: _Command) -> _Command:
    """Take --rpc, once or more often."""
    return click.option(
        "--rpc",
        default=(DEFAULT_RPC,),
        show_default=DEFAULT_RPC,
        multiple=True,
        metavar="URL",
        help="The node of the chain to ask. Given again, another one that stands in when it is down.",
    )(command)


def issued_option(command: _Command) -> _Command:
    """Take --issued."""
    return click.option(
        "--issued",
        type=click.Path(path_type=Path, file_okay=False),
        help="The folder of the issued series: ledger, sealed secret, dossier, prints. "
        "Without it, issued/ beside series.toml.",
    )(command)


def passphrase_fd_option(command: _Command) -> _Command:
    """Take --passphrase-fd."""
    return click.option(
        "--passphrase-fd",
        type=click.IntRange(min=0),
        metavar="N",
        help="Read the edition's passphrase from this file descriptor (its first line) instead of asking.",
    )(command)


def workspace_of(issued: Path | None, series: Series | Path | None = None) -> Workspace:
    """Return the folder of the issued series: the one given, else ``issued/`` beside the series."""
    if issued is not None:
        return Workspace(issued)
    if isinstance(series, Series):
        return Workspace(series.folder / "issued")
    folder = Path() if series is None else series if series.is_dir() else series.parent
    return Workspace(folder / "issued")


def existing_workspace(issued: Path | None, series: Path) -> Workspace:
    """Return the folder of an issued series, and do not make a ledger where none was."""
    workspace = workspace_of(issued, series)
    if workspace.ledger_place == workspace.ledger_path and not workspace.ledger_path.exists():
        raise InputError(
            "There is no ledger here.",
            where=str(workspace.ledger_path),
            remedy="Issue the series first (cryptostamp issue), or say with --issued where it was issued.",
        )
    return workspace


def edition_passphrase(descriptor: int | None, *, new: bool) -> str:
    """Return the passphrase that seals the secret of the edition, read or asked for (twice if it is `new`)."""
    if descriptor is None:
        text: str = click.prompt(
            "New passphrase for the secret of this edition" if new else "Passphrase of the edition",
            hide_input=True,
            confirmation_prompt="The same again" if new else False,
            err=True,
        )
    else:
        text = first_line_of(descriptor)
    if not text:
        raise InputError("The passphrase is empty.", remedy="Choose one of several words.")
    return text


def first_line_of(descriptor: int) -> str:
    """Return the passphrase that a file descriptor holds: its first line. What follows is lost to other readers."""
    try:
        with os.fdopen(descriptor, encoding="utf-8", closefd=False) as file:
            return file.readline().rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"No passphrase can be read from the file descriptor {descriptor}.", remedy="Open it for this program."
        ) from error


def collecting(name: str, kind: type[Any], *options: Callable[[Any], Any]) -> Callable[[_Command], _Command]:
    """Return a decorator that takes `options`, and hands the command one object of them, called `name`.

    `kind` is a dataclass; the options, and what decorators further out collect, fill its fields by their names.
    """
    names = [field.name for field in fields(kind)]

    def decorate(command: _Command) -> _Command:
        @wraps(command)
        def collected(**given: Any) -> Any:  # noqa: ANN401  (whatever the command takes and returns)
            taken = {each: given.pop(each) for each in names}
            return command(**{name: kind(**taken)}, **given)

        for option in reversed(options):
            collected = option(collected)
        return cast("_Command", collected)

    return decorate
