"""Pictures as WebP (RFC 9649): smaller than PNG, and read by every browser and wallet of today.

Lossy at a quality at which no difference is seen and every symbol is read; transparent grounds are kept as they are.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image

from cryptostamp.errors import InputError

__all__ = ["MAX_WEBP_PX", "webp_bytes"]

MAX_WEBP_PX: Final = 16_383
"""The longest side that the format has numbers for."""
_QUALITY: Final = 90


def webp_bytes(image: Image.Image) -> bytes:
    """Return an RGB or RGBA picture as WebP; raise `InputError` if a side is longer than the format allows."""
    if max(image.size) > MAX_WEBP_PX:
        raise InputError(
            f"A picture of {image.width:,} x {image.height:,} pixels is too large for WebP.",
            where="dpi",
            remedy=f"Choose a lower resolution, so that no side is longer than {MAX_WEBP_PX:,} pixels, or PNG.",
        )
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=_QUALITY, method=2)
    return buffer.getvalue()
