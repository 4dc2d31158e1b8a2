"""All QR symbols of a printed sheet that was turned into pixels: their texts, their places, how well they read.

Same decoder as `reading`, zxing-cpp, which drew none of the symbols. A sheet comes from our own reader of
print files and is bounded there. What a symbol says is passed on as it stands: it may be anything, even
a hidden code, and is nothing to be shown before somebody has looked at what kind of text it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import zxingcpp

__all__ = ["PageSymbol", "read_page", "read_place"]

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_BINARIZERS = (
    zxingcpp.Binarizer.LocalAverage,
    zxingcpp.Binarizer.GlobalHistogram,
    zxingcpp.Binarizer.FixedThreshold,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSymbol:
    """One QR symbol of a sheet."""

    text: str = field(repr=False)
    corners: tuple[tuple[int, int], ...]
    """In pixels, clockwise from the upper left corner of the symbol."""
    unused_correction: float
    """How much of the error correction was not needed, 0..1: below 1 something lies on the symbol (ISO/IEC 15415)."""

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the symbol, in pixels."""
        return sum(x for x, _ in self.corners) / 4, sum(y for _, y in self.corners) / 4


def read_page(grey: npt.NDArray[np.uint8]) -> tuple[PageSymbol, ...]:
    """Return all QR symbols of a sheet (height, width) in shades of grey, from top to bottom, then left to right.

    At most 255 are found at once: look at each place by itself (`read_place`) for what is missing.
    """
    found = zxingcpp.read_barcodes(
        grey, formats=_QR, text_mode=zxingcpp.TextMode.Plain, try_invert=False, try_downscale=False
    )
    return tuple(sorted((_symbol(each) for each in found), key=lambda symbol: symbol.corners[0][::-1]))


def read_place(grey: npt.NDArray[np.uint8]) -> tuple[PageSymbol, ...]:
    """Return the symbols in a small part of a sheet, trying harder: three ways to part dark from light."""
    if not grey.size:
        return ()
    for binarizer in _BINARIZERS:
        found = zxingcpp.read_barcodes(grey, formats=_QR, text_mode=zxingcpp.TextMode.Plain, binarizer=binarizer)
        if found:
            return tuple(_symbol(each) for each in found)
    return ()


def _symbol(found: zxingcpp.Barcode) -> PageSymbol:
    place, extra = found.position, found.extra
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return PageSymbol(
        text=found.text,
        corners=tuple((corner.x, corner.y) for corner in corners),
        unused_correction=float(extra["UEC"]) if isinstance(extra, dict) and "UEC" in extra else 1.0,
    )
