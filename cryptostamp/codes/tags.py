"""The tags of many stamps, as numbers.

Rests on `tag_of`, which says what a tag is. Each needs a Keccak-256 of its own, which NumPy does no faster than a loop:
about 150,000 a second, many times slower than all else that is done with a tag. Who needs them twice keeps them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import Address, ChainId, keccak256

__all__ = ["TAG_BITS", "tags_of"]

TAG_BITS: Final = 40
_TAG_BYTES: Final = 5
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
    octets = encoded.tobytes()
    tags = b"".join(
        keccak256(octets[start : start + _ENCODED])[:_TAG_BYTES] for start in range(0, len(octets), _ENCODED)
    )
    padded = np.zeros((len(serials), 8), dtype=np.uint8)
    padded[:, 8 - _TAG_BYTES :] = np.frombuffer(tags, dtype=np.uint8).reshape(-1, _TAG_BYTES)
    return padded.view(">u8")[:, 0].astype(np.uint64)
