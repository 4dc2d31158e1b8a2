"""The proof of a print job: its finished files are read back and compared with what was to be printed.

Pages are drawn by PDFium and symbols decoded by zxing-cpp, neither of which wrote a file; letters are taken as the
file has them. Whatever differs is named. The check list holds what was read, never what was meant. Small jobs
are read whole; of large ones sheets are drawn by lot, with a lot that follows from the files' own digests, so that
nobody knows it before they are finished and anybody can draw it again. Every file of faces is checked by the rules of
PDF/X-4 (`cryptostamp.press.check_pdfx`) too. The proof is about files: it says nothing of plates, paper and
ink, and it cannot open the sealed layers of hidden codes.
"""

from __future__ import annotations

import hashlib
import io
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from cryptostamp.edition import Dossier, symbol_form
from cryptostamp.errors import EnvironmentProblem, InputError
from cryptostamp.files import sha256_of, write_whole
from cryptostamp.ledger import PrintedFile
from cryptostamp.office.printing import check_issued
from cryptostamp.office.progress import Progress
from cryptostamp.office.workspace import Workspace
from cryptostamp.press import Finding, Outcome, PrintedFilePages, ProofPlan, check_pdfx
from cryptostamp.primitives import Hash32, Serial
from cryptostamp.printshop.print_run import FinishedFile, Manifest
from cryptostamp.printshop.proof_judge import OFF_SIZE_MM, Difference, DifferenceCode, Judge, ReadRow
from cryptostamp.printshop.proof_reading import PageReading, Readers, ReadTask, sheets_to_read
from cryptostamp.series import Series

__all__ = ["Proof", "proof_prints"]

MOST_DIFFERENCES: Final = 1000
"""Differences that are kept; the rest is counted."""
_PAGES_A_TASK: Final = 4
_FACES: Final = "-faces.pdf"
_HEADER: Final = b"sheet,position,serial,short code,public code\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a proof found."""

    files: tuple[Path, ...]
    """The files of faces that belong to the job."""
    sheets: int
    """In the job."""
    sheets_read: int
    stamps: int
    """In the job."""
    stamps_read: int
    """Read at their places as planned."""
    difference_count: int
    differences: tuple[Difference, ...]
    """The differences, at most a thousand of them."""
    check_list: Path | None
    """CSV of what was read: sheet, position, serial, short code, public code. Nothing secret. `None` if not kept."""

    @property
    def agrees(self) -> bool:
        """Whether nothing that was read differs from the plan."""
        return self.difference_count == 0

    @property
    def complete(self) -> bool:
        """Whether every sheet was read."""
        return self.sheets_read >= self.sheets

    @property
    def certainty(self) -> float:
        """How likely a fault on one sheet in a hundred was to be met with, 0..1."""
        faulty = max(1, self.sheets // 100)
        if self.sheets_read > self.sheets - faulty:
            return 1.0
        drawn = range(self.sheets_read)
        return 1 - math.prod((self.sheets - faulty - index) / (self.sheets - index) for index in drawn)

    @property
    def sentence(self) -> str:
        """The result in one or two sentences."""
        if not self.complete:
            how = f"{self.sheets_read:,} of {_many(self.sheets, 'sheet')}, drawn by lot, were"
        else:
            how = f"All {self.sheets:,} sheets were" if self.sheets > 1 else "The sheet was"
        read = f"{how} read back: {_many(self.stamps_read, 'stamp')} as planned"
        if not self.agrees:
            return f"{read}, {_many(self.difference_count, 'difference')}."
        if self.complete:
            return f"{read}, no difference."
        return (
            f"{read}, no difference. A fault on one sheet in a hundred would have been met with "
            f"a certainty of {self.certainty:.0%}."
        )


def proof_prints(
    series: Series,
    *,
    workspace: Workspace,
    serials: range | None = None,
    sheets: int | None = None,
    workers: int = 1,
    keep: bool = True,
    seen: Callable[[str, ReadRow], None] = lambda _file, _row: None,
    progress: Progress = lambda _what, _done, _total: None,
    clock: Callable[[], int] = lambda: int(time.time()),
) -> Proof:
    """Read the finished sheets of the job that printed `serials` (the whole edition if `None`), and compare.

    `sheets` is how many to read, drawn by lot; as many as there are, or more, means all. Without it jobs of up to
    400 sheets are read whole, and 300 sheets of others. Pages are read by `workers` processes.
    Writes the check list, unless it is not to `keep` anything; tells `seen` of each stamp that was read, and in which
    file; whatever is wrong with a print file is part of the result, not an error. Raises
    `InputError` if there is no such job or the series is not the issued one, `EnvironmentProblem`
    if a file that was not changed brings the reader down.
    """
    dossier = workspace.dossier()
    check_issued(series, dossier, workspace)
    if workers < 1 or (sheets is not None and sheets < 1):
        raise InputError("A proof needs at least one worker and at least one sheet.")
    if serials is not None and not serials:
        raise InputError("No stamps were chosen to proof.", remedy="Give a range such as 1-1000.")
    job = _Job(series, dossier, workspace, serials)
    with Readers(workers) as readers:
        proofing = _Proofing(job, readers, _lot(job, sheets), seen, progress)
        path = _kept(series, workspace, proofing, clock) if keep else None
        if path is None:
            proofing.run(io.BytesIO())
    return Proof(
        files=tuple(workspace.print_folder / file.name for file in job.files),
        sheets=job.sheets,
        sheets_read=proofing.sheets_read,
        stamps=len(job.serials),
        stamps_read=proofing.judge.agreed,
        difference_count=proofing.difference_count,
        differences=tuple(proofing.differences),
        check_list=path,
    )


def _kept(series: Series, workspace: Workspace, proofing: _Proofing, clock: Callable[[], int]) -> Path:
    """Run a proof, write its check list down, and return where that is."""
    job = proofing.job
    name = "check-list" if proofing.complete else "check-list-of-sample"
    path = workspace.print_folder / f"{job.name}-{name}.csv"
    with workspace.ledger() as ledger, ledger.step(series.id, "proof", clock=clock):
        write_whole(path, proofing.run)
        ledger.record_printed(
            series.id,
            PrintedFile(
                name=path.name,
                sha256=Hash32(bytes.fromhex(sha256_of(path))),
                first_serial=Serial(job.serials[0]),
                last_serial=Serial(job.serials[-1]),
                made_at=clock(),
            ),
        )
    return path


class _Job:
    """A print job as its manifest tells of it: files, sheets, and where each stamp is to be."""

    def __init__(self, series: Series, dossier: Dossier, workspace: Workspace, serials: range | None) -> None:
        self.folder = workspace.print_folder
        self.dossier = dossier
        self.ink_limit = series.printing.ink_limit
        self.serials = range(1, dossier.edition.size + 1) if serials is None else serials
        self.name = f"{series.id}-{self.serials[0]:06d}-{self.serials[-1]:06d}"
        manifest = Manifest(self.folder / f"{self.name}-manifest.json")
        self.files = sorted(
            (file for file in manifest.files.values() if file.name.endswith(_FACES) and _is_plain(file.name)),
            key=lambda file: file.first_serial,
        )
        if not self.files:
            others = sorted(path.name.removesuffix("-manifest.json") for path in self.folder.glob("*-manifest.json"))
            raise InputError(
                f"No finished print job {self.name} was found.",
                where=str(self.folder),
                remedy="Print these stamps first."
                + (f" Printed were: {', '.join(others)}; name one with --serials." if others else ""),
            )
        self.plan = ProofPlan(series, 17 + 4 * symbol_form(dossier).version)
        sheet_place = self.plan.sheet_place
        self.places = self.plan.places if sheet_place is None else (*self.plan.places, sheet_place)
        self.sheets = sum(self.sheets_of(file) for file in self.files)

    def sheets_of(self, file: FinishedFile) -> int:
        return sum(1 for _ in self.pages(file))

    def pages(self, file: FinishedFile) -> Iterator[tuple[int, dict[int, Serial]]]:
        return self.plan.pages(range(file.first_serial, file.last_serial + 1))


def _is_plain(name: str) -> bool:
    return Path(name).name == name


def _lot(job: _Job, sheets: int | None) -> frozenset[int]:
    """Draw the pages to be read, counted from 0 through all files: all, or some by lot."""
    count = sheets_to_read(job.sheets, sheets)
    if count == job.sheets:
        return frozenset(range(job.sheets))
    digest = hashlib.sha256("".join(file.sha256 for file in job.files).encode()).digest()
    order = np.random.default_rng(int.from_bytes(digest)).permutation(job.sheets)
    return frozenset(int(page) for page in order[:count])


class _Proofing:
    """One proof under way: streams readings from the readers to the judge, and what was read to the check list."""

    def __init__(
        self,
        job: _Job,
        readers: Readers,
        lot: frozenset[int],
        seen: Callable[[str, ReadRow], None],
        progress: Progress,
    ) -> None:
        self.job = job
        self.judge = Judge(job.dossier, job.plan, job.serials)
        self.complete = len(lot) == job.sheets
        self.differences: list[Difference] = []
        self.difference_count = 0
        self.sheets_read = 0
        self._readers = readers
        self._lot = lot
        self._seen = seen
        self._progress = progress

    def run(self, check_list: BinaryIO) -> None:
        """Proof every file and write what was read."""
        check_list.write(_HEADER)
        self._progress("Reading sheets back", 0, len(self._lot))
        before, printed = 0, 0
        for file in self.job.files:
            pages = list(self.job.pages(file))
            chosen = [index for index in range(len(pages)) if before + index in self._lot]
            self._file(file, pages, chosen, check_list)
            before += len(pages)
            printed += file.stamps
        if printed < len(self.job.serials):
            self._add(
                Difference(
                    code=DifferenceCode.NOT_PRINTED,
                    sentence=f"{len(self.job.serials) - printed:,} stamps of the job are in no finished file.",
                    file=f"{self.job.name}-manifest.json",
                )
            )

    def _add(self, difference: Difference) -> None:
        self.difference_count += 1
        if len(self.differences) < MOST_DIFFERENCES:
            self.differences.append(difference)

    def _file(
        self, file: FinishedFile, pages: list[tuple[int, dict[int, Serial]]], chosen: list[int], check_list: BinaryIO
    ) -> None:
        path = self.job.folder / file.name
        if not path.is_file():
            self._add(Difference(code=DifferenceCode.FILE_MISSING, sentence="The file is not there.", file=file.name))
            return
        changed = sha256_of(path) != file.sha256
        if changed:
            self._add(
                Difference(
                    code=DifferenceCode.FILE_CHANGED,
                    sentence="The file is not the one that was printed: its SHA-256 is not that of the manifest.",
                    file=file.name,
                )
            )
        try:
            with PrintedFilePages(path) as opened:
                count = opened.pages
                sizes = {index: opened.size_mm(index) for index in range(count)}
            findings = check_pdfx(path, ink_limit=self.job.ink_limit)
        except InputError as error:
            self._add(Difference(code=DifferenceCode.FILE_UNREADABLE, sentence=error.what, file=file.name))
            return
        if count != len(pages):  # what is missing shows only when every page is looked at
            chosen = list(range(count))
        self._rules(file, findings)
        for index in sizes.keys() - set(chosen):  # those that are read are measured more closely
            self._size(file, index, sizes[index])
        tasks = (
            ReadTask(
                source=path,
                name=file.name,
                pages=tuple(chosen[start : start + _PAGES_A_TASK]),
                places=self.job.places,
            )
            for start in range(0, len(chosen), _PAGES_A_TASK)
        )
        book = _Book(file.name, pages, whole=len(chosen) == count)
        try:
            for reading in self._readers.read(tasks, guarded=changed):
                self._page(book, reading, check_list)
                self.sheets_read += 1
                self._progress("Reading sheets back", min(self.sheets_read, len(self._lot)), len(self._lot))
        except EnvironmentProblem as error:
            if not changed:
                raise
            self._add(Difference(code=DifferenceCode.FILE_UNREADABLE, sentence=error.what, file=file.name))
            return
        for difference in book.missing():
            self._add(difference)

    def _rules(self, file: FinishedFile, findings: Iterable[Finding]) -> None:
        for finding in findings:
            if finding.outcome is Outcome.FAILED:
                sentence = f"PDF/X-4, {finding.rule}: {finding.sentence}"
                self._add(Difference(code=DifferenceCode.PRINT_RULE, sentence=sentence, file=file.name))

    def _size(self, file: FinishedFile, index: int, size_mm: tuple[float, float]) -> None:
        planned = self.job.plan.media
        if max(abs(size_mm[0] - planned.width_mm), abs(size_mm[1] - planned.height_mm)) > OFF_SIZE_MM:
            measures = f"{size_mm[0]:.1f} x {size_mm[1]:.1f} mm"
            planned_measures = f"{planned.width_mm:.1f} x {planned.height_mm:.1f} mm"
            self._add(
                Difference(
                    code=DifferenceCode.PAGE_SIZE,
                    sentence=f"The page measures {measures}; planned is {planned_measures}.",
                    file=file.name,
                    page=index + 1,
                )
            )

    def _page(self, book: _Book, reading: PageReading, check_list: BinaryIO) -> None:
        if reading.problem:
            self._add(book.unreadable(reading))
            return
        sheet, wanted, difference = book.take(reading.index, self.judge.sheet_of(reading))
        if difference is not None:
            self._add(difference)
        for row in self.judge.rows(reading, sheet):
            line = f"{row.sheet},{row.position},{row.serial},{row.short_code},{row.public_code}\r\n"
            check_list.write(line.encode("ascii"))
            self._seen(book.name, row)
        if wanted is not None:
            for difference in self.judge.page(book.name, reading, sheet, wanted):
                self._add(difference)


class _Book:
    """The sheets that one file is to hold, and those that have been found in it so far."""

    def __init__(self, name: str, pages: list[tuple[int, dict[int, Serial]]], *, whole: bool) -> None:
        self.name = name
        self._order = [sheet for sheet, _ in pages]
        self._open = dict(pages)
        self._whole = whole
        self._last = 0

    def take(self, index: int, named: int | None) -> tuple[int, dict[int, Serial] | None, Difference | None]:
        """Return which sheet a page is, what it is to hold, and what is wrong with its being there.

        `named` is the sheet that its codes name. A page without codes is the sheet that belongs there. What is to
        be on a page that belongs nowhere is `None`.
        """
        planned = self._order[index] if index < len(self._order) else 0
        sheet = planned if named is None else named
        wanted = self._open.pop(sheet, None)
        if wanted is None:
            what = "holds no code of this file" if named is None else f"holds sheet {sheet:,}"
            again = ", once more" if named in self._order else ", which belongs elsewhere" if named else ""
            return (
                sheet,
                None,
                self._difference(DifferenceCode.PAGE_UNEXPECTED, f"The page {what}{again}.", index, sheet),
            )
        # Where pages are missing, those behind them move up: then only their order is judged.
        astray = sheet < self._last if self._whole else sheet != planned
        self._last = max(self._last, sheet)
        if not astray:
            return sheet, wanted, None
        sentence = f"The page holds sheet {sheet:,}, which belongs to another place in the file."
        return sheet, wanted, self._difference(DifferenceCode.PAGE_ORDER, sentence, index, sheet)

    def unreadable(self, reading: PageReading) -> Difference:
        """Return the difference of a page that could not be read, and stop looking for its sheet."""
        sheet = self._order[reading.index] if reading.index < len(self._order) else 0
        self._open.pop(sheet, None)
        return self._difference(DifferenceCode.PAGE_UNREADABLE, reading.problem, reading.index, sheet)

    def missing(self) -> Iterator[Difference]:
        """Yield the sheets that were not found, when all pages have been looked at."""
        for sheet, wanted in self._open.items() if self._whole else ():
            stamps = f"stamps no. {min(wanted.values()):,} to {max(wanted.values()):,}"
            sentence = f"Sheet {sheet:,} is not in the file ({stamps})."
            yield Difference(code=DifferenceCode.PAGE_MISSING, sentence=sentence, file=self.name, sheet=sheet)

    def _difference(self, code: DifferenceCode, sentence: str, index: int, sheet: int) -> Difference:
        return Difference(code=code, sentence=sentence, file=self.name, page=index + 1, sheet=sheet or None)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
