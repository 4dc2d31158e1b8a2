"""The picture of a token looks like the stamp and can never be taken for one."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from cryptostamp.press import StampFace, render_stamp, token_picture, token_svg
from cryptostamp.series import Series, load_series

ARTWORK = Path(__file__).resolve().parents[2] / "artwork"


@pytest.fixture
def full_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw as large as at issue."""
    monkeypatch.setattr("cryptostamp.press.token_image.TOKEN_PICTURE_PX", 1000)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


class TestPicture:
    @pytest.mark.parametrize("name", ["leapfrog", "farois", "herbar", "naeturpostur"])
    def test_no_code_in_it(self, name: str, full_size: None) -> None:
        """Whatever the template, there is nothing on it that a reader takes for a code."""
        series = load_series(ARTWORK / name)
        image = opened(token_picture(series, series.designs[0], series.variants[-1]))
        assert (image.format, image.size) == ("WEBP", (1000, 1000))
        assert zxingcpp.read_barcodes(np.asarray(image.convert("L"))) == []

    def test_a_picture_of_the_stamp_itself_has_one(self, leapfrog: Series, face: Callable[[int], StampFace]) -> None:
        """The same reader finds the code of the stamp in a picture of the stamp, so finding none says something."""
        stamp = render_stamp(leapfrog, face(1), dpi=300)
        ground = Image.new("RGBA", stamp.size, "white")
        seen = Image.alpha_composite(ground, stamp).convert("L")
        assert len(zxingcpp.read_barcodes(np.asarray(seen))) == 1

    def test_each_variant_is_told_at_a_glance(self, leapfrog: Series) -> None:
        """The ground has the colour of the variant, so that a picture the size of a stamp tells it."""
        corners = [
            opened(token_picture(leapfrog, leapfrog.designs[0], variant)).convert("RGB").resize((4, 4)).getpixel((0, 0))
            for variant in leapfrog.variants
        ]
        assert len(set(corners)) == len(leapfrog.variants)

    def test_it_says_how_rare_it_is(self, leapfrog: Series) -> None:
        """Another count of the same variant is another picture."""
        variant = leapfrog.variants[-1]
        assert token_svg(leapfrog, leapfrog.designs[0], variant) != token_svg(
            leapfrog, leapfrog.designs[0], replace(variant, count=variant.count + 1)
        )

    def test_same_series_same_picture(self, leapfrog: Series) -> None:
        """The lines follow from the series; nothing is drawn by chance."""
        design, variant = leapfrog.designs[2], leapfrog.variants[1]
        assert token_picture(leapfrog, design, variant) == token_picture(leapfrog, design, variant)
        renamed = replace(leapfrog, id="HOP")
        assert token_svg(renamed, design, variant) != token_svg(leapfrog, design, variant)

    @pytest.mark.parametrize("variant_name", ["蛙", "A name that is far too long for any field on this stamp"])
    def test_a_name_that_cannot_be_set(self, leapfrog: Series, variant_name: str) -> None:
        """A name without glyphs or without room is left to the metadata; the picture is drawn without it."""
        variant = replace(leapfrog.variants[0], name=variant_name)
        assert b"<svg" in token_svg(leapfrog, leapfrog.designs[0], variant)
