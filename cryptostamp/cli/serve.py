"""cryptostamp serve: the collector's page and its JSON API."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cryptostamp.chain import Sender, Signer
from cryptostamp.cli.output import console
from cryptostamp.cli.sending import Sending, sending_options
from cryptostamp.edition import Dossier
from cryptostamp.errors import InputError
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal
from cryptostamp.primitives import parse_address

if TYPE_CHECKING:
    from cryptostamp.web import OtherContract

__all__ = ["serve_command"]


@click.command("serve", short_help="Serve the collector's page and its JSON API.")
@click.argument(
    "folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False)
)
@sending_options
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0 for any.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="How many processes answer.")
@click.option("--site", help="The name of this site as the codes on the stamps have it; by default the post's domain.")
@click.option(
    "--names",
    metavar="ADDRESS",
    help="The registry of names such as anna.eth (ERC-137) on the chain of the series; without it none is looked up.",
)
@click.option(
    "--tokens",
    "others",
    metavar="ADDRESS[@BLOCK]=NAME",
    multiple=True,
    help="An ERC-721 contract of somebody else, from the block where it began; albums show its tokens, too.",
)
@click.option("--no-relay", is_flag=True, help="Carry no claims to the chain: no account is needed.")
@click.option(
    "--requests-a-minute",
    type=click.IntRange(min=0),
    default=600,
    show_default=True,
    help="How much one client may ask for, of each worker; 0 for no limit.",
)
def serve_command(
    *,
    folders: tuple[Path, ...],
    sending: Sending,
    host: str,
    port: int,
    workers: int,
    site: str | None,
    names: str | None,
    others: tuple[str, ...],
    no_relay: bool,
    requests_a_minute: int,
) -> None:
    """Serve the collector's page for the issued series in each FOLDER (the folder that `issue` made).

    Collectors look stamps up, claim tokens and prove that they own them; the account of --keystore or --signer pays
    for their claims, on a local chain a test account. Nobody needs this site to check a stamp.
    Put a web server with TLS before it: the camera and the claim work on https:// only, or on this machine.
    """
    from cryptostamp.web import Limits, Settings  # noqa: PLC0415  (a web server is loaded for this command alone)
    from cryptostamp.web.server import serve  # noqa: PLC0415

    if no_relay and (sending.keystore is not None or sending.signer_url is not None):
        raise InputError("--no-relay needs no account, and one is given.", remedy="Leave one of them out.")
    settings = Settings(
        folders=folders,
        rpc=sending.rpc,
        site=site,
        relays=not no_relay,
        names=None if names is None else parse_address(names),
        others=tuple(map(_other, others)),
        limits=Limits(requests=requests_a_minute),
    )
    opened = None if no_relay else sending.signer(sending.connect())

    def sender_for(ledger: Ledger, dossier: Dossier, signer: Signer) -> Sender:
        chain, journal = sending.chain_of(dossier), LedgerJournal(ledger)
        return Sender(chain, signer, journal, fees=sending.fees, finality=sending.confirmations)

    serve(
        settings,
        host=host,
        port=port,
        workers=workers,
        sender_for=None if opened is None else partial(sender_for, signer=opened),
        ready=_say,
    )


def _other(text: str) -> OtherContract:
    from cryptostamp.web import OtherContract  # noqa: PLC0415

    place, _, name = text.partition("=")
    address, at, block = place.partition("@")
    if not name.strip() or (at and not (block.isascii() and block.isdigit())):
        raise InputError(
            f"--tokens {text[:80]!r} does not name a contract.", remedy="Write --tokens 0x…=NAME, or 0x…@BLOCK=NAME."
        )
    return OtherContract(address=parse_address(address), name=name.strip()[:60], first_block=int(block or 0))


def _say(url: str) -> None:
    console.print(f"The site is at {url} (Ctrl-C ends it).")
