"""A process that sends and is killed: the target of a forked process, so it stands in a module that can be imported."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from cryptostamp.chain import Chain, DevSigner, FeePolicy, Finality, Moment, Sender, deploy_registry
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["cryptostamp.chain.sender", "cryptostamp.office"])  # what takes long to import


def start_sending(
    url: str, ledger: Path, intents: Sequence[str], *, confirmations: int = 1, deadly: str = "", after: int = 1
) -> ForkServerProcess:
    """Start a process that does `intents` in order; it kills itself when it comes to the moment `deadly` once more.

    `after` counts how often that moment comes before it is deadly. Whenever it has to wait, it lets a block be mined.
    """
    process = _CONTEXT.Process(target=_send, args=(url, ledger, tuple(intents), confirmations, deadly, after))
    process.start()
    return process


def _send(url: str, path: Path, intents: tuple[str, ...], confirmations: int, deadly: str, after: int) -> None:
    chain = Chain.connect(url)
    left = after

    def watch(moment: Moment, _sentence: str) -> None:
        nonlocal left
        left -= moment == deadly
        if moment == deadly and left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def pause(_seconds: float) -> None:
        chain.rpc.request("evm_mine")
        time.sleep(0.002)

    with Ledger(path) as ledger:
        sender = Sender(
            chain,
            DevSigner(5),
            LedgerJournal(ledger),
            finality=Finality(confirmations=confirmations),
            fees=FeePolicy(rebroadcast_after_s=0.05),
            pause=pause,
            watch=watch,
        )
        for intent in intents:
            deploy_registry(sender, intent=intent, authority=sender.address)
