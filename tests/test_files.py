"""Files are written whole or not at all, for their owner alone, and nothing that must stay is replaced."""

from __future__ import annotations

import fcntl
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from cryptostamp.errors import StorageProblem
from cryptostamp.files import sha256_of, short_lived, write_file, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestWriteWhole:
    """All of a file or nothing of it."""

    def test_a_file_appears_complete(self, tmp_path: Path) -> None:
        """It has what was written, in folders made for it, and nothing else is left."""
        path = tmp_path / "one" / "two" / "a"
        write_whole(path, lambda stream: stream.write(b"frog"))
        assert path.read_bytes() == b"frog"
        assert names(path.parent) == ["a"]

    def test_what_is_short_lived_is_not_flushed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file in a temporary folder is whole as well, and nobody waits for the disk; all others are flushed."""
        flushed: list[int] = []
        monkeypatch.setattr("os.fsync", flushed.append)
        with short_lived():
            write_file(tmp_path / "a", b"frog")
        assert flushed == []
        write_file(tmp_path / "b", b"frog")
        assert len(flushed) == 2
        assert names(tmp_path) == ["a", "b"]

    def test_it_is_its_owners_alone(self, tmp_path: Path) -> None:
        """Nobody else may read the file, whatever the mode of what it replaces or of an earlier attempt."""
        for name in ("a", ".a.part"):
            (tmp_path / name).write_bytes(b"old")
            (tmp_path / name).chmod(0o644)
        write_file(tmp_path / "a", b"new")
        assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600

    def test_while_it_is_written_it_has_another_name(self, tmp_path: Path) -> None:
        """Nobody sees it under its own name before it is complete."""

        def look(stream: BinaryIO) -> None:
            stream.write(b"half")
            assert names(tmp_path) == [".a.part"]

        write_whole(tmp_path / "a", look)

    def test_what_a_killed_run_left_is_overwritten(self, tmp_path: Path) -> None:
        """A longer rest of an earlier attempt does not shine through."""
        (tmp_path / ".a.part").write_bytes(b"x" * 1000)
        write_whole(tmp_path / "a", lambda stream: stream.write(b"frog"))
        assert (tmp_path / "a").read_bytes() == b"frog"

    def test_a_failure_leaves_nothing(self, tmp_path: Path) -> None:
        """Neither name exists after an error, which passes through."""

        def fail(stream: BinaryIO) -> None:
            stream.write(b"half")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            write_whole(tmp_path / "a", fail)
        assert names(tmp_path) == []

    def test_two_writers_do_not_mix(self, tmp_path: Path) -> None:
        """Who comes second is refused, and the first goes on undisturbed."""

        def meet(stream: BinaryIO) -> None:
            stream.write(b"first")
            with pytest.raises(StorageProblem, match="Another process is writing"):
                write_file(tmp_path / "a", b"second")

        write_whole(tmp_path / "a", meet)
        assert (tmp_path / "a").read_bytes() == b"first"

    def test_a_file_finished_by_another_is_not_truncated(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A part that is renamed between opening and locking it is complete, and a new one is begun."""
        path, lock = tmp_path / "a", fcntl.flock

        def late(descriptor: int, operation: int) -> None:
            if not path.exists():
                (tmp_path / ".a.part").rename(path)
                os.write(descriptor, b"finished by another")
            lock(descriptor, operation)

        monkeypatch.setattr(fcntl, "flock", late)
        with pytest.raises(StorageProblem, match="File exists"):
            write_file(path, b"mine", replace=False)
        assert path.read_bytes() == b"finished by another"

    def test_a_link_is_not_followed(self, tmp_path: Path) -> None:
        """A link laid out in the place of the part leads to no other file."""
        (tmp_path / "other").write_bytes(b"precious")
        (tmp_path / ".a.part").symlink_to(tmp_path / "other")
        with pytest.raises(StorageProblem):
            write_file(tmp_path / "a", b"new")
        assert (tmp_path / "other").read_bytes() == b"precious"


class TestWriteFile:
    """The same for bytes that are at hand."""

    def test_it_does_not_replace(self, tmp_path: Path) -> None:
        """A file that must stay stays, and no half-made file is left beside it."""
        path = tmp_path / "file"
        write_file(path, b"first", replace=False)
        with pytest.raises(StorageProblem, match="cannot be written") as refusal:
            write_file(path, b"second", replace=False)
        assert refusal.value.where == str(path)
        assert path.read_bytes() == b"first"
        assert names(tmp_path) == ["file"]

    @pytest.mark.parametrize("replace", [True, False])
    def test_a_disk_that_does_not_take_it(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        replace: bool,  # noqa: FBT001
    ) -> None:
        """If the bytes do not reach the disk, nothing has changed on it."""
        path = tmp_path / "file"
        if replace:
            path.write_bytes(b"old")
        before = names(tmp_path)

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StorageProblem, match="No space left on device"):
            write_file(path, b"new", replace=replace)
        assert names(tmp_path) == before
        assert not replace or path.read_bytes() == b"old"

    def test_a_full_disk(self, tmp_path: Path) -> None:
        """A limit in the midst of the file leaves the older file as it was."""
        path = tmp_path / "file"
        path.write_bytes(b"old")
        program = (
            "import resource, signal, sys; from pathlib import Path; from cryptostamp.files import write_file\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))\n"
            "write_file(Path(sys.argv[1]), b'x' * 5000)"
        )
        assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
        done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
        assert "StorageProblem" in done.stderr
        assert "File too large" in done.stderr
        assert path.read_bytes() == b"old"
        assert names(tmp_path) == ["file"]

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
        assert names(tmp_path) == ["folder"]


class TestDigest:
    def test_it_is_that_of_the_file(self, tmp_path: Path) -> None:
        """SHA-256 of three letters, by FIPS 180-2."""
        (tmp_path / "a").write_bytes(b"abc")
        assert sha256_of(tmp_path / "a").startswith("ba7816bf8f01cfea")
