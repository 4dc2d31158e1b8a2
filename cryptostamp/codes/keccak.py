"""Keccak-256 of many short messages at once.

Rests on FIPS 202, sections 3.2 and 5: the permutation Keccak-f[1600], here with each of its 25 lanes as an array over
the messages. Ethereum pads with the bit pattern of the original Keccak, not that of SHA3-256. Messages of one block
only, 135 bytes; `keccak256` takes one message of any length, and is what the results are tested against.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from cryptostamp.primitives import keccak256

__all__ = ["LONGEST_MESSAGE", "keccak256_of"]

_RATE: Final = 136
LONGEST_MESSAGE: Final = _RATE - 1
"""Bytes."""

_DIGEST: Final = 32
_CHUNK: Final = 8192
_FEW: Final = 512
"""Below this, hashing them one by one is faster."""

_Lanes = npt.NDArray[np.uint64]


def keccak256_of(messages: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the digests (n, 32) of messages (n, length), which have at most `LONGEST_MESSAGE` bytes."""
    digests = np.empty((len(messages), _DIGEST), dtype=np.uint8)
    parts = -(-len(messages) // _CHUNK) or 1  # of one size: a small last one would cost nearly as much as a whole
    for part, out in zip(np.array_split(messages, parts), np.array_split(digests, parts), strict=True):
        out[:] = _one_by_one(part) if len(part) < _FEW else _all_at_once(part)
    return digests


def _one_by_one(messages: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    digests = b"".join(keccak256(message.tobytes()) for message in messages)
    return np.frombuffer(digests, dtype=np.uint8).reshape(-1, _DIGEST)


def _all_at_once(messages: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    count, length = messages.shape
    block = np.zeros((count, _RATE), dtype=np.uint8)
    block[:, :length] = messages
    block[:, length] = 0x01
    block[:, -1] |= 0x80
    state = np.zeros((25, count), dtype=np.uint64)
    state[: _RATE // 8] = block.view("<u8").T
    _permute(state.reshape(5, 5, count))
    return np.ascontiguousarray(state[: _DIGEST // 8].T, dtype="<u8").view(np.uint8)


def _permute(state: _Lanes) -> None:
    """Apply Keccak-f[1600] to lanes (y, x, n) in place. The names of the steps are those of FIPS 202."""
    count = state.shape[2]
    # Two sheets and one plane are repeated, so that neighbours "modulo 5" are slices.
    moved = np.empty((5, 7, count), dtype=np.uint64)
    columns = np.empty((7, count), dtype=np.uint64)
    parity, change, carried = columns[1:6], np.empty((5, count), dtype=np.uint64), np.empty((5, count), dtype=np.uint64)
    turns = [
        (state[y, x], moved[(2 * x + 3 * y) % 5, y], np.uint64(turn), np.uint64(64 - turn))
        for x, y, turn in _rotations()
    ]
    for constant in _round_constants():
        # theta
        np.bitwise_xor.reduce(state, axis=0, out=parity)
        columns[0], columns[6] = columns[5], columns[1]
        np.left_shift(columns[2:], np.uint64(1), out=change)
        np.right_shift(columns[2:], np.uint64(63), out=carried)
        np.bitwise_or(change, carried, out=change)
        np.bitwise_xor(change, columns[:5], out=change)
        np.bitwise_xor(state, change, out=state)
        # rho and pi
        moved[0, 0] = state[0, 0]
        for lane, target, left, right in turns:
            np.left_shift(lane, left, out=target)
            np.right_shift(lane, right, out=lane)
            np.bitwise_or(target, lane, out=target)
        moved[:, 5:] = moved[:, :2]
        # chi
        np.invert(moved[:, 1:6], out=state)
        np.bitwise_and(state, moved[:, 2:], out=state)
        np.bitwise_xor(state, moved[:, :5], out=state)
        # iota
        np.bitwise_xor(state[0, 0], constant, out=state[0, 0])


def _rotations() -> Iterator[tuple[int, int, int]]:
    """Yield x, y and the rotation of each lane but the first, which is not rotated (FIPS 202, 3.2.2)."""
    x, y = 1, 0
    for step in range(24):
        yield x, y, (step + 1) * (step + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5


def _round_constants() -> Iterator[np.uint64]:
    """Yield the constant of each round (FIPS 202, 3.2.5)."""
    register = 1
    for _ in range(24):
        constant = 0
        for place in range(7):
            constant |= (register & 1) << (1 << place) - 1
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        yield np.uint64(constant)
