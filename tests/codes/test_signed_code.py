"""A signed code tells who issued it, offline, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.codes import PublicCode, parse_public_code, sign_with, signer_of, signing_text
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import MAX_EDITION, ChainId, Serial, parse_address

POST = Account.from_key(b"\x01" * 32)
ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141


def code(serial: int = 42, chain: int = 8453) -> PublicCode:
    return PublicCode.make(
        host="lilypond.example",
        chain_id=ChainId(chain),
        contract=parse_address("0x" + "c0" * 20),
        serial=Serial(serial),
        claim_key=parse_address("0x" + "aa" * 20),
    )


def signature(unsigned: PublicCode) -> bytes:
    return bytes(POST.sign_message(encode_defunct(text=signing_text(unsigned))).signature)


def signed(unsigned: PublicCode) -> PublicCode:
    return sign_with(unsigned, signature(unsigned))


class TestSignedCode:
    @given(st.integers(1, MAX_EDITION), st.integers(1, 2**62))
    def test_round_trip(self, serial: int, chain: int) -> None:
        """What is signed is written, read and recognised, in any letter case."""
        made = signed(code(serial, chain))
        assert len(made.text) == len(code(serial, chain).text) + 104
        for text in (made.text, made.text.lower()):
            assert parse_public_code(text) == made
        assert signer_of(made) == POST.address

    def test_the_text(self) -> None:
        """The text that is signed names chain, contract, serial and tag."""
        assert signing_text(code()) == (
            f"Cryptostamp public code: eip155:8453/erc721:{code().contract}/42.{code().tag}"
        )

    def test_another_host_keeps_the_signature(self) -> None:
        """A post that moves to another domain need not sign again."""
        assert signer_of(replace(signed(code()), host="frogs.example")) == POST.address

    @pytest.mark.parametrize("change", [{"serial": Serial(43)}, {"chain_id": ChainId(1)}, {"tag": "0" * 8}])
    def test_another_stamp_does_not(self, change: dict[str, object]) -> None:
        """A signature does not go with any other field."""
        assert signer_of(replace(signed(code()), **change)) != POST.address  # type: ignore[arg-type]

    def test_no_signature(self) -> None:
        """An unsigned code was signed by nobody, and so was one with a signature that no key can make."""
        assert signer_of(code()) is None
        for made in (bytes(64), b"\xff" * 64, b"\x01" * 32 + bytes(32)):
            assert signer_of(replace(code(), signature=made)) is None

    def test_one_form_only(self) -> None:
        """A high s, another v or another length is not packed."""
        good = signature(code())
        s = ORDER - int.from_bytes(good[32:64], "big")
        for bad in (good[:64], good[:64] + b"\0", good[:32] + s.to_bytes(32, "big") + good[64:], b""):
            with pytest.raises(CodeFormatError, match="signature"):
                sign_with(code(), bad)
        with pytest.raises(CodeFormatError, match="64 bytes"):
            replace(code(), signature=good)

    @given(st.binary(min_size=64, max_size=64))
    def test_any_bytes(self, made: bytes) -> None:
        """No 64 bytes are more than a signature by somebody or nobody."""
        odd = replace(code(), signature=made)
        assert parse_public_code(odd.text) == odd
        signer_of(odd)

    @given(st.text(max_size=120) | st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ.", max_size=120))
    def test_any_text(self, tail: str) -> None:
        """Whatever follows a code is a signature, or no code."""
        try:
            made = parse_public_code(code().text + tail)
        except CodeFormatError:
            return
        assert made.text == code().text + tail.upper()
