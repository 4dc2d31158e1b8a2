"""Whose token it will be: an account that is typed, scanned or named, and everything that is none."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import qrcode
from eth_account import Account
from playwright.sync_api import Browser, Page, expect
from support.collector import PHONE, RunningSite

ACCOUNT = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
"""The first example of EIP-55."""

CANVAS_CAMERA = """
(bytes) => {
  navigator.mediaDevices.getUserMedia = async () => {
    const picture = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
    const canvas = Object.assign(document.createElement("canvas"), {width: picture.width, height: picture.height});
    setInterval(() => canvas.getContext("2d").drawImage(picture, 0, 0), 50);
    return canvas.captureStream();
  };
}
"""
"""A camera that sees one picture."""


def symbol(text: str) -> bytes:
    """A QR code as a picture."""
    out = io.BytesIO()
    qrcode.make(text, box_size=8).save(out)
    return out.getvalue()


@pytest.fixture
def page(browser: Browser, running_site: RunningSite) -> Iterator[Page]:
    """A visitor with a phone, who asks nobody but this site."""
    context = browser.new_context(viewport=PHONE, base_url=running_site.url)
    opened = context.new_page()
    foreign: list[str] = []
    opened.on("request", lambda sent: foreign.append(sent.url) if running_site.url not in sent.url else None)
    yield opened
    context.close()
    assert [url for url in foreign if not url.startswith(("blob:", "data:"))] == []


def at_address(page: Page, site: RunningSite) -> Page:
    """The claim of a stamp, at the field for an address."""
    page.goto(f"/claim#{site.hidden(24)}")
    page.get_by_text("An address that I know").click()
    return page


class TestScanned:
    """The code that a wallet shows is read from a photo or by the camera, and never sent anywhere."""

    def test_photo(self, page: Page, running_site: RunningSite) -> None:
        """An address is taken with its checksum; everything else is refused by what it is."""
        at_address(page, running_site)
        page.locator("#way-address summary").click()
        says = page.locator("#way-address")
        for text, said in (
            (ACCOUNT, f"The token will go to {ACCOUNT}."),
            (ACCOUNT.replace("BeA", "BEA"), "its capital letters do not agree"),
            (f"ethereum:{ACCOUNT}/transfer?address={ACCOUNT}", "asks for a payment"),
            (f"bitcoin:{ACCOUNT}", "This is not an address."),
            (running_site.code(3), "the code of a stamp"),
            ("javascript:alert(1)", "This is not an address."),
            (f"https://pond.example/claim#{running_site.hidden(3)}", "a hidden code, not an address"),
            (f"{ACCOUNT}00", "This is not an address."),
            (f"ethereum:{ACCOUNT}@1?value=1e18", "asks for a payment"),
            (f"ethereum:{ACCOUNT}@1", "names another chain (1)"),
        ):
            page.get_by_label("A picture of the QR code that a wallet shows").set_input_files(
                {"name": "code.png", "mimeType": "image/png", "buffer": symbol(text)}
            )
            expect(says.get_by_text(said)).to_be_visible()
        for text in (f"ethereum:{ACCOUNT.lower()}", f"ethereum:pay-{ACCOUNT}@0x7a69"):
            page.get_by_role("textbox", name="Address").fill("0x")
            expect(page.get_by_role("button", name="Claim it now")).to_be_hidden()
            page.get_by_label("A picture of the QR code that a wallet shows").set_input_files(
                {"name": "code.png", "mimeType": "image/png", "buffer": symbol(text)}
            )
            expect(says.get_by_text(f"The token will go to {ACCOUNT}.", exact=True)).to_be_visible()
            expect(page.get_by_role("button", name="Claim it now")).to_be_visible()

    def test_no_code(self, page: Page, running_site: RunningSite) -> None:
        """A file that is no picture says so."""
        at_address(page, running_site)
        page.locator("#way-address summary").click()
        page.get_by_label("A picture of the QR code that a wallet shows").set_input_files(
            {"name": "code.png", "mimeType": "image/png", "buffer": b"%PDF-1.7"}
        )
        expect(page.get_by_text("This file is not a picture")).to_be_visible()

    def test_camera(self, page: Page) -> None:
        """The camera on the album's page leads to the album; a stamp before it is told as one."""
        page.goto("/album")
        page.get_by_role("button", name="Scan an address").click()
        expect(page.get_by_text("This is the code of a stamp")).to_be_visible()
        account = Account.create().address
        page.goto("/album")
        page.evaluate(CANVAS_CAMERA, list(symbol(f"ethereum:{account}")))
        page.get_by_role("button", name="Scan an address").click()
        page.wait_for_url(f"**/album/{account}")
