"""The edition dossier: what goes public at issue, enough to verify and claim without anybody's server.

A dossier is a few files with fixed bytes: ``dossier.json`` (facts of the series, the edition and the
chain), ``claim-keys.txt`` (line n is the claim key's address of serial n) and what else belongs to
it (compiler input, artwork). This module says what is in it and turns it into bytes and back;
`dossier_folder` keeps it on a disk. It holds nothing secret and asks no node.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from cryptostamp.content import parse_cid
from cryptostamp.edition.claim_key_list import ClaimKeyList
from cryptostamp.edition.edition import Edition
from cryptostamp.errors import ArtworkError, InputError
from cryptostamp.primitives import Address, ChainId, Hash32
from cryptostamp.series.models import Design, Issuer, Money, Series, StampFormat, Variant
from cryptostamp.series.template import StampTemplate

__all__ = [
    "CLAIM_KEYS_NAME",
    "FACTS_NAME",
    "LINE_BYTES",
    "MANIFEST_NAME",
    "Deployment",
    "DesignFacts",
    "Dossier",
    "FileFacts",
    "SeriesFacts",
    "TemplateFacts",
    "check_name",
    "keys_in_lines",
    "manifest_of",
    "parse_claim_keys",
    "public_files",
    "write_claim_keys",
]

FACTS_NAME: Final = "dossier.json"
CLAIM_KEYS_NAME: Final = "claim-keys.txt"
MANIFEST_NAME: Final = "SHA256SUMS"

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_RESERVED: Final = frozenset({FACTS_NAME, CLAIM_KEYS_NAME, MANIFEST_NAME.lower()})
LINE_BYTES: Final = 43
"""Of a claim-keys.txt."""
_NO_DIGIT: Final = 255
_VALUES: Final = np.array([b"0123456789abcdef".find(byte) & 0xFF for byte in range(256)], dtype=np.uint8)
_BAD_LINE: Final = re.compile(rb"^(?!0x[0-9a-f]{40}$).*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignFacts:
    """A design as the public may check it: the picture's hash instead of its place on a disk."""

    key: str
    title: str
    artwork: str
    """The file name of the picture, without folders."""
    sha256: str
    """64 hex digits."""

    @classmethod
    def of(cls, design: Design) -> DesignFacts:
        """Return the facts of a design; reads its artwork."""
        picture = FileFacts.of(design.artwork, f"artwork of the design {design.key!r}")
        return cls(key=design.key, title=design.title, artwork=picture.name, sha256=picture.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """A file as the public may check it."""

    name: str
    """Without folders."""
    sha256: str
    """64 hex digits."""

    @classmethod
    def of(cls, path: Path, what: str) -> FileFacts:
        """Return the facts of a file, which errors call `what`; reads it."""
        return cls(name=path.name, sha256=hashlib.sha256(_read(path, what)).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFacts:
    """The template of a series and the pictures that it brings."""

    name: str
    sha256: str
    pictures: tuple[FileFacts, ...]

    @classmethod
    def of(cls, template: StampTemplate) -> TemplateFacts:
        """Return the facts of a template; reads its file and its pictures."""
        file = FileFacts.of(template.path, "template")
        pictures = tuple(FileFacts.of(path, "picture of the template") for path in template.pictures)
        return cls(name=file.name, sha256=file.sha256, pictures=pictures)


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArtworkError(f"The {what} cannot be read.", where=str(path)) from error


def public_files(series: Series) -> dict[str, bytes]:
    """Return the files that a series is drawn from, by the names under which a dossier holds them.

    Raises `ArtworkError` for a file that cannot be read, and `InputError` for two files of one name or a name
    that a dossier cannot have.
    """
    paths = [design.artwork for design in series.designs]
    if series.template is not None:
        paths += [series.template.path, *series.template.pictures]
    files: dict[str, bytes] = {}
    for path in dict.fromkeys(paths):
        if check_name(path.name) in files:
            raise InputError(
                f"Two files of the series are called {path.name!r}.",
                where=str(path),
                remedy="Give each picture a name of its own: the public dossier has no folders.",
            )
        files[path.name] = _read(path, "artwork")
    return files


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFacts:
    """A series without the folders and the sheet of whoever printed it."""

    id: str
    title: str
    description: str
    year: int
    face_value: Money
    tariff: str
    issuer: Issuer
    stamp: StampFormat
    designs: tuple[DesignFacts, ...]
    variants: tuple[Variant, ...]
    template: TemplateFacts | None = None
    """`None`: the standard template."""

    @classmethod
    def of(cls, series: Series) -> SeriesFacts:
        """Return the facts of a series; reads its artwork."""
        return cls(
            id=series.id,
            title=series.title,
            description=series.description,
            year=series.year,
            face_value=series.face_value,
            tariff=series.tariff,
            issuer=series.issuer,
            stamp=series.stamp,
            designs=tuple(DesignFacts.of(design) for design in series.designs),
            variants=series.variants,
            template=None if series.template is None else TemplateFacts.of(series.template),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Where on which chain the series was issued."""

    chain_id: ChainId
    genesis_hash: Hash32
    """Hash of block 0: tells two chains with the same chain id apart."""
    contract: Address
    registry: Address
    transaction: Hash32
    """The one that issued the series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """The public facts of an issued edition. Every instance agrees with itself."""

    series: SeriesFacts
    edition: Edition
    deployment: Deployment
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    """Further files by name, such as the compiler input."""
    metadata_root: str | None = None
    """CID of the folder of the tokens' metadata, which the contract names; `None` if it was issued without."""

    def __post_init__(self) -> None:
        """Refuse variants that are not those of the edition, a root that is no CID, names that are no file names."""
        counts = tuple(variant.count for variant in self.series.variants)
        if counts != self.edition.counts:
            raise InputError(
                "The variants of the series and the variants of the edition have different counts.", where=FACTS_NAME
            )
        if self.metadata_root is not None:
            parse_cid(self.metadata_root)
        seen: set[str] = set()
        for name in self.files:
            check_name(name)
            # Two names that differ in case only are one file on many disks.
            if name.lower() in _RESERVED or name.lower() in seen:
                raise InputError(f"The name {name!r} is used twice in the dossier.", where=name)
            seen.add(name.lower())


def check_name(name: str) -> str:
    """Return `name` if it is a plain file name: no folder, no hidden file, nothing to escape."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name[:60]!a} is not a file name that a dossier may have.",
            remedy="Use letters, digits, dots, hyphens and underscores, and no folders.",
        )
    return name


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """Return the manifest of `files`, sorted by name, in the form that ``sha256sum --check`` reads.

    The SHA-256 of these bytes is the content address of the dossier.
    """
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(lines).encode("ascii")


def write_claim_keys(keys: ClaimKeyList) -> bytes:
    """Return the bytes of claim-keys.txt: a line for each serial, in lower case."""
    digits = keys.raw.hex()
    return "".join(f"0x{digits[start : start + 40]}\n" for start in range(0, len(digits), 40)).encode("ascii")


def parse_claim_keys(data: bytes) -> ClaimKeyList:
    """Return the claim keys of a claim-keys.txt; every byte must be as `write_claim_keys` writes it."""
    keys = keys_in_lines(data)
    if keys is None or not data:
        bad = _BAD_LINE.search(data.removesuffix(b"\n"))
        line = data.count(b"\n", 0, bad.start() if bad else len(data)) + 1
        raise InputError(
            "The line is not the address of a claim key: 0x and 40 hex digits in lower case.",
            where=f"{CLAIM_KEYS_NAME}:{line}",
            remedy="Get the dossier again from somebody who has it whole.",
        )
    return ClaimKeyList(keys)


def keys_in_lines(data: bytes) -> bytes | None:
    """Return the addresses in whole lines of a claim-keys.txt; `None` if one of them is no such line."""
    if len(data) % LINE_BYTES:
        return None
    lines = np.frombuffer(data, dtype=np.uint8).reshape(-1, LINE_BYTES)
    digits = _VALUES[lines[:, 2:-1]]
    if (lines[:, [0, 1, -1]] != np.frombuffer(b"0x\n", dtype=np.uint8)).any() or (digits == _NO_DIGIT).any():
        return None
    return (digits[:, ::2] << 4 | digits[:, 1::2]).tobytes()
