from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paper import bytes_on_paper, corner_of, on_paper, on_screen, spots_of

from cryptostamp.errors import InputError
from cryptostamp.press.marks import Box, Curves
from cryptostamp.press.security.bands import band, border, ground
from cryptostamp.press.security.rosettes import rosette, stamp_rosette

BOX = Box(x_mm=3, y_mm=2, width_mm=34, height_mm=24)
STRIP = Box(x_mm=3, y_mm=2, width_mm=34, height_mm=5)
FREE_OF_CORNERS_MM = 0.015

Pattern = Callable[[bytes], tuple[Curves, ...]]

PATTERNS: dict[str, Pattern] = {
    "rosette": lambda seed: rosette((20, 14), radius_mm=9, seed=seed),
    "rosette of a stamp": lambda seed: stamp_rosette((20, 14), radius_mm=6, seed=seed),
    "band": lambda seed: band(STRIP, seed=seed),
    "tapered band": lambda seed: band(STRIP, seed=seed, tapered=True),
    "border": lambda seed: border(BOX, depth_mm=2.4, seed=seed),
    "ground": lambda seed: ground(BOX, seed=seed, colours=("#8fb8c4", "#c8a58a")),
}


def ink(marks: Sequence[Curves]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the outermost points that ink reaches: upper left, lower right."""
    spots = spots_of(marks)
    half = max(mark.width_mm for mark in marks) / 2
    low, high = spots.min(axis=0) - half, spots.max(axis=0) + half
    return (float(low[0]), float(low[1])), (float(high[0]), float(high[1]))


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS.keys())
class TestEveryPattern:
    def test_the_same_seed_gives_the_same_lines(self, pattern: Pattern) -> None:
        """One seed, one pattern: a series can be printed again."""
        assert pattern(b"leapfrog") == pattern(b"leapfrog")

    def test_another_seed_gives_other_lines(self, pattern: Pattern) -> None:
        """No line of a hundred seeds is that of another."""
        drawn = {path for n in range(20) for mark in pattern(b"%d" % n) for path in mark.paths}
        assert len(drawn) == sum(len(mark.paths) for n in range(20) for mark in pattern(b"%d" % n))

    def test_lines_have_no_corner(self, pattern: Pattern) -> None:
        """Two pieces of a line go on in one direction, up to the grid that they lie on."""
        for n in range(6):
            for mark in pattern(b"%d" % n):
                assert max(map(corner_of, mark.paths)) < FREE_OF_CORNERS_MM

    def test_paper_and_screen_agree(self, pattern: Pattern) -> None:
        """A PDF reader that wrote none of it puts as much ink in the same places as the screen does."""
        marks = [
            Curves(
                paths=mark.paths, origin_mm=mark.origin_mm, width_mm=mark.width_mm, colour="#000000", turns=mark.turns
            )
            for mark in pattern(b"paper")
        ]
        # At less than 600 dpi a line is thinner than a dot, and readers make it broader.
        paper, screen = (draw(marks, 40, 28, 600) for draw in (on_paper, on_screen))
        fields = [
            seen[: seen.shape[0] // 4 * 4, : seen.shape[1] // 4 * 4].reshape(seen.shape[0] // 4, 4, -1, 4).mean((1, 3))
            for seen in (paper, screen)
        ]
        assert np.corrcoef(fields[0].ravel(), fields[1].ravel())[0, 1] > 0.97
        assert abs(fields[0].mean() - fields[1].mean()) < 0.01


class TestRosette:
    @given(
        radius=st.floats(2, 40),
        eye=st.floats(0, 0.8),
        petals=st.none() | st.integers(3, 48),
        seed=st.binary(max_size=40),
        small=st.booleans(),
    )
    @settings(max_examples=25, deadline=None)
    def test_ink_keeps_between_eye_and_radius(
        self, radius: float, eye: float, petals: int | None, seed: bytes, *, small: bool
    ) -> None:
        """Whatever the seed, nothing is drawn outside of the radius, or in the eye that is left to the artwork."""
        turn = stamp_rosette if small else rosette
        marks = turn((5, 7), radius_mm=radius, inner_mm=eye * radius, petals=petals, seed=seed)
        away = np.hypot(*(spots_of(marks) - (5, 7)).T)
        assert away.max() + 0.03 <= radius
        assert away.min() - 0.03 >= eye * radius - 0.02

    def test_has_as_many_petals_as_asked_for(self) -> None:
        """A poppy has four, a daisy twenty-one: each mark is turned so many times."""
        for petals in (4, 21):
            assert {m.turns for m in stamp_rosette((0, 0), radius_mm=9, petals=petals, seed=b"")} == {petals}

    def test_a_shared_rosette_is_small(self) -> None:
        """Three interlaced rings of some hundred lines take less than 25 kB."""
        sizes = [bytes_on_paper(rosette((20, 20), radius_mm=9, seed=b"%d" % n)) for n in range(12)]
        assert max(sizes) < 25_000

    def test_a_rosette_for_each_stamp_is_smaller(self) -> None:
        """Another rosette on each stamp adds less than 3.3 kB to a file."""
        sizes = [bytes_on_paper(stamp_rosette((20, 20), radius_mm=6, seed=b"%d" % n)) for n in range(40)]
        assert max(sizes) < 3_300

    def test_more_lines_are_richer(self) -> None:
        """A designer who has the room asks for more lines in a petal."""
        outer, _ = stamp_rosette((0, 0), radius_mm=12, petals=9, lines=4, seed=b"")
        assert len(outer.paths) * outer.turns == 36

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            ({"radius_mm": 1.0}, "a radius of 1 mm"),
            ({"radius_mm": 9, "inner_mm": 8.5}, "at most 7.20 mm"),
            ({"radius_mm": 9, "petals": 2}, "2 petals"),
            ({"radius_mm": 9, "width_mm": 0.01}, "0.01 mm wide"),
            ({"radius_mm": 9, "colours": ()}, "0 colours"),
        ],
    )
    def test_refuses_what_cannot_be_printed(self, wrong: dict[str, object], told: str) -> None:
        """The refusal says which measure it is, and its bounds."""
        for turn in (rosette, stamp_rosette):
            with pytest.raises(InputError) as refused:
                turn((0, 0), seed=b"", **wrong)  # type: ignore[operator]
            assert told in f"{refused.value} {refused.value.remedy}"

    def test_refuses_lines_beyond_number(self) -> None:
        """More than 64 lines in a petal are a black disc."""
        with pytest.raises(InputError, match="65 lines"):
            stamp_rosette((0, 0), radius_mm=9, lines=65, seed=b"")


class TestBand:
    @given(width=st.floats(2, 60), height=st.floats(1, 12), seed=st.binary(max_size=8), tapered=st.booleans())
    @settings(max_examples=25, deadline=None)
    def test_ink_keeps_in_the_box_whichever_way_it_lies(
        self, width: float, height: float, seed: bytes, *, tapered: bool
    ) -> None:
        """Upright or lying, no line leaves the box."""
        long, deep = max(width, 2 * height), height
        for box in (
            Box(x_mm=1, y_mm=2, width_mm=long, height_mm=deep),
            Box(x_mm=1, y_mm=2, width_mm=deep, height_mm=long),
        ):
            (left, top), (right, bottom) = ink(band(box, seed=seed, tapered=tapered))
            assert left >= box.x_mm
            assert top >= box.y_mm
            assert right <= box.right_mm
            assert bottom <= box.bottom_mm

    def test_tapered_lines_meet_at_both_ends(self) -> None:
        """All lines start in one point and end in one."""
        for mark in band(STRIP, seed=b"x", tapered=True):
            assert {path[1] for path in mark.paths} == {0}
            assert {path[-1] for path in mark.paths} == {0}

    @pytest.mark.parametrize(("width", "height"), [(20, 0.5), (5, 4)])
    def test_refuses_a_box_that_is_no_band(self, width: float, height: float) -> None:
        """Too flat, or not longer than deep."""
        with pytest.raises(InputError, match="A band is to fill"):
            band(Box(x_mm=0, y_mm=0, width_mm=width, height_mm=height), seed=b"")

    def test_refuses_a_single_line(self) -> None:
        """One line interlaces with nothing."""
        with pytest.raises(InputError, match="1 lines"):
            band(STRIP, seed=b"", lines=1)


class TestBorder:
    @given(width=st.floats(15, 80), height=st.floats(15, 80), depth=st.floats(0.8, 3), seed=st.binary(max_size=8))
    @settings(max_examples=25, deadline=None)
    def test_ink_keeps_in_a_frame_of_its_depth(self, width: float, height: float, depth: float, seed: bytes) -> None:
        """Nothing outside of the box; nothing in the middle, which is for the picture."""
        box = Box(x_mm=1, y_mm=2, width_mm=width, height_mm=height)
        marks = border(box, depth_mm=depth, seed=seed)
        (left, top), (right, bottom) = ink(marks)
        assert min(left - box.x_mm, top - box.y_mm, box.right_mm - right, box.bottom_mm - bottom) >= 0
        spots = spots_of(marks)
        # The inside of the corners is round: there ink reaches farther in than the depth.
        free = box.grown(-2.6 * depth)
        inside = (np.abs(spots[:, 0] - box.x_mm - width / 2) < free.width_mm / 2) & (
            np.abs(spots[:, 1] - box.y_mm - height / 2) < free.height_mm / 2
        )
        assert not inside.any()

    def test_the_halves_meet_without_a_corner(self) -> None:
        """Each line ends where another one, turned by half a turn, begins, and in the same direction."""
        for n in range(8):
            for mark in border(BOX, depth_mm=2, seed=b"%d" % n):
                begins = np.array([path[:4] for path in mark.paths], dtype=float)
                for path in mark.paths:
                    near = np.abs(begins[:, :2] + path[-2:]).max(axis=1) <= 2
                    into = -np.subtract(path[-2:], path[-4:-2])
                    out = begins[near, 2:] - begins[near, :2]
                    straight = (out @ into) / np.hypot(*into) / np.hypot(*out.T)
                    assert straight.max() > 0.98

    def test_refuses_a_depth_that_leaves_no_sides(self) -> None:
        """At most a fifth of the shorter side."""
        with pytest.raises(InputError, match=re.escape("A border of 6 mm is to run round 34 x 24 mm")):
            border(BOX, depth_mm=6, seed=b"")

    def test_refuses_an_odd_number_of_lines(self) -> None:
        """The halves of a border are alike only with an even number."""
        with pytest.raises(InputError, match="7 lines"):
            border(BOX, depth_mm=2, seed=b"", lines=7)


class TestGround:
    @given(width=st.floats(4, 90), height=st.floats(5, 60), seed=st.binary(max_size=8))
    @settings(max_examples=20, deadline=None)
    def test_ink_keeps_in_the_box_and_lines_apart(self, width: float, height: float, seed: bytes) -> None:
        """No wave leaves the box, and neighbouring lines never touch."""
        box = Box(x_mm=1, y_mm=2, width_mm=width, height_mm=height)
        marks = ground(box, seed=seed)
        (left, top), (right, bottom) = ink(marks)
        assert min(left - 1, top - 2, box.right_mm - right, box.bottom_mm - bottom) >= 0
        starts = [path[1] for path in marks[0].paths]
        assert min(np.diff(starts)) > 0

    def test_refuses_lines_too_close(self) -> None:
        """Lines nearer than three widths fill in."""
        with pytest.raises(InputError, match="every"):
            ground(BOX, seed=b"", spacing_mm=0.1)
