"""A series as the rest of the toolkit sees it: validated, immutable, free of file formats.

Lengths are millimetres on paper, money is `Decimal` with an ISO 4217 currency, countries are
ISO 3166-1 alpha-2. `cryptostamp.series.file` makes these from a series.toml and is the only place
that checks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cryptostamp.primitives import Serial
from cryptostamp.series.template import StampTemplate

__all__ = ["Design", "Issuer", "Money", "Series", "SheetLayout", "StampFormat", "Variant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The post that issues: a designated operator in the sense of the UPU."""

    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    country_name: str
    """In Latin letters, as it is printed on the stamp (UPU Convention, article 6)."""
    domain: str
    """The host of the public code, lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An exact amount of an ISO 4217 currency."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What is drawn on a stamp. Serials take the designs of a series in turn (se-tenant)."""

    key: str
    title: str
    artwork: Path
    """Absolute path of an SVG whose ``currentColor`` is the colour of the variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A rarity class of the digital twin with its exact count in the edition."""

    key: str
    name: str
    colour: str
    """``#rrggbb``."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StampFormat:
    """The size of a stamp from perforation to perforation."""

    width_mm: Decimal
    height_mm: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLayout:
    """How stamps lie on a sheet: rows and columns, the selvedge around them, the gauge between them."""

    rows: int
    columns: int
    selvedge_mm: Decimal
    gauge: Decimal
    """Perforation gauge: holes in 20 mm."""

    @property
    def stamps(self) -> int:
        """The number of stamps on a full sheet."""
        return self.rows * self.columns

    def place_of(self, serial: Serial) -> tuple[int, int]:
        """Return the sheet of a stamp and its position there, row by row; both count from 1."""
        sheet, position = divmod(serial - 1, self.stamps)
        return sheet + 1, position + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One emission. Everything that is known before the first stamp is issued."""

    id: str
    """2 to 8 upper-case letters or digits: the first part of the short code and the token symbol."""
    title: str
    description: str
    year: int
    face_value: Money
    tariff: str
    """The postage the face value pays, in words."""
    edition: int
    """N: serials are 1..N."""
    issuer: Issuer
    stamp: StampFormat
    sheet: SheetLayout
    designs: tuple[Design, ...]
    variants: tuple[Variant, ...]
    """In the order of the file; the counts add up to `edition`."""
    folder: Path
    """Absolute path of the folder that holds series.toml."""
    template: StampTemplate | None = None
    """What template.toml describes; without one, the press has a standard template."""

    @property
    def variant_counts(self) -> tuple[int, ...]:
        """The exact count of each variant, in the order of `variants`."""
        return tuple(variant.count for variant in self.variants)

    def design_of(self, serial: Serial) -> Design:
        """Return what is drawn on the stamp with this serial: the designs follow one another in order."""
        return self.designs[(serial - 1) % len(self.designs)]
