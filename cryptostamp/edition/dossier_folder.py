"""A dossier on a disk: written whole or not at all, and believed only after every hash has been checked.

``SHA256SUMS`` lists every file (``sha256sum --check SHA256SUMS`` reads it), and its own SHA-256 is
the content address of the dossier. Files that it does not list are not part of the dossier and are
never opened. A folder that passes here agrees with itself; whether a post has issued it is for the
registry of posts to say.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptostamp.edition.claim_key_list import ClaimKeyList
from cryptostamp.edition.dossier import (
    CLAIM_KEYS_NAME,
    FACTS_NAME,
    LINE_BYTES,
    MANIFEST_NAME,
    Dossier,
    check_name,
    keys_in_lines,
    manifest_of,
    parse_claim_keys,
    write_claim_keys,
)
from cryptostamp.edition.dossier_json import parse_facts, write_facts
from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.primitives import MAX_EDITION

__all__ = ["content_address", "read_address", "read_dossier", "write_dossier"]

_LINE: Final = re.compile(r"([0-9a-f]{64})  (.+)")
_MAX_FILES: Final = 1000
_MAX_BYTES: Final = {MANIFEST_NAME: 200_000, FACTS_NAME: 4_000_000, CLAIM_KEYS_NAME: LINE_BYTES * MAX_EDITION}
_MAX_OTHER_BYTES: Final = 64_000_000
_LINES_AT_ONCE: Final = 1 << 14
_WHOLE: Final = "Get the dossier again from somebody who has it whole."


def content_address(dossier: Dossier) -> str:
    """Return ``sha256:`` and 64 digits: the name of exactly these bytes."""
    return _address_of(manifest_of(_render(dossier)))


def write_dossier(folder: Path, dossier: Dossier) -> str:
    """Write the dossier as a new folder and return its content address.

    The folder appears complete or not at all. A folder that already holds the same dossier is left
    as it is; one that holds anything else is refused with `InputError`.
    """
    files = _render(dossier)
    files[MANIFEST_NAME] = manifest_of(files)
    if folder.exists() or folder.is_symlink():
        _expect_same(folder, files)
    else:
        _create(folder, files)
    return _address_of(files[MANIFEST_NAME])


def read_dossier(folder: Path, *, checked: str | None = None) -> Dossier:
    """Return the dossier in `folder` after checking every hash, the counts, the seed and the edition root.

    `checked` is the content address of a dossier that was read or made before: the root of one with the same address,
    and so with the same bytes, is not computed again. Raises `InputError` that names the file for anything malformed,
    and `StorageProblem` for a disk that does not answer.
    """
    try:
        return _read(folder, checked)
    except InputError as error:
        raise InputError(error.what, where=str(folder / error.where), remedy=error.remedy or _WHOLE) from error


def read_address(folder: Path) -> str:
    """Return the content address of the dossier in `folder`, whose files are not looked at."""
    return _address_of(_read_file(folder, MANIFEST_NAME))


def _read(folder: Path, checked: str | None) -> Dossier:
    files = {}
    manifest = _read_file(folder, MANIFEST_NAME)
    claim_keys = None
    for name, digest in _parse_manifest(manifest).items():
        if name == CLAIM_KEYS_NAME:
            found, claim_keys = _read_claim_keys(folder)
        else:
            files[name] = _read_file(folder, name)
            found = hashlib.sha256(files[name]).hexdigest()
        if found != digest:
            raise InputError("The file was changed after the dossier was written.", where=name)
        if name == CLAIM_KEYS_NAME and claim_keys is None:
            claim_keys = parse_claim_keys(_read_file(folder, name))  # says in which line the fault lies
    for name, there in ((FACTS_NAME, FACTS_NAME in files), (CLAIM_KEYS_NAME, claim_keys is not None)):
        if not there:
            raise InputError(f"The dossier does not list {name}.", where=MANIFEST_NAME)
    assert claim_keys is not None  # noqa: S101 (has just been seen to)
    return parse_facts(files.pop(FACTS_NAME), claim_keys, files, root_checked=checked == _address_of(manifest))


def _parse_manifest(data: bytes) -> dict[str, str]:
    digests: dict[str, str] = {}
    lines = data.decode("utf-8", "replace").split("\n")
    for number, line in enumerate(lines[:-1], start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise InputError("The line is not a hash and a file name.", where=f"{MANIFEST_NAME}:{number}")
        digests[check_name(match[2])] = match[1]
    if lines[-1] or len(lines) - 1 != len(digests) or list(digests) != sorted(digests) or len(digests) > _MAX_FILES:
        raise InputError("It is not a sorted list of different files.", where=MANIFEST_NAME)
    return digests


def _read_claim_keys(folder: Path) -> tuple[str, ClaimKeyList | None]:
    """Return the SHA-256 of the list and its keys, `None` if it is malformed; the whole file is never in memory."""
    path = _plain_file(folder, CLAIM_KEYS_NAME)
    digest, parts, sound = hashlib.sha256(), list[bytes](), True
    try:
        with path.open("rb") as file:
            while lines := file.read(_LINES_AT_ONCE * LINE_BYTES):
                digest.update(lines)
                keys = keys_in_lines(lines) if sound else None
                sound = keys is not None
                parts.append(keys or b"")
                if file.tell() > _MAX_BYTES[CLAIM_KEYS_NAME]:
                    raise InputError("The file has more lines than any edition has stamps.", where=CLAIM_KEYS_NAME)
    except OSError as error:
        raise StorageProblem(f"The file cannot be read: {error.strerror}.", where=str(path)) from error
    return digest.hexdigest(), ClaimKeyList(b"".join(parts)) if sound and parts else None


def _plain_file(folder: Path, name: str) -> Path:
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise InputError("The file is missing, or is not a plain file.", where=name)
    return path


def _read_file(folder: Path, name: str) -> bytes:
    path = _plain_file(folder, name)
    maximum = _MAX_BYTES.get(name, _MAX_OTHER_BYTES)
    try:
        with path.open("rb") as file:
            data = file.read(maximum + 1)
    except OSError as error:
        raise StorageProblem(f"The file cannot be read: {error.strerror}.", where=str(path)) from error
    if len(data) > maximum:
        raise InputError(f"The file has more than {maximum} bytes.", where=name)
    return data


def _render(dossier: Dossier) -> dict[str, bytes]:
    return {
        **dossier.files,
        FACTS_NAME: write_facts(dossier),
        CLAIM_KEYS_NAME: write_claim_keys(dossier.edition.claim_keys),
    }


def _address_of(manifest: bytes) -> str:
    return f"sha256:{hashlib.sha256(manifest).hexdigest()}"


def _expect_same(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        try:
            same = _read_file(folder, name) == data
        except InputError:
            same = False
        if not same:
            raise InputError(
                "Something else is already at the place of the dossier.",
                where=str(folder),
                remedy="Move it away, or choose another folder: a published dossier is never overwritten.",
            )


def _create(folder: Path, files: dict[str, bytes]) -> None:
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        begun = [each for each in folder.parent.iterdir() if each.match(".*.partial")]
        for left in (each for each in begun if each.name.startswith(f".{folder.name}.")):
            with _sole_holder(left) as dead:
                if dead:
                    shutil.rmtree(left, ignore_errors=True)
        partial.mkdir()
        with _sole_holder(partial):
            for name, data in files.items():
                with (partial / name).open("xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            partial.rename(folder)
    except OSError as error:
        raise StorageProblem(
            f"The dossier cannot be written: {error.strerror}.",
            where=str(folder),
            remedy="Make room or give the rights, then run again.",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def _sole_holder(folder: Path) -> Iterator[bool]:
    """Hold a folder that is being written, and tell whether nobody else does: what was killed holds nothing."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
