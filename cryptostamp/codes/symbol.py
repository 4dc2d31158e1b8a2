"""The codes as QR symbols (ISO/IEC 18004), one at a time, through the `qrcode` library.

Error correction Q, the smallest version that holds the code. ``https`` (or the whole lower-case
part of a claim link) is a byte segment and the rest alphanumeric, which is what keeps the symbol
small. One fixed mask serves all symbols: it costs nothing in readability, which is damaged by ink
and not by the penalty score, makes the symbols of a series alike, and spares the trial of all eight.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import qrcode
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.util import QRData

from cryptostamp.codes.claim_code import ClaimCode
from cryptostamp.codes.claim_half import ClaimHalf
from cryptostamp.codes.public_code import PublicCode

__all__ = ["ALPHANUMERIC", "BYTES", "LEVEL", "MASK", "QrSymbol", "claim_symbol", "encode_symbol", "public_symbol"]

MASK: Final = 0
"""The mask of every symbol unless the caller names another; `best_mask` finds the one that suits a series best."""

LEVEL: Final = ERROR_CORRECT_Q
BYTES: Final = 4  # the mode indicators of ISO/IEC 18004, table 2
ALPHANUMERIC: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QrSymbol:
    """The modules of one QR symbol, without the quiet zone of 4 modules that printing adds."""

    version: int
    """1..40; the symbol has 17 + 4 x version modules a side."""
    modules: npt.NDArray[np.bool_] = field(repr=False)
    """Square, rows from top to bottom, True is dark. Read-only."""

    @property
    def side(self) -> int:
        """The number of modules along one side."""
        return 17 + 4 * self.version


def public_symbol(code: PublicCode, *, mask: int = MASK, least_version: int = 1) -> QrSymbol:
    """Return the QR of a stamp's face; `mask` is 0..7.

    `least_version` gives all stamps of a series symbols of one size, though their serials differ in length.
    """
    scheme, _, rest = code.text.partition(":")
    return encode_symbol(scheme, f":{rest}", mask, least_version)


def claim_symbol(code: ClaimCode | ClaimHalf, host: str, *, mask: int = MASK) -> QrSymbol:
    """Return the QR that lies under the scratch field; it is as secret as the code."""
    link, _, secret = code.url(host).partition("#")
    return encode_symbol(f"{link}#", secret, mask, 1)


def encode_symbol(any_bytes: str, alphanumeric: str, mask: int, least_version: int) -> QrSymbol:
    """Return the symbol of a byte segment and an alphanumeric one, both ASCII, at error correction `LEVEL`."""
    encoder = qrcode.QRCode(version=least_version, error_correction=LEVEL, mask_pattern=mask)
    encoder.add_data(QRData(any_bytes.encode("ascii"), mode=BYTES), optimize=0)
    encoder.add_data(QRData(alphanumeric.encode("ascii"), mode=ALPHANUMERIC), optimize=0)
    encoder.make(fit=True)
    modules = np.array(encoder.modules, dtype=np.bool_)
    modules.setflags(write=False)
    return QrSymbol(version=encoder.version, modules=modules)
