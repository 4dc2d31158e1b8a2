import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.series import Money, create_series, load_series
from cryptostamp.series.starter import EXAMPLE_ISSUER

FACTS: dict[str, Any] = {
    "title": "First light",
    "year": 2026,
    "face_value": Money(amount=Decimal("1.20"), currency="EUR"),
}


class TestCreate:
    def test_loads_as_it_is(self, tmp_path: Path) -> None:
        """The new series is a good one, with a comment on each table and a picture in the variant's colour."""
        series = create_series(tmp_path / "new" / "stamps", **FACTS)
        assert series == load_series(tmp_path / "new" / "stamps")
        assert (series.id, series.edition, series.variant_counts) == ("FIRS", 1000, (600, 280, 100, 20))
        assert "currentColor" in series.designs[0].artwork.read_text()
        assert (series.folder / "series.toml").read_text().count("\n# ") > 8

    def test_same_facts_same_bytes(self, tmp_path: Path) -> None:
        """Nothing but the arguments decides what is written."""
        texts = [
            (create_series(tmp_path / name, **FACTS).folder / "series.toml").read_bytes() for name in ("one", "two")
        ]
        assert texts[0] == texts[1]

    def test_empty_folder(self, tmp_path: Path) -> None:
        """An empty folder is filled."""
        (tmp_path / "empty").mkdir()
        assert create_series(tmp_path / "empty", **FACTS).folder == (tmp_path / "empty").resolve()

    @pytest.mark.parametrize(("title", "series_id"), [("É 1", "STAMP"), ("A-1 b", "A1B"), ("Öl", "STAMP")])
    def test_id_from_the_title(self, tmp_path: Path, title: str, series_id: str) -> None:
        """The id is made of the title's plain letters and digits, if there are two."""
        assert create_series(tmp_path / "new", **(FACTS | {"title": title})).id == series_id

    @pytest.mark.parametrize("edition", [1, 3, 4, 17, 16_000_000])
    def test_any_edition(self, tmp_path: Path, edition: int) -> None:
        """The variants add up whatever the edition is."""
        assert create_series(tmp_path / "new", edition=edition, **FACTS).edition == edition

    @settings(deadline=None, max_examples=30)
    @given(st.text(max_size=30))
    def test_any_title(self, tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
        """A title with quotes, backslashes or brackets is written so that it is read back, or refused."""
        folder = tmp_path_factory.mktemp("any") / "new"
        try:
            series = create_series(folder, **(FACTS | {"title": title}))
        except InputError:
            assert not folder.exists()
        else:
            assert series.title == title


class TestRefusals:
    @pytest.mark.parametrize("name", ["file.txt", ".hidden"])
    def test_folder_with_something_in_it(self, tmp_path: Path, name: str) -> None:
        """Nothing is ever written into a folder that is not empty."""
        (tmp_path / name).write_text("mine")
        with pytest.raises(InputError, match="something at this place"):
            create_series(tmp_path, **FACTS)
        assert [path.name for path in tmp_path.iterdir()] == [name]

    def test_file_or_link(self, tmp_path: Path) -> None:
        """A file, or a link to somewhere, is not replaced."""
        (tmp_path / "file").write_text("")
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
        for name in ("file", "link"):
            with pytest.raises(InputError, match="something at this place"):
                create_series(tmp_path / name, **FACTS)

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"title": ""}, "The title is empty"),
            ({"title": "a\x7fb"}, r"U\+007F"),
            ({"title": "a\ud800"}, "half a character"),
            ({"year": 26}, "The year is 26"),
            ({"series_id": "leap"}, "The id of the series"),
            ({"edition": 0}, "not possible"),
            ({"edition": 16_000_001}, "not possible"),
            ({"face_value": Money(amount=Decimal(0), currency="EUR")}, "The face value is zero"),
            ({"face_value": Money(amount=Decimal("1.2"), currency="euro")}, "The currency"),
            ({"issuer": replace(EXAMPLE_ISSUER, country="AB")}, "no country code"),
            ({"issuer": replace(EXAMPLE_ISSUER, name='"\n[series]')}, r"U\+000A"),
        ],
    )
    def test_bad_value(self, tmp_path: Path, change: dict[str, Any], reason: str) -> None:
        """A value that no series file may hold is refused, and nothing is left behind."""
        with pytest.raises(InputError, match=reason) as caught:
            create_series(tmp_path / "new", **(FACTS | change))
        assert "partial" not in str(caught.value)
        assert list(tmp_path.iterdir()) == []

    def test_two_bad_values(self, tmp_path: Path) -> None:
        """Several bad values are named without the place of a file that does not exist."""
        with pytest.raises(InputError) as caught:
            create_series(tmp_path / "new", **(FACTS | {"year": 26, "series_id": "x"}))
        assert "partial" not in caught.value.diagnostics()
        assert "The year is 26" in caught.value.what

    def test_disk_that_refuses(self, tmp_path: Path) -> None:
        """A place where nothing can be written is reported."""
        (tmp_path / "file").write_text("")
        with pytest.raises(StorageProblem, match="cannot be written"):
            create_series(tmp_path / "file" / "new", **FACTS)

    def test_killed_before(self, tmp_path: Path) -> None:
        """What a killed run left behind does not stand in the way, nor stay."""
        (tmp_path / f".new.{os.getpid()}.partial").mkdir()
        create_series(tmp_path / "new", **FACTS)
        assert [path.name for path in tmp_path.iterdir()] == ["new"]
