"""Compile the contracts of a checkout, and compare them with the ones that the package ships."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from cryptostamp.chain.compile import compile_contracts, write_artifacts
from cryptostamp.errors import InputError, Refused

__all__ = ["check_artifacts", "compile_checkout", "contracts_folder", "write_compiled"]


def contracts_folder() -> Path | None:
    """Return the folder of Solidity sources if this is a checkout, `None` if it is an installed package."""
    folder = Path(__file__).resolve().parents[2] / "contracts"
    return folder if (folder / "src").is_dir() else None


def check_artifacts(folder: Path) -> tuple[str, ...]:
    """Compile the sources in `folder` and return the names of shipped artifacts that differ from the result."""
    shipped = resources.files("cryptostamp.artifacts")
    return tuple(
        name
        for name, content in compile_contracts(folder).items()
        if not shipped.joinpath(name).is_file() or shipped.joinpath(name).read_bytes() != content
    )


def compile_checkout() -> str:
    """Compile the contracts if their sources are here, and say in a sentence what came of it.

    Raises `Refused` if the sources do not give the bytes that the package ships.
    """
    folder = contracts_folder()
    if folder is None:
        return "The installed package ships its contracts compiled; their sources are in the checkout."
    changed = check_artifacts(folder)
    if changed:
        raise Refused(
            f"The sources in contracts/ do not give the shipped {', '.join(changed)}.",
            remedy="Run scripts/compile, and look at what has changed.",
        )
    return "The contracts compile to exactly the bytes that the package ships."


def write_compiled() -> tuple[Path, ...]:
    """Compile the contracts of this checkout into the package; return the files that were written."""
    folder = contracts_folder()
    if folder is None:
        raise InputError(
            "Only a checkout has the sources of the contracts.", remedy="Clone the repository and run scripts/compile."
        )
    return write_artifacts(folder, Path(str(resources.files("cryptostamp.artifacts"))))
