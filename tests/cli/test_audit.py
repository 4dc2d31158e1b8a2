"""The audit from the command line: its exit code is its answer."""

from __future__ import annotations

import pytest
from support.desk import LEAPFROG, Desk
from support.program import Run

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
