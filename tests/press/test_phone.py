from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from cryptostamp.codes import PublicCode
from cryptostamp.errors import InputError
from cryptostamp.press import StampFace, photograph, render_stamp
from cryptostamp.series import Series


@pytest.fixture(scope="module")
def stamp(leapfrog: Series, face: Callable[[int], StampFace]) -> Image.Image:
    """Give a perforated stamp."""
    return render_stamp(leapfrog, face(42), dpi=300)


class TestPhotograph:
    """A synthetic photograph that a scanner must read."""

    @pytest.mark.parametrize("seed", range(20))
    def test_the_code_reads_back(self, stamp: Image.Image, public_code: Callable[[int], PublicCode], seed: int) -> None:
        """zxing-cpp reads the stamp from each of twenty photographs, however it is turned."""
        photo = Image.open(BytesIO(photograph(stamp, seed=seed, degrees=seed * 18 - 170)))
        assert [code.text for code in zxingcpp.read_barcodes(photo)] == [public_code(42).text]

    def test_the_same_seed_gives_the_same_bytes(self, stamp: Image.Image) -> None:
        """A photograph is a function of its input."""
        assert photograph(stamp, seed=3) == photograph(stamp, seed=3)
        assert photograph(stamp, seed=3) != photograph(stamp, seed=4)

    def test_it_is_a_jpeg_of_a_phone(self, stamp: Image.Image) -> None:
        """Format and size are fixed."""
        photo = Image.open(BytesIO(photograph(stamp, seed=1, scale=0.5, jpeg_quality=40)))
        assert (photo.format, photo.size) == ("JPEG", (1440, 1080))

    @pytest.mark.parametrize("scale", [0.1, 2.0])
    def test_a_scale_out_of_bounds_is_refused(self, stamp: Image.Image, scale: float) -> None:
        """Too far away, or larger than the frame."""
        with pytest.raises(InputError, match=r"outside of 0\.2 to 1\.5"):
            photograph(stamp, seed=1, scale=scale)
