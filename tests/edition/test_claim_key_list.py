import pytest

from cryptostamp.edition import ClaimKeyList
from cryptostamp.errors import InputError
from cryptostamp.primitives import Address

FIRST = Address("0x92599D596cc345cAd9868FA56681D12f57796E97")
SECOND = Address("0x99c6B42Bf14A1E2ECcf336Be92eD316A63c53F13")
KEYS = ClaimKeyList.of([FIRST, SECOND, FIRST])


class TestSequence:
    def test_items(self) -> None:
        """It behaves as the sequence of checksummed addresses that it was made from."""
        assert list(KEYS) == [FIRST, SECOND, FIRST]
        assert (len(KEYS), KEYS[1], KEYS[-2], KEYS.index(SECOND)) == (3, SECOND, SECOND, 1)
        assert SECOND in KEYS

    def test_slices(self) -> None:
        """A slice is a list of the same kind."""
        assert KEYS[1:] == ClaimKeyList.of([SECOND, FIRST])
        assert KEYS[::-2] == ClaimKeyList.of([FIRST, FIRST])

    @pytest.mark.parametrize("index", [3, -4])
    def test_out_of_range(self, index: int) -> None:
        """There is nothing beyond the ends."""
        with pytest.raises(IndexError):
            KEYS[index]

    def test_finding(self) -> None:
        """An address is found where it stands first, and nowhere between two addresses."""
        assert (KEYS.find(FIRST), KEYS.find(SECOND)) == (0, 1)
        across = Address("0x" + (KEYS.raw[10:30]).hex())
        assert KEYS.find(across) is None
        assert ClaimKeyList(KEYS.raw + KEYS.raw[10:30]).find(across) == 3

    def test_equality(self) -> None:
        """Lists are equal when their addresses are, and hash alike."""
        assert ClaimKeyList.of(KEYS) == KEYS
        assert hash(ClaimKeyList(KEYS.raw)) == hash(KEYS)
        assert KEYS != [FIRST, SECOND, FIRST]
        assert repr(KEYS) == "<ClaimKeyList of 3>"

    def test_broken_bytes(self) -> None:
        """Bytes that are not 20 for each address are refused."""
        with pytest.raises(InputError, match="20 bytes"):
            ClaimKeyList(bytes(21))
