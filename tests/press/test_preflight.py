from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.templates import STAMP, TWO_PART, templated

from cryptostamp.errors import ArtworkError, InputError
from cryptostamp.press import check_press
from cryptostamp.press.legibility import _laid_in_auto, auto_colour, contrast, laid_out
from cryptostamp.press.marks import INK, PAPER
from cryptostamp.press.template import template_of
from cryptostamp.series import Series, load_series


def _painted(series: Series, folder: Path, fill: str) -> Series:
    path = folder / "plain.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 364 276">'
        f'<rect width="364" height="276" fill="{fill}"/></svg>'
    )
    return replace(series, designs=tuple(replace(design, artwork=path) for design in series.designs))


def _legend_colour(series: Series) -> str:
    return auto_colour(series, template_of(series, 37))


class TestCheckPress:
    """What is found before printing."""

    def test_leapfrog_passes(self, leapfrog: Series) -> None:
        """The demonstration series can be printed."""
        check_press(leapfrog)

    def test_the_last_serial_is_checked(self, leapfrog: Series) -> None:
        """A short name and edition whose codes are too long are refused before the first stamp."""
        with pytest.raises(InputError, match=r"short code"):
            check_press(replace(leapfrog, id="LEAPFROG", edition=16_000_000))

    def test_missing_artwork_is_found(self, leapfrog: Series, tmp_path: Path) -> None:
        """A design without its file stops the check."""
        gone = replace(leapfrog.designs[4], artwork=tmp_path / "gone.svg")
        with pytest.raises(ArtworkError, match=r"cannot be read"):
            check_press(replace(leapfrog, designs=(*leapfrog.designs[:4], gone)))


class TestContrast:
    """Country and face value can be read."""

    def test_leapfrog_is_lettered_in_ink(self, leapfrog: Series) -> None:
        """On a light sky the letters are dark."""
        assert _legend_colour(leapfrog) == INK

    def test_a_night_sky_is_lettered_in_white(self, leapfrog: Series, tmp_path: Path) -> None:
        """On a dark picture the letters are white."""
        assert _legend_colour(_painted(leapfrog, tmp_path, "#102030")) == PAPER

    def test_a_picture_of_middle_grey_is_refused(self, leapfrog: Series, tmp_path: Path) -> None:
        """Where neither can be read, the error names the artwork and the contrast."""
        with pytest.raises(ArtworkError, match=r"best contrast is \d\.\d to 1") as caught:
            _legend_colour(_painted(leapfrog, tmp_path, "#848484"))
        assert "plain.svg" in caught.value.where

    def test_one_colour_that_does_not_stand_out_is_found(self, leapfrog: Series, tmp_path: Path) -> None:
        """All variants are looked at: a picture that is the colour itself fails for some of them."""
        with pytest.raises(ArtworkError, match=r"cannot be read on the picture"):
            _legend_colour(_painted(leapfrog, tmp_path, "currentColor"))

    def test_only_what_lies_under_a_line_is_drawn_for_it(self, leapfrog: Series) -> None:
        """The ground of each line in ``auto`` is what the whole picture shows there, but for the smoothing of edges."""
        template = template_of(leapfrog, 37)
        design, variant = leapfrog.designs[2], leapfrog.variants[3]
        alone = list(_laid_in_auto(leapfrog, template, design, variant, None))
        whole = [text for text in laid_out(leapfrog, template, design, variant)[0] if text.layer.colour == "auto"]
        assert [text.run for text in alone] == [text.run for text in whole]
        assert alone
        for one, other in zip(alone, whole, strict=True):
            assert one.ground.shape == other.ground.shape
            assert abs(one.ground - other.ground).max() < 0.05
            assert contrast(INK, one.ground) == pytest.approx(contrast(INK, other.ground), rel=0.01)


def _small(folder: Path) -> Series:
    """Return the series with one design in one colour: enough to be refused, and quick to look at."""
    series = load_series(folder)
    return replace(series, designs=series.designs[:1], variants=series.variants[:1])


class TestTemplates:
    """What a template can get wrong that only drawing shows."""

    def _refused(self, folder: Path, right: str, wrong: str) -> InputError:
        assert right in STAMP
        with pytest.raises(InputError) as caught:
            check_press(_small(templated(folder, STAMP.replace(right, wrong, 1))))
        return caught.value

    def test_the_example_passes(self, tmp_path: Path) -> None:
        """The example of the documentation can be printed."""
        check_press(_small(templated(tmp_path / "series", STAMP)))

    @pytest.mark.parametrize(("side", "needed"), [("15.2", "17.15"), ("17.1", "17.15")])
    def test_a_symbol_without_room(self, tmp_path: Path, side: str, needed: str) -> None:
        """The message says how large a module would be, and how much room it takes."""
        error = self._refused(tmp_path / "series", "30, 17.5, 17.5]", f"30, {side}, {side}]")
        assert f"has {side} mm for 37 modules" in error.what
        assert f"Give it {needed} mm" in error.remedy

    def test_a_text_in_the_quiet_zone(self, tmp_path: Path) -> None:
        """A line that reaches into the QR's room is named, with what it says."""
        error = self._refused(tmp_path / "series", "box = [2.1, 32, 19.5, 2.2]", "box = [16, 32, 19.5, 2.2]")
        assert "design and year 'Crouch, 2026' reaches into the quiet zone" in error.what

    def test_a_code_in_the_quiet_zone(self, tmp_path: Path) -> None:
        """Numbers count as wide as the widest of the edition."""
        error = self._refused(tmp_path / "series", "box = [2.1, 43.8, 19.5, 2.2]", "box = [4.1, 43.8, 19.5, 2.2]")
        assert "short code 'LEAP-" in error.what

    def test_letters_that_cannot_be_read(self, tmp_path: Path) -> None:
        """Contrast is asked of every text in every colour; the message says how much there is."""
        error = self._refused(tmp_path / "series", 'colour = "ink"', 'colour = "variant"')
        assert "'Crouch, 2026' in #4f9d3a cannot be read on its ground" in error.what
        assert "4.5 is needed for letters of 2.4 mm" in error.what
        assert "crouch" in error.where

    def test_large_letters_need_less(self, tmp_path: Path) -> None:
        """From 2.8 mm on, 3 to 1 is enough; gold on white does not reach it."""
        more = '\n[[layers]]\ntype = "text"\nname = "large"\ntext = "A"\nbox = [2.1, 35, 8, 4]\nsize_mm = 4\n'
        check_press(_small(templated(tmp_path / "grey", STAMP + more + 'colour = "#8a8a8a"\n')))
        with pytest.raises(ArtworkError, match=r"2\.\d to 1, and 3 is needed"):
            check_press(_small(templated(tmp_path / "gold", STAMP + more + 'colour = "#c9971c"\n')))

    @pytest.mark.parametrize(
        "layer",
        [
            'type = "fill"\nbox = [30, 38, 2, 2]\ncolour = "#333333"',
            'type = "fill"\nbox = [22, 38, 1, 1]\ncolour = "variant"',
            'type = "line"\npoints = [[20, 32], [38, 32]]\ncolour = "ink"\nwidth_mm = 0.5',
        ],
    )
    def test_something_dark_under_the_symbol(self, tmp_path: Path, layer: str) -> None:
        """A mark in the symbol's place or in its quiet zone is found, with the place and its reflectance."""
        series = _small(templated(tmp_path / "series", f"{STAMP}\n[[layers]]\n{layer}\n"))
        with pytest.raises(ArtworkError, match=r"dark at \d+\.\d, \d+\.\d mm: it reflects \d+%, and 55% are needed"):
            check_press(series)

    def test_a_light_tint_under_the_symbol(self, tmp_path: Path) -> None:
        """Paper that is not quite white, or fine light lines, do no harm."""
        layers = (
            '\n[[layers]]\ntype = "fill"\nbox = [20, 30, 19, 17]\ncolour = "#f3e9d0"\n'
            '\n[[layers]]\ntype = "guilloche"\npattern = "ground"\nbox = [21, 31, 18, 16]\ncolours = ["#c3d6dc"]\n'
        )
        check_press(_small(templated(tmp_path / "series", STAMP + layers)))

    def test_a_hidden_text_may_be_pale(self, tmp_path: Path) -> None:
        """What is printed in an invisible ink is not read in daylight."""
        more = '\n[[layers]]\ntype = "text"\ntext = "UV"\nbox = [2.1, 35, 8, 4]\nsize_mm = 4\nink = "UV"\n'
        check_press(_small(templated(tmp_path / "series", STAMP + more)))

    def test_units_beyond_the_sheet(self, tmp_path: Path) -> None:
        """A template whose card does not fit the sheet is refused with both sizes."""
        change = ("selvedge_mm = 12", "selvedge_mm = 12\nwidth_mm = 230\nheight_mm = 300")
        series = _small(templated(tmp_path / "series", TWO_PART, change))
        with pytest.raises(InputError, match=r"two-part of 80 x 48 mm at place 1 .*; the sheet is 230 x 300 mm"):
            check_press(series)

    @pytest.mark.parametrize("text", ["Почта", "郵便", "Tiếng Việt"])
    def test_letters_that_the_typeface_lacks(self, tmp_path: Path, text: str) -> None:
        """A free text in another script is refused with its first letter that cannot be printed."""
        more = f'\n[[layers]]\ntype = "text"\ntext = "{text}"\nbox = [2, 35, 18, 4]\nsize_mm = 2\ncolour = "ink"\n'
        with pytest.raises(InputError, match=r"\(U\+[0-9A-F]{4}, [A-Z0-9 -]+\), which the stamp's typeface"):
            check_press(_small(templated(tmp_path / "series", STAMP + more)))
