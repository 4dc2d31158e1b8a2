import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.codes import ShortCode, parse_short_code
from cryptostamp.codes.crockford import ALPHABET
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import MAX_EDITION, Address, Serial

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "codes.json").read_text())["public"]
CODES = st.builds(
    ShortCode,
    series_id=st.from_regex(r"[A-Z0-9]{2,8}", fullmatch=True),
    serial=st.integers(1, MAX_EDITION).map(Serial),
    tag=st.text(ALPHABET, min_size=8, max_size=8),
    check=st.from_regex(r"[A-Z0-9]", fullmatch=True),
)


class TestReading:
    @pytest.mark.parametrize("vector", VECTORS)
    def test_golden_vectors(self, vector: dict[str, str]) -> None:
        """The committed short codes are read and agree with their contract and no other."""
        code = parse_short_code(vector["short"])
        assert (code.series_id, code.serial, code.tag) == (vector["series_id"], vector["serial"], vector["tag"])
        assert code.agrees_with(Address(vector["contract"]))
        other = vector["contract"][:-1] + ("0" if vector["contract"][-1] != "0" else "1")
        assert not code.agrees_with(Address(other))

    @given(CODES)
    def test_round_trip(self, code: ShortCode) -> None:
        """Reading what was printed gives the same code."""
        assert parse_short_code(code.text) == code

    @pytest.mark.parametrize(
        "typed",
        ["leap-42-1am5znq9a", " LEAP 42 1AM5 ZNQ9 A ", "Leap\u201342\u2013iAM5-ZNQ9-A"],
    )
    def test_forgives(self, typed: str) -> None:
        """Letter case, spaces, the dashes of phones and lookalikes do not matter."""
        assert parse_short_code(typed).text == "LEAP-42-1AM5ZNQ9A"

    def test_lookalike_check_character(self) -> None:
        """A check character O that was typed as 0, or the other way round, still agrees."""
        contract = Address("0x92599D596cc345cAd9868FA56681D12f57796E97")
        codes = [ShortCode(series_id="AA", serial=Serial(n), tag="00000000", check="O") for n in range(1, 200)]
        agreeing = [code for code in codes if code.agrees_with(contract)]
        assert agreeing
        for code in agreeing:
            assert parse_short_code(f"AA-{code.serial}-000000000").agrees_with(contract)


class TestRefusals:
    @pytest.mark.parametrize(
        ("typed", "reason"),
        [
            ("", "not the short code"),
            ("LEAP", "not the short code"),
            ("LEAP-42", "not the short code"),
            ("LEAP-42-1AM5ZNQ9", "not the short code"),
            ("LEAP-42-1AM5ZNQ9AA", "not the short code"),
            ("L-42-1AM5ZNQ9A", "not the short name"),
            ("LEAPFROGS-42-1AM5ZNQ9A", "not the short name"),
            ("LE_P-42-1AM5ZNQ9A", "not the short name"),
            ("LEAP-042-1AM5ZNQ9A", "starts with a zero"),
            ("LEAP-0-1AM5ZNQ9A", "not between"),
            ("LEAP-16000001-1AM5ZNQ9A", "not between"),
            ("LEAP-X2-1AM5ZNQ9A", "not a number"),
            ("LEAP-42-1AM5ZNQUA", "tag"),
            ("LEAP-42-1AM5ZNQ9_", "check character"),
            ("LEAP-42-1AM5ZNQ9\u00df", "letters that no short code has"),
            ("LEAP-4\u0662-1AM5ZNQ9A", "letters that no short code has"),
            ("LEAP-42-" + "1" * 100, "a short code is shorter"),
        ],
    )
    def test_says_what_is_wrong(self, typed: str, reason: str) -> None:
        """Whatever is no short code is refused in one clear sentence with a remedy."""
        with pytest.raises(CodeFormatError, match=reason) as caught:
            parse_short_code(typed)
        assert caught.value.remedy

    @given(st.text(max_size=80))
    def test_arbitrary_text(self, text: str) -> None:
        """A text is a short code or raises `CodeFormatError`, without control characters in its message."""
        try:
            code = parse_short_code(text)
        except CodeFormatError as error:
            assert error.what.isprintable()  # noqa: PT017 (either outcome is right)
        else:
            assert parse_short_code(code.text) == code
