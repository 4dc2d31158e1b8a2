"""How surely each module of a symbol is dark: log-likelihoods, learnt on those modules of this symbol that are known.

Blur and movement spread a module over its neighbours. What undoes them best is learnt by ridge regression on the known
modules: a filter of their surroundings. Then, near each module, the known ones tell how dark and light look there and
how far they scatter: under ink or glare they look alike, and a module there says nothing instead of something wrong.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from cryptostamp.scan.grid import Grid, Patch

__all__ = ["soft_modules"]

_QUIET: Final = 2
_TAPS: Final = 2
"""The filter reaches so many half modules to each side, twice."""
_RIDGE: Final = 0.02
_NEAR: Final = 1.6
"""Standard deviation, in modules, of what counts as near."""
_PRIOR: Final = 0.6
"""How many known modules the average over the whole symbol counts for."""
_MOST: Final = 3.0
"""No module is believed more than this, in nats: ink hides whole groups of them."""

_Floats = npt.NDArray[np.float32]


def soft_modules(patch: Patch, grid: Grid, constant: _Floats) -> _Floats:
    """Return the log-likelihood ratio (side, side) of dark against light, between -3 and 3."""
    side = patch.side
    wide = np.pad(constant, _QUIET, constant_values=-1.0)
    centres = _centres(side)
    values = _levelled_samples(patch, grid, centres, wide)
    shape = wide.shape
    filtered = _equalised(values, wide.ravel()).reshape(shape)
    return _likelihoods(filtered, wide)[_QUIET:-_QUIET, _QUIET:-_QUIET]


def _centres(side: int) -> _Floats:
    reach = np.arange(-_QUIET, side + _QUIET, dtype=np.float32) + 0.5
    x, y = np.meshgrid(reach, reach)
    return np.stack([x.ravel(), y.ravel()], axis=1)


def _levelled_samples(patch: Patch, grid: Grid, centres: _Floats, known: _Floats) -> _Floats:
    """Return the shades (modules, taps) at and around each module, with the light of its surroundings taken out."""
    soft = np.asarray(cv2.GaussianBlur(patch.pixels, (0, 0), 1.4), np.float32)
    taps = np.arange(-_TAPS, _TAPS + 1) * 0.5
    columns = [patch.sample(grid.place(centres + np.array([dx, dy], np.float32)), soft) for dy in taps for dx in taps]
    values = np.stack(columns, axis=1)
    side = known.shape[0]
    middle = values[:, values.shape[1] // 2].reshape(side, side)
    dark, light = _local_mean(middle, known > 0, 5.0), _local_mean(middle, known < 0, 5.0)
    level = ((dark + light) / 2).reshape(-1, 1)
    span = np.maximum(np.abs(light - dark), 12.0).reshape(-1, 1)
    return np.asarray(np.clip((level - values) / span * 2, -2.5, 2.5), np.float32)


def _equalised(values: _Floats, known: _Floats) -> _Floats:
    """Return values (n,) from a filter of surroundings (n, taps) that makes known modules 1 and -1."""
    rows = np.concatenate([values, np.ones((len(values), 1), np.float32)], axis=1).astype(np.float64)
    chosen = known != 0
    weights = np.where(known[chosen] > 0, 0.5 / np.mean(known[chosen] > 0), 0.5 / np.mean(known[chosen] < 0))
    learnt, wanted = rows[chosen], known[chosen].astype(np.float64)
    gram = (learnt * weights[:, None]).T @ learnt
    gram += np.eye(gram.shape[0]) * _RIDGE * len(learnt)
    filter_ = np.linalg.solve(gram, (learnt * weights[:, None]).T @ wanted)
    return np.asarray(rows @ filter_, np.float32)


def _likelihoods(values: _Floats, known: _Floats) -> _Floats:
    dark, light = known > 0, known < 0
    means, spreads = [], []
    for which in (dark, light):
        mean = _local_mean(values, which, _NEAR)
        spread = _local_mean((values - mean) ** 2, which, _NEAR)
        means.append(mean)
        spreads.append(spread)
    floor = 0.02 + 0.25 * float(np.median(np.concatenate([s[w] for s, w in zip(spreads, (dark, light), strict=True)])))
    spread_dark, spread_light = (np.maximum(spread, floor) for spread in spreads)
    off_dark, off_light = (values - means[0]) ** 2 / spread_dark, (values - means[1]) ** 2 / spread_light
    ratio = (off_light - off_dark + np.log(spread_light / spread_dark)) / 2
    # Where dark looks lighter than light, nothing is known.
    ratio *= np.clip((means[0] - means[1]) / 0.4, 0, 1)
    return np.asarray(np.clip(ratio, -_MOST, _MOST), np.float32)


def _local_mean(values: _Floats, which: npt.NDArray[np.bool_], near: float) -> _Floats:
    """Return the average of the chosen values near each module, drawn a little to the average of all of them."""
    weight = which.astype(np.float32)
    total = float((values * weight).sum() / max(float(weight.sum()), 1.0))
    volume = 2 * np.pi * near**2
    near_sum = cv2.GaussianBlur(values * weight, (0, 0), near, borderType=cv2.BORDER_CONSTANT) * volume
    near_weight = cv2.GaussianBlur(weight, (0, 0), near, borderType=cv2.BORDER_CONSTANT) * volume
    return np.asarray((near_sum + _PRIOR * total) / (near_weight + _PRIOR), np.float32)
