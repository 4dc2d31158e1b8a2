"""cryptostamp metadata writes what wallets show, and says whether the contract agrees."""

from __future__ import annotations

from pathlib import Path

from support.desk import Desk
from support.program import Run


class TestWrite:
    def test_a_file_for_ipfs(self, run: Run, desk: Desk) -> None:
        """The CAR file is written beside the ledger, and the next step is named."""
        done = run("metadata", "--issued", desk.workspace.folder)
        assert done.code == 0
        assert f"ipfs://{desk.dossier.metadata_root}/" in done.out
        assert "ipfs dag import" in done.out
        assert (desk.workspace.folder / "metadata.car").stat().st_size > 10_000

    def test_plain_files(self, run: Run, desk: Desk, tmp_path: Path) -> None:
        """Asked for a folder, it writes one file for each stamp where it is told to."""
        done = run("metadata", "--issued", desk.workspace.folder, "--folder", "--out", tmp_path / "web", "--json")
        assert (done.code, done.json["root"]) == (0, desk.dossier.metadata_root)
        assert len(list((tmp_path / "web").glob("*.json"))) == 31

    def test_nothing_issued(self, run: Run, tmp_path: Path) -> None:
        """Where nothing was issued there is nothing to publish."""
        done = run("metadata", tmp_path)
        assert done.code == 2
        assert "No issued series was found" in done.err


class TestVerify:
    def test_the_contract_agrees(self, run: Run, desk: Desk) -> None:
        """Each finding is a line, and the exit code says that all are well."""
        done = run("metadata", "--issued", desk.workspace.folder, "--verify", "--rpc", desk.url)
        assert done.code == 0
        assert done.out.count("✓") == 3
        assert not (desk.workspace.folder / "metadata.car").exists()

    def test_for_machines(self, run: Run, desk: Desk) -> None:
        """The JSON has the findings with their sentences."""
        done = run("metadata", "--issued", desk.workspace.folder, "--verify", "--rpc", desk.url, "--json")
        assert (done.code, done.json["passed"], len(done.json["checks"])) == (0, True, 3)

    def test_a_node_that_is_down(self, run: Run, desk: Desk) -> None:
        """Nobody to ask is not a difference: the exit code says that something is down."""
        done = run("metadata", "--issued", desk.workspace.folder, "--verify", "--rpc", "http://127.0.0.1:9")
        assert done.code == 3

    def test_writing_and_asking_at_once(self, run: Run, desk: Desk) -> None:
        """--verify writes nothing, so it takes no place to write to."""
        done = run("metadata", "--issued", desk.workspace.folder, "--verify", "--folder")
        assert done.code == 2
        assert "--verify writes nothing" in done.err
