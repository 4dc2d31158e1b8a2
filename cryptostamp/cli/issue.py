"""cryptostamp issue: put a series on a chain."""

from __future__ import annotations

from pathlib import Path

import click

from cryptostamp.chain import Chain
from cryptostamp.cli.options import (
    AddressType,
    as_json,
    edition_passphrase,
    issued_option,
    keystore_option,
    passphrase_fd_option,
    rpc_option,
    series_argument,
    signer_for,
    workspace_of,
)
from cryptostamp.cli.output import console, print_json, progress_bar
from cryptostamp.office import check, issue
from cryptostamp.primitives import Address

__all__ = ["issue_command"]


@click.command("issue")
@series_argument
@rpc_option
@click.option("--registry", type=AddressType(), help="The registry of posts that has admitted yours.")
@keystore_option
@issued_option
@passphrase_fd_option
@as_json
def issue_command(
    *,
    series: Path,
    rpc: str,
    registry: Address | None,
    keystore: Path | None,
    issued: Path | None,
    passphrase_fd: int | None,
    as_json: bool,
) -> None:
    """Issue SERIES: every stamp gets its token, in one transaction.

    The numbers and hidden codes are fixed, the contract is deployed with all its tokens in the
    post's custody and registered under the post's name, and the public dossier is written.

    The hidden codes all follow from one secret, which is sealed with a passphrase that you choose.
    Keep both safe: without them no hidden code can be printed. If this is stopped, the same command
    goes on where it stopped. On a local chain (cryptostamp node) nothing need be configured.
    """
    described = check(series)
    workspace = workspace_of(issued, described)
    chain = Chain.connect(rpc)
    post = signer_for(chain, keystore)
    passphrase = edition_passphrase(passphrase_fd, new=not workspace.secret_path.exists())
    with progress_bar(quiet=as_json) as progress:
        done = issue(
            described,
            workspace=workspace,
            chain=chain,
            post=post,
            passphrase=passphrase,
            registry=registry,
            progress=progress,
        )
    if as_json:
        print_json(
            {
                "series": described.id,
                "edition": described.edition,
                "chain_id": chain.chain_id,
                "registry": done.issued.registry,
                "contract": done.issued.contract,
                "transaction": done.issued.transaction,
                "block": done.issued.block_number,
                "gas": done.issued.gas_used,
                "gas_per_stamp": round(done.gas_per_stamp, 2),
                "dossier": done.dossier_address,
                "folder": workspace.folder,
            }
        )
        return
    console.print(f"{described.title} is issued: {described.edition:,} stamps in the contract {done.issued.contract}.")
    console.print(f"It cost {done.issued.gas_used:,} gas, {done.gas_per_stamp:,.1f} a stamp.")
    console.print(f"Publish {workspace.dossier_folder} ({done.dossier_address}); keep {workspace.secret_path} safe.")
    console.print(f"Next: cryptostamp print {series}")
