"""Publish the dossier of an edition: a folder for any web server, disk or archive, with pages that need no server.

::

    FOLDER/
    ├── dossier/         the public dossier; ``cryptostamp verify --issued FOLDER`` reads it
    └── verifier.html    checks stamps by itself; opened from the disk or from any static host

The dossier appears complete or not at all, and is never overwritten. A page is replaced only by one of its own kind,
which its first line tells. Everything else in the folder is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptostamp.edition import Dossier, write_dossier
from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.files import sha256_of, write_file

__all__ = ["PublishedDossier", "publish_dossier"]

_DOSSIER: Final = "dossier"
_FOR_ALL: Final = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDossier:
    """What lies in the folder."""

    folder: Path
    content_address: str
    """Of the dossier."""
    files: int
    """Of the dossier, with its manifest."""
    pages: Mapping[str, str]
    """The SHA-256 of each page, in hex, by its name."""


def publish_dossier(dossier: Dossier, *, folder: Path, pages: Mapping[str, bytes]) -> PublishedDossier:
    """Write a dossier and its pages into a folder, which may be there already; doing it again changes nothing.

    Raises `InputError` if something else is at the place of the dossier or of a page, before anything is written, and
    `StorageProblem` if the disk refuses.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError("This is not a folder.", where=str(folder), remedy="Name another place.")
    for name, page in pages.items():
        _expect_same_kind(folder / name, page)
    address = write_dossier(folder / _DOSSIER, dossier)
    written = {}
    for name, page in pages.items():
        path = folder / name
        write_file(path, page)
        try:
            path.chmod(_FOR_ALL)
        except OSError as error:
            raise StorageProblem(f"The file cannot be opened to all: {error.strerror}.", where=str(path)) from error
        written[name] = sha256_of(path)
    files = sum(1 for _ in (folder / _DOSSIER).iterdir())
    return PublishedDossier(folder=folder, content_address=address, files=files, pages=written)


def _expect_same_kind(path: Path, page: bytes) -> None:
    """Raise `InputError` if there is a file that is no older page of this kind."""
    if not path.exists() and not path.is_symlink():
        return
    first = page.partition(b"\n")[0]
    try:
        same = not path.is_symlink() and path.is_file() and _beginning(path, len(first)) == first
    except OSError as error:
        raise StorageProblem(f"The file cannot be read: {error.strerror}.", where=str(path)) from error
    if not same:
        raise InputError(
            "Something else is already at the place of the page.",
            where=str(path),
            remedy="Move it away, or choose another folder.",
        )


def _beginning(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        return file.read(length)
