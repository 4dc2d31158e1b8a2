from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from cryptostamp.errors import ArtworkError, InputError
from cryptostamp.press import check_press
from cryptostamp.press.colour import Inks, inks_of, standard_inks
from cryptostamp.series import Printing, Series

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def _own(series: Series, path: Path, ink_limit: int = 300) -> Series:
    return replace(series, printing=Printing(profile=path, condition="Press 7", ink_limit=ink_limit))


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Put the profile of the package beside a series, as if it were the printer's."""
    path = tmp_path / "press.icc"
    path.write_bytes(standard_inks().profile)
    return path


@cache
def _shown() -> ImageCms.ImageCmsTransform:
    """Return the way back: what inks look like on a screen."""
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(BytesIO(standard_inks().profile)),
        ImageCms.createProfile("sRGB"),
        "CMYK",
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


class TestSeparation:
    """Colours become inks."""

    def test_black_is_black_ink_alone_and_white_is_paper(self) -> None:
        """Neither goes through a profile."""
        inks = standard_inks()
        assert inks.cmyk("#000000") == (0, 0, 0, 1)
        assert inks.cmyk("#ffffff") == (0, 0, 0, 0)
        assert (inks.operator("#000000", stroke=False), inks.operator("#ffffff", stroke=True)) == ("0 g", "1 G")

    def test_known_colours_have_known_inks(self) -> None:
        """Golden values of FOGRA39: the colours of Leapfrog's frogs, in per cent."""
        found = {
            colour: tuple(round(100 * ink) for ink in standard_inks().cmyk(colour))
            for colour in ("#4f9d3a", "#1f78b4", "#d9482b", "#6a3d9a", "#c9971c")
        }
        assert found == {
            "#4f9d3a": (66, 0, 92, 16),
            "#1f78b4": (80, 37, 0, 15),
            "#d9482b": (0, 82, 86, 10),
            "#6a3d9a": (72, 85, 0, 3),
            "#c9971c": (9, 34, 94, 18),
        }

    def test_a_colour_is_written_as_cmyk(self) -> None:
        """Three decimals, for filling and for stroking; a spot ink by its name."""
        inks = standard_inks()
        assert inks.operator("#4f9d3a", stroke=False) == "0.663 0 0.918 0.161 k"
        assert inks.operator("#4f9d3a", stroke=True).endswith(" K")
        assert inks.operator("UV", stroke=False) == "/UV cs 1 scn"

    @given(colours)
    def test_no_colour_takes_more_ink_than_the_paper(self, colour: str) -> None:
        """300 % is the most, whatever the colour; `cmyk` refuses otherwise."""
        assert sum(standard_inks().cmyk(colour)) <= 3.005

    @given(st.integers(0, 255), st.integers(0, 255))
    def test_greys_keep_their_order(self, a: int, b: int) -> None:
        """What is darker on the screen is not lighter on paper."""
        light, dark = (sum(standard_inks().cmyk(f"#{v:02x}{v:02x}{v:02x}")) for v in (max(a, b), min(a, b)))
        if min(a, b) > 0:  # black itself is one ink
            assert light <= dark + 0.02

    @given(st.integers(0x50, 0xC0), st.integers(-0x18, 0x18), st.integers(-0x18, 0x18))
    def test_a_colour_that_paper_can_show_comes_back(self, grey: int, more_red: int, more_blue: int) -> None:
        """Inks through the same profile are the colour again, within what 8 bits and a coarse table allow."""
        red, green, blue = grey + more_red, grey, grey + more_blue
        separated = standard_inks().separated(Image.new("RGB", (1, 1), (red, green, blue)))
        shown = ImageCms.applyTransform(separated, _shown())
        assert shown is not None
        assert max(abs(x - y) for x, y in zip(shown.tobytes(), (red, green, blue), strict=True)) <= 8

    def test_a_colour_beyond_the_limit_is_refused(self, leapfrog: Series, profile: Path) -> None:
        """The message has the colour, its ink, and the limit."""
        inks = inks_of(_own(leapfrog, profile, 220))
        with pytest.raises(InputError, match=r"#0c2a33 takes 229 % of ink under Press 7; the paper takes 220 %"):
            inks.cmyk("#0c2a33")

    def test_what_a_stamp_is_drawn_in_is_checked_before_printing(self, leapfrog: Series, profile: Path) -> None:
        """`check_press` separates every colour."""
        with pytest.raises(InputError, match=r"% of ink"):
            check_press(_own(leapfrog, profile, 200))


class TestProfiles:
    """A series may have its printer's profile."""

    def test_the_standard_profile_is_what_its_licence_says(self) -> None:
        """An output profile for CMYK, with its licence beside it."""
        folder = resources.files("cryptostamp.press").joinpath("profiles")
        profile = ImageCms.ImageCmsProfile(BytesIO(folder.joinpath("FOGRA39L-300.icc").read_bytes())).profile
        assert (profile.device_class, profile.xcolor_space, profile.version) == ("prtr", "CMYK", pytest.approx(2.2))
        assert "zlib" in folder.joinpath("LICENSE-FOGRA39L.txt").read_text()
        assert standard_inks().condition == "FOGRA39"

    def test_a_series_without_a_profile_has_the_standard_one(self, leapfrog: Series) -> None:
        """And every series the same inks."""
        assert inks_of(leapfrog) is standard_inks()

    def test_a_profile_of_the_series_is_used(self, leapfrog: Series, profile: Path) -> None:
        """With the name of its condition; its plan is another one."""
        inks = inks_of(_own(leapfrog, profile))
        assert isinstance(inks, Inks)
        assert (inks.condition, inks.profile) == ("Press 7", profile.read_bytes())
        assert inks.plan != standard_inks().plan

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "is no ICC profile"),
            (b"not a profile at all" * 20, "is no ICC profile"),
            (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), "class 'mntr' for RGB"),
            (bytes(6_000_001), "more than 6,000,000 bytes"),
        ],
        ids=["empty", "text", "screen", "large"],
    )
    def test_what_is_no_press_profile_is_refused(
        self, leapfrog: Series, tmp_path: Path, data: bytes, reason: str
    ) -> None:
        """The error names the file."""
        path = tmp_path / "press.icc"
        path.write_bytes(data)
        with pytest.raises(ArtworkError, match=reason) as caught:
            inks_of(_own(leapfrog, path))
        assert caught.value.where == str(path)

    def test_a_profile_that_is_gone_is_refused(self, leapfrog: Series, tmp_path: Path) -> None:
        """As artwork is."""
        with pytest.raises(ArtworkError, match="cannot be read"):
            inks_of(_own(leapfrog, tmp_path / "gone.icc"))
