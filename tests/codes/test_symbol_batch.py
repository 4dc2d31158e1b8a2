from dataclasses import replace

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptostamp.codes import (
    ClaimCode,
    ClaimCodes,
    PublicCodes,
    SymbolBatch,
    best_mask,
    claim_symbol,
    claim_symbols,
    public_symbol,
    public_symbols,
)
from cryptostamp.codes.penalty import penalties
from cryptostamp.primitives import MAX_EDITION, Address, ChainId

CONTRACT = Address("0x5FbDB2315678afecb367f032d93F642f64180aa3")
HOSTS = st.integers(1, 60).map(lambda length: f"{'p' * length}.example")
STAMPS = st.tuples(
    st.one_of(st.integers(1, MAX_EDITION), st.sampled_from([1, 9, 10, 99, 100, MAX_EDITION])),
    st.integers(0, 2**40 - 1),
)


def codes_of(*stamps: tuple[int, int], host: str = "lilypond.example") -> PublicCodes:
    """Return the codes of stamps, given their serials and tags."""
    serials, tags = zip(*stamps, strict=True)
    return PublicCodes(
        host=host,
        chain_id=ChainId(31337),
        contract=CONTRACT,
        serials=np.array(serials, dtype=np.int64),
        tags=np.array(tags, dtype=np.uint64),
    )


def scan(batch: SymbolBatch, index: int) -> str:
    """Read one symbol with a library that did not make it."""
    dark = np.kron(np.pad(batch[index].modules, 4), np.ones((4, 4), dtype=np.bool_))
    (barcode,) = zxingcpp.read_barcodes(np.where(dark, np.uint8(0), np.uint8(255)))
    return barcode.text


class TestPublicSymbols:
    @settings(max_examples=30, deadline=None)
    @given(HOSTS, st.lists(STAMPS, min_size=1, max_size=12), st.integers(0, 7), st.integers(1, 12))
    def test_module_for_module(self, host: str, stamps: list[tuple[int, int]], mask: int, least_version: int) -> None:
        """Whatever the host, serials, tags and mask: the modules are those of the symbol encoded by itself."""
        codes = codes_of(*stamps, host=host)
        batch = public_symbols(codes, mask=mask, least_version=least_version)
        assert len(batch) == len(stamps)
        for index in range(len(stamps)):
            alone = public_symbol(codes.code(index), mask=mask, least_version=batch.version)
            assert batch[index].version == alone.version
            assert np.array_equal(batch[index].modules, alone.modules)

    def test_across_chunks_and_digits(self) -> None:
        """In a run of five thousand serials an independent reader finds every text at its place."""
        tags = np.random.default_rng(1).integers(0, 2**40, 5000)
        codes = codes_of(*((serial, int(tag)) for serial, tag in enumerate(tags, 1)))
        batch = public_symbols(codes)
        for index in (*range(0, 5000, 500), 8, 9, 98, 99, 998, 999, 4095, 4096, 4999):
            assert scan(batch, index) == codes.texts()[index].decode()

    @pytest.mark.parametrize("mask", range(8))
    def test_reads_back(self, mask: int) -> None:
        """An independent reader finds the text of every symbol, whatever the mask."""
        tags = np.random.default_rng(mask).integers(0, 2**40, 9)
        codes = codes_of(*((7**place, int(tag)) for place, tag in enumerate(tags)))
        batch = public_symbols(codes, mask=mask)
        assert [scan(batch, index) for index in range(len(codes))] == [text.decode() for text in codes.texts()]

    def test_packed(self) -> None:
        """Rows are packed from the left, and what is left of their last byte is zero."""
        batch = public_symbols(codes_of((1, 2), (3, 4)))
        assert (batch.version, batch.side, batch.packed.shape, batch.packed.dtype) == (5, 37, (2, 37, 5), np.uint8)
        assert np.array_equal(batch.packed[1], np.packbits(batch[1].modules, axis=1))
        assert not (batch.packed & 0b111)[:, :, -1].any()

    def test_one_version(self) -> None:
        """The longest serial decides on the version of all, unless the caller asks for a larger one."""
        short, both = (
            codes_of((1, 0), host=f"{'p' * 10}.example"),
            codes_of((1, 0), (100_000, 0), host=f"{'p' * 10}.example"),
        )
        assert [public_symbols(codes).version for codes in (short, both)] == [5, 6]
        assert public_symbols(short, least_version=6).version == 6

    def test_no_codes(self) -> None:
        """A part of an edition without stamps has no symbols."""
        assert public_symbols(codes_of((1, 0))[1:]).packed.shape[0] == 0

    def test_nothing_changes_a_batch(self) -> None:
        """Neither the packed modules nor those of one symbol can be written to."""
        batch = public_symbols(codes_of((1, 2)))
        for modules in (batch.packed, batch[0].modules):
            with pytest.raises(ValueError, match="read-only"):
                modules[0] = 0


class TestClaimSymbols:
    @settings(max_examples=20, deadline=None)
    @given(
        st.sampled_from(["a.example", "lilypond.example"]),
        st.lists(st.binary(min_size=16, max_size=16), max_size=8),
        st.integers(0, 7),
    )
    def test_module_for_module(self, host: str, secrets: list[bytes], mask: int) -> None:
        """Whatever the host, the codes and the mask: the modules are those of the symbol encoded by itself."""
        batch = claim_symbols(ClaimCodes(b"".join(secrets)), host, mask=mask)
        assert len(batch) == len(secrets)
        for index, secret in enumerate(secrets):
            assert np.array_equal(batch[index].modules, claim_symbol(ClaimCode(secret), host, mask=mask).modules)

    def test_reads_back(self) -> None:
        """An independent reader finds the links."""
        codes = [ClaimCode(bytes([number]) * 16) for number in (1, 7, 255)]
        batch = claim_symbols(ClaimCodes.of(codes), "lilypond.example")
        assert [scan(batch, index) for index in range(3)] == [code.url("lilypond.example") for code in codes]

    def test_representation_is_harmless(self) -> None:
        """Neither a batch nor a symbol of it writes out what it holds."""
        batch = claim_symbols(ClaimCodes(bytes(range(16))), "lilypond.example")
        assert repr(batch) == "SymbolBatch(version=5)"
        assert repr(batch[0]) == "QrSymbol(version=5)"


class TestBestMask:
    @pytest.mark.parametrize("chain_id", [1, 137, 31337])
    def test_fewest_points(self, chain_id: int) -> None:
        """No other mask gives the symbols of these codes fewer penalty points."""
        codes = replace(codes_of(*((serial, 7**serial) for serial in range(1, 10))), chain_id=ChainId(chain_id))
        points = [penalties(public_symbols(codes, mask=mask).modules()).sum() for mask in range(8)]
        assert points[best_mask(codes)] == min(points) < max(points)

    def test_all_modules_at_once(self) -> None:
        """The modules of a batch are those of its symbols, one after the other."""
        batch = public_symbols(codes_of((1, 2), (3, 4)))
        assert np.array_equal(batch.modules(), [batch[0].modules, batch[1].modules])
