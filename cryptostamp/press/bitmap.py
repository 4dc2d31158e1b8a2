"""A picture of pixels: a PNG that is checked before anything unpacks it, then unpacked once.

What a plate can be made from: 8 bits a channel, RGB or grey in sRGB, opaque, at least 300 dpi where it is printed.
Sizes are read from the header and bounded before a pixel is unpacked, so a small file cannot become a large
picture (a decompression bomb). Rests on PNG, third edition (W3C), 11.2.2 and 11.3.
"""

from __future__ import annotations

import hashlib
import struct
from base64 import b64encode
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageCms

from cryptostamp.errors import ArtworkError
from cryptostamp.primitives import Box

__all__ = ["MIN_DPI", "Bitmap", "check_resolution", "parse_bitmap"]

MIN_DPI: Final = 300
"""Coarser pictures are seen to be made of pixels."""

_MAX_SIDE_PX: Final = 12_000
_MAX_PIXELS: Final = 40_000_000
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_OTHERS: Final = (
    (b"\xff\xd8", "JPEG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"GIF8", "GIF"),
    (b"8BPS", "Photoshop"),
)
_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGB_ALPHA = 0, 2, 3, 4, 6
_EXPORT: Final = "Export it as PNG with 8 bits a channel, RGB in sRGB, on an opaque ground."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bitmap:
    """A checked picture of pixels."""

    path: Path
    width: float
    height: float
    """In pixels."""
    sha256: str
    """Of the file."""
    png: bytes = field(repr=False)
    """The pixels alone, RGB, packed again: without profile, text or date."""

    def svg(self, width: str, height: str) -> bytes:
        """Return an SVG of a given size that holds nothing but the picture."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {self.width} {self.height}" preserveAspectRatio="none">'
            f'<image width="{self.width}" height="{self.height}" '
            f'href="data:image/png;base64,{b64encode(self.png).decode()}"/></svg>'
        ).encode()

    def pixels(self, width_px: int, height_px: int) -> Image.Image:
        """Return the picture in another size, RGB."""
        with Image.open(BytesIO(self.png)) as image:
            return image.convert("RGB").resize((width_px, height_px), Image.Resampling.LANCZOS)


def parse_bitmap(path: Path, data: bytes) -> Bitmap:
    """Return the picture in the bytes of a PNG; raise `ArtworkError` that says what a plate cannot be made from."""
    _check_header(path, data)
    try:
        with Image.open(BytesIO(data), formats=["PNG"]) as image:
            profile = image.info.get("icc_profile")
            opaque = _flat(path, image)
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        raise ArtworkError(
            f"The PNG is damaged: {error}.", where=str(path), remedy="Export it again from the drawing program."
        ) from error
    if profile:
        _check_profile(path, profile)
    packed = BytesIO()
    # Made anew from its pixels alone: what else was in the file stays behind.
    Image.frombytes("RGB", opaque.size, opaque.tobytes()).save(packed, "PNG", compress_level=6)
    return Bitmap(
        path=path,
        width=opaque.width,
        height=opaque.height,
        sha256=hashlib.sha256(data).hexdigest(),
        png=packed.getvalue(),
    )


def _check_header(path: Path, data: bytes) -> None:
    if not data.startswith(_SIGNATURE) or data[12:16] != b"IHDR" or len(data) < len(_SIGNATURE) + 25:
        kind = next((f"a {name}" for start, name in _OTHERS if data.startswith(start)), "something else")
        raise ArtworkError(f"The file is called .png but is {kind}.", where=str(path), remedy=_EXPORT)
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    if not (0 < width <= _MAX_SIDE_PX and 0 < height <= _MAX_SIDE_PX and width * height <= _MAX_PIXELS):
        raise ArtworkError(
            f"The PNG is {width:,} x {height:,} pixels; at most {_MAX_SIDE_PX:,} a side and "
            f"{_MAX_PIXELS:,} in all are unpacked.",
            where=str(path),
            remedy="600 dpi are plenty: export it in the size in which it is printed.",
        )
    if depth > 8:  # noqa: PLR2004 (bits)
        raise ArtworkError(
            f"The PNG has {depth} bits a channel; plates are made from 8.", where=str(path), remedy=_EXPORT
        )
    if kind not in {_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGB_ALPHA}:
        raise ArtworkError(f"The PNG has the unknown colour type {kind}.", where=str(path), remedy=_EXPORT)


def _flat(path: Path, image: Image.Image) -> Image.Image:
    """Return the pixels as RGB; raise `ArtworkError` if any of them can be seen through."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        full = image.convert("RGBA")
        least = min(full.getchannel("A").tobytes())
        if least != 255:  # noqa: PLR2004 (opaque)
            raise ArtworkError(
                f"The PNG is transparent: some of its pixels are only {least * 100 // 255} % opaque.",
                where=str(path),
                remedy="Lay it on white, or on what it shall be printed on, and export it again.",
            )
        return full.convert("RGB")
    return image.convert("RGB")


def _check_profile(path: Path, profile: bytes) -> None:
    try:
        opened = ImageCms.getOpenProfile(BytesIO(profile)).profile
        space, name = opened.xcolor_space.strip(), opened.profile_description or ""
    except (OSError, ImageCms.PyCMSError) as error:
        raise ArtworkError("The PNG's colour profile is damaged.", where=str(path), remedy=_EXPORT) from error
    if space == "GRAY" or (space == "RGB" and "sRGB" in name):
        return
    raise ArtworkError(
        f"The PNG's colours are in {space} ({name[:60]!a}), not in sRGB.",
        where=str(path),
        remedy="Convert it to sRGB; how sRGB becomes ink is settled once, for the whole sheet.",
    )


def check_resolution(picture: Bitmap, box: Box) -> None:
    """Raise `ArtworkError` if a picture is too coarse for the size in which it is printed."""
    dpi = min(picture.width / box.width_mm, picture.height / box.height_mm) * 25.4
    if dpi < MIN_DPI - 0.5:
        wide, high = (round(side * MIN_DPI / 25.4 + 0.5) for side in (box.width_mm, box.height_mm))
        raise ArtworkError(
            f"The PNG has {picture.width:g} x {picture.height:g} pixels for {box.width_mm:g} x {box.height_mm:g} mm: "
            f"{dpi:.0f} dpi, and {MIN_DPI} are needed.",
            where=str(picture.path),
            remedy=f"Export it with at least {wide} x {high} pixels.",
        )
