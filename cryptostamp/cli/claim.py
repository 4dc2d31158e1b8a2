"""cryptostamp claim: take the token of a stamp with its hidden code."""

from __future__ import annotations

from pathlib import Path

import click

from cryptostamp.cli.options import AddressType, as_json, issued_option, workspace_of
from cryptostamp.cli.output import console, print_json
from cryptostamp.cli.sending import Sending, dry_run_option, print_costs, sending_options
from cryptostamp.codes import ClaimCode, ClaimHalf, Half, Kind, classify, parse_hidden_code
from cryptostamp.errors import InputError
from cryptostamp.office import claim, join_halves, price_claim
from cryptostamp.primitives import Address
from cryptostamp.scan import read_photo

__all__ = ["claim_command"]


@click.command("claim")
@click.argument("photos", metavar="[PHOTO]...", type=click.Path(path_type=Path, dir_okay=False), nargs=-1)
@click.option("--to", type=AddressType(), required=True, help="The account that receives the token.")
@sending_options
@dry_run_option
@issued_option
@as_json
def claim_command(
    *, photos: tuple[Path, ...], to: Address, sending: Sending, dry_run: bool, issued: Path | None, as_json: bool
) -> None:
    """Take the token of a stamp with its hidden code.

    The hidden code is read from a PHOTO of the scratched field, or asked for and not shown as it is
    typed; it is never given on the command line, where other programs could see it. It signs on
    this machine for the account given with --to. The post's account pays and gains no right by it.

    A stamp with two scratch fields has half of its code under each, A and B: one photo of both, a photo of
    each, or both typed. One half alone takes nothing.
    """
    workspace = workspace_of(issued)
    dossier = workspace.dossier()
    first, *others = _read(photos) if photos else [_asked("Hidden code")]
    if isinstance(first, ClaimHalf):
        second = others[0] if others else _asked(f"Half {first.half.other} of the hidden code")
        if not isinstance(second, ClaimHalf):
            raise InputError(
                f"A half {first.half} and a whole hidden code were given; they do not belong together.",
                remedy=f"Give the half {first.half.other} of the same stamp.",
            )
        code = join_halves(first, second, dossier)
    else:
        code = first
    chain = sending.chain_of(dossier)
    with workspace.ledger() as ledger:
        sender = sending.sender(chain, ledger)
        if dry_run:
            print_costs([price_claim(code, dossier, to=to, sender=sender)], sender.address, as_json=as_json)
            return
        done = claim(code, dossier, to=to, sender=sender, ledger=ledger)
    if as_json:
        print_json({"serial": done.serial, "to": done.to, "transaction": done.mined.hash, "gas": done.mined.gas_used})
        return
    console.print(f"Stamp no. {done.serial:,} of {dossier.series.title}: its token now belongs to {done.to}.")


def _asked(what: str) -> ClaimCode | ClaimHalf:
    return parse_hidden_code(click.prompt(what, hide_input=True, err=True))


def _read(photos: tuple[Path, ...]) -> list[ClaimCode | ClaimHalf]:
    """Return the hidden code in these pictures, or one half or two; raise `InputError` for anything else."""
    found: dict[str, Path] = {}
    problem = ""
    for photo in photos:
        reading = read_photo(photo)
        problem = problem or reading.problem
        found |= {symbol.text: photo for symbol in reading.symbols if classify(symbol.text) is Kind.CLAIM}
    hidden = [parse_hidden_code(text) for text in found]
    halves = [code for code in hidden if isinstance(code, ClaimHalf)]
    if len(hidden) == 1 or len(hidden) == len(halves) == len(Half):
        return hidden
    shown = "picture shows" if len(photos) == 1 else "pictures show"
    raise InputError(
        problem or f"The {shown} {len(hidden) or 'no'} hidden codes; one is needed, or the two halves of one.",
        where=", ".join(map(str, photos)),
        remedy="Photograph the scratched fields of one stamp alone, or type the code.",
    )
