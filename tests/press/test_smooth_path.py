from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.paper import corner_of, spots_of

from cryptostamp.press.marks import CURVE_UNIT_MM, Curves
from cryptostamp.press.security.smooth_path import Complex, Draws, smooth_path

GOLDEN_DRAWS = (29, 8, 34, 4, 24, 97, 58, 92)
GOLDEN_QUARTER = (1400, 0, 1400, 367, 1249, 731, 990, 990, 731, 1249, 367, 1400, 0, 1400)


def spiral(angle: Complex) -> tuple[Complex, Complex]:
    """Return a spiral of 2 to 8 mm, which no cubic is."""
    radius = 2 + angle / np.pi
    return radius * np.cos(angle), radius * np.sin(angle)


def circle(angle: Complex) -> tuple[Complex, Complex]:
    return 7 * np.cos(angle), 7 * np.sin(angle)


class TestDraws:
    def test_the_numbers_of_a_seed_never_change(self) -> None:
        """A series that is printed again in ten years has the lines it had."""
        draws = Draws(b"leapfrog")
        assert [draws.whole(1, 100) for _ in range(8)] == list(GOLDEN_DRAWS)

    @given(seed=st.binary(max_size=64), low=st.integers(-50, 50), wide=st.integers(0, 50))
    def test_numbers_keep_their_bounds(self, seed: bytes, low: int, wide: int) -> None:
        """Both ends of a whole range can be drawn, nothing beyond them."""
        draws = Draws(seed)
        assert all(low <= draws.whole(low, low + wide) <= low + wide for _ in range(20))
        assert all(low <= draws.between(low, low + 1) <= low + 1 for _ in range(5))
        assert draws.one_of("abc") in "abc"

    def test_all_of_a_range_is_drawn(self) -> None:
        """No choice is left out."""
        draws = Draws(b"")
        assert {draws.whole(1, 6) for _ in range(200)} == {1, 2, 3, 4, 5, 6}


class TestSmoothPath:
    @pytest.mark.parametrize("tolerance", [0.005, 0.02, 0.1])
    def test_keeps_to_the_curve_within_the_tolerance(self, tolerance: float) -> None:
        """No point of the path is farther from the curve than asked for, and half a grid."""
        path = smooth_path(spiral, 0, 6 * np.pi, pieces=6, tolerance_mm=tolerance)
        spots = spots_of((Curves(paths=(path,), origin_mm=(0, 0), width_mm=0.1, colour="#000000"),))
        x, y = spiral(np.linspace(0, 6 * np.pi, 20_001))
        away = [np.hypot(x.real - spot[0], y.real - spot[1]).min() for spot in spots]
        assert max(away) < tolerance + CURVE_UNIT_MM

    def test_a_looser_tolerance_takes_fewer_pieces(self) -> None:
        """The error falls with the fourth power of the pieces: a tenth of them is not needed for a tenth of it."""
        fine, coarse = (
            len(smooth_path(spiral, 0, 6 * np.pi, pieces=4, tolerance_mm=tolerance)) for tolerance in (0.002, 0.2)
        )
        assert 2 * coarse < fine < 6 * coarse

    def test_a_curve_that_comes_back_is_closed_without_a_corner(self) -> None:
        """The last piece ends on the first number, in the direction of the first piece."""
        path = smooth_path(circle, 0, 2 * np.pi, pieces=5)
        assert path[:2] == path[-2:] == (1400, 0)
        assert corner_of(path) < 0.015

    def test_the_numbers_of_a_curve_never_change(self) -> None:
        """Whole numbers on a grid: the same line has the same bytes on every machine."""
        assert smooth_path(circle, 0, np.pi / 2, pieces=1, tolerance_mm=0.1) == GOLDEN_QUARTER
