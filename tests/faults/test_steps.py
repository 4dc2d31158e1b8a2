"""SIGKILL between any two writes of a step, and the step again: the end is the same as if nothing had happened."""

from __future__ import annotations

import hashlib
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from pyrage import x25519
from support.crash_points import Bench, start_step

from cryptostamp.chain import Chain, LocalNode, StampSeries, start_local_node
from cryptostamp.office import Workspace, audit
from cryptostamp.office.audit_report import Outcome
from cryptostamp.press import unseal
from cryptostamp.primitives import Serial
from cryptostamp.series import Money, create_series, load_series, rescale

pytestmark = pytest.mark.faults

EDITION = 12
FEW = 2
SHARES = 3
_FILE_HASH = re.compile(rb'"sha256": ?"[0-9a-f]{64}"')  # of sealed files, too; the audit compares them with the files
PRINTER = str(x25519.Identity.generate())
_BY_THE_WAY = (".sqlite3", ".sqlite3-wal", ".sqlite3-shm", ".lock")
"""The ledger is compared by what stands in it."""


@dataclass(frozen=True)
class End:
    """What a step leaves behind."""

    files: dict[str, str]
    ledger: tuple[object, ...]
    chain: tuple[object, ...]


@pytest.fixture(scope="module")
def node() -> Iterator[LocalNode]:
    """A chain of its own, for it is put back and back again."""
    with start_local_node() as started:
        yield started


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A series of twelve stamps."""
    folder = tmp_path_factory.mktemp("series") / "pond"
    create_series(
        folder, title="Pond", year=2026, face_value=Money(amount=Decimal("1.20"), currency="EUR"), edition=EDITION
    )
    return folder


@pytest.fixture(scope="module")
def issued(series: Path, node: LocalNode, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the series, issued once."""
    folder = tmp_path_factory.mktemp("once") / "issued"
    process = start_step(Bench(series, EDITION, folder, node.url, folder.parent / "points"), "issue")
    process.join()
    assert process.exitcode == 0
    return folder


class TestEveryPoint:
    @pytest.mark.parametrize("step", ["claim", "void", "postmark"])
    def test_of_a_step(self, series: Path, issued: Path, node: LocalNode, tmp_path: Path, step: str) -> None:
        """What is recorded about the stamps of an issued series is recorded once, wherever it was killed."""
        killed_everywhere(step, series, node, tmp_path, lambda folder: shutil.copytree(issued, folder))

    @pytest.mark.parametrize("share", range(SHARES))
    def test_of_a_print(self, series: Path, issued: Path, node: LocalNode, tmp_path: Path, share: int) -> None:
        """Faces, plan, picture and sealed hidden codes are those of one run, wherever it was killed."""
        begin: Callable[[Path], object] = lambda folder: shutil.copytree(issued, folder)  # noqa: E731  (a name)
        killed_everywhere("print", series, node, tmp_path, begin, share=share, of=SHARES)

    @pytest.mark.parametrize("share", range(SHARES))
    def test_of_an_issue(self, series: Path, tmp_path: Path, share: int) -> None:
        """A series is issued once, with one secret, one contract and one registration, wherever it was killed."""
        with start_local_node() as fresh:
            prepare: Callable[[Path], object] = Path.mkdir
            killed_everywhere("issue", series, fresh, tmp_path, prepare, edition=FEW, share=share, of=SHARES)


def killed_everywhere(
    step: str,
    series: Path,
    node: LocalNode,
    tmp_path: Path,
    prepare: Callable[[Path], object],
    *,
    edition: int = EDITION,
    share: int = 0,
    of: int = 1,
) -> None:
    """Do a step undisturbed, then from the same beginning for each of its points, killed there and run again.

    With `share`, only each `of`-th point, so that several workers have something to do.
    """
    chain = Chain.connect(node.url)
    expected: End | None = None
    points: list[str] = []
    number = 0
    while expected is None or number <= len(points):
        bench = Bench(series, edition, tmp_path / f"{number}", node.url, tmp_path / "points", PRINTER)
        prepare(bench.issued)
        snapshot = chain.rpc.request("evm_snapshot")
        if expected is not None:
            killed = start_step(bench, step, deadly=number)
            killed.join()
            assert killed.exitcode == -signal.SIGKILL, bench.points[-1:]
            assert bench.points == points[:number]
        again = start_step(bench, step)
        again.join()
        where = points[number - 1] if number else "nowhere"
        assert again.exitcode == 0, where
        found = end_of(bench, chain)
        if expected is None:
            expected, points = found, bench.points
        assert found == expected, where
        told = audit(rescale(load_series(series), edition), workspace=Workspace(bench.issued), rpc=node.url)
        assert told.outcome is Outcome.AGREES, (where, told)
        assert chain.rpc.request("evm_revert", snapshot) is True
        shutil.rmtree(bench.issued)
        number += of if number else share + 1
    assert len(points) > 3


def _content(path: Path) -> bytes:
    """Return what a file says: sealed twice, the same looks different."""
    data = path.read_bytes()
    if path.suffix == ".age" and path.parent.name == "print":
        return bytes(unseal(data, PRINTER))
    return _FILE_HASH.sub(b"", data) if path.name.endswith("-manifest.json") else data


def end_of(bench: Bench, chain: Chain) -> End:
    """Return what a step has left: files byte by byte, rows of the ledger, stamps and accounts on the chain."""
    workspace = Workspace(bench.issued)
    files = {
        str(path.relative_to(bench.issued)): hashlib.sha256(_content(path)).hexdigest()
        for path in sorted(bench.issued.rglob("*"))
        if path.is_file() and not path.name.endswith(_BY_THE_WAY)
    }
    contract = StampSeries(chain, workspace.dossier().deployment.contract)
    with workspace.ledger() as ledger:
        sent = ledger.transactions()
        rows = (
            ledger.issued("POND"),
            tuple(ledger.stamps("POND")),
            tuple((each.name, each.first_serial, each.last_serial, each.made_at) for each in ledger.printed("POND")),
            tuple((each.intent, each.sender, each.nonce, each.state, len(each.offers)) for each in sent),
        )
    assert all(each.receipt is not None and chain.receipt(each.receipt.hash) for each in sent)
    stamps = contract.stamps([Serial(number) for number in range(1, bench.edition + 1)])
    standing = tuple((each.serial, each.state, each.owner, each.variant, each.postmarks) for each in stamps)
    counts = tuple((account, chain.transaction_count(account)) for account in sorted({each.sender for each in sent}))
    return End(files=files, ledger=rows, chain=(standing, counts))
