"""cryptostamp prove: the owner of a token proves it to whoever asks."""

from __future__ import annotations

import re
from pathlib import Path

import click

from cryptostamp.chain import KeystoreSigner
from cryptostamp.cli.options import as_json, issued_option, rpc_option, workspace_of
from cryptostamp.cli.output import console, print_json
from cryptostamp.codes import parse_claim_code
from cryptostamp.edition import claim_key_of
from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.office import ask_holder, ask_owner, chain_of, check_holder, check_owner, resolve_code

__all__ = ["prove_command"]

NOT_PROVEN = 1

_NONCE = re.compile(r"^Nonce: ([0-9A-Za-z]{8,64})$", re.MULTILINE)
_HIDDEN_CODE = re.compile(r"^Prove that you have the hidden code of stamp no\. [0-9]+\.", re.MULTILINE)
_SIGNATURE = re.compile(r"(0x)?((?:[0-9a-fA-F]{2}){1,24000})")


@click.group("prove")
def prove_command() -> None:
    r"""Prove who owns the token of a stamp.

    \b
    The buyer asks:      cryptostamp prove ask CODE --verifier dealer.example --out challenge.txt
    The owner signs:     cryptostamp prove sign challenge.txt --keystore FILE
    The buyer checks:    cryptostamp prove check challenge.txt SIGNATURE

    A signature costs nothing, moves nothing, and is worth nothing to anybody but the one who asked.
    """


@prove_command.command("ask")
@click.argument("code")
@click.option("--verifier", required=True, metavar="DOMAIN", help="The domain of whoever asks, such as dealer.example.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the challenge into this file.")
@click.option(
    "--hidden-code", is_flag=True, help="Ask for a proof that the hidden code is at hand and unused, before the claim."
)
@rpc_option
@issued_option
@as_json
def ask(
    *, code: str, verifier: str, out: Path | None, hidden_code: bool, rpc: str, issued: Path | None, as_json: bool
) -> None:
    """Ask the owner of the stamp with this public or short CODE for a proof.

    The challenge names the stamp, the owner, whoever asks, and ten minutes in which it can be
    answered, once. Send it to the owner, who signs it with the wallet that holds the token.
    """
    workspace = workspace_of(issued)
    dossier = workspace.dossier()
    with workspace.ledger() as ledger:
        challenge = (ask_holder if hidden_code else ask_owner)(
            resolve_code(code, [dossier]),
            dossier,
            chain=chain_of(dossier, rpc),
            ledger=ledger,
            verifier=verifier,
        )
    if out is not None:
        try:
            out.write_text(challenge.text, encoding="utf-8")
        except OSError as error:
            raise StorageProblem(f"The challenge cannot be written: {error.strerror}.", where=str(out)) from error
    if as_json:
        print_json({"nonce": challenge.nonce, "owner": challenge.address, "message": challenge.text})
    elif out is None:
        click.echo(challenge.text)
    else:
        console.print(
            f"The challenge for {challenge.address} is in {out}; it can be answered until "
            f"{challenge.expires_at:%H:%M:%S} UTC."
        )


@prove_command.command("sign")
@click.argument("challenge", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--keystore",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The encrypted keystore of the account that owns the token. A challenge about the hidden code needs none: "
    "the code is asked for, and goes nowhere.",
)
def sign(*, challenge: Path, keystore: Path | None) -> None:
    """Sign the CHALLENGE in a file, and print the signature.

    Any wallet that signs messages does the same. Read the message before you sign it.
    """
    text = _text_of(challenge)
    click.echo(text, err=True)
    if _HIDDEN_CODE.search(text):
        code = parse_claim_code(click.prompt("\nHidden code", hide_input=True, err=True))
        click.echo("0x" + claim_key_of(code).sign_message(text).hex())
        return
    if keystore is None:
        raise InputError("The key that signs is missing.", remedy="Give its encrypted keystore with --keystore.")
    passphrase = click.prompt(f"\nPassphrase of {keystore.name}", hide_input=True, err=True)
    click.echo("0x" + KeystoreSigner(keystore, passphrase).sign_message(text).hex())


@prove_command.command("check")
@click.argument("challenge", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("signature")
@rpc_option
@issued_option
@as_json
def check(*, challenge: Path, signature: str, rpc: str, issued: Path | None, as_json: bool) -> int:
    """Check the SIGNATURE under a CHALLENGE that was asked here.

    Exit codes: 0 proven, 1 not proven.
    """
    nonce = _NONCE.search(_text_of(challenge))
    hexadecimal = _SIGNATURE.fullmatch(signature.strip())
    if nonce is None:
        raise InputError("This file holds no challenge.", where=str(challenge), remedy="Give the file of prove ask.")
    if hexadecimal is None:
        raise InputError("A signature is 0x and hex digits.", remedy="Copy it whole.")
    workspace = workspace_of(issued)
    dossier, given = workspace.dossier(), bytes.fromhex(hexadecimal[2])
    chain = chain_of(dossier, rpc)
    with workspace.ledger() as ledger:
        proof = (
            check_holder(nonce[1], given, dossier, chain=chain, ledger=ledger)
            if _HIDDEN_CODE.search(_text_of(challenge))
            else check_owner(nonce[1], given, chain=chain, ledger=ledger)
        )
    if as_json:
        print_json(proof)
    else:
        console.print(proof.sentence, style="bold green" if proof.proven else "bold red")
    return 0 if proof.proven else NOT_PROVEN


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"The file cannot be read: {error.strerror}.", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError("The file is not a text.", where=str(path)) from error
