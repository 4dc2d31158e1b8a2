import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from qrcode.util import lost_point

from cryptostamp.codes.penalty import penalties


class TestPenalties:
    @settings(deadline=None)
    @given(st.sampled_from([21, 25, 37]).flatmap(lambda side: arrays.arrays(np.bool_, (2, side, side))))
    def test_same_as_the_library(self, modules: np.ndarray) -> None:
        """Whatever the modules, the points are those that the library gives."""
        assert penalties(modules).tolist() == [lost_point(symbol.tolist()) for symbol in modules]

    @pytest.mark.parametrize("seed", range(4))
    def test_random_modules(self, seed: int) -> None:
        """The same for modules as restless as those of real symbols, some of them too dark or too light."""
        random = np.random.default_rng(seed)
        modules = random.random((20, 37, 37)) < random.uniform(0.2, 0.8, (20, 1, 1))
        assert penalties(modules).tolist() == [lost_point(symbol.tolist()) for symbol in modules]

    def test_worked_example(self) -> None:
        """A symbol that is all dark pays for its runs, its squares and its balance; so do finder patterns."""
        dark = np.ones((1, 21, 21), dtype=np.bool_)
        assert penalties(dark).tolist() == [2 * 21 * (3 + 16) + 3 * 20 * 20 + 10 * 10]
        checks = np.indices((21, 21)).sum(axis=0) % 2 == 0
        assert penalties(checks[np.newaxis]).tolist() == [0]
        checks[0, :11] = [bit == "1" for bit in "10111010000"]
        assert penalties(checks[np.newaxis])[0] >= 40
