"""A run in columns gives the sheets that its stamps give one by one, and shows no secret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest

from cryptostamp.codes import ClaimCode, ClaimCodes, claim_symbols
from cryptostamp.errors import InputError
from cryptostamp.press import ClaimPart, ClaimRun, FaceRun, StampFace, claim_layer_pdf, cut, write_face_pdf
from cryptostamp.press.pdf import sheet_pdf
from cryptostamp.press.runs import claim_rows
from cryptostamp.primitives import Serial
from cryptostamp.series import Series


def _operators(path: Path) -> list[list[bytes]]:
    with pikepdf.open(path) as pdf:
        return [page.Contents.read_bytes().split() for page in pdf.pages]


SERIALS = [Serial(number) for number in range(24, 31)]


class TestFaces:
    def test_a_run_gives_the_bytes_of_its_faces(
        self, leapfrog: Series, face: Callable[[int], StampFace], tmp_path: Path
    ) -> None:
        """Columns and single faces make the same file."""
        faces = [face(serial) for serial in SERIALS]
        run = FaceRun(
            serials=SERIALS,
            designs=[leapfrog.designs.index(each.design) for each in faces],
            variants=[leapfrog.variants.index(each.variant) for each in faces],
            short_codes=[each.short_code for each in faces],
            symbols=np.stack([np.packbits(each.symbol.modules, axis=1) for each in faces]),
        )
        one_by_one = write_face_pdf(tmp_path / "a.pdf", leapfrog, faces)
        assert write_face_pdf(tmp_path / "b.pdf", leapfrog, run).sha256 == one_by_one.sha256

    @pytest.mark.parametrize(("first", "last", "left_out"), [(1, 30, {7}), (976, 1000, set()), (990, 995, {992})])
    def test_sheets_at_once_say_what_sheets_one_by_one_say(
        self,
        leapfrog: Series,
        face: Callable[[int], StampFace],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        first: int,
        last: int,
        left_out: set[int],
    ) -> None:
        """The two ways to write a page, which templates choose between, give the same operators but for spaces."""
        series = replace(leapfrog, edition=max(last, 995))  # of 995, five places of the last sheet stay empty
        faces = [face(serial) for serial in range(first, last + 1) if serial not in left_out]
        write_face_pdf(tmp_path / "at-once.pdf", series, faces)
        monkeypatch.setattr(sheet_pdf, "has_codes_alone", lambda *_: False)
        write_face_pdf(tmp_path / "one-by-one.pdf", series, faces)
        assert _operators(tmp_path / "at-once.pdf") == _operators(tmp_path / "one-by-one.pdf")

    def test_columns_of_different_lengths_are_refused(self) -> None:
        """A run whose columns have slipped would print wrong codes."""
        with pytest.raises(InputError, match="different lengths"):
            FaceRun(
                serials=SERIALS, designs=[0], variants=[0], short_codes=["A"], symbols=np.zeros((1, 37, 5), np.uint8)
            )


class TestClaims:
    def test_a_run_gives_the_bytes_of_its_parts(
        self, leapfrog: Series, claim_part: Callable[[int], ClaimPart], claim_code: Callable[[int], ClaimCode]
    ) -> None:
        """Columns and single parts make the same layer, and neither run nor row shows a code."""
        parts = [claim_part(serial) for serial in SERIALS]
        codes = ClaimCodes.of(claim_code(serial) for serial in SERIALS)
        run = ClaimRun(
            serials=SERIALS,
            short_codes=[part.short_code for part in parts],
            claim_texts=[text.decode() for text in codes.texts()],
            symbols=claim_symbols(codes, "lilypond.example").packed,
        )
        assert claim_layer_pdf(leapfrog, run) == claim_layer_pdf(leapfrog, parts)
        assert parts[0].claim_text not in repr(run) + repr(next(claim_rows(run)))


class TestCutting:
    @pytest.mark.parametrize(
        ("serials", "sheets", "expected"),
        [
            (range(1, 31), 1, [range(1, 26), range(26, 31)]),
            (range(1, 51), 2, [range(1, 51)]),
            (range(20, 80), 2, [range(20, 51), range(51, 80)]),
            (range(26, 27), 1, [range(26, 27)]),
        ],
    )
    def test_cuts_lie_between_sheets(
        self, leapfrog: Series, serials: range, sheets: int, expected: list[range]
    ) -> None:
        """Every serial is in one part, and a part ends where a file of the whole edition ends."""
        assert cut(leapfrog, serials, sheets) == expected
