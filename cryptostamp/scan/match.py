"""Which stamp of an edition a symbol is: maximum-likelihood decoding over the known list of all its symbols.

The log-likelihoods of the modules are summed for each symbol of the edition. For the best, some thousand decoys are
made: symbols with its serial and other tags, which nobody issued. What is not the stamp scores like them, so their
mean and spread say what chance does. An answer needs two things, else there is none:

* it stands out: with what chance does, no symbol of the whole edition would have its score but with a probability of
  `MOST_ERROR` (the tail of a normal distribution, which sums over hundreds of modules follow);
* it stands alone: the odds of all other stamps together, given what is seen, are below the same bound, with
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

__all__ = ["MOST_ERROR", "Match", "match_modules"]

MOST_ERROR: Final = 1e-9
"""The largest probability of a wrong serial with which an answer is given."""
_TOGETHER: Final = 0.4
"""What a log-likelihood is worth where neighbouring modules err together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The most likely stamp."""

    index: int
    """Its place in the edition."""
    deviations: float
    """How many standard deviations of the decoys it stands above their mean."""
    error: float
    """The bound of the probability that it is another one."""

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
    decoys = _scores(observed, edition.decoys(best))
    spread = float(decoys.std())
    if spread <= 0:
        return Match(index=best, deviations=0.0, error=1.0)
    deviations = (top - float(decoys.mean())) / spread
    by_chance = edition.count * 0.5 * math.erfc(deviations / math.sqrt(2))
    behind = (stamps - top).astype(np.float64) * _TOGETHER
    others = float(np.exp(behind).sum() - 1.0)
    return Match(index=best, deviations=deviations, error=min(1.0, by_chance + others))


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
