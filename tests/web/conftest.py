"""A site over an issued series on a real chain, in this process; and a browser to visit it with."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from support.desk import LEAPFROG, PASSPHRASE

from cryptostamp.chain import Chain, DevSigner, LocalNode, Sender, start_local_node
from cryptostamp.edition import Dossier, EditionSecret
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal, Workspace, issue
from cryptostamp.press import token_image
from cryptostamp.primitives import Serial
from cryptostamp.series import Series, load_series, rescale
from cryptostamp.web import Limits, Settings, create_app
from cryptostamp.web.server import BackRoom


@dataclass(frozen=True)
class RunningSite:
    """A site that answers at `url`, and everything behind it."""

    url: str
    settings: Settings
    series: Series
    workspace: Workspace
    secret: EditionSecret
    dossier: Dossier
    node: LocalNode
    chain: Chain

    def path(self, serial: int) -> str:
        """The path that the QR of a stamp opens."""
        text = self.code(serial)
        return text[text.index("/", 8) :]

    def code(self, serial: int) -> str:
        """The public code of a stamp."""
        from cryptostamp.office import public_code_of  # noqa: PLC0415

        return public_code_of(self.dossier, Serial(serial)).text

    def hidden(self, serial: int) -> str:
        """The hidden code of a stamp, as it is printed."""
        return self.secret.claim_code(Serial(serial)).text


@pytest.fixture(scope="session")
def site_series() -> Series:
    """The demonstration series with 40 stamps."""
    return rescale(load_series(LEAPFROG), 40)


@pytest.fixture(scope="session")
def running_site(site_series: Series, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """Serve an issued series from a chain of its own, with a clerk who sends claims."""
    workspace = Workspace(tmp_path_factory.mktemp("site") / "issued")
    with start_local_node() as node, pytest.MonkeyPatch.context() as patch:
        patch.setattr(token_image, "TOKEN_PICTURE_PX", 300)
        chain = Chain.connect(node.url)
        issue(site_series, workspace=workspace, chain=chain, post=DevSigner(0), passphrase=PASSPHRASE)
        settings = Settings(
            folders=(workspace.folder,),
            rpc=(node.url,),
            relays=True,
            fresh_s=0.05,
            limits=Limits(requests=0, photos=0, claims=0, claims_of_stamp=0),
        )

        def sender_for(ledger: Ledger, _dossier: Dossier) -> Sender:
            return Sender(Chain.connect(node.url), DevSigner(3), LedgerJournal(ledger))

        with BackRoom(settings, sender_for=sender_for, pause_s=0.2), _served(settings) as url:
            yield RunningSite(
                url=url,
                settings=settings,
                series=site_series,
                workspace=workspace,
                secret=workspace.open_secret(PASSPHRASE),
                dossier=workspace.dossier(),
                node=node,
                chain=chain,
            )


class _served:  # noqa: N801  (read as a statement)
    """Answer on a free port, in a thread of this process."""

    def __init__(self, settings: Settings) -> None:
        self._server = uvicorn.Server(
            uvicorn.Config(create_app(settings), port=0, log_config=None, access_log=False, log_level="critical")
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)


@pytest.fixture
def client(running_site: RunningSite) -> Iterator[httpx.Client]:
    """A visitor without a browser."""
    with httpx.Client(base_url=running_site.url, timeout=20) as visitor:
        yield visitor
