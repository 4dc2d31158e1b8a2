import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.codes import Kind, classify

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "codes.json").read_text())


class TestClassify:
    @pytest.mark.parametrize("vector", VECTORS["public"])
    def test_public_and_short(self, vector: dict[str, str]) -> None:
        """Public and short codes are told apart, in any letter case."""
        assert classify(vector["text"]) is classify(vector["text"].lower()) is Kind.PUBLIC
        assert classify(vector["short"]) is classify(f" {vector['short'].lower()} ") is Kind.SHORT

    @pytest.mark.parametrize("vector", VECTORS["claim"])
    def test_claim(self, vector: dict[str, str]) -> None:
        """Claim codes and their links are told, even when cut short, run together or on another host."""
        text = vector["text"]
        forms = [text, text.lower(), text.replace("-", " "), text[:-3], text + "0", vector["url"]]
        forms += [f"http://other.example/x#{text}", f"https://lilypond.example/s/1/2#{text}"]
        assert {classify(form) for form in forms} == {Kind.CLAIM}

    @pytest.mark.parametrize("text", ["", "hello", "https://shop.example/", "WIFI:S:home;;", "4006381333931", "\ud800"])
    def test_other(self, text: str) -> None:
        """The texts of other companies' codes are none of ours."""
        assert classify(text) is Kind.OTHER

    def test_too_long(self) -> None:
        """A text longer than any code is not looked at."""
        assert classify("https://lilypond.example/S/" + "1" * 10_000) is Kind.OTHER

    @given(st.text(st.characters(exclude_categories=[]), max_size=600))
    def test_total(self, text: str) -> None:
        """Every text has a kind."""
        assert classify(text) in Kind
