"""Lay the grid of a symbol's modules over a picture to a fraction of a module, by the modules that are known.

About two thirds of a symbol are the same on all stamps of a series. The grid is moved, turned, sheared, tilted and
at last bent until those modules are where they should be: first in steps of half a module, then finer. The bends are
quadratic and cubic, which is what paper on a cylinder looks like; the finder patterns are not needed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from cryptostamp.primitives import Box

__all__ = ["MARGIN", "Patch", "cut_patch", "fit_grid"]

PX: Final = 8
"""Pixels a module in a patch."""
MARGIN: Final = 6
"""Modules around the symbol in a patch: its quiet zone, and room for an error."""
_QUIET: Final = 2
"""Rings of modules around the symbol that are known to be light."""
_REACH: Final = 4.0
"""How far off, in modules, the first guess may be."""
_STEPS: Final = (0.5, 0.25, 0.12, 0.06)
_SWEEPS: Final = 6
_STARTS: Final = 3

_Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patch:
    """The surroundings of a symbol, straightened by a first guess, in shades of grey."""

    pixels: _Floats = field(repr=False)
    side: int
    """Modules along one side of the symbol."""
    to_picture: npt.NDArray[np.float64] = field(repr=False)
    """(3, 3): takes a place in modules from the symbol's corner to the picture."""

    def sample(self, modules: _Floats, image: _Floats | None = None) -> _Floats:
        """Return the shades (n,) at places (n, 2) in modules from the symbol's corner."""
        places = (modules + MARGIN) * PX - 0.5
        sampled = cv2.remap(
            self.pixels if image is None else image,
            places[None, :, 0].astype(np.float32),
            places[None, :, 1].astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(sampled[0], np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Where the modules lie on a patch."""

    coefficients: npt.NDArray[np.float64]
    """(modes, 2): how much of each mode, in modules, along x and y."""
    agreement: float
    """How well the known modules agree, -1..1."""
    side: int

    def place(self, modules: _Floats) -> _Floats:
        """Return where places (n, 2) of the flat symbol, in modules from its corner, are seen on the patch."""
        return (modules + _modes(modules, self.side)[:, : len(self.coefficients)] @ self.coefficients).astype(
            np.float32
        )


def cut_patch(grey: npt.NDArray[np.uint8], to_picture: npt.NDArray[np.float64], symbol: Box, side: int) -> Patch | None:
    """Return the patch of a symbol that lies at `symbol` on a face; `None` if it is not in the picture."""
    module = symbol.width_mm / side
    from_modules = np.array([[module, 0, symbol.x_mm], [0, module, symbol.y_mm], [0, 0, 1.0]])
    matrix = to_picture @ from_modules
    corners = cv2.perspectiveTransform(np.array([[[0, 0], [side, 0], [side, side], [0, side]]], np.float32), matrix)[0]
    height, width = grey.shape
    if not np.isfinite(corners).all():
        return None
    low, high = corners.min(axis=0), corners.max(axis=0)
    if (high < 0).any() or low[0] > width or low[1] > height or (high - low).max() < side:
        return None
    size = (side + 2 * MARGIN) * PX
    shift = np.array([[1 / PX, 0, 0.5 / PX - MARGIN], [0, 1 / PX, 0.5 / PX - MARGIN], [0, 0, 1]])
    shrunk, factor = _halved(grey, corners, side)
    matrix_px = np.diag([factor, factor, 1.0]) @ matrix @ shift
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    pixels = cv2.warpPerspective(shrunk, matrix_px, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return Patch(pixels=pixels.astype(np.float32), side=side, to_picture=matrix)


def _halved(grey: npt.NDArray[np.uint8], corners: _Floats, side: int) -> tuple[npt.NDArray[np.uint8], float]:
    """Shrink a picture whose modules are larger than those of a patch, so that no pixel is left out."""
    per_module = float(np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1).max()) / side
    if per_module < 2 * PX:
        return grey, 1.0
    factor = PX / per_module
    return np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8), factor


def fit_grid(patch: Patch, constant: _Floats) -> Grid:
    """Return the grid on which the known modules agree best; `constant` is 1 dark, -1 light, 0 unknown."""
    side = patch.side
    level = _levelled(patch.pixels)
    places, expected = _known(constant)
    modes = _modes(places, side)
    starts = [Grid(coefficients=start, agreement=-1.0, side=side) for start in _shifts(level, constant)]
    best = max(
        (_improve(patch, level, places, expected, modes[:, :3], start, _STEPS[:2]) for start in starts),
        key=lambda grid: grid.agreement,
    )
    for count in (4, 6, 10):
        best = _improve(patch, level, places, expected, modes[:, :count], best, _STEPS[1:])
    return best


def _improve(
    patch: Patch,
    level: _Floats,
    places: _Floats,
    expected: _Floats,
    modes: npt.NDArray[np.float64],
    grid: Grid,
    steps: tuple[float, ...],
) -> Grid:
    """Climb to the best agreement, one mode after the other, in ever finer steps."""
    coefficients = np.zeros((modes.shape[1], 2))
    coefficients[: len(grid.coefficients)] = grid.coefficients
    moved = places + modes @ coefficients

    def agreement(where: npt.NDArray[np.float64]) -> float:
        return float(np.mean(patch.sample(where.astype(np.float32), level) * expected))

    best = agreement(moved)
    for step in steps:
        for _ in range(_SWEEPS):
            before = best
            for mode in range(modes.shape[1]):
                for axis in (0, 1):
                    for way in (step, -step):
                        trial = moved.copy()
                        trial[:, axis] += way * modes[:, mode]
                        score = agreement(trial)
                        if score > best:
                            best, moved = score, trial
                            coefficients[mode, axis] += way
                            break
            if best - before < 0.002:  # noqa: PLR2004 (nothing was won)
                break
    return Grid(coefficients=coefficients, agreement=best, side=patch.side)


def _modes(modules: _Floats, side: int) -> npt.NDArray[np.float64]:
    """Return how far each place (n, 2) is moved by each mode: shift, affine, perspective, quadratic, cubic."""
    u, v = (modules[:, 0] * 2 / side - 1).astype(np.float64), (modules[:, 1] * 2 / side - 1).astype(np.float64)
    one = np.ones_like(u)
    modes = [one, u, v, u * v, u * u - 1 / 3, v * v - 1 / 3, u**3 - 0.6 * u, v**3 - 0.6 * v, u * u * v, u * v * v]
    return np.stack(modes, axis=1)


def _levelled(pixels: _Floats) -> _Floats:
    """Return a patch without its light and shade: 1 where it is darkest around, -1 where it is lightest."""
    window = (10 * PX + 1, 10 * PX + 1)
    soft = cv2.GaussianBlur(pixels, (0, 0), PX * 0.22)
    mean = cv2.blur(soft, window)
    spread = np.sqrt(np.maximum(cv2.blur(soft * soft, window) - mean * mean, 16.0))
    return np.asarray(np.clip((mean - soft) / spread, -1.5, 1.5), np.float32)


def _known(constant: _Floats) -> tuple[_Floats, _Floats]:
    """Return the places (n, 2) of known modules and what they are, the quiet zone among them."""
    around = np.pad(constant, _QUIET, constant_values=-1.0)
    row, column = np.nonzero(around)
    places = np.stack([column, row], axis=1).astype(np.float32) + 0.5 - _QUIET
    expected = around[row, column]
    # Dark and light shall have the same say.
    dark = float(np.mean(expected > 0))
    return places, np.where(expected > 0, 0.5 / dark, -0.5 / (1 - dark)).astype(np.float32)


def _shifts(level: _Floats, constant: _Floats) -> list[npt.NDArray[np.float64]]:
    """Return first guesses, the best first: shifts, in modules, at which the known modules agree."""
    small = cv2.resize(level, None, fx=2 / PX, fy=2 / PX, interpolation=cv2.INTER_AREA)
    template = np.repeat(np.repeat(constant, 2, axis=0), 2, axis=1)
    scores = cv2.matchTemplate(small, template, cv2.TM_CCORR)
    reach, middle = round(2 * _REACH), 2 * MARGIN
    part = np.array(scores[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1])
    starts = []
    for _ in range(_STARTS):
        row, column = np.unravel_index(int(part.argmax()), part.shape)
        starts.append(np.array([[(column - reach) / 2, (row - reach) / 2]]))
        part[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3] = -np.inf
    return starts
