"""cryptostamp compile: from Solidity sources to the artifacts in the package."""

from __future__ import annotations

import click

from cryptostamp.cli.output import console
from cryptostamp.errors import InputError, Refused
from cryptostamp.office import check_artifacts, contracts_folder, write_compiled

__all__ = ["compile_command"]


@click.command("compile", short_help="Compile the contracts. For developers.")
@click.option("--check", is_flag=True, help="Write nothing; fail if the sources do not give the shipped bytes.")
def compile_command(*, check: bool) -> None:
    """Compile the contracts of a checkout into the package. For developers."""
    if not check:
        for path in write_compiled():
            console.print(f"Wrote {path.name}", markup=False)
        return
    folder = contracts_folder()
    if folder is None:
        raise InputError("Only a checkout has the sources of the contracts.", remedy="Clone the repository.")
    changed = check_artifacts(folder)
    if changed:
        raise Refused(
            f"The sources do not give the shipped {', '.join(changed)}.", remedy="Run scripts/compile and commit it."
        )
    console.print("The sources give exactly the shipped contracts.")
