"""cryptostamp claim: take the token of a stamp with its hidden code."""

from __future__ import annotations

from pathlib import Path

import click

from cryptostamp.chain import Sender
from cryptostamp.cli.options import (
    AddressType,
    as_json,
    issued_option,
    keystore_option,
    rpc_option,
    signer_for,
    workspace_of,
)
from cryptostamp.cli.output import console, print_json
from cryptostamp.codes import ClaimCode, Kind, classify, parse_claim_code
from cryptostamp.errors import InputError
from cryptostamp.office import LedgerJournal, chain_of, claim
from cryptostamp.primitives import Address
from cryptostamp.scan import read_photo

__all__ = ["claim_command"]


@click.command("claim")
@click.argument("photo", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--to", type=AddressType(), required=True, help="The account that receives the token.")
@rpc_option
@keystore_option
@issued_option
@as_json
def claim_command(
    *, photo: Path | None, to: Address, rpc: str, keystore: Path | None, issued: Path | None, as_json: bool
) -> None:
    """Take the token of a stamp with its hidden code.

    The hidden code is read from a PHOTO of the scratched field, or asked for and not shown as it is
    typed; it is never given on the command line, where other programs could see it. It signs on
    this machine for the account given with --to. The post's account pays and gains no right by it.
    """
    workspace = workspace_of(issued)
    dossier = workspace.dossier()
    code = _read(photo) if photo is not None else _asked()
    chain = chain_of(dossier, rpc)
    with workspace.ledger() as ledger:
        sender = Sender(chain, signer_for(chain, keystore), LedgerJournal(ledger))
        done = claim(code, dossier, to=to, sender=sender, ledger=ledger)
    if as_json:
        print_json({"serial": done.serial, "to": done.to, "transaction": done.mined.hash, "gas": done.mined.gas_used})
        return
    console.print(f"Stamp no. {done.serial:,} of {dossier.series.title}: its token now belongs to {done.to}.")


def _asked() -> ClaimCode:
    return parse_claim_code(click.prompt("Hidden code", hide_input=True, err=True))


def _read(photo: Path) -> ClaimCode:
    reading = read_photo(photo)
    hidden = [symbol.text for symbol in reading.symbols if classify(symbol.text) is Kind.CLAIM]
    if len(hidden) != 1:
        raise InputError(
            reading.problem or f"The picture shows {len(hidden) or 'no'} hidden codes; it must show one.",
            where=str(photo),
            remedy="Photograph the scratched field alone, or type the code.",
        )
    return parse_claim_code(hidden[0])
