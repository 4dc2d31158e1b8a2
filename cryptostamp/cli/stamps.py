"""cryptostamp void and cryptostamp postmark: what an issuer records about its stamps, for good."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from cryptostamp.chain import MinedTransaction, PostmarkKind, Sender, VoidReason
from cryptostamp.cli.options import (
    as_json,
    issued_option,
    keystore_option,
    rpc_option,
    series_argument,
    signer_for,
    workspace_of,
)
from cryptostamp.cli.output import console, print_json, progress_bar
from cryptostamp.errors import InputError
from cryptostamp.ledger import Ledger
from cryptostamp.office import (
    LedgerJournal,
    PostmarkOrder,
    Progress,
    StampDesk,
    StampPreview,
    VoidOrder,
    chain_of,
    runs_of,
)
from cryptostamp.primitives import Serial

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


def _acting(command: _Command) -> _Command:
    """Take what both commands need."""
    for option in (
        as_json,
        click.option("--yes", is_flag=True, help="Do not ask before it is sent."),
        issued_option,
        keystore_option,
        rpc_option,
        click.option(
            "--sheets",
            type=_Numbers("sheet"),
            metavar="LIST",
            help="All stamps of these sheets instead, such as 12-14.",
        ),
        click.option(
            "--serials", type=_Numbers("serial"), metavar="LIST", help="The stamps, such as 3,7-12,1000-1999."
        ),
        series_argument,
    ):
        command = option(command)
    return command


@click.command("void", short_help="Declare stamps void: stolen, lost, spoiled or recalled.")
@_acting
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in VoidReason]),
    required=True,
    help="Why. Everybody reads it in the verdict on a stamp.",
)
def void_command(
    *,
    series: Path,
    serials: _Ranges | None,
    sheets: _Ranges | None,
    reason: str,
    rpc: str,
    keystore: Path | None,
    issued: Path | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Declare stamps of SERIES void, for good. Their verdict says so, and their hidden codes become worthless.

    Only stamps that nobody has claimed can be voided: a token that has left the post stays whose it
    is. Those among the serials are passed over, and counted before you are asked.
    """
    with _desk_of(series, rpc, keystore, issued) as (desk_with, title, ledger, series_id):
        order = VoidOrder(serials=_chosen(ledger, series_id, serials, sheets), reason=VoidReason(reason))
        with progress_bar(quiet=as_json) as progress:
            before = desk_with(progress).preview_void(order)
        _tell(_void_preview(before, order, title), as_json=as_json)
        _ask(before, "Void them, for good?", yes=yes)
        with progress_bar(quiet=as_json) as progress:
            mined = desk_with(progress).void(order)
            after = desk_with(progress).preview_void(order)
    _report(before, after, mined, f"Of these stamps, {after.void:,} are void now.", as_json=as_json)


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
def postmark_command(
    *,
    series: Path,
    serials: _Ranges | None,
    sheets: _Ranges | None,
    office: str,
    day: datetime,
    kind: str,
    rpc: str,
    keystore: Path | None,
    issued: Path | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Record that a post office has cancelled paper stamps of SERIES, whoever owns their tokens.

    A postmark stays for good. A stamp that has this very one already does not get it again; a void
    stamp gets none.
    """
    with _desk_of(series, rpc, keystore, issued) as (desk_with, title, ledger, series_id):
        chosen = _chosen(ledger, series_id, serials, sheets)
        order = PostmarkOrder(serials=chosen, office=office, day=day.date(), kind=PostmarkKind(kind))
        with progress_bar(quiet=as_json) as progress:
            before = desk_with(progress).preview_postmark(order)
        _tell(_postmark_preview(before, order, title), as_json=as_json)
        _ask(before, "Record it, for good?", yes=yes)
        with progress_bar(quiet=as_json) as progress:
            mined = desk_with(progress).postmark(order)
            after = desk_with(progress).preview_postmark(order)
    _report(before, after, mined, f"Of these stamps, {after.done_before:,} have the postmark now.", as_json=as_json)


@contextmanager
def _desk_of(
    series: Path, rpc: str, keystore: Path | None, issued: Path | None
) -> Iterator[tuple[Callable[[Progress], StampDesk], str, Ledger, str]]:
    """Give the desk of the issuer, for whoever wants to hear how far it is; title, ledger and id of the series."""
    workspace = workspace_of(issued, series)
    dossier = workspace.dossier()
    chain = chain_of(dossier, rpc)
    signer = signer_for(chain, keystore)
    with workspace.ledger() as ledger:
        sender = Sender(chain, signer, LedgerJournal(ledger))
        yield (
            lambda progress: StampDesk(dossier, sender, ledger, progress=progress),
            dossier.series.title,
            ledger,
            dossier.series.id,
        )


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


def _tell(said: Sequence[str], *, as_json: bool) -> None:
    if not as_json:
        console.print("\n  ".join(said))


def _ask(preview: StampPreview, question: str, *, yes: bool) -> None:
    """Ask before something is sent that cannot be undone."""
    if preview.to_do and not yes:
        click.confirm(question, abort=True, err=True)


def _report(
    before: StampPreview, after: StampPreview, mined: Sequence[MinedTransaction], said: str, *, as_json: bool
) -> None:
    if as_json:
        print_json(
            {
                "before": before,
                "after": after,
                "transactions": [transaction.hash for transaction in mined],
                "gas": sum(transaction.gas_used for transaction in mined),
            }
        )
    else:
        console.print(said if mined else "Nothing was sent.")


def _stamps(count: int) -> str:
    return "1 stamp" if count == 1 else f"{count:,} stamps"
