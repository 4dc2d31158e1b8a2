"""What `cryptostamp print` takes besides the series."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from support.desk import LEAPFROG, PASSPHRASE, Desk
from support.program import Run

from cryptostamp.series import Series, load_series, rescale


@pytest.fixture
def here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Stand beside the issued series of 30 stamps, so that it is found without --issued."""
    monkeypatch.chdir(desk.workspace.folder.parent)

    def loaded(_path: Path) -> Series:
        return rescale(load_series(LEAPFROG), 30)

    monkeypatch.setattr("cryptostamp.cli.printing.load_series", loaded)
    return desk


class TestStamps:
    """Which stamps are printed."""

    def test_the_first_so_many(self, here: Desk, run: Run) -> None:
        """--stamps 3 prints numbers 1 to 3, and pictures go into an archive; --json is all that is printed."""
        done = run(
            *("print", str(LEAPFROG), "--issued", str(here.workspace.folder), "--stamps", "3", "--json"),
            *("--pictures", "2-3", "--dpi", "225"),
        )
        assert (done.code, done.err) == (0, "")
        names = [Path(path).name for path in json.loads(done.out)["files"]]
        assert "LEAP-000001-000003-faces.pdf" in names
        assert "LEAP-000001-000003-first-sheet.png" in names
        archive = here.workspace.print_folder / "LEAP-000002-000003-png-225dpi.zip"
        assert archive.name in names
        with zipfile.ZipFile(archive) as files:
            assert files.namelist() == ["LEAP-000002.png", "LEAP-000003.png"]

    def test_the_first_sheet_is_seen(self, here: Desk, run: Run) -> None:
        """The picture of the first sheet is that of the untrimmed sheet at 100 dpi."""
        done = run("print", str(LEAPFROG), "--issued", str(here.workspace.folder), "--stamps", "30")
        assert done.code == 0
        with Image.open(here.workspace.print_folder / "LEAP-000001-000030-first-sheet.png") as picture:
            assert min(picture.size) > 800
            assert round(picture.info["dpi"][0]) == 100

    def test_stamps_and_serials(self, here: Desk, run: Run) -> None:
        """Both at once are a mistake."""
        done = run("print", str(LEAPFROG), "--stamps", "3", "--serials", "1-3")
        assert done.code == 2
        assert "not both" in done.err
        assert not here.workspace.print_folder.exists()

    def test_a_cluster_in_the_clear(self, here: Desk, run: Run, tmp_path: Path) -> None:
        """Hidden codes do not travel over plain TCP."""
        key = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
        passphrase = tmp_path / "passphrase"
        passphrase.write_text(PASSPHRASE)
        with passphrase.open() as file:
            done = run(
                *("print", str(LEAPFROG), "--issued", str(here.workspace.folder), "--printer", key),
                *("--cluster", "tcp://10.9.8.7:8786", "--passphrase-fd", file.fileno()),
            )
        assert done.code == 2
        assert "in the clear" in done.err
        assert not here.workspace.print_folder.exists()
