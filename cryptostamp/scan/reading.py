"""From a picture to the texts of the QR symbols in it.

The decoder is zxing-cpp, which is not the library that drew the symbols. The picture comes from a
stranger: its size, its format and the number of its pixels are bounded before anything is decoded,
and whatever is wrong with it is an answer, never an exception.

It does not judge what it reads, and it does not yet read what a postmark has hidden.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import zxingcpp
from PIL import Image, UnidentifiedImageError

from cryptostamp.errors import InputError

__all__ = ["MAX_BYTES", "MAX_PIXELS", "Reading", "Symbol", "read_photo", "read_symbols"]

MAX_BYTES = 40 * 1024 * 1024
"""The largest file that is looked at."""

MAX_PIXELS = 64_000_000
"""The largest picture that is decoded: more than any telephone takes in one shot, 256 MB in memory."""

FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """One QR symbol: its text as it stands, and its corners in pixels, clockwise from its top left."""

    text: str
    corners: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was found in a picture. `problem` says in one sentence why nothing could be read, or is empty."""

    symbols: tuple[Symbol, ...] = ()
    problem: str = ""


def read_photo(path: Path) -> Reading:
    """Read the QR symbols in a file; raise `InputError` only if there is no such file to read."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"The picture cannot be opened: {error.strerror}.", where=str(path), remedy="Check the name of the file."
        ) from error
    return read_symbols(data)


def read_symbols(data: bytes) -> Reading:
    """Read the QR symbols in the bytes of a JPEG, PNG or WebP picture, ordered from top left to bottom right."""
    try:
        grey = _grey(data)
    except _UnreadableError as error:
        return Reading(problem=str(error))
    found = zxingcpp.read_barcodes(
        grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode), text_mode=zxingcpp.TextMode.Plain
    )
    symbols = sorted((_symbol(each) for each in found), key=lambda symbol: (symbol.corners[0][1], symbol.corners[0][0]))
    if not symbols:
        return Reading(problem="No QR code was found in the picture.")
    return Reading(symbols=tuple(symbols))


class _UnreadableError(Exception):
    """The sentence that says why a picture cannot be read."""


def _grey(data: bytes) -> Image.Image:
    """Return the picture in shades of grey, or raise `_UnreadableError`."""
    too_large = f"The picture has more than {MAX_PIXELS // 10**6} million pixels."
    if len(data) > MAX_BYTES:
        raise _UnreadableError(f"The picture is larger than {MAX_BYTES // 1024**2} MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise _UnreadableError(too_large)
                return _on_white(picture).convert("L")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _UnreadableError(too_large) from error
    except UnidentifiedImageError as error:
        raise _UnreadableError("The file is not a JPEG, PNG or WebP picture.") from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise _UnreadableError("The picture is damaged or cut short.") from error


def _on_white(picture: Image.Image) -> Image.Image:
    """Lay a picture with transparent parts on white paper, or the quiet zone may turn black."""
    if not picture.has_transparency_data:
        return picture
    with_alpha = picture.convert("RGBA")
    paper = Image.new("RGBA", with_alpha.size, "white")
    paper.alpha_composite(with_alpha)
    return paper


def _symbol(found: zxingcpp.Barcode) -> Symbol:
    place = found.position
    corners = tuple((p.x, p.y) for p in (place.top_left, place.top_right, place.bottom_right, place.bottom_left))
    return Symbol(text=found.text, corners=corners)
