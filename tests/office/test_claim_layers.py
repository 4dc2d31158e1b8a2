"""One printer is given the hidden codes, two are given halves of them; nobody else is given anything."""

from __future__ import annotations

import base64
import io
import logging
import os
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from pyrage import x25519
from support.desk import PASSPHRASE, Desk

from cryptostamp.codes import ClaimCode, ClaimHalf, Half, Kind, classify, parse_claim_half, parse_hidden_code
from cryptostamp.edition import EditionSecret, claim_key_of, join
from cryptostamp.errors import InputError
from cryptostamp.office import PrintJob, print_stamps
from cryptostamp.office.claim_layers import claim_layers
from cryptostamp.press import place_of, unseal
from cryptostamp.press.imposition import sheet_geometry
from cryptostamp.primitives import Serial
from cryptostamp.printshop.print_run import SheetTask

DPI = 300
FIRST, SECOND = (x25519.Identity.generate() for _ in range(2))


@pytest.fixture(autouse=True)
def open_secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open the desk's secret without age's deliberately slow passphrase function."""
    monkeypatch.setattr(EditionSecret, "unseal", classmethod(lambda _cls, _data, _passphrase: desk.secret))


def split_print(desk: Desk, **options: object) -> PrintJob:
    """Print serials 1 to 27 for two printers."""
    return print_stamps(
        desk.series,
        workspace=desk.workspace,
        serials=range(1, 28),
        printer=[str(FIRST.to_public())],
        second_printer=[str(SECOND.to_public())],
        passphrase=PASSPHRASE,
        **options,  # type: ignore[arg-type]
    )


def opened(job: PrintJob) -> tuple[bytes, bytes]:
    """Open both layers, each with the identity of its own printer."""
    a, b = (path.read_bytes() for path in job.claims)
    return unseal(a, str(FIRST)), unseal(b, str(SECOND))


def symbols_of(pdf: bytes) -> dict[tuple[int, int], str]:
    """Read the hidden codes of a PDF: page and place in mm to text. A sheet has a public code of its own as well."""
    found = {}
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document):
            for code in zxingcpp.read_barcodes(page.render(scale=DPI / 72).to_pil().convert("L")):
                if classify(code.text) is not Kind.CLAIM:
                    continue
                corner = code.position.top_left
                found[number * 1000 + round(corner.x * 25.4 / DPI), round(corner.y * 25.4 / DPI)] = code.text
    return found


class TestTwoPrinters:
    """Each is given a layer of their own, and needs the other to claim."""

    def test_the_files(self, desk: Desk) -> None:
        """Two sealed layers and two plates, all in the ledger; nothing with whole codes."""
        job = split_print(desk)
        assert [path.name for path in job.claims] == [
            "LEAP-000001-000027-claims-A.pdf.age",
            "LEAP-000001-000027-claims-B.pdf.age",
        ]
        assert [path.name for path in job.scratch] == ["LEAP-scratch-A.pdf", "LEAP-scratch-B.pdf"]
        recorded = {record.name for record in desk.ledger.printed("LEAP")}
        assert {path.name for path in (*job.claims, *job.scratch)} <= recorded
        assert not any(path.name.endswith("claims.pdf.age") for path in job.files)

    def test_each_layer_opens_for_its_own_printer_only(self, desk: Desk) -> None:
        """The key of one does not open the layer of the other."""
        a, b = (path.read_bytes() for path in split_print(desk).claims)
        for sealed, stranger in ((a, SECOND), (b, FIRST)):
            with pytest.raises(InputError, match="cannot be opened"):
                unseal(sealed, str(stranger))

    def test_both_layers_together_are_the_codes_in_the_places_of_their_stamps(self, desk: Desk) -> None:
        """Read by a decoder that did not draw them, A and B of each place join to the code of its serial."""
        geometry = sheet_geometry(desk.series)
        found: dict[Half, dict[tuple[int, int, int], ClaimHalf]] = {}
        for half, layer in zip(Half, opened(split_print(desk)), strict=True):
            found[half] = {}
            for (x, y), text in symbols_of(layer).items():
                page, x_mm = divmod(x, 1000)
                column = int((x_mm - geometry.pane.x_mm) // geometry.stamp_width_mm)
                row = int((y - geometry.pane.y_mm) // geometry.stamp_height_mm)
                read = parse_claim_half(text)
                assert read.half is half
                found[half][page + 1, row, column] = read
        assert len(found[Half.A]) == len(found[Half.B]) == 27
        for number in range(1, 28):
            place = place_of(desk.series, Serial(number))
            assert join(found[Half.A][place], found[Half.B][place]) == desk.secret.claim_code(Serial(number))

    @pytest.mark.parametrize("half", list(Half))
    def test_a_printer_who_opens_their_layer_has_no_code(self, desk: Desk, half: Half) -> None:
        """Nothing that is read off one layer, letters or symbols, is a claim key of the edition, alone or in pairs."""
        layer = opened(split_print(desk))[half is Half.B]
        read = [parse_hidden_code(text) for text in symbols_of(layer).values()]
        shares = [code.share for code in read if isinstance(code, ClaimHalf)]
        assert len(shares) == len(read) == 27
        with pypdfium2.PdfDocument(layer) as document:
            letters = "".join(page.get_textpage().get_text_bounded() for page in document)
        packed = "".join(letters.split())
        for number in range(1, 28):
            a, b = desk.secret.claim_halves(Serial(number))
            own, other = (a, b) if half is Half.A else (b, a)
            assert own.text.replace("-", "") in packed
            assert other.text.replace("-", "")[1:] not in packed
            assert desk.secret.claim_code(Serial(number)).text.replace("-", "") not in packed
        keys = desk.dossier.edition.claim_keys
        for one in shares[:6]:
            assert keys.find(claim_key_of(ClaimCode(one)).address) is None
            for two in shares[:6]:
                mixed = ClaimCode(bytes(x ^ y for x, y in zip(one, two, strict=True)))
                assert keys.find(claim_key_of(mixed).address) is None

    def test_the_fields_do_not_meet_and_each_plate_covers_its_own(self, desk: Desk) -> None:
        """Where a layer is dark below the number, its plate is black, and the other plate is not."""
        job = split_print(desk)
        pages = [pixels_of(layer) for layer in opened(job)]
        plates = [pixels_of(path.read_bytes()) == 0 for path in job.scratch]
        cells = [round(cell.y_mm * DPI / 25.4) for cell in sheet_geometry(desk.series).cells]
        top, height = cells[0], round(sheet_geometry(desk.series).stamp_height_mm * DPI / 25.4)
        band = slice(top + height * 3 // 8, top + height * 7 // 8)
        pane = slice(round(sheet_geometry(desk.series).pane.x_mm * DPI / 25.4), -1000)
        for own, other in ((0, 1), (1, 0)):
            dark = pages[own][band, pane] < 128
            assert dark.sum() > 10_000
            assert plates[own][band, pane][dark].all()
            assert not plates[other][band, pane][dark].any()
        assert not (plates[0] & plates[1])[band, pane].any()

    def test_the_same_halves_every_time(self, desk: Desk) -> None:
        """A sheet of half A that is printed again goes with the half B that is on paper already."""
        first = opened(split_print(desk))
        for path in desk.workspace.print_folder.iterdir():
            path.unlink()
        assert opened(split_print(desk)) == first


def pixels_of(pdf: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with pypdfium2.PdfDocument(pdf) as document:
        return np.asarray(document[0].render(scale=DPI / 72).to_pil().convert("L"))


class TestScratchPlate:
    """It comes with the hidden codes, and is public."""

    def test_with_one_printer(self, desk: Desk) -> None:
        """One plate of one sheet, whatever is printed; the same bytes again."""
        options = {"printer": [str(FIRST.to_public())], "passphrase": PASSPHRASE}
        jobs = [
            print_stamps(desk.series, workspace=desk.workspace, serials=serials, **options)  # type: ignore[arg-type]
            for serials in (range(1, 3), range(3, 5))
        ]
        assert jobs[0].scratch == jobs[1].scratch == (desk.workspace.print_folder / "LEAP-scratch.pdf",)
        with pikepdf.open(*jobs[0].scratch) as pdf:
            assert len(pdf.pages) == 1

    def test_without_a_printer(self, desk: Desk) -> None:
        """Faces alone have no scratch field."""
        assert print_stamps(desk.series, workspace=desk.workspace, serials=range(1, 3)).scratch == ()


class TestRefusals:
    """Keys that would undo the splitting are refused, and nothing is written."""

    @pytest.mark.parametrize(
        ("first", "second", "said"),
        [
            ([], [SECOND], "no first one"),
            ([FIRST], [FIRST], "a key in common"),
            ([FIRST, SECOND], [SECOND], "a key in common"),
        ],
    )
    def test_keys(self, desk: Desk, first: list[x25519.Identity], second: list[x25519.Identity], said: str) -> None:
        """A second printer alone, and printers with one key between them."""
        with pytest.raises(InputError, match=said):
            print_stamps(
                desk.series,
                workspace=desk.workspace,
                printer=[str(key.to_public()) for key in first],
                second_printer=[f" {str(key.to_public()).upper()} " for key in second],
                passphrase=PASSPHRASE,
            )
        assert not desk.workspace.print_folder.exists()

    def test_a_second_key_that_is_none(self, desk: Desk) -> None:
        """It is named before anything is written."""
        with pytest.raises(InputError, match="is not an age recipient"):
            print_stamps(
                desk.series,
                workspace=desk.workspace,
                printer=[str(FIRST.to_public())],
                second_printer=["age1nobody"],
                passphrase=PASSPHRASE,
            )
        assert not desk.workspace.print_folder.exists()

    def test_nobody(self) -> None:
        """Without a printer there is no layer."""
        assert claim_layers([]) == ()


class TestSecrecy:
    """No code and no half is in the clear anywhere but in the sealed layers."""

    @pytest.mark.parametrize("workers", [1, 2])
    def test_nothing_in_the_clear(
        self,
        desk: Desk,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        workers: int,
    ) -> None:
        """Neither files, finished or half-written, nor temporary ones, logs, progress or results hold any."""
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        monkeypatch.setenv("TMPDIR", str(temporary))
        monkeypatch.setattr(tempfile, "tempdir", None)
        caplog.set_level(logging.DEBUG)
        seen: list[str] = []
        folder = desk.workspace.folder

        def look(*what: object) -> None:
            seen.append(repr(what))
            seen.extend(self.leaks(desk, *self.files(folder, temporary), serials=(1, 26)))

        job = split_print(desk, workers=workers, sheets_per_file=1, progress=look)
        print_stamps(
            desk.series,
            workspace=desk.workspace,
            serials=range(1, 28),
            images=[Serial(1)],
            printer=[str(FIRST.to_public())],
            passphrase=PASSPHRASE,
            progress=look,
        )
        told = [*seen, repr(job), *(record.getMessage() for record in caplog.records)]
        assert len(seen) > 4
        assert self.leaks(desk, *self.files(folder, temporary), *(text.encode() for text in told)) == []

    def test_the_search_would_find_one(self, desk: Desk) -> None:
        """The search of these tests finds codes and halves as text, bytes, hex and base64, deflated too."""
        pdf = io.BytesIO()
        made = pikepdf.new()
        a, _ = desk.secret.claim_halves(Serial(5))
        made.Root["/Hidden"] = made.make_stream(a.text.encode())
        made.save(pdf)
        code = desk.secret.claim_code(Serial(7))
        for data in (
            pdf.getvalue(),
            code.text.encode(),
            code.secret,
            code.secret.hex().encode(),
            pickle.dumps(a.share),
        ):
            assert len(self.leaks(desk, data)) == 1

    def test_a_task_does_not_show_what_it_hides(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A task that is written to a log by whoever schedules it shows neither halves nor codes."""
        shown: list[str] = []
        make = SheetTask.make

        def watched(self: SheetTask, folder: Path, told: Callable[[int], None]) -> object:
            shown.append(repr(self))
            return make(self, folder, told)

        monkeypatch.setattr(SheetTask, "make", watched)
        split_print(desk)
        assert len(shown) == 3
        assert self.leaks(desk, *(text.encode() for text in shown)) == []

    def files(self, *folders: Path) -> Iterator[bytes]:
        """Yield every file, whatever its name."""
        for folder in folders:
            for root, _, names in os.walk(folder):
                for name in names:
                    path = Path(root) / name
                    try:
                        if path.is_file():  # and no socket
                            yield path.read_bytes()
                    except FileNotFoundError:
                        continue  # a half-written file that has got its name meanwhile

    def leaks(self, desk: Desk, *contents: bytes, serials: Iterable[int] = range(1, 28)) -> list[str]:
        """Return which codes and halves are in these contents, PDF streams opened."""
        wanted = {}
        for number in serials:
            serial = Serial(number)
            code, halves = desk.secret.claim_code(serial), desk.secret.claim_halves(serial)
            for secret, text in ((code.secret, code.text), *((half.share, half.text) for half in halves)):
                bare = text.split("-")[-7:]
                forms = (
                    secret,
                    secret.hex().encode(),
                    secret.hex().upper().encode(),
                    base64.b64encode(secret)[:20],
                    "-".join(bare).encode(),
                    "".join(bare).encode(),
                    " ".join(bare[1:3]).encode(),
                )
                wanted |= dict.fromkeys(forms, f"no. {number}")
        found = []
        for content in contents:
            data = content
            if content.startswith(b"%PDF"):
                with pikepdf.open(io.BytesIO(content)) as pdf:
                    streams = [each.read_bytes() for each in pdf.objects if isinstance(each, pikepdf.Stream)]
                data = b"\n".join([content, *streams])
            found += [name for form, name in wanted.items() if form in data]
        return found
