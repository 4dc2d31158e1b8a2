"""PNG files put together from pieces are read by any decoder, pixel for pixel."""

from __future__ import annotations

import io
import struct
import zlib

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cryptostamp.press.png_rows import PngRows, Region, adler32_joined

Pixels = npt.NDArray[np.uint8]


def picture(height: int, width: int, seed: int) -> Pixels:
    """Return flat areas with some noise in them, as artwork has."""
    draw = np.random.default_rng(seed)
    shared = np.full((height, width, 3), 255, dtype=np.uint8)
    shared[: height // 2] = draw.integers(0, 256, (1, width, 3), dtype=np.uint8)
    shared[:, : width // 3] = draw.integers(0, 256, (height, width // 3, 3), dtype=np.uint8)
    return shared


def filled(shared: Pixels, regions: list[Region], seed: int) -> Pixels:
    """Return the picture with something of its own in each region."""
    draw = np.random.default_rng(seed)
    own = shared.copy()
    for left, top, right, bottom, step in regions:
        rows = draw.integers(0, 2, (-(-(bottom - top) // step), right - left, 3), dtype=np.uint8) * np.uint8(255)
        own[top:bottom, left:right] = rows.repeat(step, axis=0)[: bottom - top]
    return own


def decoded(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert image.mode == "RGB"
        return np.asarray(image)


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return the chunks of a PNG; every CRC must be right."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    found, at = [], 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        content = data[at + 8 : at + 8 + length]
        (crc,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert crc == zlib.crc32(kind + content)
        found.append((kind, content))
        at += 12 + length
    return found


REGIONS = {
    "in the middle": [Region(20, 30, 60, 55)],
    "modules": [Region(10, 12, 82, 84, 8)],
    "two that overlap": [Region(10, 10, 50, 50, 5), Region(30, 40, 90, 70)],
    "two side by side": [Region(0, 40, 30, 70), Region(50, 20, 99, 90, 10)],
    "the first row": [Region(5, 0, 40, 10)],
    "the last row": [Region(5, 80, 40, 96)],
    "everything": [Region(0, 0, 100, 96)],
    "a pixel": [Region(99, 95, 100, 96)],
}


class TestPictures:
    """What goes in comes out."""

    @pytest.mark.parametrize("regions", REGIONS.values(), ids=REGIONS)
    def test_pillow_and_opencv_see_the_picture(self, regions: list[Region]) -> None:
        """Two decoders give the pixels of each of several pictures made with one preparation."""
        shared = picture(96, 100, 1)
        rows = PngRows(shared, regions, dpi=300)
        for seed in range(3):
            own = filled(shared, regions, seed)
            data = rows.encoded(own[rows.band])
            assert np.array_equal(decoded(data), own)
            seen = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
            assert seen is not None
            assert np.array_equal(seen[:, :, ::-1], own)

    @given(st.data())
    def test_any_region_of_any_picture(self, data: st.DataObject) -> None:
        """Sizes, places, steps and contents do not matter."""
        height, width = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))
        regions = []
        for _ in range(data.draw(st.integers(1, 3))):
            left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
            right, bottom = data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
            regions.append(Region(left, top, right, bottom))
        shared = picture(height, width, data.draw(st.integers(0, 9)))
        own = filled(shared, regions, data.draw(st.integers(0, 9)))
        rows = PngRows(shared, regions, dpi=72)
        assert np.array_equal(decoded(rows.encoded(own[rows.band])), own)


class TestFile:
    """The file is a plain PNG."""

    def test_chunks(self) -> None:
        """It has header, resolution, data and end; every CRC is right, and the data is one zlib stream."""
        regions = REGIONS["two side by side"]
        shared = picture(96, 100, 2)
        rows = PngRows(shared, regions, dpi=300)
        found = chunks(rows.encoded(filled(shared, regions, 5)[rows.band]))
        kinds = [kind for kind, _ in found]
        assert kinds == [b"IHDR", b"pHYs", *[b"IDAT"] * (len(kinds) - 3), b"IEND"]
        assert struct.unpack(">IIB", found[1][1]) == (11811, 11811, 1)
        stream = zlib.decompress(b"".join(content for kind, content in found if kind == b"IDAT"))
        assert len(stream) == 96 * 301

    def test_the_same_again(self) -> None:
        """The same pixels give the same bytes, whatever was encoded before."""
        regions = REGIONS["modules"]
        shared = picture(96, 100, 3)
        rows = PngRows(shared, regions, dpi=300)
        one, other = (filled(shared, regions, seed)[rows.band] for seed in (1, 2))
        first = rows.encoded(one)
        assert rows.encoded(other) != first
        assert rows.encoded(one) == first
        assert PngRows(shared, regions, dpi=300).encoded(one) == first


class TestAdler32:
    """Sums of parts."""

    @given(st.binary(max_size=300), st.binary(max_size=300))
    def test_joined(self, first: bytes, second: bytes) -> None:
        """The sum of two texts follows from those of each."""
        assert adler32_joined(zlib.adler32(first), zlib.adler32(second), len(second)) == zlib.adler32(first + second)

    def test_long(self) -> None:
        """Lengths beyond the modulus count as they should."""
        first, second = b"\xff" * 200_000, b"\xfe" * 300_001
        assert adler32_joined(zlib.adler32(first), zlib.adler32(second), len(second)) == zlib.adler32(first + second)
