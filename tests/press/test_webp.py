"""WebP keeps what is seen and read, and refuses what it has no numbers for."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from cryptostamp.codes import PublicCode
from cryptostamp.errors import InputError
from cryptostamp.press import StampFace, render_stamp, webp_bytes
from cryptostamp.series import Series


class TestWebp:
    def test_a_stamp_is_read_from_it(
        self, leapfrog: Series, face: Callable[[int], StampFace], public_code: Callable[[int], PublicCode]
    ) -> None:
        """The code of a stamp survives, the ground stays transparent, and the file is smaller than a PNG."""
        stamp = render_stamp(leapfrog, face(9), dpi=300)
        data = webp_bytes(stamp)
        with Image.open(io.BytesIO(data)) as image:
            assert (image.format, image.size, image.mode) == ("WEBP", stamp.size, "RGBA")
            assert np.array_equal(np.asarray(image)[..., 3] == 0, np.asarray(stamp)[..., 3] == 0)
            ground = Image.new("RGBA", image.size, "white")
            (found,) = zxingcpp.read_barcodes(np.asarray(Image.alpha_composite(ground, image).convert("L")))
        assert found.text == public_code(9).text
        png = io.BytesIO()
        stamp.save(png, "PNG")
        assert len(data) < len(png.getvalue())

    def test_same_picture_same_bytes(self) -> None:
        """Nothing in the file depends on when it was made."""
        image = Image.linear_gradient("L").convert("RGB")
        assert webp_bytes(image) == webp_bytes(image)

    def test_a_picture_that_is_too_large(self) -> None:
        """A side of more than 16,383 pixels is refused with that number."""
        with pytest.raises(InputError, match="16,384 x 1 pixels is too large for WebP") as refusal:
            webp_bytes(Image.new("RGB", (16_384, 1)))
        assert "16,383" in refusal.value.remedy
