"""A real Dask cluster of two processes makes what one process makes, whatever is killed on the way."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Self

import dask
import pytest
from pyrage import x25519
from support.dask_cluster import FAST, dask_cluster, worker_processes
from support.desk import PASSPHRASE, Desk
from support.errands import Errand

from cryptostamp.edition import EditionSecret
from cryptostamp.errors import EnvironmentProblem, InputError, ToolMissing
from cryptostamp.files import write_file
from cryptostamp.office import PrintJob, print_stamps
from cryptostamp.press import unseal
from cryptostamp.printshop import cluster
from cryptostamp.printshop.cluster import Cluster, check_cluster, is_private
from cryptostamp.printshop.print_run import Manifest
from cryptostamp.printshop.workers import make_files
from cryptostamp.series import Series


@pytest.fixture(scope="module")
def workers() -> Iterator[str]:
    """Run a cluster with two worker processes; give its address."""
    with dask_cluster(workers=2) as address:
        yield address


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    folder = tmp_path / "print"
    folder.mkdir()
    return Manifest(folder / "manifest.json")


def errands(series: Series, count: int) -> list[Errand]:
    return [Errand(name=f"{serial}.txt", series=series, serial=serial) for serial in range(1, count + 1)]


def make(tasks: list[Errand], manifest: Manifest, address: str) -> list[str]:
    """Return the names of the files that a cluster made."""
    return sorted(file.name for file in make_files(tasks, manifest, crew=Cluster(address, manifest.path.parent)))


def small_sheets(series: Series) -> Series:
    """Return the series with one stamp on a sheet: 30 files."""
    return replace(series, sheet=replace(series.sheet, rows=1, columns=1))


def contents(job: PrintJob) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in job.files}


class TestPrinting:
    """A print job on a cluster."""

    def test_a_killed_worker_costs_only_time(self, desk: Desk, workers: str) -> None:
        """One of two workers is killed during the run; thirty files come out byte for byte as alone."""
        series = small_sheets(desk.series)
        alone_job = print_stamps(series, workspace=desk.workspace, sheets_per_file=1)
        alone = contents(alone_job)
        for path in alone_job.files:
            path.unlink()
        killed: list[int] = []

        def kill_one(_what: str, done: int, _total: int) -> None:
            if done and not killed:
                killed.append(worker_processes(workers)[0])
                os.kill(killed[0], signal.SIGKILL)

        job = print_stamps(
            series,
            workspace=desk.workspace,
            sheets_per_file=1,
            cluster=workers,
            progress=kill_one,
        )
        assert len(killed) == 1
        assert contents(job) == alone

    def test_a_killed_coordinator_is_resumed(self, desk: Desk, workers: str) -> None:
        """What was finished when it was killed is not made again; the rest is, with the same bytes."""
        series = small_sheets(desk.series)
        program = (
            "import sys; from dataclasses import replace; from pathlib import Path\n"
            "from cryptostamp.office import Workspace, print_stamps\n"
            "from cryptostamp.series import load_series, rescale\n"
            "series = rescale(load_series(Path(sys.argv[2])), 30)\n"
            "series = replace(series, sheet=replace(series.sheet, rows=1, columns=1))\n"
            "print_stamps(series, workspace=Workspace(Path(sys.argv[1])), sheets_per_file=1, cluster=sys.argv[3])\n"
        )
        folder = desk.workspace.print_folder
        manifest = folder / "LEAP-000001-000030-manifest.json"
        arguments = [str(desk.workspace.folder), str(series.folder), workers]
        with subprocess.Popen([sys.executable, "-c", program, *arguments]) as coordinator:
            end = time.monotonic() + 60
            while len(Manifest(manifest).files) < 3:
                assert coordinator.poll() is None
                assert time.monotonic() < end
                time.sleep(0.005)
            coordinator.kill()
        finished = {name: (folder / name).stat().st_ino for name in Manifest(manifest).files}
        job = print_stamps(series, workspace=desk.workspace, sheets_per_file=1, cluster=workers)
        assert {name: (folder / name).stat().st_ino for name in finished} == finished
        resumed = contents(job)
        for path in job.files:
            path.unlink()
        assert contents(print_stamps(series, workspace=desk.workspace, sheets_per_file=1)) == resumed

    def test_hidden_codes_are_sealed_where_they_are_drawn(
        self, desk: Desk, workers: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On this machine they travel; what comes back opens with the printer's identity alone."""
        monkeypatch.setattr(EditionSecret, "unseal", classmethod(lambda _cls, _data, _passphrase: desk.secret))
        printer = x25519.Identity.generate()
        options = {"printer": [str(printer.to_public())], "passphrase": PASSPHRASE, "sheets_per_file": 1}

        def opened(address: str | None) -> list[bytes]:
            job = print_stamps(desk.series, workspace=desk.workspace, cluster=address, **options)  # type: ignore[arg-type]
            layers = [unseal(path.read_bytes(), str(printer)) for path in job.claims]
            for path in job.files:
                path.unlink()
            return layers

        far = opened(workers)
        assert len(far) == 2
        assert far == opened(None)

    def test_a_far_cluster_gets_no_hidden_codes_in_the_clear(self, desk: Desk) -> None:
        """Plain TCP to another machine is refused before the secret is opened or anything is written."""
        key = str(x25519.Identity.generate().to_public())
        with pytest.raises(InputError, match="in the clear") as refusal:
            print_stamps(
                desk.series,
                workspace=desk.workspace,
                printer=[key],
                passphrase="not tried",
                cluster="tcp://press.example:8786",
            )
        assert refusal.value.where == "tcp://press.example:8786"
        assert "tls://" in refusal.value.remedy
        assert not desk.workspace.print_folder.exists()


class TestWork:
    """What workers raise and what kills them."""

    def test_what_a_worker_refuses_arrives(self, leapfrog: Series, workers: str, manifest: Manifest) -> None:
        """An error of ours keeps its place and its remedy."""
        with pytest.raises(InputError, match="cannot be drawn") as refusal:
            make([Errand(name="bad.txt", series=leapfrog, refused=True)], manifest, workers)
        assert (refusal.value.where, refusal.value.remedy) == ("bad.txt", "Draw it otherwise.")

    def test_a_file_that_kills_its_makers_is_given_up(
        self, leapfrog: Series, workers: str, manifest: Manifest, tmp_path: Path
    ) -> None:
        """After a bounded number of deaths the error names it."""
        deadly = Errand(name="deadly.txt", series=leapfrog, deaths=99, notes=tmp_path)
        with pytest.raises(EnvironmentProblem, match="came to its end") as problem:
            make([deadly], manifest, workers)
        assert problem.value.where == "deadly.txt"
        assert 1 <= len(list(tmp_path.glob("deadly.txt.*"))) <= 9

    def test_hidden_work_goes_on_when_its_worker_was_killed(
        self, leapfrog: Series, workers: str, manifest: Manifest, tmp_path: Path
    ) -> None:
        """Work that only certain workers may have is given to those that have come since."""
        tasks = [
            Errand(name=f"{serial}.txt", series=leapfrog, serial=serial, deaths=1, notes=tmp_path, hidden=True)
            for serial in (1, 2)
        ]
        assert make(tasks, manifest, workers) == ["1.txt", "2.txt"]

    def test_workers_with_other_packages_are_refused(
        self,
        leapfrog: Series,
        workers: str,
        manifest: Manifest,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Another version could make other bytes."""
        monkeypatch.setattr(cluster, "_tools", lambda: {"pikepdf": "0.1"})
        with pytest.raises(EnvironmentProblem, match=r"pikepdf [\d.]+, and 0\.1 is needed"):
            make([Errand(name="1.txt", series=leapfrog)], manifest, workers)

    def test_a_cluster_that_goes_away(
        self, leapfrog: Series, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The error says that what is finished is kept."""
        monkeypatch.setattr(cluster, "_CONNECT_S", 3)
        with dask.config.set(FAST), ExitStack() as running:
            address = running.enter_context(dask_cluster(workers=1))
            tasks = [Errand(name=f"{serial}.txt", series=leapfrog, serial=serial) for serial in range(1, 9)]
            files = make_files(tasks, manifest, crew=Cluster(address, manifest.path.parent))
            assert next(files).name == "1.txt"
            running.close()
            with pytest.raises(EnvironmentProblem, match="gone") as problem:
                list(files)
        assert "what is finished is kept" in problem.value.remedy
        assert "1.txt" in Manifest(manifest.path).files


class _Far(Cluster):
    """A cluster whose workers find another folder than that of the job under its name."""

    def __enter__(self) -> Self:
        super().__enter__()
        self._token.path.write_text("of another folder")
        return self


class TestCommonDisk:
    """A worker that sees the folder of the job writes there; of any other, the bytes travel."""

    @pytest.mark.parametrize(("crew", "travel"), [(Cluster, 0), (_Far, 4)])
    def test_who_writes(
        self,
        leapfrog: Series,
        workers: str,
        manifest: Manifest,
        monkeypatch: pytest.MonkeyPatch,
        crew: type[Cluster],
        travel: int,
    ) -> None:
        """The files are the same either way, and nothing else is left in the folder."""
        folder, written = manifest.path.parent, list[Path]()

        def write(path: Path, data: bytes | memoryview) -> None:
            written.append(path)
            write_file(path, data)

        monkeypatch.setattr(cluster, "write_file", write)
        tasks = errands(leapfrog, 4)
        list(make_files(tasks, manifest, crew=crew(workers, folder)))
        assert len([path for path in written if path.suffix == ".txt"]) == travel
        assert {path.name for path in folder.iterdir()} == {"manifest.json", *(task.name for task in tasks)}
        for task in tasks:
            assert (folder / task.name).read_text() == f"{task.name} of {leapfrog.title}\n"

    def test_a_file_that_cannot_be_seen_travels(
        self, leapfrog: Series, workers: str, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """This machine learns late of what another has written: the file is asked for once more, with its bytes."""
        folder, asked = manifest.path.parent, list[Path]()

        def access(path: Path, _mode: int) -> bool:
            asked.append(path)
            return False

        monkeypatch.setattr(cluster.os, "access", access)
        files = list(make_files(errands(leapfrog, 2), manifest, crew=Cluster(workers, folder)))
        assert sorted(file.name for file in files) == ["1.txt", "2.txt"]
        assert sorted(path.name for path in asked) == ["1.txt", "2.txt"]


class TestTransport:
    """Who may read what travels."""

    @pytest.mark.parametrize(
        ("address", "private"),
        [
            ("tls://press.example:8786", True),
            ("tls://10.0.0.7:8786", True),
            ("tcp://127.0.0.1:8786", True),
            ("tcp://127.8.8.8:8786", True),
            ("tcp://[::1]:8786", True),
            ("tcp://localhost:8786", True),
            ("127.0.0.1:8786", True),
            ("inproc://10.0.0.7/1/1", True),
            ("tcp://10.0.0.7:8786", False),
            ("tcp://0.0.0.0:8786", False),
            ("press.example:8786", False),
            ("tcp://localhost.press.example:8786", False),
            ("tcp://127.0.0.1.example:8786", False),
            ("tcp://[fe80::1]:8786", False),
            ("ws://127.0.0.1:8786", False),
            ("ucx://10.0.0.7:8786", False),
            ("", False),
        ],
    )
    def test_private_addresses(self, address: str, private: bool) -> None:  # noqa: FBT001
        """TLS and this machine are private; a name that only looks like this machine is not."""
        assert is_private(address) is private

    def test_over_tls(self, leapfrog: Series, manifest: Manifest, tmp_path: Path) -> None:
        """Hidden work is done over TLS alone, with the certificates of Dask's configuration."""
        certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
                *("-keyout", str(key), "-out", str(certificate)),
            ],
            check=True,
            capture_output=True,
        )
        role = {"cert": str(certificate), "key": str(key)}
        settings = {f"distributed.comm.tls.{name}": role for name in ("client", "worker", "scheduler")}
        settings["distributed.comm.tls.ca-file"] = str(certificate)  # type: ignore[assignment]
        with dask.config.set(settings), dask_cluster(workers=1, settings=settings) as address:
            assert address.startswith("tls://")
            assert make([Errand(name="1.txt", series=leapfrog, hidden=True)], manifest, address) == ["1.txt"]


class TestRefusals:
    """What cannot work is said at once."""

    def test_without_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The remedy is the command that installs it."""
        monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
        with pytest.raises(ToolMissing, match="Dask") as problem:
            check_cluster("tcp://127.0.0.1:8786", hidden=False)
        assert "cryptostamp[cluster]" in problem.value.remedy

    def test_nobody_at_the_address(self, leapfrog: Series, manifest: Manifest, monkeypatch: pytest.MonkeyPatch) -> None:
        """The address is named."""
        monkeypatch.setattr(cluster, "_CONNECT_S", 1)
        with pytest.raises(EnvironmentProblem, match="does not answer") as problem:
            make([Errand(name="1.txt", series=leapfrog)], manifest, "tcp://127.0.0.1:9")
        assert problem.value.where == "tcp://127.0.0.1:9"

    @pytest.mark.parametrize("address", ["smoke://127.0.0.1:9", "tls://127.0.0.1:9"])
    def test_addresses_that_cannot_be_used(self, leapfrog: Series, manifest: Manifest, address: str) -> None:
        """An unknown protocol and TLS without certificates are the caller's to mend."""
        with pytest.raises(InputError, match="cannot be reached") as refusal:
            make([Errand(name="1.txt", series=leapfrog)], manifest, address)
        assert refusal.value.where == address

    def test_the_errand_shows_nothing(self, leapfrog: Series) -> None:
        """Dask logs the arguments of a task that failed: ours hide what they hold."""
        token = cluster._Token(Path("secret"), "secret")
        task = Errand(name="secret", series=leapfrog)
        shown = repr(cluster._Errand(task=task, parcel=None, tools={}, token=token))  # type: ignore[arg-type]
        assert shown == "_Errand()"
