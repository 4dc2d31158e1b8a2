"""Files that are either complete or not there.

A file is written under a name that begins with a dot and ends in ``.part``, flushed to the disk, and
renamed. Whoever finds a file under its own name may trust that it was finished. An attempt that was
killed leaves its ``.part``, which the next attempt overwrites; a lock on it keeps two processes from
writing one file. Files belong to their owner alone (mode 600): what is to be public is copied.
Rests on POSIX ``rename`` and ``flock``; does not bring back a disk that forgets what it was told to sync.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from cryptostamp.errors import StorageProblem

__all__ = ["sha256_of", "short_lived", "write_file", "write_whole"]

_lasting: ContextVar[bool] = ContextVar("lasting", default=True)
"""Whether files are flushed to the disk before they are shown."""


def write_whole(path: Path, write: Callable[[BinaryIO], object], *, replace: bool = True) -> None:
    """Create or replace `path` with what `write` puts into the stream it is given; all of it or nothing.

    Folders that are missing are made. Without `replace`, a file that is there already is left alone.
    Raises `StorageProblem` if the disk refuses, or if another process is writing the same file; what
    `write` raises passes through, but for `OSError`, which is the disk's.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(part, path) as descriptor:
            try:
                with os.fdopen(descriptor, "w+b", closefd=False) as stream:
                    write(stream)
                    stream.flush()
                    if _lasting.get():
                        os.fsync(descriptor)
                if replace:
                    part.replace(path)
                else:
                    path.hardlink_to(part)  # fails if there is a file, even one that was made this very moment
                    part.unlink()
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        if _lasting.get():
            _sync_folder(path.parent)
    except OSError as error:
        raise StorageProblem(
            f"The file cannot be written: {error.strerror or error}.",
            where=str(path),
            remedy="Check that it is not there already, and check free space and permissions.",
        ) from error


@contextmanager
def short_lived() -> Iterator[None]:
    """Within this, and in this thread, files need not survive a power cut: those of a temporary folder."""
    token = _lasting.set(False)
    try:
        yield
    finally:
        _lasting.reset(token)


def write_file(path: Path, data: bytes | memoryview, *, replace: bool = True) -> None:
    """Write a file of these bytes, as `write_whole` does."""
    write_whole(path, lambda stream: stream.write(data), replace=replace)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _locked(part: Path, path: Path) -> Iterator[int]:
    """Hold an empty file that no other process writes."""
    while True:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StorageProblem(
                    "Another process is writing this file.",
                    where=str(path),
                    remedy="Wait until it has ended, or stop it, then run the same command again.",
                ) from None
            if _is_still(part, descriptor):
                os.fchmod(descriptor, 0o600)
                os.ftruncate(descriptor, 0)
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _is_still(part: Path, descriptor: int) -> bool:
    """Tell whether the name still leads to the file that was opened, and was not renamed before it was locked."""
    try:
        return os.path.samestat(part.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    """Make a renaming survive a power cut as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
