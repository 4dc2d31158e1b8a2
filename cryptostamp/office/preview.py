"""Check and preview a series before anything is issued: what it says, and what its stamps will look like."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from cryptostamp.codes import public_symbol
from cryptostamp.files import write_file
from cryptostamp.office.printing import check_printable, png_bytes, specimen_code, symbol_version
from cryptostamp.press import StampFace, render_stamp
from cryptostamp.primitives import ChainId, Serial
from cryptostamp.series import Series, describe, load_series

__all__ = ["Preview", "check", "preview"]

_DPI = 225  # a module of the smallest size, 8 dots of 600 dpi, takes 3 pixels
LOCAL_CHAIN = ChainId(31337)
_MOST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A series in words and as a picture."""

    series: Series
    text: str
    picture: Path
    """PNG: a row for each variant, a column for each design."""


def check(path: Path) -> Series:
    """Return the series at `path` (a series.toml or its folder) if it can be issued and printed.

    Raises `SeriesFileError` with the line, `ArtworkError` or another `InputError` if it cannot.
    """
    series = load_series(path)
    check_printable(series, LOCAL_CHAIN)
    return series


def preview(path: Path, *, picture: Path) -> Preview:
    """Check a series, and draw each design in each variant (at most twelve of each) into the PNG file `picture`.

    A row for each variant, a column for each design; the variants of a single design stand side by side.
    The codes on these stamps lead nowhere: nothing has been issued, and a scan says so.
    """
    series = check(path)
    rows = [
        [
            render_stamp(series, _specimen(series, variant, design), dpi=_DPI).convert("RGBA")
            for design in range(min(len(series.designs), _MOST))
        ]
        for variant in range(min(len(series.variants), _MOST))
    ]
    if len(series.designs) == 1:
        rows = [[stamp for row in rows for stamp in row]]
    width, height = rows[0][0].size
    board = Image.new("RGB", (width * len(rows[0]), height * len(rows)), "white")
    for y, row in enumerate(rows):
        for x, stamp in enumerate(row):
            board.paste(stamp, (x * width, y * height), stamp)
    write_file(picture, png_bytes(board, dpi=_DPI))
    return Preview(series=series, text=describe(series), picture=picture)


def _specimen(series: Series, variant: int, design: int) -> StampFace:
    serial = Serial(min(variant * len(series.designs) + design + 1, series.edition))
    code = specimen_code(series, LOCAL_CHAIN, serial)
    return StampFace(
        serial=serial,
        design=series.designs[design],
        variant=series.variants[variant],
        symbol=public_symbol(code, least_version=symbol_version(series, LOCAL_CHAIN)),
        short_code=code.short(series.id).text,
    )
