"""The part of an audit that reads the printed sheets back: what is on the paper, beside what was to be there.

Rests on the proof (`cryptostamp.office.proof`): sheets are drawn by PDFium and their codes decoded by zxing-cpp,
neither of which wrote them. Every job that was printed is read, whole or by lot. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cryptostamp.errors import EnvironmentProblem
from cryptostamp.office.audit_report import AuditCode, AuditPart, Difference, Outcome, compared
from cryptostamp.office.progress import Progress
from cryptostamp.office.proof import Proof, proof_prints
from cryptostamp.office.proof_judge import Difference as PaperDifference
from cryptostamp.office.proof_judge import DifferenceCode
from cryptostamp.office.workspace import Workspace
from cryptostamp.primitives import Serial
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
    sheets: int | None = None,
    workers: int = 1,
    progress: Progress = lambda _what, _done, _total: None,
) -> AuditPart:
    """Read the sheets of every print job back, and compare them with the edition.

    `sheets` is how many of each job, as `proof_prints` takes it. Raises `InputError` if the series is not the one that
    was issued. What could not be read for want of a reader was not checked.
    """
    with workspace.ledger() as ledger:
        faces = [file for file in ledger.printed(series.id) if file.name.endswith(_FACES)]
    found: list[Difference] = []
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
                progress=progress,
            )
        except EnvironmentProblem as error:
            return AuditPart(name="paper", outcome=Outcome.NOT_CHECKED, what=error.what, differences=tuple(found))
        said.append(f"no. {job[0]:,} to {job[-1]:,}: {proof.sentence}")
        found += _differences(proof)
    found += [
        Difference(
            code=AuditCode.PAPER_MISSING,
            what=f"{file.name} was printed, and no manifest of a job tells of it.",
            serials=((file.first_serial, file.last_serial),),
        )
        for file in faces
        if file.name not in reached
    ]
    if not said and not found:
        return AuditPart(name="paper", outcome=Outcome.NOT_CHECKED, what="nothing was printed that could be read")
    return compared("paper", " ".join(said) or "the print jobs of the ledger", found)


def _jobs(series: Series, workspace: Workspace) -> Iterator[range]:
    """Yield the stamps of each print job that has a manifest, the first ones first."""
    name = re.compile(rf"{re.escape(series.id)}-(\d{{6,9}})-(\d{{6,9}})-manifest\.json")
    for path in sorted(workspace.print_folder.glob("*-manifest.json")):
        match = name.fullmatch(path.name)
        if match is not None and 1 <= int(match[1]) <= int(match[2]):
            yield range(int(match[1]), int(match[2]) + 1)


def _differences(proof: Proof) -> Iterator[Difference]:
    for each in proof.differences:
        code = AuditCode.PAPER_DIFFERS
        if each.code in _MISSING:
            code = AuditCode.PAPER_MISSING
        elif each.code in _EXTRA:
            code = AuditCode.PAPER_EXTRA
        serials = () if each.serial is None else ((Serial(each.serial), Serial(each.serial)),)
        yield Difference(code=code, what=f"{_place(each)}: {each.sentence}", serials=serials)
    more = proof.difference_count - len(proof.differences)
    if more:
        yield Difference(code=AuditCode.PAPER_DIFFERS, what=f"{more:,} more differences are not listed.")


def _place(difference: PaperDifference) -> str:
    page = "" if difference.page is None else f", page {difference.page:,}"
    position = "" if difference.position is None else f", position {difference.position}"
    return f"{difference.file}{page}{position}"
