"""The QR symbols of an edition beside those of encoders that are called once for each stamp.

All peers get the same texts, level, version and segments, and must give the very modules that we give before any of
them is timed. One core; a peer's time ends when its modules are in memory, in whatever form it has them.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import numpy.typing as npt
import qrcode
import segno
import zint
import zxingcpp
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.util import QRData
from segno import consts

from benchmarks.harness import Row, median_seconds, progress
from cryptostamp.codes import (
    ClaimCode,
    ClaimCodes,
    PublicCodes,
    SymbolBatch,
    best_mask,
    claim_symbol,
    claim_symbols,
    public_symbols,
    tag_of,
    tags_of,
)
from cryptostamp.errors import Refused
from cryptostamp.primitives import Address, ChainId, Serial, parse_address

__all__ = ["qr_rows", "sample_codes"]

_HOST = "lilypond.example"
_VERSION = 5
_SIDE = 17 + 4 * _VERSION
_OVER_CHOOSING = 5_000
_OVER_FIXED = 20

Modules = npt.NDArray[np.bool_]
Encode = Callable[[str, int | None], object]
"""Encode a text with a mask, or with the one that the encoder likes best."""


def sample_codes(count: int) -> PublicCodes:
    """Return the public codes of an edition; the same count always gives the same ones."""
    draw = np.random.default_rng(count)
    return PublicCodes(
        host=_HOST,
        chain_id=ChainId(31337),
        contract=parse_address("0x5FbDB2315678afecb367f032d93F642f64180aa3"),
        serials=np.arange(1, count + 1, dtype=np.int64),
        tags=draw.integers(0, 2**40, count, dtype=np.uint64),
    )


def qr_rows(*, quick: bool) -> list[Row]:
    """Measure symbols of faces and of scratch fields, and what they are made from."""
    edition = 20_000 if quick else 150_000
    codes = sample_codes(edition)
    claims = ClaimCodes(Random(edition).randbytes(16 * edition))  # noqa: S311 - worth nothing
    texts = [text.decode() for text in codes.texts()[-1_000:].tolist()]
    mask = best_mask(codes[:: edition // 100])
    _must_agree(texts[-20:], public_symbols(codes[-20:], mask=mask), mask)

    progress("QR symbols")
    batch = edition / _seconds(lambda: public_symbols(codes, mask=mask), quick=quick)
    choosing = {
        name: _rate(encode, texts, None, 20 if quick else 100, quick=quick) for name, encode in _ENCODERS.items()
    }
    fixed = {
        name: _rate(encode, texts, mask, 100 if quick else 1_000, quick=quick) for name, encode in _ENCODERS.items()
    }
    progress("claim codes, short codes, tags")
    return [
        _row(
            f"QR symbols of {edition:,} faces, {_VERSION}-Q; a mask for each, ours for the series",
            batch,
            choosing,
            _OVER_CHOOSING * choosing["qrcode"],
            note=f"target: {_OVER_CHOOSING:,} times `qrcode`",
        ),
        _row(
            f"QR symbols of {edition:,} faces, {_VERSION}-Q; one mask for all",
            batch,
            fixed,
            _OVER_FIXED * max(fixed.values()),
            note=f"target: {_OVER_FIXED} times the fastest",
        ),
        _row(
            f"QR symbols of {edition:,} claim codes, {_VERSION}-Q",
            edition / _seconds(lambda: claim_symbols(claims, _HOST), quick=quick),
            {"`qrcode`, one by one": _claims_one_by_one(quick=quick)},
        ),
        _row(
            f"short codes of {edition:,} stamps",
            edition / _seconds(lambda: codes.short_texts("LEAP"), quick=quick),
            {"one by one": _short_codes_one_by_one(codes, quick=quick)},
        ),
        _row("tags, from serials and claim keys", *_tag_rates(codes, quick=quick)),
    ]


def _row(what: str, ours: float, peers: dict[str, float], target: float | None = None, note: str = "") -> Row:
    return Row(what=what, unit="a second", ours=round(ours), peers=peers, better="higher", target=target, note=note)


def _seconds(work: Callable[[], object], *, quick: bool) -> float:
    return median_seconds(work, repeats=3 if quick else 7)


def _rate(encode: Encode, texts: list[str], mask: int | None, count: int, *, quick: bool) -> float:
    def work() -> None:
        for text in texts[:count]:
            encode(text, mask)

    return round(count / _seconds(work, quick=quick), 1)


def _claims_one_by_one(*, quick: bool) -> float:
    codes = [ClaimCode(bytes([number]) * 16) for number in range(1, 101)]
    return round(len(codes) / _seconds(lambda: [claim_symbol(code, _HOST) for code in codes], quick=quick), 1)


def _short_codes_one_by_one(codes: PublicCodes, *, quick: bool) -> float:
    alone = [codes.code(index) for index in range(1_000)]
    return round(len(alone) / _seconds(lambda: [code.short("LEAP").text for code in alone], quick=quick))


def _tag_rates(codes: PublicCodes, *, quick: bool) -> tuple[float, dict[str, float]]:
    part = codes[:20_000]
    raw = Random(0).randbytes(20 * len(part))  # noqa: S311 - addresses of nobody
    fields = {"chain_id": part.chain_id, "contract": part.contract}
    keys = [Address(f"0x{raw[start : start + 20].hex()}") for start in range(0, 20_000, 20)]
    batch = _seconds(lambda: tags_of(serials=part.serials, claim_keys=raw, **fields), quick=quick)
    alone = _seconds(
        lambda: [tag_of(serial=Serial(serial), claim_key=key, **fields) for serial, key in enumerate(keys, 1)],
        quick=quick,
    )
    return len(part) / batch, {"one by one": round(len(keys) / alone)}


def _with_qrcode(text: str, mask: int | None) -> object:
    encoder = qrcode.QRCode(version=_VERSION, error_correction=ERROR_CORRECT_Q, mask_pattern=mask)
    encoder.add_data(QRData(text[:5].encode(), mode=4), optimize=0)
    encoder.add_data(QRData(text[5:].encode(), mode=2), optimize=0)
    encoder.make(fit=False)
    return encoder.modules


def _with_segno(text: str, mask: int | None) -> object:
    segments = [(text[:5], consts.MODE_BYTE), (text[5:], consts.MODE_ALPHANUMERIC)]
    return segno.make(segments, version=_VERSION, error="q", mask=mask, boost_error=False).matrix


def _with_zxing(text: str, mask: int | None) -> object:
    chosen = {} if mask is None else {"dataMask": mask}
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ecLevel="Q", version=_VERSION, **chosen)
    return barcode.to_image(scale=1, add_quiet_zones=False)


_ZINT = zint.Symbol()
_ZINT.symbology = zint.Symbology.QRCODE


def _with_zint(text: str, mask: int | None) -> object:
    _ZINT.clear()
    _ZINT.option_1, _ZINT.option_2, _ZINT.option_3 = 3, _VERSION, 0 if mask is None else mask + 1 << 8
    _ZINT.encode(text)
    return _ZINT.encoded_data


_ENCODERS: dict[str, Encode] = {
    "qrcode": _with_qrcode,
    "segno": _with_segno,
    "zxing-cpp": _with_zxing,
    "zint": _with_zint,
}

_AS_BOOLEANS: dict[str, Callable[[object], Modules]] = {
    "qrcode": lambda modules: np.array(modules, dtype=np.bool_),
    "segno": lambda matrix: np.array([list(row) for row in matrix], dtype=np.bool_),
    "zxing-cpp": lambda image: np.array(image) == 0,
    # Rows of fixed length for the largest of all barcodes, least significant bit first.
    "zint": lambda rows: np.unpackbits(np.array(rows)[:_SIDE], axis=1, bitorder="little", count=_SIDE).view(np.bool_),
}


def _must_agree(texts: list[str], batch: SymbolBatch, mask: int) -> None:
    """Make sure that all give the same modules before their speeds are compared."""
    for index, text in enumerate(texts):
        for name, encode in _ENCODERS.items():
            if not np.array_equal(_AS_BOOLEANS[name](encode(text, mask)), batch[index].modules):
                raise Refused(f"{name} makes another symbol of {text} than we do.")
