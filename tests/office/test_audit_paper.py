"""The audit reads printed sheets back; what is on them and was not planned is found, with its stamps."""

from __future__ import annotations

import pikepdf
import pytest
from support.desk import Desk

from cryptostamp.chain import VoidReason
from cryptostamp.errors import InputError
from cryptostamp.office import StampDesk, VoidOrder, audit, print_stamps
from cryptostamp.office.audit_paper import audit_paper
from cryptostamp.office.audit_report import AuditCode, AuditPart, Outcome
from cryptostamp.primitives import Serial

DEAD = "http://127.0.0.1:9"
SHEET_CODE_SIDE = 25


def read(desk: Desk, **options: int) -> AuditPart:
    return audit_paper(desk.series, workspace=desk.workspace, void={}, **options)


def with_void(desk: Desk, rpc: str = "") -> AuditPart:
    """Return the part about paper of an audit that asks the chain what is void."""
    found = audit(
        desk.series,
        workspace=desk.workspace,
        rpc=rpc or desk.url,
        paper=lambda void: audit_paper(desk.series, workspace=desk.workspace, void=void),
    )
    return found.parts[-1]


def void(desk: Desk, first: int, last: int, reason: VoidReason) -> None:
    order = VoidOrder(serials=((Serial(first), Serial(last)),), reason=reason)
    StampDesk(desk.dossier, desk.sender, desk.ledger).void(order)


def copy_code(desk: Desk, source: int, target: int, *, exchange: bool = False) -> None:
    """Put the symbol of one stamp of the first sheet on another one as well, or exchange the two."""
    path = next(desk.workspace.print_folder.glob("*-faces.pdf"))
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        content = list(pikepdf.parse_content_stream(page))
        images = [(at, each) for at, each in enumerate(content) if isinstance(each, pikepdf.ContentStreamInlineImage)]
        at = [number for number, each in images if each.iimage.width > SHEET_CODE_SIDE]
        old = content[at[target - 1]]
        content[at[target - 1]] = content[at[source - 1]]
        if exchange:
            content[at[source - 1]] = old
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(content))
        pdf.save(path)


def print_now(desk: Desk) -> None:
    """Print the edition at the chain's time, of which this machine's may be ahead."""
    now = desk.chain.head().timestamp
    print_stamps(desk.series, workspace=desk.workspace, clock=lambda: now)


class TestPaper:
    def test_as_planned(self, desk: Desk) -> None:
        """Several jobs are each read."""
        print_stamps(desk.series, workspace=desk.workspace, serials=range(1, 26))
        print_stamps(desk.series, workspace=desk.workspace, serials=range(26, 31))
        part = read(desk)
        assert part.outcome is Outcome.AGREES
        assert "no. 1 to 25" in part.what
        assert "no. 26 to 30" in part.what

    def test_another_stamp_in_its_place(self, desk: Desk) -> None:
        """A code that decodes to another stamp is told, with both places; so is the changed file."""
        print_stamps(desk.series, workspace=desk.workspace)
        copy_code(desk, 2, 1, exchange=True)
        part = read(desk)
        assert part.outcome is Outcome.DIFFERS
        assert {each.code for each in part.differences} == {AuditCode.PAPER_DIFFERS}
        assert {run for each in part.differences for run in each.serials} == {(1, 1), (2, 2)}

    def test_one_twice(self, desk: Desk) -> None:
        """A stamp that is on the paper twice, in the place of another, is told."""
        print_stamps(desk.series, workspace=desk.workspace)
        copy_code(desk, 1, 10)
        found = {(each.code, each.serials) for each in read(desk).differences}
        assert (AuditCode.PAPER_DIFFERS, ((10, 10),)) in found
        assert AuditCode.PAPER_EXTRA in {code for code, _ in found}

    def test_a_file_is_gone(self, desk: Desk) -> None:
        """What was printed and is not there is missing."""
        print_stamps(desk.series, workspace=desk.workspace)
        next(desk.workspace.print_folder.glob("*-faces.pdf")).unlink()
        assert AuditCode.PAPER_MISSING in {each.code for each in read(desk).differences}

    def test_a_sheet_is_gone(self, desk: Desk) -> None:
        """A sheet that is not in its file is missing, with the stamps that belong on it."""
        print_stamps(desk.series, workspace=desk.workspace)
        path = next(desk.workspace.print_folder.glob("*-faces.pdf"))
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            del pdf.pages[1]
            pdf.save(path)
        found = {(each.code, each.serials) for each in read(desk).differences}
        assert (AuditCode.PAPER_MISSING, ((26, 30),)) in found

    def test_a_file_that_nobody_knows(self, desk: Desk) -> None:
        """A file of sheets that the ledger does not have is told by its name: somebody may print it."""
        print_stamps(desk.series, workspace=desk.workspace)
        path = next(desk.workspace.print_folder.glob("*-faces.pdf"))
        path.with_name("LEAP-again-faces.pdf").write_bytes(path.read_bytes())
        (difference,) = read(desk).differences
        assert difference.code is AuditCode.FILE_UNKNOWN
        assert "LEAP-again-faces.pdf" in difference.what

    def test_the_manifest_is_gone(self, desk: Desk) -> None:
        """A job of which no manifest tells is not passed over: the ledger knows that it was printed."""
        print_stamps(desk.series, workspace=desk.workspace)
        next(desk.workspace.print_folder.glob("*-manifest.json")).unlink()
        (difference,) = read(desk).differences
        assert (difference.code, difference.serials) == (AuditCode.PAPER_MISSING, ((1, 30),))

    def test_a_sample(self, desk: Desk) -> None:
        """One sheet of two is drawn by lot, and the answer says so."""
        print_stamps(desk.series, workspace=desk.workspace)
        part = read(desk, sheets=1)
        assert part.outcome is Outcome.AGREES
        assert "1 of 2 sheets, drawn by lot" in part.what

    def test_no_sheets_at_all(self, desk: Desk) -> None:
        """A sample of nothing is refused."""
        print_stamps(desk.series, workspace=desk.workspace)
        with pytest.raises(InputError, match="at least one sheet"):
            read(desk, sheets=0)


class TestVoid:
    def test_before_it_was_printed(self, desk: Desk) -> None:
        """A stamp that was void when its sheet was made, and is on it, is told."""
        void(desk, 3, 4, VoidReason.LOST)
        now = desk.chain.head().timestamp
        print_stamps(desk.series, workspace=desk.workspace, clock=lambda: now + 60)
        (difference,) = with_void(desk).differences
        assert (difference.code, difference.serials) == (AuditCode.PRINTED_BUT_VOID, ((3, 4),))

    def test_spoiled_sheets_and_stamps(self, desk: Desk) -> None:
        """A sheet that was spoiled as a whole is no difference; a spoiled stamp among good ones is."""
        print_now(desk)
        void(desk, 26, 30, VoidReason.SPOILED)
        assert with_void(desk).outcome is Outcome.AGREES
        void(desk, 5, 6, VoidReason.SPOILED)
        (difference,) = with_void(desk).differences
        assert (difference.code, difference.serials) == (AuditCode.VOID_BUT_PRINTED, ((5, 6),))
        assert "spoiled" in difference.what

    def test_stolen_stamps(self, desk: Desk) -> None:
        """Stolen stamps are on paper, in other hands, and void: that is as it should be."""
        print_now(desk)
        void(desk, 5, 6, VoidReason.STOLEN)
        assert with_void(desk).outcome is Outcome.AGREES

    def test_without_a_node(self, desk: Desk) -> None:
        """Where nobody says what is void, good sheets are not said to agree, and bad ones differ all the same."""
        print_now(desk)
        part = with_void(desk, DEAD)
        assert part.outcome is Outcome.NOT_CHECKED
        assert part.what.endswith("What is void is not known.")
        copy_code(desk, 1, 10)
        assert with_void(desk, DEAD).outcome is Outcome.DIFFERS
