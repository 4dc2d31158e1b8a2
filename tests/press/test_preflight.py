from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cryptostamp.errors import ArtworkError, InputError
from cryptostamp.press import check_press
from cryptostamp.press.legibility import auto_colour
from cryptostamp.press.marks import INK, PAPER
from cryptostamp.press.template import template_of
from cryptostamp.series import Series


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
