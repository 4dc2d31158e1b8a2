"""What a foreign contract answers can be anything: it is decoded or refused, never a crash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.chain import load_artifact
from cryptostamp.chain.interface import ContractInterface
from cryptostamp.errors import CannotTell, InputError

SERIES = load_artifact("StampSeries").interface
REGISTRY = load_artifact("PostalRegistry").interface


class TestForeignAnswers:
    @given(st.binary(max_size=600))
    def test_any_bytes(self, data: bytes) -> None:
        """Whatever bytes come back, they decode or are a CannotTell."""
        for interface, function in ((SERIES, "stampOf"), (SERIES, "name"), (REGISTRY, "statusOf")):
            try:
                interface.decode_result(function, data)
            except CannotTell as error:
                assert function in error.what  # noqa: PT017 - most examples end here, some decode

    def test_text_that_is_no_text(self) -> None:
        """A name that is not UTF-8 is not shown to anybody."""
        data = (32).to_bytes(32, "big") + (2).to_bytes(32, "big") + b"\xff\xfe" + bytes(30)
        with pytest.raises(CannotTell):
            SERIES.decode_result("name", data)

    def test_a_log_of_another_event(self) -> None:
        """A log is read as an event only when its first topic says so."""
        with pytest.raises(CannotTell):
            SERIES.decode_event("Claimed", [SERIES.topic("Transfer"), bytes(32), bytes(32)], bytes(32))

    @given(st.binary(max_size=100))
    def test_any_revert_data(self, data: bytes) -> None:
        """Revert data that is none of our errors decodes to none."""
        assert SERIES.decode_error(data) is None or data[:4] != b""


class TestEncoding:
    def test_known_selectors(self) -> None:
        """Selectors are those of the standards: transferFrom of ERC-721, Transfer of its event."""
        zero = "0x" + "00" * 20
        assert SERIES.encode_call("transferFrom", zero, zero, 1)[:4].hex() == "23b872dd"
        assert SERIES.topic("Transfer").hex().startswith("ddf252ad")

    def test_values_that_do_not_fit(self) -> None:
        """A number too large for its field is refused with our own error."""
        with pytest.raises(InputError):
            SERIES.encode_call("stampOf", 2**256)

    def test_a_contract_without_constructor(self) -> None:
        """A contract without a constructor takes no arguments."""
        assert ContractInterface("Empty", []).encode_constructor() == b""
