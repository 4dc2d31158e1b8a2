"""cryptostamp issue: put a series on a chain."""

from __future__ import annotations

from pathlib import Path

import click

from cryptostamp.cli.options import (
    AddressType,
    as_json,
    edition_passphrase,
    issued_option,
    passphrase_fd_option,
    series_argument,
    workspace_of,
)
from cryptostamp.cli.output import console, print_json, progress_bar
from cryptostamp.cli.sending import Sending, dry_run_option, print_costs, sending_options
from cryptostamp.errors import InputError
from cryptostamp.office import check, issue, price_issue
from cryptostamp.primitives import Address

__all__ = ["issue_command"]


@click.command("issue")
@series_argument
@sending_options
@dry_run_option
@click.option("--registry", type=AddressType(), help="The registry of posts that has admitted yours.")
@click.option(
    "--freeze-metadata/--open-metadata",
    default=True,
    show_default=True,
    help="Whether the contract names the folder of the metadata for ever, or lets the issuer name another one later.",
)
@issued_option
@passphrase_fd_option
@as_json
def issue_command(
    *,
    series: Path,
    sending: Sending,
    dry_run: bool,
    registry: Address | None,
    freeze_metadata: bool,
    issued: Path | None,
    passphrase_fd: int | None,
    as_json: bool,
) -> None:
    """Issue SERIES: every stamp gets its token, in one transaction.

    The numbers and hidden codes are fixed, the contract is deployed with all its tokens in the
    post's custody and registered under the post's name, and the public dossier is written. The contract
    names the folder of the tokens' metadata by its content: cryptostamp metadata writes it for publication.

    The hidden codes all follow from one secret, which is sealed with a passphrase that you choose.
    Keep both safe: without them no hidden code can be printed. If this is stopped, the same command
    goes on where it stopped. On a local chain (cryptostamp node) nothing need be configured.
    """
    described = check(series)
    workspace = workspace_of(issued, described)
    if passphrase_fd is not None and passphrase_fd == sending.keystore_passphrase_fd:
        raise InputError(
            "--passphrase-fd and --keystore-passphrase-fd name the same file descriptor.",
            remedy="Each passphrase needs one of its own.",
        )
    chain = sending.connect()
    post = sending.signer(chain)
    if dry_run:
        cost = price_issue(
            described,
            workspace=workspace,
            chain=chain,
            post=post,
            registry=registry,
            freeze_metadata=freeze_metadata,
            fees=sending.fees,
        )
        remark = "The registration of the series comes to it."
        print_costs([cost], post.address, as_json=as_json, remark=remark)
        return
    passphrase = edition_passphrase(passphrase_fd, new=not workspace.secret_path.exists())
    with progress_bar(quiet=as_json) as progress:
        done = issue(
            described,
            workspace=workspace,
            chain=chain,
            post=post,
            passphrase=passphrase,
            registry=registry,
            freeze_metadata=freeze_metadata,
            fees=sending.fees,
            finality=sending.confirmations,
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
                "metadata": done.dossier.metadata_root,
                "folder": workspace.folder,
            }
        )
        return
    console.print(f"{described.title} is issued: {described.edition:,} stamps in the contract {done.issued.contract}.")
    console.print(f"It cost {done.issued.gas_used:,} gas, {done.gas_per_stamp:,.1f} a stamp.")
    console.print(f"Publish {workspace.dossier_folder} ({done.dossier_address}); keep {workspace.secret_path} safe.")
    if done.dossier.metadata_root is not None:
        console.print(f"The tokens' metadata are at ipfs://{done.dossier.metadata_root}/ as soon as you publish them.")
        console.print(f"Next: cryptostamp metadata {series}, and cryptostamp print {series}")
    else:
        console.print(f"Next: cryptostamp print {series}")
