"""Reading a picture answers in a sentence whatever a stranger sends, and finds every code that is there."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path

import pytest
import qrcode
from PIL import Image

from cryptostamp.errors import InputError
from cryptostamp.scan import read_photo, read_symbols
from cryptostamp.scan.reading import MAX_BYTES


def qr(text: str) -> Image.Image:
    image = qrcode.make(text, box_size=4, border=4).get_image()
    return image.convert("RGB")


def encoded(image: Image.Image, format_: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_)
    return buffer.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """Return a PNG that declares a size and carries next to nothing: a decompression bomb."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


class TestReading:
    @pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
    def test_a_code_is_read_from_each_format(self, format_: str) -> None:
        """The text of a QR comes back as it was written."""
        reading = read_symbols(encoded(qr("https://post.example/S/1"), format_))
        assert [symbol.text for symbol in reading.symbols] == ["https://post.example/S/1"]
        assert reading.problem == ""

    def test_two_codes_are_read_with_their_places(self) -> None:
        """Every code in a picture is found, from top to bottom, with its corners."""
        sheet = Image.new("RGB", (500, 600), "white")
        sheet.paste(qr("second"), (300, 350))
        sheet.paste(qr("first"), (10, 20))
        first, second = read_symbols(encoded(sheet)).symbols
        assert (first.text, second.text) == ("first", "second")
        assert (first.corners[0][1] < 100, second.corners[0][1] > 300) == (True, True)

    def test_a_transparent_ground_is_paper(self) -> None:
        """A stamp cut out on a transparent ground keeps its quiet zone."""
        stamp = qr("on glass").convert("RGBA")
        stamp.putdata([(0, 0, 0, 0) if pixel[0] else pixel for pixel in stamp.get_flattened_data()])
        assert [symbol.text for symbol in read_symbols(encoded(stamp)).symbols] == ["on glass"]

    def test_control_characters_stay_as_they_are(self) -> None:
        """What a code holds is passed on verbatim, for the parser to refuse."""
        assert read_symbols(encoded(qr("a\x07\x1b[31m"))).symbols[0].text == "a\x07\x1b[31m"


class TestRefusals:
    def test_a_picture_without_a_code(self) -> None:
        """A photo of something else is said to hold no QR code."""
        assert (
            read_symbols(encoded(Image.new("RGB", (300, 200), "green"))).problem
            == "No QR code was found in the picture."
        )

    def test_a_single_pixel(self) -> None:
        """The smallest picture is read like any other."""
        assert read_symbols(encoded(Image.new("RGB", (1, 1)))).problem == "No QR code was found in the picture."

    @pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    def test_a_truncated_picture(self, format_: str, share: float) -> None:
        """A picture that was cut short gives a sentence, whichever byte it ends at."""
        noise = Image.frombytes("RGB", (120, 120), random.Random(7).randbytes(120 * 120 * 3))  # noqa: S311
        whole = encoded(noise, format_)
        reading = read_symbols(whole[: int(len(whole) * share)])
        assert reading.symbols == ()
        assert reading.problem in {
            "The picture is damaged or cut short.",
            "The file is not a JPEG, PNG, WebP, HEIC or PDF picture.",
        }

    @pytest.mark.parametrize("data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a\1\0\1\0"])
    def test_something_that_is_no_photo(self, data: bytes) -> None:
        """Other files are named for what they are not."""
        assert read_symbols(data).problem == "The file is not a JPEG, PNG, WebP, HEIC or PDF picture."

    @pytest.mark.parametrize(("width", "height"), [(9_000, 9_000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
    def test_a_decompression_bomb(self, width: int, height: int) -> None:
        """A tiny file that unfolds into a huge picture is refused before it is unfolded."""
        reading = read_symbols(png_of_size(width, height))
        assert reading.symbols == ()
        assert "million pixels" in reading.problem

    def test_a_file_that_is_too_large(self) -> None:
        """A file beyond the limit is not looked at."""
        assert read_symbols(b"\xff" * (MAX_BYTES + 1)).problem == "The picture is larger than 40 MB."

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        """A wrong file name is the user's to correct, not a verdict."""
        with pytest.raises(InputError, match="No such file"):
            read_photo(tmp_path / "missing.jpg")
