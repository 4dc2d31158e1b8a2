"""The scan log counts without looking at anybody, and hints without judging."""

from __future__ import annotations

import pytest
from support.desk import Desk

from cryptostamp.codes import PublicCode
from cryptostamp.errors import InputError
from cryptostamp.ledger import ScanPoint
from cryptostamp.office import note_scan, public_code_of, source_at, trust_in
from cryptostamp.primitives import Address, Serial
from cryptostamp.scan import Conclusion, HintCode, Verdict, verify_code

BERN, ZURICH, SYDNEY = (
    ScanPoint(latitude=46.95, longitude=7.45),
    ScanPoint(latitude=47.38, longitude=8.54),
    ScanPoint(latitude=-33.87, longitude=151.21),
)
DAY = 86_400
AT = 1_790_000_000


def judged(desk: Desk, code: PublicCode | None = None) -> Verdict:
    text = (code or public_code_of(desk.dossier, Serial(3))).text
    return verify_code(text, trust=trust_in([desk.dossier]), source=source_at([desk.url]))


def noted(desk: Desk, verdict: Verdict, *, at: int = AT, point: ScanPoint | None = None) -> list[HintCode]:
    found = note_scan(verdict, ledger=desk.ledger, series_id=desk.series.id, at=at, point=point)
    assert (found.conclusion, found.checks) == (verdict.conclusion, verdict.checks)
    return [hint.code for hint in found.hints]


class TestScanLog:
    def test_counts(self, desk: Desk) -> None:
        """The second scan tells of the first; places were not given and are not kept."""
        verdict = judged(desk)
        assert noted(desk, verdict) == []
        assert noted(desk, verdict, at=AT - DAY) == [HintCode.SCANNED_BEFORE]
        counts = desk.ledger.scan_log(desk.series.id).counts(Serial(3))
        assert counts is not None
        assert (counts.count, counts.first_at, counts.impossible) == (2, AT - DAY, 0)
        assert desk.ledger.scan_log(desk.series.id).counts(Serial(4)) is None

    def test_impossible_travel(self, desk: Desk) -> None:
        """Bern and Sydney within an hour are one stamp too many; within two days, or Bern and Zurich, they are not."""
        verdict = judged(desk)
        noted(desk, verdict, point=BERN)
        assert noted(desk, verdict, at=AT + 1, point=ZURICH) == [HintCode.SCANNED_BEFORE]
        assert noted(desk, verdict, at=AT + 2 * DAY, point=SYDNEY) == [HintCode.SCANNED_BEFORE]
        travelled = [HintCode.SCANNED_BEFORE, HintCode.IMPOSSIBLE_TRAVEL]
        assert noted(desk, verdict, at=AT + 2 * DAY + 3600, point=BERN) == travelled
        assert verdict.conclusion is Conclusion.GENUINE

    def test_invented_codes_fill_no_log(self, desk: Desk) -> None:
        """What the post never issued is not counted."""
        real = public_code_of(desk.dossier, Serial(3))
        invented = PublicCode.make(
            host=real.host,
            chain_id=real.chain_id,
            contract=real.contract,
            serial=real.serial,
            claim_key=Address("0x" + "77" * 20),
        )
        assert noted(desk, judged(desk, invented)) == []
        assert desk.ledger.scan_log(desk.series.id).counts(Serial(3)) is None

    @pytest.mark.parametrize("place", [(91.0, 0.0), (0.0, -181.0), (float("nan"), 0.0)])
    def test_nowhere(self, place: tuple[float, float]) -> None:
        """A place that is none is refused."""
        with pytest.raises(InputError, match="nowhere"):
            ScanPoint(latitude=place[0], longitude=place[1])
