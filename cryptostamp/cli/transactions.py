"""cryptostamp transactions: what was signed for a series, and what to do when one of them is stuck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import click

from cryptostamp.chain import EntryState, JournalEntry, Sender
from cryptostamp.cli.options import as_json, collecting, existing_workspace, issued_option
from cryptostamp.cli.output import console, print_json
from cryptostamp.cli.sending import Sending, sending_options
from cryptostamp.ledger import TransactionRecord
from cryptostamp.primitives import Hash32

__all__ = ["transactions_command"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_SHOWN_HASH = 18
_LINE = "{:>6}  {:<9}  {:>11}  {:>12}  {:<18}  {}"
_FAILED = 1
"""Exit code if a transaction was mined and failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """The ledger of a series, and the account that signs into it."""

    series: Path
    issued: Path | None
    sending: Sending

    @contextmanager
    def sender(self) -> Iterator[Sender]:
        """Open the ledger and give the account; the chain is that of the dossier, if there is one yet."""
        workspace = existing_workspace(self.issued, self.series)
        issued = workspace.dossier_folder.is_dir()
        chain = self.sending.chain_of(workspace.dossier()) if issued else self.sending.connect()
        with workspace.ledger() as ledger:
            yield self.sending.sender(chain, ledger)


# An option, because each of these commands has an argument of its own.
_series_option = click.option(
    "--series",
    type=click.Path(path_type=Path),
    default=Path(),
    help="A series.toml, or the folder it lies in. Without it, the current folder.",
)


def _as_account(command: _Command) -> _Command:
    """Take what every command needs that acts for an account, and hand it over as `account`."""
    return sending_options(collecting("account", _Account, _series_option, issued_option)(command))


@click.group("transactions")
def transactions_command() -> None:
    """See what was signed for a series, and bring what is stuck to its end.

    Every step goes on by itself when it is run again. These commands are for what is left over: a
    machine that died, another program that sent from the same account, a number that the chain misses.
    """


@transactions_command.command("list")
@_series_option
@issued_option
@as_json
def list_(*, series: Path, issued: Path | None, as_json: bool) -> None:
    """List the transactions of a series as its ledger has them; no node is asked."""
    with existing_workspace(issued, series).ledger() as ledger:
        records = ledger.transactions()
    if as_json:
        print_json({"transactions": [_row(record) for record in records]})
        return
    if not records:
        console.print("Nothing was signed for this series.")
        return
    _show(records)


def _row(record: TransactionRecord) -> dict[str, object]:
    receipt = record.receipt
    return {
        "intent": record.intent,
        "chain_id": record.chain_id,
        "account": record.sender,
        "nonce": record.nonce,
        "state": record.state,
        "hash": _hash(record),
        "offers": len(record.offers),
        "block": None if receipt is None else receipt.block_number,
        "gas": None if receipt is None else receipt.gas_used,
        "remark": record.remark,
    }


def _show(records: Sequence[TransactionRecord]) -> None:
    """Show the transactions account by account; a line is never broken, so that it can be searched."""
    for (account, chain_id), group in groupby(records, key=lambda record: (record.sender, record.chain_id)):
        console.print(f"From {account} on chain {chain_id}:")
        console.print(_LINE.format("number", "state", "block", "gas", "transaction", "for"), style="dim")
        for record in group:
            receipt = record.receipt
            block, gas = ("", "") if receipt is None else (f"{receipt.block_number:,}", f"{receipt.gas_used:,}")
            short = f"0x{_hash(record).hex()}"[:_SHOWN_HASH]
            console.print(_LINE.format(record.nonce, record.state.value, block, gas, short, record.intent))
            if record.remark is not None:
                console.print(f"{'':6}  given up: {record.remark}")
    counts = Counter(record.state.value for record in records)
    console.print(", ".join(f"{number:,} {state}" for state, number in counts.items()) + ".")


def _hash(record: TransactionRecord) -> Hash32:
    """Return the hash of what was mined, or of what was offered last."""
    return record.offers[-1].hash if record.receipt is None else record.receipt.hash


@transactions_command.command("settle")
@_as_account
@as_json
def settle(*, account: _Account, as_json: bool) -> int:
    """Bring everything that the account has signed to its end.

    What is missing on the chain is sent again, the same bytes; nothing new is signed but a higher fee where one waits
    too long. Exit codes: 0, or 1 if a transaction was mined and failed.
    """
    with account.sender() as sender:
        settled = sender.settle()
    failed = [entry for entry in settled if entry.state is EntryState.REVERTED]
    if as_json:
        print_json({"account": sender.address, "settled": [_entry(entry) for entry in settled]})
    elif not settled:
        console.print(f"Nothing that {sender.address} has signed is under way.")
    for entry in () if as_json else settled:
        console.print(f"No. {entry.nonce}, {entry.intent}: {_SENTENCES[entry.state]}")
    return _FAILED if failed else 0


_SENTENCES = {
    EntryState.SIGNED: "signed, not mined yet.",
    EntryState.MINED: "mined, not final yet.",
    EntryState.FINAL: "done, for good.",
    EntryState.REVERTED: "mined, but it failed. Run the step again: it says why.",
    EntryState.ABANDONED: "given up.",
}


def _entry(entry: JournalEntry) -> dict[str, object]:
    mined = entry.mined
    return {
        "intent": entry.intent,
        "nonce": entry.nonce,
        "state": entry.state,
        "hash": entry.offers[-1].hash if mined is None else mined.hash,
        "block": None if mined is None else mined.block_number,
    }


@transactions_command.command("abandon")
@click.argument("intent")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept in the ledger.")
@_as_account
@click.option("--yes", is_flag=True, help="Do not ask.")
def abandon(*, intent: str, reason: str, account: _Account, yes: bool) -> None:
    """Give up what was signed for INTENT, as the list names it, so that its step can be signed anew.

    Only for a transaction whose number another program has used, so that it can never be mined: that is looked up
    on the chain, and what may still be mined is not given up.
    """
    with account.sender() as sender:
        _ask(f"Give up what {sender.address} signed for {intent!r}?", yes=yes)
        sender.abandon(intent, reason=reason)
    console.print(f"{intent!r} is given up. Run its step again: it is signed anew if it is still needed.")


@transactions_command.command("fill")
@click.argument("nonce", type=click.IntRange(min=0))
@_as_account
@click.option("--yes", is_flag=True, help="Do not ask.")
def fill(*, nonce: int, account: _Account, yes: bool) -> None:
    """Use up the transaction number NONCE of the account, which the chain misses, so that those behind it can be mined.

    Needed when another program's transaction was undone. If that comes back, this one is abandoned like any other.
    """
    with account.sender() as sender:
        _ask(f"Use up number {nonce} of {sender.address} with a transaction that does nothing?", yes=yes)
        mined = sender.fill(nonce)
    console.print(
        f"Number {nonce} is used up in block {mined.block_number:,}, for {mined.gas_used:,} gas. "
        "Next: cryptostamp transactions settle"
    )


def _ask(question: str, *, yes: bool) -> None:
    if not yes:
        click.confirm(question, abort=True, err=True)
