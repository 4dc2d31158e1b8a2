from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cryptostamp.errors import InputError
from cryptostamp.press import static_marks, template_of, variable_marks
from cryptostamp.press.marks import TextRun
from cryptostamp.press.wording import face_value_text
from cryptostamp.primitives import Serial
from cryptostamp.series import Money, Series


def _texts(series: Series, design: int = 0) -> dict[str, TextRun]:
    marks = static_marks(series, template_of(series, 37), series.designs[design], series.variants[0])
    return {mark.text: mark for mark in marks if isinstance(mark, TextRun)}


class TestStandardTemplate:
    """A series without a template of its own."""

    @pytest.mark.parametrize(
        ("amount", "currency", "text"),
        [("1.20", "EUR", "€1.20"), ("0.10", "GBP", "£0.10"), ("2.00", "CHF", "CHF 2.00"), ("120", "JPY", "¥120")],
    )
    def test_face_values_are_exact(self, amount: str, currency: str, text: str) -> None:
        """No digit is rounded, added or lost."""
        assert face_value_text(Money(amount=Decimal(amount), currency=currency)) == text

    def test_it_says_what_the_upu_asks_for(self, leapfrog: Series) -> None:
        """Country, face value, title, design and year stand on every stamp."""
        assert list(_texts(leapfrog, 1)) == ["LILYPOND", "€1.20", "Leapfrog", "Spring, 2026"]

    def test_a_country_name_too_long_is_refused(self, leapfrog: Series) -> None:
        """The error names the country name and its room."""
        series = replace(leapfrog, issuer=replace(leapfrog.issuer, country_name="United Ponds of Lilies and Reeds"))
        with pytest.raises(InputError, match=r"country name .* mm wide"):
            template_of(series, 37)

    def test_a_design_title_too_long_is_refused(self, leapfrog: Series) -> None:
        """The error names the design."""
        design = replace(leapfrog.designs[1], title="The frog leaves its leaf before sunrise")
        series = replace(leapfrog, designs=(leapfrog.designs[0], design))
        with pytest.raises(InputError, match=r"title of the design spring"):
            _texts(series, 1)

    def test_a_title_in_another_script_is_refused(self, leapfrog: Series) -> None:
        """The error names the character that cannot be printed."""
        with pytest.raises(InputError, match=r"title of the series .* 'Л' \(U\+041B"):
            _texts(replace(leapfrog, title="Лягушка"))

    def test_the_longest_short_code_of_a_large_edition_fits(self, leapfrog: Series) -> None:
        """Eight digits of serial leave room for the tag."""
        template = template_of(replace(leapfrog, edition=16_000_000), 37)
        marks = variable_marks(
            template, Serial(16_000_000), "LEAP-16000000-7KQ3M9XZP", leapfrog.designs[0], leapfrog.variants[0]
        )
        assert [mark.text for mark in marks if isinstance(mark, TextRun)] == ["No. 16000000", "LEAP-16000000-7KQ3M9XZP"]

    def test_every_stamp_of_a_series_has_letters_of_one_size(self, leapfrog: Series) -> None:
        """The size of number and short code is that of the widest, and does not jump from stamp to stamp."""
        template = template_of(leapfrog, 37)
        face = leapfrog.designs[0], leapfrog.variants[0]
        sizes = {
            tuple(
                mark.size_mm
                for mark in variable_marks(template, Serial(serial), code, *face)
                if isinstance(mark, TextRun)
            )
            for serial, code in ((1, "LEAP-1-11111111"), (1000, "LEAP-1000-WWWWMMMMW"))
        }
        assert len(sizes) == 1
