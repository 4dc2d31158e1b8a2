"""How fast an edition is planned, claimed, followed and audited: the work that a ledger does, on files and PostgreSQL.

Chains are local Anvils that mine at once: what is measured is our side of the work, not a network. PostgreSQL rows are
left out where no server is installed.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.resources import files
from pathlib import Path

from eth_account import Account
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from web3 import HTTPProvider, Web3
from web3.types import RPCEndpoint

from benchmarks.harness import ROOT, Report, Row, median_seconds, progress
from cryptostamp.chain import (
    Chain,
    DevSigner,
    PostmarkKind,
    Sender,
    start_local_node,
)
from cryptostamp.edition import Dossier
from cryptostamp.ledger import Ledger, PlannedStamp, SeriesPlan
from cryptostamp.ledger.models import StampRow
from cryptostamp.office import (
    LedgerJournal,
    PostmarkOrder,
    SignedClaim,
    StampDesk,
    Workspace,
    audit,
    follow,
    issue,
    runs_of,
    send_claim,
    send_claims,
    sign_claim,
)
from cryptostamp.primitives import Address, ChainId, Serial, keccak256, parse_address
from cryptostamp.series import load_series, rescale

__all__ = ["run"]

_PASSPHRASE = "a benchmark"  # noqa: S105  (of an edition that nobody keeps)
_LEAPFROG = ROOT / "artwork" / "leapfrog"
_BATCH = 100
_TODAY = date(2026, 5, 1)
_RELAYER_KEY = "0x" + "5e" * 32


def run(quick: bool) -> Report:  # noqa: FBT001  (the seam of all benchmarks)
    """Measure the ledger, the relay, the index and the audit."""
    rows = list(_stored(15_000 if quick else 150_000))
    rows += _growth(1_000 if quick else 15_000)
    rows += _chain_rows(stamps=1_000 if quick else 150_000, claims=100 if quick else 1_000, quick=quick)
    return Report(benchmark="ledger", quick=quick, rows=rows)


def _stamps(count: int) -> Iterator[PlannedStamp]:
    for number in range(1, count + 1):
        yield PlannedStamp(
            serial=Serial(number),
            variant=number % 5,
            claim_key=Address(f"0x{number:040x}"),
            sheet=(number - 1) // 25 + 1,
            position=(number - 1) % 25 + 1,
        )


def _plan(count: int) -> SeriesPlan:
    return SeriesPlan(
        id="LEAP",
        description_sha256=keccak256(b"description"),
        edition=count,
        edition_root=keccak256(b"root"),
        rarity_seed=keccak256(b"seed"),
        chain_id=ChainId(31337),
        genesis_hash=keccak256(b"genesis"),
    )


def _stored(count: int) -> Iterator[Row]:
    """Store the stamps of an edition, each time into a new ledger."""
    progress(f"storing {count:,} stamps")
    with tempfile.TemporaryDirectory() as folder:
        places = (Path(folder) / f"{number}.sqlite3" for number in range(1_000))
        yield Row(
            what=f"stamps planned and stored, {count:,}, SQLite",
            unit="stamps/s",
            ours=count / median_seconds(lambda: _store(next(places), count), repeats=3),
            peers={
                "sqlite3 by hand": count / median_seconds(lambda: _by_hand(next(places), count), repeats=3),
                "SQLAlchemy objects": count / median_seconds(lambda: _objects(next(places), count), repeats=1),
            },
            better="higher",
            note="by hand: the same rows in one INSERT, without the index on claim keys",
        )
        with _postgresql() as new_database:
            if new_database is not None:
                yield Row(
                    what=f"stamps planned and stored, {count:,}, PostgreSQL",
                    unit="stamps/s",
                    ours=count / median_seconds(lambda: _store(new_database(), count), repeats=3),
                    peers={
                        "SQLAlchemy objects": count / median_seconds(lambda: _objects(new_database(), count), repeats=1)
                    },
                    better="higher",
                )


def _store(place: Path | str, count: int) -> None:
    with Ledger(place) as ledger:
        ledger.plan_series(_plan(count), _stamps(count))


def _by_hand(place: Path, count: int) -> None:
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE stamps (serial INTEGER PRIMARY KEY, variant, claim_key, sheet, position)")
        connection.executemany(
            "INSERT INTO stamps VALUES (?, ?, ?, ?, ?)",
            ((each.serial, each.variant, each.claim_key, each.sheet, each.position) for each in _stamps(count)),
        )


def _objects(place: Path | str, count: int) -> None:
    """Store stamps as SQLAlchemy's tutorial does."""
    with Ledger(place) as ledger:
        ledger.plan_series(_plan(count), ())
    url = f"sqlite:///{place}" if isinstance(place, Path) else place.replace("postgresql:", "postgresql+psycopg:")
    engine = create_engine(url)
    with Session(engine) as session:
        session.add_all(
            StampRow(
                series_id="LEAP",
                serial=each.serial,
                variant=each.variant,
                claim_key=each.claim_key,
                sheet=each.sheet,
                position=each.position,
            )
            for each in _stamps(count)
        )
        session.commit()
    engine.dispose()


@contextmanager
def _postgresql() -> Iterator[Callable[[], str] | None]:
    sys.path.insert(0, str(ROOT / "tests"))
    try:
        from support.postgresql import find_postgres, postgres_server  # noqa: PLC0415  (lies with the tests)
    finally:
        sys.path.remove(str(ROOT / "tests"))
    if find_postgres() is None:
        yield None
        return
    with postgres_server() as server:
        yield server.new_database


_MEASURED = """
import resource, sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from benchmarks.ledger import _store
begun, at = time.process_time(), time.perf_counter()
_store(Path(sys.argv[2]), int(sys.argv[3]))
took = time.process_time() - begun
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, time.perf_counter() - at)
"""


def _growth(count: int) -> Iterator[Row]:
    """Compare an edition with one a hundred times as large, each in a process of its own."""
    large = 100 * count
    progress(f"storing {large:,} stamps")
    with tempfile.TemporaryDirectory() as folder:

        def measured(number: int, stamps: int) -> tuple[float, float, float]:
            command = [
                sys.executable,
                "-c",
                _MEASURED,
                str(ROOT / "scripts"),
                f"{folder}/{number}.sqlite3",
                str(stamps),
            ]
            out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            return float(out[0]), float(out[1]), float(out[2])

        small = sorted(measured(number, count) for number in range(5))[2]
        big = measured(9, large)
    yield Row(
        what=f"stamps planned and stored, {large:,}, SQLite",
        unit="stamps/s",
        ours=large / big[2],
        peers={f"the same with {count:,}": count / small[2]},
        better="higher",
        note="once, in a process of its own",
    )
    yield Row(
        what=f"growth of storing from {count:,} to {large:,} stamps, a hundred times as many",
        unit="x linear",
        ours=big[0] / small[0] / 100,
        target=1.1,
        note="processor time; the small one is a median of 5",
    )
    yield Row(
        what=f"memory while storing {large:,} stamps, above that of {count:,}",
        unit="MB",
        ours=big[1] - small[1],
        target=50,
    )


def _chain_rows(*, stamps: int, claims: int, quick: bool) -> Iterator[Row]:
    progress(f"issuing {stamps:,} stamps")
    with tempfile.TemporaryDirectory() as folder, start_local_node() as node:
        series = rescale(load_series(_LEAPFROG), stamps)
        chain, workspace = Chain.connect(node.url), Workspace(Path(folder))
        issue(series, workspace=workspace, chain=chain, post=DevSigner(0), passphrase=_PASSPHRASE)
        secret, dossier = workspace.open_secret(_PASSPHRASE), workspace.dossier()
        with workspace.ledger() as ledger:
            sender = Sender(chain, DevSigner(0), LedgerJournal(ledger))
            deadline = chain.head().timestamp + 10**6

            def signed(first: int, number: int) -> list:
                to = parse_address("0x" + "a1" * 20)
                return [
                    sign_claim(secret.claim_code(Serial(serial)), dossier, to=to, deadline=deadline)
                    for serial in range(first, first + number)
                ]

            progress(f"relaying {claims:,} claims")
            ready = signed(1, claims)
            begun = time.perf_counter()
            for start in range(0, claims, _BATCH):
                send_claims(ready[start : start + _BATCH], dossier, sender=sender, ledger=ledger)
            batched = claims / (time.perf_counter() - begun)
            few = 20
            ready = signed(claims + 1, 2 * few)
            begun = time.perf_counter()
            for each in ready[:few]:
                send_claim(each, dossier, sender=sender, ledger=ledger)
            single = few / (time.perf_counter() - begun)
            plain = _plain_relay(node.url, dossier, ready[few:])
            yield Row(
                what=f"claims relayed, batches of {_BATCH}",
                unit="claims/s",
                ours=batched,
                peers={"web3.py, one by one": plain},
                better="higher",
                note="signed before; ours journals every transaction before it is sent, the peer nothing",
            )
            yield Row(
                what="claims relayed, one by one",
                unit="claims/s",
                ours=single,
                peers={"web3.py, one by one": plain},
                better="higher",
            )
            marks = 500 if quick else 5_000
            progress(f"recording {marks:,} postmarks")
            StampDesk(dossier, sender, ledger).postmark(
                PostmarkOrder(serials=runs_of([(1, marks)]), office="1010", day=_TODAY, kind=PostmarkKind.REGULAR)
            )
            progress("following the chain")
            begun = time.perf_counter()
            followed = follow(dossier, chain=chain, ledger=ledger)
            seconds = time.perf_counter() - begun
            yield Row(
                what=f"events read and stored, {followed.read:,}",
                unit="events/s",
                ours=followed.read / seconds,
                peers={"web3.py, read only": _plain_events(node.url, dossier)},
                better="higher",
                note="ours also stores them and works out where each stamp stands",
            )
            progress(f"auditing {stamps:,} stamps")
            begun = time.perf_counter()
            done = audit(series, workspace=workspace, rpc=node.url)
            if done.differences:
                raise RuntimeError(done.differences)
            yield Row(
                what=f"audit of {stamps:,} stamps with the chain, without paper",
                unit="s",
                ours=time.perf_counter() - begun,
                peers={"asking ownerOf of each by web3.py": _plain_audit(node.url, dossier, stamps)},
                note="the peer's time is extrapolated from 200 stamps, and it compares nothing",
            )
    yield Row(
        what="memory of all of this at its highest",
        unit="MB",
        ours=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def _plain_relay(url: str, dossier: Dossier, signed: Sequence[SignedClaim]) -> float:
    """Send claims as web3.py's documentation shows it, waiting for each receipt; return claims a second."""
    w3 = Web3(HTTPProvider(url))
    account = Account.from_key(_RELAYER_KEY)
    w3.provider.make_request(RPCEndpoint("anvil_setBalance"), [account.address, hex(10**21)])
    contract = w3.eth.contract(address=dossier.deployment.contract, abi=_abi())
    begun = time.perf_counter()
    for each in signed:
        proof = list(dossier.edition.proof(each.serial))
        call = contract.functions.claim(each.serial, each.to, each.deadline, proof, each.signature)
        transaction = call.build_transaction(
            {"from": account.address, "nonce": w3.eth.get_transaction_count(account.address)}
        )
        sent = w3.eth.send_raw_transaction(account.sign_transaction(transaction).raw_transaction)
        if w3.eth.wait_for_transaction_receipt(sent, poll_latency=0.002)["status"] != 1:
            raise RuntimeError(each)
    return len(signed) / (time.perf_counter() - begun)


def _plain_events(url: str, dossier: Dossier) -> float:
    """Read and decode all events of the contract with web3.py; return events a second."""
    w3 = Web3(HTTPProvider(url))
    contract = w3.eth.contract(address=dossier.deployment.contract, abi=_abi())
    begun = time.perf_counter()
    number = sum(
        len(contract.events[name]().get_logs(from_block=0))
        for name in ("Transfer", "Postmarked", "Voided", "Delivered", "ConsecutiveTransfer")
    )
    return number / (time.perf_counter() - begun)


def _plain_audit(url: str, dossier: Dossier, stamps: int) -> float:
    """Ask for the owner of some stamps with web3.py; return how long all of them would take."""
    w3 = Web3(HTTPProvider(url))
    contract = w3.eth.contract(address=dossier.deployment.contract, abi=_abi())
    some = 200
    begun = time.perf_counter()
    for serial in range(1, some + 1):
        contract.functions.ownerOf(serial).call()
    return (time.perf_counter() - begun) / some * stamps


def _abi() -> list:
    return json.loads(files("cryptostamp.artifacts").joinpath("StampSeries.json").read_text(encoding="utf-8"))["abi"]
