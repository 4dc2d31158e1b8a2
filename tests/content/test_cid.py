"""CIDs are those of multiformats, and only in the one form that this program writes."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.content import DAG_PB, RAW, Cid, parse_cid
from cryptostamp.errors import InputError

EMPTY_FILE = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
EMPTY_FOLDER = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354"


class TestText:
    def test_known_names(self) -> None:
        """The names that everybody knows: of the empty file, and of the folder with nothing in it."""
        assert str(Cid.of(RAW, b"")) == EMPTY_FILE
        assert str(Cid.of(DAG_PB, b"\x0a\x02\x08\x01")) == EMPTY_FOLDER

    @given(st.sampled_from([RAW, DAG_PB]), st.binary(min_size=32, max_size=32))
    def test_text_and_back(self, codec: int, digest: bytes) -> None:
        """What is written is read as the same CID."""
        cid = Cid(codec, digest)
        assert parse_cid(str(cid)) == cid
        assert len(str(cid)) == 59


class TestRefusals:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn",  # version 0
            EMPTY_FILE.upper(),
            "B" + EMPTY_FILE[1:].upper(),  # base32 in upper case is another multibase
            EMPTY_FILE[:-1],
            EMPTY_FILE + "a",
            EMPTY_FILE[:-1] + "v",  # the same bytes, with a bit set that stands for nothing
            "b" + base64.b32encode(b"\x01\x71\x12\x20" + bytes(32)).decode().lower().rstrip("="),  # dag-cbor
            "b" + base64.b32encode(b"\x01\x55\x13\x20" + bytes(32)).decode().lower().rstrip("="),  # another hash
            f"ipfs://{EMPTY_FILE}",
            EMPTY_FILE + "\n",
        ],
    )
    def test_anything_else(self, text: str) -> None:
        """Other versions, bases, codecs and hashes, and texts that only look alike, are refused."""
        with pytest.raises(InputError, match="not the address of a file or folder"):
            parse_cid(text)
