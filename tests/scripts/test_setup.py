"""The set-up says what is wrong in one sentence, does nothing twice, and its locks agree with the project."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def setup(tmp_path: Path) -> ModuleType:
    """Load scripts/_setup.py with its places in a folder of the test."""
    spec = importlib.util.spec_from_file_location("_setup", ROOT / "scripts" / "_setup.py")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module).update(ROOT=tmp_path, VENV=tmp_path, BIN=tmp_path / "bin", LOG=tmp_path / "setup.log")
    return module


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ]+)", text, flags=re.MULTILINE))


class TestDiagnosis:
    @pytest.mark.parametrize(
        ("output", "sentence"),
        [
            ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
            ("npm error code ENOSPC", "disk is full"),
            ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", "not be reached"),
            ("npm error code ENOTFOUND", "not be reached"),
            (
                "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
                "not the one that was locked",
            ),
            ("npm error code EINTEGRITY", "not the one that was locked"),
            ("ERROR: No matching distribution found for aiohttp==3.14.5", "could not be reached, or does not have"),
            ("npm error code E404", "could not be reached, or does not have"),
            ("Segmentation fault", "could not be finished"),
        ],
    )
    def test_what_is_wrong_is_told_from_the_output(self, setup: Any, output: str, sentence: str) -> None:
        """No network, no space and a forged download are told apart."""
        assert sentence in setup.diagnose(output)

    def test_a_program_that_fails_is_quoted(self, setup: Any, tmp_path: Path) -> None:
        """The last lines of what failed are shown, and all of it is in the log."""
        with pytest.raises(setup.SetupError, match="name resolution"):
            setup.attempt([sys.executable, "-c", "import sys; sys.exit('no name resolution')"], cwd=tmp_path)
        assert "no name resolution" in (tmp_path / "setup.log").read_text()


class TestOnce:
    def test_work_is_done_once(self, setup: Any, tmp_path: Path) -> None:
        """What is in place is not done again, until the file that locks it changes."""
        lock = tmp_path / "lock"
        lock.write_text("1")
        with setup.once("work", lock) as needed:
            assert needed
        with setup.once("work", lock) as needed:
            assert not needed
        lock.write_text("2")
        with setup.once("work", lock) as needed:
            assert needed

    def test_work_that_failed_is_done_again(self, setup: Any, tmp_path: Path) -> None:
        """An installation that broke off does not count as done."""
        lock = tmp_path / "lock"
        lock.write_text("1")
        with pytest.raises(setup.SetupError), setup.once("work", lock):
            raise setup.SetupError
        with setup.once("work", lock) as needed:
            assert needed


class TestPython:
    def test_an_old_python_without_a_newer_one_is_told(self, setup: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """A Python that is too old names the version that is needed and where to get it."""
        monkeypatch.setattr(setup, "OLDEST_PYTHON", (99, 0))
        monkeypatch.setattr(setup.shutil, "which", lambda _name: None)
        with pytest.raises(setup.SetupError, match=r"needs Python 99\.0 or newer"):
            setup.use_a_new_enough_python()

    def test_too_little_space_is_told_before_anything_is_made(
        self, setup: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A disk that is nearly full is noticed first."""
        monkeypatch.setattr(setup, "SPACE_NEEDED_MB", 10**12)
        with pytest.raises(setup.SetupError, match="Make room"):
            setup.make_venv()
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("script", ["demo", "test", "compile", "lock"])
    def test_the_scripts_can_be_run(self, script: str) -> None:
        """Each script is executable and is a Python program."""
        path = ROOT / "scripts" / script
        assert os.access(path, os.X_OK)
        compile(path.read_text(encoding="utf-8"), script, "exec")


class TestLocks:
    def test_the_locks_satisfy_the_project(self) -> None:
        """Every dependency of pyproject.toml is locked, at a version that it admits."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        run = locked("run")
        everything = run | locked("test")
        for names, versions in (
            (project["project"]["dependencies"] + project["build-system"]["requires"], run),
            (project["dependency-groups"]["test"], everything),
        ):
            for requirement in map(Requirement, names):
                assert versions[requirement.name] in requirement.specifier, requirement.name

    def test_every_package_has_hashes_and_names_no_host(self) -> None:
        """A lock pins bytes, and says nothing of where they came from."""
        for name in ("run", "test", "audit", "node"):
            text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
            entries = re.findall(r"^\S.*(?:\n +.*)*", text, flags=re.MULTILINE)
            assert entries
            assert all("--hash=sha256:" in entry for entry in entries)
            assert "://" not in text


class TestWheel:
    def test_the_wheel_holds_what_the_program_needs(self, tmp_path: Path) -> None:
        """A built wheel carries contracts, fonts, the starter picture and type information."""
        build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
        name = subprocess.run(
            [sys.executable, "-c", build, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()[-1]
        with ZipFile(tmp_path / name) as wheel:
            names = wheel.namelist()
        for needed in (
            "cryptostamp/artifacts/StampSeries.json",
            "cryptostamp/artifacts/PostalRegistry.json",
            "cryptostamp/artifacts/compiler-input.json",
            "cryptostamp/py.typed",
        ):
            assert needed in names
        assert any(name.startswith("cryptostamp/press/fonts/") and name.endswith(".ttf") for name in names)
        assert not any("node_modules" in name or name.startswith("tests/") for name in names)
