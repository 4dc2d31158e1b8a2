import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.codes import ClaimCode, ClaimHalf, Half
from cryptostamp.edition import EditionSecret, claim_key_of, join, split
from cryptostamp.errors import InputError
from cryptostamp.primitives import MAX_EDITION, Serial

SECRETS = st.binary(min_size=16, max_size=16)
SECRET = EditionSecret(bytes(range(32)))
GOLDEN_A = "A-52FW-WX4H-8NNW-XZMS-GX9B-VBXG-B0W9"
GOLDEN_B = "B-6W2A-ZC6B-MVF6-YBMC-SR81-9AC8-8VSB"


class TestSplitting:
    @given(SECRETS, SECRETS)
    def test_halves_give_the_code_back(self, secret: bytes, pad: bytes) -> None:
        """A and B join to the code, in either order."""
        a, b = split(ClaimCode(secret), pad)
        assert (a.half, b.half) == (Half.A, Half.B)
        assert join(a, b) == join(b, a) == ClaimCode(secret)

    @given(SECRETS, SECRETS)
    def test_any_half_goes_with_any_code(self, share: bytes, secret: bytes) -> None:
        """For each half and each code there is exactly one other half: so a half rules out no code."""
        for letter in Half:
            half = ClaimHalf(letter, share)
            other = ClaimHalf(letter.other, bytes(x ^ y for x, y in zip(share, secret, strict=True)))
            assert join(half, other) == ClaimCode(secret)

    @pytest.mark.parametrize("size", [0, 15, 17])
    def test_a_pad_of_another_size(self, size: int) -> None:
        """A pad is as long as a code."""
        with pytest.raises(InputError, match=f"16 bytes, not {size}"):
            split(ClaimCode(bytes(16)), bytes(size))


class TestWrongPairs:
    @pytest.mark.parametrize("letter", list(Half))
    def test_two_of_one_letter(self, letter: Half) -> None:
        """Two halves of one letter are refused, and the missing one is named."""
        one, two = (SECRET.claim_halves(Serial(n))[letter is Half.B] for n in (1, 2))
        for other in (one, two):
            with pytest.raises(InputError, match=f"Both are halves {letter}") as refusal:
                join(one, other)
            assert refusal.value.remedy == f"Give the half {letter.other} of the same stamp as well."

    def test_halves_of_two_stamps_are_the_code_of_neither(self) -> None:
        """What they join to has a claim key that no stamp of the edition has."""
        keys = {claim_key_of(SECRET.claim_code(Serial(n))).address for n in range(1, 21)}
        for n in range(1, 20):
            wrong = join(SECRET.claim_halves(Serial(n))[0], SECRET.claim_halves(Serial(n + 1))[1])
            assert claim_key_of(wrong).address not in keys


class TestHalvesOfAnEdition:
    def test_golden_vector(self) -> None:
        """The halves of serial 1 stay what they have been since the first version, for they may be on paper."""
        a, b = SECRET.claim_halves(Serial(1))
        assert (a.text, b.text) == (GOLDEN_A, GOLDEN_B)
        assert join(a, b) == SECRET.claim_code(Serial(1))

    @given(st.integers(min_value=1, max_value=MAX_EDITION))
    def test_the_same_every_time(self, serial: int) -> None:
        """Printing again gives the same halves, and they join to the code of the stamp."""
        a, b = SECRET.claim_halves(Serial(serial))
        assert (a, b) == SECRET.claim_halves(Serial(serial))
        assert join(a, b) == SECRET.claim_code(Serial(serial))

    def test_the_pad_is_no_code(self) -> None:
        """Pads and codes come from contexts of their own: none of them meet."""
        pads = {SECRET.claim_pad(Serial(n)) for n in range(1, 500)}
        codes = {SECRET.claim_code(Serial(n)).secret for n in range(1, 500)}
        assert len(pads | codes) == 998

    @pytest.mark.parametrize("serial", [0, MAX_EDITION + 1])
    def test_serial_out_of_bounds(self, serial: int) -> None:
        """There is no pad for a serial that no edition has."""
        with pytest.raises(InputError, match="not between 1 and 16000000"):
            SECRET.claim_pad(Serial(serial))

    @pytest.mark.parametrize("which", [0, 1])
    def test_a_half_is_uniform_and_says_nothing_about_the_code(self, which: int) -> None:
        """Over many stamps each bit of a half is a fair coin, and agrees with each bit of the code as one does.

        The bounds are of five and a half standard deviations; the secret is fixed, so the outcome is too.
        """
        stamps = 4096
        serials = [Serial(n) for n in range(1, stamps + 1)]
        shares = _bits(b"".join(SECRET.claim_halves(n)[which].share for n in serials))
        codes = _bits(b"".join(SECRET.claim_code(n).secret for n in serials))
        bound = 5.5 / (2 * math.sqrt(stamps))
        assert np.abs(shares.mean(axis=0) - 0.5).max() < bound
        signs, code_signs = 2.0 * shares - 1, 2.0 * codes - 1
        assert np.abs(signs.T @ code_signs / stamps).max() / 2 < bound
        values = np.bincount(np.packbits(shares.astype(np.uint8), axis=1).ravel(), minlength=256)
        expected = 16 * stamps / 256
        chi_squared = float(((values - expected) ** 2 / expected).sum())
        assert abs(chi_squared - 255) < 5.5 * math.sqrt(2 * 255)


def _bits(octets: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    rows = np.frombuffer(octets, dtype=np.uint8).reshape(-1, 16)
    return np.unpackbits(rows, axis=1).astype(np.int64)
