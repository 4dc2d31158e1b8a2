"""Pictures of many stamps are those of each, and their codes are read."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import zxingcpp
from PIL import Image

from cryptostamp.codes import PublicCode
from cryptostamp.errors import InputError
from cryptostamp.press import FaceRun, StampFace, StampPictures, render_stamp
from cryptostamp.press.pdf.operators import bits_of
from cryptostamp.series import Series, load_series

STEP = 16
"""By which a pixel at the edge of a letter may differ: one of the sixteen steps of its smoothing."""
Faces = Callable[[int], StampFace]


def run_of(series: Series, faces: list[StampFace]) -> FaceRun:
    """Return faces in columns."""
    side = faces[0].symbol.side
    packed = np.frombuffer(b"".join(bits_of(each.symbol) for each in faces), dtype=np.uint8)
    return FaceRun(
        serials=[each.serial for each in faces],
        designs=[series.designs.index(each.design) for each in faces],
        variants=[series.variants.index(each.variant) for each in faces],
        short_codes=[each.short_code for each in faces],
        symbols=packed.reshape(len(faces), side, -1),
    )


def pixels(data: bytes) -> npt.NDArray[np.int16]:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB")).astype(np.int16)


def drawn_whole(series: Series, face: StampFace, dpi: int) -> npt.NDArray[np.int16]:
    return np.asarray(render_stamp(series, face, dpi=dpi, perforated=False)).astype(np.int16)


class TestPng:
    """Each is the picture of its stamp."""

    @pytest.mark.parametrize("dpi", [225, 300, 600])
    def test_they_are_the_stamps_drawn_whole(self, leapfrog: Series, face: Faces, dpi: int) -> None:
        """Every pixel is the same, but for some at the edges of letters, which differ by one step of smoothing."""
        faces = [face(serial) for serial in (1, 2, 3, 7, 998)]
        pictures = StampPictures(leapfrog, side=faces[0].symbol.side, dpi=dpi)
        for each, (serial, data) in zip(faces, pictures.png(run_of(leapfrog, faces)), strict=True):
            assert serial == each.serial
            difference = np.abs(pixels(data) - drawn_whole(leapfrog, each, dpi)).max(axis=2)
            assert difference.max() <= STEP
            assert np.count_nonzero(difference) <= 20

    def test_two_decoders_read_the_codes(
        self, leapfrog: Series, face: Faces, public_code: Callable[[int], PublicCode]
    ) -> None:
        """ZXing and OpenCV, which decode the file themselves or not, read what was written."""
        faces = [face(serial) for serial in (5, 6)]
        for each, (serial, data) in zip(
            faces, StampPictures(leapfrog, side=37, dpi=600).png(run_of(leapfrog, faces)), strict=True
        ):
            text = public_code(serial).text
            seen = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
            assert seen is not None
            (found,) = zxingcpp.read_barcodes(seen)
            assert found.text == text
            symbol = seen[-450:, -450:]
            assert cv2.QRCodeDetector().detectAndDecode(symbol)[0] == text
            assert each.serial == serial

    @pytest.mark.parametrize("folder", ["farois", "naeturpostur", "herbar"])
    def test_every_product(self, face: Faces, folder: str) -> None:
        """Two-part stamps, stamps of a miniature sheet and cards with rosettes of their own come out as drawn whole."""
        series = load_series(Path(__file__).parents[2] / "artwork" / folder)
        faces = [
            replace(
                face(serial),
                design=series.designs[serial % len(series.designs)],
                variant=series.variants[serial % len(series.variants)],
                short_code=f"{series.id}-{serial}-0123456Z",
            )
            for serial in (1, 2)
        ]
        for each, (_, data) in zip(
            faces, StampPictures(series, side=37, dpi=225).png(run_of(series, faces)), strict=True
        ):
            difference = np.abs(pixels(data) - drawn_whole(series, each, 225)).max(axis=2)
            assert difference.max() <= STEP
            assert np.count_nonzero(difference) <= 20

    def test_the_same_again(self, leapfrog: Series, face: Faces) -> None:
        """The bytes of a picture do not depend on those drawn before it."""
        faces = [face(serial) for serial in (1, 2, 3)]
        all_of_them = dict(StampPictures(leapfrog, side=37, dpi=300).png(run_of(leapfrog, faces)))
        alone = dict(StampPictures(leapfrog, side=37, dpi=300).png(run_of(leapfrog, faces[2:])))
        assert alone[faces[2].serial] == all_of_them[faces[2].serial]

    def test_a_resolution_that_is_too_low(self, leapfrog: Series) -> None:
        """It is refused before anything is drawn."""
        with pytest.raises(InputError, match="the QR cannot be drawn"):
            StampPictures(leapfrog, side=37, dpi=100)


class TestWebp:
    """The smaller kind of file."""

    def test_the_code_is_read(self, leapfrog: Series, face: Faces, public_code: Callable[[int], PublicCode]) -> None:
        """It is lossy, and read."""
        ((serial, data),) = StampPictures(leapfrog, side=37, dpi=300).webp(run_of(leapfrog, [face(9)]))
        with Image.open(io.BytesIO(data)) as image:
            assert image.format == "WEBP"
            assert image.size == (472, 567)
            (found,) = zxingcpp.read_barcodes(image.convert("L"))
        assert found.text == public_code(serial).text
