"""What differs between a finished sheet and its plan: each difference as a code for machines and a sentence.

Takes what was read and what was planned, and says nothing of how either came about. A text that was read may be
anything: it is repeated only where it is a well-formed public or short code, never where it may be a
hidden one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from cryptostamp.codes import Kind, PublicCode, PublicCodes, classify, parse_claim_code, parse_public_code
from cryptostamp.edition import Deployment, Dossier
from cryptostamp.errors import CodeFormatError
from cryptostamp.press import PlannedPlace, ProofPlan
from cryptostamp.primitives import Box, Serial
from cryptostamp.printshop.proof_reading import PageReading, PlaceReading, SymbolReading

__all__ = ["OFF_SIZE_MM", "Difference", "DifferenceCode", "Judge", "ReadRow", "says"]

OFF_PLACE_MM: Final = 0.5
"""How far a symbol may lie from its place: more than rounding to pixels, less than the die line forgives."""
OFF_SIZE_MM: Final = 0.05
"""How far a page box may be from what is planned: the rounding of points."""

_CLAIM_SHAPED: Final = re.compile(r"(?<![0-9A-Z])(?:[0-9A-Z]{4}[\s-]{1,3}){6}[0-9A-Z]{4}(?![0-9A-Z])", re.IGNORECASE)


class DifferenceCode(StrEnum):
    """The kinds of difference."""

    FILE_MISSING = "file-missing"
    FILE_CHANGED = "file-changed"
    FILE_UNREADABLE = "file-unreadable"
    PRINT_RULE = "print-rule"
    NOT_PRINTED = "not-printed"
    PAGE_MISSING = "page-missing"
    PAGE_UNEXPECTED = "page-unexpected"
    PAGE_ORDER = "page-order"
    PAGE_UNREADABLE = "page-unreadable"
    PAGE_SIZE = "page-size"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    DAMAGED = "damaged"
    WRONG_PLACE = "wrong-place"
    WRONG_CODE = "wrong-code"
    UNEXPECTED = "unexpected"
    DUPLICATE = "duplicate"
    TEXT_DIFFERS = "text-differs"
    HIDDEN_CODE = "hidden-code"
    SHEET_CODE = "sheet-code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference: which kind, where, and one sentence for a person. What does not apply is `None`."""

    code: DifferenceCode
    sentence: str
    file: str
    page: int | None = None
    """From 1."""
    sheet: int | None = None
    position: int | None = None
    serial: int | None = None
    """The stamp that belongs there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A stamp as it was read: where it lies, and what its codes say."""

    sheet: int
    position: int
    serial: Serial
    short_code: str
    """As it is printed in letters; empty if there is none."""
    public_code: str


@dataclass(slots=True)
class Judge:
    """Compares the pages of one job with its plan, one after the other; remembers only which stamps it has seen."""

    dossier: Dossier
    plan: ProofPlan
    serials: range
    """The stamps of the job."""
    agreed: int = 0
    """How many stamps were read at their places as planned."""
    _seen: np.ndarray[tuple[int], np.dtype[np.bool_]] = field(init=False, repr=False)
    _short: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._seen = np.zeros(self.dossier.edition.size + 1, dtype=np.bool_)
        self._short = re.compile(rf"(?<![0-9A-Z]){self.dossier.series.id}-\d{{1,8}}-[0-9A-Z]{{9}}(?![0-9A-Z])")

    @property
    def _chain(self) -> Deployment:
        return self.dossier.deployment

    def sheet_of(self, reading: PageReading) -> int | None:
        """Return which sheet most of the codes on a page belong to, `None` if no code of the edition was read."""
        votes = Counter[int]()
        for place, read in zip(self.plan.places, reading.places, strict=False):
            for symbol in read.symbols:
                code = _parsed(symbol.text)
                if code is not None and self._is_ours(code):
                    sheet, position = self.plan.place_of(code.serial)
                    votes[sheet] += 1 + (position == place.position)
        return votes.most_common(1)[0][0] if votes else None

    def rows(self, reading: PageReading, sheet: int) -> Iterator[ReadRow]:
        """Yield the stamps that were read on a page: whatever is well formed, right or wrong."""
        for place, read in zip(self.plan.places, reading.places, strict=False):
            for symbol in read.symbols:
                code = _parsed(symbol.text)
                if code is not None:
                    short = self._short.search(read.letters)
                    yield ReadRow(
                        sheet=sheet,
                        position=place.position,
                        serial=code.serial,
                        short_code=short[0] if short else "",
                        public_code=code.text,
                    )

    def page(self, file: str, reading: PageReading, sheet: int, wanted: dict[int, Serial]) -> Iterator[Difference]:
        """Yield how a page differs from a sheet of the plan; `wanted` is which serial has which position there."""
        at = _At(file=file, page=reading.index + 1, sheet=sheet)
        yield from self._boxes(reading, at)
        for line in self.plan.letters_of_sheet(sheet):
            if not says(reading.letters, line):
                yield at.difference(DifferenceCode.TEXT_DIFFERS, f"The selvedge does not say {line!r}.")
        yield from self._sheet_code(reading, sheet, at)
        planned = sorted(wanted.values())
        codes = self._codes(planned)
        texts = dict(
            zip(planned, zip(codes.texts(), codes.short_texts(self.dossier.series.id), strict=True), strict=True)
        )
        for place, read in zip(self.plan.places, reading.places, strict=False):
            serial = wanted.get(place.position)
            here = at.place(place.position, serial)
            if serial is None:
                yield from (here.difference(*self._stranger(symbol.text, "is to be empty")) for symbol in read.symbols)
                continue
            text, short = (each.decode("ascii") for each in texts[serial])
            yield from self._symbols(place, read, text, here)
            yield from self._letters(read.letters, serial, short, here)
        for symbol in reading.elsewhere:
            code, sentence = self._stranger(symbol.text, "")
            where = f"{symbol.x_mm:.0f} mm from the left and {symbol.y_mm:.0f} mm from the top"
            yield at.difference(
                DifferenceCode.UNEXPECTED if code is not DifferenceCode.HIDDEN_CODE else code,
                f"Outside of the stamps, {where}, there is another symbol. {sentence}",
            )

    def _boxes(self, reading: PageReading, at: _At) -> Iterator[Difference]:
        if reading.turned:
            yield at.difference(DifferenceCode.PAGE_SIZE, f"The page is turned by {reading.turned} degrees.")
        for name, found, planned in (
            ("untrimmed sheet", reading.media, self.plan.media),
            ("trimmed sheet", reading.trim, self.plan.trim),
        ):
            if found is not None and not _same(found, planned):
                yield at.difference(
                    DifferenceCode.PAGE_SIZE, f"The {name} is {_measures(found)}; planned is {_measures(planned)}."
                )

    def _codes(self, serials: list[Serial]) -> PublicCodes:
        """Return the codes of these stamps, which need not follow one another: in a stack they are far apart."""
        keys = self.dossier.edition.claim_keys
        return PublicCodes.make(
            host=self.dossier.series.issuer.domain,
            chain_id=self._chain.chain_id,
            contract=self._chain.contract,
            serials=np.array(serials, dtype=np.int64),
            claim_keys=b"".join(keys.raw_at(serial - 1) for serial in serials),
        )

    def _sheet_code(self, reading: PageReading, sheet: int, at: _At) -> Iterator[Difference]:
        """Compare the code of the sheet itself, which is the last place of the reading."""
        if self.plan.sheet_place is None:
            return
        said = {symbol.text for symbol in reading.places[-1].symbols}
        expected = self.plan.code_of_sheet(sheet)
        if said != {expected}:
            how = "says something else than" if said else "cannot be read; it should say"
            yield at.difference(DifferenceCode.SHEET_CODE, f"The code of the sheet {how} {expected!r}.")

    def _symbols(self, place: PlannedPlace, read: PlaceReading, expected: str, here: _At) -> Iterator[Difference]:
        if not read.symbols:
            if read.blank:
                yield here.difference(
                    DifferenceCode.MISSING, f"Stamp no. {here.serial:,} has no code: its place is blank."
                )
            else:
                yield here.difference(
                    DifferenceCode.UNREADABLE, f"The code of stamp no. {here.serial:,} cannot be read."
                )
            return
        for symbol in read.symbols:
            if symbol.text != expected:
                yield here.difference(*self._stranger(symbol.text, f"belongs to stamp no. {here.serial:,}"))
                code = _parsed(symbol.text)
                if code is not None and self._is_ours(code):
                    yield from self._counted(code.serial, here)
                continue
            yield from self._counted(Serial(here.serial or 0), here)
            faults = list(self._condition(place, symbol, here))
            yield from faults
            self.agreed += not faults
        if len(read.symbols) > 1:
            yield here.difference(DifferenceCode.UNEXPECTED, f"There are {len(read.symbols)} codes on this stamp.")

    def _condition(self, place: PlannedPlace, symbol: SymbolReading, here: _At) -> Iterator[Difference]:
        box = place.symbol
        off = math.dist((symbol.x_mm, symbol.y_mm), (box.x_mm + box.width_mm / 2, box.y_mm + box.height_mm / 2))
        if off > OFF_PLACE_MM:
            yield here.difference(
                DifferenceCode.WRONG_PLACE, f"The code of stamp no. {here.serial:,} lies {off:.1f} mm from its place."
            )
        if symbol.unused_correction < 1:
            yield here.difference(
                DifferenceCode.DAMAGED,
                f"Something lies on the code of stamp no. {here.serial:,}: it can be read, but "
                f"{1 - symbol.unused_correction:.0%} of what is kept for damage is used up on the plate already.",
            )

    def _counted(self, serial: Serial, here: _At) -> Iterator[Difference]:
        if self._seen[serial]:
            yield here.difference(DifferenceCode.DUPLICATE, f"Stamp no. {serial:,} is printed once more here.")
        self._seen[serial] = True

    def _letters(self, letters: str, serial: Serial, short: str, here: _At) -> Iterator[Difference]:
        for line in self.plan.letters_of(serial, short):
            if not says(letters, line):
                others = sorted(set(self._short.findall(letters)) - {short}) if short in line else []
                read = f"; it says {others[0]!r}" if others else ""
                yield here.difference(
                    DifferenceCode.TEXT_DIFFERS, f"Stamp no. {serial:,} does not say {line!r} in letters{read}."
                )
        for shaped in _CLAIM_SHAPED.findall(letters):
            if _is_claim(shaped):
                yield here.difference(DifferenceCode.HIDDEN_CODE, _LIES_OPEN)

    def _stranger(self, text: str, instead: str) -> tuple[DifferenceCode, str]:
        """Return kind and sentence for a symbol that is not the planned one."""
        code, kind = _parsed(text), DifferenceCode.WRONG_CODE
        if code is None:
            if classify(text) is Kind.CLAIM:
                return DifferenceCode.HIDDEN_CODE, _LIES_OPEN
            what = "what lies there is no public code"
        elif (code.chain_id, code.contract) != (self._chain.chain_id, self._chain.contract):
            what = f"a code of another series lies there: contract {code.contract} on chain {code.chain_id}"
        elif not self._is_ours(code):
            what = f"what lies there says no. {code.serial:,}, but is not the code that was issued for it"
        elif code.host != self.dossier.series.issuer.domain:
            what = f"the code there leads to {code.host}"
        elif code.text != text:
            what = "the code there is not written as planned"
        elif code.serial not in self.serials:
            kind, what = DifferenceCode.UNEXPECTED, f"stamp no. {code.serial:,} lies there, which is not in this job"
        else:
            sheet, position = self.plan.place_of(code.serial)
            kind = DifferenceCode.WRONG_PLACE
            what = f"stamp no. {code.serial:,} lies there, whose place is sheet {sheet:,}, position {position}"
        return kind, f"This place {instead}; {what}." if instead else f"{what[0].upper()}{what[1:]}."

    def _is_ours(self, code: PublicCode) -> bool:
        """Tell whether a code was issued in this edition, whatever host it names."""
        edition = self.dossier.edition
        return (
            (code.chain_id, code.contract) == (self._chain.chain_id, self._chain.contract)
            and code.serial <= edition.size
            and code.agrees_with(edition.claim_key(code.serial))
        )


_LIES_OPEN: Final = (
    "A hidden code lies open on the face: destroy these sheets, and void the stamp if anybody has seen it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """A place that differences are made at."""

    file: str
    page: int
    sheet: int
    position: int | None = None
    serial: Serial | None = None

    def place(self, position: int, serial: Serial | None) -> _At:
        return _At(file=self.file, page=self.page, sheet=self.sheet, position=position, serial=serial)

    def difference(self, code: DifferenceCode, sentence: str) -> Difference:
        return Difference(
            code=code,
            sentence=sentence,
            file=self.file,
            page=self.page,
            sheet=self.sheet,
            position=self.position,
            serial=self.serial,
        )


def _parsed(text: str) -> PublicCode | None:
    try:
        return parse_public_code(text)
    except CodeFormatError:
        return None


def _is_claim(text: str) -> bool:
    try:
        parse_claim_code(text)
    except CodeFormatError:
        return False
    return True


def says(letters: str, line: str) -> bool:
    """Tell whether a line stands among letters as a whole; where the reader has seen spaces does not matter."""
    pattern = r"\s*".join(re.escape(letter) for letter in line if not letter.isspace())
    return re.search(rf"(?<!\w){pattern}(?!\w)", letters) is not None


def _same(one: Box, other: Box) -> bool:
    return all(
        abs(a - b) <= OFF_SIZE_MM
        for a, b in (
            (one.x_mm, other.x_mm),
            (one.y_mm, other.y_mm),
            (one.right_mm, other.right_mm),
            (one.bottom_mm, other.bottom_mm),
        )
    )


def _measures(box: Box) -> str:
    return f"{box.width_mm:.1f} x {box.height_mm:.1f} mm at ({box.x_mm:.1f}, {box.y_mm:.1f}) mm"
