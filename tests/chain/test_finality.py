"""How deep a block must lie."""

from __future__ import annotations

import pytest
from support.fake_chain import FakeChain

from cryptostamp.chain import Finality, MinedTransaction
from cryptostamp.errors import InputError
from cryptostamp.primitives import ChainId, Hash32


def mined_in(chain: FakeChain, number: int, hash_: Hash32 | None = None) -> MinedTransaction:
    """Return a transaction in a block."""
    return MinedTransaction(
        hash=Hash32(bytes(32)),
        block_number=number,
        block_hash=hash_ or chain.blocks[number].hash,
        gas_used=21_000,
        succeeded=True,
        contract=None,
    )


@pytest.fixture
def ten() -> FakeChain:
    """A chain whose newest block is number 10, and whose finalized one number 6."""
    chain = FakeChain()
    for _ in range(10):
        chain.mine()
    return chain


class TestDepth:
    @pytest.mark.parametrize(("confirmations", "deepest"), [(1, 10), (2, 9), (3, 8), (11, 0), (12, None), (None, 6)])
    def test_the_newest_block_that_counts(self, ten: FakeChain, confirmations: int | None, deepest: int | None) -> None:
        """A block's own is its first confirmation; without a number the chain's finalized block counts."""
        finality = Finality(confirmations=confirmations)
        final = [number for number in range(11) if finality.is_reached(ten, mined_in(ten, number))]
        assert final == ([] if deepest is None else list(range(deepest + 1)))

    def test_a_block_that_is_no_longer_there(self, ten: FakeChain) -> None:
        """However deep, a block that was replaced since the receipt was read does not count."""
        receipt = mined_in(ten, 5)
        ten.reorganise(8, keep=False)
        assert not Finality(confirmations=2).is_reached(ten, receipt)
        assert Finality(confirmations=2).is_reached(ten, mined_in(ten, 5))

    def test_one_confirmation_costs_no_question(self) -> None:
        """On a local chain nothing is asked."""

        def unexpected() -> str:
            raise AssertionError("nothing need be asked")

        chain = FakeChain()
        chain.mine()
        chain.trouble = unexpected
        assert Finality(confirmations=1).is_reached(chain, mined_in(chain, 1))


class TestPolicy:
    def test_what_is_usual(self) -> None:
        """A local test chain undoes nothing by itself, every other one may."""
        assert Finality.default(ChainId(31337)) == Finality(confirmations=1)
        assert Finality.default(ChainId(1)) == Finality(confirmations=12)

    def test_in_words(self) -> None:
        """A policy reads as people say it."""
        assert [str(Finality(confirmations=12)), str(Finality.finalized())] == ["12 confirmations", "finalized"]

    @pytest.mark.parametrize("confirmations", [0, -1])
    def test_at_least_its_own_block(self, confirmations: int) -> None:
        """Nothing is final before it is mined."""
        with pytest.raises(InputError):
            Finality(confirmations=confirmations)
