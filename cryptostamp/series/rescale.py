"""The same series with another edition: for trying it with fewer stamps before the real issue.

The counts of the variants keep their proportions by the method of the largest remainder (Hamilton).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from cryptostamp.errors import InputError
from cryptostamp.primitives import MAX_EDITION
from cryptostamp.series.models import Series

__all__ = ["apportion", "rescale"]


def rescale(series: Series, edition: int) -> Series:
    """Return `series` with `edition` stamps, the variants in the same proportions as far as whole stamps allow.

    Every variant keeps at least one stamp. With fewer stamps than variants, the most frequent
    variants get one each and the others are left out, for a series has no variant without a stamp.
    """
    if not 1 <= edition <= MAX_EDITION:
        raise InputError(
            f"An edition of {edition:,} stamps is not possible.", remedy=f"Choose a number from 1 to {MAX_EDITION:,}."
        )
    counts = apportion(series.variant_counts, edition)
    variants = tuple(
        replace(variant, count=count) for variant, count in zip(series.variants, counts, strict=True) if count
    )
    return replace(series, edition=edition, variants=variants)


def apportion(weights: Sequence[int], total: int) -> tuple[int, ...]:
    """Return whole numbers that add up to `total`, in proportion to the positive `weights`.

    None is zero unless there are more weights than `total`; then the largest get one each. Ties go
    to the earlier weight.
    """
    by_weight = sorted(range(len(weights)), key=lambda index: (-weights[index], index))
    if total < len(weights):
        chosen = set(by_weight[:total])
        return tuple(int(index in chosen) for index in range(len(weights)))
    quotas = [Fraction(weight * total, sum(weights)) for weight in weights]
    counts = [int(quota) for quota in quotas]
    by_remainder = sorted(range(len(weights)), key=lambda index: (counts[index] - quotas[index], index))
    for index in by_remainder[: total - sum(counts)]:
        counts[index] += 1
    for index, count in enumerate(counts):
        if not count:
            # The one that is furthest above its share gives one away, but never its last.
            giver = max(by_weight, key=lambda other: (counts[other] > 1, counts[other] - quotas[other]))
            counts[giver] -= 1
            counts[index] = 1
    return tuple(counts)
