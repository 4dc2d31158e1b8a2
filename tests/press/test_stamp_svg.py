"""The SVG of a stamp shows what its PNG shows, needs nothing outside of itself, and is drawn by any renderer."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import resvg_py
import zxingcpp
from PIL import Image

from cryptostamp.codes import PublicCode
from cryptostamp.press import StampFace, render_stamp, stamp_svg, template_of
from cryptostamp.press.cut_out import MARGIN_MM
from cryptostamp.series import Series, load_series

ARTWORK = Path(__file__).resolve().parents[2] / "artwork"
DPI = 300


def drawn(svg: bytes, size: tuple[int, int]) -> Image.Image:
    """Return the SVG as another program draws it, exactly in this size."""
    text = re.sub(
        r'width="[0-9.]+mm" height="[0-9.]+mm"', f'width="{size[0]}" height="{size[1]}"', svg.decode(), count=1
    )
    text = text.replace(' viewBox="', ' preserveAspectRatio="none" viewBox="', 1)
    return Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True, dpi=96)))


def difference(series: Series, one: Image.Image, other: Image.Image, *, margin_mm: float = 0.0) -> float:
    """Return how far two pictures are apart on white, 0..255, on average.

    Edges that fall between two pixels are blurred, and the symbol is left out: in pixels its modules are rounded.
    """
    room = template_of(series, 37).symbol_room.grown(0.2)
    corners = (room.x_mm, room.y_mm, room.right_mm, room.bottom_mm)
    symbol = tuple(round((corner + margin_mm) * DPI / 25.4) for corner in corners)
    small = one.width // 6, one.height // 6
    on_white = []
    for image in (one.convert("RGBA"), other.convert("RGBA")):
        ground = Image.new("RGBA", image.size, "white")
        seen = Image.alpha_composite(ground, image).convert("RGB")
        seen.paste("white", (symbol[0], symbol[1], symbol[2], symbol[3]))
        on_white.append(np.asarray(seen.resize(small, Image.Resampling.BOX), dtype=np.float64))
    return float(np.abs(on_white[0] - on_white[1]).mean())


class TestPicture:
    @pytest.mark.parametrize("perforated", [True, False])
    def test_it_shows_what_the_png_shows(
        self, leapfrog: Series, face: Callable[[int], StampFace], *, perforated: bool
    ) -> None:
        """Drawn by resvg, it differs from the PNG by edges that fall between two pixels, and by nothing else."""
        png = render_stamp(leapfrog, face(3), dpi=DPI, perforated=perforated)
        svg = stamp_svg(leapfrog, face(3), perforated=perforated)
        margin = MARGIN_MM if perforated else 0.0
        assert difference(leapfrog, png, drawn(svg, png.size), margin_mm=margin) < 2
        other = stamp_svg(leapfrog, replace(face(3), design=leapfrog.designs[0]), perforated=perforated)
        assert difference(leapfrog, png, drawn(other, png.size), margin_mm=margin) > 5

    def test_its_code_is_read(
        self, leapfrog: Series, face: Callable[[int], StampFace], public_code: Callable[[int], PublicCode]
    ) -> None:
        """A reader finds the public code of the stamp in it."""
        picture = drawn(stamp_svg(leapfrog, face(7)), (700, 830)).convert("L")
        (found,) = zxingcpp.read_barcodes(np.asarray(picture))
        assert found.text == public_code(7).text

    @pytest.mark.parametrize("name", ["farois", "herbar", "naeturpostur"])
    def test_every_product(self, name: str, face: Callable[[int], StampFace]) -> None:
        """Two parts, a card and a stamp of a miniature sheet are cut as they are in the PNG."""
        series = load_series(ARTWORK / name)
        stamp = replace(face(2), design=series.designs[1 % len(series.designs)], variant=series.variants[0])
        png = render_stamp(series, stamp, dpi=DPI)
        seen = drawn(stamp_svg(series, stamp), png.size)
        assert difference(series, png, seen, margin_mm=MARGIN_MM) < 2
        paper = np.asarray(png)[..., 3] == 255, np.asarray(seen.convert("RGBA"))[..., 3] == 255
        assert (paper[0] != paper[1]).mean() < 0.03

    def test_the_ground_is_transparent(self, leapfrog: Series, face: Callable[[int], StampFace]) -> None:
        """Beside the stamp and in the holes of its perforation there is nothing."""
        alpha = np.asarray(drawn(stamp_svg(leapfrog, face(1)), (444, 524)).convert("RGBA"))[..., 3]
        assert alpha[0, 0] == 0
        assert alpha[22 + 30, 22 + 30] == 255


class TestFile:
    def test_same_stamp_same_bytes(self, leapfrog: Series, face: Callable[[int], StampFace]) -> None:
        """Nothing in it depends on when or where it is made."""
        assert stamp_svg(leapfrog, face(5)) == stamp_svg(leapfrog, face(5)) != stamp_svg(leapfrog, face(6))

    def test_it_is_small(self, leapfrog: Series, face: Callable[[int], StampFace]) -> None:
        """Beyond its artwork it takes a few dozen kilobytes."""
        stamp = face(3)
        art = stamp.design.artwork.stat().st_size
        assert len(stamp_svg(leapfrog, stamp)) < 1.4 * art + 40_000

    def test_nothing_from_outside(self, leapfrog: Series, face: Callable[[int], StampFace]) -> None:
        """It names no other file, runs nothing, and its size on paper is that of the stamp."""
        root = ET.fromstring(stamp_svg(leapfrog, face(3), perforated=False))  # noqa: S314  (our own)
        assert (root.get("width"), root.get("height")) == ("40.000mm", "48.000mm")
        elements = list(root.iter())
        assert {each.tag.rpartition("}")[2] for each in elements} <= {
            *("svg", "title", "rect", "g", "path", "circle", "image", "polyline"),
        }
        references = [value for each in elements for key, value in each.items() if key.endswith("href")]
        assert references
        assert all(reference.startswith("data:image/svg+xml;base64,") for reference in references)

    def test_texts_are_no_markup(self, leapfrog: Series, face: Callable[[int], StampFace]) -> None:
        """A title that looks like an element is shown, not believed."""
        stamp = face(3)
        hostile = replace(stamp, variant=replace(stamp.variant, name="</title><script>alert(1)</script>"))
        root = ET.fromstring(stamp_svg(leapfrog, hostile))  # noqa: S314  (our own)
        assert not [each for each in root.iter() if "script" in each.tag]
        assert "<script>alert(1)</script>" in (root.findtext("{http://www.w3.org/2000/svg}title") or "")
