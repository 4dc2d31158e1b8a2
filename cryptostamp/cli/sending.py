"""How a command sends: through which nodes, from which account, for how much, and how final it must be.

Every command that sends takes the same options, and gets them as one `Sending`. Fees are decimal to the last wei, never
a float. A passphrase is asked for or read from a file descriptor; it is never an argument, which other programs see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click

from cryptostamp.chain import (
    Chain,
    Cost,
    FeePolicy,
    Finality,
    KeystoreSigner,
    RemoteSigner,
    Sender,
    Signer,
)
from cryptostamp.cli.options import AddressType, collecting, first_line_of, rpcs_option
from cryptostamp.cli.output import console, print_json
from cryptostamp.edition import Dossier
from cryptostamp.errors import InputError
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal, chain_of, local_post
from cryptostamp.primitives import Address

__all__ = ["Sending", "dry_run_option", "print_costs", "sending_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_WEI_A_GWEI = 10**9
_MOST_GWEI = 10**9
"""One unit of the chain's currency for a unit of gas: more than this is a slip of the hand."""
_WEI_A_COIN = Decimal(10**18)


class _Gwei(click.ParamType[int]):
    """A sum in gwei, such as 30 or 0.05, as wei."""

    name = "gwei"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401
        """Return the wei; fail with the reason."""
        if isinstance(value, int):
            return value
        whole, _, fraction = str(value).partition(".")
        digits = whole + fraction
        if not (digits.isascii() and digits.isdigit()) or len(whole) > len(str(_MOST_GWEI)) or len(fraction) > 9:  # noqa: PLR2004  (digits)
            self.fail(f"{value!r} is no sum in gwei, such as 30 or 0.05.", param, ctx)
        wei = int(f"{whole or '0'}{fraction.ljust(9, '0')}")
        if not 1 <= wei <= _MOST_GWEI * _WEI_A_GWEI:
            self.fail(f"{value!r} is no sum that could be offered for a unit of gas.", param, ctx)
        return wei


class _FinalityType(click.ParamType[Finality]):
    """A number of confirmations, or the word finalized."""

    name = "finality"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Finality:  # noqa: ANN401
        """Return how deep a block must lie; fail with the reason."""
        if isinstance(value, Finality):
            return value
        text = str(value)
        if text == "finalized":
            return Finality.finalized()
        if not (text.isascii() and text.isdigit() and int(text[:9]) >= 1 and len(text) <= 6):  # noqa: PLR2004  (digits)
            self.fail(f"{text!r} is neither a number of confirmations, from 1 on, nor the word finalized.", param, ctx)
        return Finality(confirmations=int(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Through which nodes, as whom, for how much and how finally a command sends. Checked as it is made."""

    rpc: tuple[str, ...]
    """One node or several of one chain, in the order in which they are asked."""
    keystore: Path | None = None
    keystore_passphrase_fd: int | None = None
    signer_url: str | None = field(default=None, repr=False)  # it may hold a token of the service
    signer_account: Address | None = None
    max_fee: int | None = None
    """The most that is offered for a unit of gas, in wei."""
    confirmations: Finality | None = None

    def __post_init__(self) -> None:
        if self.keystore is not None and self.signer_url is not None:
            raise InputError(
                "--keystore and --signer both say who signs.", remedy="Give the one that holds the account."
            )
        if (self.signer_url is None) != (self.signer_account is None):
            raise InputError(
                "--signer names a signing service, --signer-account the account there: one alone is not enough.",
                remedy="Give both, or a keystore instead.",
            )
        if self.keystore_passphrase_fd is not None and self.keystore is None:
            raise InputError(
                "--keystore-passphrase-fd opens a keystore, and none is given.", remedy="Name it with --keystore."
            )
        if len(set(self.rpc)) < len(self.rpc):
            raise InputError("The same node is given twice with --rpc.", remedy="Name each node once.")

    @property
    def fees(self) -> FeePolicy:
        """How much may be offered."""
        return FeePolicy(max_fee_cap=self.max_fee)

    def connect(self) -> Chain:
        """Return the chain behind the nodes."""
        return Chain.connect(*self.rpc)

    def chain_of(self, dossier: Dossier) -> Chain:
        """Return the chain that a dossier speaks of; `NodeUnreachable` if the nodes are of another one."""
        return chain_of(dossier, *self.rpc)

    def signer(self, chain: Chain, *, local: Callable[[Chain], Signer] = local_post) -> Signer:
        """Return the account that acts; without any option, the test account that `local` picks on a local chain.

        Asks for the passphrase of a keystore, so call it once.
        """
        if self.signer_url is not None and self.signer_account is not None:
            return RemoteSigner(self.signer_url, self.signer_account)
        if self.keystore is None:
            return local(chain)
        return KeystoreSigner(self.keystore, self._passphrase(self.keystore))

    def sender(self, chain: Chain, ledger: Ledger, *, local: Callable[[Chain], Signer] = local_post) -> Sender:
        """Return the sender of the account that acts, which writes into `ledger` what it signs."""
        signer = self.signer(chain, local=local)
        return Sender(chain, signer, LedgerJournal(ledger), fees=self.fees, finality=self.confirmations)

    def _passphrase(self, keystore: Path) -> str:
        if self.keystore_passphrase_fd is not None:
            return first_line_of(self.keystore_passphrase_fd)
        text: str = click.prompt(f"Passphrase of {keystore.name}", hide_input=True, err=True)
        return text


def sending_options(command: _Command) -> _Command:
    """Take all options of `Sending`, and hand them to the command as `sending`."""
    return collecting(
        "sending",
        Sending,
        rpcs_option,
        click.option(
            "--keystore",
            type=click.Path(path_type=Path, dir_okay=False),
            help="The encrypted keystore of the account that acts. Without it or --signer, on a local chain only, a "
            "test account does.",
        ),
        click.option(
            "--keystore-passphrase-fd",
            type=click.IntRange(min=0),
            metavar="N",
            help="Read the keystore's passphrase from this file descriptor (its first line) instead of asking.",
        ),
        click.option(
            "--signer",
            "signer_url",
            metavar="URL",
            help="The signing service that holds the account instead: Web3Signer, Clef, or what answers like them.",
        ),
        click.option("--signer-account", type=AddressType(), help="The account of --signer that acts."),
        click.option(
            "--max-fee",
            type=_Gwei(),
            metavar="GWEI",
            help="The most to offer for a unit of gas, such as 30 or 0.05. Above it, transactions wait.",
        ),
        click.option(
            "--confirmations",
            type=_FinalityType(),
            metavar="N|finalized",
            help="How many blocks deep a transaction must lie to count as done, or until the chain calls it finalized. "
            "Without it 12, and 1 on a local chain.",
        ),
    )(command)


def dry_run_option(command: _Command) -> _Command:
    """Take --dry-run."""
    return click.option(
        "--dry-run", is_flag=True, help="Sign and send nothing: say what it would cost, or why it would be refused."
    )(command)


def print_costs(costs: Sequence[Cost], account: Address, *, as_json: bool, remark: str = "") -> None:
    """Say what transactions would cost now, and what the account holds."""
    gas = sum(cost.gas for cost in costs)
    likely, worst = _coins(sum(cost.likely for cost in costs)), _coins(sum(cost.worst for cost in costs))
    if as_json:
        print_json(
            {
                "dry_run": True,
                "account": account,
                "transactions": len(costs),
                "gas": gas,
                "fee": likely,
                "fee_at_most": worst,
                "balance": _coins(costs[0].balance) if costs else None,
            }
        )
        return
    if not costs:
        console.print("Nothing would be sent.")
        return
    transactions = "one transaction" if len(costs) == 1 else f"{len(costs):,} transactions"
    console.print(f"It would take {transactions} and {gas:,} gas: {likely} ether at today's price.")
    console.print(f"At most {worst} ether may be paid; {account} holds {_coins(costs[0].balance)}.")
    console.print(f"{remark} Nothing was signed or sent.".strip())


def _coins(wei: int) -> str:
    """Return a sum in the chain's currency, exact to the last wei."""
    text = f"{wei / _WEI_A_COIN:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
