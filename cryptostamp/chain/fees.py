"""What is offered for a unit of gas, and how much more when a transaction waits too long.

Rests on EIP-1559 and on the rule of the nodes' pools for a replacement: geth and most demand that *both* fee fields
rise by a tenth, the strictest (OpenEthereum) by an eighth, so both rise by an eighth here. The caller's maximum is
never exceeded: where the rule would need more, nothing is replaced and the transaction waits. All money is in wei.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FeeMarket", "FeePolicy", "Fees"]

_RISE_NUMERATOR, _RISE_DENOMINATOR = 9, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """What is offered for a unit of gas (EIP-1559)."""

    max_fee: int
    max_priority_fee: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeMarket:
    """What a unit of gas costs now."""

    base_fee: int
    tip: int

    @property
    def price(self) -> int:
        """What is paid for a unit of gas in a block like the newest."""
        return self.base_fee + self.tip

    @property
    def fees(self) -> Fees:
        """Fees that outlast six full blocks, each of which raises the base fee by an eighth: it doubles."""
        return Fees(max_fee=2 * self.base_fee + self.tip, max_priority_fee=self.tip)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeePolicy:
    """How much may be offered, and how long a transaction waits before it is sent again or offered for more."""

    max_fee_cap: int | None = None
    """The most that is ever offered for a unit of gas; `None` sets no bound."""
    rebroadcast_after_s: float = 15.0
    """After this long without being mined, the same bytes are sent again, in case that pools have dropped them."""
    replace_after_s: float = 90.0
    """After this long without being mined, the transaction is replaced by one that offers more."""

    def first(self, market: FeeMarket) -> Fees | None:
        """Return what a new transaction offers; `None` if the cap is below what gas costs now."""
        fees = market.fees
        if self.max_fee_cap is None or fees.max_fee <= self.max_fee_cap:
            return fees
        if self.max_fee_cap < market.price:
            return None
        return Fees(max_fee=self.max_fee_cap, max_priority_fee=fees.max_priority_fee)

    def raised(self, offered: Fees, market: FeeMarket) -> Fees | None:
        """Return what a replacement offers: each field an eighth more, or the market's if that is more.

        Returns `None` if the cap does not allow a replacement that pools would take.
        """
        least = Fees(max_fee=_risen(offered.max_fee), max_priority_fee=_risen(offered.max_priority_fee))
        wanted = market.fees
        cap = self.max_fee_cap
        if cap is not None and least.max_fee > cap:
            return None
        max_fee = max(least.max_fee, wanted.max_fee)
        if cap is not None:
            max_fee = min(max_fee, cap)
        # A tip is part of the fee. Its least rise fits always, for it was part of the fee before.
        tip = min(max(least.max_priority_fee, wanted.max_priority_fee), max_fee)
        return Fees(max_fee=max_fee, max_priority_fee=tip)


def _risen(fee: int) -> int:
    """Return `fee` and an eighth, rounded up, at least one more: a pool takes no replacement for the same."""
    return max(-(-fee * _RISE_NUMERATOR // _RISE_DENOMINATOR), fee + 1)
