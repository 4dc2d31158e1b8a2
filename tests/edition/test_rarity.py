import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptostamp.edition import permute, seed_commitment, variant_index, variant_indices
from cryptostamp.errors import InputError
from cryptostamp.primitives import MAX_EDITION, Hash32, Serial, keccak256

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "rarity.json").read_text())["cases"]
SEED = Hash32(bytes(range(32)))
SEEDS = st.binary(min_size=32, max_size=32).map(Hash32)


class TestGoldenVectors:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: str(sum(case["counts"])))
    def test_positions_and_variants(self, case: dict[str, Any]) -> None:
        """The committed positions and variants, which the contract is tested against too, come out."""
        seed, size = Hash32(bytes.fromhex(case["seed"][2:])), sum(case["counts"])
        serials = [Serial(serial) for serial in case["serials"]]
        assert [permute(serial, size, seed) for serial in serials] == case["positions"]
        assert [variant_index(serial, case["counts"], seed) for serial in serials] == case["variants"]


class TestPermutation:
    @settings(deadline=None)
    @given(st.integers(1, 300), SEEDS)
    def test_bijection(self, size: int, seed: Hash32) -> None:
        """Every position is taken by exactly one serial, whatever the seed."""
        assert sorted(permute(Serial(n), size, seed) for n in range(1, size + 1)) == list(range(size))

    def test_depends_on_the_seed(self) -> None:
        """Another seed gives another order."""
        orders = {tuple(permute(Serial(n), 100, Hash32(bytes([s] * 32))) for n in range(1, 101)) for s in range(20)}
        assert len(orders) == 20

    @pytest.mark.parametrize(("serial", "size"), [(0, 5), (6, 5), (1, 0), (1, MAX_EDITION + 1)])
    def test_out_of_bounds(self, serial: int, size: int) -> None:
        """Serials and editions out of bounds are refused, rather than walking for ever."""
        with pytest.raises(InputError):
            permute(Serial(serial), size, SEED)

    def test_seed_of_another_length(self) -> None:
        """Only 32 bytes are a seed."""
        for function in (seed_commitment, lambda seed: permute(Serial(1), 5, seed)):
            with pytest.raises(InputError, match="32 bytes, not 31"):
                function(Hash32(bytes(31)))


class TestVariants:
    @settings(deadline=None, max_examples=30)
    @given(st.lists(st.integers(0, 60), min_size=1, max_size=12).filter(any), SEEDS)
    def test_all_at_once_is_one_by_one(self, counts: list[int], seed: Hash32) -> None:
        """The bulk form gives each serial what the single form gives, with exact counts."""
        variants = variant_indices(counts, seed)
        assert variants.tolist() == [variant_index(Serial(n), counts, seed) for n in range(1, sum(counts) + 1)]
        assert np.bincount(variants, minlength=len(counts)).tolist() == counts

    def test_more_than_one_chunk(self) -> None:
        """An edition of several chunks has exact counts, and spreads a rare variant over all of it."""
        counts = (500_000, 99_000, 1_000)
        variants = variant_indices(counts, SEED)
        assert (variants.dtype, tuple(np.bincount(variants))) == (np.uint8, counts)
        rare = np.flatnonzero(variants == 2)
        assert all(np.count_nonzero((rare >= part * 60_000) & (rare < (part + 1) * 60_000)) for part in range(10))

    def test_many_variants(self) -> None:
        """An edition may have 255 variants."""
        assert sorted(variant_indices([1] * 255, SEED)) == list(range(255))

    @pytest.mark.parametrize("counts", [[], [0], [-1, 2], [1] * 256, [MAX_EDITION, 1]])
    def test_impossible_counts(self, counts: list[int]) -> None:
        """Counts that no edition can have are refused."""
        for function in (lambda: variant_indices(counts, SEED), lambda: variant_index(Serial(1), counts, SEED)):
            with pytest.raises(InputError, match="counts of the variants"):
                function()


class TestCommitment:
    def test_is_the_hash_of_the_seed(self) -> None:
        """The commitment is Keccak-256 of the seed's 32 bytes, as Solidity's abi.encodePacked has them."""
        assert seed_commitment(SEED) == keccak256(SEED)
