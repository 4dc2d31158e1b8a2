"""Where the ledger of a series is kept: a file, or a database that several desks share; and copies of it."""

from __future__ import annotations

import csv
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet
import pytest
from support.desk import PASSPHRASE, Desk
from support.program import Run

from cryptostamp.chain import Chain, DevSigner, Sender, deploy_registry
from cryptostamp.errors import InputError, StorageProblem, ToolMissing
from cryptostamp.ledger import Ledger
from cryptostamp.ledger.migrations import HEAD
from cryptostamp.office import LedgerJournal, Workspace, claim, issue
from cryptostamp.primitives import Serial
from cryptostamp.series import Series


class TestDatabase:
    def test_a_series_lives_in_it(
        self, run: Run, leapfrog: Series, chain: Chain, tmp_path: Path, new_database: Callable[[], str]
    ) -> None:
        """Once chosen, every step is written into the database, and there is no file; issuing again sends nothing."""
        folder, url = tmp_path / "issued", new_database()
        assert run("ledger", "use", url, "--issued", folder).code == 0
        workspace = Workspace(folder)
        first = issue(leapfrog, workspace=workspace, chain=chain, post=DevSigner(0), passphrase=PASSPHRASE)
        nonce = chain.rpc.request("eth_getTransactionCount", DevSigner(0).address, "latest")
        again = issue(leapfrog, workspace=workspace, chain=chain, post=DevSigner(0), passphrase=PASSPHRASE)
        assert again.dossier.deployment == first.dossier.deployment
        assert chain.rpc.request("eth_getTransactionCount", DevSigner(0).address, "latest") == nonce
        code = workspace.open_secret(PASSPHRASE).claim_code(Serial(7))
        with workspace.ledger() as ledger:
            sender = Sender(chain, DevSigner(0), LedgerJournal(ledger))
            claim(code, workspace.dossier(), to=DevSigner(3).address, sender=sender, ledger=ledger)
        with Ledger(url) as ledger:
            assert ledger.count_claimed("LEAP") == 1
        assert not list(folder.glob("ledger.sqlite3*"))

    def test_shown_without_a_password(self, run: Run, tmp_path: Path, new_database: Callable[[], str]) -> None:
        """Where the ledger is can be asked for; what is kept belongs to its owner alone."""
        url = new_database()
        assert run("ledger", "use", url, "--issued", tmp_path).code == 0
        done = run("ledger", "migrate", "--json", "--issued", tmp_path)
        assert done.json["schema"] == HEAD
        assert url.split("?")[0].removeprefix("postgresql://") in done.json["place"]
        assert stat.S_IMODE((tmp_path / "ledger.url").stat().st_mode) == 0o600

    def test_a_password_is_refused(self, run: Run, tmp_path: Path) -> None:
        """A password would lie in a file and stand in messages: it is refused, and not repeated."""
        done = run("ledger", "use", "postgresql://post:hunter2@localhost/stamps", "--issued", tmp_path)
        assert done.code == InputError.exit_code
        assert "hunter2" not in done.err + done.out
        assert ".pgpass" in done.err
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        "url", ["mysql://host/stamps", "ledger.sqlite3", "", "postgresql:///nothing?host=/nowhere"]
    )
    def test_no_database(self, run: Run, tmp_path: Path, url: str) -> None:
        """What is no PostgreSQL, or does not answer, is not chosen."""
        assert run("ledger", "use", url, "--issued", tmp_path).code in {InputError.exit_code, StorageProblem.exit_code}
        assert not list(tmp_path.iterdir())

    def test_never_two_ledgers(self, run: Run, desk: Desk, new_database: Callable[[], str], tmp_path: Path) -> None:
        """What has been sent stands in one ledger: another one would send it twice, so it is refused."""
        done = run("ledger", "use", new_database(), "--issued", desk.workspace.folder)
        assert done.code == InputError.exit_code
        assert "has a ledger already" in done.err
        chosen = new_database()
        assert run("ledger", "use", chosen, "--issued", tmp_path / "other").code == 0
        assert run("ledger", "use", chosen, "--issued", tmp_path / "other").code == 0
        assert run("ledger", "use", new_database(), "--issued", tmp_path / "other").code == InputError.exit_code

    def test_a_choice_that_cannot_be_read(self, tmp_path: Path) -> None:
        """A choice that is damaged is an error, never a new and empty ledger."""
        (tmp_path / "ledger.url").write_bytes(b"\xff\xfe")
        with pytest.raises(StorageProblem, match="cannot be read"):
            Workspace(tmp_path).ledger()


class TestBackup:
    def test_of_a_file(self, run: Run, desk: Desk, tmp_path: Path) -> None:
        """The copy is a ledger that holds what the first holds, and is made while that one is open."""
        target = tmp_path / "copies" / "ledger.sqlite3"
        done = run("ledger", "backup", target, "--issued", desk.workspace.folder)
        assert (done.code, done.err) == (0, "")
        with Ledger(target) as copy:
            assert copy.transactions() == desk.ledger.transactions()
            assert copy.issued("LEAP") == desk.ledger.issued("LEAP")
        with sqlite3.connect(target) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert [path.name for path in target.parent.iterdir() if path.name.startswith(".")] == []

    def test_never_over_another_file(self, run: Run, desk: Desk, tmp_path: Path) -> None:
        """A file that is there is left as it is."""
        target = tmp_path / "holiday.jpg"
        target.write_bytes(b"a frog")
        assert run("ledger", "backup", target, "--issued", desk.workspace.folder).code == StorageProblem.exit_code
        assert target.read_bytes() == b"a frog"

    def test_of_a_database(self, tmp_path: Path, new_database: Callable[[], str]) -> None:
        """A ledger in PostgreSQL gives a dump that pg_restore can list."""
        target = tmp_path / "ledger.dump"
        with Ledger(new_database()) as ledger:
            ledger.back_up(target)
        listed = subprocess.run(["pg_restore", "--list", target], capture_output=True, text=True, check=True)  # noqa: S607
        assert "TABLE DATA public transactions" in listed.stdout

    def test_without_pg_dump(
        self, tmp_path: Path, new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A missing pg_dump is named, with what to do."""
        with Ledger(new_database()) as ledger:
            monkeypatch.setenv("PATH", str(tmp_path))
            with pytest.raises(ToolMissing, match="pg_dump"):
                ledger.back_up(tmp_path / "ledger.dump")

    def test_of_nothing(self, run: Run, tmp_path: Path) -> None:
        """Where no ledger is, none is made only to be copied."""
        done = run("ledger", "backup", tmp_path / "copy", "--issued", tmp_path / "issued")
        assert done.code == InputError.exit_code
        assert not (tmp_path / "issued").exists()


class TestExport:
    @pytest.mark.parametrize("kind", ["csv", "parquet"])
    def test_the_tables(self, run: Run, desk: Desk, tmp_path: Path, kind: str) -> None:
        """Stamps, transactions and events come out in both forms, row by row, and nothing secret with them."""
        code = desk.secret.claim_code(Serial(7))
        claim(code, desk.dossier, to=DevSigner(3).address, sender=desk.sender, ledger=desk.ledger)
        assert run("status", "--issued", desk.workspace.folder, "--rpc", desk.url).code == 0
        deploy_registry(desk.sender, intent="LEAPING: of another series", authority=DevSigner(0).address)
        tables = {}
        for name in ("stamps", "transactions", "events"):
            path = tmp_path / f"{name}.{kind}"
            assert run("ledger", "export", name, path, "--issued", desk.workspace.folder).code == 0
            if kind == "csv":
                with path.open(encoding="utf-8", newline="") as stream:
                    tables[name] = list(csv.DictReader(stream))
            else:
                tables[name] = pyarrow.parquet.read_table(path).to_pylist()
        assert len(tables["stamps"]) == 30
        seventh = tables["stamps"][6]
        assert (str(seventh["serial"]), seventh["state"], seventh["owner"]) == ("7", "claimed", DevSigner(3).address)
        assert [row["intent"] for row in tables["transactions"]][-1].startswith("LEAP: claim no. 7")
        assert {row["intent"].partition(":")[0] for row in tables["transactions"]} == {"LEAP"}
        assert not {"raw", "signature"} & tables["transactions"][0].keys()
        assert "Transfer" in {row["name"] for row in tables["events"]}
        for record in desk.ledger.transactions():
            assert all(offer.raw.hex() not in str(tables) for offer in record.offers)
        assert str(code) not in str(tables)

    def test_a_file_that_is_there(self, run: Run, desk: Desk, tmp_path: Path) -> None:
        """It is left as it is."""
        path = tmp_path / "stamps.csv"
        path.write_text("mine")
        assert run("ledger", "export", "stamps", path, "--issued", desk.workspace.folder).code != 0
        assert path.read_text() == "mine"

    def test_another_form(self, run: Run, desk: Desk, tmp_path: Path) -> None:
        """A form that is not written is refused, with those that are."""
        done = run("ledger", "export", "stamps", tmp_path / "stamps.xlsx", "--issued", desk.workspace.folder)
        assert done.code == InputError.exit_code
        assert ".parquet" in done.err

    def test_without_pyarrow(self, run: Run, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The extra that is missing is named, and no file is left."""
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        done = run("ledger", "export", "stamps", tmp_path / "stamps.parquet", "--issued", desk.workspace.folder)
        assert done.code == ToolMissing.exit_code
        assert "cryptostamp[parquet]" in done.err
        assert not (tmp_path / "stamps.parquet").exists()
