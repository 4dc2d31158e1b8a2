from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from cryptostamp.codes import ClaimCode, PublicCode
from cryptostamp.errors import ArtworkError, InputError
from cryptostamp.press import ClaimPart, StampFace, render_claim_part, render_stamp
from cryptostamp.series import Series

Face = Callable[[int], StampFace]
Part = Callable[[int], ClaimPart]


class TestStamp:
    """The picture of a stamp."""

    @pytest.mark.parametrize("dpi", [200, 300, 600])
    def test_size_in_pixels_follows_from_size_on_paper(self, leapfrog: Series, face: Face, dpi: int) -> None:
        """Width and height are millimetres times resolution, to the nearest pixel."""
        picture = render_stamp(leapfrog, face(1), dpi=dpi, perforated=False)
        assert picture.size == (round(40 * dpi / 25.4), round(48 * dpi / 25.4))
        assert picture.mode == "RGB"

    @pytest.mark.parametrize("dpi", [200, 300, 600])
    @pytest.mark.parametrize("serial", [1, 42, 1000])
    def test_the_qr_reads_back(
        self, leapfrog: Series, face: Face, public_code: Callable[[int], PublicCode], dpi: int, serial: int
    ) -> None:
        """zxing-cpp reads the public code, and nothing else, from the picture."""
        found = zxingcpp.read_barcodes(render_stamp(leapfrog, face(serial), dpi=dpi, perforated=False))
        assert [code.text for code in found] == [public_code(serial).text]

    def test_the_perforation_is_cut_out(self, leapfrog: Series, face: Face) -> None:
        """Teeth: transparent at the middle of a hole, paper between two holes, transparent far outside."""
        picture = render_stamp(leapfrog, face(1), dpi=600)
        alpha = np.asarray(picture)[:, :, 3]
        margin = round(2.2 * 600 / 25.4)
        pitch = round(40 * 600 / 25.4) / 27
        assert picture.mode == "RGBA"
        assert alpha[margin + 2, margin + round(5 * pitch)] < 128
        assert alpha[margin + 2, margin + round(5.5 * pitch)] == 255
        assert alpha[0, 0] == 0

    def test_the_same_stamp_gives_the_same_pixels(self, leapfrog: Series, face: Face) -> None:
        """Rendering is a function of its input."""
        first = render_stamp(leapfrog, face(7), dpi=300)
        assert render_stamp(leapfrog, face(7), dpi=300).tobytes() == first.tobytes()
        assert render_stamp(leapfrog, face(12), dpi=300).tobytes() != first.tobytes()

    @pytest.mark.parametrize("dpi", [0, 150, 5000])
    def test_a_resolution_out_of_bounds_is_refused(self, leapfrog: Series, face: Face, dpi: int) -> None:
        """The error says which resolutions can be used."""
        with pytest.raises(InputError, match=r"At \d+ dpi") as caught:
            render_stamp(leapfrog, face(1), dpi=dpi)
        assert "from 200 to 2400 dpi" in caught.value.remedy

    def test_artwork_of_another_shape_is_refused(self, leapfrog: Series, face: Face, tmp_path: Path) -> None:
        """A picture is neither stretched nor cropped; the error has both ratios."""
        path = tmp_path / "square.svg"
        path.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"/>')
        square = replace(face(1), design=replace(leapfrog.designs[0], artwork=path))
        with pytest.raises(ArtworkError, match=r"1\.000 to 1; .* 36\.4 x 27\.6 mm, 1\.319 to 1"):
            render_stamp(leapfrog, square, dpi=300)


class TestClaimPart:
    """The picture of a claim part."""

    def test_the_hidden_code_reads_back_when_scratched(
        self, leapfrog: Series, claim_part: Part, claim_code: Callable[[int], ClaimCode]
    ) -> None:
        """Scratched, zxing-cpp reads the claim link."""
        found = zxingcpp.read_barcodes(render_claim_part(leapfrog, claim_part(9), dpi=300))
        assert [code.text for code in found] == [claim_code(9).url("lilypond.example")]

    def test_a_closed_field_shows_nothing_of_the_code(self, leapfrog: Series, claim_part: Part) -> None:
        """Closed, the picture does not depend on the code at all."""
        part = claim_part(9)
        other = replace(part, symbol=claim_part(10).symbol, claim_text=claim_part(10).claim_text)
        closed = render_claim_part(leapfrog, part, dpi=300, scratched=False)
        assert zxingcpp.read_barcodes(closed) == []
        assert closed.tobytes() == render_claim_part(leapfrog, other, dpi=300, scratched=False).tobytes()

    def test_repr_hides_the_code(self, claim_part: Part) -> None:
        """Neither code nor symbol is in the text of a part."""
        part = claim_part(9)
        assert part.claim_text[:4] not in repr(part)
        assert "symbol" not in repr(part)
