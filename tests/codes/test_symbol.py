import json
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptostamp.codes import ClaimCode, PublicCode, QrSymbol, claim_symbol, parse_public_code, public_symbol

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "codes.json").read_text())
CODE = parse_public_code(VECTORS["public"][0]["text"])


def scan(symbol: QrSymbol) -> zxingcpp.Barcode:
    """Read a symbol with a library that did not make it."""
    dark = np.kron(np.pad(symbol.modules, 4), np.ones((4, 4), dtype=np.bool_))
    (barcode,) = zxingcpp.read_barcodes(np.where(dark, np.uint8(0), np.uint8(255)))
    return barcode


class TestPublicSymbol:
    @pytest.mark.parametrize("vector", VECTORS["public"])
    def test_reads_back(self, vector: dict[str, str]) -> None:
        """An independent reader finds the text, at error correction Q."""
        barcode = scan(public_symbol(parse_public_code(vector["text"])))
        assert barcode.text == vector["text"]
        assert barcode.extra["ECLevel"] == "Q"

    def test_fits_version_5(self) -> None:
        """A host of 16 characters on a chain of 5 digits needs 37 modules a side."""
        symbol = public_symbol(CODE)
        assert (symbol.version, symbol.side, symbol.modules.shape) == (5, 37, (37, 37))

    def test_longest_host_of_version_5(self) -> None:
        """Hosts of 18 characters still fit version 5 with 5-digit chains and serials."""
        host = "a" * 10 + ".example"
        fields = {"chain_id": CODE.chain_id, "contract": CODE.contract, "serial": 99_999, "claim_key": CODE.contract}
        assert public_symbol(PublicCode.make(host=host, **fields)).version == 5
        assert public_symbol(PublicCode.make(host=f"a{host}", **fields)).version == 6

    @pytest.mark.parametrize("mask", range(8))
    def test_mask(self, mask: int) -> None:
        """Each of the eight masks can be asked for and is the one a reader finds."""
        barcode = scan(public_symbol(CODE, mask=mask))
        assert (barcode.text, barcode.extra["DataMask"]) == (CODE.text, mask)

    def test_same_code_same_modules(self) -> None:
        """A code has one symbol, which cannot be changed in place."""
        first, second = public_symbol(CODE), public_symbol(CODE)
        assert np.array_equal(first.modules, second.modules)
        with pytest.raises(ValueError, match="read-only"):
            first.modules[0, 0] = False


class TestClaimSymbol:
    @settings(max_examples=10, deadline=None)
    @given(st.binary(min_size=16, max_size=16))
    def test_reads_back(self, secret: bytes) -> None:
        """An independent reader finds the claim link; the symbol is no larger than the one on the face."""
        code = ClaimCode(secret)
        symbol = claim_symbol(code, "lilypond.example")
        assert scan(symbol).text == code.url("lilypond.example")
        assert symbol.version == 5

    def test_representation_is_harmless(self) -> None:
        """Printing a symbol in a log does not write out enough of it to be scanned."""
        assert repr(claim_symbol(ClaimCode(bytes(16)), "lilypond.example")) == "QrSymbol(version=5)"
