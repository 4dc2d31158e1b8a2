"""Benchmarks judge their figures rightly and say the same to people and machines."""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from packaging.requirements import Requirement
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
SHAPE = {"what", "unit", "better", "ours", "peers", "ratio", "target", "met", "note"}


@pytest.fixture(scope="module")
def program() -> Iterator[Any]:
    """Import the program that scripts/benchmark becomes."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        yield importlib.import_module("benchmarks.__main__")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture
def harness(program: ModuleType) -> Any:
    return program.harness


@pytest.fixture
def measured(program: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a benchmark `nap` in place, whose report the test sets; `wrote` holds the reports it was asked to keep."""
    nap = SimpleNamespace(row=None, wrote=[])

    def run(quick: bool) -> Any:  # noqa: FBT001 - the seam of all benchmarks
        return program.harness.Report(benchmark="nap", quick=quick, rows=[nap.row])

    def write(report: Any) -> list[Path]:
        nap.wrote.append(report)
        return [ROOT / "README.md"]

    nap.run, nap.write = run, write
    monkeypatch.setattr(program, "benchmarks", lambda: {"nap": "Sleep."})
    monkeypatch.setattr(program.importlib, "import_module", lambda _name: nap)
    return nap


class TestRow:
    def test_the_best_peer_is_the_one_compared_with(self, harness: Any) -> None:
        """The ratio is against the best peer, whichever way is better."""
        peers = {"slow": 10.0, "fast": 40.0}
        assert harness.Row(what="w", unit="gas", ours=20.0, peers=peers).ratio == 2.0
        assert harness.Row(what="w", unit="a second", ours=20.0, peers=peers, better="higher").ratio == 0.5

    def test_a_row_without_peers_or_target_is_not_judged(self, harness: Any) -> None:
        """Nothing is claimed where nothing was compared."""
        row = harness.Row(what="w", unit="gas", ours=1.0)
        assert row.ratio is None
        assert row.met is None

    @pytest.mark.parametrize(
        ("better", "ours", "met"), [("lower", 5, True), ("lower", 6, False), ("higher", 5, True), ("higher", 4, False)]
    )
    def test_a_target_is_a_bound_that_counts_as_met(self, harness: Any, better: str, ours: int, *, met: bool) -> None:
        """A figure equal to the target meets it, one beyond it does not."""
        assert harness.Row(what="w", unit="u", ours=ours, better=better, target=5).met is met


class TestFigures:
    @pytest.mark.parametrize(
        ("value", "text"),
        [(0, "0"), (7, "7"), (7.46, "7.460"), (0.01234, "0.01234"), (1_234_567, "1,234,567"), (93_499.6, "93,500")],
    )
    def test_figures_are_shown_as_people_read_them(self, harness: Any, value: float, text: str) -> None:
        """Four digits are shown, whole numbers in full, thousands set apart."""
        assert harness.number(value) == text

    def test_the_median_leaves_the_odd_one_out(self, harness: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """One slow repeat does not move the figure, and the warm-up does not count."""
        ticks = iter([0, 1, 10, 12, 20, 50])
        monkeypatch.setattr(harness.time, "perf_counter", lambda: next(ticks))
        runs: list[int] = []
        assert harness.median_seconds(lambda: runs.append(1), repeats=3, warm_up=2) == 2
        assert len(runs) == 5


class TestProgram:
    def test_machines_get_one_shape(self, program: Any, measured: Any, capsys: pytest.CaptureFixture[str]) -> None:
        """JSON names the benchmark, the machine, whether it was quick, and every row in full."""
        measured.row = program.harness.Row(what="nap", unit="s", ours=2, peers={"cat": 4}, target=3, note="at noon")
        assert program.main(["nap", "--json", "--quick"]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert (answer["benchmark"], answer["quick"]) == ("nap", True)
        assert {"cpu", "cores", "memory_gb", "os", "python"} <= answer["machine"].keys()
        (row,) = answer["rows"]
        assert row.keys() == SHAPE
        assert (row["ours"], row["peers"], row["ratio"], row["met"]) == (2, {"cat": 4}, 0.5, True)

    def test_people_get_a_table(self, harness: Any) -> None:
        """The table names figures, peers, target and verdict, and says when it is a quick look."""
        row = harness.Row(what="nap", unit="s", ours=4, peers={"dog": 3, "cat": 2}, target=3)
        out = io.StringIO()
        report = harness.Report(benchmark="nap", quick=True, rows=[row])
        harness.show(report, {"cores": 2}, Console(file=out, width=120))
        text = out.getvalue()
        for expected in ("quick", "2  cat", "3  dog", "≤ 3", "missed", "cores 2"):
            assert expected in text
        assert text.index("cat") < text.index("dog")

    @pytest.mark.parametrize(("options", "code"), [([], 1), (["--quick"], 0)])
    def test_a_missed_target_fails_a_full_run_only(
        self, program: Any, measured: Any, options: list[str], code: int
    ) -> None:
        """The exit code is 1 when a full run misses a target; a quick run claims nothing."""
        measured.row = program.harness.Row(what="nap", unit="s", ours=4, target=3)
        assert program.main(["nap", *options]) == code

    def test_figures_of_a_quick_run_are_not_kept(self, program: Any, measured: Any) -> None:
        """Only a full run may be written down."""
        with pytest.raises(SystemExit, match="2"):
            program.main(["nap", "--quick", "--write"])
        assert measured.wrote == []

    def test_figures_of_a_full_run_are_kept_on_demand(self, program: Any, measured: Any) -> None:
        """The benchmark is handed its report to write."""
        measured.row = program.harness.Row(what="nap", unit="s", ours=2)
        assert program.main(["nap", "--write"]) == 0
        assert [report.rows[0].ours for report in measured.wrote] == [2]

    def test_every_benchmark_says_what_it_measures(self, program: Any) -> None:
        """Each module is found by its name and explained by the first line of its docstring; the harness is none."""
        known = program.benchmarks()
        assert "harness" not in known
        assert all(text.endswith(".") for text in known.values())

    def test_the_script_can_be_run(self) -> None:
        """The script is executable and is a Python program."""
        path = ROOT / "scripts" / "benchmark"
        assert os.access(path, os.X_OK)
        compile(path.read_text(encoding="utf-8"), "benchmark", "exec")


class TestLock:
    def test_the_peers_are_locked(self) -> None:
        """Every Python package that figures are measured beside is locked, at a version that pyproject.toml admits."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        text = (ROOT / "requirements" / "benchmark.txt").read_text(encoding="utf-8")
        versions = dict(re.findall(r"^([a-z0-9.-]+)==([^ ]+)", text, flags=re.MULTILINE))
        for requirement in map(Requirement, project["dependency-groups"]["benchmark"]):
            assert versions[requirement.name] in requirement.specifier, requirement.name
        assert text.count("--hash=sha256:") >= len(versions)
        assert "://" not in text
