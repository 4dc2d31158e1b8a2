"""How restless a QR symbol looks to a reader: the four rules by which ISO/IEC 18004 chooses among the masks.

Rests on ISO/IEC 18004:2015, 7.8.3. Like most encoders it looks at the symbol alone, without its quiet zone, and counts
each of the two patterns of the third rule where it stands.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["penalties"]

_SQUARE: Final = 3
_FINDER: Final = 40
_BALANCE: Final = 10
_LIKE_FINDERS: Final = (0b10111010000, 0b00001011101)
_FINDER_LENGTH: Final = 11

_Modules = npt.NDArray[np.bool_]
_Points = npt.NDArray[np.intp]


def penalties(modules: _Modules) -> _Points:
    """Return the points (n,) of symbols (n, side, side), True is dark; the fewer the better."""
    turned = modules.swapaxes(1, 2)
    lines = _runs(modules) + _runs(turned) + _finders(modules) + _finders(turned)
    return lines + _squares(modules) + _balance(modules)


def _runs(modules: _Modules) -> _Points:
    """N1: of a row, 3 points for five modules of one colour, and 1 for each that follows."""
    same = modules[:, :, 1:] == modules[:, :, :-1]
    fives = same[:, :, 3:] & same[:, :, 2:-1] & same[:, :, 1:-2] & same[:, :, :-3]
    starts = np.diff(fives, axis=2, prepend=False) & fives
    # In a run of m >= 5 modules, five alike begin at m - 4 places; its points are 3 + (m - 5).
    return _count(fives) + 2 * _count(starts)


def _squares(modules: _Modules) -> _Points:
    """N2: 3 points for each square of 2 x 2 modules of one colour, overlapping or not."""
    beside = modules[:, :, 1:] == modules[:, :, :-1]
    below = modules[:, 1:, :-1] == modules[:, :-1, :-1]
    return _SQUARE * _count(beside[:, 1:] & beside[:, :-1] & below)


def _finders(modules: _Modules) -> _Points:
    """N3: of a row, 40 points for each 1:1:3:1:1 like that of a finder pattern, with 4 light modules on one side."""
    places = modules.shape[2] - _FINDER_LENGTH + 1
    window = np.zeros((*modules.shape[:2], places), dtype=np.int16)
    for offset in range(_FINDER_LENGTH):
        window <<= 1
        window |= modules[:, :, offset : offset + places]
    return _FINDER * _count(np.isin(window, _LIKE_FINDERS))


def _balance(modules: _Modules) -> _Points:
    """N4: 10 points for each full 5 per cent by which the dark modules are more or less than half."""
    count = modules.shape[1] * modules.shape[2]
    steps: _Points = np.abs(2 * _count(modules) - count) * 10 // count
    return _BALANCE * steps


def _count(found: _Modules) -> _Points:
    counts: _Points = found.sum(axis=(1, 2), dtype=np.intp)
    return counts
