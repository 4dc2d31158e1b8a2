"""Synthetic phone photographs of a stamp on a table, for tests and demonstrations.

SYNTHETIC: a picture is turned, seen in perspective, lit from one side, blurred and made noisy by
arithmetic from a seed. It stands for a calm photograph in fair light. It proves nothing about real
cameras, real paper, cancellations, dirt or glare.
"""

from __future__ import annotations

import math
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from cryptostamp.errors import InputError

__all__ = ["photograph"]

_SIZE = (1440, 1080)
_SHARE = 0.62  # of the frame's height that the stamp takes at scale 1
_TILT = 0.06  # how far a corner may be displaced by perspective, as a share of the stamp


def photograph(
    image: Image.Image, *, seed: int, degrees: float = 8.0, scale: float = 1.0, jpeg_quality: int = 82
) -> bytes:
    """Return a synthetic phone photo of a stamp as JPEG, 1440 x 1080; the same input gives the same bytes.

    Where the picture is transparent, as around a perforated stamp, the table is seen. `degrees` is how far
    the stamp is turned, `scale` how large it is in the frame (1: about three fifths of its height).
    Everything else follows from `seed`.
    """
    if not 0.2 <= scale <= 1.5:  # noqa: PLR2004 (below, no phone reads it; above, it leaves the frame)
        raise InputError(f"The scale {scale} is outside of 0.2 to 1.5.", where="scale", remedy="Use 1 for a close-up.")
    random = np.random.default_rng(seed)
    stamp = image.convert("RGBA")
    high = _SIZE[1] * _SHARE * scale
    wide = high * stamp.width / stamp.height
    corners = _corners(wide, high, math.radians(degrees), random)
    stamp = stamp.resize((max(round(wide), 1), max(round(high), 1)), Image.Resampling.LANCZOS)
    inverse = _homography(corners, [(0, 0), (stamp.width, 0), (stamp.width, stamp.height), (0, stamp.height)])
    laid = stamp.transform(_SIZE, Image.Transform.PERSPECTIVE, inverse, Image.Resampling.BICUBIC)
    opaque = laid.getchannel("A")
    scene = _table(random)
    shadow = opaque.filter(ImageFilter.GaussianBlur(7)).point([value * 2 // 5 for value in range(256)])
    scene.paste("#2b1f14", (4, 7), shadow)
    scene.paste(laid, (0, 0), laid)
    scene = scene.filter(ImageFilter.GaussianBlur(float(random.uniform(0.5, 0.9))))
    out = BytesIO()
    _lit(scene, random).save(out, "JPEG", quality=jpeg_quality)
    return out.getvalue()


def _corners(wide: float, high: float, turn: float, random: np.random.Generator) -> list[tuple[float, float]]:
    centre = _SIZE[0] / 2 + random.uniform(-60, 60), _SIZE[1] / 2 + random.uniform(-40, 40)
    corners = []
    for x, y in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        dx, dy = (x + random.uniform(-_TILT, _TILT)) * wide, (y + random.uniform(-_TILT, _TILT)) * high
        corners.append(
            (
                centre[0] + dx * math.cos(turn) - dy * math.sin(turn),
                centre[1] + dx * math.sin(turn) + dy * math.cos(turn),
            )
        )
    return corners


def _homography(seen: list[tuple[float, float]], flat: list[tuple[int, int]]) -> list[float]:
    """Return Pillow's eight coefficients that take a point of the photo to a point of the stamp."""
    rows, values = [], []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        values += [u, v]
    return [float(c) for c in np.linalg.solve(np.array(rows, dtype=np.float64), np.array(values, dtype=np.float64))]


def _table(random: np.random.Generator) -> Image.Image:
    """Return a wooden table: grain along x, in warm browns."""
    height, width = _SIZE[1], _SIZE[0]
    y = np.arange(height)[:, None] + 14 * np.sin(np.arange(width)[None, :] / 310 + random.uniform(0, 6))
    grain = sum(
        weight * np.sin(y / period + random.uniform(0, 6)) for period, weight in ((61, 7.0), (17, 4.0), (5.3, 2.5))
    )
    base = np.array([158.0, 118.0, 82.0]) + random.uniform(-14, 14)
    wood = base[None, None, :] + np.asarray(grain)[:, :, None]
    return Image.fromarray(np.clip(wood, 0, 255).astype(np.uint8))


def _lit(scene: Image.Image, random: np.random.Generator) -> Image.Image:
    """Return the scene under light that falls off to one side, with sensor noise."""
    pixels: npt.NDArray[np.float64] = np.asarray(scene, dtype=np.float64)
    angle = random.uniform(0, 2 * math.pi)
    x, y = np.meshgrid(np.linspace(-1, 1, _SIZE[0]), np.linspace(-1, 1, _SIZE[1]))
    light = 0.93 + 0.13 * (x * math.cos(angle) + y * math.sin(angle))
    warm = np.array([1.02, 1.0, 0.95])
    noise = random.normal(0.0, 4.0, pixels.shape[:2])[:, :, None] + random.normal(0.0, 1.6, pixels.shape)
    return Image.fromarray(np.clip(pixels * light[:, :, None] * warm + noise, 0, 255).astype(np.uint8))
