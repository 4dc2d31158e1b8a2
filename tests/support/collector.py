"""A running site with its chain, and what a collector's own device does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from cryptostamp.chain import Chain, LocalNode
from cryptostamp.edition import Dossier, EditionSecret
from cryptostamp.office import Workspace, public_code_of, sign_claim
from cryptostamp.primitives import Serial, parse_address
from cryptostamp.series import Series
from cryptostamp.web import Settings, create_app

__all__ = ["DESKTOP", "PHONE", "RunningSite", "Served", "chromium_filming", "claim_body", "claim_through_api"]

_CHROMIUM = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@contextmanager
def chromium_filming(film: Path) -> Iterator[Browser]:
    """Run Debian's Chromium with a film of a stamp for a camera."""
    camera = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*_CHROMIUM, *camera])
        yield launched
        launched.close()


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
        return public_code_of(self.dossier, Serial(serial)).text

    def hidden(self, serial: int) -> str:
        """The hidden code of a stamp, as it is printed."""
        return self.secret.claim_code(Serial(serial)).text


def claim_body(site: RunningSite, serial: int, to: str, *, lifetime_s: int = 3600) -> dict[str, object]:
    """A claim as a browser signs it."""
    deadline = int(time.time()) + lifetime_s
    code = site.secret.claim_code(Serial(serial))
    signed = sign_claim(code, site.dossier, to=parse_address(to), deadline=deadline)
    return {
        "chain_id": site.dossier.deployment.chain_id,
        "contract": site.dossier.deployment.contract,
        "serial": serial,
        "to": to,
        "deadline": signed.deadline,
        "signature": f"0x{signed.signature.hex()}",
    }


def claim_through_api(site: RunningSite, client: httpx.Client, serial: int, to: str) -> None:
    """Claim a stamp, and wait until that is final."""
    answer = client.post("/api/v1/claims", json=claim_body(site, serial, to))
    assert answer.status_code == 202, answer.text
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        progress = client.get(f"/api/v1/claims/{answer.json()['id']}").json()
        if progress["state"] == "done":
            return
        assert progress["state"] in {"waiting", "sent"}, progress
        time.sleep(0.1)
    pytest.fail("The claim did not become final.")


class Served:
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
