import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.codes import crockford, iso7064
from cryptostamp.codes.characters import (
    characters_of,
    crockford_of,
    decimal_of,
    mod37_36_of,
    mod1271_36_of,
    to_ascii,
)

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def texts(columns: np.ndarray) -> list[str]:
    """Return the columns of an array of characters as texts."""
    return [bytes(column).decode() for column in to_ascii(columns).T]


class TestNumbers:
    @given(st.lists(st.integers(0, 10**8 - 1), min_size=1))
    def test_decimal(self, numbers: list[int]) -> None:
        """Each column holds a number with as many digits as were asked for."""
        assert texts(decimal_of(np.array(numbers), 8)) == [f"{number:08}" for number in numbers]

    @given(st.lists(st.integers(0, 2**64 - 1), min_size=1))
    def test_crockford(self, numbers: list[int]) -> None:
        """Each column holds what `crockford` writes of the same number, of a large one its low bits."""
        columns = np.array(numbers, dtype=np.uint64)
        assert texts(crockford_of(columns, 13)) == [crockford.encode(number, 13) for number in numbers]
        assert texts(crockford_of(columns, 8)) == [crockford.encode(number & (1 << 40) - 1, 8) for number in numbers]


class TestCheckCharacters:
    @given(
        st.text(LETTERS),
        st.integers(1, 30).flatmap(lambda size: st.lists(st.text(LETTERS, min_size=size, max_size=size), min_size=1)),
    )
    def test_same_as_one_by_one(self, start: str, endings: list[str]) -> None:
        """The check characters of many texts are those of each."""
        columns = np.array([characters_of(ending) for ending in endings]).T
        checks = texts(mod37_36_of(characters_of(start), columns)[np.newaxis])
        assert checks == [iso7064.mod37_36(start + ending) for ending in endings]
        assert texts(mod1271_36_of(columns)) == [iso7064.mod1271_36(ending) for ending in endings]

    def test_texts_that_are_their_start(self) -> None:
        """A text that does not go on has the check character of its start."""
        none = np.empty((0, 2), dtype=np.intp)
        assert texts(mod37_36_of(characters_of("A12425GABC1234002"), none)[np.newaxis]) == ["M", "M"]
