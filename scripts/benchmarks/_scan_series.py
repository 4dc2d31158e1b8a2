"""The demonstration series as an edition of a size that posts issue, its stamps as pictures, and what is known of it.

The claim keys are random bytes from a seed: nobody has the codes to them, and a tag needs only the addresses.
"""

from __future__ import annotations

import functools
from decimal import Decimal

import cv2
import numpy as np

from benchmarks._scan_damage import DPI, Place
from benchmarks.harness import ROOT
from cryptostamp.codes import PublicCodes, public_symbols
from cryptostamp.edition import face_codes, symbol_form
from cryptostamp.press import StampFace, render_stamp, shared_picture, template_of
from cryptostamp.press.cut_out import MARGIN_MM
from cryptostamp.primitives import Address, ChainId, Serial
from cryptostamp.scan import FACE_PX_PER_MM, PreparedEdition
from cryptostamp.series import load_series

__all__ = ["Printed"]

_CONTRACT = Address("0x92599D596cc345cAd9868FA56681D12f57796E97")


class Printed:
    """An edition that lies printed on the table: a `KnownEdition`, and the stamps themselves."""

    def __init__(self, size, dossier=None):
        """With a `dossier` the stamps are those of an edition that was issued, else of one that is on no chain."""
        self.size = size
        self.series = load_series(ROOT / "artwork" / "leapfrog")
        if dossier is None:
            self.codes = PublicCodes.make(
                host=self.series.issuer.domain,
                chain_id=ChainId(31337),
                contract=_CONTRACT,
                serials=np.arange(1, size + 1),
                claim_keys=np.random.default_rng(2026).bytes(20 * size),
            )
            self._batch = public_symbols(self.codes)
        else:
            form = symbol_form(dossier)
            self.codes = face_codes(dossier, range(1, size + 1))
            self._batch = public_symbols(self.codes, mask=form.mask, least_version=form.version)
        self._template = template_of(self.series, self._batch.side)
        self.symbol, self.side = self._template.symbol, self._batch.side

    def faces(self):
        """Draw the faces."""
        dpi = round(FACE_PX_PER_MM * 25.4)
        return [
            np.asarray(
                shared_picture(self.series, self._template, design, self.series.variants[0], (0, 0), dpi).convert("L")
            )
            for design in self.series.designs
        ]

    def symbols(self):
        """Return all symbols."""
        return self._batch.packed

    def invented(self, index, count):
        """Return symbols with the serial of a stamp and tags that nobody issued."""
        codes = PublicCodes(
            host=self.codes.host,
            chain_id=self.codes.chain_id,
            contract=self.codes.contract,
            serials=np.full(count, index + 1, np.int64),
            tags=np.random.default_rng(index).integers(0, 1 << 40, count, dtype=np.uint64),
        )
        return public_symbols(codes, least_version=self._batch.version).packed

    def text(self, index):
        """Return the text of a stamp."""
        return self.codes.code(index).text

    @functools.cached_property
    def prepared(self):
        """What the scan computes once."""
        return PreparedEdition(self)

    def stamp(self, serial):
        """Return the picture (height, width, 4) of a stamp that was cut out, at `DPI`."""
        index = serial - 1
        face = StampFace(
            serial=Serial(serial),
            design=self.series.designs[index % len(self.series.designs)],
            variant=self.series.variants[serial * 7 % len(self.series.variants)],
            symbol=self._batch[index],
            short_code=self.codes.code(index).short(self.series.id).text,
        )
        return cv2.cvtColor(np.asarray(render_stamp(self.series, face, dpi=DPI)), cv2.COLOR_RGBA2BGRA)

    @property
    def place(self):
        """Where the symbol lies on such a picture."""
        per_mm = float(Decimal(DPI) / Decimal("25.4"))
        margin = round(MARGIN_MM * per_mm)
        return Place(
            x=margin + self.symbol.x_mm * per_mm,
            y=margin + self.symbol.y_mm * per_mm,
            side=self.symbol.width_mm * per_mm,
        )
