"""Which stamp of an edition a symbol is: maximum-likelihood decoding over the known list of all its symbols.

The log-likelihoods of the modules are summed for each symbol of the edition. For the best, some thousand decoys are
made: symbols with its serial and other tags, which nobody issued. What is not the stamp scores like them, so their
mean and spread say what chance does. An answer needs two things, else there is none:

* it stands out: chance gives no symbol of the edition its score but with a probability of `MOST_ERROR`, where each has
  its own serial and any tag. That is Chernoff's bound, as Bahadur and Rao sharpened it, for modules that fall dark as
  often as on the decoys, each for itself, with the scale widened where decoys scatter more than that (error correction
  ties modules together), times the number of stamps whose serial agrees as well with what is seen;
* it stands alone: the odds of all other stamps together, given what is seen, are below the same limit, with
  likelihoods discounted for neighbours that err together.

A tag need not be compared: the texts of the edition are the only ones there are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cryptostamp.scan.known import PreparedEdition

__all__ = ["MOST_ERROR", "Match", "chance", "match_modules"]

MOST_ERROR: Final = 1e-9
"""The largest probability of a wrong serial with which an answer is given."""
_TOGETHER: Final = 0.6
"""What a log-likelihood is worth where neighbouring modules err together.

Measured on 250 torn stamps that are no part of the benchmark: with it 24.4 of the best symbols should have been wrong,
and 22 were; the surest of those had odds of 5 to 1, where 1e9 to 1 are asked for.
"""
_TILTS: Final = np.geomspace(0.05, 16, 48)
"""Where the smallest bound is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The most likely stamp."""

    index: int
    """Its place in the edition."""
    error: float
    """The estimated probability that it is another one."""

    @property
    def accepted(self) -> bool:
        """Whether it is an answer."""
        return self.error <= MOST_ERROR


def match_modules(soft: npt.NDArray[np.float32], edition: PreparedEdition) -> Match:
    """Return the stamp whose symbol agrees best with log-likelihood ratios (side, side) of dark against light."""
    observed = soft.ravel()[edition.varying]
    stamps = _scores(observed, edition.candidates)
    best = int(stamps.argmax())
    top = float(stamps[best])
    columns = edition.decoys(best)
    spread = float(_scores(observed, columns).std())
    if spread <= 0:
        return Match(index=best, error=1.0)
    dark = np.unpackbits(columns, axis=0)[: len(observed)].mean(axis=1)
    tilt, log_chance = chance(observed, dark, top, spread)
    serials = _scores(np.where((dark > 0) & (dark < 1), np.float32(0), observed), edition.candidates)
    as_well = np.exp(np.minimum(tilt * (serials - serials[best]).astype(np.float64), 100)).sum()
    by_chance = float(as_well) * math.exp(log_chance)
    behind = (stamps - top).astype(np.float64) * _TOGETHER
    others = float(np.exp(behind).sum() - 1.0)
    return Match(index=best, error=min(1.0, by_chance + others))


def chance(
    observed: npt.NDArray[np.float32], dark: npt.NDArray[np.float64], score: float, spread: float
) -> tuple[float, float]:
    """Return the log of the estimated probability that chance has so high a score, after its tilt.

    Chernoff's bound (1952) is exp(-I), and takes the score for no higher than it must be. Of a sum of many modules it
    is on average higher by 1/tilt, which makes the bound smaller by 1 / (tilt sd sqrt(2 pi)) (Bahadur and Rao 1960),
    where sd is the sum's deviation once it is tilted.

    `observed` are log-likelihood ratios, of which each counts half for or against; `dark` is how often each module is
    dark by chance. Scores were seen to have the standard deviation `spread`. A score that begins lower by d than that
    of the best is less probable by exp(tilt d).
    """
    mean = float((observed * (dark - 0.5)).sum())
    varying = (observed != 0) & (dark > 0) & (dark < 1)
    dark, ratios = dark[varying], observed[varying].astype(np.float64)
    alone = float(np.sqrt((dark * (1 - dark) * ratios**2).sum()))
    scale = min(alone / spread, 1.0)
    tilted = _TILTS[:, None] * ratios
    # The cumulants of each module around its mean: log(p e^x + 1 - p) - p x, without large powers.
    both = np.logaddexp(np.log(dark) + tilted, np.log1p(-dark))
    bounds = (both - dark * tilted).sum(axis=1) - _TILTS * scale * (score - mean)
    best = int(bounds.argmin())
    then_dark = np.exp(np.log(dark) + tilted[best] - both[best])
    deviation = math.sqrt(float((then_dark * (1 - then_dark) * ratios**2).sum()))
    sharper = max(1.0, float(_TILTS[best]) * deviation * math.sqrt(2 * math.pi))
    return float(_TILTS[best]) * scale, min(0.0, float(bounds[best]) - math.log(sharper))


def _scores(soft: npt.NDArray[np.float32], columns: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return the sum of the likelihoods (modules,) of candidates, whose modules are packed in columns (bytes, n)."""
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).astype(np.float32) - np.float32(0.5)
    padded = np.zeros(8 * len(columns), np.float32)
    padded[: len(soft)] = soft
    tables = padded.reshape(-1, 8) @ bits.T
    scores = np.zeros(columns.shape[1], np.float32)
    part = np.empty_like(scores)
    for table, column in zip(tables, columns, strict=True):
        np.take(table, column, out=part, mode="clip")
        scores += part
    return scores
