"""A site over an issued series on a real chain, in this process; and a browser to visit it with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from support.collector import DESKTOP, PHONE, RunningSite, Served, chromium_filming
from support.desk import LEAPFROG, PASSPHRASE

from cryptostamp.chain import Chain, DevSigner, Sender, start_local_node
from cryptostamp.edition import Dossier
from cryptostamp.ledger import Ledger
from cryptostamp.office import LedgerJournal, Workspace, issue, print_stamps
from cryptostamp.press import photograph, token_image
from cryptostamp.primitives import Serial
from cryptostamp.series import Series, load_series, rescale
from cryptostamp.web import Limits, Settings
from cryptostamp.web.server import BackRoom

expect.set_options(timeout=20_000)  # a machine that does much else at once is slow


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

        with BackRoom(settings, sender_for=sender_for, pause_s=0.2), Served(settings) as url:
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


@pytest.fixture
def client(running_site: RunningSite) -> Iterator[httpx.Client]:
    """A visitor without a browser."""
    with httpx.Client(base_url=running_site.url, timeout=90) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def filmed(running_site: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Film a printed stamp, no. 9: what the camera of the browser sees."""
    job = print_stamps(
        running_site.series, workspace=running_site.workspace, serials=range(9, 10), images=[Serial(9)], dpi=300
    )
    with Image.open(job.images[0]) as face:
        frame = photograph(face, seed=4, degrees=7, scale=1.3)
    film = tmp_path_factory.mktemp("film") / "stamp.mjpeg"
    film.write_bytes(frame * 3)
    return film


@pytest.fixture(scope="module")
def browser(filmed: Path) -> Iterator[Browser]:
    """Debian's Chromium, with a film of a stamp for a camera."""
    with chromium_filming(filmed) as launched:
        yield launched


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def visit(request: pytest.FixtureRequest, browser: Browser, running_site: RunningSite) -> Iterator[Page]:
    """A new visitor on the start page, on a phone and at a desk, who notices every mistake of a script."""
    context = browser.new_context(viewport=request.param, base_url=running_site.url, accept_downloads=True)
    context.set_default_timeout(60_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    page.on("request", lambda sent: complaints.append(sent.url) if not is_own(sent.url, running_site.url) else None)
    page.goto("/")
    yield page
    context.close()
    assert complaints == []


def is_own(url: str, site: str) -> bool:
    """Whether a request goes to the site, or nowhere at all."""
    return url.startswith((f"{site}/", "data:", "blob:"))


@pytest.fixture(scope="module")
def filmed_picture(filmed: Path) -> bytes:
    """One photo of the filmed stamp."""
    return filmed.read_bytes()
