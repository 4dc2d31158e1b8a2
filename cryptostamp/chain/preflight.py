"""What is made sure of before anything is signed: that the contract will take it and the account can pay it.

Rests on a simulation of the very call (``eth_call``), whose refusal comes back decoded, on the node's estimate of its
gas, and on EIP-7825 for the most a transaction may use. What it costs is told as a likely and a worst sum in wei; the
fee that some second-layer chains add for their data on the first is in neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cryptostamp.chain.fees import FeePolicy, Fees
from cryptostamp.chain.node import MAX_TRANSACTION_GAS, Chain
from cryptostamp.errors import EnvironmentProblem, Refused
from cryptostamp.primitives import Address

__all__ = ["Cost", "Preflight", "whole_coins"]

_GWEI = Decimal(10) ** 9
_WEI = Decimal(10) ** 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a transaction would cost if it were sent now. Money is wei."""

    gas: int
    """What it would use now."""
    gas_limit: int
    """What it may use: a fifth more, for the chain may have moved on when it is mined."""
    fees: Fees
    likely: int
    """`gas` at the price of the newest block."""
    worst: int
    """`gas_limit` at the highest price that is offered: the account must hold it."""
    balance: int
    """What the account holds."""


class Preflight:
    """The checks of one account on one chain."""

    def __init__(self, chain: Chain, account: Address, policy: FeePolicy) -> None:
        self._chain = chain
        self._account = account
        self._policy = policy
        self._with_code: set[Address] = set()

    def check(self, intent: str, *, to: Address | None, data: bytes) -> Cost:
        """Return what a transaction would cost; raise if it cannot succeed.

        Raises `ContractRefusal` with the decoded reason, `Refused` if there is no contract or its gas is too much,
        `EnvironmentProblem` if the account has not enough money or gas costs more than the cap.
        """
        self._check_code(intent, to, data)
        self._chain.call(to=to, data=data, sender=self._account)  # first, because its refusals are the clearest
        gas = self._chain.estimate_gas(to=to, data=data, sender=self._account)
        if gas > MAX_TRANSACTION_GAS:
            raise Refused(
                f"The transaction needs {gas:,} gas; a transaction may use {MAX_TRANSACTION_GAS:,} (EIP-7825).",
                where=intent,
            )
        market = self._chain.fee_market()
        fees = self._policy.first(market)
        if fees is None:
            raise EnvironmentProblem(
                f"A unit of gas costs {market.price / _GWEI:.3f} gwei now, more than the "
                f"{(self._policy.max_fee_cap or 0) / _GWEI:.3f} gwei that may be offered.",
                where=intent,
                remedy="Wait until the chain is less busy, or allow more. Nothing was signed.",
            )
        gas_limit = min(gas + gas // 5, MAX_TRANSACTION_GAS)
        cost = Cost(
            gas=gas,
            gas_limit=gas_limit,
            fees=fees,
            likely=gas * min(market.price, fees.max_fee),
            worst=gas_limit * fees.max_fee,
            balance=self._chain.balance(self._account),
        )
        if cost.balance < cost.worst:
            raise EnvironmentProblem(
                f"The account {self._account} holds {whole_coins(cost.balance)} of the chain's currency; "
                f"this transaction may cost up to {whole_coins(cost.worst)}.",
                where=intent,
                remedy="Send it some, then try again.",
            )
        return cost

    def _check_code(self, intent: str, to: Address | None, data: bytes) -> None:
        """Refuse a call to an address without code: the chain would take it, and nothing would happen."""
        if to is None or not data or to in self._with_code:
            return
        if not self._chain.code(to):
            raise Refused(
                f"There is no contract at {to} on chain {self._chain.chain_id}.",
                where=intent,
                remedy="Check the address and the chain.",
            )
        self._with_code.add(to)


def whole_coins(wei: int) -> str:
    """Return a sum as people read it: in the chain's currency, to the millionth."""
    return f"{wei / _WEI:.6f}"
