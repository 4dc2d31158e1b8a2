"""Print files agree with the dossier, are recorded, come out the same again, and hide the hidden codes."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
import zxingcpp
from PIL import Image
from pyrage import x25519
from support.desk import PASSPHRASE, Desk

from cryptostamp.codes import public_symbol
from cryptostamp.edition import EditionSecret, face_codes, symbol_form
from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.office import Workspace, print_stamps, public_code_of
from cryptostamp.office.print_plan import PlanFile
from cryptostamp.office.printing import PrintJob, claim_part_of, face_of
from cryptostamp.press import unseal
from cryptostamp.primitives import Serial


@pytest.fixture
def open_secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open the desk's secret without age's deliberately slow passphrase function."""

    def opened(_cls: type[EditionSecret], _data: bytes, passphrase: str) -> EditionSecret:
        assert passphrase == PASSPHRASE
        return desk.secret

    monkeypatch.setattr(EditionSecret, "unseal", classmethod(opened))


def names(workspace: Workspace) -> list[str]:
    """Return the names of all files in the folder of prints, also of hidden ones."""
    folder = workspace.print_folder
    return sorted(path.name for path in folder.rglob("*")) if folder.is_dir() else []


class TestFiles:
    def test_one_sheet(self, desk: Desk) -> None:
        """A job for serials 1 to 25 makes one sheet, the plan and the pictures that were asked for."""
        job = print_stamps(desk.series, workspace=desk.workspace, serials=range(1, 26), images=[Serial(2), Serial(30)])
        assert job.sheets == 1
        assert [path.name for path in job.files] == [
            "LEAP-000001-000025-faces.pdf",
            "LEAP-000001-000025-plan.csv",
            "LEAP-000001-000025-first-sheet.png",
            "LEAP-000001-000025-manifest.json",
            "LEAP-000002.png",
            "LEAP-000030.png",
        ]
        assert names(desk.workspace) == sorted(path.name for path in job.files)
        with pikepdf.open(*job.faces) as pdf:
            assert len(pdf.pages) == 1

    def test_the_whole_edition(self, desk: Desk) -> None:
        """Without serials every stamp is printed: a full sheet and a part of one."""
        job = print_stamps(desk.series, workspace=desk.workspace)
        assert (job.sheets, job.images) == (2, ())
        with pikepdf.open(*job.faces) as pdf:
            assert len(pdf.pages) == 2

    def test_each_file_is_in_the_ledger(self, desk: Desk) -> None:
        """The ledger has name, hash and serials of each file, and the step has ended."""
        job = print_stamps(
            desk.series, workspace=desk.workspace, serials=range(26, 31), images=[Serial(2)], clock=lambda: 77
        )
        records = {record.name: record for record in desk.ledger.printed("LEAP")}
        recorded = [path for path in job.files if path != job.manifest]
        assert set(records) == {path.name for path in recorded}
        for path in recorded:
            assert records[path.name].sha256 == hashlib.sha256(path.read_bytes()).digest()
        faces, picture = records[job.faces[0].name], records["LEAP-000002.png"]
        assert (faces.first_serial, faces.last_serial) == (26, 30)
        assert (picture.first_serial, picture.last_serial) == (2, 2)
        step = desk.ledger.steps("LEAP")[-1]
        assert (step.step, step.begun_at, step.ended_at) == ("print", 77, 77)

    def test_the_plan(self, desk: Desk) -> None:
        """The plan gives sheet, position, serial and codes of each stamp, and nothing else."""
        job = print_stamps(desk.series, workspace=desk.workspace, serials=range(24, 28))
        data = job.plan.read_bytes()
        assert data.count(b"\r\n") == data.count(b"\n") == 5
        head, *rows = csv.reader(io.StringIO(data.decode("ascii")))
        assert head == ["sheet", "position", "serial", "short code", "public code"]
        expected = []
        for serial, sheet, position in ((24, 1, 24), (25, 1, 25), (26, 2, 1), (27, 2, 2)):
            code = public_code_of(desk.dossier, Serial(serial))
            expected.append([str(sheet), str(position), str(serial), code.short("LEAP").text, code.text])
        assert rows == expected

    def test_a_plan_is_the_same_in_whatever_order_files_are_finished(self, desk: Desk) -> None:
        """Lines stand in the order of serials; tags that nobody has computed yet are computed."""
        parts = [range(1, 11), range(11, 21), range(21, 31)]
        tags = {part.start: face_codes(desk.dossier, part).tags.tobytes() for part in parts}
        plans = []
        for order in itertools.permutations(range(3)):
            stream = io.BytesIO()
            plan = PlanFile(stream, desk.series, desk.dossier, parts)
            for place in order:
                first = parts[place].start
                plan.add(first, tags[first] if place != 1 else b"")
            plans.append(stream.getvalue())
        assert len(set(plans)) == 1
        assert [line.split(b",")[2] for line in plans[0].splitlines()[1:]] == [b"%d" % n for n in range(1, 31)]

    def test_a_single_stamp(self, desk: Desk) -> None:
        """The picture of a stamp carries its public code, read by a decoder that did not draw it."""
        job = print_stamps(desk.series, workspace=desk.workspace, serials=range(9, 10), images=[Serial(9)])
        with Image.open(job.images[0]) as picture:
            assert round(picture.info["dpi"][0]) == 300
            paper = Image.new("RGBA", picture.size, "white")
            paper.alpha_composite(picture.convert("RGBA"))
        (found,) = zxingcpp.read_barcodes(paper.convert("L"))
        assert found.text == public_code_of(desk.dossier, Serial(9)).text

    def test_again(self, desk: Desk) -> None:
        """Printing again gives the same bytes, and no second entry in the ledger."""

        def job() -> dict[str, bytes]:
            made: PrintJob = print_stamps(
                desk.series, workspace=desk.workspace, serials=range(1, 6), images=[Serial(3)]
            )
            return {path.name: path.read_bytes() for path in made.files}

        first = job()
        recorded = desk.ledger.printed("LEAP")
        assert job() == first
        assert desk.ledger.printed("LEAP") == recorded

    def test_progress(self, desk: Desk) -> None:
        """Whoever watches sees each kind of work reach its end."""
        seen: list[tuple[str, int, int]] = []
        print_stamps(
            desk.series,
            workspace=desk.workspace,
            serials=range(1, 6),
            images=[Serial(1)],
            progress=lambda *what: seen.append(what),
        )
        assert ("Drawing sheets", 5, 5) in seen
        assert seen[-1] == ("Drawing single stamps", 1, 1)

    def test_the_face(self, desk: Desk) -> None:
        """The face of a stamp follows from series and dossier."""
        face = face_of(desk.series, desk.dossier, Serial(7))
        code = public_code_of(desk.dossier, Serial(7))
        assert (face.serial, face.short_code) == (7, code.short("LEAP").text)
        assert face.design == desk.series.design_of(Serial(7))
        assert face.variant == desk.series.variants[desk.dossier.edition.variant_index(Serial(7))]
        form = symbol_form(desk.dossier)
        assert (face.symbol.modules == public_symbol(code, mask=form.mask).modules).all()

    def test_sheets_and_single_stamps_have_the_same_symbols(self, desk: Desk) -> None:
        """What `face_of` gives for a picture is on the sheet, module for module."""
        job = print_stamps(desk.series, workspace=desk.workspace)
        with pikepdf.open(*job.faces) as pdf:
            content = b"".join(page.Contents.read_bytes() for page in pdf.pages)
        for serial in range(1, 31):
            symbol = face_of(desk.series, desk.dossier, Serial(serial)).symbol
            assert np.packbits(symbol.modules, axis=1).tobytes().hex().encode() in content


class TestHiddenCodes:
    def test_without_a_printer_s_key(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a key no hidden code is printed, and the secret stays shut."""

        def shut(*_arguments: object) -> None:
            raise AssertionError("the secret must not be opened")

        monkeypatch.setattr(Workspace, "open_secret", shut)
        job = print_stamps(desk.series, workspace=desk.workspace, serials=range(1, 3), passphrase=PASSPHRASE)
        assert job.claims == ()
        assert not any("claims" in name for name in names(desk.workspace))

    def test_sealed_to_the_printer(self, desk: Desk, open_secret: None) -> None:
        """The hidden codes open with the printer's identity only, and lie nowhere in the clear."""
        printer, stranger = x25519.Identity.generate(), x25519.Identity.generate()
        job = print_stamps(
            desk.series,
            workspace=desk.workspace,
            serials=range(1, 4),
            printer=[str(printer.to_public())],
            passphrase=PASSPHRASE,
        )
        (claims,) = job.claims
        assert claims.name == "LEAP-000001-000003-claims.pdf.age"
        assert claims.name in {record.name for record in desk.ledger.printed("LEAP")}
        sealed = claims.read_bytes()
        with pikepdf.open(io.BytesIO(unseal(sealed, str(printer)))) as pdf:
            assert len(pdf.pages) == 1
        with pytest.raises(InputError, match="cannot be opened"):
            unseal(sealed, str(stranger))
        assert sealed.startswith(b"age-encryption.org/v1")
        codes = [desk.secret.claim_code(Serial(serial)) for serial in (1, 2, 3)]
        for path in self._files(desk):
            content = path.read_bytes()
            for code in codes:
                assert code.secret not in content
                assert code.text.encode() not in content
                assert code.text.replace("-", "").encode() not in content

    def test_the_claim_part(self, desk: Desk) -> None:
        """What goes under the scratch field is the stamp's own hidden code."""
        part = claim_part_of(desk.series, desk.dossier, desk.secret, Serial(8))
        assert part.claim_text == desk.secret.claim_code(Serial(8)).text
        assert part.short_code == public_code_of(desk.dossier, Serial(8)).short("LEAP").text

    def test_without_a_passphrase(self, desk: Desk) -> None:
        """Hidden codes need the passphrase of the edition."""
        key = str(x25519.Identity.generate().to_public())
        with pytest.raises(InputError, match="passphrase of the edition is needed"):
            print_stamps(desk.series, workspace=desk.workspace, printer=[key])
        assert names(desk.workspace) == []

    def test_a_key_that_is_none(self, desk: Desk, open_secret: None) -> None:
        """A mistyped key is refused, and no file is left behind."""
        with pytest.raises(InputError, match="is not an age recipient"):
            print_stamps(
                desk.series,
                workspace=desk.workspace,
                serials=range(1, 3),
                printer=["age1nobody"],
                passphrase=PASSPHRASE,
            )
        assert names(desk.workspace) == []
        assert desk.ledger.printed("LEAP") == ()

    def _files(self, desk: Desk) -> Iterator[Path]:
        return (path for path in desk.workspace.folder.rglob("*") if path.is_file())


class TestRefusals:
    @pytest.mark.parametrize(
        ("serials", "images"),
        [
            (range(1, 32), []),
            (range(31, 32), []),
            (range(3), []),
            (range(1, 3), [31]),
            (range(1, 3), [0]),
        ],
    )
    def test_beyond_the_edition(self, desk: Desk, serials: range, images: list[int]) -> None:
        """A serial that no stamp has is refused before anything is written."""
        with pytest.raises(InputError, match="There is no stamp no"):
            print_stamps(desk.series, workspace=desk.workspace, serials=serials, images=map(Serial, images))
        self.assert_nothing_written(desk)

    def test_a_range_that_never_ends(self, desk: Desk) -> None:
        """Pictures for a billion serials are refused at the first one that is beyond the edition."""
        with pytest.raises(InputError, match="There is no stamp no"):
            print_stamps(desk.series, workspace=desk.workspace, images=map(Serial, range(1, 10**9)))
        self.assert_nothing_written(desk)

    def test_an_empty_range(self, desk: Desk) -> None:
        """Nothing to print is a mistake."""
        with pytest.raises(InputError, match="No stamps were chosen"):
            print_stamps(desk.series, workspace=desk.workspace, serials=range(5, 5))
        self.assert_nothing_written(desk)

    def test_a_changed_series(self, desk: Desk) -> None:
        """A series that is no longer the issued one is not printed: paper and token must agree."""
        with pytest.raises(InputError, match="LEAP is no longer as it was issued"):
            print_stamps(replace(desk.series, title="Leapfrogs"), workspace=desk.workspace)
        self.assert_nothing_written(desk)

    def test_a_series_that_was_not_issued(self, desk: Desk, tmp_path: Path) -> None:
        """Before the issue there is nothing to print."""
        with pytest.raises(InputError, match="No issued series"):
            print_stamps(desk.series, workspace=Workspace(tmp_path / "elsewhere"))
        assert not (tmp_path / "elsewhere").exists()

    def test_a_folder_that_cannot_be_made(self, desk: Desk) -> None:
        """A file in the place of the folder is named."""
        desk.workspace.print_folder.write_text("in the way")
        with pytest.raises(StorageProblem, match="cannot be made") as refusal:
            print_stamps(desk.series, workspace=desk.workspace)
        assert refusal.value.where == str(desk.workspace.print_folder)

    def assert_nothing_written(self, desk: Desk) -> None:
        """Neither a file nor an entry in the ledger was made."""
        assert not desk.workspace.print_folder.exists()
        assert desk.ledger.printed("LEAP") == ()
        assert [step.step for step in desk.ledger.steps("LEAP")] == ["issue"]
