"""The symbols of an edition have one form, which follows from the dossier for ever."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cryptostamp.codes import QrSymbol, best_mask, parse_public_code, public_symbol, public_symbols
from cryptostamp.edition import (
    ClaimKeyList,
    Dossier,
    Edition,
    SymbolForm,
    face_code,
    face_codes,
    face_symbol,
    symbol_form,
)
from cryptostamp.errors import InputError
from cryptostamp.primitives import Hash32, Serial, keccak256

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "symbol-forms.json"


def edition_of(dossier: Dossier, size: int) -> Dossier:
    """Return the dossier with another edition, whose claim keys are digests of the serials."""
    keys = ClaimKeyList(b"".join(keccak256(serial.to_bytes(8, "big"))[:20] for serial in range(1, size + 1)))
    edition = Edition.of(keys, (size,), Hash32(bytes(32)))
    variant = replace(dossier.series.variants[0], count=size)
    return replace(dossier, edition=edition, series=replace(dossier.series, variants=(variant,)))


class TestCodes:
    """The codes of many stamps are those of each."""

    @pytest.mark.parametrize("serials", [range(1, 41), range(9, 13), range(3, 40, 7)])
    def test_many_are_as_one(self, dossier: Dossier, serials: range) -> None:
        """Side by side or with gaps, `face_codes` gives the texts of `face_code`."""
        texts = [text.decode() for text in face_codes(dossier, serials).texts()]
        assert texts == [face_code(dossier, Serial(serial)).text for serial in serials]

    def test_the_code_agrees_with_the_claim_key(self, dossier: Dossier) -> None:
        """The tag on a stamp is the one that a scan expects from the dossier."""
        code = parse_public_code(face_code(dossier, Serial(7)).text)
        assert code.agrees_with(dossier.edition.claim_key(Serial(7)))

    def test_beyond_the_edition(self, dossier: Dossier) -> None:
        """A stamp that is none has no code."""
        with pytest.raises(InputError, match="not between 1 and 40"):
            face_code(dossier, Serial(41))


class TestForm:
    """One version and one mask for all."""

    @pytest.mark.parametrize("size", [1, 7, 99, 100, 101, 250])
    def test_golden_forms(self, dossier: Dossier, size: int) -> None:
        """Editions of these keys have had these forms from the beginning: stamps that are printed do not change."""
        golden = json.loads(VECTORS.read_text())[str(size)]
        assert symbol_form(edition_of(dossier, size)) == SymbolForm(**golden)

    def test_the_mask_is_the_best_of_the_sample(self, dossier: Dossier) -> None:
        """A small edition is its own sample."""
        form = symbol_form(dossier)
        assert form.mask == best_mask(face_codes(dossier, range(1, 41)), least_version=form.version)

    def test_the_sample_is_spread_over_the_edition(self, dossier: Dossier) -> None:
        """Of 250 stamps every fifth pair has one in the sample: 1, 3, 6, 8 and so on."""
        many = edition_of(dossier, 250)
        sample = [1 + number * 250 // 100 for number in range(100)]
        codes = face_codes(many, range(1, 251))
        chosen = replace(codes, serials=codes.serials[np.array(sample) - 1], tags=codes.tags[np.array(sample) - 1])
        assert symbol_form(many).mask == best_mask(chosen, least_version=symbol_form(many).version)

    def test_a_stamp_has_the_symbol_of_its_sheet(self, dossier: Dossier) -> None:
        """One by one or many at once: the same modules."""
        form = symbol_form(dossier)
        batch = public_symbols(face_codes(dossier, range(1, 41)), mask=form.mask, least_version=form.version)
        for serial in (1, 9, 10, 40):
            alone: QrSymbol = face_symbol(dossier, Serial(serial))
            assert alone.version == form.version
            assert np.array_equal(alone.modules, batch[serial - 1].modules)

    def test_the_version_is_that_of_the_longest_code(self, dossier: Dossier) -> None:
        """The last serial fits, and no smaller version would do."""
        assert symbol_form(dossier).version == public_symbol(face_code(dossier, Serial(40))).version
