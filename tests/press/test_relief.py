from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support.paper import bytes_on_paper, corner_of, on_paper, on_screen, spots_of

from cryptostamp.errors import InputError
from cryptostamp.press.lettering import Typeface
from cryptostamp.press.marks import CURVE_UNIT_MM, Box, TextRun
from cryptostamp.press.security.relief import Heights, engraving, heights_of, heights_of_marks, relief

BOX = Box(x_mm=3, y_mm=2, width_mm=30, height_mm=20)


@pytest.fixture(scope="module")
def numeral() -> Heights:
    """Give the heights of a large 7."""
    seven = TextRun(text="7", typeface=Typeface.DISPLAY, size_mm=18, x_mm=13, baseline_mm=19)
    return heights_of_marks((seven,), BOX)


class TestHeights:
    def test_dark_is_high_and_the_range_is_used(self) -> None:
        """A grey disc on a light ground becomes a hill from 0 to 1."""
        tones = np.full((60, 90), 200, dtype=np.uint8)
        tones[20:40, 30:60] = 90
        heights = heights_of(Image.fromarray(tones), size_mm=(9, 6))
        assert heights.shape == (72, 108)
        assert (heights.min(), heights.max()) == (0, 1)
        assert heights[36, 54] > 0.95
        assert heights[4, 4] < 0.05

    def test_transparent_parts_are_low(self) -> None:
        """What an emblem leaves open is paper."""
        emblem = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
        emblem.paste((0, 0, 0, 255), (20, 10, 40, 30))
        heights = heights_of(emblem, size_mm=(6, 4))
        assert heights[0, 0] == 0
        assert heights[24, 36] > 0.9

    def test_marks_lie_where_they_are_drawn(self, numeral: Heights) -> None:
        """The numeral is high where it stands, and the ground beside it is flat."""
        assert numeral[:, :60].max() < 0.01
        assert numeral.shape == (240, 360)
        assert numeral[:, 120:260].max() == 1

    def test_refuses_a_picture_of_one_tone(self) -> None:
        """No line would bend."""
        with pytest.raises(InputError, match="one tone"):
            heights_of(Image.new("L", (40, 40), 128), size_mm=(10, 10))


class TestRelief:
    def test_lines_rise_over_the_motif_and_nowhere_else(self, numeral: Heights) -> None:
        """Beside the motif a line is straight but for its faint wave; over it, it is lifted."""
        (mark,) = relief(BOX, numeral, seed=b"s", lift_mm=0.45)
        rises = []
        for path in mark.paths:
            y = np.array([path[1], *path[7::6]]) * CURVE_UNIT_MM
            assert abs(y[-1] - y[0]) < 0.1
            rises.append(y[0] - y.min())
        assert max(rises) > 0.3
        assert sum(rise < 0.1 for rise in rises) > 5

    @given(lift=st.floats(0.05, 4), spacing=st.floats(0.2, 1.0), blur=st.floats(0.1, 0.6), seed=st.binary(max_size=8))
    @settings(max_examples=15, deadline=None)
    def test_lines_stay_in_the_box_and_never_meet(self, lift: float, spacing: float, blur: float, seed: bytes) -> None:
        """However steep the motif and however high the lift."""
        cliff = Image.fromarray(np.kron(np.array([[255, 0], [0, 255]], dtype=np.uint8), np.ones((50, 80), np.uint8)))
        heights = heights_of(cliff, size_mm=(BOX.width_mm, BOX.height_mm), blur_mm=blur)
        (mark,) = relief(BOX, heights, seed=seed, lift_mm=lift, spacing_mm=spacing)
        spots = spots_of((mark,))
        half = mark.width_mm / 2
        assert spots[:, 0].min() - half >= BOX.x_mm
        assert spots[:, 1].min() - half >= BOX.y_mm
        assert spots[:, 0].max() + half <= BOX.right_mm
        assert spots[:, 1].max() + half <= BOX.bottom_mm
        across = np.arange(0, 6000, 3)
        lines = np.array([np.interp(across, (p[0], *p[6::6]), (p[1], *p[7::6])) for p in mark.paths])
        assert np.diff(lines, axis=0).min() > 0

    def test_lines_have_no_corner(self, numeral: Heights) -> None:
        """However few pieces a line has."""
        (mark,) = relief(BOX, numeral, seed=b"s")
        assert max(map(corner_of, mark.paths)) < 0.015

    def test_two_colours_alternate(self, numeral: Heights) -> None:
        """Neighbouring lines are printed by different plates, which must register."""
        first, second = relief(BOX, numeral, seed=b"s", colours=("#1f5a78", "UV"))
        assert abs(len(first.paths) - len(second.paths)) <= 1
        assert second.colour == "UV"
        assert first.paths[0][1] < second.paths[0][1] < first.paths[1][1]

    def test_the_seed_moves_the_ground(self, numeral: Heights) -> None:
        """The same seed, the same lines; another seed, another wave."""
        assert relief(BOX, numeral, seed=b"a") == relief(BOX, numeral, seed=b"a")
        assert relief(BOX, numeral, seed=b"a") != relief(BOX, numeral, seed=b"b")

    def test_straight_lines_cost_little(self, numeral: Heights) -> None:
        """A ground of 30 x 20 mm with a numeral takes less than 25 kB."""
        assert bytes_on_paper(relief(BOX, numeral, seed=b"s")) < 25_000

    def test_paper_and_screen_agree(self, numeral: Heights) -> None:
        """In a PDF reader that wrote none of it."""
        marks = relief(BOX, numeral, seed=b"s", colours=("#000000",))
        paper, screen = (draw(marks, 36, 24, 600) for draw in (on_paper, on_screen))
        fields = [seen[:564, :848].reshape(141, 4, 212, 4).mean((1, 3)) for seen in (paper, screen)]
        assert np.corrcoef(fields[0].ravel(), fields[1].ravel())[0, 1] > 0.97

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            ({"lift_mm": 0}, "rise by 0 mm"),
            ({"lift_mm": 6}, "at most 5 mm"),
            ({"spacing_mm": 3}, "every 3 mm"),
            ({"width_mm": 0.5}, "0.5 mm wide"),
        ],
    )
    def test_refuses_what_shows_nothing(self, numeral: Heights, wrong: dict[str, float], told: str) -> None:
        """The measure is named, with its bounds."""
        with pytest.raises(InputError) as refused:
            relief(BOX, numeral, seed=b"", **wrong)  # type: ignore[arg-type]
        assert told in f"{refused.value} {refused.value.remedy}"


class TestEngraving:
    def test_lines_are_broad_where_the_motif_is_dark(self, numeral: Heights) -> None:
        """More ink lies on the numeral than beside it."""
        marks = engraving(BOX, numeral, seed=b"e", colour="#000000")
        seen = on_screen(marks, 36, 24, 600)
        dark = seen[200:300, 400:480].mean(), seen[200:300, 100:180].mean()
        assert dark[0] < dark[1]

    def test_shapes_are_closed_and_keep_in_the_box(self, numeral: Heights) -> None:
        """Each line is one shape between its two edges."""
        (mark,) = engraving(BOX, numeral, seed=b"e")
        assert all(path[:2] == path[-2:] for path in mark.paths)
        spots = spots_of((mark,))
        assert (spots >= (BOX.x_mm, BOX.y_mm)).all()
        assert (spots <= (BOX.right_mm, BOX.bottom_mm)).all()

    def test_refuses_lines_that_would_fill_in(self, numeral: Heights) -> None:
        """Light is left between the broadest."""
        with pytest.raises(InputError, match="lines of an engraving"):
            engraving(BOX, numeral, seed=b"", spacing_mm=0.2)
