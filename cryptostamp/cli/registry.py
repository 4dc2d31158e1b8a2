"""cryptostamp registry: who is a post, which series stand, and who says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from cryptostamp.chain import Chain, Post, PostalRegistry, Sender, SeriesStatus
from cryptostamp.cli.options import AddressType, as_json, keystore_option, rpc_option, signer_for
from cryptostamp.cli.output import console, print_json
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal, registry
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


def _sending(command: _Command) -> _Command:
    """Take what every command needs that sends: --rpc, --keystore, --ledger, --json."""
    for option in (
        as_json,
        click.option(
            "--ledger",
            type=click.Path(path_type=Path, dir_okay=False),
            help="The file in which what was sent is written down, so that nothing is sent twice. "
            "Without it, one for each chain in the current folder.",
        ),
        keystore_option,
        rpc_option,
    ):
        command = option(command)
    return command


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
@_sending
def deploy(*, authority: Address | None, rpc: str, keystore: Path | None, ledger: Path | None, as_json: bool) -> None:
    """Deploy a registry of posts."""
    chain = Chain.connect(rpc)
    signer = local_authority(chain) if keystore is None else signer_for(chain, keystore)
    with Ledger(_ledger_path(ledger, chain)) as book:
        done = registry.deploy(Sender(chain, signer, LedgerJournal(book)), authority=authority)
    named = PostalRegistry(chain, done.contract).authority()
    if as_json:
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
@_registry_option
@click.option("--country", required=True, metavar="XX", help="The country of the post, by ISO 3166-1 alpha-2.")
@click.option("--name", required=True, help="The name of the post, as verdicts show it.")
@click.option("--domain", required=True, help="The host of its public codes, in lower case.")
@click.option("--account", type=AddressType(), required=True, help="The account of the post, which must accept.")
@_sending
def propose(
    *,
    address: Address,
    country: str,
    name: str,
    domain: str,
    account: Address,
    rpc: str,
    keystore: Path | None,
    ledger: Path | None,
    as_json: bool,
) -> None:
    """Propose a post, as the authority. Nothing changes for anybody until its account accepts."""
    there = PostalRegistry(Chain.connect(rpc), address)
    with _desk(there, keystore, ledger, there.authority) as desk:
        done = desk.propose(country=country, name=name, domain=domain, account=account)
    _show_change(done, as_json=as_json)
    if not as_json and isinstance(done.now, Post):
        console.print(
            f"It accepts with: cryptostamp registry accept {done.now.post_id} --registry {address} --keystore …"
        )


@registry_command.command("accept")
@click.argument("post", type=click.IntRange(min=1))
@_registry_option
@_sending
def accept(*, post: int, address: Address, rpc: str, keystore: Path | None, ledger: Path | None, as_json: bool) -> None:
    """Accept to be the POST of this number, or its new account, whichever was proposed.

    Look first at what you accept: cryptostamp registry show POST
    """
    there = PostalRegistry(Chain.connect(rpc), address)

    def proposed() -> Address:
        entry = there.post(post)
        return entry.next_account or entry.account

    with _desk(there, keystore, ledger, proposed) as desk:
        done = desk.accept(post)
    _show_change(done, as_json=as_json)


@registry_command.command("withdraw")
@click.argument("post", type=click.IntRange(min=1))
@_registry_option
@_as_option
@_sending
def withdraw(
    *, post: int, address: Address, role: str, rpc: str, keystore: Path | None, ledger: Path | None, as_json: bool
) -> None:
    """Take back what was proposed for the POST of this number and not accepted: itself, or a new account."""
    there = PostalRegistry(Chain.connect(rpc), address)
    with _desk(there, keystore, ledger, _actor(there, role, post)) as desk:
        done = desk.withdraw(post)
    _show_change(done, as_json=as_json)


@registry_command.command("rotate")
@click.argument("post", type=click.IntRange(min=1))
@click.option("--to", type=AddressType(), required=True, help="The new account of the post, which must accept.")
@_registry_option
@_as_option
@_sending
def rotate(
    *,
    post: int,
    to: Address,
    address: Address,
    role: str,
    rpc: str,
    keystore: Path | None,
    ledger: Path | None,
    as_json: bool,
) -> None:
    """Propose a new account for the POST of this number; the old one stays until the new one accepts.

    The post does it itself, or the authority when the post has lost its key. If the key was stolen,
    suspend the post first: whoever has the key could cancel the rotation otherwise.
    """
    there = PostalRegistry(Chain.connect(rpc), address)
    with _desk(there, keystore, ledger, _actor(there, role, post)) as desk:
        done = desk.rotate(post, account=to)
    _show_change(done, as_json=as_json)


def _standing_command(name: str, change: Callable[..., registry.Change], help_text: str) -> None:
    """Add one of the three commands that change how a post or a series stands."""

    @registry_command.command(name, help=help_text)
    @click.argument("target", type=_TargetType())
    @_reason_option
    @_registry_option
    @_as_option
    @_sending
    def command(
        *,
        target: registry.Target,
        reason: str,
        address: Address,
        role: str,
        rpc: str,
        keystore: Path | None,
        ledger: Path | None,
        as_json: bool,
    ) -> None:
        there = PostalRegistry(Chain.connect(rpc), address)
        with _desk(there, keystore, ledger, _actor(there, role, target)) as desk:
            done = change(desk, target, reason=reason)
        _show_change(done, as_json=as_json)


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


@contextmanager
def _desk(
    there: PostalRegistry, keystore: Path | None, ledger: Path | None, needed: Callable[[], Address]
) -> Iterator[registry.RegistryDesk]:
    """Give the account that acts: from the keystore, or the test account with the address that is `needed`."""
    chain = there.chain
    signer = local_account(chain, needed()) if keystore is None else signer_for(chain, keystore)
    with Ledger(_ledger_path(ledger, chain)) as book:
        yield registry.RegistryDesk(there, Sender(chain, signer, LedgerJournal(book)), book)


def _actor(there: PostalRegistry, role: str, target: registry.Target) -> Callable[[], Address]:
    return there.authority if role == "authority" else lambda: registry.post_behind(there, target).account


def _ledger_path(given: Path | None, chain: Chain) -> Path:
    """Return where to write down what is sent; a local chain that was started anew is another chain."""
    return given or Path(f"registry-{chain.chain_id}-{chain.genesis_hash[:4].hex()}.sqlite3")


def _show_change(done: registry.Change, *, as_json: bool) -> None:
    if as_json:
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
