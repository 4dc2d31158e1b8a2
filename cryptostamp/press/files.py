"""Files that are either complete or not there.

A file is written under a name that starts with a dot and ends in ``.part``, flushed to the disk, and
renamed. Who finds a file under its own name may trust that it was finished. An attempt that was killed
leaves its ``.part``, which the next attempt overwrites.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from cryptostamp.errors import StorageProblem

__all__ = ["sha256_of", "write_whole"]


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Create or replace `path` with what `write` puts into the stream it is given; all of it or nothing.

    Raises `StorageProblem` if the disk refuses; whatever `write` raises passes through.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w+b") as stream:
            try:
                write(stream)
                stream.flush()
                os.fsync(stream.fileno())
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        part.replace(path)
    except OSError as error:
        raise StorageProblem(
            f"The file cannot be written: {error.strerror or error}.",
            where=str(path),
            remedy="Check that the folder exists, may be written to and has room left.",
        ) from error


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
