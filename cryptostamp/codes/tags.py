"""The tags of many stamps, as numbers.

Rests on `tag_of`, which says what a tag is. Each takes a Keccak-256 of its own, which is several times slower than all
else that is done with it: who needs tags twice keeps them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from cryptostamp.codes.keccak import keccak256_of
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import Address, ChainId

__all__ = ["TAG_BITS", "tags_of"]

TAG_BITS: Final = 40
_ADDRESS_BYTES: Final = 20
_ENCODED: Final = 4 * 32  # abi.encode of four values


def tags_of(
    *, chain_id: ChainId, contract: Address, serials: npt.NDArray[np.int64], claim_keys: bytes
) -> npt.NDArray[np.uint64]:
    """Return the tags (n,) of stamps, given their serials (n,) and the addresses of their claim keys, 20 bytes each.

    A tag is the number, below 2 to the 40th, that its 8 characters write in Crockford base32.
    """
    if len(claim_keys) != _ADDRESS_BYTES * len(serials):
        raise CodeFormatError(f"Each serial needs the {_ADDRESS_BYTES} bytes of its claim key's address.")
    encoded = np.zeros((len(serials), _ENCODED), dtype=np.uint8)
    encoded[:, :32] = np.frombuffer(chain_id.to_bytes(32, "big"), dtype=np.uint8)
    encoded[:, 44:64] = np.frombuffer(bytes.fromhex(contract[2:]), dtype=np.uint8)
    encoded[:, 88:96] = serials.astype(">u8").view(np.uint8).reshape(-1, 8)
    encoded[:, 108:] = np.frombuffer(claim_keys, dtype=np.uint8).reshape(-1, _ADDRESS_BYTES)
    first = np.ascontiguousarray(keccak256_of(encoded)[:, :8]).view(">u8")[:, 0]
    return first.astype(np.uint64) >> np.uint64(64 - TAG_BITS)
