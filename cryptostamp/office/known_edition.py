"""An issued edition as the scan wants to know it: faces, the place of the symbol, and the symbols of all stamps.

Everything comes from the public dossier, so whoever holds one reads what its post reads. It joins the press, which
draws the faces, and the edition, which knows the codes. Nothing is drawn before a picture asks for it.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import numpy.typing as npt

from cryptostamp.codes import PublicCodes, public_symbols
from cryptostamp.edition import Dossier, face_code, face_codes, symbol_form
from cryptostamp.errors import CryptostampError
from cryptostamp.press import shared_picture, template_of
from cryptostamp.primitives import Box, Serial
from cryptostamp.scan import FACE_PX_PER_MM, PreparedEdition
from cryptostamp.series import load_series

__all__ = ["MOST_STAMPS", "known_edition"]

MOST_STAMPS: Final = 1_000_000
"""Larger editions are not compared stamp by stamp: their symbols would fill the memory."""
_NOWHERE: Final = Box(x_mm=0, y_mm=0, width_mm=1, height_mm=1)


@dataclass(frozen=True, slots=True)
class _Drawn:
    faces: tuple[npt.NDArray[np.uint8], ...]
    symbol: Box


class _DossierEdition:
    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier

    @property
    def symbol(self) -> Box:
        return self._drawn.symbol

    @property
    def side(self) -> int:
        return 17 + 4 * symbol_form(self._dossier).version

    def faces(self) -> tuple[npt.NDArray[np.uint8], ...]:
        return self._drawn.faces

    def symbols(self) -> npt.NDArray[np.uint8]:
        form = symbol_form(self._dossier)
        codes = face_codes(self._dossier, range(1, self._dossier.edition.size + 1))
        return public_symbols(codes, mask=form.mask, least_version=form.version).packed

    def invented(self, index: int, count: int) -> npt.NDArray[np.uint8]:
        form = symbol_form(self._dossier)
        codes = PublicCodes(
            host=self._dossier.series.issuer.domain,
            chain_id=self._dossier.deployment.chain_id,
            contract=self._dossier.deployment.contract,
            serials=np.full(count, index + 1, np.int64),
            tags=np.random.default_rng(index).integers(0, 1 << 40, count, dtype=np.uint64),
        )
        return public_symbols(codes, mask=form.mask, least_version=form.version).packed

    def text(self, index: int) -> str:
        return face_code(self._dossier, Serial(index + 1)).text

    @cached_property
    def _drawn(self) -> _Drawn:
        """The faces; none if the dossier lacks what they are drawn from, or the edition is too large."""
        if self._dossier.edition.size > MOST_STAMPS:
            return _Drawn((), _NOWHERE)
        try:
            with TemporaryDirectory(prefix="cryptostamp-") as folder:
                return self._draw(Path(folder))
        except (CryptostampError, OSError):
            return _Drawn((), _NOWHERE)

    def _draw(self, folder: Path) -> _Drawn:
        for name, data in self._dossier.files.items():
            (folder / name).write_bytes(data)
        (folder / "series.toml").write_text(_series_file(self._dossier), encoding="utf-8")
        series = load_series(folder)
        template = template_of(series, self.side)
        dpi = round(FACE_PX_PER_MM * 25.4)
        faces = []
        for design in series.designs:
            picture = shared_picture(series, template, design, series.variants[0], (0, 0), dpi)
            faces.append(np.asarray(picture.convert("L"), dtype=np.uint8))
        return _Drawn(tuple(faces), template.symbol)


_KEPT: Final = 4
_kept: list[tuple[Dossier, PreparedEdition]] = []
_keeping = threading.Lock()


def known_edition(dossier: Dossier) -> PreparedEdition:
    """Return an edition for `read_photo`. What is computed from it serves every picture: the last four are kept.

    Of a dossier that lacks its artwork, or has more than a million stamps, no stamp is found by its picture.
    """
    with _keeping:
        for kept, prepared in _kept:
            if kept is dossier:
                return prepared
        prepared = PreparedEdition(_DossierEdition(dossier))
        _kept.append((dossier, prepared))
        del _kept[:-_KEPT]
        return prepared


def _series_file(dossier: Dossier) -> str:
    """Return a series.toml with what a dossier tells; the sheet, which it does not tell, has one stamp."""
    facts = dossier.series
    stamp: dict[str, object] = {"width_mm": float(facts.stamp.width_mm), "height_mm": float(facts.stamp.height_mm)}
    if facts.template is not None:
        stamp["template"] = facts.template.name
    tables: list[tuple[str, dict[str, object]]] = [
        (
            "[issuer]",
            {
                "name": facts.issuer.name,
                "country": facts.issuer.country,
                "country_name": facts.issuer.country_name,
                "domain": facts.issuer.domain,
            },
        ),
        (
            "[series]",
            {
                "id": facts.id,
                "title": facts.title,
                "description": facts.description,
                "year": facts.year,
                "face_value": str(facts.face_value.amount),
                "currency": facts.face_value.currency,
                "tariff": facts.tariff,
                "edition": dossier.edition.size,
            },
        ),
        ("[stamp]", stamp),
        ("[sheet]", {"rows": 1, "columns": 1, "selvedge_mm": 12, "gauge": 13.5}),
    ]
    tables += [
        ("[[designs]]", {"key": design.key, "title": design.title, "artwork": design.artwork})
        for design in facts.designs
    ]
    tables += [
        ("[[variants]]", {"key": v.key, "name": v.name, "colour": v.colour, "count": v.count}) for v in facts.variants
    ]
    lines = ["format = 1"]
    for head, fields in tables:
        # A JSON string is a basic string of TOML (toml.io, v1.0.0).
        lines += ["", head, *(f"{key} = {json.dumps(value)}" for key, value in fields.items())]
    return "\n".join(lines) + "\n"
