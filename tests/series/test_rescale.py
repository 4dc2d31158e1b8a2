from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.errors import InputError
from cryptostamp.primitives import MAX_EDITION
from cryptostamp.series import load_series, rescale
from cryptostamp.series.rescale import apportion

WEIGHTS = st.lists(st.integers(1, 100_000), min_size=1, max_size=12)


class TestApportion:
    @pytest.mark.parametrize(
        ("weights", "total", "counts"),
        [
            ((520, 270, 140, 60, 10), 1000, (520, 270, 140, 60, 10)),
            ((520, 270, 140, 60, 10), 100, (52, 27, 14, 6, 1)),
            ((520, 270, 140, 60, 10), 25, (13, 7, 3, 1, 1)),
            ((520, 270, 140, 60, 10), 5, (1, 1, 1, 1, 1)),
            ((1, 1, 1), 4, (2, 1, 1)),
            ((10, 520, 60), 2, (0, 1, 1)),
            ((7,), 3, (3,)),
        ],
    )
    def test_examples(self, weights: tuple[int, ...], total: int, counts: tuple[int, ...]) -> None:
        """Largest remainders decide, no variant goes without unless there are too few stamps."""
        assert apportion(weights, total) == counts

    @given(WEIGHTS, st.integers(1, 10_000))
    def test_properties(self, weights: list[int], total: int) -> None:
        """Counts add up, none is lost where it need not be, and the heavier never gets fewer than the lighter."""
        counts = apportion(weights, total)
        assert sum(counts) == total
        assert all(counts) or total < len(weights)
        pairs = pairwise(sorted(zip(weights, counts, strict=True)))
        assert all(light[1] <= heavy[1] for light, heavy in pairs if light[0] < heavy[0])


class TestRescale:
    def test_keeps_everything_else(self, folder: Path) -> None:
        """Only edition and counts change."""
        series = load_series(folder)
        smaller = rescale(series, 20)
        assert (smaller.edition, smaller.variant_counts) == (20, (18, 2))
        assert (smaller.designs, smaller.issuer, smaller.folder) == (series.designs, series.issuer, series.folder)
        assert rescale(smaller, 100) == series

    def test_fewer_stamps_than_variants(self, folder: Path) -> None:
        """A variant that gets no stamp is left out."""
        smaller = rescale(load_series(folder), 1)
        assert [(variant.key, variant.count) for variant in smaller.variants] == [("green", 1)]

    @pytest.mark.parametrize("edition", [0, -1, MAX_EDITION + 1])
    def test_impossible_edition(self, folder: Path, edition: int) -> None:
        """An edition out of bounds is refused."""
        with pytest.raises(InputError, match="not possible"):
            rescale(load_series(folder), edition)
