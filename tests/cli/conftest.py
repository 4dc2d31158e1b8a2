"""Run the program inside the test, with age's slow passphrase function replaced by one that only compares."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Self

import click
import pytest
from support.desk import LEAPFROG
from support.program import Outcome, Run

from cryptostamp.cli import main
from cryptostamp.edition import EditionSecret
from cryptostamp.errors import InputError


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program with these arguments, and return how it ended."""

    def ran(*arguments: object) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Outcome(left.value.code, written.out, written.err)

    return ran


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a copy of the demonstration series that may be damaged."""
    return Path(shutil.copytree(LEAPFROG, tmp_path / "series"))


@pytest.fixture
def quick_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave age's deliberately slow passphrase function to the tests of the secret itself."""

    def unseal(cls: type[Self], data: bytes, passphrase: str) -> Self:
        sealed_with, _, secret = data.partition(b"\0")
        if sealed_with != passphrase.encode():
            raise InputError("The passphrase is wrong.")
        return cls(secret)

    monkeypatch.setattr(EditionSecret, "seal", lambda self, passphrase: passphrase.encode() + b"\0" + self._secret)
    monkeypatch.setattr(EditionSecret, "unseal", classmethod(unseal))


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the list of what is typed at hidden prompts, in order."""
    typed: list[str] = []

    def prompt(_text: str, *, hide_input: bool, err: bool, **_options: object) -> str:
        assert hide_input
        assert err
        return typed.pop(0)

    monkeypatch.setattr(click, "prompt", prompt)
    return typed
