"""A stranger's picture as shades of grey: bounded before it is decoded, upright, on white paper.

What cannot be had is a sentence.

JPEG, PNG, WebP, HEIC (with the extra ``heif``) and PDF. Of a picture that moves the first frame counts; 16 bits
become 8, CMYK becomes grey, transparent parts are paper, and the orientation that a camera noted is carried out. A
JPEG can be had smaller for the cost of its bytes, which is what makes a first look fast.
"""

from __future__ import annotations

import io
import struct
import warnings
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from cryptostamp.scan.pdf_pages import draw_pdf

__all__ = ["MAX_BYTES", "MAX_PIXELS", "UnreadableError", "first_look", "load_pages"]

MAX_BYTES: Final = 40 * 1024 * 1024
"""The largest file that is looked at."""

MAX_PIXELS: Final = 64_000_000
"""The largest picture that is decoded: more than any telephone takes in one shot, 256 MB in memory."""

_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_FIRST_LOOK: Final = 1200
"""The least length of the longer side of a first look."""
_ORIENTATION: Final = 0x0112
_TOO_LARGE: Final = f"The picture has more than {MAX_PIXELS // 10**6} million pixels."
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})

_Grey = npt.NDArray[np.uint8]


class UnreadableError(Exception):
    """The sentence that says why a picture cannot be read."""


def load_pages(data: bytes) -> tuple[_Grey, ...]:
    """Return a picture (height, width), or the pages of a PDF; raise `UnreadableError`."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"The picture is larger than {MAX_BYTES // 1024**2} MB.")
    if data[:1024].lstrip().startswith(b"%PDF-"):
        try:
            return draw_pdf(data)
        except ValueError as error:
            raise UnreadableError(str(error)) from error
    return (_picture(data, smaller=False),)


def first_look(data: bytes) -> tuple[_Grey, int] | None:
    """Return a large JPEG made 2, 4 or 8 times smaller and that number; `None` if that saves nothing."""
    if len(data) > MAX_BYTES or not data.startswith(b"\xff\xd8"):
        return None
    try:
        grey = _picture(data, smaller=True)
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
            times = round(max(picture.size) / max(grey.shape))
    except (UnreadableError, OSError, SyntaxError, ValueError):
        return None
    return (grey, times) if times > 1 else None


def _picture(data: bytes, *, smaller: bool) -> _Grey:
    formats: tuple[str, ...] = _FORMATS
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        formats = (*_FORMATS, _heif())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=formats) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise UnreadableError(_TOO_LARGE)
                if smaller:
                    longer = max(picture.size)
                    shrink = next((times for times in (4, 2) if longer // times >= _FIRST_LOOK), 1)
                    picture.draft("L", (picture.width // shrink, picture.height // shrink))
                orientation = _orientation(picture)
                return _upright(_grey(picture), orientation)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableError(_TOO_LARGE) from error
    except UnidentifiedImageError as error:
        raise UnreadableError("The file is not a JPEG, PNG, WebP, HEIC or PDF picture.") from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, OverflowError, struct.error) as error:
        raise UnreadableError("The picture is damaged or cut short.") from error
    except (TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RuntimeError) as error:
        # What decoders let through where a header contradicts itself.
        raise UnreadableError("The picture is damaged or cut short.") from error


def _heif() -> str:
    """Return the name of the format HEIC, made known to Pillow; raise `UnreadableError` without the extra."""
    try:
        from pillow_heif import register_heif_opener  # noqa: PLC0415 (the extra `heif`)
    except ImportError as error:
        raise UnreadableError(
            "The picture is HEIC, which this installation cannot read; save it as JPEG, or install cryptostamp[heif]."
        ) from error
    register_heif_opener()
    return "HEIF"


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 (what a camera noted may be anything, and none of it spoils the picture)
        return 1


def _grey(picture: Image.Image) -> _Grey:
    if picture.mode.startswith("I") or picture.mode == "F":
        shades = np.asarray(picture, np.float64)
        top = 65535.0 if picture.mode.startswith("I") else max(float(shades.max(initial=0.0)), 1.0)
        return np.clip(shades * (255.0 / top), 0, 255).astype(np.uint8)
    if picture.has_transparency_data:
        with_alpha = picture.convert("RGBA")
        paper = Image.new("RGBA", with_alpha.size, "white")
        paper.alpha_composite(with_alpha)
        picture = paper
    if picture.mode not in {"L", "RGB", "1", "P", "RGBA"}:
        picture = picture.convert("RGB")
    return np.asarray(picture.convert("L"), dtype=np.uint8)


def _upright(grey: _Grey, orientation: int) -> _Grey:
    """Return a picture as the camera was held (TIFF 6.0, Orientation)."""
    turned = {
        2: lambda: grey[:, ::-1],
        3: lambda: grey[::-1, ::-1],
        4: lambda: grey[::-1],
        5: lambda: grey.T,
        6: lambda: np.rot90(grey, -1),
        7: lambda: grey[::-1, ::-1].T,
        8: lambda: np.rot90(grey),
    }.get(orientation, lambda: grey)()
    return np.ascontiguousarray(turned)
