import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.codes import ClaimCode, ClaimCodes, parse_claim_code
from cryptostamp.errors import CodeFormatError

SECRETS = st.lists(st.binary(min_size=16, max_size=16), max_size=12)
EXTREMES = [bytes(16), b"\xff" * 16, bytes(7) + b"\x01" + bytes(8), bytes(8) + b"\x80" + bytes(7)]


class TestTexts:
    @given(SECRETS)
    def test_those_of_each_code(self, secrets: list[bytes]) -> None:
        """Each text is that of the code by itself, and parses."""
        codes = [ClaimCode(secret) for secret in secrets]
        texts = [text.decode() for text in ClaimCodes.of(codes).texts().tolist()]
        assert texts == [code.text for code in codes]
        assert all(parse_claim_code(text) == code for text, code in zip(texts, codes, strict=True))

    def test_where_the_words_meet(self) -> None:
        """Codes whose bits stand at the ends and in the middle come out right."""
        assert ClaimCodes(b"".join(EXTREMES)).texts().tolist() == [
            ClaimCode(secret).text.encode() for secret in EXTREMES
        ]


class TestParts:
    def test_a_part_is_codes_again(self) -> None:
        """A part has the texts of that part; what lies outside is empty."""
        codes = ClaimCodes(bytes(range(160)))
        assert (len(codes), len(codes[3:5]), len(codes[8:99]), len(codes[10:])) == (10, 2, 2, 0)
        assert codes[3:5].texts().tolist() == codes.texts().tolist()[3:5]

    @pytest.mark.parametrize("part", [slice(None, None, 2), slice(None, None, -1)])
    def test_no_gaps(self, part: slice) -> None:
        """A part with gaps or backwards is refused rather than misread."""
        with pytest.raises(CodeFormatError, match="without gaps"):
            ClaimCodes(bytes(64))[part]

    def test_cut_secret(self) -> None:
        """Bytes that are not whole codes are refused, without being shown."""
        with pytest.raises(CodeFormatError, match="16 bytes each") as caught:
            ClaimCodes(b"secret bytes of one code and more")
        assert "secret" not in str(caught.value)


class TestSecrecy:
    def test_representation(self) -> None:
        """A log tells how many codes there are, and nothing of them."""
        assert repr(ClaimCodes(b"0123456789abcdef" * 2)) == str(ClaimCodes(bytes(32))) == "<2 claim codes, hidden>"

    @pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
    def test_not_written_down(self, write: object) -> None:
        """Codes are not pickled or copied."""
        with pytest.raises(TypeError, match="in the clear"):
            write(ClaimCodes(bytes(16)))  # type: ignore[operator]
