from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cryptostamp.errors import ArtworkError
from cryptostamp.press.artwork import (
    MAX_ARTWORK_BYTES,
    SizedArtwork,
    artwork_cutting,
    artwork_pdf,
    artwork_pixels,
    load_artwork,
    render_artwork,
)
from cryptostamp.series import Series

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 364 276">'
FILLED = HEAD + '<rect width="364" height="276" fill="currentColor"/></svg>'

REFUSED = {
    "script": (HEAD + "<script>alert(1)</script></svg>", "<script>"),
    "event": (HEAD + '<rect onclick="alert(1)" width="1" height="1"/></svg>', "onclick"),
    "foreign object": (HEAD + "<foreignObject/></svg>", "<foreignObject>"),
    "text": (HEAD + "<text>Lilypond</text></svg>", "outlines"),
    "animation": (HEAD + '<animate attributeName="x"/></svg>', "<animate>"),
    "web picture": (HEAD + '<image href="https://example.org/a.png"/></svg>', "<image>"),
    "file picture": (HEAD + '<image xlink:href="file:///etc/passwd"/></svg>', "<image>"),
    "picture beside it": (HEAD + '<image href="frog.png"/></svg>', "<image>"),
    "nested SVG": (HEAD + '<image href="data:image/svg+xml;base64,PHN2Zy8+"/></svg>', "<image>"),
    "data that is no picture": (HEAD + '<use href="data:text/html,x"/></svg>', "<use>"),
    "web paint": (HEAD + '<rect style="fill:url(http://example.org/#a)"/></svg>', "<rect>"),
    "style sheet": (HEAD + "<style>@import 'a.css';</style></svg>", "@-rule"),
    "web paint in a style sheet": (HEAD + "<style>rect{fill:url(http://example.org/x)}</style></svg>", "<style>"),
    "script under a prefix": (
        HEAD.replace("xmlns:xlink", 'xmlns:s="http://www.w3.org/2000/svg" xmlns:xlink') + "<s:script/></svg>",
        "<script>",
    ),
    "entities": ('<!DOCTYPE svg [<!ENTITY a "b">]>' + FILLED, "DOCTYPE"),
    "doctype": ('<!DOCTYPE svg SYSTEM "http://example.org/svg.dtd">' + FILLED, "DOCTYPE"),
    "instruction": ('<?xml-stylesheet href="a.css"?>' + FILLED, "xml-stylesheet"),
    "broken XML": (HEAD + "<rect></svg>", "well-formed"),
    "empty": ("", "well-formed"),
    "another document": ("<html/>", "<html>"),
    "no viewBox": ('<svg xmlns="http://www.w3.org/2000/svg"/>', "viewBox"),
    "empty viewBox": ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 4"/>', "viewBox"),
    "crooked viewBox": ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 nan 4"/>', "viewBox"),
}


class TestRefusal:
    """What must not reach a renderer or a press."""

    @pytest.mark.parametrize(("svg", "named"), REFUSED.values(), ids=REFUSED.keys())
    def test_artwork_that_is_more_than_a_drawing_is_refused(self, tmp_path: Path, svg: str, named: str) -> None:
        """It is refused before anything draws it, and the message names the element."""
        path = tmp_path / "frog.svg"
        path.write_text(svg)
        with pytest.raises(ArtworkError) as caught:
            load_artwork(path)
        assert named in caught.value.diagnostics()
        assert caught.value.where.startswith(str(path))
        assert caught.value.remedy

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        """A path that is not there gives an error with the path."""
        with pytest.raises(ArtworkError, match=r"cannot be read") as caught:
            load_artwork(tmp_path / "none.svg")
        assert "none.svg" in caught.value.where

    def test_a_huge_file_is_refused(self, tmp_path: Path) -> None:
        """A drawing of more than 5 MB is refused unread."""
        path = tmp_path / "frog.svg"
        path.write_bytes(b" " * (MAX_ARTWORK_BYTES + 1))
        with pytest.raises(ArtworkError, match=r"more than 5,000,000 bytes"):
            load_artwork(path)

    def test_a_bad_colour_never_reaches_the_svg(self, tmp_path: Path) -> None:
        """A colour that is no #rrggbb is refused, whatever it would inject."""
        path = tmp_path / "frog.svg"
        path.write_text(FILLED)
        with pytest.raises(ArtworkError, match=r"#rrggbb"):
            load_artwork(path).svg('red" onload="x', "1", "1")


class TestDrawing:
    """Colour and size."""

    def test_current_colour_is_the_variant(self, tmp_path: Path, leapfrog: Series) -> None:
        """What the artwork fills with currentColor has the colour of the variant."""
        path = tmp_path / "frog.svg"
        path.write_text(FILLED)
        design = replace(leapfrog.designs[0], artwork=path)
        picture = render_artwork(design, leapfrog.variants[2], 36, 27)
        assert picture.size == (36, 27)
        assert set(map(tuple, np.asarray(picture).reshape(-1, 3).tolist())) == {(0xD9, 0x48, 0x2B)}

    def test_a_colour_in_the_file_gives_way(self, tmp_path: Path, leapfrog: Series) -> None:
        """The colour an artist left on the root, to see the drawing in, is replaced."""
        path = tmp_path / "frog.svg"
        path.write_text(FILLED.replace("<svg", '<svg color="#000000" width="9mm" height="9mm"'))
        design = replace(leapfrog.designs[0], artwork=path)
        assert render_artwork(design, leapfrog.variants[2], 4, 3).getpixel((1, 1)) == (0xD9, 0x48, 0x2B)

    def test_a_changed_file_is_drawn_anew(self, tmp_path: Path, leapfrog: Series) -> None:
        """The cache never shows what a file no longer says."""
        path = tmp_path / "frog.svg"
        design = replace(leapfrog.designs[0], artwork=path)
        path.write_text(FILLED)
        render_artwork(design, leapfrog.variants[0], 4, 3)
        path.write_text(FILLED.replace("currentColor", "#010203"))
        assert render_artwork(design, leapfrog.variants[0], 4, 3).getpixel((1, 1)) == (1, 2, 3)

    def test_inkscape_and_inline_pictures_pass(self, tmp_path: Path) -> None:
        """An editor's own elements and an embedded PNG do no harm and are let through."""
        path = tmp_path / "frog.svg"
        path.write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" '
            'xmlns:svg="http://www.w3.org/2000/svg" xmlns:sodipodi="http://sodipodi.example/" viewBox="0 0 4 3">'
            '<sodipodi:namedview/><svg:g><image href="data:image/png;base64,iVBORw0KGgo="/></svg:g></svg>'
        )
        assert load_artwork(path).width == 4

    def test_the_pdf_is_the_same_every_time(self, leapfrog: Series) -> None:
        """Converting the same artwork twice gives the same bytes."""
        pictures = [SizedArtwork(load_artwork(design.artwork), "#4f9d3a", 36.4, 27.6) for design in leapfrog.designs]
        first = artwork_pdf(*pictures)
        artwork_pdf.cache_clear()
        assert artwork_pdf(*pictures) == first

    def test_of_many_the_one_that_cannot_be_drawn_is_named(self, leapfrog: Series, tmp_path: Path) -> None:
        """Pictures are converted together; an error says which it was."""
        broken = tmp_path / "broken.svg"
        broken.write_text(HEAD.replace(":xlink", ":other") + '<use xlink:href="#a"/></svg>')  # a prefix of nothing
        whole = load_artwork(leapfrog.designs[0].artwork)
        pictures = [SizedArtwork(art, "#4f9d3a", 36.4, 27.6) for art in (whole, load_artwork(broken))]
        with pytest.raises(ArtworkError) as refusal:
            artwork_pdf(*pictures)
        assert refusal.value.where == str(broken)

    @pytest.mark.parametrize("cutting", [(0, 0, 91, 69), (30, 20, 60, 25), (90, 68, 91, 69)])
    def test_a_cutting_is_a_part_of_the_whole(self, leapfrog: Series, cutting: tuple[int, int, int, int]) -> None:
        """Drawn alone, it differs from the same part of the whole picture only in the smoothing of edges."""
        art = load_artwork(leapfrog.designs[1].artwork)
        whole = artwork_pixels(art, "#4f9d3a", 91, 69).crop(cutting)
        part = artwork_cutting(art, "#4f9d3a", 91, 69, cutting)
        assert part.size == whole.size
        apart = np.abs(np.asarray(part, dtype=np.int16) - np.asarray(whole, dtype=np.int16))
        assert apart.max() <= 16
        assert apart.mean() < 0.2


class TestLeapfrog:
    """The demonstration series is drawn as one scene."""

    def test_every_design_in_every_colour_differs(self, leapfrog: Series) -> None:
        """Twenty-five pictures, none like another."""
        seen = {
            render_artwork(design, variant, 91, 69).tobytes()
            for design in leapfrog.designs
            for variant in leapfrog.variants
        }
        assert len(seen) == 25

    def test_the_five_pictures_are_windows_into_one_scene(self, leapfrog: Series) -> None:
        """Each begins one stamp (40 mm, 400 units) after the one before, and its water at the same height."""
        for place, design in enumerate(leapfrog.designs):
            art = load_artwork(design.artwork)
            assert dict(art.attributes)["viewBox"] == f"{18 + 400 * place} 0 364 276"
            assert f"M{18 + 400 * place} 157H".encode() in art.after
