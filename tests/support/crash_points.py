"""A process that does a step of the office and kills itself between two writes: found by watching, not listed by hand.

A point is the moment before a file is begun and before it gets its name, before the ledger
commits, and every `Moment` of the sender. The process writes down each point that it comes to, so that a test can say
where it was killed.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from pyrage import x25519

from cryptostamp.chain import Chain, DevSigner, FeeMarket, Moment, PostmarkKind, Sender, VoidReason
from cryptostamp.edition import EditionSecret
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal, PostmarkOrder, StampDesk, VoidOrder, Workspace, issue, print_stamps
from cryptostamp.office.claim import send_claim, sign_claim
from cryptostamp.press import token_image
from cryptostamp.primitives import Serial
from cryptostamp.series import load_series, rescale

__all__ = ["PASSPHRASE", "Bench", "start_step"]

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["cryptostamp.chain.sender", "cryptostamp.office"])  # what takes long to import

PASSPHRASE = "a frog on every sheet"
_CREATES = os.O_CREAT
_HASH = re.compile("0x[0-9a-f]{64}")  # follows from the gas, which follows a little from the time
_POST, _COLLECTOR = DevSigner(0), DevSigner(7)
_CLOCK = 1_800_000_000
_GWEI = 10**9


@dataclass(frozen=True)
class Bench:
    """Where a step is done: a series, its folder of issued files, and a chain."""

    series: Path
    edition: int
    issued: Path
    url: str
    notes: Path
    """The file in which the points are written down."""
    identity: str = ""
    """The secret key of whoever prints the hidden codes."""

    @property
    def points(self) -> list[str]:
        """The points that the last process has come to."""
        return self.notes.read_text().splitlines() if self.notes.exists() else []


def start_step(bench: Bench, step: str, *, deadly: int = 0, by: signal.Signals = signal.SIGKILL) -> ForkServerProcess:
    """Start a process that does a step, and kills itself at the point number `deadly`, if it comes that far.

    With another signal `by`, such as SIGSTOP, it does that to itself instead.
    """
    bench.notes.unlink(missing_ok=True)
    process = _CONTEXT.Process(target=_run, args=(bench, step, deadly, by))
    process.start()
    return process


def _run(bench: Bench, step: str, deadly: int, by: signal.Signals) -> None:
    notes = os.open(bench.notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    count = 0

    def point(name: str) -> None:
        nonlocal count
        count += 1
        os.write(notes, f"{name}\n".encode())
        if count == deadly:
            os.kill(os.getpid(), by)

    _watch_files(bench.issued, point)
    _watch_ledger(point)
    _make_cheap()
    _STEPS[step](bench, lambda moment, sentence: point(f"{moment}: {_HASH.sub('0x…', sentence)}"))


def _watch_files(folder: Path, point: Callable[[str], None]) -> None:
    """Tell before a file is begun in the folder, and before one gets its name."""
    place = str(folder)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _mode, flags = arguments
            if (
                isinstance(flags, int)
                and flags & _CREATES
                and str(path).startswith(place)
                and str(path)[-5:] == ".part"
            ):
                point(f"before {Path(path).name} is begun")
        elif event in {"os.rename", "os.link"} and str(arguments[0]).startswith(place):
            point(f"before {Path(arguments[1]).name} has its name")

    sys.addaudithook(hook)  # a process of its own: it ends with it


def _watch_ledger(point: Callable[[str], None]) -> None:
    """Tell before every change of the ledger is committed; after it is before whatever comes next."""
    write = Ledger._writing

    @contextmanager
    def watched(self: Ledger) -> Iterator[Any]:
        with write(self) as session:
            yield session
            point("before the ledger commits")

    Ledger._writing = watched  # type: ignore[method-assign]


def _make_cheap() -> None:
    """Leave age's deliberately slow passphrase function, large pictures, and what writes nothing to their own tests."""
    importlib.import_module("cryptostamp.office.issue").check_printable = lambda *_: None  # type: ignore[attr-defined]
    Chain.fee_market = lambda _self: FeeMarket(base_fee=_GWEI, tip=_GWEI)  # type: ignore[method-assign]
    token_image.TOKEN_PICTURE_PX = 40
    EditionSecret.seal = lambda self, passphrase: passphrase.encode() + b"\0" + self._secret  # type: ignore[method-assign]
    EditionSecret.unseal = classmethod(  # type: ignore[method-assign,assignment]
        lambda cls, data, _passphrase: cls(data.partition(b"\0")[2])
    )


def _issue(bench: Bench, watch: Callable[[Moment, str], None]) -> None:
    begin = Sender.__init__

    def watched(self: Sender, *arguments: Any, **options: Any) -> None:
        begin(self, *arguments, **{**options, "watch": watch})

    Sender.__init__ = watched  # type: ignore[method-assign]
    drawn = iter(range(1, 100))
    issue(
        rescale(load_series(bench.series), bench.edition),
        workspace=Workspace(bench.issued),
        chain=Chain.connect(bench.url),
        post=_POST,
        passphrase=PASSPHRASE,
        clock=lambda: _CLOCK,
        random_bytes=lambda length: bytes([next(drawn)]) * length,
    )


def _print(bench: Bench, _watch: Callable[[Moment, str], None]) -> None:
    print_stamps(
        rescale(load_series(bench.series), bench.edition),
        workspace=Workspace(bench.issued),
        images=[Serial(2)],
        printer=[str(x25519.Identity.from_str(bench.identity).to_public())],
        passphrase=PASSPHRASE,
        sheets_per_file=1,
        clock=lambda: _CLOCK,
    )


def _claim(bench: Bench, watch: Callable[[Moment, str], None]) -> None:
    workspace = Workspace(bench.issued)
    dossier = workspace.dossier()
    code = workspace.open_secret(PASSPHRASE).claim_code(Serial(1))
    with _sender(bench, watch) as (sender, ledger):
        # Whoever claims signs with the time of that moment, so a second try is another signature.
        deadline = sender.chain.head().timestamp + 3_600 + len(ledger.transactions())
        signed = sign_claim(code, dossier, to=_COLLECTOR.address, deadline=deadline)
        send_claim(signed, dossier, sender=sender, ledger=ledger)


def _void(bench: Bench, watch: Callable[[Moment, str], None]) -> None:
    order = VoidOrder(
        serials=((Serial(1), Serial(1)), (Serial(3), Serial(10)), (Serial(12), Serial(12))), reason=VoidReason.STOLEN
    )
    with _sender(bench, watch) as (sender, ledger):
        StampDesk(Workspace(bench.issued).dossier(), sender, ledger).void(order)


def _postmark(bench: Bench, watch: Callable[[Moment, str], None]) -> None:
    order = PostmarkOrder(
        serials=((Serial(1), Serial(5)),), office="LILYPOND-1", day=date(2026, 5, 1), kind=PostmarkKind.FIRST_DAY
    )
    with _sender(bench, watch) as (sender, ledger):
        StampDesk(Workspace(bench.issued).dossier(), sender, ledger).postmark(order)


@contextmanager
def _sender(bench: Bench, watch: Callable[[Moment, str], None]) -> Iterator[tuple[Sender, Ledger]]:
    with Workspace(bench.issued).ledger() as ledger:
        yield Sender(Chain.connect(bench.url), _POST, LedgerJournal(ledger), watch=watch), ledger


_STEPS: Mapping[str, Callable[[Bench, Callable[[Moment, str], None]], None]] = {
    "issue": _issue,
    "print": _print,
    "claim": _claim,
    "void": _void,
    "postmark": _postmark,
}
