"""Sheets come out the same whoever makes them, and what is finished is not made again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from pyrage import x25519
from support.desk import PASSPHRASE, Desk

from cryptostamp.edition import EditionSecret, symbol_form
from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.office import PrintJob, print_stamps
from cryptostamp.press import unseal
from cryptostamp.printshop.print_run import Manifest, SheetTask


def sheet_by_sheet(desk: Desk, **options: object) -> PrintJob:
    """Print the whole edition of 30 with one sheet in a file."""
    return print_stamps(desk.series, workspace=desk.workspace, sheets_per_file=1, **options)  # type: ignore[arg-type]


def contents(job: PrintJob) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in job.files}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the names of the files that are really made, in order."""
    names: list[str] = []
    make = SheetTask.make

    def watched(self: SheetTask, folder: Path, told: object) -> object:
        names.append(self.name)
        return make(self, folder, told)  # type: ignore[arg-type]

    monkeypatch.setattr(SheetTask, "make", watched)
    return names


class TestCutting:
    """A job is cut at whole sheets."""

    def test_files_hold_whole_sheets(self, desk: Desk) -> None:
        """Thirty stamps, a sheet to a file, are one file of 25 and one of 5; the job counts all sheets."""
        job = sheet_by_sheet(desk)
        assert [path.name for path in job.faces] == ["LEAP-000001-000025-faces.pdf", "LEAP-000026-000030-faces.pdf"]
        assert job.sheets == 2
        for path in job.faces:
            with pikepdf.open(path) as pdf:
                assert len(pdf.pages) == 1

    def test_the_manifest_says_which_file_holds_which_serials(self, desk: Desk) -> None:
        """It has name, serials and SHA-256 of each file of sheets, as they are in the ledger."""
        job = sheet_by_sheet(desk)
        entries = json.loads(job.manifest.read_bytes())["files"]
        assert [(e["name"], e["first_serial"], e["last_serial"]) for e in entries] == [
            ("LEAP-000001-000025-faces.pdf", 1, 25),
            ("LEAP-000026-000030-faces.pdf", 26, 30),
        ]
        recorded = {record.name: record.sha256.hex() for record in desk.ledger.printed("LEAP")}
        assert all(recorded[entry["name"]] == entry["sha256"] for entry in entries)

    def test_the_manifest_says_how_the_symbols_are_made(self, desk: Desk) -> None:
        """Version and mask stand there for whoever has the files without the dossier."""
        job = sheet_by_sheet(desk)
        form = symbol_form(desk.dossier)
        kept = json.loads(job.manifest.read_bytes())
        assert kept["symbols"] == {"version": form.version, "mask": form.mask}
        assert all("tags" not in file for file in kept["files"])
        assert Manifest(job.manifest).form == form

    def test_no_sheet_or_no_worker_is_refused(self, desk: Desk) -> None:
        """Nothing is written then."""
        for options in ({"sheets_per_file": 0}, {"workers": 0}):
            with pytest.raises(InputError, match="at least one"):
                print_stamps(desk.series, workspace=desk.workspace, **options)
        assert not desk.workspace.print_folder.exists()


class TestWorkers:
    """Several processes make one job."""

    def test_any_number_of_workers_gives_the_same_bytes(self, desk: Desk) -> None:
        """Two processes make what one makes, and tell how far they are."""
        alone = contents(sheet_by_sheet(desk))
        for path in desk.workspace.print_folder.iterdir():
            path.unlink()
        seen: list[tuple[str, int, int]] = []
        assert contents(sheet_by_sheet(desk, workers=2, progress=lambda *what: seen.append(what))) == alone
        assert seen[-1] == ("Drawing sheets", 30, 30)


class TestGoingOn:
    """A job that runs again makes what is missing."""

    def test_finished_files_are_left_alone(self, desk: Desk, made: list[str]) -> None:
        """The second run makes nothing, and gives the same job."""
        first = sheet_by_sheet(desk)
        assert len(made) == 2
        assert sheet_by_sheet(desk) == first
        assert len(made) == 2

    @pytest.mark.parametrize("harm", ["missing", "damaged"])
    def test_a_file_that_is_not_what_it_was_is_made_again(self, desk: Desk, made: list[str], harm: str) -> None:
        """A missing file and one with another byte come back as they were."""
        first = sheet_by_sheet(desk)
        before = contents(first)
        if harm == "missing":
            first.faces[1].unlink()
        else:
            first.faces[1].write_bytes(before[first.faces[1].name] + b"x")
        assert contents(sheet_by_sheet(desk)) == before
        assert made[2:] == [first.faces[1].name]

    def test_files_of_an_older_cutting_are_struck_out(self, desk: Desk) -> None:
        """The manifest of a job that is cut otherwise holds each stamp once."""
        sheet_by_sheet(desk)
        job = print_stamps(desk.series, workspace=desk.workspace)
        assert list(Manifest(job.manifest).files) == ["LEAP-000001-000030-faces.pdf"]

    def test_a_damaged_manifest_costs_only_time(self, desk: Desk, made: list[str]) -> None:
        """Everything is made again, with the same bytes."""
        first = sheet_by_sheet(desk)
        before = contents(first)
        first.manifest.write_bytes(b'{"format": 1, "files": [{"name": 7}]}')
        assert contents(sheet_by_sheet(desk)) == before
        assert len(made) == 4

    def test_hidden_codes_are_sealed_anew_for_another_printer(
        self, desk: Desk, made: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The same key finds its file finished; another key gets a file of its own making."""
        monkeypatch.setattr(EditionSecret, "unseal", classmethod(lambda _cls, _data, _passphrase: desk.secret))
        one, other = x25519.Identity.generate(), x25519.Identity.generate()
        jobs = [
            sheet_by_sheet(desk, printer=[str(key.to_public())], passphrase=PASSPHRASE) for key in (one, one, other)
        ]
        assert [name for name in made if name.endswith(".age")] == [path.name for path in jobs[0].claims] * 2
        assert unseal(jobs[2].claims[0].read_bytes(), str(other)).startswith(b"%PDF")
        with pytest.raises(InputError, match="cannot be opened"):
            unseal(jobs[2].claims[0].read_bytes(), str(one))


class TestFullDisk:
    """Nothing half-written looks finished."""

    def test_a_job_goes_on_after_the_disk_was_full(self, desk: Desk, made: list[str]) -> None:
        """What does not fit leaves no file under its name, the error says so, and the next run makes it."""
        program = (
            "import resource, signal, sys; from pathlib import Path\n"
            "from cryptostamp.office import Workspace, print_stamps\n"
            "from cryptostamp.series import load_series, rescale\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "series = rescale(load_series(Path(sys.argv[2])), 30)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))\n"
            "print_stamps(series, workspace=Workspace(Path(sys.argv[1])), sheets_per_file=1)\n"
        )
        arguments = [str(desk.workspace.folder), str(desk.series.folder)]
        done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
        assert StorageProblem.__name__ in done.stderr
        assert list(desk.workspace.print_folder.glob("*faces.pdf")) == []
        assert list(desk.workspace.print_folder.iterdir()) == []
        job = sheet_by_sheet(desk)
        assert made == [path.name for path in job.faces]
