"""The part of an audit that reads the printed sheets back: what is on the paper, beside what was to be there.

Rests on the proof (`cryptostamp.office.proof`): sheets are drawn by PDFium and their codes decoded by zxing-cpp,
neither of which wrote them. Every job that was printed is read, whole or by lot. Which void stamps are on paper is
taken from what was read. A stamp that is void as spoiled has been destroyed with its whole sheet: on a sheet of which
others are good it would be sold, and is told. One that was lost, stolen or recalled is in other hands, and its verdict
says so: it is no difference. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from cryptostamp.chain import VoidReason
from cryptostamp.codes import parse_public_code
from cryptostamp.edition import Dossier
from cryptostamp.errors import CodeFormatError, EnvironmentProblem
from cryptostamp.office.audit_report import AuditCode, AuditPart, Difference, Outcome, VoidStamp, about, compared
from cryptostamp.office.progress import Progress
from cryptostamp.office.proof import Proof, proof_prints
from cryptostamp.office.stamps import runs_of
from cryptostamp.office.workspace import Workspace
from cryptostamp.primitives import Address
from cryptostamp.printshop.proof_judge import Difference as PaperDifference
from cryptostamp.printshop.proof_judge import DifferenceCode, ReadRow
from cryptostamp.series import Series

__all__ = ["audit_paper"]

_FACES = "-faces.pdf"
_MISSING = {
    DifferenceCode.FILE_MISSING,
    DifferenceCode.NOT_PRINTED,
    DifferenceCode.PAGE_MISSING,
    DifferenceCode.MISSING,
}
_EXTRA = {DifferenceCode.PAGE_UNEXPECTED, DifferenceCode.UNEXPECTED, DifferenceCode.DUPLICATE}


def audit_paper(
    series: Series,
    *,
    workspace: Workspace,
    void: Mapping[int, VoidStamp] | None,
    sheets: int | None = None,
    workers: int = 1,
    progress: Progress = lambda _what, _done, _total: None,
) -> AuditPart:
    """Read the sheets of every print job back, and compare them with the edition.

    `void` has the stamps that are, `None` if that is not known: then nothing is said to agree. `sheets` is how many of
    each job, as `proof_prints` takes it. Raises `InputError` if the series is not the one that
    was issued. What could not be read for want of a reader was not checked.
    """
    with workspace.ledger() as ledger:
        faces = [file for file in ledger.printed(series.id) if file.name.endswith(_FACES)]
    found: list[Difference] = list(_unknown(workspace.print_folder, {file.name for file in faces}))
    on_paper = _VoidOnPaper(workspace.dossier(), void or {})
    said: list[str] = []
    reached: set[str] = set()
    for job in _jobs(series, workspace):
        inside = {each.name for each in faces if each.first_serial in job and each.last_serial in job}
        if not inside:
            continue  # hidden codes or pictures alone
        reached |= inside
        try:
            proof = proof_prints(
                series,
                workspace=workspace,
                serials=job,
                sheets=sheets,
                workers=workers,
                keep=False,
                seen=on_paper.see,
                progress=progress,
            )
        except EnvironmentProblem as error:
            return AuditPart(name="paper", outcome=Outcome.NOT_CHECKED, what=error.what, differences=tuple(found))
        said.append(f"no. {job[0]:,} to {job[-1]:,}: {proof.sentence}")
        found += _differences(proof, workspace, series.id)
    found += [
        Difference(
            code=AuditCode.PAPER_MISSING,
            what=f"{file.name} was printed, and no manifest of a job tells of it.",
            serials=((file.first_serial, file.last_serial),),
        )
        for file in faces
        if file.name not in reached
    ]
    found += on_paper.differences({file.name: file.made_at or 0 for file in faces}, workspace)
    if not said and not found:
        return AuditPart(name="paper", outcome=Outcome.NOT_CHECKED, what="nothing was printed that could be read")
    if void is None and not found:
        what = f"{' '.join(said)} What is void is not known."
        return AuditPart(name="paper", outcome=Outcome.NOT_CHECKED, what=what)
    return compared("paper", " ".join(said) or "the print jobs of the ledger", found)


def _jobs(series: Series, workspace: Workspace) -> Iterator[range]:
    """Yield the stamps of each print job that has a manifest, the first ones first."""
    name = re.compile(rf"{re.escape(series.id)}-(\d{{6,9}})-(\d{{6,9}})-manifest\.json")
    for path in sorted(workspace.print_folder.glob("*-manifest.json")):
        match = name.fullmatch(path.name)
        if match is not None and 1 <= int(match[1]) <= int(match[2]):
            yield range(int(match[1]), int(match[2]) + 1)


def _unknown(folder: Path, known: set[str]) -> Iterator[Difference]:
    """Yield the files of sheets that the ledger does not know: somebody may print them."""
    for path in sorted(folder.glob(f"*{_FACES}")):
        if path.name not in known:
            what = f"{path.name} lies in the print folder, and the ledger does not know it."
            yield Difference(code=AuditCode.FILE_UNKNOWN, what=what)


class _VoidOnPaper:
    """The void stamps that were read on paper."""

    def __init__(self, dossier: Dossier, void: Mapping[int, VoidStamp]) -> None:
        self._dossier = dossier
        self._void = void
        self._read: dict[int, tuple[str, int]] = {}
        """By serial the file and the sheet."""

    def see(self, file: str, row: ReadRow) -> None:
        """Take a stamp that was read; one of another series may have the same number."""
        if row.serial in self._void and _contract_of(row.public_code) == self._dossier.deployment.contract:
            self._read[row.serial] = (file, row.sheet)

    def differences(self, made_at: Mapping[str, int], workspace: Workspace) -> Iterator[Difference]:
        """Yield what is void and ought not to be on paper."""
        before, among_good = list[int](), list[int]()
        with workspace.ledger() as ledger:
            for serial, (file, sheet) in self._read.items():
                stamp = self._void[serial]
                if stamp.since < made_at.get(file, 0):
                    before.append(serial)
                elif stamp.reason is VoidReason.SPOILED:
                    others = ledger.serials_on(self._dossier.series.id, sheet, sheet)
                    if not all(each in self._void for each in others):
                        among_good.append(serial)
        yield from about(AuditCode.PRINTED_BUT_VOID, before, "Sheets hold {} that were void before they were printed")
        yield from about(AuditCode.VOID_BUT_PRINTED, among_good, "Void as spoiled, and on sheets that are not, are {}")


def _contract_of(code: str) -> Address | None:
    try:
        return parse_public_code(code).contract
    except CodeFormatError:
        return None


def _differences(proof: Proof, workspace: Workspace, series_id: str) -> Iterator[Difference]:
    for each in proof.differences:
        code = AuditCode.PAPER_DIFFERS
        if each.code in _MISSING:
            code = AuditCode.PAPER_MISSING
        elif each.code in _EXTRA:
            code = AuditCode.PAPER_EXTRA
        serials = runs_of([] if each.serial is None else [(each.serial, each.serial)])
        if each.code is DifferenceCode.PAGE_MISSING and each.sheet is not None:
            with workspace.ledger() as ledger:
                on_it = ledger.serials_on(series_id, each.sheet, each.sheet)
            serials = runs_of((serial, serial) for serial in on_it)
        yield Difference(code=code, what=f"{_place(each)}: {each.sentence}", serials=serials)
    more = proof.difference_count - len(proof.differences)
    if more:
        yield Difference(code=AuditCode.PAPER_DIFFERS, what=f"{more:,} more differences are not listed.")


def _place(difference: PaperDifference) -> str:
    page = "" if difference.page is None else f", page {difference.page:,}"
    position = "" if difference.position is None else f", position {difference.position}"
    return f"{difference.file}{page}{position}"
