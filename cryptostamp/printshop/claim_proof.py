"""Reading a layer of hidden codes back while it is still in memory: once it is sealed, this office cannot open it.

The layer is drawn by PDFium and its symbols decoded by zxing-cpp, as in the proof of faces, and each symbol and each
line of letters is compared with the code that belongs to its place. Nothing is written anywhere, and whatever is
wrong is told as sheets and positions, never as a code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cryptostamp.codes import ClaimCode, ClaimHalf, Half
from cryptostamp.errors import Refused
from cryptostamp.press import ClaimPlan
from cryptostamp.primitives import Serial
from cryptostamp.printshop.proof_judge import says
from cryptostamp.printshop.proof_reading import PlaceReading, ReadTask, read_pages
from cryptostamp.series import Series

__all__ = ["ClaimReader"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReader:
    """What the sheets of one layer are to say. As secret as the codes."""

    name: str
    """Of the file to be, for errors."""
    series: Series
    half: Half | None
    symbol_side: int
    serials: Sequence[Serial]
    short_codes: Sequence[str]
    secrets: bytes = field(repr=False)
    """The hidden codes, or one half of each, 16 bytes a stamp."""
    sheets: int
    """How many to read, drawn by lot; as many as there are, or more, means all."""

    def __call__(self, layer: memoryview) -> None:
        """Read a layer back; raise `Refused` if anything on it is not as planned."""
        plan = ClaimPlan(self.series, self.symbol_side, self.half)
        pages = list(plan.pages(self.serials))
        index_of = {serial: index for index, serial in enumerate(self.serials)}
        seed = int.from_bytes(hashlib.sha256(self.name.encode()).digest())
        lot = sorted(np.random.default_rng(seed).permutation(len(pages))[: self.sheets].tolist())
        task = ReadTask(source=bytes(layer), name=self.name, pages=tuple(lot), places=plan.places)
        wrong = []
        for reading in read_pages(task):
            sheet, wanted = pages[reading.index]
            if reading.problem:
                wrong.append(f"sheet {sheet:,}")
                continue
            positions = [
                place.position
                for place, read in zip(plan.places, reading.places, strict=True)
                if not self._is_right(plan, read, wanted.get(place.position), index_of)
            ]
            if positions:
                wrong.append(f"sheet {sheet:,}, position {', '.join(map(str, positions))}")
        if wrong:
            raise Refused(
                f"The hidden codes do not read back as planned ({'; '.join(wrong[:10])}): nothing was sealed.",
                where=self.name,
                remedy="Print again. If it happens again, do not print with this version of the program.",
            )

    def _is_right(
        self, plan: ClaimPlan, read: PlaceReading, serial: Serial | None, index_of: dict[Serial, int]
    ) -> bool:
        if serial is None:
            return not read.symbols
        index = index_of[serial]
        secret = self.secrets[16 * index : 16 * index + 16]
        # Made one by one, not in bulk as what was printed: so the two are compared as well.
        code = ClaimCode(secret) if self.half is None else ClaimHalf(self.half, secret)
        said = [(symbol.text, symbol.unused_correction) for symbol in read.symbols]
        lines = plan.letters_of(serial, self.short_codes[index], code.text)
        return said == [(code.url(self.series.issuer.domain), 1.0)] and all(says(read.letters, line) for line in lines)
