"""A good series file, and a way to damage it and see what is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cryptostamp.errors import SeriesFileError
from cryptostamp.series import load_series

GOOD = """\
format = 1

[issuer]
name = "Lilypond Post"
country = "XL"
country_name = "Lilypond"
domain = "lilypond.example"

[series]
id = "LEAP"
title = "Leapfrog"
description = "A frog in two leaps."
year = 2026
face_value = "1.20"
currency = "EUR"
tariff = "Letter up to 20 g"
edition = 100

[stamp]
width_mm = 40
height_mm = 48

[sheet]
rows = 5
columns = 5
selvedge_mm = 12
gauge = 13.5

[[designs]]
key = "crouch"
title = "Crouch"
artwork = "crouch.svg"

[[designs]]
key = "spring"
title = "Spring"
artwork = "pictures/spring.svg"

[[variants]]
key = "green"
name = "Green"
colour = "#4F9D3A"
count = 90

[[variants]]
key = "gold"
name = "Gold"
colour = "#c9971c"
count = 10
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the good series file and its pictures."""
    (tmp_path / "pictures").mkdir()
    for name in ("crouch.svg", "pictures/spring.svg"):
        (tmp_path / name).write_text("<svg/>")
    (tmp_path / "series.toml").write_text(GOOD)
    return tmp_path


@pytest.fixture
def refusal(folder: Path) -> Callable[[str, str], SeriesFileError]:
    """Replace a line of the good file, and return how it is refused."""

    def refuse(line: str, replacement: str) -> SeriesFileError:
        assert GOOD.count(line) == 1
        (folder / "series.toml").write_text(GOOD.replace(line, replacement))
        with pytest.raises(SeriesFileError) as caught:
            load_series(folder)
        return caught.value

    return refuse
