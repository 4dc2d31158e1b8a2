"""cryptostamp series: what the issuer may still change about a whole series, its royalty and its roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from cryptostamp.chain import Cost, MinedTransaction, SeriesRole
from cryptostamp.cli.options import AddressType, as_json, collecting, existing_workspace, issued_option, series_argument
from cryptostamp.cli.output import console, print_json
from cryptostamp.cli.sending import Sending, dry_run_option, print_costs, sending_options
from cryptostamp.errors import InputError
from cryptostamp.office import Royalty, SeriesDesk
from cryptostamp.primitives import Address

__all__ = ["series_command"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _PerCent(click.ParamType[int]):
    """A part of a price, such as 2.5, in hundredths of a per cent."""

    name = "per cent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401
        """Return hundredths of a per cent, without ever being a float; fail with the reason."""
        whole, _, fraction = str(value).partition(".")
        digits = whole + fraction
        if not (digits.isascii() and digits.isdigit()) or len(whole) > 3 or len(fraction) > 2:  # noqa: PLR2004  (digits)
            self.fail(f"{value!r} is no part of a price in per cent, such as 5 or 2.25.", param, ctx)
        return int(f"{whole or '0'}{fraction.ljust(2, '0')}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Office:
    """Which series is meant, who acts, and how it is shown."""

    series: Path
    issued: Path | None
    sending: Sending
    dry_run: bool
    yes: bool
    as_json: bool

    @contextmanager
    def desk(self) -> Iterator[tuple[SeriesDesk, Address]]:
        """Open the desk of the issuer; the account that acts is with it."""
        workspace = existing_workspace(self.issued, self.series)
        dossier = workspace.dossier()
        chain = self.sending.chain_of(dossier)
        with workspace.ledger() as ledger:
            sender = self.sending.sender(chain, ledger)
            yield SeriesDesk(dossier, sender, ledger), sender.address


@dataclass(frozen=True, slots=True, kw_only=True)
class _Action:
    """One change: how to look, to price it, to do it, and to tell of it."""

    look: Callable[[], object]
    wanted: object
    price: Callable[[], Sequence[Cost]]
    send: Callable[[], MinedTransaction | None]
    told: Callable[[object], str]
    question: str


def _for_office(command: _Command) -> _Command:
    """Take what both commands need, and hand it to them as `office`."""
    collected = collecting(
        "office",
        _Office,
        series_argument,
        dry_run_option,
        click.option("--yes", is_flag=True, help="Do not ask before it is sent."),
        issued_option,
        as_json,
    )(command)
    return sending_options(collected)


@click.group("series")
def series_command() -> None:
    """Change what the issuer may still change about a whole series.

    The royalty and the roles. Edition, draw and claim keys are fixed at issue; stamps are voided and
    postmarked by number (cryptostamp void, cryptostamp postmark).
    """


@series_command.command("royalty")
@_for_office
@click.option("--receiver", type=AddressType(), help="The account that markets are asked to pay.")
@click.option("--percent", type=_PerCent(), metavar="P", help="The part of the price, such as 2.5; at most 10.")
@click.option("--end", is_flag=True, help="Ask for none any more.")
def royalty(*, office: _Office, receiver: Address | None, percent: int | None, end: bool) -> None:
    """Show the royalty of SERIES (ERC-2981), or set it with --receiver and --percent, or end it.

    Markets are asked to pay it when a token is sold; no contract makes them. The issuer sets it.
    """
    if end == (receiver is not None) or (receiver is None) != (percent is None):
        if end or receiver is not None or percent is not None:
            raise InputError(
                "It is not clear which royalty is meant.", remedy="Give both --receiver and --percent, or --end alone."
            )
        wanted = None
    else:
        wanted = Royalty(receiver=receiver, bps=percent or 0)
    with office.desk() as (desk, account):
        if wanted is None:
            _show(office, desk.royalty(), _royalty_told)
            return
        meant = wanted
        _carry_out(
            office,
            account,
            _Action(
                look=desk.royalty,
                wanted=meant,
                price=lambda: desk.price_royalty(meant),
                send=lambda: desk.set_royalty(meant),
                told=_royalty_told,
                question="Set it?",
            ),
        )


@series_command.command("roles")
@_for_office
@click.option("--account", type=AddressType(), required=True, help="Whose roles.")
@click.option("--issuer/--no-issuer", default=None, help="Void stamps, set the royalty and the place of the metadata.")
@click.option("--postmaster/--no-postmaster", default=None, help="Record postmarks.")
def roles(*, office: _Office, account: Address, issuer: bool | None, postmaster: bool | None) -> None:
    """Show the roles of an account for SERIES, or give and take them. The administrator does.

    A role that is not named stays as it is.
    """
    with office.desk() as (desk, acting):
        now = desk.roles_of(account)
        wanted = _with(_with(now, SeriesRole.ISSUER, has=issuer), SeriesRole.POSTMASTER, has=postmaster)

        def told(found: object) -> str:
            return f"{account}: {_roles_told(found)}."

        if issuer is None and postmaster is None:
            _show(office, now, told)
            return
        _carry_out(
            office,
            acting,
            _Action(
                look=lambda: desk.roles_of(account),
                wanted=wanted,
                price=lambda: desk.price_roles(account, wanted),
                send=lambda: desk.set_roles(account, wanted),
                told=told,
                question="Change them?",
            ),
        )


def _with(roles: SeriesRole, role: SeriesRole, *, has: bool | None) -> SeriesRole:
    if has is None:
        return roles
    return roles | role if has else roles & ~role


def _show(office: _Office, found: object, told: Callable[[object], str]) -> None:
    if office.as_json:
        print_json({"now": _plain(found)})
    else:
        console.print(told(found))


def _carry_out(office: _Office, account: Address, action: _Action) -> None:
    """Look, tell, and price it or ask, send and report."""
    before = action.look()
    if not office.as_json:
        console.print(f"Now: {action.told(before)}")
        console.print(f"To be: {action.told(action.wanted)}")
    if office.dry_run:
        print_costs(action.price(), account, as_json=office.as_json)
        return
    if before != action.wanted and not office.yes:
        click.confirm(action.question, abort=True, err=True)
    mined = action.send()
    if office.as_json:
        print_json(
            {
                "before": _plain(before),
                "now": _plain(action.look()),
                "transaction": None if mined is None else mined.hash,
                "gas": None if mined is None else mined.gas_used,
            }
        )
    elif mined is None:
        console.print("It is so already; nothing was sent.")
    else:
        console.print(f"Done in block {mined.block_number:,}. Now: {action.told(action.look())}")


def _royalty_told(found: object) -> str:
    if not isinstance(found, Royalty) or found.receiver is None:
        return "no royalty."
    whole, rest = divmod(found.bps, 100)
    part = f"{whole}.{rest:02}".rstrip("0").rstrip(".")
    return f"{part} % of the price to {found.receiver}."


def _roles_told(found: object) -> str:
    names = _names(found)
    return " and ".join(names) if names else "no role"


def _names(found: object) -> list[str]:
    return [role.name.lower() for role in SeriesRole if isinstance(found, SeriesRole) and role in found and role.name]


def _plain(found: object) -> object:
    return _names(found) if isinstance(found, SeriesRole) else found
