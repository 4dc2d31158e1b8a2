"""The collector's story in a real browser, against a real chain: scan, claim, keep, prove, pass on."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from playwright.sync_api import Browser, Page, expect
from support.collector import PHONE, RunningSite, claim_body, claim_through_api
from web3 import Web3

from cryptostamp.chain import StampSeries
from cryptostamp.codes import ClaimCode, ClaimHalf, Half
from cryptostamp.primitives import Serial

VECTORS = Path(__file__).parents[1] / "vectors" / "codes.json"
PASSPHRASE = "seven frogs in a row"
LONG = 30_000
"""Milliseconds: making a key and waiting for a block take some seconds on a slow machine."""

WALLET = """
(() => {
  const account = "%s";
  const icon = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>";
  const info = {uuid: "350670db-19fa-4704-a166-e52e178b59d2", name: "Pond Wallet", icon, rdns: "pond.example"};
  const provider = {request: async ({method, params}) => {
    if (method === "eth_requestAccounts") return [account];
    if (method === "eth_chainId") return "%s";
    if (method === "personal_sign") return await window.signInWallet(params[0]);
    throw new Error(method);
  }};
  const detail = Object.freeze({info, provider});
  const tell = () => window.dispatchEvent(new CustomEvent("eip6963:announceProvider", {detail}));
  window.addEventListener("eip6963:requestProvider", tell);
  tell();
})();
"""
TRANSFER = [
    {
        "type": "function",
        "name": "transferFrom",
        "stateMutability": "nonpayable",
        "inputs": [
            {"name": name, "type": kind} for name, kind in (("f", "address"), ("t", "address"), ("i", "uint256"))
        ],
        "outputs": [],
    }
]
"""What any wallet knows of any ERC-721 contract."""


def owner_of(site: RunningSite, serial: int) -> str:
    stamp = StampSeries(site.chain, site.dossier.deployment.contract).stamp(Serial(serial))
    assert stamp is not None
    return str(stamp.owner)


def serials(page: Page, first: int) -> int:
    """A stamp of its own for each size of the screen."""
    return first if page.viewport_size == PHONE else first + 1


class TestScan:
    """A stamp is found by camera, photo or code."""

    def test_camera(self, visit: Page) -> None:
        """The camera reads the filmed stamp, and its page opens."""
        visit.get_by_role("button", name="Start the camera").click()
        expect(visit.get_by_role("heading", name="Genuine code")).to_be_visible(timeout=LONG)
        expect(visit.get_by_role("heading", level=1)).to_contain_text("No. 9")

    def test_no_camera(self, browser: Browser, running_site: RunningSite) -> None:
        """Where the camera is refused, the page says what else there is."""
        context = browser.new_context(base_url=running_site.url)
        page = context.new_page()
        page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no'))")
        page.goto("/")
        page.get_by_role("button", name="Start the camera").click()
        expect(page.get_by_text("Take a photo, or type the code")).to_be_visible()
        context.close()

    def test_typed(self, visit: Page, running_site: RunningSite) -> None:
        """A short code as it is printed leads to the stamp; a hidden code is not sent anywhere."""
        code = running_site.code(7).rpartition("/")[2]
        serial, _, tag = code.partition(".")
        sent: list[str] = []
        visit.on("request", lambda request: sent.append(f"{request.method} {request.url} {request.post_data}"))
        visit.get_by_label("The letters beside the QR code").fill(running_site.hidden(7))
        visit.get_by_role("button", name="Look it up").click()
        expect(visit.get_by_text("Nobody should see it")).to_be_visible()
        assert not any(running_site.hidden(7)[:9] in each or "POST" in each for each in sent)
        visit.get_by_label("The letters beside the QR code").fill(f"leap-{serial}-{tag}")
        visit.get_by_role("button", name="Look it up").click()
        expect(visit.get_by_role("heading", name="Genuine code")).to_be_visible()

    def test_without_scripts(self, browser: Browser, running_site: RunningSite) -> None:
        """Looking up works without JavaScript, by code and by photo."""
        context = browser.new_context(base_url=running_site.url, java_script_enabled=False)
        page = context.new_page()
        page.goto("/")
        page.get_by_label("The letters beside the QR code").fill(running_site.code(7))
        page.get_by_role("button", name="Look it up").click()
        expect(page.get_by_role("heading", name="Genuine code")).to_be_visible()
        assert page.url.endswith(running_site.path(7))
        context.close()


class TestClaimWithoutWallet:
    """Somebody with nothing but a stamp and a browser gets the token, and can take it anywhere."""

    def test_story(self, visit: Page, running_site: RunningSite, tmp_path: Path) -> None:
        """The code stays in the browser; the key file opens elsewhere and moves the token."""
        serial = serials(visit, 11)
        hidden = running_site.hidden(serial).replace("-", "")
        sent: list[str] = []
        visit.on("request", lambda request: sent.append(f"{request.url} {request.headers} {request.post_data}"))
        visit.goto(f"/claim#{hidden}")
        expect(visit.get_by_text(f"Leapfrog No. {serial}")).to_be_visible()
        assert "#" not in visit.url
        expect(visit.get_by_text("Not claimed yet")).to_be_visible()
        assert not any("/api/v1/claims" in each for each in sent)

        visit.get_by_label("A passphrase of at least 12 characters").fill(PASSPHRASE)
        visit.get_by_label("The same again").fill(PASSPHRASE)
        with visit.expect_download(timeout=LONG) as download:
            visit.get_by_role("button", name="Make the key and save the file").click()
        keystore = tmp_path / download.value.suggested_filename
        download.value.save_as(keystore)
        visit.get_by_label("I have the file").check()
        visit.get_by_role("button", name="Claim it now").click()
        expect(visit.get_by_text("The token is yours.")).to_be_visible(timeout=LONG)
        assert not any(hidden in each or running_site.hidden(serial) in each for each in sent)
        assert visit.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)").find(hidden) < 0

        account = Account.from_key(Account.decrypt(json.loads(keystore.read_text()), PASSPHRASE))
        assert owner_of(running_site, serial) == account.address
        self.move_on(running_site, account.key, serial)

    def move_on(self, site: RunningSite, key: bytes, serial: int) -> None:
        """Move the token with web3.py alone, as any wallet would."""
        web3 = Web3(Web3.HTTPProvider(site.node.url))
        account, friend = Account.from_key(key), Account.create().address
        site.chain.rpc.request("anvil_setBalance", account.address, hex(10**18))
        contract = web3.eth.contract(address=site.dossier.deployment.contract, abi=TRANSFER)
        transaction = contract.functions.transferFrom(account.address, friend, serial).build_transaction(
            {"from": account.address, "nonce": web3.eth.get_transaction_count(account.address)}
        )
        sent = web3.eth.send_raw_transaction(account.sign_transaction(transaction).raw_transaction)
        assert web3.eth.wait_for_transaction_receipt(sent)["status"] == 1
        assert owner_of(site, serial) == friend

    def test_closing_loses_nothing(self, browser: Browser, running_site: RunningSite) -> None:
        """A page that is closed right after the button shows the end of it when it is opened again."""
        context = browser.new_context(base_url=running_site.url)
        page = context.new_page()
        page.goto(f"/claim#{running_site.hidden(13)}")
        page.get_by_text("An address that I know").click()
        to = Account.create().address
        page.get_by_label("Address (0x and 40 digits)").fill(to)
        page.get_by_role("button", name="Claim it now").click()
        page.close()
        again = context.new_page()
        again.goto("/claim")
        expect(again.get_by_text("The token is yours.")).to_be_visible(timeout=LONG)
        assert owner_of(running_site, 13) == to
        context.close()

    def test_two_halves(self, browser: Browser, running_site: RunningSite) -> None:
        """A stamp with two scratch fields needs both halves."""
        a, b = running_site.secret.claim_halves(Serial(14))
        context = browser.new_context(base_url=running_site.url)
        page = context.new_page()
        page.goto("/claim")
        page.get_by_label("Hidden code, or one half of it").fill(a.text)
        page.get_by_role("button", name="Show the stamp").click()
        expect(page.get_by_text("This is half A")).to_be_visible()
        page.get_by_label("Hidden code, or one half of it").fill(b.text)
        page.get_by_role("button", name="Show the stamp").click()
        expect(page.get_by_text("Leapfrog No. 14")).to_be_visible()
        context.close()

    def test_check_characters(self, browser: Browser, running_site: RunningSite) -> None:
        """U is no character of a code, but may be one of the two that check it."""
        secrets = [number.to_bytes(16, "big") for number in range(1_000)]
        code = next(text for secret in secrets if "U" in (text := ClaimCode(secret).text)[-2:])
        half = next(text for secret in secrets if "U" in (text := ClaimHalf(Half.A, secret).text)[-2:])
        context = browser.new_context(base_url=running_site.url)
        page = context.new_page()
        for typed, said in ((half, "This is half A"), (code, "is of no series")):
            page.goto("/claim")
            page.get_by_label("Hidden code, or one half of it").fill(typed)
            page.get_by_role("button", name="Show the stamp").click()
            expect(page.get_by_text(said)).to_be_visible()
        context.close()

    def test_where_to_look(self, browser: Browser, running_site: RunningSite) -> None:
        """The page names the same groups of a mistyped code as the library."""
        context = browser.new_context(base_url=running_site.url)
        page = context.new_page()
        page.goto("/claim")
        for vector in json.loads(VECTORS.read_text())["mistyped"]:
            page.get_by_label("Hidden code, or one half of it").fill(vector["text"])
            page.get_by_role("button", name="Show the stamp").click()
            *others, last = [str(group) for group in vector["groups"]] or [""]
            groups = f"{', '.join(others)}{',' if len(others) > 1 else ''} or {last}" if others else last
            said = f"look at group {groups}." if groups else "compare it with the stamp"
            expect(page.locator("#code-problem")).to_contain_text(said)
        context.close()

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("{hidden}7", "not complete"),
            ("U{rest}", "The character U is in no hidden code"),
            ("{public}", "public code from the face"),
            ("0000-0000-0000-0000-0000-0000-0000", "mistyped"),
        ],
    )
    def test_slips(self, browser: Browser, running_site: RunningSite, typed: str, said: str) -> None:
        """What was typed wrongly is named, and nothing is sent."""
        hidden = running_site.hidden(15)
        context = browser.new_context(base_url=running_site.url)
        page = context.new_page()
        page.goto("/claim")
        text = typed.format(hidden=hidden[:-4], rest=hidden[1:], public=running_site.code(15))
        page.get_by_label("Hidden code, or one half of it").fill(text)
        page.get_by_role("button", name="Show the stamp").click()
        expect(page.get_by_text(said)).to_be_visible()
        context.close()


class TestClaimWithWallet:
    """A wallet of the browser tells its address, and signs and pays nothing."""

    def test_wallet(self, visit: Page, running_site: RunningSite) -> None:
        """It announces itself (EIP-6963) and receives the token; one on another chain is told so."""
        serial = serials(visit, 16)
        account = Account.create()
        visit.add_init_script(WALLET % (account.address.lower(), "0x1"))
        visit.goto(f"/claim#{running_site.hidden(serial)}")
        visit.get_by_text("A wallet in this browser").click()
        visit.get_by_role("button", name="Pond Wallet").click()
        expect(visit.get_by_text("Your wallet shows another chain (1)")).to_be_visible()
        visit.get_by_role("button", name="Claim it now").click()
        expect(visit.get_by_text("The token is yours.")).to_be_visible(timeout=LONG)
        assert owner_of(running_site, serial) == account.address

    def test_second_claim(self, browser: Browser, running_site: RunningSite, client: httpx.Client) -> None:
        """A code that is used up is told as used up before anything happens, and refused all the same."""
        claim_through_api(running_site, client, 18, Account.create().address)
        context = browser.new_context(base_url=running_site.url)
        page = context.new_page()
        page.goto(f"/claim#{running_site.hidden(18)}")
        expect(page.get_by_text("its hidden code is used up")).to_be_visible()
        expect(page.get_by_role("button", name="Claim it now")).to_be_hidden()
        expect(page.get_by_role("link", name="Claim another stamp")).to_be_visible()
        context.close()
        answer = client.post("/api/v1/claims", json=claim_body(running_site, 18, Account.create().address))
        assert answer.status_code == 409
        assert "being claimed" in answer.json()["what"] or "used up" in answer.json()["what"]


class TestProve:
    """An owner proves to a stranger that the stamp is theirs."""

    def test_link(self, visit: Page, running_site: RunningSite, client: httpx.Client, browser: Browser) -> None:
        """The wallet signs, and a second browser sees when that was."""
        serial = serials(visit, 19)
        account = Account.create()
        claim_through_api(running_site, client, serial, account.address)
        visit.context.expose_function(
            "signInWallet",
            lambda text: "0x" + account.sign_message(encode_defunct(hexstr=text)).signature.hex(),
        )
        visit.add_init_script(WALLET % (account.address.lower(), "0x7a69"))
        visit.goto(running_site.path(serial))
        visit.get_by_role("link", name="Prove that it is mine").click()
        expect(visit.get_by_label("The code of the stamp")).not_to_have_value("")  # a script puts it there
        visit.get_by_role("button", name="Ask for the sentence to sign").click()
        expect(visit.get_by_text("wants you to sign in with your Ethereum account")).to_be_visible()
        visit.get_by_role("button", name="Pond Wallet").click()
        expect(visit.get_by_text("Proven on")).to_be_visible()
        buyer = browser.new_context(base_url=running_site.url)
        seen = buyer.new_page()
        seen.goto(visit.url)
        expect(seen.get_by_text("The same account has the token now.")).to_be_visible()
        expect(seen.get_by_text(account.address)).to_be_visible()
        buyer.close()


class TestSeriesAndAlbum:
    """What a series is, and what somebody has of it."""

    def test_draw(self, visit: Page) -> None:
        """The draw is made again in the browser, and gives the published counts."""
        visit.goto("/series/LEAP")
        visit.get_by_role("button", name="Draw all 40 stamps").click()
        expect(visit.get_by_text("All 40 stamps were drawn; the counts are those")).to_be_visible()

    def test_album(self, visit: Page, running_site: RunningSite, client: httpx.Client) -> None:
        """A stamp that was claimed is in the album of its owner, and what is missing is said."""
        serial = serials(visit, 21)
        to = Account.create().address
        claim_through_api(running_site, client, serial, to)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not client.get(f"/api/v1/albums/{to}").json()["stamps"]:
            time.sleep(0.2)
        visit.goto("/album")
        visit.get_by_label("Address").fill(to)
        visit.get_by_role("button", name="Open the album").click()
        expect(visit.get_by_text(f"No. {serial}")).to_be_visible()
        expect(visit.get_by_text("What is missing")).to_be_visible()
