import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.codes import crockford, tag_of, tags_of
from cryptostamp.codes.fields import MAX_CHAIN_ID
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import MAX_EDITION, Address, ChainId, Serial

ADDRESSES = st.binary(min_size=20, max_size=20)


class TestTags:
    @given(
        st.integers(1, MAX_CHAIN_ID).map(ChainId),
        ADDRESSES,
        st.lists(st.tuples(st.integers(1, MAX_EDITION).map(Serial), ADDRESSES), max_size=5),
    )
    def test_those_of_each_stamp(self, chain_id: ChainId, contract: bytes, stamps: list[tuple[Serial, bytes]]) -> None:
        """Each number is what the tag of the stamp by itself writes."""
        address = Address(f"0x{contract.hex()}")
        tags = tags_of(
            chain_id=chain_id,
            contract=address,
            serials=np.array([serial for serial, _ in stamps], dtype=np.int64),
            claim_keys=b"".join(key for _, key in stamps),
        )
        assert tags.dtype == np.uint64
        assert [crockford.encode(int(tag), 8) for tag in tags] == [
            tag_of(chain_id=chain_id, contract=address, serial=serial, claim_key=Address(f"0x{key.hex()}"))
            for serial, key in stamps
        ]

    def test_many(self) -> None:
        """The same for more stamps than are hashed one by one."""
        serials = np.arange(1, 6001)
        keys = np.random.default_rng(1).bytes(20 * len(serials))
        contract = Address(f"0x{'5f' * 20}")
        tags = tags_of(chain_id=ChainId(137), contract=contract, serials=serials, claim_keys=keys)
        for index in (0, 4095, 4096, 5999):
            key = Address(f"0x{keys[20 * index : 20 * index + 20].hex()}")
            tag = tag_of(chain_id=ChainId(137), contract=contract, serial=Serial(index + 1), claim_key=key)
            assert crockford.encode(int(tags[index]), 8) == tag

    def test_a_key_for_each_serial(self) -> None:
        """Keys that are too few or cut are refused."""
        with pytest.raises(CodeFormatError, match="Each serial needs"):
            tags_of(
                chain_id=ChainId(1), contract=Address(f"0x{'11' * 20}"), serials=np.array([1, 2]), claim_keys=bytes(39)
            )
