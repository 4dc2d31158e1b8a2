"""Readers of sheets: this process or others, bounded in time, and alike in what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from support.desk import LEAPFROG

from cryptostamp.codes import PublicCode, public_symbol
from cryptostamp.errors import EnvironmentProblem
from cryptostamp.press import ProofPlan, StampFace, write_face_pdf
from cryptostamp.primitives import ChainId, Serial, parse_address
from cryptostamp.printshop.proof_reading import PageReading, Readers, ReadTask, sheets_to_read
from cryptostamp.series import load_series

CONTRACT = parse_address("0x" + "11" * 20)


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> ReadTask:
    """Print a sheet of three stamps, to be read."""
    series = load_series(LEAPFROG)
    path = tmp_path_factory.mktemp("sheets") / "faces.pdf"
    faces = []
    for number in (1, 2, 3):
        code = PublicCode.make(
            host="lilypond.example",
            chain_id=ChainId(31337),
            contract=CONTRACT,
            serial=Serial(number),
            claim_key=CONTRACT,
        )
        face = StampFace(
            serial=Serial(number),
            design=series.designs[0],
            variant=series.variants[0],
            symbol=public_symbol(code),
            short_code=code.short(series.id).text,
        )
        faces.append(face)
    write_face_pdf(path, series, faces)
    return ReadTask(source=path, name=path.name, pages=(0,), places=ProofPlan(series, faces[0].symbol.side).places)


def endless(path: Path) -> Path:
    """Write a small file whose only page would take years to draw: forms of forms of forms."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(300, 300))
        inner = pdf.make_stream(b"0 0 m 300 300 l S " * 50)
        for level in range(12):
            form = inner if level == 0 else pdf.make_stream(b"/F Do " * 20)
            form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            form.BBox = pikepdf.Array([0, 0, 300, 300])
            if level:
                form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
            inner = form
        pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
        pdf.pages[0].contents_add(b"/F Do")
        pdf.save(path)
    return path


def read(readers: Readers, tasks: Iterator[ReadTask] | list[ReadTask], *, guarded: bool = False) -> list[PageReading]:
    with readers:
        return list(readers.read(tasks, guarded=guarded))


class TestReaders:
    def test_alike(self, task: ReadTask) -> None:
        """This process, a guarded one and two say the same of the same pages, in the same order."""
        alone = read(Readers(1), [task, task])
        assert [len(place.symbols) for place in alone[0].places[:4]] == [1, 1, 1, 0]
        assert alone[0] == alone[1]
        assert read(Readers(1), [task, task], guarded=True) == alone
        assert read(Readers(2), [task, task]) == alone

    def test_a_page_without_end(self, task: ReadTask, tmp_path: Path) -> None:
        """A file made to keep its reader busy for ever costs a bounded time, and is named."""
        hostile = replace(task, source=endless(tmp_path / "endless.pdf"), name="endless.pdf")
        with pytest.raises(EnvironmentProblem, match="between pages 1 and 1: it took too long") as refusal:
            read(Readers(1, seconds_a_page=1), [hostile], guarded=True)
        assert refusal.value.where == "endless.pdf"

    def test_after_a_loss(self, task: ReadTask, tmp_path: Path) -> None:
        """When a reader was lost, others read what comes next."""
        hostile = replace(task, source=endless(tmp_path / "endless.pdf"))
        with Readers(1, seconds_a_page=1) as readers:
            with pytest.raises(EnvironmentProblem):
                list(readers.read([hostile], guarded=True))
            assert len(list(readers.read([task], guarded=True))) == 1

    def test_what_cannot_be_read(self, task: ReadTask, tmp_path: Path) -> None:
        """A file that is not there is a reading that says so, page by page."""
        (found,) = read(Readers(1), [replace(task, source=tmp_path / "missing.pdf")])
        assert (found.places, found.problem) == ((), "The file cannot be opened: No such file or directory.")

    def test_representation_is_harmless(self, task: ReadTask) -> None:
        """What was read may be secret: neither texts nor letters show."""
        shown = repr(read(Readers(1), [task]))
        assert "lilypond" not in shown.lower()
        assert "LEAP-1" not in shown


class TestHowMuch:
    @pytest.mark.parametrize(
        ("sheets", "asked", "read_back"),
        [(40, None, 40), (400, None, 400), (401, None, 300), (6000, None, 300), (40, 50, 40), (40, 7, 7), (6000, 0, 0)],
    )
    def test_small_jobs_whole(self, sheets: int, asked: int | None, read_back: int) -> None:
        """Jobs of up to 400 sheets are read whole, 300 sheets of larger ones, or as many as are asked for."""
        assert sheets_to_read(sheets, asked) == read_back
