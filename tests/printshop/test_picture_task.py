"""Pictures of many stamps come in archives that are the same whoever makes them."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from support.desk import Desk

from cryptostamp.errors import InputError
from cryptostamp.office import PrintJob, print_stamps, public_code_of
from cryptostamp.office.printing import face_of
from cryptostamp.press import render_stamp
from cryptostamp.primitives import Serial
from cryptostamp.printshop.picture_task import PictureFormat, picture_parts
from cryptostamp.printshop.print_run import Manifest


def draw(desk: Desk, pictures: range, **options: object) -> PrintJob:
    """Print one stamp and draw `pictures`."""
    return print_stamps(
        desk.series,
        workspace=desk.workspace,
        serials=range(1, 2),
        pictures=pictures,
        **options,  # type: ignore[arg-type]
    )


class TestParts:
    """How many are cut into archives."""

    @pytest.mark.parametrize(
        ("serials", "parts"),
        [
            (range(1, 31), [range(1, 31)]),
            (range(1, 1001), [range(1, 1001)]),
            (range(1, 1002), [range(1, 1001), range(1001, 1002)]),
            (range(990, 2500), [range(990, 1001), range(1001, 2001), range(2001, 2500)]),
            (range(5, 5), []),
        ],
    )
    def test_cuts_lie_at_thousands(self, serials: range, parts: list[range]) -> None:
        """Jobs that overlap have their whole archives in common."""
        assert list(picture_parts(serials)) == parts


class TestArchives:
    """What lies in an archive."""

    def test_each_stamp_has_its_picture(self, desk: Desk) -> None:
        """Names follow from the serials, pictures are the stamps as printed, and codes are read."""
        job = draw(desk, range(7, 10))
        (archive,) = job.pictures
        assert archive.name == "LEAP-000007-000009-png-300dpi.zip"
        assert archive in job.files
        with zipfile.ZipFile(archive) as files:
            assert files.testzip() is None
            assert files.namelist() == ["LEAP-000007.png", "LEAP-000008.png", "LEAP-000009.png"]
            with Image.open(io.BytesIO(files.read("LEAP-000008.png"))) as image:
                picture = image.convert("RGB")
        whole = render_stamp(desk.series, face_of(desk.series, desk.dossier, Serial(8)), dpi=300, perforated=False)
        assert np.abs(np.asarray(picture).astype(int) - np.asarray(whole).astype(int)).max() <= 16
        (found,) = zxingcpp.read_barcodes(picture.convert("L"))
        assert found.text == public_code_of(desk.dossier, Serial(8)).text

    def test_webp(self, desk: Desk) -> None:
        """Another format and resolution make another archive."""
        (archive,) = draw(desk, range(2, 3), picture_format=PictureFormat.WEBP, dpi=600).pictures
        assert archive.name == "LEAP-000002-000002-webp-600dpi.zip"
        with zipfile.ZipFile(archive) as files, Image.open(io.BytesIO(files.read("LEAP-000002.webp"))) as image:
            assert image.size == (945, 1134)

    def test_processes_give_the_same_bytes(self, desk: Desk) -> None:
        """Two processes make the archive that one makes; manifest and ledger know it."""
        job = draw(desk, range(1, 31))
        (archive,) = job.pictures
        alone = archive.read_bytes()
        archive.unlink()
        seen: list[tuple[str, int, int]] = []
        assert draw(desk, range(1, 31), workers=2, progress=lambda *what: seen.append(what)).pictures == (archive,)
        assert archive.read_bytes() == alone
        assert seen[-1] == ("Drawing pictures", 30, 30)
        assert archive.name in Manifest(job.manifest).files
        assert archive.name in {record.name for record in desk.ledger.printed("LEAP")}

    def test_a_finished_archive_is_left_alone(self, desk: Desk) -> None:
        """The second run does not write it again."""
        (archive,) = draw(desk, range(1, 4)).pictures
        before = archive.stat()
        draw(desk, range(1, 4))
        assert (archive.stat().st_ino, archive.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


class TestRefusals:
    """Before anything is written."""

    @pytest.mark.parametrize("serials", [range(1, 32), range(3), range(31, 40)])
    def test_beyond_the_edition(self, desk: Desk, serials: range) -> None:
        """A stamp that is none is not drawn."""
        with pytest.raises(InputError, match="There is no stamp no"):
            draw(desk, serials)
        assert not desk.workspace.print_folder.exists()

    @pytest.mark.parametrize("dpi", [100, 0, -300, 10_000])
    def test_a_resolution_that_does_not_do(self, desk: Desk, dpi: int) -> None:
        """Too low for the code, and too high for anybody."""
        with pytest.raises(InputError, match="the QR cannot be drawn"):
            draw(desk, range(1, 2), dpi=dpi)
        assert not desk.workspace.print_folder.exists()
