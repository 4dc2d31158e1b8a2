"""The pictures of tokens are drawn once, and there are never more of them than a dossier holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cryptostamp.edition import Edition
from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.office.pictures import check_pictures, token_pictures
from cryptostamp.primitives import Hash32, parse_address
from cryptostamp.series import Series, rescale


@pytest.fixture
def tiny(leapfrog: Series) -> Series:
    """Return the series with six stamps."""
    return rescale(leapfrog, 6)


@pytest.fixture
def edition(tiny: Series) -> Edition:
    """Return six stamps."""
    keys = [parse_address(f"0x{number:040x}") for number in range(1, 7)]
    return Edition.of(keys, tiny.variant_counts, Hash32(bytes(32)))


class TestPictures:
    def test_one_for_each_kind_that_occurs(self, tiny: Series, edition: Edition, tmp_path: Path) -> None:
        """Each design in each variant that a stamp of the edition has is drawn, into a file of its own."""
        seen: list[tuple[int, int]] = []
        pictures = token_pictures(
            tiny, edition, tmp_path / "pictures", symbol_side=37, progress=lambda *what: seen.append(what)
        )
        assert sorted(pictures) == sorted(path.name for path in (tmp_path / "pictures").iterdir())
        assert all(data.startswith(b"RIFF") for data in pictures.values())
        assert seen[-1] == (len(pictures), len(pictures))

    def test_what_is_there_is_not_drawn_again(self, tiny: Series, edition: Edition, tmp_path: Path) -> None:
        """A second run takes every file as it lies there."""
        names = list(token_pictures(tiny, edition, tmp_path, symbol_side=37))
        (tmp_path / names[0]).write_bytes(b"kept")
        assert token_pictures(tiny, edition, tmp_path, symbol_side=37)[names[0]] == b"kept"


class TestRefusals:
    def test_a_picture_that_cannot_be_read(self, tiny: Series, edition: Edition, tmp_path: Path) -> None:
        """Something else in the place of a picture is named, and not written over."""
        name = min(token_pictures(tiny, edition, tmp_path / "drawn", symbol_side=37))
        (tmp_path / "other" / name).mkdir(parents=True)
        with pytest.raises(StorageProblem, match="picture cannot be read") as problem:
            token_pictures(tiny, edition, tmp_path / "other", symbol_side=37)
        assert problem.value.where.endswith(name)

    def test_more_than_a_dossier_holds(self, leapfrog: Series) -> None:
        """Designs times variants are bounded; what a small edition cannot have does not count."""
        many = replace(leapfrog, designs=leapfrog.designs * 40, variants=leapfrog.variants, edition=10_000)
        with pytest.raises(InputError, match="200 designs in 5 variants need 1,000 pictures") as refusal:
            check_pictures(many)
        assert refusal.value.where.endswith("series.toml")
        check_pictures(replace(many, edition=900))
