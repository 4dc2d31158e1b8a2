"""The general readers, one after the other: zxing-cpp, then OpenCV's WeChat reader for what it cannot read.

Neither drew the symbols. What they read is passed on as it stands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

__all__ = ["GeneralReading", "read_wechat", "read_zxing"]

_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_WECHAT_PIXELS: Final = 1_000_000
"""Larger pictures are made smaller: the reader's time grows with them."""
_LEAST_PX: Final = 21
"""The smallest symbol has so many modules a side."""
_LONGEST: Final = 2.5
"""Long strips are left out: the reader enlarges them until it needs minutes."""
_MOST_EDGES: Final = 0.12
"""Edges a pixel, along rows: more are noise, in which the reader looks for symbols for minutes. Photos have 0.02."""

_Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralReading:
    """A text and where its symbol lies: four corners, clockwise from its upper left."""

    text: str = field(repr=False)
    corners: tuple[tuple[int, int], ...]


def read_zxing(grey: _Grey) -> tuple[tuple[GeneralReading, ...], bool]:
    """Return what zxing-cpp reads, and whether it saw symbols that it could not read."""
    found = zxingcpp.read_barcodes(grey, formats=_QR, text_mode=zxingcpp.TextMode.Plain, return_errors=True)
    read = [each for each in found if each.valid]
    return tuple(_of_zxing(each) for each in read), len(read) < len(found)


def read_wechat(grey: _Grey) -> tuple[GeneralReading, ...]:
    """Return what the WeChat reader reads; it looks at one million pixels at most."""
    scale = min(math.sqrt(_WECHAT_PIXELS / max(grey.size, 1)), 1.0)
    if min(grey.shape) * scale < _LEAST_PX or max(grey.shape) > _LONGEST * min(grey.shape):
        return ()
    small = grey if scale == 1.0 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if _edges(np.asarray(small, np.uint8)) > _MOST_EDGES:
        return ()
    try:
        reader = cv2.wechat_qrcode_WeChatQRCode()  # type: ignore[attr-defined]  # not in its stubs
        texts, places = reader.detectAndDecode(small)
    except (cv2.error, UnicodeDecodeError):
        return ()  # a text that is no UTF-8, or a symbol that it stumbles over: not read
    readings = []
    for text, place in zip(texts, places, strict=False):
        corners = tuple((round(float(x) / scale), round(float(y) / scale)) for x, y in np.reshape(place, (-1, 2))[:4])
        if text and len(corners) == 4:  # noqa: PLR2004 (corners)
            readings.append(GeneralReading(text=text, corners=corners))
    return tuple(readings)


def _edges(grey: _Grey) -> float:
    """Return how often dark changes to light and back, a pixel, along the rows."""
    soft = cv2.GaussianBlur(grey, (0, 0), 1.0).astype(np.int16)
    dark = soft < cv2.blur(soft, (41, 41)) - 10
    return float(np.mean(dark[:, 1:] != dark[:, :-1]))


def _of_zxing(found: zxingcpp.Barcode) -> GeneralReading:
    place = found.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return GeneralReading(text=found.text, corners=tuple((corner.x, corner.y) for corner in corners))
