"""The tables of a series.toml, format 1: which fields there are and what each may be.

Every field without a default is required and no other is allowed. Values are checked one by one here (`fields`),
against each other in `rules`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from cryptostamp.primitives import MAX_EDITION
from cryptostamp.series.fields import (
    ARTWORK,
    COLOUR,
    COUNTRY,
    COUNTRY_NAME,
    CURRENCY,
    DOMAIN,
    FACE_VALUE,
    ORDER,
    PROFILE,
    SERIES_ID,
    TEMPLATE,
    key,
    length,
    refuse,
    shown,
    text,
    whole,
)
from cryptostamp.series.models import SerialOrder

__all__ = ["MAX_KINDS", "TABLES", "SeriesTable", "Table"]

MAX_KINDS: Final = 255
"""The most variants that the contract can number, and the most designs, for the same reason."""


class Table(BaseModel):
    """A table of the file: nothing missing, nothing besides."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class IssuerTable(Table):
    """``[issuer]``."""

    name: Annotated[str, text("The issuer's name", 80)]
    country: Annotated[str, COUNTRY]
    country_name: Annotated[str, COUNTRY_NAME]
    domain: Annotated[str, DOMAIN]


class EmissionTable(Table):
    """``[series]``."""

    id: Annotated[str, SERIES_ID]
    title: Annotated[str, text("The title", 60)]
    description: Annotated[str, text("The description", 500)]
    year: Annotated[int, whole("The year", 2000, 2100)]
    face_value: Annotated[Decimal, FACE_VALUE]
    currency: Annotated[str, CURRENCY]
    tariff: Annotated[str, text("The tariff", 100)]
    edition: Annotated[int, whole("The edition", 1, MAX_EDITION, "Split a larger issue into several series.")]


class StampTable(Table):
    """``[stamp]``."""

    width_mm: Annotated[Decimal, length("The stamp's width", 15, 50)]
    height_mm: Annotated[Decimal, length("The stamp's height", 15, 50)]
    template: Annotated[str, TEMPLATE] | None = None


class SheetTable(Table):
    """``[sheet]``."""

    rows: Annotated[int, whole("The number of rows", 1, 60)]
    columns: Annotated[int, whole("The number of columns", 1, 60)]
    selvedge_mm: Annotated[Decimal, length("The selvedge", 5, 60)]
    gauge: Annotated[Decimal, length("The perforation gauge", 7, 18, "")]
    order: Annotated[SerialOrder, ORDER] = SerialOrder.ROW
    stack_sheets: Annotated[int, whole("The number of sheets in a stack", 2, 1000)] = 100
    panes_across: Annotated[int, whole("The number of panes across", 1, 20)] = 1
    panes_down: Annotated[int, whole("The number of panes down", 1, 20)] = 1
    pane_gutter_mm: Annotated[Decimal, length("The gutter between panes", 0, 60)] = Decimal(10)
    gutter_mm: Annotated[Decimal, length("The gutter between stamps", 0, 60)] = Decimal(0)
    bleed_mm: Annotated[Decimal, length("The bleed", 0, 5)] = Decimal(3)
    width_mm: Annotated[Decimal, length("The width of the sheet", 40, 1000)] | None = None
    height_mm: Annotated[Decimal, length("The height of the sheet", 40, 1000)] | None = None


class PrintTable(Table):
    """``[print]``, which a series that is printed by FOGRA39 may leave out."""

    profile: Annotated[str, PROFILE]
    condition: Annotated[str, text("The printing condition", 60)]
    ink_limit: Annotated[int, whole("The ink limit", 200, 400)] = 300


class DesignTable(Table):
    """``[[designs]]``."""

    key: Annotated[str, key("The key of the design")]
    title: Annotated[str, text("The title of the design", 60)]
    artwork: Annotated[str, ARTWORK]


class VariantTable(Table):
    """``[[variants]]``."""

    key: Annotated[str, key("The key of the variant")]
    name: Annotated[str, text("The name of the variant", 40)]
    colour: Annotated[str, COLOUR]
    count: Annotated[int, whole("The count of the variant", 1, MAX_EDITION)]


def _format(value: object) -> object:
    if value != 1 or isinstance(value, bool):
        raise refuse(f"The file says format {shown(value)}, which this version does not know.", "Write format = 1.")
    return 1


class SeriesTable(Table):
    """The whole file."""

    format: Annotated[Literal[1], BeforeValidator(_format)]
    issuer: IssuerTable
    series: EmissionTable
    stamp: StampTable
    sheet: SheetTable
    print: PrintTable | None = None
    designs: list[DesignTable]
    variants: list[VariantTable]


TABLES: Final[dict[str, type[Table]]] = {
    "issuer": IssuerTable,
    "series": EmissionTable,
    "stamp": StampTable,
    "sheet": SheetTable,
    "print": PrintTable,
    "designs": DesignTable,
    "variants": VariantTable,
}
"""The tables of the file by name; `designs` and `variants` are arrays of tables."""
