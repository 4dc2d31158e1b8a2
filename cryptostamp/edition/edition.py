"""The edition: everything public about the numbered stamps of one print run.

Claim keys (as addresses), the Merkle root over them, the seed and the variants that follow from it.
Holds no secret: `build_edition` takes the secret, and nothing of it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptostamp.edition.claim_key import claim_key_of
from cryptostamp.edition.claim_key_list import ClaimKeyList
from cryptostamp.edition.merkle import MerkleTree
from cryptostamp.edition.rarity import seed_commitment, variant_index
from cryptostamp.edition.secret import EditionSecret
from cryptostamp.errors import InputError
from cryptostamp.primitives import Address, Hash32, Serial
from cryptostamp.series.models import Series

__all__ = ["Edition", "build_edition"]

_REPORT_EVERY: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The stamps 1..N of a series. Make it with `Edition.of` or `build_edition`."""

    claim_keys: ClaimKeyList
    """The claim key of serial n stands at index n - 1."""
    counts: tuple[int, ...]
    """The exact count of each variant; they add up to `size`."""
    seed: Hash32
    root: Hash32
    """The edition root."""
    _grown: list[MerkleTree] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def of(cls, claim_keys: Sequence[Address], counts: Sequence[int], seed: Hash32) -> Edition:
        """Return the edition with these claim keys, variant counts and seed; computes its tree."""
        keys = ClaimKeyList.of(claim_keys)
        if sum(counts) != len(keys):
            raise InputError(f"The variants add up to {sum(counts)} stamps, but there are {len(keys)} claim keys.")
        seed_commitment(seed)  # refuses what is no seed
        tree = MerkleTree.of(keys)
        return cls(claim_keys=keys, counts=tuple(counts), seed=seed, root=tree.root, _grown=[tree])

    @classmethod
    def of_checked(cls, claim_keys: ClaimKeyList, counts: Sequence[int], seed: Hash32, root: Hash32) -> Edition:
        """Return the same without computing its tree, for claim keys that are known to have this root."""
        return cls(claim_keys=claim_keys, counts=tuple(counts), seed=seed, root=root)

    @property
    def size(self) -> int:
        """N: serials are 1..N."""
        return len(self.claim_keys)

    @property
    def tree(self) -> MerkleTree:
        """The tree over the claim keys, some 70 bytes a stamp; computed when it is first asked for."""
        if not self._grown:
            self._grown.append(MerkleTree.of(self.claim_keys))
        return self._grown[0]

    @property
    def seed_commitment(self) -> Hash32:
        """The hash that fixes the seed before it is known."""
        return seed_commitment(self.seed)

    def claim_key(self, serial: Serial) -> Address:
        """Return the address of the claim key of one stamp."""
        self._check(serial)
        return self.claim_keys[serial - 1]

    def proof(self, serial: Serial) -> tuple[Hash32, ...]:
        """Return the Merkle proof that a claim of this stamp needs."""
        return self.tree.proof(serial)

    def variant_index(self, serial: Serial) -> int:
        """Return the index of the stamp's variant in the order of the series file."""
        self._check(serial)
        return variant_index(serial, self.counts, self.seed)

    def _check(self, serial: Serial) -> None:
        if not 1 <= serial <= self.size:
            raise InputError(f"The serial {serial} is not between 1 and {self.size}.")


def build_edition(
    series: Series, secret: EditionSecret, seed: Hash32, *, progress: Callable[[int, int], None] | None = None
) -> Edition:
    """Derive all claim keys of a series and return its edition: same secret and seed, same edition.

    `progress` is called with (stamps done, stamps in all) every thousand stamps and at the end.
    """
    raw = b"".join(_raw_addresses(series.edition, secret, progress))
    return Edition.of(ClaimKeyList(raw), series.variant_counts, seed)


def _raw_addresses(size: int, secret: EditionSecret, progress: Callable[[int, int], None] | None) -> Iterator[bytes]:
    for number in range(1, size + 1):
        yield claim_key_of(secret.claim_code(Serial(number))).raw_address
        if progress is not None and (number % _REPORT_EVERY == 0 or number == size):
            progress(number, size)
