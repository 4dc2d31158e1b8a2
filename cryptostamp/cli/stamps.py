"""cryptostamp void and cryptostamp postmark: what an issuer records about its stamps, for good."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from cryptostamp.chain import Cost, MinedTransaction, PostmarkKind, VoidReason
from cryptostamp.cli.options import as_json, collecting, issued_option, series_argument, workspace_of
from cryptostamp.cli.output import console, print_json, progress_bar
from cryptostamp.cli.sending import Sending, dry_run_option, print_costs, sending_options
from cryptostamp.errors import InputError
from cryptostamp.ledger import Ledger
from cryptostamp.office import PostmarkOrder, Progress, StampDesk, StampPreview, VoidOrder, runs_of
from cryptostamp.primitives import Address, Serial

__all__ = ["postmark_command", "void_command"]

_Ranges = tuple[tuple[int, int], ...]
_Command = TypeVar("_Command", bound=Callable[..., Any])

_RANGE = re.compile(r"\s*([0-9]{1,8})(?:-([0-9]{1,8}))?\s*")

_REASONS = {
    VoidReason.SPOILED: "it was spoiled at the printer or in the office",
    VoidReason.LOST: "it was lost",
    VoidReason.STOLEN: "it was stolen",
    VoidReason.RECALLED: "it was recalled",
}


class _Numbers(click.ParamType[tuple[tuple[int, int], ...]]):
    """Numbers and ranges of them, such as 3,7-12."""

    name = "numbers"

    def __init__(self, what: str) -> None:
        self._what = what

    def convert(
        self,
        value: Any,  # noqa: ANN401  (click's signature)
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[tuple[int, int], ...]:
        """Return the ranges, first and last; fail with the reason."""
        ranges = []
        for part in str(value).split(","):
            match = _RANGE.fullmatch(part)
            first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
            if not 1 <= first <= last:
                self.fail(f"{part.strip()!r} is no {self._what} and no range of them, such as 3 or 7-12.", param, ctx)
            ranges.append((first, last))
        return tuple(ranges)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Which stamps of which series are meant, and how what is done about them is sent."""

    series: Path
    issued: Path | None
    serials: _Ranges | None
    sheets: _Ranges | None
    sending: Sending
    dry_run: bool
    yes: bool
    as_json: bool

    @contextmanager
    def desk(self) -> Iterator[_OpenDesk]:
        """Open the desk of the issuer."""
        workspace = workspace_of(self.issued, self.series)
        dossier = workspace.dossier()
        chain = self.sending.chain_of(dossier)
        with workspace.ledger() as ledger:
            sender = self.sending.sender(chain, ledger)
            yield _OpenDesk(
                at=lambda progress: StampDesk(dossier, sender, ledger, progress=progress),
                account=sender.address,
                title=dossier.series.title,
                chosen=_chosen(ledger, dossier.series.id, self.serials, self.sheets),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenDesk:
    at: Callable[[Progress], StampDesk]
    """The desk, for whoever wants to hear how far it is."""
    account: Address
    title: str
    chosen: tuple[tuple[Serial, Serial], ...]
    """The stamps that are meant, as runs."""


def _acting(command: _Command) -> _Command:
    """Take what both commands need, and hand it to them as `order`."""
    collected = collecting(
        "order",
        _Order,
        series_argument,
        click.option(
            "--serials", type=_Numbers("serial"), metavar="LIST", help="The stamps, such as 3,7-12,1000-1999."
        ),
        click.option(
            "--sheets",
            type=_Numbers("sheet"),
            metavar="LIST",
            help="All stamps of these sheets instead, such as 12-14.",
        ),
        dry_run_option,
        click.option("--yes", is_flag=True, help="Do not ask before it is sent."),
        issued_option,
        as_json,
    )(command)
    return sending_options(collected)


@click.command("void", short_help="Declare stamps void: stolen, lost, spoiled or recalled.")
@_acting
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in VoidReason]),
    required=True,
    help="Why. Everybody reads it in the verdict on a stamp.",
)
def void_command(*, order: _Order, reason: str) -> None:
    """Declare stamps of SERIES void, for good. Their verdict says so, and their hidden codes become worthless.

    Only stamps that nobody has claimed can be voided: a token that has left the post stays whose it
    is. Those among the serials are passed over, and counted before you are asked.
    """
    with order.desk() as desk:
        meant = VoidOrder(serials=desk.chosen, reason=VoidReason(reason))
        _carry_out(
            order,
            desk,
            _Action(
                preview=lambda at: at.preview_void(meant),
                price=lambda at: at.price_void(meant),
                send=lambda at: at.void(meant),
                told=lambda before: _void_preview(before, meant, desk.title),
                question="Void them, for good?",
                done=lambda after: f"Of these stamps, {after.void:,} are void now.",
            ),
        )


@click.command("postmark", short_help="Record that a post office has cancelled paper stamps.")
@_acting
@click.option("--office", required=True, metavar="CODE", help="The post office: up to 12 of A-Z, 0-9 and hyphen.")
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    metavar="YYYY-MM-DD",
    help="The date that the postmark shows.",
)
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in PostmarkKind]),
    default=PostmarkKind.REGULAR.value,
    show_default=True,
    help="The kind of cancellation.",
)
def postmark_command(*, order: _Order, office: str, day: datetime, kind: str) -> None:
    """Record that a post office has cancelled paper stamps of SERIES, whoever owns their tokens.

    A postmark stays for good. A stamp that has this very one already does not get it again; a void
    stamp gets none.
    """
    with order.desk() as desk:
        meant = PostmarkOrder(serials=desk.chosen, office=office, day=day.date(), kind=PostmarkKind(kind))
        _carry_out(
            order,
            desk,
            _Action(
                preview=lambda at: at.preview_postmark(meant),
                price=lambda at: at.price_postmark(meant),
                send=lambda at: at.postmark(meant),
                told=lambda before: _postmark_preview(before, meant, desk.title),
                question="Record it, for good?",
                done=lambda after: f"Of these stamps, {after.done_before:,} have the postmark now.",
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Action:
    """What the two commands do in the same order."""

    preview: Callable[[StampDesk], StampPreview]
    price: Callable[[StampDesk], Sequence[Cost]]
    send: Callable[[StampDesk], Sequence[MinedTransaction]]
    told: Callable[[StampPreview], Sequence[str]]
    question: str
    done: Callable[[StampPreview], str]


def _carry_out(order: _Order, desk: _OpenDesk, action: _Action) -> None:
    """Look, tell, and price it or ask, send and report."""
    with progress_bar(quiet=order.as_json) as progress:
        before = action.preview(desk.at(progress))
    if not order.as_json:
        console.print("\n  ".join(action.told(before)))
    if order.dry_run:
        with progress_bar(quiet=order.as_json) as progress:
            costs = action.price(desk.at(progress))
        print_costs(costs, desk.account, as_json=order.as_json)
        return
    if before.to_do and not order.yes:
        click.confirm(action.question, abort=True, err=True)
    with progress_bar(quiet=order.as_json) as progress:
        mined = action.send(desk.at(progress))
        after = action.preview(desk.at(progress))
    if order.as_json:
        print_json(
            {
                "before": before,
                "after": after,
                "transactions": [transaction.hash for transaction in mined],
                "gas": sum(transaction.gas_used for transaction in mined),
            }
        )
    else:
        console.print(action.done(after) if mined else "Nothing was sent.")


def _chosen(
    ledger: Ledger, series_id: str, serials: _Ranges | None, sheets: _Ranges | None
) -> tuple[tuple[Serial, Serial], ...]:
    """Return the stamps that were named, by their serials or by the sheets that they lie on, as runs."""
    if (serials is None) == (sheets is None):
        raise InputError("Which stamps are meant?", remedy="Name them with --serials, or their sheets with --sheets.")
    if serials is not None:
        return runs_of(serials)
    found: list[tuple[int, int]] = []
    for first, last in sheets or ():
        on_them = ledger.serials_on(series_id, first, last)
        if not on_them:
            raise InputError(
                f"There is no sheet no. {first}{f' to {last}' if last > first else ''} in this series.",
                remedy="The plan of the print job says which stamps lie on which sheet.",
            )
        found += [(serial, serial) for serial in on_them]
    return runs_of(found)


def _void_preview(preview: StampPreview, order: VoidOrder, title: str) -> list[str]:
    said = [f"{_stamps(preview.stamps)} of {title}: {preview.to_do:,} to be declared void ({_REASONS[order.reason]})."]
    if preview.done_before:
        said.append(f"{preview.done_before:,} void already.")
    if preview.left_custody:
        said.append(
            f"{preview.left_custody:,} claimed or sent already, the first of them no. {preview.first_refused:,}: "
            "these cannot be voided any more."
        )
    return said


def _postmark_preview(preview: StampPreview, order: PostmarkOrder, title: str) -> list[str]:
    mark = f"the {order.kind} postmark of {order.office}, {order.day.isoformat()}"
    said = [f"{_stamps(preview.stamps)} of {title}: {preview.to_do:,} to get {mark}."]
    if preview.done_before:
        said.append(f"{preview.done_before:,} with this very postmark already.")
    if preview.void:
        said.append(f"{preview.void:,} void, the first of them no. {preview.first_refused:,}: these get none.")
    return said


def _stamps(count: int) -> str:
    return "1 stamp" if count == 1 else f"{count:,} stamps"
