"""A series is begun, checked and looked at; one that cannot be issued is refused in one message with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from support.program import Run

DEAD = "http://127.0.0.1:9"


def files_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class TestNew:
    def test_new_check_preview(self, run: Run, tmp_path: Path) -> None:
        """A series that was just begun can be checked and previewed as it is."""
        folder, picture = tmp_path / "birds", tmp_path / "board.png"
        begun = run("new", folder, "--title", "Birds", "--edition", 50, "--face-value", "0.85", "--currency", "GBP")
        assert begun.code == 0
        assert f"cryptostamp preview {folder}" in begun.out
        checked = run("check", folder, "--json")
        assert (checked.code, checked.json["title"], checked.json["edition"]) == (0, "Birds", 50)
        shown = run("preview", folder, "--out", picture)
        assert shown.code == 0
        assert "0.85 GBP" in shown.out
        assert str(picture) in shown.out
        with Image.open(picture) as board:
            assert board.format == "PNG"

    def test_preview_for_machines(self, run: Run, tmp_path: Path) -> None:
        """The preview's JSON has the series and the picture."""
        run("new", tmp_path / "birds", "--edition", 5)
        shown = run("preview", tmp_path / "birds", "--out", tmp_path / "board.png", "--json")
        assert (shown.code, shown.json["picture"]) == (0, str(tmp_path / "board.png"))
        assert shown.json["series"]["edition"] == 5
        assert shown.json["series"]["face_value"] == {"amount": "1.00", "currency": "EUR"}

    def test_preview_of_sheet_and_photo(self, run: Run, tmp_path: Path) -> None:
        """Where they are asked for, the sheet and the photo are written and named."""
        run("new", tmp_path / "birds", "--edition", 5)
        sheet, photo = tmp_path / "sheet.png", tmp_path / "photo.jpg"
        shown = run(
            "preview", tmp_path / "birds", "--out", tmp_path / "board.png", "--sheet", sheet, "--photo", photo, "--json"
        )
        assert (shown.code, shown.json["sheet"], shown.json["photo"]) == (0, str(sheet), str(photo))
        assert sheet.read_bytes().startswith(b"\x89PNG")
        assert photo.read_bytes().startswith(b"\xff\xd8")

    @pytest.mark.parametrize("title", ["Birds [bold]", "Birds [/b]", "Birds :frog:"])
    def test_a_title_is_shown_as_it_is(self, run: Run, tmp_path: Path, title: str) -> None:
        """Brackets and colons in a title are letters like others."""
        assert run("new", tmp_path / "birds", "--title", title).code == 0
        checked = run("check", tmp_path / "birds")
        assert checked.code == 0
        assert title in checked.out

    def test_nothing_is_overwritten(self, run: Run, copy: Path) -> None:
        """A folder that holds a series already is refused and stays as it is."""
        before = files_in(copy)
        done = run("new", copy)
        assert done.code == 2
        assert "There is something at this place already" in done.err
        assert files_in(copy) == before

    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("--edition", "0"),
            ("--edition", "20000000"),
            ("--edition", "many"),
            ("--face-value", "1,20"),
            ("--face-value", "NaN"),
            ("--face-value", "-1"),
            ("--currency", "euro"),
            ("--title", ""),
        ],
    )
    def test_bad_values(self, run: Run, tmp_path: Path, option: str, value: str) -> None:
        """What cannot stand in a series file is refused, and no folder is made."""
        done = run("new", tmp_path / "birds", option, value)
        assert (done.code, done.out) == (2, "")
        assert done.err.count("Error:") == 1
        assert list(tmp_path.iterdir()) == []


REFUSED = {
    "wrong count": ("count = 520", "count = 521", "edition = 1000", "add up to 1,001, but the edition is 1,000"),
    "unknown field": ("rows = 5", "rows = 5\nglue = 1", "glue", "The field 'glue' is not known in [sheet]"),
    "duplicate variant": ('key = "azure"', 'key = "meadow"', None, "Two variants have the key 'meadow'"),
    "missing artwork": ('"dive.svg"', '"gone.svg"', '"gone.svg"', "'gone.svg' does not exist"),
    "path outside": ('"dive.svg"', '"../dive.svg"', '"../dive.svg"', "lies outside the folder of the series"),
    "face value as float": ('face_value = "1.20"', "face_value = 1.20", "face_value", "face_value"),
    "edition of none": ("edition = 1000", "edition = 0", "edition = 0", "edition"),
    "edition of 20 million": ("edition = 1000", "edition = 20_000_000", "edition = 20_000_000", "16,000,000"),
}


class TestRefusals:
    @pytest.mark.parametrize("fault", REFUSED)
    def test_a_bad_series_file(self, run: Run, copy: Path, tmp_path: Path, fault: str) -> None:
        """Checking, previewing and issuing refuse with the same message and line, and write nothing."""
        old, new, at, said = REFUSED[fault]
        file = copy / "series.toml"
        good = file.read_text(encoding="utf-8")
        assert good.count(old) == 1
        bad = good.replace(old, new)
        file.write_text(bad, encoding="utf-8")
        (tmp_path / "dive.svg").write_bytes((copy / "dive.svg").read_bytes())
        place = bad.rindex('key = "meadow"') if at is None else bad.index(at)
        line = bad[:place].count("\n") + 1
        before = files_in(tmp_path)
        messages = set()
        for arguments in (
            ["check", copy],
            ["preview", copy, "--out", tmp_path / "board.png"],
            ["issue", copy, "--rpc", DEAD],
            ["print", copy],
        ):
            done = run(*arguments)
            assert (done.code, done.out) == (2, "")
            messages.add(done.err)
        (message,) = messages
        assert message.startswith(f"Error: {file}:{line}: ")
        assert said in message
        assert message.count("Error:") == 1
        assert "Traceback" not in message
        assert files_in(tmp_path) == before
