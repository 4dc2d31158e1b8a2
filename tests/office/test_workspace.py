"""Files are written whole or not at all, for their owner alone, and nothing that must stay is replaced."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cryptostamp.edition import EditionSecret
from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.office import Workspace
from cryptostamp.office.workspace import write_file


class TestWriteFile:
    def test_a_new_file(self, tmp_path: Path) -> None:
        """The bytes are there, in a folder that is made when it is missing, and readable to the owner alone."""
        path = tmp_path / "one" / "two" / "file"
        write_file(path, b"all of it")
        assert path.read_bytes() == b"all of it"
        assert path.stat().st_mode & 0o777 == 0o600
        assert list(path.parent.iterdir()) == [path]

    def test_it_replaces(self, tmp_path: Path) -> None:
        """A file that is there is replaced as a whole, and becomes its owner's alone."""
        path = tmp_path / "file"
        path.write_bytes(b"the old one, which is longer")
        path.chmod(0o644)
        write_file(path, b"new")
        assert path.read_bytes() == b"new"
        assert path.stat().st_mode & 0o777 == 0o600

    def test_it_does_not_replace(self, tmp_path: Path) -> None:
        """A file that must stay stays, and no half-made file is left beside it."""
        path = tmp_path / "file"
        write_file(path, b"first", replace=False)
        with pytest.raises(StorageProblem, match="cannot be written") as refusal:
            write_file(path, b"second", replace=False)
        assert refusal.value.where == str(path)
        assert path.read_bytes() == b"first"
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize("replace", [True, False])
    def test_a_full_disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace: bool) -> None:  # noqa: FBT001
        """If the bytes do not reach the disk, nothing has changed on it."""
        path = tmp_path / "file"
        if replace:
            path.write_bytes(b"old")
        before = sorted(tmp_path.iterdir())

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StorageProblem, match="No space left on device"):
            write_file(path, b"new", replace=replace)
        assert sorted(tmp_path.iterdir()) == before
        assert not replace or path.read_bytes() == b"old"

    def test_a_folder_that_is_a_file(self, tmp_path: Path) -> None:
        """A path that leads through a file is refused with its name."""
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(StorageProblem, match="cannot be written") as refusal:
            write_file(tmp_path / "file" / "inner", b"x")
        assert refusal.value.where == str(tmp_path / "file" / "inner")

    def test_a_folder_in_the_way(self, tmp_path: Path) -> None:
        """A folder is not replaced by a file."""
        (tmp_path / "folder").mkdir()
        with pytest.raises(StorageProblem):
            write_file(tmp_path / "folder", b"x")
        assert [path.name for path in tmp_path.iterdir()] == ["folder"]


class TestWorkspace:
    def test_where_things_lie(self, tmp_path: Path) -> None:
        """Everything lies in the one folder."""
        workspace = Workspace(tmp_path)
        paths = [workspace.ledger_path, workspace.secret_path, workspace.dossier_folder, workspace.print_folder]
        assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
            "ledger.sqlite3",
            "edition.age",
            "dossier",
            "print",
        ]

    def test_before_the_issue(self, tmp_path: Path) -> None:
        """A folder in which nothing was issued says so, and what to do."""
        with pytest.raises(InputError, match="No issued series") as refusal:
            Workspace(tmp_path / "issued").dossier()
        assert refusal.value.where == str(tmp_path / "issued")
        assert "cryptostamp issue" in refusal.value.remedy
        assert not (tmp_path / "issued").exists()

    def test_a_secret_is_never_replaced(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The sealed secret of an edition outlives every attempt to keep another one."""
        monkeypatch.setattr(EditionSecret, "seal", lambda self, _passphrase: self._secret)
        workspace = Workspace(tmp_path)
        workspace.keep_secret(EditionSecret(b"\1" * 32), "one")
        with pytest.raises(StorageProblem):
            workspace.keep_secret(EditionSecret(b"\2" * 32), "two")
        assert workspace.secret_path.read_bytes() == b"\1" * 32

    def test_a_secret_that_is_not_there(self, tmp_path: Path) -> None:
        """A missing secret is a problem of storage, and its error tells what depends on it."""
        with pytest.raises(StorageProblem, match="No such file") as refusal:
            Workspace(tmp_path).open_secret("any")
        assert "no claim code can be printed" in refusal.value.remedy

    def test_the_print_folder(self, tmp_path: Path) -> None:
        """The folder of prints is made once and kept."""
        workspace = Workspace(tmp_path / "issued")
        assert workspace.make_print_folder() == workspace.make_print_folder() == tmp_path / "issued" / "print"
        assert workspace.print_folder.is_dir()
