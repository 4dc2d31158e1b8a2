"""How many verdicts the collector's page gives with two workers, what one costs a node, and whether any is wrong.

A real Anvil, a real server in its own processes, and a load from this machine on persistent connections: the load and
Anvil take a share of the same processor. What an answer costs the server's processes and the load is told beside each
speed, in processor time, which is the same on a machine that does much else. In the last part transactions and
reorganisations change the chain all the time, and every verdict is compared with what the chain said of that stamp
while it was asked.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.harness import ROOT, Report, Row, progress
from cryptostamp.chain import Chain, DevSigner, StampSeries, load_artifact, start_local_node
from cryptostamp.edition import Dossier
from cryptostamp.office import Workspace, issue, public_code_of
from cryptostamp.primitives import Serial
from cryptostamp.series import load_series, rescale

__all__ = ["run"]

_STAMPS = 1_000
_BATCH = 100
_CONNECTIONS = 24
_WINDOW_S = 3.0
"""How much older than the question an answer may be: the newest block is asked for twice a second, under full load."""
_WARM_S = 4.0
_TARGET = 1_000


def run(quick: bool) -> Report:  # noqa: FBT001  (the seam of all benchmarks)
    """Measure pages, API and a node's own answers, then look for wrong verdicts."""
    seconds = 4 if quick else 15
    with tempfile.TemporaryDirectory() as folder, start_local_node() as node:
        workspace = Workspace(Path(folder) / "issued")
        progress(f"Issuing {_STAMPS:,} stamps")
        chain = Chain.connect(node.url)
        series = rescale(load_series(ROOT / "artwork" / "leapfrog"), _STAMPS)
        issue(series, workspace=workspace, chain=chain, post=DevSigner(0), passphrase="a benchmark")  # noqa: S106
        dossier = workspace.dossier()
        codes = [public_code_of(dossier, Serial(number)).text for number in range(1, _STAMPS + 1)]
        with _served(workspace, node.url) as (port, server):
            rows = _speeds(port, server, codes, dossier, chain, seconds)
            rows.append(_truth(port, codes, dossier, chain, 20 if quick else 600))
    return Report(benchmark="web", quick=quick, rows=rows)


@contextmanager
def _served(workspace: Workspace, rpc: str) -> Iterator[tuple[int, int]]:
    command = [sys.executable, "-m", "cryptostamp.cli", "serve", str(workspace.folder), "--rpc", rpc, "--port", "0"]
    command += ["--workers", "2", "--no-relay", "--requests-a-minute", "0"]
    environment = {**os.environ, "COLUMNS": "200"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as server:
        try:
            assert server.stdout is not None  # noqa: S101  (it is a pipe)
            port = int(server.stdout.readline().split("127.0.0.1:")[1].split("/")[0])
            time.sleep(6)  # until both workers have loaded
            yield port, server.pid
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def _speeds(port: int, server: int, codes: Sequence[str], dossier: Dossier, chain: Chain, seconds: float) -> list[Row]:
    draw = random.Random(7)  # noqa: S311  (which stamps are asked for)
    paths = [code[code.index("/", len("https://")) :] for code in codes]

    def verdict() -> bytes:
        return _post("/api/v1/verdicts", {"code": draw.choice(codes)})

    def batch() -> bytes:
        return _post("/api/v1/verdicts/batch", {"codes": draw.sample(codes, _BATCH)})

    def page() -> bytes:
        return f"GET {draw.choice(paths)} HTTP/1.1\r\nhost: x\r\n\r\n".encode()

    contract = StampSeries(chain, dossier.deployment.contract)
    progress("Asking the node itself, one eth_call after another")
    calls = _times(lambda: contract.stamp(Serial(draw.randint(1, _STAMPS))), seconds / 3)
    each = statistics.median(calls)
    peer = {"eth_call, one after another": 1 / each}
    rows = []
    _load(port, batch, _WARM_S)  # the state of the block is asked for once by each worker: that is not measured
    for what, ask, worth in (("API verdict", verdict, 1), (f"API verdicts, {_BATCH} a call", batch, _BATCH)):
        progress(what)
        _load(port, ask, 1)
        times, cost = _measured(port, server, ask, seconds)
        rows.append(
            Row(
                what=f"{what}, 2 workers",
                unit="verdicts/s",
                ours=len(times) * worth / seconds,
                peers=peer,
                better="higher",
                target=_TARGET,
                note=f"{_percentiles(times)}; {cost}",
            )
        )
    progress("Pages")
    _load(port, page, 1)
    times, cost = _measured(port, server, page, seconds)
    rows.append(
        Row(
            what="page of a stamp, 2 workers",
            unit="pages/s",
            ours=len(times) / seconds,
            peers=peer,
            better="higher",
            note=f"{_percentiles(times)}; {cost}",
        )
    )
    rows.append(Row(what="one eth_call, stampOf", unit="ms", ours=1_000 * each, note="encoded and decoded by us"))
    return rows


def _post(path: str, body: object) -> bytes:
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
    return head.encode() + data


def _times(work: Callable[[], object], seconds: float) -> list[float]:
    times, end = [], time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        work()
        times.append(time.perf_counter() - begun)
    return times


def _percentiles(times: Sequence[float]) -> str:
    cuts = statistics.quantiles(times, n=100)
    return f"a call: p50 {1_000 * cuts[49]:.1f} ms, p99 {1_000 * cuts[98]:.1f} ms, {_CONNECTIONS} connections"


def _measured(port: int, server: int, ask: Callable[[], bytes], seconds: float) -> tuple[list[float], str]:
    """Ask for so long; return the seconds that each answer took, and what one cost in processor time."""
    before, own = _processor_s(server), time.process_time()
    times = _load(port, ask, seconds)
    after, own = _processor_s(server), time.process_time() - own
    costs = [f"the load {1_000 * own / len(times):.2f} ms"]
    if before is not None and after is not None:
        costs.insert(0, f"the server {1_000 * (after - before) / len(times):.2f} ms")
    return times, f"processor: {', '.join(costs)}"


def _processor_s(parent: int) -> float | None:
    """Return the processor time of a process and its children so far, `None` where the system does not tell."""
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        ticks = 0
        for each in (str(parent), *children):
            fields = Path(f"/proc/{each}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    except OSError:
        return None
    return ticks / os.sysconf("SC_CLK_TCK")


def _load(
    port: int,
    ask: Callable[[], bytes],
    seconds: float,
    look: Callable[[float, float, bytes, bytes], None] | None = None,
) -> list[float]:
    """Ask over persistent connections for so long; return the seconds that each answer took."""
    times: list[float] = []

    async def one(end: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (begun := time.perf_counter()) < end:
            question = ask()
            writer.write(question)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"The site answered {head[:40]!r}.")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
            done = time.perf_counter()
            times.append(done - begun)
            if look is not None:
                look(begun, done, question, body)
        writer.close()

    async def everyone() -> None:
        end = time.perf_counter() + seconds
        await asyncio.gather(*(one(end) for _ in range(_CONNECTIONS)))

    asyncio.run(everyone())
    return times


@dataclass
class _Restless:
    """A chain on which stamps are sent and reorganisations take that back; remembers when which stamp stood where."""

    chain: Chain
    dossier: Dossier
    stop: threading.Event = field(default_factory=threading.Event)
    changes: dict[int, list[tuple[float, float, str]]] = field(default_factory=dict)
    """By stamp: when a change began and had ended, and to which state."""
    undone: int = 0

    def run(self) -> None:
        """Change the chain until told to stop."""
        draw = random.Random(11)  # noqa: S311  (which stamps are moved)
        custody = DevSigner(0).address
        encode = load_artifact("StampSeries").interface.encode_call
        kept = 0
        while not self.stop.wait(draw.uniform(0.05, 0.4)):
            serial = draw.randint(kept + 1, _STAMPS)
            data = encode("transferFrom", custody, DevSigner(4).address, serial)
            fields = {"from": custody, "to": self.dossier.deployment.contract, "data": f"0x{data.hex()}"}
            begun = time.perf_counter()
            self.chain.rpc.request("eth_sendTransaction", fields)
            self._note(serial, begun, "delivered")
            self.stop.wait(draw.uniform(0.05, 1.2))
            begun = time.perf_counter()
            self.chain.rpc.request("anvil_reorg", 1, [])
            self._note(serial, begun, "unclaimed")
            self.undone += 1

    def _note(self, serial: int, begun: float, state: str) -> None:
        self.changes.setdefault(serial, []).append((begun, time.perf_counter(), state))

    def allowed(self, serial: int, asked: float, answered: float) -> set[str]:
        """Return in which states a stamp was while it was asked about, or just before."""
        states, since = {"unclaimed"}, asked - _WINDOW_S
        for begun, ended, state in self.changes.get(serial, []):
            if begun > answered:
                break
            states = {state} if ended < since else states | {state}
        return states


def _truth(port: int, codes: Sequence[str], dossier: Dossier, chain: Chain, seconds: float) -> Row:
    """Ask for so long while the chain changes and is reorganised; count the verdicts that were wrong."""
    progress(f"Looking for wrong verdicts under reorganisations for {seconds:,.0f} s")
    restless = _Restless(Chain.connect(f"http://{chain.rpc.host}"), dossier)
    samples: list[tuple[float, float, int, str]] = []
    numbers = {code: number for number, code in enumerate(codes, 1)}
    draw = random.Random(13)  # noqa: S311  (which stamps are asked for)

    def ask() -> bytes:
        moved = list(restless.changes)[-3:]
        number = draw.choice(moved) if moved and draw.random() < 0.7 else draw.randint(1, _STAMPS)  # noqa: PLR2004
        return _post("/api/v1/verdicts", {"code": codes[number - 1]})

    def look(asked: float, answered: float, question: bytes, body: bytes) -> None:
        number = numbers[json.loads(question.partition(b"\r\n\r\n")[2])["code"]]
        verdict = json.loads(body)
        said = "unknown"
        if verdict["conclusion"] != said:
            stamp = verdict["stamp"] or {"serial": 0, "state": ""}
            right = verdict["conclusion"] == "genuine" and stamp["serial"] == number
            said = stamp["state"] if right else "wrong"
        samples.append((asked, answered, number, said))

    thread = threading.Thread(target=restless.run)
    thread.start()
    try:
        _load(port, ask, seconds, look)
    finally:
        restless.stop.set()
        thread.join()
    wrong = unknown = 0
    for asked, answered, number, said in samples:
        if said == "unknown":
            unknown += 1
        elif said not in restless.allowed(number, asked, answered):
            wrong += 1
    return Row(
        what=f"wrong verdicts of {len(samples):,} in {seconds:,.0f} s",
        unit="verdicts",
        ours=wrong,
        target=0,
        note=f"{restless.undone:,} reorganisations meanwhile; {unknown:,} answers said that they could not tell",
    )
