import string
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cryptostamp.codes.iso7064 import mod37_36, mod1271_36
from cryptostamp.errors import CodeFormatError

ALPHABET = string.digits + string.ascii_uppercase
TEXTS = st.text(ALPHABET, min_size=2, max_size=40)


class TestOneCharacter:
    @pytest.mark.parametrize(
        ("text", "check"),
        [
            ("A12425GABC1234002", "M"),  # the example of the Global Release Identifier (IFPI)
            ("B159D8FA01240000", "K"),  # an example of the International Standard Audiovisual Number (ISO 15706)
            ("000000003A8D0000", "Z"),  # the same
            ("000000003A8D000000000000", "6"),
        ],
    )
    def test_public_examples(self, text: str, check: str) -> None:
        """The check characters of published identifiers come out."""
        assert mod37_36(text) == check

    @given(TEXTS, st.data())
    def test_wrong_character(self, text: str, data: st.DataObject) -> None:
        """One wrong character always changes the check character."""
        place = data.draw(st.integers(0, len(text) - 1))
        other = data.draw(st.sampled_from(ALPHABET))
        assume(other != text[place])
        assert mod37_36(text[:place] + other + text[place + 1 :]) != mod37_36(text)


class TestTwoCharacters:
    def test_example_of_the_standard(self) -> None:
        """The example in ISO 7064 comes out."""
        assert mod1271_36("ISO79") == "3W"

    @given(TEXTS, st.data())
    def test_wrong_character(self, text: str, data: st.DataObject) -> None:
        """One wrong character always changes the check characters."""
        place = data.draw(st.integers(0, len(text) - 1))
        other = data.draw(st.sampled_from(ALPHABET))
        assume(other != text[place])
        assert mod1271_36(text[:place] + other + text[place + 1 :]) != mod1271_36(text)

    @given(TEXTS)
    def test_exchanged_neighbours(self, text: str) -> None:
        """Two exchanged neighbours always change the check characters."""
        for place, (first, second) in enumerate(pairwise(text)):
            if first != second:
                assert mod1271_36(text[:place] + second + first + text[place + 2 :]) != mod1271_36(text)


class TestForeignCharacters:
    @pytest.mark.parametrize("text", ["a", "Ä", "-", "A B"])
    def test_refused(self, text: str) -> None:
        """What is no digit and no capital letter has no check character, and the error hides the text."""
        for check in (mod37_36, mod1271_36):
            with pytest.raises(CodeFormatError) as caught:
                check(text)
            assert caught.value.__context__ is None
