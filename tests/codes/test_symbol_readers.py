"""Symbols made in bulk are read by two decoders that neither made them nor share a line of code: zxing-cpp and OpenCV.

OpenCV is told where the symbol lies: what is tested is its decoding, not its eye for pages.
"""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import zxingcpp

from cryptostamp.codes import ClaimCodes, PublicCodes, SymbolBatch, claim_symbols, public_symbols
from cryptostamp.primitives import Address, ChainId

MODULE_PX, QUIET_MODULES = 4, 4
CONTRACT = Address("0x5FbDB2315678afecb367f032d93F642f64180aa3")
MASKS = range(8)
HOSTS = {4: "a.co", 5: "lilypond.example", 6: "a-rather-long-name-of-a-post.example", 7: f"{'p' * 46}.example"}
"""A host for each version that its codes come out in."""


def drawn(batch: SymbolBatch, index: int) -> npt.NDArray[np.uint8]:
    dark = np.kron(np.pad(batch[index].modules, QUIET_MODULES), np.ones((MODULE_PX, MODULE_PX), dtype=np.bool_))
    return np.where(dark, np.uint8(0), np.uint8(255))


def by_zxing(picture: npt.NDArray[np.uint8]) -> str:
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text


def by_opencv(picture: npt.NDArray[np.uint8]) -> str:
    near, far = MODULE_PX * QUIET_MODULES, len(picture) - MODULE_PX * QUIET_MODULES
    corners = np.array([[[near, near], [far, near], [far, far], [near, far]]], dtype=np.float32)
    return cv2.QRCodeDetector().decode(picture, corners)[0]


def codes_of(host: str, seed: int, count: int, digits: int) -> PublicCodes:
    random = np.random.default_rng(seed)
    return PublicCodes(
        host=host,
        chain_id=ChainId(1 if host == "a.co" else 31337),
        contract=CONTRACT,
        serials=random.integers(10 ** (digits - 1), 10**digits, count),
        tags=random.integers(0, 2**40, count).astype(np.uint64),
    )


class TestTwoReaders:
    @pytest.mark.parametrize(("version", "mask"), [*product(HOSTS, MASKS)])
    def test_public_symbols(self, version: int, mask: int) -> None:
        """Both readers find the text of every public code, in every mask, from the smallest version to a large one."""
        codes = codes_of(HOSTS[version], seed=8 * version + mask, count=6, digits=1 if version == 4 else 5)
        batch = public_symbols(codes, mask=mask)
        assert batch.version == version
        for index, text in enumerate(codes.texts()):
            picture = drawn(batch, index)
            assert (by_zxing(picture), by_opencv(picture)) == (text.decode(), text.decode())

    @pytest.mark.parametrize(("host", "mask"), [*product(["lilypond.example", f"{'p' * 30}.example"], MASKS)])
    def test_claim_symbols(self, host: str, mask: int) -> None:
        """Both readers find the link of every hidden code, in every mask."""
        codes = ClaimCodes(np.random.default_rng(mask).bytes(16 * 5))
        batch = claim_symbols(codes, host, mask=mask)
        for index, text in enumerate(codes.texts()):
            picture = drawn(batch, index)
            link = f"https://{host}/claim#{text.decode().replace('-', '')}"
            assert (by_zxing(picture), by_opencv(picture)) == (link, link)

    def test_an_enlarged_version(self) -> None:
        """A short code in the version of a longer one, as serials of one edition share it, reads the same."""
        codes = codes_of("a.co", seed=1, count=4, digits=1)
        batch = public_symbols(codes, least_version=6)
        assert batch.version == 6
        for index, text in enumerate(codes.texts()):
            picture = drawn(batch, index)
            assert (by_zxing(picture), by_opencv(picture)) == (text.decode(), text.decode())
