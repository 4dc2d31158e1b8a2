from __future__ import annotations

from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from cryptostamp.errors import InputError
from cryptostamp.press.lettering import Typeface, fit_size, set_line, subset_font, width_of


class TestGlyphs:
    """Characters the typefaces have, and have not."""

    @pytest.mark.parametrize("typeface", Typeface)
    def test_names_of_europe_can_be_set(self, typeface: Typeface) -> None:
        """Latin-1, Latin Extended-A and the euro are there."""
        text = "Österreich Føroyar Ísland Łotwa Čeština Győr Malta € 1.20 £ $ ¥ No. 7"
        glyphs, width_mm = set_line(text, typeface, 3.0)
        assert len(glyphs) == len(text)
        assert width_mm > len(text) * 0.5

    @pytest.mark.parametrize("typeface", Typeface)
    def test_a_missing_glyph_is_named(self, typeface: Typeface) -> None:
        """The error names the element, the character and its number."""
        with pytest.raises(InputError, match=r"The country name 'Ελλάς' needs '.' \(U\+0395, GREEK"):
            set_line("Ελλάς", typeface, 3.0, element="country name")


class TestMeasure:
    """Widths in millimetres."""

    def test_width_grows_with_size(self) -> None:
        """A line twice as large is twice as wide."""
        assert width_of("Leapfrog", Typeface.TEXT, 4) == pytest.approx(2 * width_of("Leapfrog", Typeface.TEXT, 2))

    def test_tracking_is_added_between_letters_only(self) -> None:
        """Four letters have three gaps."""
        plain = width_of("LEAP", Typeface.DISPLAY, 2)
        assert width_of("LEAP", Typeface.DISPLAY, 2, tracking=0.5) == pytest.approx(plain + 3 * 0.5 * 2)

    def test_kerning_is_applied(self) -> None:
        """AV is narrower than A and V apart."""
        apart = width_of("A", Typeface.DISPLAY, 10) + width_of("V", Typeface.DISPLAY, 10)
        assert width_of("AV", Typeface.DISPLAY, 10) < apart

    def test_text_that_fits_keeps_its_size(self) -> None:
        """Room enough: the largest size."""
        size = fit_size("Dive", Typeface.TEXT, element="title", room_mm=20, largest_mm=3, smallest_mm=2)
        assert size == 3

    def test_text_shrinks_to_its_room(self) -> None:
        """Between the bounds the line fills its room exactly."""
        text = "A frog in flight"
        size = fit_size(text, Typeface.TEXT, element="title", room_mm=13, largest_mm=3, smallest_mm=2)
        assert width_of(text, Typeface.TEXT, size) == pytest.approx(13)

    def test_text_too_long_is_refused_with_both_widths(self) -> None:
        """The error names the element, how wide it is and how much room there is."""
        with pytest.raises(InputError, match=r"The title '.*' is 2\d\.\d mm wide .* has 15\.0 mm for it"):
            fit_size("A" * 30, Typeface.TEXT, element="title", room_mm=15, largest_mm=3, smallest_mm=2)


class TestSubset:
    """What is embedded."""

    def test_the_subset_is_small_and_a_font(self) -> None:
        """Only the wanted glyphs have outlines; their numbers stay."""
        subset = subset_font(Typeface.TEXT, "No. 42")
        assert len(subset.data) < 9_000
        with TTFont(BytesIO(subset.data)) as font:
            drawn = [name for name in font.getGlyphOrder() if font["glyf"][name].numberOfContours > 0]
        assert len(drawn) <= len(set("No. 42")) + 1
        assert sorted(subset.characters.values()) == sorted(set("No. 42"))

    def test_the_same_letters_give_the_same_bytes(self) -> None:
        """Order and repetition do not matter."""
        assert subset_font(Typeface.DISPLAY, "frog").data == subset_font(Typeface.DISPLAY, "gorfgorf").data
