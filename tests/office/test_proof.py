"""A proof reads finished sheets back with other programs than those that wrote them, and names what differs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from support.desk import Desk

from cryptostamp.codes import claim_symbol, public_symbol
from cryptostamp.errors import InputError
from cryptostamp.office import Difference, DifferenceCode, Proof, print_stamps, proof_prints, public_code_of
from cryptostamp.office.printing import face_of
from cryptostamp.press import ProofPlan, StampFace, write_face_pdf
from cryptostamp.primitives import Box, Serial, parse_address
from cryptostamp.series.models import SerialOrder

MM = 72 / 25.4
SHEET_CODE_SIDE = 25
NOT_DRAWN_HERE = parse_address("0x" + "ab" * 20)


@pytest.fixture
def printed(desk: Desk) -> Desk:
    """Print the whole edition: a full sheet and one with five stamps, in five designs."""
    print_stamps(desk.series, workspace=desk.workspace)
    return desk


def faces(desk: Desk) -> Path:
    return next(desk.workspace.print_folder.glob("*-faces.pdf"))


def proof_of(desk: Desk) -> Proof:
    return proof_prints(desk.series, workspace=desk.workspace)


def differences(desk: Desk) -> list[Difference]:
    """Return what a proof names, but for the digest of the file, which any edit changes."""
    found = proof_of(desk).differences
    assert found[0].code is DifferenceCode.FILE_CHANGED
    return list(found[1:])


def places(found: Sequence[Difference]) -> list[tuple[str, int | None, int | None]]:
    return [(each.code.value, each.sheet, each.position) for each in found]


def edit(desk: Desk, change: Callable[[pikepdf.Pdf], object]) -> None:
    with pikepdf.open(faces(desk), allow_overwriting_input=True) as pdf:
        change(pdf)
        pdf.save(faces(desk))


def reprint(desk: Desk, change: Callable[[StampFace], StampFace]) -> None:
    """Print the file again with other faces than those that were planned."""
    planned = (face_of(desk.series, desk.dossier, Serial(serial)) for serial in range(1, 31))
    write_face_pdf(faces(desk), desk.series, map(change, planned))


def symbols_of(page: pikepdf.Page) -> tuple[list[pikepdf.ContentStreamInstruction], list[int]]:
    """Return the operators of a page, and which of them are the symbols of stamps."""
    operators = list(pikepdf.parse_content_stream(page))
    images = [(at, each) for at, each in enumerate(operators) if isinstance(each, pikepdf.ContentStreamInlineImage)]
    return operators, [at for at, each in images if each.iimage.width > SHEET_CODE_SIDE]


def rewrite(pdf: pikepdf.Pdf, page: int, operators: list[pikepdf.ContentStreamInstruction]) -> None:
    pdf.pages[page].Contents = pdf.make_stream(pikepdf.unparse_content_stream(operators))


def cover(pdf: pikepdf.Pdf, page: int, box: Box, grey: int) -> None:
    """Lay a box over a page, as a careless layer would."""
    height = float(pdf.pages[page].mediabox[3])  # type: ignore[index]
    corner = f"{box.x_mm * MM:.3f} {height - box.bottom_mm * MM:.3f}"
    pdf.pages[page].contents_add(
        f"q {grey} g {corner} {box.width_mm * MM:.3f} {box.height_mm * MM:.3f} re f Q".encode()
    )


def symbol_at(desk: Desk, position: int) -> Box:
    side = face_of(desk.series, desk.dossier, Serial(1)).symbol.side
    return ProofPlan(desk.series, side).places[position - 1].symbol


class TestAGoodJob:
    def test_everything_agrees(self, printed: Desk) -> None:
        """All stamps of several designs on a full and a partial sheet are read back without a difference."""
        proof = proof_of(printed)
        assert (proof.agrees, proof.complete, proof.differences) == (True, True, ())
        assert (proof.sheets, proof.sheets_read, proof.stamps, proof.stamps_read) == (2, 2, 30, 30)
        assert proof.files == (faces(printed),)
        assert proof.sentence == "All 2 sheets were read back: 30 stamps as planned, no difference."

    def test_the_check_list(self, printed: Desk) -> None:
        """What was read is what was planned, line by line, and stands in the ledger."""
        path = proof_of(printed).check_list
        plan = next(printed.workspace.print_folder.glob("*-plan.csv"))
        assert path.name == "LEAP-000001-000030-check-list.csv"
        assert path.read_bytes() == plan.read_bytes()
        record = {each.name: each for each in printed.ledger.printed("LEAP")}[path.name]
        assert record.sha256 == hashlib.sha256(path.read_bytes()).digest()
        assert (record.first_serial, record.last_serial) == (1, 30)
        assert [each.step for each in printed.ledger.steps("LEAP")][-2:] == ["print", "proof"]

    def test_a_part_of_an_edition(self, desk: Desk) -> None:
        """A job that begins and ends within a sheet is read at the places it has there."""
        print_stamps(desk.series, workspace=desk.workspace, serials=range(24, 28))
        proof = proof_prints(desk.series, workspace=desk.workspace, serials=range(24, 28))
        assert (proof.agrees, proof.stamps_read, proof.sheets_read) == (True, 4, 2)
        rows = list(csv.reader(io.StringIO(proof.check_list.read_text("ascii"))))
        assert [row[:3] for row in rows[1:]] == [
            ["1", "24", "24"],
            ["1", "25", "25"],
            ["2", "1", "26"],
            ["2", "2", "27"],
        ]

    def test_several_files_and_readers(self, desk: Desk) -> None:
        """A job in several files, read by two processes, gives the same proof as read by this one."""
        small = replace(desk.series, sheet=replace(desk.series.sheet, rows=2, columns=2))
        print_stamps(small, workspace=desk.workspace, sheets_per_file=3)
        seen: list[tuple[str, int, int]] = []
        alone = proof_prints(small, workspace=desk.workspace, progress=lambda *what: seen.append(what))
        rows = alone.check_list.read_bytes()
        assert (alone.agrees, alone.sheets, len(alone.files)) == (True, 8, 3)
        assert [done for _, done, _ in seen] == list(range(9))
        assert proof_prints(small, workspace=desk.workspace, workers=2) == alone
        assert alone.check_list.read_bytes() == rows

    @pytest.mark.parametrize("order", SerialOrder)
    def test_every_order_of_serials(self, desk: Desk, order: SerialOrder) -> None:
        """Stamps are found at their places in several panes, by row, by column and down through stacks."""
        layout = replace(
            desk.series.sheet, rows=2, columns=2, panes_across=2, pane_gutter_mm=Decimal(4), order=order, stack_sheets=2
        )
        series = replace(desk.series, sheet=layout)
        print_stamps(series, workspace=desk.workspace)
        proof = proof_prints(series, workspace=desk.workspace)
        assert proof.differences == ()
        assert (proof.sheets, proof.stamps_read) == (4, 30)
        plan = next(desk.workspace.print_folder.glob("*-plan.csv"))
        assert sorted(proof.check_list.read_text().splitlines()) == sorted(plan.read_text().splitlines())


class TestASample:
    @pytest.fixture
    def many(self, desk: Desk) -> Desk:
        """Print fifteen sheets of two stamps."""
        small = replace(desk.series, sheet=replace(desk.series.sheet, rows=1, columns=2))
        print_stamps(small, workspace=desk.workspace)
        return replace(desk, series=small)

    def test_drawn_by_lot(self, many: Desk) -> None:
        """A sample says that it is one, reads the same sheets each time, and has a check list of its own."""
        proof = proof_prints(many.series, workspace=many.workspace, sheets=4)
        assert (proof.agrees, proof.complete, proof.sheets, proof.sheets_read, proof.stamps_read) == (
            True,
            False,
            15,
            4,
            8,
        )
        assert "4 of 15 sheets, drawn by lot, were read back: 8 stamps as planned" in proof.sentence
        assert proof.certainty == pytest.approx(4 / 15)
        assert proof.check_list.name == "LEAP-000001-000030-check-list-of-sample.csv"
        rows = proof.check_list.read_text("ascii").splitlines()[1:]
        assert len({row.partition(",")[0] for row in rows}) == 4
        assert len(rows) == 8
        assert proof_prints(many.series, workspace=many.workspace, sheets=4) == proof
        assert proof.check_list.read_text("ascii").splitlines()[1:] == rows

    def test_more_than_there_are(self, many: Desk) -> None:
        """A sample as large as the job is the whole job."""
        assert proof_prints(many.series, workspace=many.workspace, sheets=99).complete

    def test_certainty_of_the_usual_sample(self, many: Desk) -> None:
        """Of a large job as many sheets are read as find a fault on one sheet in a hundred with 95 %."""
        whole = proof_prints(many.series, workspace=many.workspace, sheets=1)
        assert 0.95 < replace(whole, sheets=6000, sheets_read=300).certainty < 0.96

    def test_pages_that_were_not_drawn_are_measured(self, many: Desk) -> None:
        """A page of another size is found wherever it lies, though its stamps are not read."""
        sizes = [0, 0, 300, 300]

        def enlarge(pdf: pikepdf.Pdf) -> None:
            for page in pdf.pages:
                page.MediaBox = pikepdf.Array(sizes)

        edit(many, enlarge)
        found = proof_prints(many.series, workspace=many.workspace, sheets=1).differences
        assert sum(each.code is DifferenceCode.PAGE_SIZE for each in found) >= 15

    def test_a_page_is_missing(self, many: Desk) -> None:
        """When pages are missing, every page of the file is read to say which."""
        edit(many, lambda pdf: pdf.pages.remove(p=7))
        proof = proof_prints(many.series, workspace=many.workspace, sheets=1)
        assert places(proof.differences[1:]) == [("page-missing", 7, None)]
        assert proof.sheets_read == 14


class TestSymbols:
    def test_two_are_exchanged(self, printed: Desk) -> None:
        """Codes that lie on each other's stamps are named at both places."""

        def exchange(pdf: pikepdf.Pdf) -> None:
            operators, at = symbols_of(pdf.pages[0])
            operators[at[2]], operators[at[6]] = operators[at[6]], operators[at[2]]
            rewrite(pdf, 0, operators)

        edit(printed, exchange)
        found = differences(printed)
        assert places(found) == [("wrong-place", 1, 3), ("wrong-place", 1, 7)]
        assert found[0].sentence == (
            "This place belongs to stamp no. 3; stamp no. 7 lies there, whose place is sheet 1, position 7."
        )
        assert [each.serial for each in found] == [3, 7]

    def test_one_is_printed_twice(self, printed: Desk) -> None:
        """A code on two stamps is out of place on one of them, and printed once too often."""

        def repeat(pdf: pikepdf.Pdf) -> None:
            operators, at = symbols_of(pdf.pages[0])
            operators[at[9]] = operators[at[0]]
            rewrite(pdf, 0, operators)

        edit(printed, repeat)
        found = differences(printed)
        assert places(found) == [("wrong-place", 1, 10), ("duplicate", 1, 10)]
        assert found[1].sentence == "Stamp no. 1 is printed once more here."

    def test_one_is_moved(self, printed: Desk) -> None:
        """A code that lies two millimetres beside its place is found there and named."""

        def move(pdf: pikepdf.Pdf) -> None:
            operators, at = symbols_of(pdf.pages[0])
            matrix = [float(value) for value in operators[at[4] - 1].operands]  # type: ignore[arg-type]
            matrix[4] -= 2
            operators[at[4] - 1] = pikepdf.ContentStreamInstruction(matrix, pikepdf.Operator("cm"))
            rewrite(pdf, 0, operators)

        edit(printed, move)
        found = differences(printed)
        assert places(found) == [("wrong-place", 1, 5)]
        assert re.fullmatch(r"The code of stamp no\. 5 lies (1\.9|2\.0|2\.1) mm from its place\.", found[0].sentence)

    def test_one_is_covered(self, printed: Desk) -> None:
        """A black box over a code makes it unreadable, and the check list leaves it out."""
        edit(printed, lambda pdf: cover(pdf, 1, symbol_at(printed, 2), grey=0))
        proof = proof_of(printed)
        assert places(proof.differences[1:]) == [("unreadable", 2, 2)]
        assert not proof.agrees
        assert proof.sentence == "All 2 sheets were read back: 29 stamps as planned, 2 differences."
        rows = list(csv.reader(io.StringIO(proof.check_list.read_text("ascii"))))[1:]
        assert "27" not in {row[2] for row in rows}
        assert len(rows) == 29

    def test_one_is_not_there(self, printed: Desk) -> None:
        """A place without ink is called blank."""
        edit(printed, lambda pdf: cover(pdf, 0, symbol_at(printed, 25).grown(1.3), grey=1))
        assert places(differences(printed)) == [("missing", 1, 25)]

    def test_one_is_damaged(self, printed: Desk) -> None:
        """A code that reads only thanks to its error correction is named: it is damaged on the plate already."""
        symbol = symbol_at(printed, 8)
        spot = Box(x_mm=symbol.x_mm + 6, y_mm=symbol.y_mm + 6, width_mm=1.6, height_mm=1.6)
        edit(printed, lambda pdf: cover(pdf, 0, spot, grey=0))
        found = differences(printed)
        assert places(found) == [("damaged", 1, 8)]
        assert "it can be read, but" in found[0].sentence

    def test_the_code_of_another_contract(self, printed: Desk) -> None:
        """A well-formed code of another series is refused, with its contract."""
        self.with_code(printed, 4, contract=NOT_DRAWN_HERE)
        found = differences(printed)
        assert places(found) == [("wrong-code", 1, 4)]
        assert f"contract {NOT_DRAWN_HERE} on chain 31337" in found[0].sentence

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"tag": "00000000"}, "what lies there says no. 4, but is not the code that was issued for it."),
            ({"host": "elsewhere.example"}, "the code there leads to elsewhere.example."),
            ({"serial": Serial(31)}, "what lies there says no. 31, but is not the code that was issued for it."),
        ],
    )
    def test_an_invented_code(self, printed: Desk, change: dict[str, object], sentence: str) -> None:
        """A code that was never issued, or leads elsewhere, is refused for what it is."""
        self.with_code(printed, 4, **change)
        found = differences(printed)
        assert places(found) == [("wrong-code", 1, 4)]
        assert found[0].sentence.endswith(sentence)

    def test_a_stamp_of_another_job(self, desk: Desk) -> None:
        """A stamp of the edition that this job does not print is unexpected."""
        chosen = range(1, 6)
        print_stamps(desk.series, workspace=desk.workspace, serials=chosen)
        planned = [face_of(desk.series, desk.dossier, Serial(serial)) for serial in chosen]
        planned[1] = replace(planned[1], symbol=face_of(desk.series, desk.dossier, Serial(30)).symbol)
        write_face_pdf(faces(desk), desk.series, planned)
        found = proof_prints(desk.series, workspace=desk.workspace, serials=chosen).differences[1:]
        assert places(found) == [("unexpected", 1, 2)]
        assert "stamp no. 30 lies there, which is not in this job" in found[0].sentence

    def test_a_place_that_is_to_be_empty(self, desk: Desk) -> None:
        """A stamp more than planned is named at its place."""
        print_stamps(desk.series, workspace=desk.workspace, serials=range(1, 6))
        write_face_pdf(faces(desk), desk.series, (face_of(desk.series, desk.dossier, Serial(n)) for n in range(1, 7)))
        found = proof_prints(desk.series, workspace=desk.workspace, serials=range(1, 6)).differences[1:]
        assert places(found) == [("unexpected", 1, 6)]
        assert found[0].sentence.startswith("This place is to be empty; stamp no. 6 lies there")

    def test_a_hidden_code_on_the_face(self, printed: Desk) -> None:
        """A hidden code that lies open is the worst of all; it is named, and never repeated."""
        code = printed.secret.claim_code(Serial(3))
        symbol = claim_symbol(code, printed.series.issuer.domain)
        reprint(printed, lambda face: replace(face, symbol=symbol) if face.serial == 3 else face)
        proof = proof_of(printed)
        assert places(proof.differences[1:]) == [("hidden-code", 1, 3)]
        told = repr(proof) + proof.check_list.read_text("ascii")
        assert code.text not in told
        assert code.text.replace("-", "") not in told

    def with_code(self, desk: Desk, stamp: int, **change: object) -> None:
        """Print a stamp with a changed code; its letters stay as planned."""

        def changed(face: StampFace) -> StampFace:
            if face.serial != stamp:
                return face
            code = replace(public_code_of(desk.dossier, face.serial), **change)  # type: ignore[arg-type]
            return replace(face, symbol=public_symbol(code, least_version=face.symbol.version))

        reprint(desk, changed)


class TestLetters:
    def test_a_short_code_differs(self, printed: Desk) -> None:
        """Letters that say something else than the QR beside them are named, with what they say."""
        right = face_of(printed.series, printed.dossier, Serial(6)).short_code
        wrong = right[:-1] + ("7" if right[-1] != "7" else "8")
        reprint(printed, lambda face: replace(face, short_code=wrong) if face.serial == 6 else face)
        proof = proof_of(printed)
        found = proof.differences[1:]
        assert places(found) == [("text-differs", 1, 6)]
        assert found[0].sentence == f"Stamp no. 6 does not say {right!r} in letters; it says {wrong!r}."
        assert f"1,6,6,{wrong}," in proof.check_list.read_text("ascii")

    def test_letters_are_missing(self, printed: Desk) -> None:
        """A stamp without its number and short code is named twice; the check list has no short code to show."""

        def silence(pdf: pikepdf.Pdf) -> None:
            operators, at = symbols_of(pdf.pages[1])
            shown = [n for n, each in enumerate(operators) if n > at[4] and str(each.operator) in {"TJ", "Tj"}]
            rewrite(pdf, 1, [each for n, each in enumerate(operators) if n not in shown])

        edit(printed, silence)
        proof = proof_of(printed)
        assert places(proof.differences[1:]) == [("text-differs", 2, 5)] * 2
        assert proof.check_list.read_text("ascii").splitlines()[-1].startswith("2,5,30,,https://")


class TestTheSheetItself:
    def test_its_code_is_another_sheet_s(self, printed: Desk) -> None:
        """The code in the selvedge is compared as well: whoever packs sheets goes by it."""

        def exchange(pdf: pikepdf.Pdf) -> None:
            pages = [list(pikepdf.parse_content_stream(page)) for page in pdf.pages]
            at = [
                next(n for n, each in enumerate(page) if isinstance(each, pikepdf.ContentStreamInlineImage))
                for page in pages
            ]
            pages[0][at[0]], pages[1][at[1]] = pages[1][at[1]], pages[0][at[0]]
            for number, page in enumerate(pages):
                rewrite(pdf, number, page)

        edit(printed, exchange)
        found = differences(printed)
        assert [(each.code.value, each.page) for each in found] == [("sheet-code", 1), ("sheet-code", 2)]
        assert found[0].sentence == "The code of the sheet says something else than 'LEAP/1/01-25'."

    def test_its_code_is_covered(self, printed: Desk) -> None:
        """A code of a sheet that cannot be read is named."""
        place = ProofPlan(printed.series, 37).sheet_place
        assert place is not None
        edit(printed, lambda pdf: cover(pdf, 0, place.symbol, grey=0))
        (found,) = differences(printed)
        assert (found.code, found.sheet, found.position) == (DifferenceCode.SHEET_CODE, 1, None)

    def test_another_symbol_in_the_selvedge(self, printed: Desk) -> None:
        """A symbol that nobody planned is found wherever it lies."""

        def add(pdf: pikepdf.Pdf) -> None:
            operators, at = symbols_of(pdf.pages[0])
            stray = [
                pikepdf.ContentStreamInstruction([], pikepdf.Operator("q")),
                pikepdf.ContentStreamInstruction([13 * MM, 0, 0, 13 * MM, 0, 0], pikepdf.Operator("cm")),
                operators[at[0]],
                pikepdf.ContentStreamInstruction([], pikepdf.Operator("Q")),
            ]
            page = pikepdf.unparse_content_stream(operators) + b"\n0 g " + pikepdf.unparse_content_stream(stray)
            pdf.pages[0].Contents = pdf.make_stream(page)

        edit(printed, add)
        (found,) = differences(printed)
        assert (found.code, found.page, found.position) == (DifferenceCode.UNEXPECTED, 1, None)
        assert "Outside of the stamps" in found.sentence


class TestPages:
    def test_a_page_is_missing(self, printed: Desk) -> None:
        """The sheet that is not there is named once, with its stamps; those on other sheets are found."""
        edit(printed, lambda pdf: pdf.pages.remove(p=1))
        proof = proof_of(printed)
        (found,) = proof.differences[1:]
        assert (found.code, found.sheet) == (DifferenceCode.PAGE_MISSING, 1)
        assert found.sentence == "Sheet 1 is not in the file (stamps no. 1 to 25)."
        assert proof.stamps_read == 5

    def test_pages_change_places(self, printed: Desk) -> None:
        """Sheets in another order than planned are named, and their stamps compared all the same."""
        edit(printed, lambda pdf: pdf.pages.reverse())
        proof = proof_of(printed)
        assert [each.code for each in proof.differences[1:]] == [DifferenceCode.PAGE_ORDER]
        assert proof.stamps_read == 30

    def test_a_page_comes_twice(self, printed: Desk) -> None:
        """A sheet that is in the file once more would be printed once more."""
        edit(printed, lambda pdf: pdf.pages.append(pdf.pages[0]))
        (found,) = differences(printed)
        assert (found.code, found.page, found.sheet) == (DifferenceCode.PAGE_UNEXPECTED, 3, 1)

    def test_an_empty_page(self, printed: Desk) -> None:
        """A page more, with nothing on it, is not taken for a sheet."""
        edit(printed, lambda pdf: pdf.add_blank_page())
        found = [each.code for each in differences(printed)]
        assert found == [DifferenceCode.PRINT_RULE, DifferenceCode.PAGE_UNEXPECTED]  # it has no TrimBox

    def test_a_colour_that_no_press_takes(self, printed: Desk) -> None:
        """What breaks a rule of PDF/X-4 is a difference of its file, in a sentence."""
        edit(printed, lambda pdf: pdf.pages[0].contents_add(b"1 0 0 rg 0 0 1 1 re f"))
        (found,) = differences(printed)
        assert found.code is DifferenceCode.PRINT_RULE
        assert found.sentence == "PDF/X-4, no-device-rgb: DeviceRGB is used in page 1 (operator rg)."

    def test_a_page_is_turned(self, printed: Desk) -> None:
        """A page that a viewer turns lies on the press as nobody planned it."""
        edit(printed, lambda pdf: pdf.pages[1].rotate(180, relative=False))
        found = differences(printed)
        assert found[0].code is DifferenceCode.PAGE_SIZE
        assert found[0].sentence == "The page is turned by 180 degrees."

    def test_the_trim_is_another(self, printed: Desk) -> None:
        """A trimmed size that was changed is named with both measures."""

        def cut_more(pdf: pikepdf.Pdf) -> None:
            left, bottom, right, top = (float(value) for value in list(pdf.pages[0].trimbox))  # type: ignore[call-overload]
            pdf.pages[0].TrimBox = pikepdf.Array([left + MM, bottom, right, top])

        edit(printed, cut_more)
        (found,) = differences(printed)
        assert (found.code, found.page) == (DifferenceCode.PAGE_SIZE, 1)
        assert found.sentence.startswith("The trimmed sheet is 223.0 x 264.0 mm")
        assert "planned is 224.0 x 264.0 mm" in found.sentence

    def test_a_huge_page(self, printed: Desk) -> None:
        """A page that no press could print is not drawn, and the others are."""

        def blow_up(pdf: pikepdf.Pdf) -> None:
            pdf.pages[0].MediaBox = pikepdf.Array([0, 0, 14_000, 14_000])

        edit(printed, blow_up)
        proof = proof_of(printed)
        assert places(proof.differences[1:]) == [("page-unreadable", 1, None)]
        assert "no press prints such a sheet" in proof.differences[1].sentence
        assert proof.stamps_read == 5


class TestFiles:
    def test_a_changed_file(self, printed: Desk) -> None:
        """A file whose stamps are all right is still not the one that was printed."""
        edit(printed, lambda _pdf: None)
        proof = proof_of(printed)
        assert [each.code for each in proof.differences] == [DifferenceCode.FILE_CHANGED]
        assert proof.stamps_read == 30

    def test_a_file_is_gone(self, printed: Desk) -> None:
        """A file that the manifest names and the folder lacks is a difference."""
        faces(printed).unlink()
        assert [each.code for each in proof_of(printed).differences] == [DifferenceCode.FILE_MISSING]

    @pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n" + b"\0" * 5000])
    def test_a_file_that_is_none(self, printed: Desk, content: bytes) -> None:
        """What is no PDF is said to be none."""
        faces(printed).write_bytes(content)
        found = proof_of(printed).differences
        assert [each.code for each in found] == [DifferenceCode.FILE_CHANGED, DifferenceCode.FILE_UNREADABLE]

    @pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
    def test_a_truncated_file(self, printed: Desk, share: float) -> None:
        """A file that was cut short gives differences, wherever it ends, and never an exception."""
        data = faces(printed).read_bytes()
        faces(printed).write_bytes(data[: int(len(data) * share)])
        proof = proof_of(printed)
        assert proof.differences[0].code is DifferenceCode.FILE_CHANGED
        assert proof.difference_count > 1

    def test_thousands_of_pages(self, printed: Desk) -> None:
        """A file of more pages than any print file has is not read."""
        with pikepdf.new() as pdf:
            page = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Page, MediaBox=[0, 0, 10, 10]))
            pdf.Root.Pages.Kids = pikepdf.Array([page] * 20_001)
            pdf.Root.Pages.Count = 20_001
            pdf.save(faces(printed))
        found = proof_of(printed).differences
        assert [each.code for each in found] == [DifferenceCode.FILE_CHANGED, DifferenceCode.FILE_UNREADABLE]
        assert "20,001 pages" in found[1].sentence

    def test_stamps_in_no_file(self, printed: Desk) -> None:
        """Stamps of the job that no finished file holds are counted."""
        path = next(printed.workspace.print_folder.glob("*-manifest.json"))
        manifest = json.loads(path.read_bytes())
        manifest["files"][0]["last_serial"] = 25
        path.write_text(json.dumps(manifest))
        found = proof_of(printed).differences
        assert found[-1].code is DifferenceCode.NOT_PRINTED
        assert found[-1].sentence == "5 stamps of the job are in no finished file."

    def test_files_are_not_touched(self, printed: Desk) -> None:
        """A proof leaves every file but the check list as it is."""
        before = dict(self.content(printed))
        path = proof_of(printed).check_list
        after = dict(self.content(printed))
        assert after.pop(path.name)
        assert after == before

    def content(self, desk: Desk) -> Iterator[tuple[str, bytes]]:
        """Give every file of the folder of prints."""
        return ((path.name, path.read_bytes()) for path in desk.workspace.print_folder.iterdir())


class TestRefusals:
    def test_nothing_was_printed(self, desk: Desk) -> None:
        """Without a print job there is nothing to proof."""
        with pytest.raises(InputError, match="No finished print job LEAP-000001-000030"):
            proof_of(desk)

    def test_another_job_was_printed(self, desk: Desk) -> None:
        """The jobs that were printed are named."""
        print_stamps(desk.series, workspace=desk.workspace, serials=range(1, 3))
        with pytest.raises(InputError) as refusal:
            proof_of(desk)
        assert "LEAP-000001-000002; name one with --serials" in refusal.value.remedy

    @pytest.mark.parametrize("change", [{"sheets": 0}, {"workers": 0}, {"serials": range(3, 3)}])
    def test_a_proof_of_nothing(self, printed: Desk, change: dict[str, int]) -> None:
        """No sheets, no stamps or no readers is a mistake."""
        with pytest.raises(InputError):
            proof_prints(printed.series, workspace=printed.workspace, **change)  # type: ignore[arg-type]

    def test_a_changed_series(self, printed: Desk) -> None:
        """A series that is no longer the issued one has no plan to compare with."""
        with pytest.raises(InputError, match="no longer as it was issued"):
            proof_prints(replace(printed.series, title="Leapfrogs"), workspace=printed.workspace)


class TestOrders:
    """Serials may lie on their sheets in another order than by row."""

    @pytest.mark.parametrize("order", [SerialOrder.COLUMN, SerialOrder.STACK])
    def test_panes_and_stacks_are_read_back(self, desk: Desk, order: SerialOrder) -> None:
        """Two panes of four, a full stack of three sheets and a short one: every stamp is read at its place."""
        sheet = replace(desk.series.sheet, rows=2, columns=2, panes_across=2, order=order, stack_sheets=3)
        series = replace(desk.series, sheet=sheet)
        print_stamps(series, workspace=desk.workspace, sheets_per_file=2)
        proof = proof_prints(series, workspace=desk.workspace)
        assert (proof.sheets_read, proof.stamps_read, proof.differences) == (4, 30, ())
