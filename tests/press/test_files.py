from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pytest

from cryptostamp.press.files import sha256_of, write_whole


class TestWriteWhole:
    """All of a file or nothing of it."""

    def test_a_file_appears_complete(self, tmp_path: Path) -> None:
        """It has what was written, and nothing else is left."""
        write_whole(tmp_path / "a", lambda stream: stream.write(b"frog"))
        assert (tmp_path / "a").read_bytes() == b"frog"
        assert [path.name for path in tmp_path.iterdir()] == ["a"]

    def test_while_it_is_written_it_has_another_name(self, tmp_path: Path) -> None:
        """Nobody sees it under its own name before it is complete."""

        def look(stream: BinaryIO) -> None:
            stream.write(b"half")
            assert [path.name for path in tmp_path.iterdir()] == [".a.part"]

        write_whole(tmp_path / "a", look)

    def test_what_a_killed_run_left_is_overwritten(self, tmp_path: Path) -> None:
        """A longer rest of an earlier attempt does not shine through."""
        (tmp_path / ".a.part").write_bytes(b"x" * 1000)
        write_whole(tmp_path / "a", lambda stream: stream.write(b"frog"))
        assert (tmp_path / "a").read_bytes() == b"frog"

    def test_a_failure_leaves_nothing(self, tmp_path: Path) -> None:
        """Neither name exists after an error."""

        def fail(stream: BinaryIO) -> None:
            stream.write(b"half")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            write_whole(tmp_path / "a", fail)
        assert list(tmp_path.iterdir()) == []

    def test_the_digest_is_that_of_the_file(self, tmp_path: Path) -> None:
        """SHA-256 of three letters, by FIPS 180-2."""
        (tmp_path / "a").write_bytes(b"abc")
        assert sha256_of(tmp_path / "a").startswith("ba7816bf8f01cfea")
