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
            SERIES.decode_event("Delivered", [SERIES.topic("Transfer"), bytes(32), bytes(32)], b"")

    @given(st.lists(st.binary(min_size=32, max_size=32), max_size=4), st.binary(max_size=100))
    def test_any_log(self, topics: list[bytes], data: bytes) -> None:
        """Whatever a log holds after the topic of an event, it decodes or is a CannotTell."""
        for event in ("Delivered", "ApprovalForAll", "ConsecutiveTransfer"):
            try:
                SERIES.decode_event(event, [SERIES.topic(event), *topics], data)
            except CannotTell as error:
                assert event in error.what  # noqa: PT017 - most examples end here, some decode

    def test_an_event_reads_in_lower_case(self) -> None:
        """A log of a delivery gives its arguments by name, accounts in lower case."""
        topics = [SERIES.topic("Delivered"), (7).to_bytes(32, "big"), bytes(12) + b"\xab" * 20]
        event = SERIES.decode_event("Delivered", topics, b"")
        assert event == {"serial": 7, "to": "0x" + "ab" * 20}

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

    def test_arguments_without_a_constructor(self) -> None:
        """Arguments for a contract that takes none are refused, not dropped."""
        with pytest.raises(InputError):
            ContractInterface("Empty", []).encode_constructor(1)

    @pytest.mark.parametrize("to", ["nobody", "leapfrog.eth", "0x" + "ab" * 20, "0x" + "ab" * 19])
    def test_an_account_that_is_none(self, to: str) -> None:
        """A name, a cut address and one without its checksum are refused without asking anybody."""
        with pytest.raises(InputError, match="transferFrom"):
            SERIES.encode_call("transferFrom", to, to, 1)

    def test_terms_that_do_not_fit(self) -> None:
        """A constructor takes its own arguments, all of them, in their range."""
        for arguments in ((), (1,), ("Leapfrog",)):
            with pytest.raises(InputError):
                SERIES.encode_constructor(*arguments)

    def test_the_overload_that_takes_the_arguments(self) -> None:
        """A safe transfer is encoded with or without its data, as ERC-721 has both."""
        zero = "0x" + "00" * 20
        assert SERIES.encode_call("safeTransferFrom", zero, zero, 1)[:4].hex() == "42842e0e"
        assert SERIES.encode_call("safeTransferFrom", zero, zero, 1, b"")[:4].hex() == "b88d4fde"
