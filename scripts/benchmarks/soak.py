"""Half an hour of claims, voids and postmarks, killed every 1 to 3 seconds on a chain that is reorganised; an audit.

A process that takes claims in, carries them to the chain, voids, postmarks and follows the chain is killed by SIGKILL
and begun anew all the time, while Anvil undoes 1 to 20 blocks, twenty times. Transactions count as final at 12 blocks,
so that some reorganisations undo what was final. In the end nothing may be missing, nothing done twice and nothing
elsewhere than it was to go: an audit asks the contract for every stamp, and so does web3 alone, without a line of ours.
What does not end in time is shown with what it waits for. --quick is a minute or two; --minutes says how long, 30
without it.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import pickle
import random
import signal
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks._soak_check import Ordered, check
from benchmarks._soak_worker import LAST_OFFICE, Plan, work
from benchmarks.harness import ROOT, Report, Row, progress
from cryptostamp.chain import Chain, DevSigner, StampSeries, start_local_node
from cryptostamp.ledger import ClaimState
from cryptostamp.office import Workspace, audit, issue, sign_claim
from cryptostamp.primitives import Serial, parse_address
from cryptostamp.series import load_series, rescale

__all__ = ["run"]

_PASSPHRASE = "a soak"  # noqa: S105  (of an edition that nobody keeps)
_MINUTES = 30
"""For 10,000 claims and 20 reorganisations; --minutes has as many of them as of the minutes."""
_CONFIRMATIONS = 12
_BLOCK_S = 0.5
_DEEPEST = 20
_KEPT_STATES = 300
"""Of so many blocks the chain keeps in memory how it was after them: far more than are undone."""
_NODE_S = 60.0
"""How long the node may take to mine a block or undo some."""
_MOST_WAIT_S = 900
"""How long the process may take to come to its end, and as long again all that follows."""
_MOST_BEGIN_S = 600
"""How long issuing and signing may take."""
_SHOWN = 20
_SEED = 2026
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["benchmarks._soak_worker"])


def run(quick):
    """Run the soak."""
    seconds, claims, orders, reorganisations = 40, 300, 3, 4
    if not quick:
        minutes = float(os.environ.get("BENCHMARK_MINUTES", str(_MINUTES)))
        seconds = round(60 * minutes)
        claims, orders, reorganisations = (max(round(each * minutes / _MINUTES), 1) for each in (10_000, 30, 20))
    edition = claims + 5 * orders + 20
    faulthandler.dump_traceback_later(seconds + 2 * _MOST_WAIT_S + _MOST_BEGIN_S, exit=True)
    with tempfile.TemporaryDirectory() as folder, start_local_node(kept_states=_KEPT_STATES) as node:
        workspace, chain = Workspace(Path(folder)), Chain.connect(node.url, timeout_s=_NODE_S)
        series = rescale(load_series(ROOT / "artwork" / "leapfrog"), edition)
        progress(f"issuing {edition:,} stamps and signing {claims:,} claims")
        issue(series, workspace=workspace, chain=chain, post=DevSigner(0), passphrase=_PASSPHRASE)
        first_nonce = chain.transaction_count(DevSigner(0).address)
        signed = _signed(workspace, claims)
        chain.rpc.request("evm_setAutomine", False)  # noqa: FBT003 - as the node wants it
        chain.rpc.request("anvil_mine", hex(_DEEPEST + 5))
        plan = Plan(
            folder=workspace.folder,
            url=node.url,
            claims=claims,
            voids=orders,
            marks=orders,
            begun=time.time(),
            seconds=seconds,
            confirmations=_CONFIRMATIONS,
        )
        plan.signed_path.write_bytes(pickle.dumps(signed))
        storm = _Storm(plan, chain, reorganisations)
        storm.rage()
        progress(f"auditing {edition:,} stamps")
        begun = time.perf_counter()
        found = audit(series, workspace=workspace, rpc=node.url)
        audit_s = time.perf_counter() - begun
        for difference in found.differences:
            progress(f"DIFFERS: {difference.code}: {difference.what}")
        rows = [*storm.rows(), *_rows(plan, workspace, chain, signed, first_nonce)]
        rows.append(Row(what="audit: differences", unit="differences", ours=len(found.differences), target=0))
        unchecked = sum(part.outcome == "not checked" for part in found.parts)
        rows.append(Row(what="audit: parts that could not be checked", unit="parts", ours=unchecked, target=0))
        rows.append(Row(what=f"audit of {edition:,} stamps", unit="s", ours=audit_s))
        progress("asking web3 alone")
        strange = check(node.url, workspace.dossier().deployment.contract, _ordered(plan, signed, edition))
        for difference in strange[:_SHOWN]:
            progress(f"DIFFERS by web3: {difference}")
        rows.append(Row(what="asked by web3 alone: differences", unit="differences", ours=len(strange), target=0))
    faulthandler.cancel_dump_traceback_later()
    return Report(benchmark="soak", quick=quick, rows=rows)


def _signed(workspace, claims):
    """Sign every claim, each for an account of its own."""
    secret, dossier = workspace.open_secret(_PASSPHRASE), workspace.dossier()
    deadline = int(time.time()) + 6 * 24 * 3600
    return [
        sign_claim(secret.claim_code(Serial(serial)), dossier, to=_collector(serial), deadline=deadline)
        for serial in range(1, claims + 1)
    ]


def _ordered(plan, signed, edition):
    """Return what was to be done, from what was signed and ordered."""
    voids, marks = plan.orders()
    marked = Counter((serial, order.office) for order in marks for serial in _serials(order))
    marked[1, LAST_OFFICE] += 1
    return Ordered(
        edition=edition,
        custody=DevSigner(0).address,
        claimed={int(each.serial): each.to for each in signed},
        void={serial for order in voids for serial in _serials(order)},
        marked=marked,
    )


def _serials(order):
    return [int(serial) for first, last in order.serials for serial in range(first, last + 1)]


def _collector(serial):
    return parse_address(f"0x{2**120 + serial:040x}")


class _Storm:
    """What happens to the process and the chain in the time of the soak."""

    def __init__(self, plan, chain, reorganisations):
        self._plan = plan
        self._chain = chain
        self._dice = random.Random(_SEED)  # noqa: S311 - dice
        depths = [1 + index % _DEEPEST for index in range(reorganisations)]
        if reorganisations < _DEEPEST:
            depths = [
                1 + round(index * (_DEEPEST - 1) / max(reorganisations - 1, 1)) for index in range(reorganisations)
            ]
        self._dice.shuffle(depths)
        step = 0.9 * plan.seconds / reorganisations
        self._ahead = [(step * (index + 0.5), depth) for index, depth in enumerate(depths)]
        self.undone = []
        self.lives = []
        self.failed = []
        self.tail_s = 0.0

    def rage(self):
        """Kill and reorganise until the time is over, then let the process come to its end."""
        end = self._plan.begun + self._plan.seconds
        told = time.time()
        while time.time() < end:
            self._live(kill_after=self._dice.uniform(1, 3))
            if time.time() > told + 60:
                told = time.time()
                progress(f"{len(self.lives):,} kills, {len(self.undone)} reorganisations")
        progress("letting the process come to its end")
        begun = time.time()
        self._live(kill_after=None)
        self.tail_s = time.time() - begun

    def rows(self):
        """Return what happened."""
        yield Row(what="time with kills", unit="min", ours=self._plan.seconds / 60)
        yield Row(what="kills by SIGKILL", unit="kills", ours=len(self.lives))
        if self.lives:
            yield Row(what="median life of a process", unit="s", ours=statistics.median(self.lives))
        yield Row(what="reorganisations", unit="times", ours=len(self.undone))
        if self.undone:
            yield Row(what="blocks undone, the most at once", unit="blocks", ours=max(self.undone))
        yield Row(what="processes that ended by an error", unit="processes", ours=len(self.failed), target=0)
        yield Row(what="time from the last kill until all was final", unit="s", ours=self.tail_s)
        notes = self._plan.notes_path
        lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
        for kind, count in Counter(line.partition(":")[0] for line in lines).items():
            yield Row(what=f"troubles met and gone on from: {kind}", unit="times", ours=count)

    def _tell_what_it_waits_for(self, process):
        """Show where the process stands, and what it said last."""
        os.kill(process.pid, signal.SIGUSR1)
        time.sleep(1)
        for path in (self._plan.turn_path, self._plan.stack_path, self._plan.notes_path):
            if path.exists():
                progress(f"{path.name}: {path.read_text(encoding='utf-8')[-4_000:]}")

    def _live(self, *, kill_after):
        """Let one process live, mine blocks meanwhile, and undo some when it is time."""
        process = _CONTEXT.Process(target=work, args=(self._plan,))
        begun = time.monotonic()
        process.start()
        limit = _MOST_WAIT_S if kill_after is None else kill_after
        while process.exitcode is None and time.monotonic() < begun + limit:
            self._chain.rpc.request("evm_mine")
            if self._ahead and time.time() > self._plan.begun + self._ahead[0][0]:
                depth = self._ahead.pop(0)[1]
                self._chain.rpc.request("anvil_reorg", depth, [])
                self.undone.append(depth)
            process.join(min(_BLOCK_S, max(begun + limit - time.monotonic(), 0.001)))
        if process.exitcode is None:
            if kill_after is None:
                self._tell_what_it_waits_for(process)
            process.kill()
            process.join()
            if kill_after is None:
                raise RuntimeError(f"the process did not come to its end in {_MOST_WAIT_S} s")
            self.lives.append(time.monotonic() - begun)
        elif process.exitcode:
            self.failed.append(process.exitcode)


def _rows(plan, workspace, chain, signed, first_nonce):
    """Compare what was to be done with what the chain and the ledger have."""
    dossier = workspace.dossier()
    series = dossier.series.id
    contract = StampSeries(chain, dossier.deployment.contract)
    there = 0
    for start in range(0, len(signed), 1_000):
        some = signed[start : start + 1_000]
        stamps = contract.stamps([each.serial for each in some])
        there += sum(
            stamp.state.value == "claimed" and stamp.owner == each.to for each, stamp in zip(some, stamps, strict=True)
        )
    void = sum(
        stamp.state.value == "void"
        for stamp in contract.stamps([Serial(plan.claims + 1 + index) for index in range(5 * plan.voids)])
    )
    with workspace.ledger() as ledger:
        states = {state: ledger.claims.count(series, state) for state in ClaimState}
        sent = [each for each in ledger.transactions() if each.sender == DevSigner(0).address]
        moved = Counter(each.name for each in ledger.index(series).events())
    lost = len(signed) - there
    yield Row(
        what=f"claims relayed, of {len(signed):,}", unit="claims", ours=there, better="higher", target=len(signed)
    )
    yield Row(what="claims missing or at another account", unit="claims", ours=lost, target=0)
    done = states[ClaimState.DONE]
    yield Row(what="claims done by the ledger", unit="claims", ours=done, better="higher", target=len(signed))
    yield Row(what="transfers beyond one a claim", unit="events", ours=moved["Transfer"] - len(signed), target=0)
    yield Row(
        what=f"stamps void, of {5 * plan.voids}", unit="stamps", ours=void, better="higher", target=5 * plan.voids
    )
    marks = moved["Postmarked"] - 5 * plan.marks - 1
    yield Row(what="postmarks beyond those ordered, or missing", unit="events", ours=abs(marks), target=0)
    count = chain.transaction_count(DevSigner(0).address)
    kept = sum(each.state.value in {"final", "reverted"} for each in sent)
    yield Row(what="transactions sent", unit="transactions", ours=count - first_nonce)
    yield Row(what="transactions of the chain that the ledger lacks", unit="transactions", ours=count - kept, target=0)
    reverted = sum(each.state.value == "reverted" for each in sent)
    yield Row(what="transactions that failed on the chain", unit="transactions", ours=reverted, target=0)
    offers = sum(len(each.offers) - 1 for each in sent)
    yield Row(what="signatures that replaced one with a higher fee", unit="signatures", ours=offers)
