"""A stranger's picture becomes shades of grey or a sentence, within bounds, whatever its bytes are."""

from __future__ import annotations

import io
import struct

import cv2
import numpy as np
import pillow_heif
import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from cryptostamp.scan import read_symbols
from cryptostamp.scan.pictures import UnreadableError, load_pages

SENTENCES = {
    "The picture is damaged or cut short.",
    "The file is not a JPEG, PNG, WebP, HEIC or PDF picture.",
    "The picture has more than 64 million pixels.",
    "The PDF is damaged, or takes too long or too much memory to draw.",
    "No QR code was found in the picture.",
}
TEXT = "https://post.example/S/1"


def qr(box: int = 6) -> Image.Image:
    return qrcode.make(TEXT, box_size=box, border=4).get_image().convert("RGB")


def encoded(image: Image.Image, format_: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


def texts(data: bytes) -> list[str]:
    return [symbol.text for symbol in read_symbols(data).symbols]


class TestFormats:
    def test_sixteen_bits(self) -> None:
        """A PNG of 16 bits keeps its dark and its light."""
        shades = np.asarray(qr().convert("L"), np.uint16) * 128 + 9000
        data = cv2.imencode(".png", shades)[1].tobytes()
        assert texts(data) == [TEXT]

    def test_cmyk(self) -> None:
        """A JPEG in the four colours of print is read."""
        assert texts(encoded(qr().convert("CMYK"), "JPEG")) == [TEXT]

    @pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "LAB"])
    def test_every_mode(self, mode: str) -> None:
        """However a picture keeps its colours, they become shades of grey."""
        image = qr()
        if mode == "LAB":
            srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
            data = encoded(ImageCms.profileToProfile(image, srgb, lab, outputMode="LAB").convert("RGB", None), "PNG")
        else:
            data = encoded(image.convert(mode), "PNG")
        assert load_pages(data)[0].shape == image.size

    def test_heic(self) -> None:
        """A picture as telephones take them is read where the extra is installed."""
        buffer = io.BytesIO()
        pillow_heif.from_pillow(qr()).save(buffer, quality=90)
        assert texts(buffer.getvalue()) == [TEXT]

    @pytest.mark.parametrize("format_", ["PNG", "WEBP"])
    def test_the_first_frame_of_a_picture_that_moves(self, format_: str) -> None:
        """Of an animated picture the first frame counts."""
        blank = Image.new("RGB", qr().size, "white")
        assert texts(encoded(qr(), format_, save_all=True, append_images=[blank], duration=100)) == [TEXT]

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_the_orientation_of_the_camera(self, orientation: int) -> None:
        """Places are those of the upright picture, as a viewer shows it."""
        scene = Image.new("RGB", (600, 400), "white")
        scene.paste(qr(), (10, 10))
        exif = Image.Exif()
        exif[0x0112] = orientation
        upright = load_pages(encoded(scene, "JPEG", exif=exif))[0]
        assert upright.shape == ((400, 600) if orientation < 5 else (600, 400))
        corner = {1: "tl", 2: "tr", 3: "br", 4: "bl", 5: "tl", 6: "tr", 7: "br", 8: "bl"}[orientation]
        height, width = upright.shape
        part = upright[: height // 2] if corner[0] == "t" else upright[height // 2 :]
        part = part[:, : width // 2] if corner[1] == "l" else part[:, width // 2 :]
        assert (part < 128).sum() > 0.5 * (upright < 128).sum()

    def test_a_large_jpeg_has_its_places_in_its_own_pixels(self) -> None:
        """What is read at a glance, in a smaller picture, lies where it lies in the large one."""
        scene = Image.new("RGB", (4000, 3000), "white")
        scene.paste(qr(24), (1800, 1200))
        (symbol,) = read_symbols(encoded(scene, "JPEG")).symbols
        assert np.abs(np.array(symbol.corners[0]) - (1800 + 96, 1200 + 96)).max() < 12

    def test_a_pdf(self) -> None:
        """The pages of a PDF are read in order, each symbol with its page."""
        pages = [Image.new("RGB", (900, 900), "white") for _ in range(2)]
        pages[1].paste(qr(), (200, 200))
        buffer = io.BytesIO()
        pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=200)
        assert [(symbol.text, symbol.page) for symbol in read_symbols(buffer.getvalue()).symbols] == [(TEXT, 1)]


class TestBounds:
    @pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (20_000, 40), (1, 20_000), (20_000, 3_000)])
    def test_strange_sizes(self, size: tuple[int, int]) -> None:
        """A single pixel and a picture of 20,000 pixels in width are looked at like any other."""
        assert read_symbols(encoded(Image.new("L", size, 255), "PNG")).problem == "No QR code was found in the picture."

    def test_more_pixels_than_are_read(self) -> None:
        """A picture beyond the bound is refused by its header."""
        header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
        data = encoded(Image.new("L", (8, 8)), "PNG")
        with pytest.raises(UnreadableError, match="64 million"):
            load_pages(data[:16] + header + _crc(b"IHDR" + header) + data[33:])

    @pytest.mark.parametrize("body", [b"", b"\n%%EOF", b"\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj"])
    def test_a_pdf_that_is_none(self, body: bytes) -> None:
        """A damaged PDF is a sentence."""
        assert read_symbols(b"%PDF-1.7" + body).problem.startswith("The PDF is damaged")

    def test_a_pdf_with_a_page_of_a_mile(self) -> None:
        """A page that no resolution fits is left out, and the memory is not asked for it."""
        buffer = io.BytesIO()
        Image.new("RGB", (20, 20), "white").save(buffer, "PDF", resolution=0.001)
        assert read_symbols(buffer.getvalue()).symbols == ()

    @given(st.binary(max_size=300), st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 3000))
    @settings(max_examples=150, deadline=None)
    def test_any_bytes(self, noise: bytes, format_: str, place: int) -> None:
        """Bytes thrown into a picture give a sentence or a picture, never an exception."""
        data = encoded(qr(2), format_)
        place %= len(data)
        reading = read_symbols(data[:place] + noise + data[place + len(noise) :])
        assert reading.problem in SENTENCES if reading.problem else reading.symbols

    @given(st.binary(max_size=2000))
    @settings(max_examples=150, deadline=None)
    def test_only_bytes(self, data: bytes) -> None:
        """Bytes that are nothing are called that."""
        assert read_symbols(data.replace(b"%PDF", b"")).problem in SENTENCES


def _crc(chunk: bytes) -> bytes:
    import zlib  # noqa: PLC0415

    return struct.pack(">I", zlib.crc32(chunk))
