"""Which stamp has which variant: known from the issue of a printed series, drawn by anybody's rules in a blind one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.series_bench import ADMIN, ALICE, BOB, CUSTODY, Reverted, SeriesBench

from cryptostamp.edition import variant_index
from cryptostamp.primitives import Hash32, Serial, keccak256

VECTORS = Path(__file__).parents[1] / "vectors" / "rarity.json"
SEED = keccak256(b"what the issuer keeps in the safe")
COMMITMENT = keccak256(SEED)
FORTNIGHT = 14 * 24 * 3600
STEP = 8_192
LATER_HASH = keccak256(b"the hash of a block that is not mined here")
AHEAD = 10
"""How many blocks after the newest one the blind series of these tests are decided."""


def variants(bench: SeriesBench) -> list[int]:
    """Return the variant of every stamp in the order of their serials."""
    return [stamp.variant for stamp in bench.stamps()]


def expected(bench: SeriesBench, seed: bytes) -> list[int]:
    """Return the variants that Python deals with a seed."""
    counts = bench.terms.variant_counts
    return [variant_index(Serial(serial), counts, Hash32(seed)) for serial in range(1, bench.terms.edition + 1)]


class TestPrintedSeries:
    @pytest.mark.parametrize("counts", [(1,), (1, 1), (2, 1), (12, 5, 3), (60, 4), (40, 24, 1), (200, 50, 7)])
    def test_every_stamp_has_the_variant_that_python_deals(
        self, bare: Callable[..., SeriesBench], counts: tuple[int, ...]
    ) -> None:
        """The contract and the Python permutation agree for every serial, and the counts are exact."""
        series = bare(edition=sum(counts), variant_counts=counts)
        dealt = variants(series)
        assert dealt == expected(series, series.terms.seed)
        assert [dealt.count(index) for index in range(len(counts))] == list(counts)

    @pytest.mark.parametrize(
        "case", json.loads(VECTORS.read_text(encoding="utf-8"))["cases"], ids=lambda case: str(sum(case["counts"]))
    )
    def test_golden_vectors(self, bare: Callable[..., SeriesBench], case: dict[str, Any]) -> None:
        """The contract agrees with the committed vectors, from one stamp to sixteen million."""
        counts = tuple(case["counts"])
        series = bare(edition=sum(counts), variant_counts=counts, seed=bytes.fromhex(case["seed"][2:]))
        assert [stamp[4] for stamp in series.read("stampsOf", case["serials"])] == case["variants"]
        assert series.read("variantOf", case["serials"][-1]) == case["variants"][-1]

    def test_as_many_variants_as_there_can_be(self, bare: Callable[..., SeriesBench]) -> None:
        """With 255 variants each index still fits, and none is taken for an undrawn one."""
        series = bare(edition=255, variant_counts=(1,) * 255)
        assert sorted(variants(series)) == list(range(255))

    def test_there_is_nothing_to_draw(self, leap: SeriesBench) -> None:
        """A printed series refuses capture and reveal: its draw was made at issue."""
        assert leap.refusal(ALICE, "captureEntropy") == "NothingToReveal"
        assert leap.refusal(ALICE, "reveal", leap.terms.seed) == "NothingToReveal"
        assert leap.read("raritySeed") == leap.terms.seed
        assert leap.read("seedCommitment") == keccak256(leap.terms.seed)


@pytest.fixture
def blind(bare: Callable[..., SeriesBench], leap: SeriesBench) -> SeriesBench:
    """A blind series of 20 stamps whose draw is some blocks ahead."""
    return bare(seed=COMMITMENT, entropy_block=leap.chain.head().number + 1 + AHEAD)


@pytest.fixture
def captured(blind: SeriesBench) -> SeriesBench:
    """A blind series whose block hash is kept and whose seed is not shown yet."""
    blind.mine(AHEAD + 1)
    blind.send(ALICE, "captureEntropy")
    return blind


def hash_of(bench: SeriesBench, number: int) -> bytes:
    """Return the hash of a block, as the node tells everybody."""
    return bench.chain.block(number).hash


class TestBeforeTheDraw:
    def test_nobody_knows_the_variants(self, blind: SeriesBench) -> None:
        """Before the draw each stamp says that it has no variant yet, and the seed is not there to compute one."""
        assert set(variants(blind)) == {255}
        assert blind.refusal(ALICE, "variantOf", 7) == "NotRevealed"
        assert blind.read("raritySeed") == bytes(32)
        assert blind.read("seedCommitment") == COMMITMENT
        assert blind.read("variantCounts") == (12, 5, 3)

    def test_nor_once_the_block_is_known(self, captured: SeriesBench) -> None:
        """The hash alone tells nothing: the issuer's seed is missing."""
        assert set(variants(captured)) == {255}
        assert captured.refusal(ALICE, "variantOf", 7) == "NotRevealed"

    def test_outside_the_edition(self, blind: SeriesBench) -> None:
        """A number that is no serial is refused as such, drawn or not."""
        for serial in (0, 21):
            assert blind.refusal(ALICE, "variantOf", serial) == "NotInEdition"

    def test_the_seed_alone_is_too_early(self, blind: SeriesBench) -> None:
        """The issuer cannot make the draw before the block that decides it is there."""
        assert blind.refusal(ADMIN, "reveal", SEED) == "EntropyNotCaptured"


class TestCapture:
    def refused_block(self, bench: SeriesBench) -> int:
        """Return the block whose hash cannot be had now."""
        with pytest.raises(Reverted) as reverted:
            bench.send(ALICE, "captureEntropy")
        assert reverted.value.name == "EntropyNotAvailable"
        return int(reverted.value.arguments["blockNumber"])

    def test_too_early(self, blind: SeriesBench) -> None:
        """While the block is not mined, there is nothing to keep, not even in that block itself."""
        assert self.refused_block(blind) == blind.terms.entropy_block
        blind.mine(AHEAD - 1)
        assert blind.chain.head().number == blind.terms.entropy_block - 1
        assert self.refused_block(blind) == blind.terms.entropy_block

    def test_in_time(self, blind: SeriesBench) -> None:
        """From the next block on anybody can keep its hash, and the fortnight of the issuer begins."""
        blind.mine(AHEAD)
        events = blind.send(BOB, "captureEntropy")
        number = blind.terms.entropy_block
        assert events == [("EntropyCaptured", {"blockNumber": number, "entropy": hash_of(blind, number)})]
        assert blind.read("entropy") == hash_of(blind, number)
        assert blind.read("revealDeadline") == blind.now() + FORTNIGHT

    def test_twice(self, captured: SeriesBench) -> None:
        """The hash is kept once: nobody can choose another, also not when the draw would have moved on."""
        assert captured.refusal(ADMIN, "captureEntropy") == "EntropyAlreadyCaptured"
        late = captured.terms.entropy_block + STEP
        with pytest.raises(Reverted) as reverted:
            captured.simulate(late + 300, {late: LATER_HASH}, "captureEntropy")
        assert reverted.value.name == "EntropyAlreadyCaptured"

    def test_beyond_what_the_opcode_remembers(self, blind: SeriesBench) -> None:
        """BLOCKHASH goes back 256 blocks; the history contract of EIP-2935 serves the rest of the 8,191."""
        blind.mine(AHEAD + 300)
        blind.send(BOB, "captureEntropy")
        assert blind.read("entropy") == hash_of(blind, blind.terms.entropy_block)

    def test_the_last_block_in_time(self, blind: SeriesBench) -> None:
        """A transaction 8,191 blocks later is the last that can keep the hash; in the block after it nobody can."""
        number = blind.terms.entropy_block
        events = blind.simulate(number + STEP - 1, {number: LATER_HASH}, "captureEntropy")
        assert events == [("EntropyCaptured", {"blockNumber": number, "entropy": LATER_HASH})]
        with pytest.raises(Reverted) as reverted:
            blind.simulate(number + STEP, {number: LATER_HASH}, "captureEntropy")
        assert (reverted.value.name, reverted.value.arguments) == ("EntropyNotAvailable", {"blockNumber": number})

    @pytest.mark.parametrize("steps", [1, 2, 3, 1_000])
    def test_too_late_the_draw_moves_on(self, blind: SeriesBench, steps: int) -> None:
        """When nobody came in time, the block 8,192 later decides, and so on: one candidate at a time."""
        number = blind.terms.entropy_block + steps * STEP
        for now in (number + 300, number + STEP - 1):
            events = blind.simulate(now, {number: LATER_HASH}, "captureEntropy")
            assert events == [("EntropyCaptured", {"blockNumber": number, "entropy": LATER_HASH})]

    def test_there_are_no_two_to_choose_from(self, blind: SeriesBench) -> None:
        """Where the next candidate counts, the one before it does not, even if a chain remembered it for longer."""
        first = blind.terms.entropy_block
        late = first + STEP
        history = {first: keccak256(b"first"), late: LATER_HASH}
        events = blind.simulate(late + 300, history, "captureEntropy")
        assert events == [("EntropyCaptured", {"blockNumber": late, "entropy": LATER_HASH})]


class TestReveal:
    def test_the_draw_follows_from_seed_and_block(self, captured: SeriesBench) -> None:
        """The final seed is the hash of both, and every variant follows from it, in the exact counts."""
        final = keccak256(SEED + captured.read("entropy"))
        events = captured.send(ALICE, "reveal", SEED)
        assert events == [
            ("Revealed", {"raritySeed": final, "byIssuer": True}),
            ("BatchMetadataUpdate", {"_fromTokenId": 1, "_toTokenId": 20}),
        ]
        assert captured.read("raritySeed") == final
        dealt = variants(captured)
        assert dealt == expected(captured, final)
        assert [dealt.count(index) for index in range(3)] == [12, 5, 3]
        assert captured.read("variantOf", 7) == dealt[6]

    @pytest.mark.parametrize(
        "seed", [keccak256(b"another"), bytes(32), COMMITMENT], ids=["other", "zero", "commitment"]
    )
    def test_a_wrong_seed(self, captured: SeriesBench, seed: bytes) -> None:
        """Only the seed that was committed to counts, and the administrator is no exception."""
        for sender in (ALICE, ADMIN):
            assert captured.refusal(sender, "reveal", seed) == "WrongSeed"

    def test_the_deadline_itself_is_in_time(self, captured: SeriesBench) -> None:
        """The issuer's seed counts up to and including the second of the deadline."""
        deadline = captured.read("revealDeadline")
        captured.chain.rpc.request("evm_setNextBlockTimestamp", deadline)
        events = captured.send(ALICE, "reveal", SEED)
        assert captured.now() == deadline
        assert events[0].arguments["byIssuer"] is True

    def test_late_without_the_issuer(self, captured: SeriesBench) -> None:
        """Once the fortnight is over anybody makes the draw without the seed, and all seeds give the same."""
        captured.pass_time(FORTNIGHT + 1)
        final = keccak256(COMMITMENT + captured.read("entropy"))
        for seed in (SEED, bytes(32), keccak256(b"another")):
            assert captured.refusal(BOB, "reveal", seed) == ""
        events = captured.send(BOB, "reveal", keccak256(b"another"))
        assert events[0] == ("Revealed", {"raritySeed": final, "byIssuer": False})
        assert variants(captured) == expected(captured, final)

    def test_late_with_the_right_seed(self, captured: SeriesBench) -> None:
        """An issuer who waits to see whether the draw suits gains nothing: the seed does not count any more."""
        captured.pass_time(FORTNIGHT + 1)
        captured.send(ADMIN, "reveal", SEED)
        assert captured.read("raritySeed") == keccak256(COMMITMENT + captured.read("entropy"))

    def test_twice(self, captured: SeriesBench) -> None:
        """A draw is made once, and then there is nothing left to keep or to show."""
        captured.send(ALICE, "reveal", SEED)
        final = captured.read("raritySeed")
        captured.pass_time(FORTNIGHT + 1)
        assert captured.refusal(ALICE, "reveal", SEED) == "NothingToReveal"
        assert captured.refusal(ALICE, "captureEntropy") == "NothingToReveal"
        assert captured.read("raritySeed") == final

    def test_it_moves_no_token(self, captured: SeriesBench) -> None:
        """The draw says what tokens look like, not whose they are."""
        captured.send(CUSTODY, "transferFrom", CUSTODY, ALICE, 7)
        before = captured.stamp(7)[:4]
        captured.send(ALICE, "reveal", SEED)
        assert captured.stamp(7)[:4] == before
        assert captured.balances(CUSTODY, ALICE) == [19, 1]


class TestRefusedDraws:
    def test_a_block_that_is_there(self, bare: Callable[..., SeriesBench], leap: SeriesBench) -> None:
        """A blind draw is decided by a block that nobody knows at issue: not an old one, nor that of the issue."""
        for number in (1, leap.chain.head().number, leap.chain.head().number + 1):
            with pytest.raises(Reverted) as reverted:
                bare(seed=COMMITMENT, entropy_block=number)
            assert (reverted.value.name, reverted.value.arguments) == ("InvalidEntropyBlock", {"blockNumber": number})

    def test_the_next_block(self, bare: Callable[..., SeriesBench], leap: SeriesBench) -> None:
        """The earliest is the block after that of the issue."""
        number = leap.chain.head().number + 2
        assert bare(seed=COMMITMENT, entropy_block=number).read("entropyBlock") == number

    def test_a_block_that_is_too_far_away(self, bare: Callable[..., SeriesBench], leap: SeriesBench) -> None:
        """A number that is a timestamp, say, by mistake is refused; years of blocks are not."""
        for number in (1_900_000_000, leap.chain.head().number + 60_000_100):
            with pytest.raises(Reverted) as reverted:
                bare(seed=COMMITMENT, entropy_block=number)
            assert reverted.value.name == "InvalidEntropyBlock"
        bare(seed=COMMITMENT, entropy_block=60_000_000)

    @pytest.mark.parametrize("ahead", [0, 100])
    def test_no_seed(self, bare: Callable[..., SeriesBench], leap: SeriesBench, ahead: int) -> None:
        """Neither a seed nor a commitment is zero."""
        number = leap.chain.head().number + ahead if ahead else 0
        with pytest.raises(Reverted) as reverted:
            bare(seed=bytes(32), entropy_block=number)
        assert reverted.value.name == "InvalidSeed"
