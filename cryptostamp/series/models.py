"""A series as the rest of the toolkit sees it: validated, immutable, free of file formats.

Lengths are millimetres on paper, money is `Decimal` with an ISO 4217 currency, countries are
ISO 3166-1 alpha-2. `cryptostamp.series.file` makes these from a series.toml and is the only place
that checks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from cryptostamp.primitives import Serial
from cryptostamp.series.template import StampTemplate

__all__ = ["Design", "Issuer", "Money", "Printing", "SerialOrder", "Series", "SheetLayout", "StampFormat", "Variant"]


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


class SerialOrder(StrEnum):
    """In which order the serials of an edition lie on its sheets."""

    ROW = "row"
    """Sheet by sheet, in each pane row by row."""
    COLUMN = "column"
    """Sheet by sheet, in each pane column by column."""
    STACK = "stack"
    """Cut-and-stack: down through a stack of sheets, then the next place, so that cut piles are in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLayout:
    """How stamps lie on a sheet: rows and columns, the selvedge around them, the gauge between them.

    A sheet may have several panes of `rows` x `columns` stamps; it is printed, numbered and cut as one.
    Which serial lies where is for `cryptostamp.press.imposition` to say.
    """

    rows: int
    columns: int
    """Of a pane."""
    selvedge_mm: Decimal
    gauge: Decimal
    """Perforation gauge: holes in 20 mm."""
    order: SerialOrder = SerialOrder.ROW
    stack_sheets: int = 100
    """Sheets in a stack; only `SerialOrder.STACK` asks."""
    panes_across: int = 1
    panes_down: int = 1
    pane_gutter_mm: Decimal = Decimal(10)
    """Paper between panes."""
    gutter_mm: Decimal = Decimal(0)
    """Paper between stamps: none where neighbours share a perforation."""
    bleed_mm: Decimal = Decimal(3)
    """How far a picture that reaches the cut goes on beyond it."""
    width_mm: Decimal | None = None
    height_mm: Decimal | None = None
    """The sheet as it is sold, with the stamps in its middle; `None` is the stamps and the selvedge."""

    @property
    def stamps(self) -> int:
        """The number of stamps on a full sheet."""
        return self.pane_stamps * self.panes_across * self.panes_down

    @property
    def pane_stamps(self) -> int:
        """The number of stamps on a full pane."""
        return self.rows * self.columns

    def trimmed_mm(self, unit_width_mm: Decimal, unit_height_mm: Decimal) -> tuple[Decimal, Decimal]:
        """Return width and height of a sheet as it is sold, with units of this size."""
        across, down = self.panes_across, self.panes_down
        pane_width = self.columns * unit_width_mm + (self.columns - 1) * self.gutter_mm
        pane_height = self.rows * unit_height_mm + (self.rows - 1) * self.gutter_mm
        width = across * pane_width + (across - 1) * self.pane_gutter_mm + 2 * self.selvedge_mm
        height = down * pane_height + (down - 1) * self.pane_gutter_mm + 2 * self.selvedge_mm
        return self.width_mm or width, self.height_mm or height


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """The printing condition that colours are separated for."""

    profile: Path | None = None
    """Absolute path of an ICC output profile; `None` is the one that the package brings."""
    condition: str = "FOGRA39"
    """Its identifier in the register of the ICC, or the printer's own name for it."""
    ink_limit: int = 300
    """The most ink that the paper takes, all colours together, in per cent."""


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
    printing: Printing = Printing()
    template: StampTemplate | None = None
    """What template.toml describes; without one, the press has a standard template."""

    @property
    def variant_counts(self) -> tuple[int, ...]:
        """The exact count of each variant, in the order of `variants`."""
        return tuple(variant.count for variant in self.variants)

    def design_of(self, serial: Serial) -> Design:
        """Return what is drawn on the stamp with this serial: the designs follow one another in order."""
        return self.designs[(serial - 1) % len(self.designs)]
