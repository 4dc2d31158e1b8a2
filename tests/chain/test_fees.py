"""A replacement offers enough more to be taken, and never more than was allowed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cryptostamp.chain import FeeMarket, FeePolicy, Fees

GWEI = 10**9
fees = st.builds(
    lambda max_fee, share: Fees(max_fee=max_fee, max_priority_fee=max_fee * share // 100),
    st.integers(0, 10**15),
    st.integers(0, 100),
)
markets = st.builds(FeeMarket, base_fee=st.integers(0, 10**15), tip=st.integers(0, 10**15))
caps = st.none() | st.integers(0, 10**15)


class TestFirstOffer:
    def test_outlasts_six_full_blocks(self) -> None:
        """The base fee may double and the tip is still paid."""
        assert FeePolicy().first(FeeMarket(base_fee=10 * GWEI, tip=GWEI)) == Fees(
            max_fee=21 * GWEI, max_priority_fee=GWEI
        )

    def test_capped(self) -> None:
        """The cap bounds the offer as long as it pays for a block like the newest one."""
        market = FeeMarket(base_fee=10 * GWEI, tip=GWEI)
        assert FeePolicy(max_fee_cap=12 * GWEI).first(market) == Fees(max_fee=12 * GWEI, max_priority_fee=GWEI)
        assert FeePolicy(max_fee_cap=11 * GWEI).first(market) == Fees(max_fee=11 * GWEI, max_priority_fee=GWEI)
        assert FeePolicy(max_fee_cap=11 * GWEI - 1).first(market) is None

    @given(market=markets, cap=caps)
    def test_is_a_transaction_that_nodes_take(self, market: FeeMarket, cap: int | None) -> None:
        """The tip is never above the fee, which is never above the cap, nor below what gas costs."""
        offer = FeePolicy(max_fee_cap=cap).first(market)
        if offer is None:
            assert cap is not None
            assert cap < market.base_fee + market.tip
        else:
            assert offer.max_priority_fee <= offer.max_fee
            assert market.base_fee + market.tip <= offer.max_fee
            assert cap is None or offer.max_fee <= cap


class TestReplacement:
    def test_an_eighth_more_of_both(self) -> None:
        """In a market that has not moved, both fields rise by 12.5 %, rounded up."""
        market = FeeMarket(base_fee=1, tip=1)
        offered = Fees(max_fee=1_001, max_priority_fee=17)
        assert FeePolicy().raised(offered, market) == Fees(max_fee=1_127, max_priority_fee=20)

    def test_the_market_if_that_is_more(self) -> None:
        """When gas has become dearer than that, what it costs now is offered."""
        market = FeeMarket(base_fee=100 * GWEI, tip=3 * GWEI)
        offered = Fees(max_fee=21 * GWEI, max_priority_fee=GWEI)
        assert FeePolicy().raised(offered, market) == Fees(max_fee=203 * GWEI, max_priority_fee=3 * GWEI)

    def test_up_to_the_cap(self) -> None:
        """The cap cuts the market's price, not the least rise that nodes demand."""
        market = FeeMarket(base_fee=100 * GWEI, tip=3 * GWEI)
        offered = Fees(max_fee=16 * GWEI, max_priority_fee=GWEI)
        assert FeePolicy(max_fee_cap=18 * GWEI).raised(offered, market) == Fees(
            max_fee=18 * GWEI, max_priority_fee=3 * GWEI
        )
        assert FeePolicy(max_fee_cap=18 * GWEI - 1).raised(offered, market) is None

    def test_nothing_offered_is_raised_too(self) -> None:
        """From nothing the rise is one wei: the same again is no replacement."""
        assert FeePolicy().raised(Fees(max_fee=0, max_priority_fee=0), FeeMarket(base_fee=0, tip=0)) == Fees(
            max_fee=1, max_priority_fee=1
        )

    @given(offered=fees, market=markets, cap=caps)
    def test_the_rule(self, offered: Fees, market: FeeMarket, cap: int | None) -> None:
        """Each field rises by an eighth at least, the tip stays within the fee, and the cap holds; or nothing is."""
        raised = FeePolicy(max_fee_cap=cap).raised(offered, market)
        if raised is None:
            assert cap is not None
            assert 8 * cap < 9 * offered.max_fee or cap <= offered.max_fee
            return
        assert 8 * raised.max_fee >= 9 * offered.max_fee
        assert 8 * raised.max_priority_fee >= 9 * offered.max_priority_fee
        assert raised.max_fee > offered.max_fee
        assert raised.max_priority_fee > offered.max_priority_fee
        assert raised.max_priority_fee <= raised.max_fee
        assert cap is None or raised.max_fee <= cap
