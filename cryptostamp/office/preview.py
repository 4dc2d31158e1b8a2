"""Check and preview a series before anything is issued: what it says, and what its stamps will look like."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from cryptostamp.codes import public_symbol
from cryptostamp.edition import variant_indices
from cryptostamp.files import write_file
from cryptostamp.office.printing import check_printable, png_bytes, specimen_code, symbol_version
from cryptostamp.press import (
    FaceRun,
    Places,
    StampFace,
    draw_sheet,
    photograph,
    press_notes,
    render_stamp,
    render_under_lamp,
)
from cryptostamp.primitives import ChainId, Serial, keccak256
from cryptostamp.series import Series, describe, load_series

__all__ = ["Preview", "check", "preview"]

_DPI = 225  # a module of the smallest size, 8 dots of 600 dpi, takes 3 pixels
LOCAL_CHAIN = ChainId(31337)
_MOST = 12
_SHEET_DPI = 150
_PHOTO_DPI = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A series in words and as a picture."""

    series: Series
    text: str
    picture: Path
    """PNG: a row for each variant, a column for each design."""
    sheet: Path | None = None
    """PNG: the first sheet, as the printer gets it."""
    photo: Path | None = None
    """JPEG: the first stamp, as a phone sees it."""
    lamp: Path | None = None
    """PNG: the first stamp under a UV lamp."""
    notes: tuple[str, ...] = ()
    """What its printer should know."""


def check(path: Path) -> Series:
    """Return the series at `path` (a series.toml or its folder) if it can be issued and printed.

    Raises `SeriesFileError` with the line, `ArtworkError` or another `InputError` if it cannot.
    """
    series = load_series(path)
    check_printable(series, LOCAL_CHAIN)
    return series


def preview(
    path: Path, *, picture: Path, sheet: Path | None = None, photo: Path | None = None, lamp: Path | None = None
) -> Preview:
    """Check a series, and draw each design in each variant (at most twelve of each) into the PNG file `picture`.

    A row for each variant, a column for each design; the variants of a single design stand side by side. With
    `sheet` the first sheet is drawn there as PNG, as the printer gets it, its variants as an issue might draw
    them; with `photo` the first stamp as JPEG, as a phone sees it; with `lamp` the same as PNG, under a UV lamp.
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
    if sheet is not None:
        write_file(sheet, png_bytes(draw_sheet(series, _first_sheet(series), dpi=_SHEET_DPI), dpi=_SHEET_DPI))
    if photo is not None:
        write_file(photo, photograph(render_stamp(series, _specimen(series, 0, 0), dpi=_PHOTO_DPI), seed=1))
    if lamp is not None:
        write_file(lamp, png_bytes(render_under_lamp(series, _specimen(series, 0, 0), dpi=_PHOTO_DPI), dpi=_PHOTO_DPI))
    return Preview(
        series=series,
        text=describe(series),
        picture=picture,
        sheet=sheet,
        photo=photo,
        lamp=lamp,
        notes=press_notes(series),
    )


def _first_sheet(series: Series) -> FaceRun:
    """Return the stamps of the first sheet with codes that lead nowhere."""
    serials = [Serial(serial) for serial in Places(series).serials_of(1)]
    codes = [specimen_code(series, LOCAL_CHAIN, serial) for serial in serials]
    version = symbol_version(series, LOCAL_CHAIN)
    drawn = variant_indices(series.variant_counts, keccak256(b"cryptostamp preview"))
    return FaceRun(
        serials=serials,
        designs=[series.designs.index(series.design_of(serial)) for serial in serials],
        variants=[int(drawn[serial - 1]) for serial in serials],
        short_codes=[code.short(series.id).text for code in codes],
        symbols=np.stack([np.packbits(public_symbol(code, least_version=version).modules, axis=1) for code in codes]),
    )


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
