"""Processes that are killed cost the files in their hands, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest
from support.desk import Desk
from support.errands import Errand

from cryptostamp.errors import EnvironmentProblem, InputError
from cryptostamp.office import print_stamps
from cryptostamp.printshop.print_run import Manifest
from cryptostamp.printshop.workers import ATTEMPTS, Processes, make_files
from cryptostamp.series import Series


def errands(series: Series, count: int, **options: object) -> list[Errand]:
    """Return errands for the stamps from 1."""
    return [
        Errand(name=f"{serial}.txt", series=series, serial=serial, **options)  # type: ignore[arg-type]
        for serial in range(1, count + 1)
    ]


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("*.txt")}


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    folder = tmp_path / "print"
    folder.mkdir()
    return Manifest(folder / "manifest.json")


class TestMakingFiles:
    """Files are made once, by whoever is there."""

    def test_alone_and_in_company(self, leapfrog: Series, manifest: Manifest, tmp_path: Path) -> None:
        """Two processes make what this process makes, and the manifest knows all of it."""
        made = [file.name for file in make_files(errands(leapfrog, 5), manifest)]
        assert made == [f"{serial}.txt" for serial in range(1, 6)]
        other = Manifest(tmp_path / "other" / "manifest.json")
        names = {file.name for file in make_files(errands(leapfrog, 5), other, crew=Processes(2, other.path.parent))}
        assert names == set(made)
        assert texts(other.path.parent) == texts(manifest.path.parent)
        assert Manifest(other.path).files == Manifest(manifest.path).files

    def test_nobody_waits_for_processes_to_begin(self, leapfrog: Series, manifest: Manifest, tmp_path: Path) -> None:
        """If it is asked to, this process makes files until the others are there; then they do."""
        tasks = [replace(errand, notes=tmp_path, seconds=0.2) for errand in errands(leapfrog, 25)]
        seen: list[int] = []
        files = make_files(tasks, manifest, crew=Processes(2, manifest.path.parent), meanwhile=True, told=seen.append)
        names = [file.name for file in files]
        assert sorted(names) == sorted(errand.name for errand in tasks)
        makers = [int((tmp_path / f"{name}.pid").read_text()) for name in names]
        assert makers[0] == os.getpid()
        here = makers.count(os.getpid())
        assert makers[:here] == [os.getpid()] * here
        assert len(set(makers[here:])) == 2
        assert seen == sorted(seen)
        assert seen[-1] == 25

    def test_who_shall_not_make_files_waits(self, leapfrog: Series, manifest: Manifest, tmp_path: Path) -> None:
        """Unless it is asked to, this process makes none: a file may bring its maker to an end."""
        tasks = [replace(errand, notes=tmp_path) for errand in errands(leapfrog, 3)]
        list(make_files(tasks, manifest, crew=Processes(1, manifest.path.parent)))
        assert str(os.getpid()) not in {path.read_text() for path in tmp_path.glob("*.pid")}

    def test_what_is_there_is_yielded_and_counted(self, leapfrog: Series, manifest: Manifest) -> None:
        """Finished files come along with new ones, and the count of stamps includes them."""
        list(make_files(errands(leapfrog, 3), manifest))
        seen: list[int] = []
        crew = Processes(1, manifest.path.parent)
        files = list(make_files(errands(leapfrog, 5), manifest, crew=crew, told=seen.append))
        assert sorted(file.first_serial for file in files) == [1, 2, 3, 4, 5]
        assert seen[-1] == 5

    def test_what_a_worker_refuses_stops_the_job(self, leapfrog: Series, manifest: Manifest) -> None:
        """The error arrives as it was raised; what was finished stays, and no process is left."""
        tasks = [*errands(leapfrog, 1), Errand(name="bad.txt", series=leapfrog, refused=True)]
        with pytest.raises(InputError, match="cannot be drawn") as refusal:
            list(make_files(tasks, manifest, crew=Processes(1, manifest.path.parent)))
        assert (refusal.value.where, refusal.value.remedy) == ("bad.txt", "Draw it otherwise.")
        assert list(Manifest(manifest.path).files) == ["1.txt"]
        assert active_children() == []


class TestKilledWorkers:
    """A worker may be killed at any moment."""

    def test_a_killed_worker_is_replaced(self, leapfrog: Series, manifest: Manifest, tmp_path: Path) -> None:
        """Two files whose makers are killed once are made by others; all files are there."""
        tasks = errands(leapfrog, 6)
        tasks[1] = replace(tasks[1], deaths=1, notes=tmp_path)
        tasks[4] = replace(tasks[4], deaths=1, notes=tmp_path)
        files = list(make_files(tasks, manifest, crew=Processes(2, manifest.path.parent)))
        assert sorted(file.first_serial for file in files) == [1, 2, 3, 4, 5, 6]
        assert len(texts(manifest.path.parent)) == 6
        assert (tmp_path / "2.txt.0").exists()

    def test_a_file_that_kills_its_makers_is_given_up(
        self, leapfrog: Series, manifest: Manifest, tmp_path: Path
    ) -> None:
        """After a few deaths the error names the file, and the files before it stay finished."""
        first, deadly = errands(leapfrog, 2)
        deadly = replace(deadly, deaths=99, notes=tmp_path)
        with pytest.raises(EnvironmentProblem, match="came to its end") as problem:
            list(make_files([first, deadly], manifest, crew=Processes(1, manifest.path.parent)))
        assert problem.value.where == "2.txt"
        assert len(list(tmp_path.glob("2.txt.*"))) == ATTEMPTS
        assert list(Manifest(manifest.path).files) == ["1.txt"]
        assert active_children() == []

    def test_a_print_job_with_a_killed_worker(self, desk: Desk) -> None:
        """Thirty sheets come out byte for byte as one process makes them, though a process is killed on the way."""
        sheet = replace(desk.series.sheet, rows=1, columns=1)
        series = replace(desk.series, sheet=sheet)
        job = print_stamps(series, workspace=desk.workspace, sheets_per_file=1)
        alone = {path.name: path.read_bytes() for path in job.files}
        for path in job.files:
            path.unlink()
        killed: list[int | None] = []

        def kill_one(_what: str, done: int, _total: int) -> None:
            if done and not killed:
                while not active_children():  # until then, this process makes the files
                    time.sleep(0.01)
                worker = active_children()[0]
                killed.append(worker.pid)
                worker.kill()

        again = print_stamps(series, workspace=desk.workspace, sheets_per_file=1, workers=2, progress=kill_one)
        assert len(killed) == 1
        assert {path.name: path.read_bytes() for path in again.files} == alone


class TestKilledCoordinator:
    """Workers do not outlive the process that began them."""

    def test_workers_end(self, leapfrog: Series, tmp_path: Path) -> None:
        """When the coordinator is killed, its process ends in the middle of a file, which is not left half-written."""
        program = (
            "import sys; from pathlib import Path\n"
            "from support.errands import Errand\n"
            "from cryptostamp.printshop.print_run import Manifest\n"
            "from cryptostamp.printshop.workers import Processes, make_files\n"
            "from cryptostamp.series import load_series\n"
            "if __name__ == '__main__':\n"
            "    folder = Path(sys.argv[1])\n"
            "    task = Errand(name='1.txt', series=load_series(Path(sys.argv[2])), notes=folder, seconds=600)\n"
            "    list(make_files([task], Manifest(folder / 'm.json'), crew=Processes(1, folder)))\n"
        )
        script = tmp_path / "coordinator.py"
        script.write_text(program)
        tests = Path(__file__).resolve().parents[1]
        path = os.pathsep.join([str(tests), os.environ.get("PYTHONPATH", "")])
        with subprocess.Popen(
            [sys.executable, str(script), str(tmp_path), str(leapfrog.folder)], env={**os.environ, "PYTHONPATH": path}
        ) as coordinator:
            note = tmp_path / "1.txt.pid"
            wait_until(lambda: note.exists() and note.read_text() != "")
            worker = int(note.read_text())
            coordinator.send_signal(signal.SIGKILL)
            coordinator.wait()
        wait_until(lambda: not is_alive(worker))
        assert not (tmp_path / "1.txt").exists()


def wait_until(fact: object, seconds: float = 120) -> None:
    """Wait until something is so; fail if it never is."""
    assert callable(fact)
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, "it never was so"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and was not asked for how does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_a_folder_for_sockets_with_a_long_path(tmp_path: Path) -> None:
    """3: where no process can begin, the error says what to change."""
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    code = (
        "from cryptostamp.errors import EnvironmentProblem\n"
        "from cryptostamp.printshop.workers import Processes\n"
        "try:\n    Processes.prepare()\n"
        "except EnvironmentProblem as error:\n    print(error.what, error.remedy)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "cannot begin" in done.stdout
    assert "TMPDIR" in done.stdout
