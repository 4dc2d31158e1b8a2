"""Publish the metadata of an issued series, and check what the chain says about it.

Everything is made from the dossier, so publishing again gives the same bytes, whoever does it. A CAR file is what a
pinning service or an IPFS node imports as exactly the folder that the contract names; a plain folder is for a web
server. Nothing here uploads.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptostamp.chain import StampSeries
from cryptostamp.content import CarWriter, Cid, parse_cid
from cryptostamp.edition import Dossier
from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.files import write_whole
from cryptostamp.office.chains import chain_of
from cryptostamp.office.metadata import CONTRACT_FILE, Metadata, base_uri
from cryptostamp.office.progress import Progress
from cryptostamp.office.workspace import Workspace
from cryptostamp.primitives import Serial

__all__ = ["MetadataCheck", "Publication", "check_metadata", "publish_metadata"]


def _silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The metadata of a series, written out."""

    root: str
    """The CID of the folder."""
    path: Path
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataCheck:
    """What became of one question about published metadata."""

    passed: bool | None
    """`None` for what is as the issuer chose, and worth knowing."""
    sentence: str


def publish_metadata(
    workspace: Workspace, *, out: Path | None = None, as_folder: bool = False, progress: Progress = _silent
) -> Publication:
    """Write the metadata of an issued series as a CAR file or, with `as_folder`, as plain files.

    `out` is the file or folder; without it, ``metadata.car`` or ``metadata`` in the workspace. Raises `InputError` if
    the series was issued without metadata, or if the dossier does not give the root that it names.
    """
    metadata, root = _metadata(workspace.dossier())
    if as_folder:
        path = out or workspace.folder / "metadata"
        _write_folder(path, metadata, progress)
    else:
        path = out or workspace.folder / "metadata.car"

        def write_car(stream: BinaryIO) -> None:
            writer = CarWriter(stream, root)
            made = metadata.build(writer.put, lambda done, total: progress("Writing metadata", done, total))
            _expect(made.cid, root)

        write_whole(path, write_car)
    return Publication(root=str(root), path=path, files=metadata.count)


def check_metadata(workspace: Workspace, *, rpc: str, progress: Progress = _silent) -> tuple[MetadataCheck, ...]:
    """Compute the root of the metadata again from the dossier, and compare it with what the contract says.

    Raises `NodeUnreachable` if the chain cannot be asked.
    """
    dossier = workspace.dossier()
    metadata, root = _metadata(dossier)
    made = metadata.build(lambda _cid, _block: None, lambda done, total: progress("Hashing metadata", done, total))
    contract = StampSeries(chain_of(dossier, rpc), dossier.deployment.contract)
    terms = contract.terms()
    place = base_uri(str(root))
    first, last = Serial(1), Serial(dossier.edition.size)
    expected = (f"{place}{first}.json", f"{place}{last}.json", place + CONTRACT_FILE)
    said = (contract.token_uri(first), contract.token_uri(last), contract.contract_uri())
    return (
        MetadataCheck(
            passed=made.cid == root,
            sentence=f"The dossier names the folder {root}; its facts and pictures give {made.cid}.",
        ),
        MetadataCheck(
            passed=said == expected,
            sentence=f"The contract leads from stamp no. {first} to {said[0]}, from no. {last} to {said[1]}, "
            f"and from the series to {said[2]}.",
        ),
        MetadataCheck(
            passed=True if terms.metadata_frozen else None,
            sentence="The contract can never name another folder."
            if terms.metadata_frozen
            else "The issuer can still let the contract name another folder.",
        ),
    )


def _metadata(dossier: Dossier) -> tuple[Metadata, Cid]:
    metadata = Metadata.of(dossier)
    return metadata, parse_cid(dossier.metadata_root or "")


def _expect(made: Cid, root: Cid) -> None:
    if made != root:
        raise InputError(
            f"The dossier names the folder {root}, but its facts and pictures give {made}.",
            where="dossier.json",
            remedy="Publish with the version of Cryptostamp that issued the series.",
        )


def _write_folder(folder: Path, metadata: Metadata, progress: Progress) -> None:
    """Write all files as a new folder, which appears complete or not at all."""
    if folder.exists() or folder.is_symlink():
        raise InputError(
            "There is something at this place already.", where=str(folder), remedy="Move it away, or name another."
        )
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        for number, (name, data) in enumerate(metadata.files(), 1):
            path = partial / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            if number % 1000 == 0 or number == metadata.count:
                progress("Writing metadata", number, metadata.count)
        partial.rename(folder)
    except OSError as error:
        raise StorageProblem(
            f"The metadata cannot be written: {error.strerror}.",
            where=str(folder),
            remedy="Make room or give the rights, then run again.",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
