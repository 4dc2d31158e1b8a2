"""The claim codes of many stamps, as one array that is as secret as each of them.

Rests on what `claim_code` says of one code, and gives the same characters. Like it, never shows any part of a code.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NoReturn

import numpy as np
import numpy.typing as npt

from cryptostamp.codes.characters import Characters, crockford_of, mod1271_36_of, to_ascii
from cryptostamp.codes.claim_code import ClaimCode
from cryptostamp.errors import CodeFormatError

__all__ = ["CLAIM_LENGTH", "ClaimCodes"]

_SECRET_BYTES: Final = 16
_BODY: Final = 26
CLAIM_LENGTH: Final = 28
"""Characters of a claim code, without hyphens."""
_GROUP: Final = 4


class ClaimCodes:
    """Sixteen secret bytes for each of many stamps. Cut it into parts, ``codes[start:stop]``, for flat memory."""

    __slots__ = ("_secrets",)

    def __init__(self, secrets: bytes) -> None:
        if len(secrets) % _SECRET_BYTES:
            raise CodeFormatError(f"Claim codes have {_SECRET_BYTES} bytes each.")
        self._secrets = bytes(secrets)

    @classmethod
    def of(cls, codes: Iterable[ClaimCode]) -> ClaimCodes:
        """Return these codes, in their order."""
        return cls(b"".join(code.secret for code in codes))

    def __len__(self) -> int:
        return len(self._secrets) // _SECRET_BYTES

    def __getitem__(self, part: slice) -> ClaimCodes:
        start, stop, step = part.indices(len(self))
        if step != 1:
            raise CodeFormatError("Claim codes are cut into parts without gaps.")
        return ClaimCodes(self._secrets[_SECRET_BYTES * start : _SECRET_BYTES * stop])

    def characters(self) -> Characters:
        """Return the 28 characters of each code, (28, n), without hyphens, as `characters` numbers them."""
        high, low = np.frombuffer(self._secrets, dtype=">u8").reshape(-1, 2).T.astype(np.uint64)
        # 26 characters are 130 bits: two zeros and 128. Characters 0..12 lie above bit 65, character 13 holds bit 64.
        body = np.concatenate((crockford_of(high >> np.uint64(1), 13), crockford_of(low, 13)))
        body[13] = crockford_of((high & np.uint64(1)) << np.uint64(4) | low >> np.uint64(60), 1)[0]
        return np.concatenate((body, mod1271_36_of(body)))

    def texts(self) -> npt.NDArray[np.bytes_]:
        """Return the codes (n,) in ASCII as they are printed, see `ClaimCode.text`."""
        length = CLAIM_LENGTH + CLAIM_LENGTH // _GROUP - 1
        octets = np.full((len(self), length), ord("-"), dtype=np.uint8)
        octets[:, np.arange(length) % (_GROUP + 1) != _GROUP] = to_ascii(self.characters()).T
        return octets.view(f"S{length}")[:, 0]

    def __repr__(self) -> str:
        return f"<{len(self)} claim codes, hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Claim codes are not pickled or copied: that would write them down in the clear.")
