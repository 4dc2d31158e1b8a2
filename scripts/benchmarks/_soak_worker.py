"""The process that the soak kills: a counter, its clerk, a desk and an indexer over one ledger, begun anew."""

from __future__ import annotations

import faulthandler
import pickle
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptostamp.chain import Chain, DevSigner, Finality, PostmarkKind, Sender, StampSeries, VoidReason
from cryptostamp.errors import CannotTell, EnvironmentProblem, Refused
from cryptostamp.ledger import ClaimState
from cryptostamp.office import (
    LedgerJournal,
    PostmarkOrder,
    StampDesk,
    VoidOrder,
    Workspace,
    follow,
    runs_of,
)
from cryptostamp.office.counter import ClaimClerk, check_claim, take_in

__all__ = ["LAST_OFFICE", "Plan", "work"]

LAST_OFFICE = "LAST"
"""The post office of a postmark that is recorded when all else is done."""

_AT_ONCE = 100
_FOLLOW_EVERY_S = 0.7
_DAY = date(2026, 5, 1)


@dataclass(frozen=True)
class Plan:
    """What is to be done in the time of the soak."""

    folder: Path
    url: str
    claims: int
    """Stamps 1 to this one are claimed."""
    voids: int
    """So many orders of five stamps each, from the one after on."""
    marks: int
    """So many orders of five postmarks each, from the first stamp on."""
    begun: float
    """By the clock that `time.time` reads."""
    seconds: float
    confirmations: int

    def due(self, number):
        """Return how many of `number` things are due by now: all of them at nine tenths of the time."""
        return min(number, int(number * (time.time() - self.begun) / (0.9 * self.seconds)) + 1)

    @property
    def is_over(self):
        """Whether the time is over."""
        return time.time() > self.begun + self.seconds

    @property
    def signed_path(self):
        """The file of signed claims."""
        return self.folder / "signed.pickle"

    @property
    def notes_path(self):
        """The file in which the process tells of what went wrong."""
        return self.folder / "notes.txt"

    @property
    def turn_path(self):
        """The file in which the process tells what is left to do."""
        return self.folder / "turn.txt"

    @property
    def stack_path(self):
        """The file in which the process tells where it stands, when it gets SIGUSR1."""
        return self.folder / "stack.txt"

    def orders(self):
        """Return the orders of the desk, and how each is given."""
        voids = [
            VoidOrder(serials=runs_of([(first, first + 4)]), reason=VoidReason.LOST)
            for first in range(self.claims + 1, self.claims + 5 * self.voids, 5)
        ]
        marks = [
            PostmarkOrder(serials=runs_of([(first, first + 4)]), office="1010", day=_DAY, kind=PostmarkKind.REGULAR)
            for first in range(1, 5 * self.marks, 5)
        ]
        return voids, marks


def work(plan):
    """Do what is due, again and again, until the time is over and all is done; raise nothing that a restart mends."""
    faulthandler.register(signal.SIGUSR1, file=plan.stack_path.open("w"), all_threads=True)
    workspace = Workspace(plan.folder)
    dossier, chain = workspace.dossier(), Chain.connect(plan.url)
    with plan.signed_path.open("rb") as stream:
        signed = pickle.load(stream)  # noqa: S301 - written by the soak itself
    with workspace.ledger() as ledger:
        sender = _sender_of(plan, chain, ledger)
        clerk = ClaimClerk(dossier, ledger=ledger, sender=sender)
        desk = StampDesk(dossier, sender, ledger)
        hasty = StampDesk(dossier, _sender_of(plan, chain, ledger, patience_s=0.0), ledger)
        voids, marks = plan.orders()
        done_voids = done_marks = 0
        followed = 0.0
        while True:
            try:
                open_claims = _serve(plan, dossier, chain, ledger, signed, clerk)
                done_voids += _give(desk.preview_void, hasty.void, voids[done_voids : plan.due(len(voids))])
                done_marks += _give(desk.preview_postmark, hasty.postmark, marks[done_marks : plan.due(len(marks))])
                if time.monotonic() > followed + _FOLLOW_EVERY_S:
                    follow(dossier, chain=chain, ledger=ledger)
                    followed = time.monotonic()
                plan.turn_path.write_text(
                    f"{open_claims} claims open, {done_voids} of {len(voids)} voids, {done_marks} of {len(marks)} marks"
                )
                if plan.is_over and not open_claims:
                    _end(desk, sender, voids, marks)
                    return
            except (CannotTell, EnvironmentProblem, Refused) as error:
                with plan.notes_path.open("a", encoding="utf-8") as notes:
                    notes.write(f"{type(error).__name__}: {error.what}\n")
            time.sleep(0.05)


def _serve(plan, dossier, chain, ledger, signed, clerk):
    """Take in the claims that are due, let the clerk take a turn, and return how many are not done."""
    series = dossier.series.id
    taken = sum(ledger.claims.count(series, state) for state in ClaimState)
    due = signed[taken : min(plan.due(plan.claims), taken + _AT_ONCE)]
    if due:
        stamps = StampSeries(chain, dossier.deployment.contract).stamps([each.serial for each in due])
        for each, stamp in zip(due, stamps, strict=True):
            check_claim(each, dossier, stamp, now=time.time())
            take_in(each, dossier, ledger=ledger, now=time.time())
    left = clerk.turn()
    return left + plan.claims - taken - len(due)


def _sender_of(plan, chain, ledger, patience_s=None):
    return Sender(
        chain,
        DevSigner(0),
        LedgerJournal(ledger),
        finality=Finality(confirmations=plan.confirmations),
        patience_s=patience_s,
    )


def _give(preview, act, orders):
    """Pass over the orders that an earlier process has carried out, send the next one, and return how many.

    It is signed and sent, not waited for: claims are carried meanwhile, and the end makes sure of all of it.
    """
    for number, order in enumerate(orders, 1):
        if preview(order).to_do:
            with suppress(CannotTell):  # on its way: not mined, or not deep enough yet
                act(order)
            return number - 1
    return len(orders)


def _end(desk, sender, voids, marks):
    """Send once more whatever a deep reorganisation has undone after it was final, then wait for all of it."""
    sender.settle()
    last = PostmarkOrder(serials=runs_of([(1, 1)]), office=LAST_OFFICE, day=_DAY, kind=PostmarkKind.REGULAR)
    desk.postmark(last)
    for order in voids:
        desk.void(order)
    for order in marks:
        desk.postmark(order)
    sender.settle()
