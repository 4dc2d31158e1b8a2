import pytest

from cryptostamp.series.countries import is_country


class TestCountries:
    @pytest.mark.parametrize("code", ["AT", "HR", "CH", "DE", "PT", "FO", "GG", "AU", "ZW", "AX", "XK"])
    def test_countries_that_issue_stamps(self, code: str) -> None:
        """The codes of the posts that have issued crypto stamps, and of the ends of the list, are known."""
        assert is_country(code)

    @pytest.mark.parametrize("code", ["AA", "QM", "QZ", "XA", "XZ", "ZZ"])
    def test_free_ranges(self, code: str) -> None:
        """The codes that ISO 3166-1 leaves to its users are allowed."""
        assert is_country(code)

    @pytest.mark.parametrize("code", ["AC", "TA", "UN"])
    def test_reserved_for_administrations_with_stamps(self, code: str) -> None:
        """Reserved codes of administrations that issue stamps are allowed."""
        assert is_country(code)

    @pytest.mark.parametrize("code", ["", "A", "AB", "at", "QL", "XAA", "ZX", "12", "UK", "\uff21\uff34", "XA\n"])
    def test_none(self, code: str) -> None:
        """Everything else is no country."""
        assert not is_country(code)
