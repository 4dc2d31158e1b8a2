"""From a picture to the texts of the symbols in it, however bad the picture is.

General readers first: zxing-cpp at a glance, then in full, then OpenCV's WeChat reader. Where they leave something
unread and the edition is known, the stamps are found by their picture and told by their edition (`recover`). The
picture comes from a stranger: what is wrong with it is an answer, never an exception.

It does not judge what it reads. A text that a general reader gives may say anything; one that was recovered is
always of the edition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cryptostamp.errors import InputError
from cryptostamp.scan.cascade import GeneralReading, read_wechat, read_zxing
from cryptostamp.scan.known import PreparedEdition
from cryptostamp.scan.pictures import MAX_BYTES, MAX_PIXELS, UnreadableError, first_look, load_pages
from cryptostamp.scan.recover import recover_stamps

__all__ = ["MAX_BYTES", "MAX_PIXELS", "Reading", "Symbol", "read_grey", "read_photo", "read_symbols"]

_NOTHING = "No QR code was found in the picture."


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """One QR symbol: its text as it stands, and its corners in pixels, clockwise from its top left."""

    text: str = field(repr=False)
    corners: tuple[tuple[int, int], ...]
    page: int = 0
    """Of a PDF, from 0; its pixels are those of 300 dpi, or fewer on a large page."""
    error: float | None = None
    """Of a text that was told by its edition, the estimated probability that it is another stamp; else `None`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was found in a picture. `problem` says in one sentence why nothing could be read, or is empty."""

    symbols: tuple[Symbol, ...] = ()
    problem: str = ""


def read_photo(path: Path, editions: Sequence[PreparedEdition] = ()) -> Reading:
    """Read the QR symbols in a file; raise `InputError` only if there is no such file to read."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"The picture cannot be opened: {error.strerror}.", where=str(path), remedy="Check the name of the file."
        ) from error
    return read_symbols(data, editions)


def read_symbols(data: bytes, editions: Sequence[PreparedEdition] = ()) -> Reading:
    """Read the symbols in the bytes of a picture, page by page from top left to bottom right.

    Of a single symbol that a general reader reads at a glance nothing more is asked. In a picture with several, or
    with some that cannot be read, stamps of `editions` are looked for that nobody has read.
    """
    look = first_look(data)
    if look is not None:
        readings, unread = read_zxing(look[0])
        if len(readings) == 1 and not unread:
            return Reading(symbols=tuple(_symbol(_enlarged(reading, look[1])) for reading in readings))
    try:
        pages = load_pages(data)
    except UnreadableError as error:
        return Reading(problem=str(error))
    symbols = [replace(symbol, page=page) for page, grey in enumerate(pages) for symbol in read_grey(grey, editions)]
    return Reading(symbols=tuple(symbols), problem="" if symbols else _NOTHING)


def read_grey(grey: npt.NDArray[np.uint8], editions: Sequence[PreparedEdition] = ()) -> tuple[Symbol, ...]:
    """Read the symbols in a picture (height, width) in shades of grey, such as a frame of a camera."""
    readings, unread = read_zxing(grey)
    if not readings:
        readings = read_wechat(grey)
    symbols = [_symbol(reading) for reading in readings]
    if editions and (unread or len(symbols) != 1):
        recovered = recover_stamps(grey, editions, [(symbol.text, symbol.corners) for symbol in symbols])
        symbols += [Symbol(text=each.text, corners=each.corners, error=each.error) for each in recovered]
    return tuple(sorted(symbols, key=lambda symbol: (symbol.corners[0][1], symbol.corners[0][0])))


def _symbol(reading: GeneralReading) -> Symbol:
    return Symbol(text=reading.text, corners=reading.corners)


def _enlarged(reading: GeneralReading, times: int) -> GeneralReading:
    return replace(reading, corners=tuple((x * times, y * times) for x, y in reading.corners))
