import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.codes import crockford
from cryptostamp.errors import CodeFormatError


class TestEncode:
    @pytest.mark.parametrize(
        ("value", "length", "text"),
        [(0, 1, "0"), (31, 1, "Z"), (32, 2, "10"), (1234, 4, "016J"), (2**130 - 1, 26, "Z" * 26)],
    )
    def test_known_values(self, value: int, length: int, text: str) -> None:
        """Numbers are written most significant character first and padded with zeros."""
        assert crockford.encode(value, length) == text

    @pytest.mark.parametrize("value", [-1, 32])
    def test_does_not_fit(self, value: int) -> None:
        """A number that the length cannot hold is refused, not cut."""
        with pytest.raises(CodeFormatError):
            crockford.encode(value, 1)

    @given(st.integers(0, 2**160 - 1))
    def test_round_trip(self, value: int) -> None:
        """Decoding what was encoded gives the number back."""
        assert crockford.decode(crockford.encode(value, 32)) == value


class TestDecode:
    @pytest.mark.parametrize("character", ["I", "L", "O", "U", "a", " ", "-", "é", "٣"])
    def test_foreign_character(self, character: str) -> None:
        """Only capital letters of the alphabet are read, and the error does not repeat the text."""
        with pytest.raises(CodeFormatError) as caught:
            crockford.decode(f"7{character}Q")
        assert "7" not in caught.value.diagnostics()


class TestTypedText:
    def test_fold(self) -> None:
        """Lookalikes become the digits that they were taken for, small letters capitals."""
        assert crockford.fold("oOiIlLuz9") == "001111UZ9"

    def test_strip_separators(self) -> None:
        """Hyphens, the dashes of phones and spaces fall away, other characters stay."""
        assert crockford.strip_separators("AB-CD EF\u2013GH\u00a0IJ\u2014_") == "ABCDEFGHIJ_"
