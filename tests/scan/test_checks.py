"""The conclusion follows from the outcomes alone, and never from what was not checked."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.scan import Check, CheckCode, Conclusion, Outcome, conclude
from cryptostamp.scan.checks import DECISIVE, PRECONDITIONS, REFUTING

ALWAYS = [code for code in CheckCode if code is not CheckCode.PICTURE_READABLE]


def checks(outcomes: dict[CheckCode, Outcome]) -> list[Check]:
    return [Check(code=code, outcome=outcome, sentence="") for code, outcome in outcomes.items()]


full_tables = st.dictionaries(st.sampled_from(list(CheckCode)), st.sampled_from(list(Outcome)))
tables = st.dictionaries(st.sampled_from(ALWAYS), st.sampled_from(list(Outcome)))


class TestConclude:
    def test_everything_passed(self) -> None:
        """Only a code for which every check passed is genuine."""
        assert conclude(checks(dict.fromkeys(ALWAYS, Outcome.PASSED))) is Conclusion.GENUINE

    def test_nothing_was_checked(self) -> None:
        """No checks at all is no answer."""
        assert conclude([]) is Conclusion.UNKNOWN

    def test_an_unreadable_picture_says_nothing_about_the_stamp(self) -> None:
        """A blurred photo of a good stamp must not be called a counterfeit."""
        assert conclude(checks({CheckCode.PICTURE_READABLE: Outcome.FAILED})) is Conclusion.UNKNOWN

    def test_the_host_alone_decides_nothing(self) -> None:
        """A post that moved to another domain has not made its stamps counterfeit."""
        table = dict.fromkeys(ALWAYS, Outcome.PASSED) | {CheckCode.HOST_OF_POST: Outcome.FAILED}
        assert conclude(checks(table)) is Conclusion.GENUINE

    def test_the_truth_table(self) -> None:
        """Every row: a refuting failure, else all that is needed, else unknown."""
        needed = {
            "well-formed",
            "chain-reached",
            "contract-registered",
            "contract-code",
            "serial-in-edition",
            "tag-agrees",
            "state-known",
            "not-void",
            "block-recent",
        }
        refutes = (needed - {"chain-reached", "block-recent"}) | {"issuer-signature"}
        made = {
            code: {outcome: Check(code=code, outcome=outcome, sentence="") for outcome in Outcome} for code in CheckCode
        }
        rows = 0
        for row in product(Outcome, repeat=len(ALWAYS)):
            rows += 1
            table = dict(zip(ALWAYS, row, strict=True))
            found = conclude([made[code][outcome] for code, outcome in table.items()])
            if any(outcome is Outcome.FAILED and code in refutes for code, outcome in table.items()):
                assert found is Conclusion.NOT_GENUINE
            elif all(outcome is Outcome.PASSED for code, outcome in table.items() if code in needed):
                assert found is Conclusion.GENUINE
            else:
                assert found is Conclusion.UNKNOWN
        assert rows == 3**11

    @given(tables)
    def test_genuine_needs_every_decisive_check(self, table: dict[CheckCode, Outcome]) -> None:
        """Whatever else happened, genuine means that each check that is needed was made and passed."""
        if conclude(checks(table)) is Conclusion.GENUINE:
            needed = DECISIVE - REFUTING - {CheckCode.PICTURE_READABLE}
            assert all(table.get(code) is Outcome.PASSED for code in needed)

    @given(tables)
    def test_not_genuine_needs_a_failure(self, table: dict[CheckCode, Outcome]) -> None:
        """What could not be checked never makes a counterfeit, and a failure that refutes always does."""
        failed = any(table.get(code) is Outcome.FAILED for code in DECISIVE - PRECONDITIONS)
        assert (conclude(checks(table)) is Conclusion.NOT_GENUINE) == failed

    @given(full_tables, st.sampled_from(list(CheckCode)))
    def test_losing_a_check_never_makes_a_code_better(self, table: dict[CheckCode, Outcome], lost: CheckCode) -> None:
        """A node that goes down turns any answer into unknown, and unknown into nothing else.

        Only who cannot judge a signature judges a code as if it had none.
        """
        before = conclude(checks(table))
        after = conclude(checks(table | {lost: Outcome.NOT_CHECKED}))
        if before is Conclusion.UNKNOWN:
            assert after is Conclusion.UNKNOWN
        if lost not in REFUTING:
            assert after in {before, Conclusion.UNKNOWN}
