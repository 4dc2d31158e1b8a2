"""Where the files of an issued series lie, and that its secret is never replaced."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from support.desk import Desk

from cryptostamp import office
from cryptostamp.edition import EditionSecret
from cryptostamp.edition.merkle import MerkleTree
from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.office import Workspace


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


class TestOwnDossier:
    def test_what_was_issued_here_is_not_computed_again(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """The issue writes down which dossier it made; one without the note is checked once, and noted."""
        note = desk.workspace.folder / "dossier.checked"
        noted = note.read_text(encoding="ascii")
        note.unlink()
        assert desk.workspace.own_dossier() == desk.dossier
        assert note.read_text(encoding="ascii") == noted
        monkeypatch.setattr(MerkleTree, "of", lambda _keys: pytest.fail("a tree was grown"))
        assert desk.workspace.own_dossier() == desk.dossier

    def test_a_note_of_another_dossier_is_not_believed(self, desk: Desk) -> None:
        """A dossier that is not the noted one is checked in full, and the note put right."""
        note = desk.workspace.folder / "dossier.checked"
        noted = note.read_text(encoding="ascii")
        note.write_text("sha256:" + "0" * 64, encoding="ascii")
        assert desk.workspace.own_dossier() == desk.dossier
        assert note.read_text(encoding="ascii") == noted

    def test_nothing_issued(self, tmp_path: Path) -> None:
        """It says so as `dossier` does."""
        with pytest.raises(InputError, match="No issued series"):
            Workspace(tmp_path / "issued").own_dossier()


class TestNames:
    def test_functions_are_not_hidden_by_modules_of_their_name(self) -> None:
        """However a module was imported before, the name in the package is the function."""
        for name in ("audit", "claim", "issue", "preview", "verify"):
            import_module(f"cryptostamp.office.{name}")
            assert callable(getattr(office, name))
        assert set(office.__all__) <= set(dir(office))
        assert all(hasattr(office, name) for name in office.__all__)

    def test_workers_do_not_load_a_chain_library(self) -> None:
        """What a process needs to make a file is all it waits for."""
        heavy = "{'web3', 'eth_account', 'sqlalchemy', 'zxingcpp'}"
        code = f"import sys, cryptostamp.office.workers; sys.exit(', '.join({heavy} & set(sys.modules)) or 0)"
        subprocess.run([sys.executable, "-c", code], check=True)
