"""A series arrives elsewhere with all its pictures."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cryptostamp.errors import ArtworkError
from cryptostamp.printshop.parcel import Parcel
from cryptostamp.series import Series


class TestParcel:
    """What is packed here is found there."""

    def test_pictures_are_found_in_the_folder(self, leapfrog: Series, tmp_path: Path) -> None:
        """Each design has the same picture, under its name, in the new folder; nothing else has changed."""
        opened = Parcel.of(leapfrog).opened(tmp_path)
        for here, there in zip(leapfrog.designs, opened.designs, strict=True):
            assert there.artwork.is_relative_to(tmp_path)
            assert there.artwork.name == here.artwork.name
            assert there.artwork.read_bytes() == here.artwork.read_bytes()
        assert opened.folder == tmp_path
        assert replace(opened, folder=leapfrog.folder, designs=leapfrog.designs) == leapfrog

    def test_a_parcel_needs_nothing_of_where_it_was_packed(self, leapfrog: Series, tmp_path: Path) -> None:
        """It is opened when the first folder has gone."""
        before = tmp_path / "before"
        shutil.copytree(leapfrog.folder, before)
        moved = replace(
            leapfrog,
            folder=before,
            designs=tuple(replace(each, artwork=before / each.artwork.name) for each in leapfrog.designs),
        )
        parcel = Parcel.of(moved)
        shutil.rmtree(before)
        opened = parcel.opened(tmp_path / "after")
        assert opened.designs[0].artwork.read_bytes() == leapfrog.designs[0].artwork.read_bytes()

    def test_two_files_of_one_name(self, leapfrog: Series, tmp_path: Path) -> None:
        """Pictures that lie in two folders under one name stay two."""
        pictures = []
        for number in (0, 1):
            picture = tmp_path / str(number) / "same.svg"
            picture.parent.mkdir()
            picture.write_bytes(b"picture %d" % number)
            pictures.append(picture)
        designs = tuple(
            replace(design, artwork=picture) for design, picture in zip(leapfrog.designs, pictures, strict=False)
        )
        opened = Parcel.of(replace(leapfrog, designs=designs)).opened(tmp_path / "there")
        assert [design.artwork.read_bytes() for design in opened.designs] == [b"picture 0", b"picture 1"]

    def test_the_digest_is_of_the_files(self, leapfrog: Series) -> None:
        """Another title is the same parcel of files; another picture is not."""
        parcel = Parcel.of(leapfrog)
        assert Parcel.of(replace(leapfrog, title="Other")).sha256 == parcel.sha256
        path, data = parcel.files[0]
        assert replace(parcel, files=((path, data + b" "), *parcel.files[1:])).sha256 != parcel.sha256

    def test_a_picture_that_has_gone(self, leapfrog: Series, tmp_path: Path) -> None:
        """It is named before anything travels."""
        gone = replace(leapfrog.designs[0], artwork=tmp_path / "gone.svg")
        with pytest.raises(ArtworkError, match="cannot be read") as refusal:
            Parcel.of(replace(leapfrog, designs=(gone,)))
        assert refusal.value.where == str(tmp_path / "gone.svg")
