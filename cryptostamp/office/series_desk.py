"""What the issuer of a series may still change about all of it: the royalty, and who acts for the issuer.

Rests on ERC-2981 and on contracts/src/StampRoles.sol. Each can be changed again, so a change that was done once and is
asked for again later is another one; asked for again while it is under way, it goes on with what was signed. None is
sent while another one of the same thing is under way: nobody could see which of them would count in the end. The draw
of a blind series is not here: `issue` makes printed series, whose draw is known from the start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptostamp.chain import Call, Cost, MinedTransaction, Sender, SeriesRole, StampSeries
from cryptostamp.edition import Dossier
from cryptostamp.errors import InputError, Refused
from cryptostamp.ledger import Ledger, TransactionState
from cryptostamp.primitives import Address

__all__ = ["Royalty", "SeriesDesk"]

_SETTLED = {TransactionState.FINAL, TransactionState.REVERTED, TransactionState.ABANDONED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Royalty:
    """What a market is asked to pay when a token is sold."""

    receiver: Address | None
    """`None` if there is none."""
    bps: int
    """Hundredths of a per cent, at most 1,000."""

    def __post_init__(self) -> None:
        if (self.receiver is None) != (self.bps == 0):
            raise InputError(
                "A royalty needs both an account and a part of the price.", remedy="Name both, or neither to end it."
            )


class SeriesDesk:
    """The issuer of one series, with the ledger in which it writes down what it sends.

    What the contract does not allow this account comes out as a `ContractRefusal`, before anything is signed.
    """

    def __init__(self, dossier: Dossier, sender: Sender, ledger: Ledger) -> None:
        self._series_id = dossier.series.id
        self._contract = StampSeries(sender.chain, dossier.deployment.contract)
        self._sender = sender
        self._ledger = ledger

    def royalty(self) -> Royalty:
        """Return the royalty as the contract has it."""
        receiver, bps = self._contract.royalty()
        return Royalty(receiver=receiver, bps=bps)

    def price_royalty(self, royalty: Royalty) -> tuple[Cost, ...]:
        """Return what setting the royalty would cost now, without signing it; nothing if nothing would be signed."""
        return self._royalty_change(royalty).price()

    def set_royalty(self, royalty: Royalty) -> MinedTransaction | None:
        """Set the royalty, as the issuer; return the transaction, `None` if it is so already."""
        return self._royalty_change(royalty).send()

    def roles_of(self, account: Address) -> SeriesRole:
        """Return the roles of an account as the contract has them."""
        return self._contract.roles_of(account)

    def price_roles(self, account: Address, roles: SeriesRole) -> tuple[Cost, ...]:
        """Return what setting the roles of an account would cost now, without signing it."""
        return self._roles_change(account, roles).price()

    def set_roles(self, account: Address, roles: SeriesRole) -> MinedTransaction | None:
        """Give an account these roles and no others, as the administrator; `None` if it has them already."""
        return self._roles_change(account, roles).send()

    def _royalty_change(self, royalty: Royalty) -> _Change:
        what = f"{royalty.bps} for {royalty.receiver}" if royalty.receiver else "ended"
        return _Change(
            subject=f"{self._series_id}: royalty ",
            what=what,
            call=self._contract.royalty_call(royalty.receiver, royalty.bps),
            is_so=lambda: self.royalty() == royalty,
            sender=self._sender,
            ledger=self._ledger,
        )

    def _roles_change(self, account: Address, roles: SeriesRole) -> _Change:
        return _Change(
            subject=f"{self._series_id}: roles of {account} ",
            what=f"set to {roles.value}",
            call=self._contract.roles_call(account, roles),
            is_so=lambda: self.roles_of(account) == roles,
            sender=self._sender,
            ledger=self._ledger,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """One change of one thing that can be changed again."""

    subject: str
    """What is changed: how the names of all its changes in the ledger begin."""
    what: str
    call: Call
    is_so: Callable[[], bool]
    """Whether the chain has it so already."""
    sender: Sender
    ledger: Ledger

    def price(self) -> tuple[Cost, ...]:
        """Return what it would cost, nothing if nothing would be signed."""
        if self._is_under_way() or self.is_so():
            return ()
        return (self.sender.dry_run(to=self.call.to, data=self.call.data),)

    def send(self) -> MinedTransaction | None:
        """Send it, or go on with what is under way; `None` if there is nothing to do."""
        if not self._is_under_way() and self.is_so():
            return None
        return self.sender.send(intent=self._intent(), to=self.call.to, data=self.call.data)

    def _is_under_way(self) -> bool:
        """Tell whether this very change is signed and not final; `Refused` if another one of the same thing is."""
        ours = self._intent()
        open_ones = [
            each.intent
            for each in self.ledger.transactions()
            if each.intent.startswith(self.subject) and each.state not in _SETTLED
        ]
        for intent in open_ones:
            if intent != ours:
                raise Refused(
                    f"Another change of the same thing is under way: {intent!r}.",
                    remedy="Bring it to its end first: cryptostamp transactions settle",
                )
        return bool(open_ones)

    def _intent(self) -> str:
        """Return its name in the ledger: that of the same change under way, else one that was not used before."""
        count = 1
        while True:
            intent = f"{self.subject}{self.what} ({count})"
            record = self.ledger.live_transaction(intent)
            if record is None or record.state is not TransactionState.FINAL:
                return intent
            count += 1
