"""The claim codes of many stamps, as one array that is as secret as each of them.

Rests on what `claim_code` says of one code, and `claim_half` of half a code, and gives the same characters. Like
them, never shows any part of a code.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NoReturn

import numpy as np
import numpy.typing as npt

from cryptostamp.codes.characters import Characters, characters_of, crockford_of, mod1271_36_of, to_ascii
from cryptostamp.codes.claim_code import SECRET_BYTES, ClaimCode
from cryptostamp.codes.claim_half import Half
from cryptostamp.errors import CodeFormatError

__all__ = ["CLAIM_LENGTH", "ClaimCodes"]

_BODY: Final = 26
CLAIM_LENGTH: Final = 28
"""Characters of a claim code, without hyphens."""
_GROUP: Final = 4


class ClaimCodes:
    """Sixteen secret bytes for each of many stamps. Cut it into parts, ``codes[start:stop]``, for flat memory.

    With `half`, they are that half of each code.
    """

    __slots__ = ("_half", "_secrets")

    def __init__(self, secrets: bytes, half: Half | None = None) -> None:
        if len(secrets) % SECRET_BYTES:
            raise CodeFormatError(f"Claim codes have {SECRET_BYTES} bytes each.")
        self._secrets = bytes(secrets)
        self._half = half

    @classmethod
    def of(cls, codes: Iterable[ClaimCode]) -> ClaimCodes:
        """Return these codes, in their order."""
        return cls(b"".join(code.secret for code in codes))

    def __len__(self) -> int:
        return len(self._secrets) // SECRET_BYTES

    def __getitem__(self, part: slice) -> ClaimCodes:
        start, stop, step = part.indices(len(self))
        if step != 1:
            raise CodeFormatError("Claim codes are cut into parts without gaps.")
        return ClaimCodes(self._secrets[SECRET_BYTES * start : SECRET_BYTES * stop], self._half)

    @property
    def beginning(self) -> str:
        """What stands before the 28 characters of each: the letter of a half and a hyphen, or nothing."""
        return self._half.beginning if self._half else ""

    def characters(self) -> Characters:
        """Return the 28 characters of each code, (28, n), without hyphens, as `characters` numbers them."""
        high, low = np.frombuffer(self._secrets, dtype=">u8").reshape(-1, 2).T.astype(np.uint64)
        # 26 characters are 130 bits: two zeros and 128. Characters 0..12 lie above bit 65, character 13 holds bit 64.
        body = np.concatenate((crockford_of(high >> np.uint64(1), 13), crockford_of(low, 13)))
        body[13] = crockford_of((high & np.uint64(1)) << np.uint64(4) | low >> np.uint64(60), 1)[0]
        if self._half is None:
            return np.concatenate((body, mod1271_36_of(body)))
        letter = np.broadcast_to(characters_of(self._half.value)[:, np.newaxis], (1, len(self)))
        return np.concatenate((body, mod1271_36_of(np.concatenate((letter, body)))))

    def texts(self) -> npt.NDArray[np.bytes_]:
        """Return the codes (n,) in ASCII as they are printed, see `ClaimCode.text` and `ClaimHalf.text`."""
        beginning = np.frombuffer(self.beginning.encode("ascii"), dtype=np.uint8)
        before = len(beginning)
        length = before + CLAIM_LENGTH + CLAIM_LENGTH // _GROUP - 1
        octets = np.full((len(self), length), ord("-"), dtype=np.uint8)
        octets[:, :before] = beginning
        octets[:, before:][:, np.arange(length - before) % (_GROUP + 1) != _GROUP] = to_ascii(self.characters()).T
        return octets.view(f"S{length}")[:, 0]

    def __repr__(self) -> str:
        return f"<{len(self)} {f'halves {self._half}' if self._half else 'claim codes'}, hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Claim codes are not pickled or copied: that would write them down in the clear.")
