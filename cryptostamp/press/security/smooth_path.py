"""Formulas as smooth lines: cubic Bezier pieces with the positions and tangents of the formula itself.

A piece has the ends and the derivatives of the curve it stands for (cubic Hermite interpolation), so two
pieces meet without a corner, and the error falls with the fourth power of their number. Derivatives are
taken by the complex step, Im f(t + ih) / h, which has no rounding error for formulas that NumPy can take complex
numbers through (W. Squire and G. Trapp, SIAM Review 40, 1998). Seeds become numbers through SHA-256, not
through a generator of NumPy, whose streams may change from release to release.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from cryptostamp.press.marks import CURVE_UNIT_MM, Path

__all__ = ["TOLERANCE_MM", "Complex", "Draws", "Formula", "hermite_path", "smooth_path"]

_T = TypeVar("_T")
Complex = npt.NDArray[Any]
"""Complex numbers; NumPy's own types do not say of a cosine that it keeps them."""
Formula = Callable[[Complex], tuple[Complex, Complex]]
"""From parameters, real or complex, to x and y in mm; analytic: no absolute value, no comparison."""

TOLERANCE_MM = 0.005
_STEP = 1e-30
_MOST_PIECES = 4096


class Draws:
    """Numbers drawn from a seed, in order: the same seed gives the same numbers everywhere."""

    def __init__(self, seed: bytes) -> None:
        self._seed = hashlib.sha256(seed).digest()
        self._drawn = 0

    def between(self, low: float, high: float) -> float:
        """Draw a number of a range."""
        block = hashlib.sha256(self._seed + self._drawn.to_bytes(8, "big")).digest()
        self._drawn += 1
        return low + (high - low) * int.from_bytes(block[:6], "big") / 2**48

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number of a range, both ends included."""
        return low + int(self.between(0, high - low + 1))

    def one_of(self, choices: Sequence[_T]) -> _T:
        """Draw one of several."""
        return choices[self.whole(0, len(choices) - 1)]


def hermite_path(
    points: npt.NDArray[np.float64],
    slopes: npt.NDArray[np.float64],
    steps: npt.NDArray[np.float64],
    *,
    closed: bool = False,
) -> Path:
    """Return the path through points in mm, (n, 2), with derivatives in mm a unit of the parameter, (n, 2).

    `steps` are the n - 1 distances between the parameters of the points. A closed path ends on its first point
    exactly; give that point once more as the last.
    """
    ends = points[1:].copy()
    if closed:
        ends[-1] = points[0]
    third = steps[:, None] / 3
    pieces = np.concatenate([points[:-1] + slopes[:-1] * third, ends - slopes[1:] * third, ends], axis=1)
    numbers = np.rint(np.concatenate([points[0], pieces.ravel()]) / CURVE_UNIT_MM)
    return tuple(numbers.astype(np.int64).tolist())


def smooth_path(formula: Formula, start: float, end: float, *, pieces: int, tolerance_mm: float = TOLERANCE_MM) -> Path:
    """Return the curve of a formula from one parameter to another.

    `pieces` is the number to begin with; it grows until the path is nowhere farther from the curve than
    the tolerance. A curve that ends where it starts becomes a closed path.
    """
    while True:
        at = np.linspace(start, end, pieces + 1)
        x, y = formula(at + 1j * _STEP)
        points = np.stack([x.real, y.real], axis=1)
        slopes = np.stack([x.imag, y.imag], axis=1) / _STEP
        off = _error(formula, at, points, slopes * ((end - start) / pieces)) / tolerance_mm
        if off <= 1 or pieces == _MOST_PIECES:
            closed = math.dist(points[0], points[-1]) < CURVE_UNIT_MM / 2
            return hermite_path(points, slopes, np.diff(at), closed=closed)
        # The error falls with the fourth power; a little more than that asks for, so that twice is enough.
        pieces = min(math.ceil(pieces * max(1.05 * off**0.25, 1.1)), _MOST_PIECES)


_BETWEEN = np.array([0.25, 0.5, 0.75])[:, None]
_NEAR = (
    (1 + 2 * _BETWEEN) * (1 - _BETWEEN) ** 2,
    _BETWEEN**2 * (3 - 2 * _BETWEEN),
    _BETWEEN * (1 - _BETWEEN) ** 2,
    -(_BETWEEN**2) * (1 - _BETWEEN),
)
"""What the two ends and the two tangents of a piece give to its points a quarter, half and three quarters along."""


def _error(
    formula: Formula,
    at: npt.NDArray[np.float64],
    points: npt.NDArray[np.float64],
    tangents: npt.NDArray[np.float64],
) -> float:
    """Return how far the pieces are from the curve, at most."""
    between = at[:-1] + _BETWEEN * (at[1:] - at[:-1])
    exact = formula(between.ravel())
    off = [
        _NEAR[0] * points[:-1, axis]
        + _NEAR[1] * points[1:, axis]
        + _NEAR[2] * tangents[:-1, axis]
        + _NEAR[3] * tangents[1:, axis]
        - exact[axis].reshape(between.shape)
        for axis in (0, 1)
    ]
    return float(np.hypot(*off).max())
