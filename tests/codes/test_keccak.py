import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptostamp.codes.keccak import LONGEST_MESSAGE, keccak256_of
from cryptostamp.primitives import keccak256


class TestDigests:
    @settings(max_examples=15, deadline=None)
    @given(st.integers(0, LONGEST_MESSAGE), st.sampled_from([0, 1, 511, 512, 700, 4096, 4700]), st.integers(0, 2**32))
    def test_those_of_each_message(self, length: int, count: int, seed: int) -> None:
        """However many messages there are and however long: each digest is that of the message by itself."""
        messages = np.random.default_rng(seed).integers(0, 256, (count, length), dtype=np.uint8)
        digests = keccak256_of(messages)
        assert digests.shape == (count, 32)
        for index in {0, 1, count // 2, count - 2, count - 1} & set(range(count)):
            assert digests[index].tobytes() == keccak256(messages[index].tobytes())

    @pytest.mark.parametrize("length", [0, 1, 127, 128, 134, 135])
    def test_every_length_of_padding(self, length: int) -> None:
        """Also where the two bits of the padding meet in one byte."""
        messages = np.full((600, length), 0xA5, dtype=np.uint8)
        assert set(map(bytes, keccak256_of(messages))) == {keccak256(b"\xa5" * length)}

    def test_published_example(self) -> None:
        """The digest of nothing is the one that every Ethereum client knows."""
        digest = keccak256_of(np.empty((512, 0), dtype=np.uint8))[511]
        assert digest.tobytes().hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"

    def test_messages_are_not_touched(self) -> None:
        """What is hashed stays as it was."""
        messages = np.random.default_rng(1).integers(0, 256, (600, 128), dtype=np.uint8)
        before = messages.copy()
        keccak256_of(messages)
        assert np.array_equal(messages, before)
