"""The conclusion follows from the outcomes alone, and never from what was not checked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.scan import Check, CheckCode, Conclusion, Outcome, conclude
from cryptostamp.scan.checks import DECISIVE

ALWAYS = [code for code in CheckCode if code is not CheckCode.PICTURE_READABLE]


def checks(outcomes: dict[CheckCode, Outcome]) -> list[Check]:
    return [Check(code=code, outcome=outcome, sentence="") for code, outcome in outcomes.items()]


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

    @given(tables)
    def test_genuine_needs_every_decisive_check(self, table: dict[CheckCode, Outcome]) -> None:
        """Whatever else happened, genuine means that each decisive check was made and passed."""
        if conclude(checks(table)) is Conclusion.GENUINE:
            assert all(table.get(code) is Outcome.PASSED for code in DECISIVE - {CheckCode.PICTURE_READABLE})

    @given(tables)
    def test_not_genuine_needs_a_failure(self, table: dict[CheckCode, Outcome]) -> None:
        """What could not be checked never makes a counterfeit, and a decisive failure always does."""
        failed = any(table.get(code) is Outcome.FAILED for code in DECISIVE)
        assert (conclude(checks(table)) is Conclusion.NOT_GENUINE) == failed

    @given(tables, st.sampled_from(ALWAYS))
    def test_losing_a_check_never_makes_a_code_better(self, table: dict[CheckCode, Outcome], lost: CheckCode) -> None:
        """A node that goes down can turn any answer into unknown, but none into genuine or counterfeit."""
        before = conclude(checks(table))
        after = conclude(checks(table | {lost: Outcome.NOT_CHECKED}))
        assert after in {before, Conclusion.UNKNOWN}
