"""Whose token it will be: an account that is typed, scanned or named, and everything that is none."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
import qrcode
from eth_account import Account
from playwright.sync_api import Browser, Page, expect
from support.collector import PHONE, RunningSite, Served
from support.names import registry_of_names

from cryptostamp.chain import DevSigner, MemoryJournal, Sender
from cryptostamp.primitives import parse_address

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


@pytest.fixture(scope="module")
def naming(running_site: RunningSite) -> Iterator[RunningSite]:
    """The same site with a registry of names."""
    sender = Sender(running_site.chain, DevSigner(5), MemoryJournal())
    registry = registry_of_names(sender, {"anna.eth": parse_address(ACCOUNT)})
    settings = replace(running_site.settings, names=registry)
    with Served(settings) as url:
        yield replace(running_site, url=url, settings=settings)


class TestNamed:
    """A name is looked up on the chain of the series, and its account confirmed before anything happens."""

    def test_claim(self, browser: Browser, naming: RunningSite) -> None:
        """The account that a name stands for is shown in full, and is a receiver once somebody has compared it."""
        context = browser.new_context(viewport=PHONE, base_url=naming.url)
        page = at_address(context.new_page(), naming)
        field, button = page.get_by_role("textbox", name="Address"), page.get_by_role("button", name="Claim it now")
        for text, said in (
            ("nobody.eth", "stands for no account here"),
            ("an_na.eth", "is not a name that stands for an account"),
            ("far.eth", "Names that are kept elsewhere are not looked up"),
        ):
            field.fill(text)
            expect(page.get_by_text(said)).to_be_visible()
        field.fill("Anna.ETH")
        expect(page.get_by_text(f"anna.eth stands for {ACCOUNT}.")).to_be_visible()
        expect(button).to_be_hidden()
        page.get_by_label("I have compared it").check()
        expect(button).to_be_visible()
        expect(page.get_by_text(f"Leapfrog No. 24 goes to {ACCOUNT}.")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]  # an address is one long word
        field.fill("anna.et")
        expect(button).to_be_hidden()
        expect(page.get_by_label("I have compared it")).to_be_hidden()
        context.close()

    def test_not_here(self, page: Page, running_site: RunningSite) -> None:
        """A site without a registry says that it looks no names up."""
        at_address(page, running_site).get_by_role("textbox", name="Address").fill("anna.eth")
        expect(page.locator("#address-says.bad")).to_contain_text("are not looked up here")

    def test_api(self, naming: RunningSite, client: httpx.Client) -> None:
        """Programs are told the account, or why there is none."""
        with httpx.Client(base_url=naming.url, timeout=20) as visitor:
            assert visitor.get("/api/v1/names/Anna.eth").json() == {"name": "anna.eth", "address": ACCOUNT}
            statuses = [
                visitor.get(f"/api/v1/names/{name}").status_code for name in ("nobody.eth", "far.eth", "a_b.eth", "a")
            ]
        assert statuses == [404, 404, 422, 422]
        answer = client.get("/api/v1/names/anna.eth")
        assert answer.status_code == 409
        assert "does not look names up" in answer.json()["what"]

    def test_album(self, naming: RunningSite, client: httpx.Client) -> None:
        """A name leads to the album of its account; one that leads nowhere is a clear page."""
        with httpx.Client(base_url=naming.url, timeout=20) as visitor:
            assert visitor.post("/album", data={"address": " anna.eth"}).headers["location"] == f"/album/{ACCOUNT}"
            for name, status in (("nobody.eth", 404), ("a_b.eth", 422)):
                answer = visitor.post("/album", data={"address": name})
                assert answer.status_code == status
                assert "That did not work" in answer.text
        assert "not looked up here" in client.post("/album", data={"address": "anna.eth"}).text
