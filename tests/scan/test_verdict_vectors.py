"""The vectors of verdicts, which every implementation runs."""

from __future__ import annotations

from typing import Any

import pytest
from support.verdict_facts import load_vectors, now_of, source_of, trust_of

from cryptostamp.scan import CheckCode, verify_code

CONTENT = load_vectors()
CASES: list[dict[str, Any]] = CONTENT["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
class TestVectors:
    def test_the_verdict(self, case: dict[str, Any]) -> None:
        """Conclusion, state and the outcome of each check are those of the file."""
        verdict = verify_code(
            case["text"],
            trust=trust_of(CONTENT["trusts"][case["trust"]]),
            source=source_of([CONTENT["nodes"][name] for name in case["nodes"]]),
            typed=case["typed"],
            now=now_of(CONTENT),
        )
        found = {
            "conclusion": verdict.conclusion,
            "state": None if verdict.stamp is None else verdict.stamp.state,
            "checks": {check.code: check.outcome for check in verdict.checks},
        }
        assert found == case["expect"]
        assert all(check.sentence.isprintable() and len(check.sentence) < 1500 for check in verdict.checks)
        assert verdict.sentence.isprintable()


class TestTheFile:
    def test_names(self) -> None:
        """Each case has a name of its own, and the file lists the checks in order."""
        assert len({case["name"] for case in CASES}) == len(CASES) >= 40
        assert CONTENT["checks"] == [code for code in CheckCode if code is not CheckCode.PICTURE_READABLE]

    def test_every_check_ends_in_every_way_it_can(self) -> None:
        """No outcome of a check is without a case, but for checks of the means, which never refute."""
        seen = {pair for case in CASES for pair in case["expect"]["checks"].items()}
        means = {CheckCode.CHAIN_REACHED, CheckCode.BLOCK_RECENT, CheckCode.STATE_KNOWN}
        for code in CONTENT["checks"]:
            outcomes = {"passed", "not checked"} if code in means else {"passed", "failed", "not checked"}
            assert {outcome for name, outcome in seen if name == code} == outcomes
