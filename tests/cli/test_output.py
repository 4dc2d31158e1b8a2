"""Long work tells a person how far it is, how fast it goes and how long it takes; machines hear nothing of it."""

from __future__ import annotations

import pytest

from cryptostamp.cli.output import progress_bar


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let standard error pass for a wide terminal."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "160")


class TestProgressBar:
    """What is shown while stamps are printed."""

    def test_count_rate_and_time_left(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Work that is half done shows its count, a rate and a time that is left; the first call shows no rate yet."""
        with progress_bar(quiet=False) as progress:
            progress("Drawing sheets", 0, 150_000)
            for done in (25_000, 50_000, 75_000):
                progress("Drawing sheets", done, 150_000)
        out, err = capsys.readouterr()
        assert out == ""
        assert "Drawing sheets" in err
        assert "75000/150000" in err
        assert "/s" in err
        assert "left" in err

    def test_nothing_for_machines(self, capsys: pytest.CaptureFixture[str]) -> None:
        """With --json both streams stay empty."""
        with progress_bar(quiet=True) as progress:
            progress("Drawing sheets", 1, 2)
        assert capsys.readouterr() == ("", "")
