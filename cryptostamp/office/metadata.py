"""The metadata of the tokens of an edition: what wallets and markets show, in a folder whose address follows from it.

::

    <root CID>/
    ├── 1.json, 2.json …    one for each stamp: ERC-721 metadata with attributes
    ├── series.json         the series as a whole: ERC-7572
    └── pictures/           one for each design and variant that occurs

JSON is canonical (RFC 8785): UTF-8, sorted keys, no blanks. All of it follows from what the dossier holds, so that
the root is known before the contract is, and anybody can compute it again. Nothing in it names a chain, an
address, an owner or a claim; nothing begins like a formula of a spreadsheet or looks like HTML.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Final

import numpy as np

from cryptostamp.content import Folder, Node, Put, add_bytes
from cryptostamp.edition import Dossier, Edition, SeriesFacts, variant_indices
from cryptostamp.errors import InputError

__all__ = ["CONTRACT_FILE", "PICTURES_FOLDER", "Metadata", "base_uri", "picture_name", "pictures_needed", "share_text"]

CONTRACT_FILE: Final = "series.json"
PICTURES_FOLDER: Final = "pictures"
_REPORT_EVERY: Final = 5000
_NUMBER: Final = "\0#"
"""Stands for the serial as a number; a NUL alone for the serial in a text. No text of a series has one."""
_HUNDREDTH: Final = Decimal("0.01")


def base_uri(root: str) -> str:
    """Return what a contract takes for the folder with this CID."""
    return f"ipfs://{root}/"


def picture_name(design: str, variant: str) -> str:
    """Return the name of the picture of a design and variant, by their keys."""
    return f"{design}.{variant}.webp"


def pictures_needed(designs: int, edition: Edition) -> list[tuple[int, int]]:
    """Return the index of design and variant of every picture that a token of the edition has, in order."""
    variants = variant_indices(edition.counts, edition.seed)
    kinds = np.unique(np.arange(edition.size) % designs * len(edition.counts) + variants)
    return [divmod(int(kind), len(edition.counts)) for kind in kinds]


def share_text(count: int, edition: int) -> str:
    """Return what part of an edition `count` stamps are, in per cent: two decimals, or two digits if it is less."""
    share = Decimal(100) * count / edition
    step = _HUNDREDTH if share >= 1 else Decimal((0, (1,), share.adjusted() - 1))
    return f"{share.quantize(step, ROUND_HALF_UP).normalize():f} %"


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The metadata of one edition. Same facts, seed and pictures, same bytes."""

    series: SeriesFacts
    edition: Edition = field(repr=False)
    pictures: Mapping[str, bytes] = field(repr=False)
    """By `picture_name`; those of `pictures_needed` and no other."""

    @classmethod
    def of(cls, dossier: Dossier) -> Metadata:
        """Return the metadata that a dossier holds; raise `InputError` if it was issued without."""
        facts, edition = dossier.series, dossier.edition
        if dossier.metadata_root is None:
            raise InputError(
                f"The series {facts.id} was issued without metadata.",
                remedy="Its contract may still let the issuer name a folder; this program made none for it.",
            )
        names = _names(facts, edition)
        missing = [name for name in names if name not in dossier.files]
        if missing:
            raise InputError(
                f"The dossier lacks the picture {missing[0]}.", remedy="Get it again from somebody who has it whole."
            )
        return cls(series=facts, edition=edition, pictures={name: dossier.files[name] for name in names})

    def __post_init__(self) -> None:
        """Refuse pictures that are not those of the edition."""
        if sorted(self.pictures) != sorted(_names(self.series, self.edition)):
            raise InputError("The pictures are not those of the designs and variants of the edition.")

    @property
    def count(self) -> int:
        """How many files there are."""
        return self.edition.size + len(self.pictures) + 1

    @cached_property
    def pictures_uri(self) -> str:
        """The address of the folder of pictures, with the slash at its end."""
        return f"ipfs://{self._add_pictures(lambda _cid, _block: None).cid}/"

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield each file with its path in the folder: pictures, series, stamps by serial."""
        for name in sorted(self.pictures):
            yield f"{PICTURES_FOLDER}/{name}", self.pictures[name]
        yield CONTRACT_FILE, self.of_series()
        yield from self._stamps()

    def build(self, put: Put, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Node:
        """Hand on every block of the folder, the root last, and return it. Memory: some 100 bytes a stamp."""
        folder = Folder()
        folder.add(PICTURES_FOLDER, self._add_pictures(put))
        folder.add(CONTRACT_FILE, add_bytes(self.of_series(), put))
        for number, (name, data) in enumerate(self._stamps(), 1):
            folder.add(name, add_bytes(data, put))
            if number % _REPORT_EVERY == 0 or number == self.edition.size:
                progress(number, self.edition.size)
        return folder.finish(put)

    def of_series(self) -> bytes:
        """Return series.json."""
        series = self.series
        first = picture_name(*self._keys(pictures_needed(len(series.designs), self.edition)[0]))
        return _canonical(
            {
                "name": _harmless(series.title),
                "symbol": series.id,
                "description": _harmless(series.description),
                "image": self.pictures_uri + first,
                "external_link": _website(series),
            }
        )

    def _stamps(self) -> Iterator[tuple[str, bytes]]:
        variants = variant_indices(self.edition.counts, self.edition.seed).tobytes()
        designs = len(self.series.designs)
        patterns: dict[tuple[int, int], list[bytes]] = {}
        for number, variant in enumerate(variants, 1):
            kind = (number - 1) % designs, variant
            pattern = patterns.get(kind)
            if pattern is None:
                pattern = patterns[kind] = self._pattern(*kind)
            digits = b"%d" % number
            yield f"{number}.json", digits.join(pattern)

    def _pattern(self, design_index: int, variant_index: int) -> list[bytes]:
        """Return the JSON of the stamps of a design and variant, cut where the serial stands."""
        series, size = self.series, self.edition.size
        design, variant = series.designs[design_index], series.variants[variant_index]
        count = self.edition.counts[variant_index]
        issuer = series.issuer
        attributes: list[dict[str, Any]] = [
            _number("Serial", _NUMBER, size),
            _text("Design", design.title),
            _text("Variant", variant.name),
            _number("Stamps of this variant", count, size),
            _text("Share of the edition", share_text(count, size)),
            _text("Face value", str(series.face_value)),
            _text("Postage", series.tariff),
            _text("Issuer", issuer.name),
            _text("Country", issuer.country_name),
            _number("Year", series.year),
        ]
        data = _canonical(
            {
                "name": _harmless(f"{series.title} no. \0"),
                "description": _harmless(
                    f"{series.description} Stamp no. \0 of {size}: {design.title}, {variant.name} ({count} of {size}). "
                    f"Issued by {issuer.name}, {issuer.country_name}, {series.year}."
                ),
                "image": self.pictures_uri + picture_name(design.key, variant.key),
                "external_url": _website(series),
                "attributes": attributes,
            }
        )
        return data.replace(b'"\\u0000#"', b"\\u0000").split(b"\\u0000")

    def _add_pictures(self, put: Put) -> Node:
        folder = Folder()
        for name, data in self.pictures.items():
            folder.add(name, add_bytes(data, put))
        return folder.finish(put)

    def _keys(self, kind: tuple[int, int]) -> tuple[str, str]:
        return self.series.designs[kind[0]].key, self.series.variants[kind[1]].key


def _names(series: SeriesFacts, edition: Edition) -> list[str]:
    kinds = pictures_needed(len(series.designs), edition)
    return [picture_name(series.designs[design].key, series.variants[variant].key) for design, variant in kinds]


def _website(series: SeriesFacts) -> str:
    return f"https://{series.issuer.domain}/"


def _text(name: str, value: str) -> dict[str, Any]:
    return {"trait_type": name, "value": _harmless(value)}


def _number(name: str, value: int | str, most: int | None = None) -> dict[str, Any]:
    number: dict[str, Any] = {"trait_type": name, "display_type": "number", "value": value}
    return number if most is None else number | {"max_value": most}


def _harmless(text: str) -> str:
    """Return a text that no page takes for HTML and no spreadsheet for a formula, and that still reads the same."""
    text = text.replace("<", "\u2039").replace(">", "\u203a")  # angle quotation marks
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
