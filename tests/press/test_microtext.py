from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paper import bytes_on_paper, on_paper, on_screen

from cryptostamp.errors import InputError
from cryptostamp.press.lettering import Typeface, set_line
from cryptostamp.press.marks import Box, TextRun
from cryptostamp.press.security.bands import band
from cryptostamp.press.security.microtext import (
    least_dpi,
    microtext_warning,
    text_along,
    text_circle,
    text_frame,
    text_line,
)

BOX = Box(x_mm=2, y_mm=2, width_mm=36, height_mm=24)
TEXT = "LEAPFROG 2026 · No. 4711 ·"


def end_of(run: TextRun) -> tuple[float, float]:
    """Return where the last letter of a run ends on the baseline."""
    _, wide = set_line(run.text, run.typeface, run.size_mm, tracking_mm=run.tracking_mm, kerned=run.kerned)
    turn = math.radians(run.turn_deg)
    return run.x_mm + wide * math.cos(turn), run.baseline_mm + wide * math.sin(turn)


class TestLine:
    @given(length=st.floats(8, 60), angle=st.floats(-180, 180), text=st.text("AMX019 .", min_size=1, max_size=24))
    @settings(max_examples=40, deadline=None)
    def test_whole_repetitions_fill_a_line_exactly(self, length: float, angle: float, text: str) -> None:
        """The last letter of the last repetition ends where the line ends, whatever its length and direction."""
        if not text.strip():
            return
        turn = math.radians(angle)
        end = 30 + length * math.cos(turn), 30 + length * math.sin(turn)
        (run,) = text_line(text, (30, 30), end)
        assert math.dist(end_of(run), end) < 0.05
        assert set(run.text.split(text.strip())) <= {"", " "}

    def test_a_stamp_pays_little_for_a_line_with_its_number(self) -> None:
        """Two lines of 36 mm with the serial, another on each stamp, add less than 200 bytes."""
        lines = text_line(TEXT, (2, 2), (38, 2)) + text_line(TEXT, (2, 26), (38, 26))
        assert bytes_on_paper(lines) < 200

    def test_refuses_what_does_not_fit_once(self) -> None:
        """A text is never cut: the refusal names its length and the room."""
        with pytest.raises(InputError, match=r"2\.\d mm long in 0\.25 mm; its line has 1\.5 mm"):
            text_line(TEXT, (0, 0), (1.5, 0))

    def test_refuses_a_line_that_one_word_would_have_to_be_torn_apart_for(self) -> None:
        """Letters spaced by more than half their size are no word any more."""
        with pytest.raises(InputError, match="no whole number of repetitions"):
            text_line("MM", (0, 0), (0.43, 0))

    def test_refuses_letters_that_the_typeface_lacks(self) -> None:
        """The character is named."""
        with pytest.raises(InputError, match="HIRAGANA"):
            text_line("あ", (0, 0), (20, 0))

    @pytest.mark.parametrize("size", [0.1, 0.8])
    def test_refuses_a_size_that_is_no_micro_text(self, size: float) -> None:
        """Smaller is a smear, larger is plain text."""
        with pytest.raises(InputError, match="Micro-text is to be set"):
            text_line(TEXT, (0, 0), (20, 0), size_mm=size)

    def test_refuses_no_letters_and_no_line(self) -> None:
        """Blanks repeat nothing, and a point has no direction."""
        with pytest.raises(InputError, match="no letters"):
            text_line("  ", (0, 0), (20, 0))
        with pytest.raises(InputError, match="no length"):
            text_line(TEXT, (5, 5), (5, 5))


class TestFrame:
    def test_runs_round_without_a_gap(self) -> None:
        """Each run begins where the one before it ended; the last ends where the first begins."""
        runs = text_frame(TEXT, BOX)
        for before, after in zip(runs, (*runs[1:], runs[0]), strict=True):
            # A space or two may be left out between runs, and a glyph is turned about its own middle.
            assert math.dist(end_of(before), (after.x_mm, after.baseline_mm)) < 0.25

    def test_says_the_whole_text_a_whole_number_of_times(self) -> None:
        """Read clockwise, nothing is lost at a corner."""
        said = "".join(run.text for run in text_frame(TEXT, BOX)).replace(" ", "")
        word = TEXT.replace(" ", "")
        assert said == word * (len(said) // len(word))
        assert len(said) >= 10 * len(word)

    def test_letters_stand_outside_of_the_box_on_every_side(self) -> None:
        """Capitals point away from the picture: up on the upper side, down on the lower one."""
        longest = {}
        for run in text_frame(TEXT, BOX):
            longest[round(run.turn_deg)] = max(longest.get(round(run.turn_deg), 0), len(run.text))
        assert {turn for turn, length in longest.items() if length > 20} == {0, 90, -180, -90}

    @pytest.mark.parametrize("corner", [0.1, 12])
    def test_refuses_corners_that_cannot_be_turned(self, corner: float) -> None:
        """Tighter than a letter, or rounder than the box."""
        with pytest.raises(InputError, match="corners of a frame"):
            text_frame(TEXT, BOX, corner_mm=corner)


class TestCurves:
    def test_glyphs_stand_on_a_circle(self) -> None:
        """The middle of every glyph's foot lies on the circle, and the glyph stands upright on it."""
        for inwards, up in ((False, 1), (True, -1)):
            for run in text_circle(TEXT, (20, 14), 8, inwards=inwards):
                foot = np.add(end_of(run), (run.x_mm, run.baseline_mm)) / 2 - (20, 14)
                assert np.hypot(*foot) == pytest.approx(8, abs=0.002)
                turn = math.radians(run.turn_deg)
                assert np.array([math.sin(turn), -math.cos(turn)]) @ foot == pytest.approx(8 * up, abs=0.01)

    def test_glyphs_follow_a_line_of_a_guilloche(self) -> None:
        """From one end of a wave to the other, in its direction, to the letter."""
        (wave, *_) = band(Box(x_mm=2, y_mm=10, width_mm=36, height_mm=4), seed=b"w", lines=2)
        runs = text_along("WAVES", wave.paths[0], wave.origin_mm)
        assert runs[0].x_mm == pytest.approx(2, abs=0.2)
        assert end_of(runs[-1])[0] == pytest.approx(38, abs=0.2)
        said = "".join(run.text for run in runs)
        assert said == "WAVES" * (len(said) // 5)
        assert max(run.turn_deg for run in runs) > 10 > -10 > min(run.turn_deg for run in runs)

    def test_refuses_a_circle_smaller_than_its_letters_can_turn(self) -> None:
        """At least three times the size of the letters."""
        with pytest.raises(InputError, match=r"radius 0\.5 mm"):
            text_circle(TEXT, (0, 0), 0.5)

    def test_paper_and_screen_agree(self) -> None:
        """Turned letters lie in the same places in a PDF reader that wrote none of them."""
        marks = text_frame(TEXT, BOX, size_mm=0.5) + text_circle(TEXT, (20, 14), 8, size_mm=0.5)
        paper, screen = (draw(marks, 40, 28, 600) for draw in (on_paper, on_screen))
        fields = [seen[:660, :944].reshape(165, 4, 236, 4).mean((1, 3)) for seen in (paper, screen)]
        assert np.corrcoef(fields[0].ravel(), fields[1].ravel())[0, 1] > 0.97


class TestResolution:
    def test_says_what_a_size_takes(self) -> None:
        """Seven dots of capital: 0.25 mm takes a device of 1,016 dpi, so one of 1,200."""
        assert least_dpi(0.25) == 1016
        assert least_dpi(0.25, Typeface.DISPLAY) <= 1100

    def test_warns_at_600_dpi_and_is_silent_where_it_prints(self) -> None:
        """The warning says how many dots there are and what to do."""
        warning = microtext_warning(0.25, 600)
        assert warning is not None
        assert "4.1 dots at 600 dpi" in warning
        assert "1,016 dpi" in warning
        assert microtext_warning(0.25, 2540) is None
