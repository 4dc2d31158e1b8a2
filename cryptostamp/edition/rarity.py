"""Which serial has which variant: a permutation of the edition that anybody can compute again.

A Feistel network of 8 rounds on the smallest even number of bits that holds the edition, its rounds
keyed by Keccak-256 over the seed, with cycle walking back into 0..N-1 (Black and Rogaway, "Ciphers
with Arbitrary Finite Domains", 2002). A bijection whatever the seed is, so the counts are exact.
Bit for bit what the contract's ``variantOf`` computes. It hides nothing once the seed is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt

from cryptostamp.errors import InputError
from cryptostamp.primitives import MAX_EDITION, Hash32, Serial, keccak256

__all__ = ["permute", "seed_commitment", "variant_index", "variant_indices"]

_ROUNDS: Final = 8
_SEED_BYTES: Final = 32
_MAX_VARIANTS: Final = 255
_CHUNK: Final = 1 << 18
"""Serials at a time: arrays of this size stay in the processor's cache."""


def seed_commitment(seed: Hash32) -> Hash32:
    """Return ``keccak256(seed)``, which is published before printing and fixes the seed."""
    return keccak256(_checked_seed(seed))


def permute(serial: Serial, size: int, seed: Hash32) -> int:
    """Return the position 0..`size`-1 of a serial 1..`size` in the order that the seed gives."""
    _checked_seed(seed)
    if not 1 <= size <= MAX_EDITION:
        raise InputError(f"An edition has 1 to {MAX_EDITION} stamps, not {size}.")
    if not 1 <= serial <= size:
        raise InputError(f"The serial {serial} is not between 1 and {size}.")
    half = _half_bits(size)
    mask = (1 << half) - 1
    position = serial - 1
    while True:
        left, right = position >> half, position & mask
        for number in range(_ROUNDS):
            left, right = right, left ^ (_round(seed, number, right) & mask)
        position = left << half | right
        if position < size:
            return position


def variant_index(serial: Serial, counts: Sequence[int], seed: Hash32) -> int:
    """Return the index of the variant of one stamp; `counts` are the exact counts of the variants in order."""
    _check_counts(counts)
    position = permute(serial, sum(counts), seed)
    return next(index for index, end in enumerate(accumulate(counts)) if position < end)


def variant_indices(counts: Sequence[int], seed: Hash32) -> npt.NDArray[np.uint8]:
    """Return the variant of every stamp: shape (N,), index i is serial i + 1, values index `counts`."""
    _check_counts(counts)
    size = sum(counts)
    tables = _round_tables(size, _checked_seed(seed))
    variant_at = np.repeat(np.arange(len(counts), dtype=np.uint8), counts)
    variants = np.empty(size, dtype=np.uint8)
    for start in range(0, size, _CHUNK):
        end = min(start + _CHUNK, size)
        variants[start:end] = variant_at[_positions(start, end, size, tables)]
    return variants


def _positions(start: int, end: int, size: int, tables: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return the positions of the serials start + 1..end."""
    positions = _shuffle(np.arange(start, end, dtype=np.uint32), tables)
    outside = np.flatnonzero(positions >= size)
    while outside.size:
        positions[outside] = _shuffle(positions[outside], tables)
        outside = outside[positions[outside] >= size]
    return positions


def _shuffle(positions: npt.NDArray[np.uint32], tables: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return `positions` after one pass through all rounds."""
    values = tables.shape[1]
    half = np.uint32(values.bit_length() - 1)
    left, right = positions >> half, positions & np.uint32(values - 1)
    for table in tables:
        left, right = right, left ^ table[right]
    return left << half | right


def _round_tables(size: int, seed: Hash32) -> npt.NDArray[np.uint32]:
    """Return every output of every round: shape (8, 2^half), at most 32,768 hashes."""
    values = 1 << _half_bits(size)
    return np.array(
        [[_round(seed, number, right) & (values - 1) for right in range(values)] for number in range(_ROUNDS)],
        dtype=np.uint32,
    )


def _half_bits(size: int) -> int:
    return max(1, ((size - 1).bit_length() + 1) // 2)


def _round(seed: Hash32, number: int, right: int) -> int:
    """Return ``uint256(keccak256(abi.encodePacked(bytes32 seed, uint8 round, uint16 right)))``."""
    return int.from_bytes(keccak256(seed + bytes([number]) + right.to_bytes(2, "big")), "big")


def _checked_seed(seed: Hash32) -> Hash32:
    if len(seed) != _SEED_BYTES:
        raise InputError(f"A seed has {_SEED_BYTES} bytes, not {len(seed)}.")
    return seed


def _check_counts(counts: Sequence[int]) -> None:
    if not 1 <= len(counts) <= _MAX_VARIANTS or min(counts) < 0 or not 1 <= sum(counts) <= MAX_EDITION:
        raise InputError(
            f"The counts of the variants are not 1 to {_MAX_VARIANTS} numbers with a sum of 1 to {MAX_EDITION}."
        )
