import copy
import hashlib
import hmac
import importlib.util
import json
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptostamp.codes import ClaimCode
from cryptostamp.edition import claim_key, claim_key_of, recover_claim_signer
from cryptostamp.errors import InputError
from cryptostamp.primitives import Address, ChainId, Serial

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "codes.json").read_text())["claim"]
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
KEY = claim_key_of(ClaimCode(bytes(16)))
CLAIM: dict[str, Any] = {
    "chain_id": ChainId(31337),
    "contract": Address("0x92599D596cc345cAd9868FA56681D12f57796E97"),
    "serial": Serial(7),
    "to": Address("0xEf3f4De1C79AC79AB450fB6B4C8CE200eC4A6be1"),
    "deadline": 1_900_000_000,
}
SIGNATURE = KEY.sign_claim(**CLAIM)


class TestDerivation:
    @pytest.mark.parametrize("vector", VECTORS)
    def test_golden_vectors(self, vector: dict[str, str]) -> None:
        """The committed codes give the committed addresses (WebCrypto's HKDF gives the same)."""
        assert claim_key_of(ClaimCode(bytes.fromhex(vector["secret"][2:]))).address == vector["claim_key"]

    def test_definition(self) -> None:
        """The key is the first block of HKDF-SHA256 with counter 0 as info, written out here."""
        extracted = hmac.new(b"cryptostamp/claim-key/v1", bytes(16), hashlib.sha256).digest()
        private = hmac.new(extracted, b"\x00\x01", hashlib.sha256).digest()
        assert KEY.address == Account.from_key(private).address

    def test_outputs_that_are_no_key_are_passed_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Zero and numbers from the group's order up are no keys: the counter goes on."""
        outputs = [bytes(32), ORDER.to_bytes(32, "big"), b"\xff" * 32, (ORDER - 1).to_bytes(32, "big")]
        infos = []

        def digest(_key: bytes, message: bytes, _name: str) -> bytes:
            infos.append(message)
            return outputs[len(infos) - 1]

        monkeypatch.setattr(claim_key.hmac, "digest", digest)
        assert claim_key._first_valid(b"any") == outputs[3]
        assert infos == [b"\x00\x01", b"\x01\x01", b"\x02\x01", b"\x03\x01"]

    @settings(max_examples=20, deadline=None)
    @given(st.integers(1, ORDER - 1))
    def test_both_libraries_agree(self, number: int) -> None:
        """The fast library and the one that runs everywhere give the same public key."""
        private = number.to_bytes(32, "big")
        assert claim_key._public_key(private) == claim_key._public_key_anywhere(private)

    def test_without_the_fast_library(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where coincurve cannot be installed, keys are the same."""
        monkeypatch.setitem(sys.modules, "coincurve", None)
        spec = importlib.util.spec_from_file_location("claim_key_elsewhere", claim_key.__file__)
        assert spec is not None
        assert spec.loader is not None
        elsewhere = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(elsewhere)
        assert elsewhere._FastPublicKey is None
        assert elsewhere.claim_key_of(ClaimCode(bytes(16))).address == KEY.address

    def test_no_key_at_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A derivation that never meets a key ends instead of going round for ever."""
        monkeypatch.setattr(claim_key.hmac, "digest", lambda *_arguments: bytes(32))
        with pytest.raises(InputError, match="gives no key"):
            claim_key._first_valid(b"any")


class TestSigningAClaim:
    def test_recovers(self) -> None:
        """The signature leads back to the claim key's address and has the form that contracts accept."""
        assert recover_claim_signer(**CLAIM, signature=SIGNATURE) == KEY.address
        assert len(SIGNATURE) == 65
        assert SIGNATURE[64] in {27, 28}
        assert int.from_bytes(SIGNATURE[32:64], "big") <= ORDER // 2

    def test_golden_vector(self) -> None:
        """The signature is deterministic (RFC 6979) and stays what it has been since the first version."""
        assert SIGNATURE.hex() == (
            "18f26a5cd725e5483f52080cfb9531d9fb823c43cc331185e2569fc1d3753f1a"
            "003bb260f90a65a6a3ede31e330a4fc6299ae7453c100203b9033475f67c169b1c"
        )

    @pytest.mark.parametrize(
        "change",
        [
            {"chain_id": ChainId(1)},
            {"contract": Address("0xEf3f4De1C79AC79AB450fB6B4C8CE200eC4A6be1")},
            {"serial": Serial(8)},
            {"to": Address("0x92599D596cc345cAd9868FA56681D12f57796E97")},
            {"deadline": 1_900_000_001},
        ],
    )
    def test_bound_to_every_field(self, change: dict[str, Any]) -> None:
        """A signature is worth nothing on another chain or contract, for another serial, recipient or deadline."""
        assert recover_claim_signer(**(CLAIM | change), signature=SIGNATURE) != KEY.address

    @pytest.mark.parametrize("deadline", [-1, 1 << 256])
    def test_impossible_deadline(self, deadline: int) -> None:
        """A deadline that the contract cannot read is refused."""
        with pytest.raises(InputError, match="deadline"):
            KEY.sign_claim(**(CLAIM | {"deadline": deadline}))


class TestMalformedSignatures:
    def test_high_s(self) -> None:
        """The malleable twin of a signature is refused, as the contract does."""
        s = ORDER - int.from_bytes(SIGNATURE[32:64], "big")
        twin = SIGNATURE[:32] + s.to_bytes(32, "big") + bytes([55 - SIGNATURE[64]])
        with pytest.raises(InputError, match="one form"):
            recover_claim_signer(**CLAIM, signature=twin)

    @pytest.mark.parametrize("v", [0, 1, 26, 29, 255])
    def test_other_v(self, v: int) -> None:
        """A recovery byte other than 27 and 28 is refused."""
        with pytest.raises(InputError, match="one form"):
            recover_claim_signer(**CLAIM, signature=SIGNATURE[:64] + bytes([v]))

    @pytest.mark.parametrize("size", [0, 64, 66])
    def test_length(self, size: int) -> None:
        """Only 65 bytes are a signature."""
        with pytest.raises(InputError, match="instead of 65"):
            recover_claim_signer(**CLAIM, signature=bytes(size))

    @pytest.mark.parametrize("r", [0, ORDER, 2**256 - 1])
    def test_r_out_of_range(self, r: int) -> None:
        """An r outside 1..n-1 is refused."""
        with pytest.raises(InputError, match="one form"):
            recover_claim_signer(**CLAIM, signature=r.to_bytes(32, "big") + SIGNATURE[32:])

    def test_r_off_the_curve(self) -> None:
        """An r that is no point's coordinate belongs to no key."""
        with pytest.raises(InputError, match="belongs to no key"):
            recover_claim_signer(**CLAIM, signature=(5).to_bytes(32, "big") + SIGNATURE[32:])


class TestSigningAMessage:
    def test_recovers(self) -> None:
        """A signed text leads back to the claim key's address (EIP-191)."""
        signature = KEY.sign_message("Grüße aus Lilypond")
        assert Account.recover_message(encode_defunct(text="Grüße aus Lilypond"), signature=signature) == KEY.address


class TestSecrecy:
    def test_never_shown(self) -> None:
        """The representation shows the address, which is public, and nothing else."""
        assert repr(KEY) == str(KEY) == f"<ClaimKey of {KEY.address}, hidden>"

    def test_not_pickled_or_copied(self) -> None:
        """A key cannot be written down by accident."""
        for write in (pickle.dumps, copy.copy):
            with pytest.raises(TypeError, match="in the clear"):
                write(KEY)
