"""cryptostamp registry: who is a post, which series stand, and who says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from cryptostamp.chain import Chain, Post, PostalRegistry, SeriesStatus
from cryptostamp.cli.options import AddressType, as_json, collecting, rpc_option
from cryptostamp.cli.output import console, print_json
from cryptostamp.cli.sending import Sending, sending_options
from cryptostamp.ledger import Ledger
from cryptostamp.office import registry
from cryptostamp.office.chains import local_account, local_authority
from cryptostamp.primitives import Address

__all__ = ["registry_command"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

# The backspace tells click to leave the lines that follow as they are.
_HELP = """Say who is a post, and which series stand.

\b
The authority deploys:  cryptostamp registry deploy
It proposes a post:     cryptostamp registry propose --registry R …
The post accepts:       cryptostamp registry accept 1 --registry R …
It issues:              cryptostamp issue SERIES --registry R …

A post is named by its number, a series by the address of its contract. What is suspended can be
reinstated, what is revoked stays so; neither moves a token. On a local chain (cryptostamp node)
test accounts act unless a keystore is given.
"""


class _TargetType(click.ParamType[registry.Target]):
    """The number of a post, or the address of a series."""

    name = "target"

    def convert(
        self,
        value: Any,  # noqa: ANN401  (click's signature)
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> registry.Target:
        """Return a number or an address; fail with the reason."""
        text = str(value)
        return int(text) if text.isascii() and text.isdigit() else AddressType().convert(text, param, ctx)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """How what is sent is sent, where it is written down, and how it is shown."""

    sending: Sending
    ledger: Path | None
    as_json: bool

    def path(self, chain: Chain) -> Path:
        """Return the file to write into; a local chain that was started anew is another chain."""
        return self.ledger or Path(f"registry-{chain.chain_id}-{chain.genesis_hash[:4].hex()}.sqlite3")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counter:
    """At which registry something is to be changed."""

    address: Address
    book: _Book

    @contextmanager
    def desk(self, needed: Callable[[PostalRegistry], Address]) -> Iterator[registry.RegistryDesk]:
        """Give the account that acts: the one that the options name, or the test account that is `needed`."""
        chain = self.book.sending.connect()
        there = PostalRegistry(chain, self.address)
        with Ledger(self.book.path(chain)) as ledger:
            sender = self.book.sending.sender(chain, ledger, local=lambda _: local_account(chain, needed(there)))
            yield registry.RegistryDesk(there, sender, ledger)

    def show(self, done: registry.Change) -> None:
        """Show what a change has led to."""
        if self.book.as_json:
            print_json(
                {
                    "now": done.now,
                    "transaction": None if done.mined is None else done.mined.hash,
                    "gas": None if done.mined is None else done.mined.gas_used,
                }
            )
            return
        if done.mined is None:
            console.print("It is so already; nothing was sent.")
        _print(done.now)


def _with_book(command: _Command) -> _Command:
    """Take what every command needs that sends, and hand it over as `book`."""
    ledger_option = click.option(
        "--ledger",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The file in which what was sent is written down, so that nothing is sent twice. "
        "Without it, one for each chain in the current folder.",
    )
    return sending_options(collecting("book", _Book, ledger_option, as_json)(command))


def _at_counter(command: _Command) -> _Command:
    """Take what every command needs that changes something at a registry, and hand it over as `counter`."""
    return _with_book(collecting("counter", _Counter, _registry_option)(command))


def _registry_option(command: _Command) -> _Command:
    return click.option("--registry", "address", type=AddressType(), required=True, help="The registry of posts.")(
        command
    )


def _as_option(command: _Command) -> _Command:
    return click.option(
        "--as",
        "role",
        type=click.Choice(["authority", "post"]),
        default="authority",
        show_default=True,
        help="Whose test account acts, on a local chain without --keystore.",
    )(command)


def _reason_option(command: _Command) -> _Command:
    return click.option(
        "--reason", required=True, metavar="TEXT", help="Why: one line of at most 200 bytes, for everybody to read."
    )(command)


@click.group("registry", help=_HELP)
def registry_command() -> None:
    """Say who is a post, and which series stand."""


@registry_command.command("deploy")
@click.option(
    "--authority", type=AddressType(), help="The account that will propose posts. Without it, the one that deploys."
)
@_with_book
def deploy(*, authority: Address | None, book: _Book) -> None:
    """Deploy a registry of posts."""
    chain = book.sending.connect()
    with Ledger(book.path(chain)) as ledger:
        sender = book.sending.sender(chain, ledger, local=local_authority)
        done = registry.deploy(sender, authority=authority)
    named = PostalRegistry(chain, done.contract).authority()
    if book.as_json:
        print_json(
            {
                "chain_id": chain.chain_id,
                "registry": done.contract,
                "authority": named,
                "transaction": done.transaction_hash,
                "block": done.block_number,
                "gas": done.gas_used,
            }
        )
        return
    console.print(f"The registry {done.contract} is deployed; {named} is its authority.")


@registry_command.command("propose")
@click.option("--country", required=True, metavar="XX", help="The country of the post, by ISO 3166-1 alpha-2.")
@click.option("--name", required=True, help="The name of the post, as verdicts show it.")
@click.option("--domain", required=True, help="The host of its public codes, in lower case.")
@click.option("--account", type=AddressType(), required=True, help="The account of the post, which must accept.")
@_at_counter
def propose(*, country: str, name: str, domain: str, account: Address, counter: _Counter) -> None:
    """Propose a post, as the authority. Nothing changes for anybody until its account accepts."""
    with counter.desk(PostalRegistry.authority) as desk:
        done = desk.propose(country=country, name=name, domain=domain, account=account)
    counter.show(done)
    if not counter.book.as_json and isinstance(done.now, Post):
        console.print(
            f"It accepts with: cryptostamp registry accept {done.now.post_id} --registry {counter.address} --keystore …"
        )


@registry_command.command("accept")
@click.argument("post", type=click.IntRange(min=1))
@_at_counter
def accept(*, post: int, counter: _Counter) -> None:
    """Accept to be the POST of this number, or its new account, whichever was proposed.

    Look first at what you accept: cryptostamp registry show POST
    """

    def proposed(there: PostalRegistry) -> Address:
        entry = there.post(post)
        return entry.next_account or entry.account

    with counter.desk(proposed) as desk:
        done = desk.accept(post)
    counter.show(done)


@registry_command.command("withdraw")
@click.argument("post", type=click.IntRange(min=1))
@_as_option
@_at_counter
def withdraw(*, post: int, role: str, counter: _Counter) -> None:
    """Take back what was proposed for the POST of this number and not accepted: itself, or a new account."""
    with counter.desk(_actor(role, post)) as desk:
        done = desk.withdraw(post)
    counter.show(done)


@registry_command.command("rotate")
@click.argument("post", type=click.IntRange(min=1))
@click.option("--to", type=AddressType(), required=True, help="The new account of the post, which must accept.")
@_as_option
@_at_counter
def rotate(*, post: int, to: Address, role: str, counter: _Counter) -> None:
    """Propose a new account for the POST of this number; the old one stays until the new one accepts.

    The post does it itself, or the authority when the post has lost its key. If the key was stolen,
    suspend the post first: whoever has the key could cancel the rotation otherwise.
    """
    with counter.desk(_actor(role, post)) as desk:
        done = desk.rotate(post, account=to)
    counter.show(done)


def _standing_command(name: str, change: Callable[..., registry.Change], help_text: str) -> None:
    """Add one of the three commands that change how a post or a series stands."""

    @registry_command.command(name, help=help_text)
    @click.argument("target", type=_TargetType())
    @_reason_option
    @_as_option
    @_at_counter
    def command(*, target: registry.Target, reason: str, role: str, counter: _Counter) -> None:
        with counter.desk(_actor(role, target)) as desk:
            done = change(desk, target, reason=reason)
        counter.show(done)


_standing_command(
    "suspend",
    registry.RegistryDesk.suspend,
    "Suspend TARGET, a post or a series, until it is reinstated.\n\nVerdicts on its stamps are unknown while that "
    "lasts. The authority suspends posts and series, a post its own series.",
)
_standing_command(
    "reinstate",
    registry.RegistryDesk.reinstate,
    "End the suspension of TARGET, a post or a series.\n\nWhat the authority suspended only the authority reinstates.",
)
_standing_command(
    "revoke",
    registry.RegistryDesk.revoke,
    "End the standing of TARGET, a post or a series, for good.\n\nIts stamps are not genuine from then on. Their "
    "tokens stay whose they are. Nothing brings back what was revoked.",
)


@registry_command.command("show")
@click.argument("target", type=_TargetType(), required=False)
@_registry_option
@rpc_option
@as_json
def show(*, target: registry.Target | None, address: Address, rpc: str, as_json: bool) -> None:
    """Show how TARGET stands, a post or a series; without it, the registry and all its posts."""
    there = PostalRegistry(Chain.connect(rpc), address)
    if target is not None:
        found = registry.look_up(there, target)
        if as_json:
            print_json(found)
        else:
            _print(found)
        return
    seen = registry.view(there)
    if as_json:
        print_json(seen)
        return
    console.print(f"Registry {seen.registry} on chain {seen.chain_id}; its authority is {seen.authority}.")
    if seen.next_authority is not None:
        console.print(f"The authority has been offered to {seen.next_authority}.")
    for post in seen.posts:
        _print(post)
    if not seen.posts:
        console.print("It has no posts yet.")


def _actor(role: str, target: registry.Target) -> Callable[[PostalRegistry], Address]:
    if role == "authority":
        return PostalRegistry.authority
    return lambda there: registry.post_behind(there, target).account


def _print(found: Post | SeriesStatus) -> None:
    """Show a post or a series in a few lines."""
    if isinstance(found, SeriesStatus):
        by = "the authority" if found.by_authority else "the post"
        console.print(
            f"Series {found.contract}: {found.standing} since {registry.day_of(found.since)}"
            f"{_why(found.reason, f', said {by}')}"
        )
        console.print(f"  registered {registry.day_of(found.registered_at)}, code 0x{found.code_hash.hex()}")
        if not found.code_unchanged:
            console.print("  its code is another one now", style="bold red")
        found = found.post
    console.print(
        f"Post {found.post_id}: {found.name} ({found.country}, {found.domain}), "
        f"{found.standing} since {registry.day_of(found.since)}{_why(found.reason)}"
    )
    console.print(f"  account {found.account}")
    if found.next_account is not None:
        console.print(f"  new account proposed: {found.next_account}")


def _why(reason: str, by: str = "") -> str:
    return f"{by}: {reason}" if reason else ""
