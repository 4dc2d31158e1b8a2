"""What a department writes: series.toml, checked and turned into immutable values, and its preview.

`load_series` is the only place where a series is checked; every other room takes a `Series` as good.
This room imports no other.
"""

from cryptostamp.series.describe import describe
from cryptostamp.series.file import FILE_NAME, load_series
from cryptostamp.series.models import (
    Design,
    Issuer,
    Money,
    Printing,
    SerialOrder,
    Series,
    SheetLayout,
    StampFormat,
    Variant,
)
from cryptostamp.series.rescale import rescale
from cryptostamp.series.starter import create_series

__all__ = [
    "FILE_NAME",
    "Design",
    "Issuer",
    "Money",
    "Printing",
    "SerialOrder",
    "Series",
    "SheetLayout",
    "StampFormat",
    "Variant",
    "create_series",
    "describe",
    "load_series",
    "rescale",
]
