"""PNG as artwork: what a plate can be made from, and nothing else."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageCms

from cryptostamp.errors import ArtworkError
from cryptostamp.press.artwork import SizedArtwork, artwork_pdf, check_shape, load_artwork, render_artwork
from cryptostamp.press.bitmap import Bitmap
from cryptostamp.primitives import Box
from cryptostamp.series import Series

PICTURE = Box(x_mm=0, y_mm=0, width_mm=25.4, height_mm=12.7)


def _saved(folder: Path, image: Image.Image, **options: object) -> Path:
    path = folder / "frog.png"
    image.save(path, "PNG", **options)
    return path


def _header(width: int, height: int, depth: int = 8, kind: int = 2) -> bytes:
    """Return a PNG of a size that nobody has packed."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + header
        + struct.pack(">I", zlib.crc32(header))
        + b"\0\0\0\0IEND\xaeB`\x82"
    )


class TestGood:
    """Pictures that can be printed."""

    @pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
    def test_opaque_pictures_of_8_bits(self, tmp_path: Path, mode: str) -> None:
        """RGB, grey, and palettes or line art without transparency become RGB."""
        art = load_artwork(_saved(tmp_path, Image.new("RGB", (300, 150), "#ffffff").convert(mode)))
        assert isinstance(art, Bitmap)
        assert (art.width, art.height) == (300, 150)
        assert art.pixels(3, 2).getpixel((1, 1)) == (255, 255, 255)

    def test_an_alpha_channel_that_hides_nothing(self, tmp_path: Path) -> None:
        """Many programs write one; where all of it is opaque, it is dropped."""
        art = load_artwork(_saved(tmp_path, Image.new("RGBA", (30, 15), (10, 20, 30, 255))))
        assert isinstance(art, Bitmap)
        assert art.pixels(1, 1).getpixel((0, 0)) == (10, 20, 30)

    def test_it_is_drawn_on_screen_and_paper(self, leapfrog: Series, tmp_path: Path) -> None:
        """A PNG takes the place of an SVG, in every colour the same, and its PDF depends on its pixels alone."""
        path = _saved(tmp_path, Image.new("RGB", (300, 150), "#336699"))
        design = replace(leapfrog.designs[0], artwork=path)
        assert render_artwork(design, leapfrog.variants[0], 30, 15).getpixel((3, 3)) == (0x33, 0x66, 0x99)
        art = load_artwork(path)
        pdf = artwork_pdf(SizedArtwork(art, "#000000", 25.4, 12.7))
        artwork_pdf.cache_clear()
        assert artwork_pdf(SizedArtwork(art, "#000000", 25.4, 12.7)) == pdf
        with pikepdf.open(BytesIO(pdf)) as opened:
            streams = [each for each in opened.objects if isinstance(each, pikepdf.Stream)]
            images = [each for each in streams if each.get("/Subtype") == "/Image"]
            assert [(int(each.Width), int(each.Height)) for each in images] == [(300, 150)]
            assert [float(value) for value in opened.pages[0].mediabox] == pytest.approx([0, 0, 72, 36], abs=0.01)

    def test_what_hangs_on_the_file_stays_behind(self, tmp_path: Path) -> None:
        """Texts and profiles of a PNG do not reach the print file."""
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        art = load_artwork(_saved(tmp_path, Image.new("RGB", (30, 15)), icc_profile=profile))
        assert isinstance(art, Bitmap)
        assert b"iCCP" not in art.png


class TestRefusal:
    """What is refused, and the number that says why."""

    @pytest.mark.parametrize(
        ("data", "what"),
        [
            (_header(100_000, 100_000), "100,000 x 100,000 pixels"),
            (_header(11_000, 11_000), "11,000 x 11,000 pixels"),
            (_header(0, 5), "0 x 5 pixels"),
            (_header(30, 15, depth=16), "16 bits a channel"),
            (_header(30, 15, kind=5), "colour type 5"),
            (_header(30, 15), "damaged"),
            (b"\xff\xd8\xff\xe0" + b"\0" * 60, "is a JPEG"),
            (b"II*\0" + b"\0" * 60, "is a TIFF"),
            (b"<svg/>", "is something else"),
            (b"\x89PNG\r\n\x1a\n", "is something else"),
        ],
    )
    def test_files_that_are_no_such_picture(self, tmp_path: Path, data: bytes, what: str) -> None:
        """The header is read before a pixel is unpacked; the message says what was found."""
        path = tmp_path / "frog.png"
        path.write_bytes(data)
        with pytest.raises(ArtworkError) as caught:
            load_artwork(path)
        assert what in caught.value.what
        assert (caught.value.where, bool(caught.value.remedy)) == (str(path), True)

    def test_half_a_file(self, tmp_path: Path) -> None:
        """A file that was cut off is damaged, not shorter."""
        path = _saved(tmp_path, Image.effect_noise((300, 150), 90))
        path.write_bytes(path.read_bytes()[:-2000])
        with pytest.raises(ArtworkError, match="damaged"):
            load_artwork(path)

    @pytest.mark.parametrize("mode", ["RGBA", "LA"])
    def test_a_picture_to_be_seen_through(self, tmp_path: Path, mode: str) -> None:
        """The message says how far the most transparent pixel is."""
        image = Image.new("RGBA", (30, 15), (0, 0, 0, 255))
        image.putpixel((7, 7), (0, 0, 0, 51))
        with pytest.raises(ArtworkError, match=r"transparent: some of its pixels are only 20 % opaque"):
            load_artwork(_saved(tmp_path, image.convert(mode)))

    def test_a_palette_with_a_transparent_entry(self, tmp_path: Path) -> None:
        """Transparency that sits in the palette is found as well."""
        with pytest.raises(ArtworkError, match="transparent"):
            load_artwork(_saved(tmp_path, Image.new("P", (30, 15)), transparency=0))

    def test_another_colour_space(self, tmp_path: Path) -> None:
        """Colours that are not in sRGB would be taken for it."""
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
        with pytest.raises(ArtworkError, match=r"colours are in Lab .* not in sRGB"):
            load_artwork(_saved(tmp_path, Image.new("RGB", (30, 15)), icc_profile=profile))

    def test_a_profile_that_is_none(self, tmp_path: Path) -> None:
        """Bytes that only stand in its place are refused."""
        with pytest.raises(ArtworkError, match="profile is damaged"):
            load_artwork(_saved(tmp_path, Image.new("RGB", (30, 15)), icc_profile=b"nonsense"))

    def test_too_coarse_for_its_size(self, tmp_path: Path) -> None:
        """300 dpi are needed where it is printed; the message says how many there are, and the pixels it takes."""
        good = load_artwork(_saved(tmp_path, Image.new("RGB", (300, 150))))
        check_shape(good, PICTURE)
        coarse = load_artwork(_saved(tmp_path, Image.new("RGB", (200, 100))))
        with pytest.raises(ArtworkError, match=r"200 x 100 pixels for 25.4 x 12.7 mm: 200 dpi, and 300") as caught:
            check_shape(coarse, PICTURE)
        assert "300 x 150" in caught.value.remedy

    def test_another_shape(self, tmp_path: Path) -> None:
        """A picture is never stretched."""
        art = load_artwork(_saved(tmp_path, Image.new("RGB", (400, 150))))
        with pytest.raises(ArtworkError, match=r"2.667 to 1"):
            check_shape(art, PICTURE)
