"""Fixtures that several rooms share: a local chain, a clean state of it for every test, and a series issued on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.util import get_temp_dir
from pathlib import Path

import pytest
from support.desk import LEAPFROG, PASSPHRASE, Desk
from support.postgresql import PostgresServer, find_postgres, postgres_server

from cryptostamp.chain import Chain, DevSigner, LocalNode, MemoryJournal, Sender, SeriesTerms, start_local_node
from cryptostamp.edition import EditionSecret
from cryptostamp.office import LedgerJournal, Workspace, issue
from cryptostamp.press import token_image
from cryptostamp.primitives import keccak256, parse_address
from cryptostamp.series import Series, load_series, rescale


@pytest.fixture(scope="session", autouse=True)
def small_pictures() -> Iterator[None]:
    """Draw the pictures of tokens in a hundredth of their pixels: nearly every test issues a series, and few look."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(token_image, "TOKEN_PICTURE_PX", 100)
        yield


@pytest.fixture(scope="session", autouse=True)
def short_sockets() -> None:
    """Settle where the sockets of processes lie before a test names another folder: their paths may not be long."""
    get_temp_dir()


@pytest.fixture(scope="session")
def local_node() -> Iterator[LocalNode]:
    """Run one local chain for each worker of the test run."""
    with start_local_node() as node:
        yield node


@pytest.fixture
def chain(local_node: LocalNode) -> Iterator[Chain]:
    """Give the test a chain as new: whatever it does there is undone."""
    connected = Chain.connect(local_node.url)
    snapshot = connected.rpc.request("evm_snapshot")
    yield connected
    assert connected.rpc.request("evm_revert", snapshot) is True


@pytest.fixture(scope="session")
def leapfrog() -> Series:
    """Return the demonstration series with 30 stamps: a full sheet and a part of one."""
    return rescale(load_series(LEAPFROG), 30)


@pytest.fixture(scope="session")
def issued_once(
    leapfrog: Series, local_node: LocalNode, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, EditionSecret]:
    """Issue the series on the worker's chain, before any test takes its snapshot."""
    workspace = Workspace(tmp_path_factory.mktemp("issued"))
    issue(
        leapfrog,
        workspace=workspace,
        chain=Chain.connect(local_node.url),
        post=DevSigner(0),
        passphrase=PASSPHRASE,
    )
    return workspace, workspace.open_secret(PASSPHRASE)


@pytest.fixture
def desk(
    leapfrog: Series,
    issued_once: tuple[Workspace, EditionSecret],
    chain: Chain,
    local_node: LocalNode,
    tmp_path: Path,
) -> Iterator[Desk]:
    """Return a desk of one's own: what a test does there leaves no trace."""
    once, secret = issued_once
    workspace = Workspace(tmp_path / "issued")
    shutil.copytree(once.folder, workspace.folder)
    with _at_desk(leapfrog, workspace, secret, chain, local_node.url) as found:
        yield found


@pytest.fixture
def desk_alone(leapfrog: Series, tmp_path: Path) -> Iterator[Desk]:
    """Return a desk with a chain of its own, for tests that reorganise it.

    A chain that was put back to a snapshot does not always know the states that a reorganisation goes back to.
    """
    workspace = Workspace(tmp_path / "issued")
    with start_local_node() as node:
        chain = Chain.connect(node.url)
        issue(leapfrog, workspace=workspace, chain=chain, post=DevSigner(0), passphrase=PASSPHRASE)
        with _at_desk(leapfrog, workspace, workspace.open_secret(PASSPHRASE), chain, node.url) as found:
            yield found


@contextmanager
def _at_desk(series: Series, workspace: Workspace, secret: EditionSecret, chain: Chain, url: str) -> Iterator[Desk]:
    with workspace.ledger() as ledger:
        yield Desk(
            series=series,
            workspace=workspace,
            chain=chain,
            url=url,
            ledger=ledger,
            sender=Sender(chain, DevSigner(0), LedgerJournal(ledger)),
            secret=secret,
            dossier=workspace.dossier(),
        )


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """Run one PostgreSQL server for each worker of the test run that needs it; skip, but not in CI, without one."""
    if find_postgres() is None:
        reason = "PostgreSQL is not installed on this machine, so a ledger in it cannot be tried here"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with postgres_server() as server:
        yield server


@pytest.fixture
def new_database(postgresql: PostgresServer) -> Callable[[], str]:
    """Make empty databases, and return their URLs."""
    return postgresql.new_database


@pytest.fixture
def sender(chain: Chain) -> Sender:
    """The post's account on the local chain."""
    return Sender(chain, DevSigner(5), MemoryJournal())


@pytest.fixture
def terms() -> SeriesTerms:
    """Terms that the contract takes."""
    return SeriesTerms(
        name="Leapfrog",
        symbol="LEAP",
        custody=parse_address("0x" + "c0" * 20),
        admin=DevSigner(5).address,
        edition=20,
        edition_root=keccak256(b"a root nobody has proofs for"),
        rarity_seed=keccak256(b"a seed"),
        variant_counts=(12, 5, 3),
        base_uri="https://lilypond.example/LEAP/",
        metadata_frozen=False,
    )
