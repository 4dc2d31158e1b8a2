"""The proof of a sealed layer of hidden codes, by whoever has the key to it: its printer.

The layer is opened in memory and read back like a sheet of faces. Each code is checked against the public dossier: the
claim key that follows from it must be the one that the edition committed to for the stamp in this place. So a printer
needs nothing secret but the layer itself. A half of a code says nothing about the code, so of halves only form and
letters are checked. What is told is counts and places, and never a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptostamp.codes import ClaimCode, ClaimCodes, ClaimHalf, Half, claim_symbols, parse_hidden_code
from cryptostamp.edition import Dossier, claim_key_of, face_code
from cryptostamp.errors import CodeFormatError, InputError
from cryptostamp.office.progress import Progress
from cryptostamp.press import ClaimPlan, PrintedFilePages, unseal
from cryptostamp.primitives import Serial
from cryptostamp.printshop.proof_judge import says
from cryptostamp.printshop.proof_reading import PlaceReading, ReadTask, read_pages
from cryptostamp.series import Series

__all__ = ["SealedFault", "SealedFaultCode", "SealedProof", "proof_sealed"]

_NAME: Final = re.compile(r"[A-Z0-9]{2,8}-(\d{1,9})-(\d{1,9})-claims(?:-([AB]))?\.pdf\.age")
_PAGES_AT_ONCE: Final = 4


class SealedFaultCode(StrEnum):
    """What can be wrong at a place."""

    UNREADABLE = "unreadable"
    NO_CODE = "no-code"
    OTHER_STAMP = "other-stamp"
    DAMAGED = "damaged"
    TEXT_DIFFERS = "text-differs"
    UNEXPECTED = "unexpected"


_SENTENCES: Final = {
    SealedFaultCode.UNREADABLE: "No code can be read here.",
    SealedFaultCode.NO_CODE: "What can be read here is no hidden code of this layer.",
    SealedFaultCode.OTHER_STAMP: "The code here does not belong to this stamp: its key is not the one of the dossier.",
    SealedFaultCode.DAMAGED: "The code here can be read only thanks to its error correction.",
    SealedFaultCode.TEXT_DIFFERS: "The letters here do not say what the symbol says.",
    SealedFaultCode.UNEXPECTED: "This place is to be empty.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFault:
    """One place where something is wrong, in one sentence. `position` is `None` for a whole sheet."""

    code: SealedFaultCode
    sheet: int
    position: int | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedProof:
    """What a printer may know of a sealed layer."""

    sheets: int
    stamps: int
    right: int
    """Stamps whose code was read and checked."""
    half: Half | None
    """Which half of the codes the layer holds. Halves are checked for their form, not against the dossier."""
    faults: tuple[SealedFault, ...]

    @property
    def agrees(self) -> bool:
        """Whether every code is there and right."""
        return not self.faults and self.right == self.stamps


def proof_sealed(
    path: Path,
    identity: str,
    *,
    series: Series,
    dossier: Dossier,
    progress: Progress = lambda _what, _done, _total: None,
) -> SealedProof:
    """Open a sealed layer with the printer's age identity, in memory, and check every code on it.

    The name of the file, as it was printed, says which stamps are in it. Raises `InputError` for another name, a
    wrong identity, or a file that is no layer of this series; no error holds a code or the identity.
    """
    named = _NAME.fullmatch(path.name)
    if named is None or not 1 <= int(named[1]) <= int(named[2]) <= dossier.edition.size:
        raise InputError(
            "The name of the file does not say which stamps of the edition are in it.",
            where=path.name,
            remedy="Give it the name back that it was printed with, such as LEAP-000001-001000-claims.pdf.age.",
        )
    half = Half(named[3]) if named[3] else None
    try:
        layer = unseal(path.read_bytes(), identity)
    except OSError as error:
        raise InputError(f"The file cannot be opened: {error.strerror}.", where=str(path)) from error
    checker = _Checker(series, dossier, half)
    pages = list(checker.plan.pages(range(int(named[1]), int(named[2]) + 1)))
    with PrintedFilePages(layer, name=path.name) as opened:
        if opened.pages != len(pages):
            raise InputError(
                f"The layer has {opened.pages:,} sheets; by its name it should have {len(pages):,}.", where=path.name
            )
    faults: list[SealedFault] = []
    for start in range(0, len(pages), _PAGES_AT_ONCE):
        part = tuple(range(start, min(start + _PAGES_AT_ONCE, len(pages))))
        task = ReadTask(source=layer, name=path.name, pages=part, places=checker.plan.places)
        for reading in read_pages(task):
            sheet, wanted = pages[reading.index]
            if reading.problem:
                unread = SealedFaultCode.UNREADABLE
                faults.append(SealedFault(code=unread, sheet=sheet, position=None, sentence=reading.problem))
                continue
            for place, read in zip(checker.plan.places, reading.places, strict=True):
                for code in checker.check(read, wanted.get(place.position)):
                    sentence = _SENTENCES[code]
                    faults.append(SealedFault(code=code, sheet=sheet, position=place.position, sentence=sentence))
        progress("Reading hidden codes back", part[-1] + 1, len(pages))
    stamps = int(named[2]) - int(named[1]) + 1
    return SealedProof(sheets=len(pages), stamps=stamps, right=checker.right, half=half, faults=tuple(faults))


class _Checker:
    """Checks one place after the other against the dossier."""

    def __init__(self, series: Series, dossier: Dossier, half: Half | None) -> None:
        self.right = 0
        side = claim_symbols(ClaimCodes(bytes(16), half), series.issuer.domain).side
        self.plan = ClaimPlan(series, side, half)
        self._dossier = dossier
        self._half = half

    def check(self, read: PlaceReading, serial: Serial | None) -> Iterator[SealedFaultCode]:
        """Yield what is wrong at a place where the code of `serial` belongs, or none."""
        if serial is None:
            if read.symbols:
                yield SealedFaultCode.UNEXPECTED
            return
        if len(read.symbols) != 1:
            yield SealedFaultCode.UNREADABLE if not read.symbols else SealedFaultCode.UNEXPECTED
            return
        (symbol,) = read.symbols
        code = self._parsed(symbol.text)
        if code is None:
            yield SealedFaultCode.NO_CODE
            return
        faults = []
        if isinstance(code, ClaimCode) and claim_key_of(code).address != self._dossier.edition.claim_key(serial):
            faults.append(SealedFaultCode.OTHER_STAMP)
        if symbol.unused_correction < 1:
            faults.append(SealedFaultCode.DAMAGED)
        short = face_code(self._dossier, serial).short(self._dossier.series.id).text
        if not all(says(read.letters, line) for line in self.plan.letters_of(serial, short, code.text)):
            faults.append(SealedFaultCode.TEXT_DIFFERS)
        self.right += not faults
        yield from faults

    def _parsed(self, text: str) -> ClaimCode | ClaimHalf | None:
        """Return the code of a symbol if it is one of this layer, and leads to the post's own site."""
        try:
            code = parse_hidden_code(text)
        except CodeFormatError:
            return None
        half = code.half if isinstance(code, ClaimHalf) else None
        return code if half is self._half and code.url(self._dossier.series.issuer.domain) == text else None
