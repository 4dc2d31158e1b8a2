"""The whole life of a series, run as a person runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

PROGRAM = (sys.executable, "-m", "cryptostamp.cli")


def nodes_of(folder: Path) -> list[int]:
    """Return the processes that run a local chain for a program which works in `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.joinpath("comm").read_text().strip() == "anvil" and process.joinpath("cwd").resolve() == folder:
                found.append(int(process.name))
        except OSError:
            continue  # it ended while we looked, or is somebody else's
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path, str]:
    """Run the demonstration once, for machines."""
    folder = tmp_path_factory.mktemp("demo").resolve()
    done = subprocess.run(
        [*PROGRAM, "demo", "--json", "--stamps", "60"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), folder, done.stderr


class TestDemo:
    def test_it_prints_one_object_with_the_facts(self, demo: tuple[dict[str, Any], Path, str]) -> None:
        """The JSON names gas, refusals, steps and files, and nothing else is said."""
        facts, _, errors = demo
        assert errors == ""
        assert facts["stamps"] == 60
        assert facts["gas_per_stamp"] == round(facts["issue_gas"] / 60, 2) > 0
        assert [step["name"] for step in facts["steps"]] == [
            *("Describe", "Compile", "Issue", "Print", "Scan", "Claim", "Scan again", "Prove", "Forge"),
        ]
        assert all(step["seconds"] >= 0 for step in facts["steps"])

    def test_every_forgery_is_refused_with_its_reason(self, demo: tuple[dict[str, Any], Path, str]) -> None:
        """Each forgery that is tried fails for the reason it should."""
        refusals = {refusal["what"]: refusal["reason"] for refusal in demo[0]["refusals"]}
        assert "no stamp no. 61" in refusals["A serial beyond the edition"]
        assert "never issued this code" in refusals["An invented code"]
        assert "look-alike" in refusals["A look-alike contract"]
        assert "has been claimed already" in refusals["A second claim with the same code"]
        assert "did not sign this claim" in refusals["A claim redirected to another address"]
        assert "Somebody else signed" in refusals["A stranger proves ownership"]

    def test_the_scan_sees_the_claim(self, demo: tuple[dict[str, Any], Path, str]) -> None:
        """The same photo gives an unclaimed stamp first, and a new owner afterwards."""
        before, after = demo[0]["before_claim"], demo[0]["after_claim"]
        assert (before["conclusion"], after["conclusion"]) == ("genuine", "genuine")
        assert (before["stamp"]["state"], after["stamp"]["state"]) == ("unclaimed", "claimed")
        assert after["stamp"]["owner"] != before["stamp"]["owner"]

    def test_the_files_are_there(self, demo: tuple[dict[str, Any], Path, str]) -> None:
        """Every file that is named exists: pictures, a sheet, the sealed codes, the plan, the list of files."""
        facts, folder, _ = demo
        suffixes = {Path(name).suffix for name in facts["files"]}
        assert suffixes == {".png", ".pdf", ".age", ".csv", ".jpg", ".json"}
        assert all((folder / name).stat().st_size > 100 for name in facts["files"])

    def test_no_chain_is_left_behind(self, demo: tuple[dict[str, Any], Path, str]) -> None:
        """The chain ends with the demonstration."""
        assert nodes_of(demo[1]) == []

    def test_it_does_not_touch_a_folder_of_somebody_else(self, tmp_path: Path) -> None:
        """A folder that no demonstration made is refused and left as it is."""
        (tmp_path / "letters.txt").write_text("mine")
        done = subprocess.run(
            [*PROGRAM, "demo", "--json", "--out", tmp_path], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "no demonstration made" in json.loads(done.stdout)["error"]["what"]
        assert (tmp_path / "letters.txt").read_text() == "mine"

    @pytest.mark.parametrize("stamps", ["0", "1", "20000000", "many"])
    def test_an_edition_that_cannot_be(self, tmp_path: Path, stamps: str) -> None:
        """Too few, too many, or no number of stamps is a usage error, and nothing is written."""
        done = subprocess.run(
            [*PROGRAM, "demo", "--stamps", stamps], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "--stamps" in done.stderr
        assert list(tmp_path.iterdir()) == []


class TestExploring:
    def test_a_chain_that_is_kept_can_be_explored(self, tmp_path: Path) -> None:
        """With --keep the story is told, the chain runs on, and the photo verifies against it until it is ended."""
        told = subprocess.run(
            [*PROGRAM, "demo", "--keep", "--stamps", "8"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        (node,) = nodes_of(tmp_path.resolve())
        try:
            assert told.returncode == 0, told.stderr
            for heading in ("1  Describe", "5  Scan", "9  Forge", "What was made", "6 forgeries refused."):
                assert heading in told.stdout
            (command,) = re.findall(r"cryptostamp (verify .+)", told.stdout)
            verdict = subprocess.run(
                [*PROGRAM, *command.split()], cwd=tmp_path, capture_output=True, text=True, check=False
            )
            assert (verdict.returncode, verdict.stderr) == (0, "")
            assert verdict.stdout.startswith("✓ Genuine code. Leapfrog no. 3 of 8")
            assert f"kill {node}" in told.stdout
        finally:
            os.kill(node, signal.SIGKILL)


class TestStopped:
    @pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
    def test_no_process_is_left_behind(self, tmp_path: Path, stop: signal.Signals) -> None:
        """Ctrl-C, a polite end or a hard kill: the local chain ends with the program."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        program = subprocess.Popen(
            [*PROGRAM, "node", "--port", str(port)],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert program.stdout is not None
        assert "A local chain runs at" in program.stdout.readline()
        assert len(nodes_of(tmp_path.resolve())) == 1
        program.send_signal(stop)
        program.communicate(timeout=20)
        end = time.monotonic() + 10
        while nodes_of(tmp_path.resolve()) and time.monotonic() < end:
            time.sleep(0.05)
        assert nodes_of(tmp_path.resolve()) == []
        assert program.returncode != 0 or stop is signal.SIGINT

    def test_ctrl_c_during_the_demonstration(self, tmp_path: Path) -> None:
        """A demonstration that is stopped on its way says so, exits with 130 and leaves no chain."""
        program = subprocess.Popen(
            [*PROGRAM, "demo", "--json", "--stamps", "60"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        end = time.monotonic() + 60
        while not nodes_of(tmp_path.resolve()) and time.monotonic() < end:
            time.sleep(0.05)
        program.send_signal(signal.SIGINT)
        _, errors = program.communicate(timeout=20)
        assert (program.returncode, nodes_of(tmp_path.resolve())) == (130, [])
        assert "Stopped." in errors
