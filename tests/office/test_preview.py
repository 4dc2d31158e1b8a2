"""A series can be checked and looked at before anything is issued."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from support.desk import LEAPFROG
from support.templates import STAMP, templated

from cryptostamp.codes import parse_public_code
from cryptostamp.errors import ArtworkError, SeriesFileError, StorageProblem
from cryptostamp.office import Workspace, check, preview


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a copy of the demonstration series that may be damaged."""
    return Path(shutil.copytree(LEAPFROG, tmp_path / "series"))


def edit(folder: Path, change: Callable[[str], str], name: str = "series.toml") -> None:
    path = folder / name
    before = path.read_text(encoding="utf-8")
    assert change(before) != before
    path.write_text(change(before), encoding="utf-8")


class TestPreview:
    def test_every_design_in_every_variant(self, tmp_path: Path) -> None:
        """The picture has a row for each variant and a column for each design."""
        picture = tmp_path / "deep" / "preview.png"
        shown = preview(LEAPFROG, picture=picture)
        assert shown.picture == picture
        series = shown.series
        with Image.open(picture) as board:
            assert board.format == "PNG"
            width, height = board.size
            assert (width % len(series.designs), height % len(series.variants)) == (0, 0)
            stamp = width // len(series.designs), height // len(series.variants)
            assert stamp[0] / stamp[1] == pytest.approx(40 / 48, rel=0.02)
            cells = {
                board.crop((x * stamp[0], y * stamp[1], (x + 1) * stamp[0], (y + 1) * stamp[1])).tobytes()
                for x in range(len(series.designs))
                for y in range(len(series.variants))
            }
        assert len(cells) == len(series.designs) * len(series.variants)
        for word in ("Leapfrog", "Lilypond Post", *(variant.name for variant in series.variants)):
            assert word in shown.text

    def test_codes_that_lead_nowhere(self, tmp_path: Path) -> None:
        """What looks like a code in the preview is of a contract that nobody has."""
        shown = preview(LEAPFROG, picture=tmp_path / "preview.png")
        with Image.open(shown.picture) as board:
            large = board.convert("L").resize((board.width * 2, board.height * 2))
        found = zxingcpp.read_barcodes(large)
        assert found
        assert {parse_public_code(each.text).contract for each in found} == {"0x" + "11" * 20}

    def test_the_sheet_and_the_photo(self, tmp_path: Path) -> None:
        """The first sheet is drawn as it is printed, with all its stamps; the photo shows a stamp that can be read."""
        sheet, photo = tmp_path / "sheet.png", tmp_path / "photo.jpg"
        shown = preview(LEAPFROG, picture=tmp_path / "preview.png", sheet=sheet, photo=photo)
        assert (shown.sheet, shown.photo) == (sheet, photo)
        with Image.open(sheet) as drawn:
            large = drawn.convert("L").resize((drawn.width * 2, drawn.height * 2))
        stamps = {each.text for each in zxingcpp.read_barcodes(large) if each.text.startswith("https")}
        assert len(stamps) == shown.series.sheet.stamps
        with Image.open(photo) as seen:
            assert seen.format == "JPEG"
            assert [parse_public_code(each.text).serial for each in zxingcpp.read_barcodes(seen)] == [1]

    def test_under_the_lamp(self, tmp_path: Path) -> None:
        """A hidden layer is shown where it is asked for, and the printer is told what a coarse device cannot print."""
        layers = (
            '\n[[layers]]\ntype = "micro-text"\ntext = "{short_code} "\nbox = [2, 34, 8, 6]\nink = "UV"\n'
            '\n[[layers]]\ntype = "fill"\nbox = [12, 34, 4, 4]\nink = "UV"\n'
        )
        folder, lamp = templated(tmp_path / "series", STAMP + layers), tmp_path / "lamp.png"
        shown = preview(folder, picture=tmp_path / "preview.png", lamp=lamp)
        assert shown.lamp == lamp
        assert lamp.read_bytes().startswith(b"\x89PNG")
        assert [note for note in shown.notes if "Micro-text" in note] == list(shown.notes) != []

    def test_a_folder_in_the_way(self, tmp_path: Path) -> None:
        """A picture that cannot be written is named."""
        with pytest.raises(StorageProblem) as refusal:
            preview(LEAPFROG, picture=tmp_path)
        assert refusal.value.where == str(tmp_path)


class TestCheck:
    def test_it_writes_nothing(self, copy: Path) -> None:
        """A good series is returned, and its folder stays as it is."""
        before = sorted(copy.rglob("*"))
        assert check(copy) == check(copy / "series.toml")
        assert check(copy).edition == 1000
        assert sorted(copy.rglob("*")) == before
        assert not Workspace(copy / "issued").folder.exists()

    def test_a_bad_field(self, copy: Path, tmp_path: Path) -> None:
        """A series that breaks a rule is refused with its line, and no picture is drawn."""
        edit(copy, lambda text: text.replace("count = 10", "count = 11"))
        with pytest.raises(SeriesFileError, match=r"1,001.*1,000") as refusal:
            preview(copy, picture=tmp_path / "preview.png")
        assert refusal.value.where.startswith(f"{copy / 'series.toml'}:")
        assert not (tmp_path / "preview.png").exists()

    def test_a_picture_that_cannot_be_printed(self, copy: Path) -> None:
        """A drawing that fetches something from elsewhere is refused before anything is issued."""
        edit(
            copy,
            lambda text: text.replace("</svg>", '<image href="https://frogs.example/a.png"/></svg>'),
            "dive.svg",
        )
        with pytest.raises(ArtworkError) as refusal:
            check(copy)
        assert "dive.svg" in str(refusal.value)
