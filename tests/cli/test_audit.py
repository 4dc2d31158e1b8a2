"""The audit from the command line: its exit code is its answer."""

from __future__ import annotations

import pytest
from support.desk import LEAPFROG, Desk
from support.program import Run

from cryptostamp.errors import InputError
from cryptostamp.office import print_stamps
from cryptostamp.series import Series

DEAD = "http://127.0.0.1:9"


@pytest.fixture
def described(leapfrog: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program find the series of the desk, which has fewer stamps than its file says."""
    monkeypatch.setattr("cryptostamp.cli.audit.load_series", lambda _path: leapfrog)


@pytest.mark.usefixtures("described")
class TestAudit:
    def test_agreement(self, run: Run, desk: Desk) -> None:
        """0: every comparison is listed with a tick."""
        done = run("audit", LEAPFROG, "--issued", desk.workspace.folder, "--rpc", desk.url)
        assert done.code == 0
        assert done.out.count("✓") == 5
        assert done.out.splitlines()[-1] == "Everything agrees."

    def test_a_difference(self, run: Run, desk: Desk) -> None:
        """1: what differs stands below its comparison, and in the JSON with its code."""
        print_stamps(desk.series, workspace=desk.workspace).faces[0].unlink()
        done = run("audit", LEAPFROG, "--issued", desk.workspace.folder, "--rpc", desk.url)
        assert done.code == 1
        assert "is not in the print folder" in done.out
        assert "Nothing was changed." in done.out
        found = run("audit", LEAPFROG, "--issued", desk.workspace.folder, "--rpc", desk.url, "--json")
        assert (found.code, found.json["outcome"]) == (1, "differs")
        parts = {part["name"]: part for part in found.json["parts"]}
        assert parts["print files"]["differences"][0]["code"] == "file-missing"

    def test_cannot_tell(self, run: Run, desk: Desk) -> None:
        """4: the chain was not asked, so nobody says that all agrees."""
        done = run("audit", LEAPFROG, "--issued", desk.workspace.folder, "--rpc", DEAD)
        assert done.code == 4
        assert "not everything could be compared" in done.out

    def test_the_paper(self, run: Run, desk: Desk) -> None:
        """With --paper every sheet is read back; without the option it is not, and nothing is written."""
        print_stamps(desk.series, workspace=desk.workspace)
        before = sorted(desk.workspace.print_folder.iterdir())
        done = run("audit", LEAPFROG, "--issued", desk.workspace.folder, "--rpc", desk.url, "--paper")
        assert done.code == 0
        assert "paper: no. 1 to 30: All 2 sheets were read back: 30 stamps as planned" in " ".join(done.out.split())
        assert sorted(desk.workspace.print_folder.iterdir()) == before

    def test_nothing_printed(self, run: Run, desk: Desk) -> None:
        """4: where there is no paper, nobody says that it agrees."""
        done = run("audit", LEAPFROG, "--issued", desk.workspace.folder, "--rpc", desk.url, "--paper")
        assert done.code == 4
        assert "nothing was printed that could be read" in done.out

    def test_a_sample_of_nothing(self, run: Run, desk: Desk) -> None:
        """How many sheets to read is said only where sheets are read."""
        done = run("audit", LEAPFROG, "--issued", desk.workspace.folder, "--rpc", desk.url, "--sample", "3")
        assert done.code == InputError.exit_code
        assert "--paper" in done.err
