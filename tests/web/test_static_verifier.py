"""The static verifier, opened from the disk in a real browser: the verdicts of `cryptostamp verify`, with no site."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from support.collector import PHONE, chromium_filming
from support.verdict_facts import load_vectors, now_of, source_of, trust_of

import cryptostamp.web
from cryptostamp.chain import (
    Chain,
    DevSigner,
    LocalNode,
    MemoryJournal,
    PostmarkKind,
    Sender,
    StampSeries,
    VoidReason,
    start_local_node,
)
from cryptostamp.codes import PublicCode
from cryptostamp.edition import Dossier, EditionSecret
from cryptostamp.ledger import Ledger
from cryptostamp.office import Workspace, claim, public_code_of, publish_dossier, verify
from cryptostamp.office.printing import face_of
from cryptostamp.press import photograph, render_stamp
from cryptostamp.primitives import Serial, parse_address
from cryptostamp.scan import Conclusion, Verdict, verify_code
from cryptostamp.series import Series
from cryptostamp.web.verifier import VERIFIER_NAME, verifier_page

AXE = Path(cryptostamp.web.__file__).parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
OWNER = parse_address("0x" + "77" * 20)
STRANGER = parse_address("0x" + "66" * 20)
STRANGE_LETTERS = ["", *"07AZOLu/.:?#@'\"\\é😀\u202e"]


class QuietHandler(SimpleHTTPRequestHandler):
    """Any static host."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the signature of the standard library)
        """Say nothing."""


@dataclass(frozen=True)
class Published:
    """A series of 30 stamps on a chain, and the folder that its post has published."""

    folder: Path
    dossier: Dossier
    node: LocalNode
    photo: Path

    @property
    def page(self) -> str:
        """Where the browser finds the page."""
        return (self.folder / VERIFIER_NAME).as_uri()

    def code(self, serial: int) -> PublicCode:
        """The public code of a stamp."""
        return public_code_of(self.dossier, Serial(serial))

    def invented(self, serial: int, **changes: Any) -> str:
        """A well-formed code that the post never issued."""
        place = self.dossier.deployment
        facts = {"host": "lilypond.example", "chain_id": place.chain_id, "contract": place.contract}
        return PublicCode.make(**{**facts, "serial": Serial(serial), "claim_key": STRANGER, **changes}).text


@pytest.fixture(scope="module")
def published(
    issued_once: tuple[Workspace, EditionSecret],
    leapfrog: Series,
    local_node: LocalNode,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Published]:
    """Let the stamps of an issued series go through life, and publish its dossier; nobody serves anything."""
    root, (workspace, secret) = tmp_path_factory.mktemp("published"), issued_once
    chain, dossier = Chain.connect(local_node.url), workspace.dossier()
    before = chain.rpc.request("evm_snapshot")
    post, stamps = Sender(chain, DevSigner(0), MemoryJournal()), StampSeries(chain, dossier.deployment.contract)
    with Ledger(root / "ledger.sqlite3") as ledger:
        for serial in (2, 5):
            payer = Sender(chain, DevSigner(3), MemoryJournal())
            claim(secret.claim_code(Serial(serial)), dossier, to=OWNER, sender=payer, ledger=ledger)
    stamps.transfer(post, intent="deliver", serial=Serial(3), to=OWNER)
    stamps.void(post, intent="void", serials=[Serial(4)], reason=VoidReason.STOLEN)
    for kind in (PostmarkKind.FIRST_DAY, PostmarkKind.REGULAR):
        stamps.postmark(
            post, intent=f"mark {kind}", serials=[Serial(5)], office="LEAP-01", day=date(2026, 5, 1), kind=kind
        )
    publish_dossier(dossier, folder=root / "web", pages={VERIFIER_NAME: verifier_page(dossier)})
    photo = root / "photo.mjpeg"
    face = render_stamp(leapfrog, face_of(leapfrog, dossier, Serial(7)), dpi=300)
    photo.write_bytes(photograph(face, seed=4, degrees=7, scale=1.3))
    yield Published(folder=root / "web", dossier=dossier, node=local_node, photo=photo)
    assert chain.rpc.request("evm_revert", before) is True


@pytest.fixture(scope="module")
def chromium(published: Published) -> Iterator[Browser]:
    """Debian's Chromium, before whose camera somebody holds a stamp."""
    with chromium_filming(published.photo) as launched:
        yield launched


@pytest.fixture
def visit(chromium: Browser, published: Published) -> Iterator[Page]:
    """A reader who has opened the page from the disk, and notices every mistake and whom it asks."""
    context = chromium.new_context(viewport=PHONE, locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    own = published.folder.as_uri()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    page.on("request", lambda sent: complaints.append(sent.url) if not is_known(sent.url, own) else None)
    page.goto(published.page)
    yield page
    context.close()
    assert complaints == []


def is_known(url: str, own: str) -> bool:
    """Whether a request goes to the page's own folder, to nobody, or to the node, which is on this machine."""
    return url.startswith((f"{own}/", "data:", "blob:", "http://127.0.0.1:"))


def check(page: Page, code: str, node: str) -> tuple[str, list[str]]:
    """Let the page judge a typed code; return the sentence of the verdict, and those of the checks that were made."""
    page.locator("#result").evaluate("(element) => element.replaceChildren()")
    page.fill("#node", node)
    page.fill("#code", code)
    page.click("#check")
    return said(page)


def said(page: Page) -> tuple[str, list[str]]:
    """Wait for a verdict, and return what it says in English."""
    page.wait_for_selector("#result .verdict")
    return page.inner_text("#result p.small[lang=en] >> nth=-2"), page.locator(
        "#result .checks .small"
    ).all_inner_texts()


def sentences_of(verdict: Verdict) -> tuple[str, list[str]]:
    return verdict.sentence, [each.sentence for each in verdict.reached]


def judged(content: dict[str, Any], case: dict[str, Any]) -> Verdict:
    """Return the verdict in Python on a case of the vectors."""
    return verify_code(
        case["text"],
        trust=trust_of(content["trusts"][case["trust"]]),
        source=source_of([content["nodes"][name] for name in case["nodes"]]),
        typed=case["typed"],
        now=now_of(content),
    )


class TestVectors:
    def test_every_vector(self, visit: Page) -> None:
        """Conclusion, state, every outcome and every sentence are those of the file and of the verdict in Python."""
        content = load_vectors()
        found = visit.evaluate("(content) => cryptostamp.runVectors(content)", content)
        assert len(found) == len(content["cases"]) >= 126
        for case, told in zip(content["cases"], found, strict=True):
            outcome = {key: told[key] for key in ("conclusion", "state", "checks")}
            assert (told["name"], outcome) == (case["name"], case["expect"])
            verdict = judged(content, case)
            assert told["sentences"] == [verdict.sentence, *(each.sentence for each in verdict.checks)], case["name"]

    def test_damaged_texts(self, visit: Page) -> None:
        """The texts of the vectors, with a few characters changed, are refused or judged in the same words."""
        content, chance = load_vectors(), random.Random(18)  # noqa: S311  (the same texts each time)
        cases = [chance.choice(content["cases"]) | {"name": str(number)} for number in range(600)]
        for case in cases:
            letters = list(case["text"])
            for _ in range(chance.randrange(1, 4)):
                place = chance.randrange(len(letters) + 1)
                letters[place : place + chance.randrange(2)] = chance.choice(STRANGE_LETTERS)
            case["text"] = "".join(letters)
        found = visit.evaluate("(content) => cryptostamp.runVectors(content)", content | {"cases": cases})
        for case, told in zip(cases, found, strict=True):
            verdict = judged(content, case)
            sentences = [verdict.sentence, *(each.sentence for each in verdict.checks)]
            assert (told["conclusion"], told["sentences"]) == (verdict.conclusion, sentences), ascii(case["text"])


class TestOnAChain:
    def test_the_same_as_the_program(self, visit: Page, published: Published) -> None:
        """Stamps in every state, forgeries and slips are judged word for word as `cryptostamp verify` judges them."""
        mistyped = published.code(1).text[:-1] + ("A" if published.code(1).text[-1] != "A" else "B")
        cases = {
            published.code(1).text: Conclusion.GENUINE,
            published.code(2).text.lower(): Conclusion.GENUINE,
            published.code(3).text: Conclusion.GENUINE,
            published.code(4).text: Conclusion.NOT_GENUINE,
            published.code(5).short("LEAP").text: Conclusion.GENUINE,
            published.invented(6): Conclusion.NOT_GENUINE,
            published.invented(31): Conclusion.NOT_GENUINE,
            published.invented(6, contract=STRANGER): Conclusion.NOT_GENUINE,
            published.invented(6, chain_id=1): Conclusion.UNKNOWN,
            mistyped: Conclusion.UNKNOWN,
        }
        for code, conclusion in cases.items():
            (verdict,) = verify(code, dossiers=[published.dossier], rpc=published.node.url)
            assert verdict.conclusion is conclusion
            assert check(visit, code, published.node.url) == sentences_of(verdict)

    def test_what_a_collector_sees(self, visit: Page, published: Published) -> None:
        """The stamp with its picture, what became of it, and the same in the reader's language."""
        check(visit, published.code(5).short("LEAP").text, published.node.url)
        result = visit.locator("#result")
        expect(result).to_contain_text("Genuine code")
        expect(result).to_contain_text("Leapfrog No. 5")
        expect(result).to_contain_text("Cancelled on 2026-05-01 by the office LEAP-01.")
        expect(result).to_contain_text(OWNER)
        expect(result.locator("img")).to_be_visible()
        visit.click("#languages button[lang=de]")
        expect(result).to_contain_text("Echter Code")
        assert visit.locator("html").get_attribute("lang") == "de"

    def test_a_node_that_is_stopped(self, visit: Page, published: Published) -> None:
        """A stamp that was genuine while the node ran cannot be checked once it is stopped, and is no counterfeit."""
        code = published.code(1).text
        with start_local_node() as node:
            state = Chain.connect(published.node.url).rpc.request("anvil_dumpState")
            assert Chain.connect(node.url).rpc.request("anvil_loadState", state) is True
            assert check(visit, code, node.url)[0].startswith("Genuine code.")
        sentence, checks = check(visit, code, node.url)
        (verdict,) = verify(code, dossiers=[published.dossier], rpc=node.url)
        assert (sentence, checks) == sentences_of(verdict)
        assert sentence.startswith("Cannot tell.")
        shown = visit.inner_text("#result .verdict")
        assert "Cannot be checked now" in shown
        assert "says nothing about the stamp" in shown
        assert "counterfeit" not in shown.lower()

    def test_two_nodes(self, visit: Page, published: Published) -> None:
        """A second node that is down is left out and named, and the first is believed."""
        visit.click(".second summary")
        visit.fill("#other-node", "http://127.0.0.1:9")
        sentence, checks = check(visit, published.code(1).text, published.node.url)
        assert sentence.startswith("Genuine code.")
        assert any("The node at 127.0.0.1:9 cannot be reached." in each for each in checks)


class TestPictures:
    def test_a_photo(self, visit: Page, published: Published) -> None:
        """A photo of a stamp is read in the page; a file that is no picture is told from one without a code."""
        visit.fill("#node", published.node.url)
        visit.set_input_files("#photo", published.photo)
        sentence, _ = said(visit)
        assert sentence.startswith("Genuine code. Leapfrog no. 7 of 30")
        svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
        visit.set_input_files("#photo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": svg})
        expect(visit.locator("#photo-says")).to_have_text("This file is not a picture that your browser can show.")

    def test_the_camera(self, visit: Page, published: Published) -> None:
        """Held before the camera, a stamp is judged, although the page came from the disk."""
        visit.fill("#node", published.node.url)
        visit.click("#camera")
        sentence, _ = said(visit)
        assert sentence.startswith("Genuine code. Leapfrog no. 7 of 30")


class TestInput:
    def test_a_hidden_code(self, visit: Page, published: Published) -> None:
        """A hidden code is wiped from the field and asks nobody anything."""
        visit.fill("#node", published.node.url)
        visit.fill("#code", "0123-4567-89AB-CDEF-GHJK-MNPQ-RS12")
        visit.click("#check")
        expect(visit.locator("#code-says")).to_contain_text("This is a hidden code")
        assert visit.input_value("#code") == ""
        assert visit.locator("#result").is_hidden()

    def test_no_node(self, visit: Page, published: Published) -> None:
        """Without the address of a node, and with one that is none, nothing is judged."""
        for node in ("", "ftp://node.example", "javascript:alert(1)"):
            visit.fill("#node", node)
            visit.fill("#code", published.code(1).text)
            visit.click("#check")
            expect(visit.locator("#node-says")).to_have_class("hint bad")
        assert visit.locator("#result").is_hidden()

    def test_nothing_serious_for_axe(self, visit: Page, published: Published) -> None:
        """axe-core finds no serious issue before and after a verdict."""
        visit.evaluate(AXE.read_text(encoding="utf-8"))
        for code in (None, published.invented(6)):
            if code is not None:
                check(visit, code, published.node.url)
            found = visit.evaluate("axe.run(document, {resultTypes: ['violations']})")
            assert [each["id"] for each in found["violations"] if each["impact"] in {"serious", "critical"}] == []


class TestDossiers:
    def test_claim_keys_from_a_file(self, visit: Page, published: Published, tmp_path: Path) -> None:
        """A page without the codes of its edition takes them from claim-keys.txt, if nobody has changed the file."""
        page = tmp_path / VERIFIER_NAME
        page.write_bytes(verifier_page(published.dossier, most_tags=29))
        keys = shutil.copy(published.folder / "dossier" / "claim-keys.txt", tmp_path)
        changed = tmp_path / "changed" / "claim-keys.txt"
        changed.parent.mkdir()
        changed.write_text(re.sub(r"(?m)^0x.", "0x0", Path(keys).read_text(), count=3))
        context = visit.context
        other = context.new_page()
        other.goto(page.as_uri())
        expect(other.locator("#no-tags")).to_be_visible()
        assert "dossier is not at hand" in check(other, published.code(1).text, published.node.url)[0]
        other.click("#believed summary")
        other.set_input_files("#files", changed)
        expect(other.locator("#files-say")).to_contain_text("or it was changed")
        other.set_input_files("#files", keys)
        expect(other.locator("#files-say")).to_have_text("The dossier of Leapfrog is at hand.")
        assert check(other, published.code(1).text, published.node.url)[0].startswith("Genuine code.")

    def test_another_dossier(self, visit: Page, published: Published, tmp_path: Path) -> None:
        """A dossier that is chosen is believed if its claim keys give the edition root that it names."""
        page = tmp_path / VERIFIER_NAME
        page.write_bytes(verifier_page(published.dossier, most_tags=29))
        folder = Path(shutil.copytree(published.folder / "dossier", tmp_path / "other"))
        files = [folder / "dossier.json", folder / "claim-keys.txt"]
        other = visit.context.new_page()
        other.goto(page.as_uri())
        other.set_input_files("#files", files)
        expect(other.locator("#files-say")).to_have_text("The dossier of Leapfrog is at hand.")
        assert check(other, published.code(1).text, published.node.url)[0].startswith("Genuine code.")
        files[1].write_text(re.sub(r"(?m)^0x.", "0x0", files[1].read_text(), count=3))
        other.set_input_files("#files", files)
        expect(other.locator("#files-say")).to_contain_text("give another edition root")
        other.set_input_files("#files", files[0])
        expect(other.locator("#files-say")).to_contain_text("claim-keys.txt is missing")

    def test_a_static_host(self, visit: Page, published: Published, tmp_path: Path) -> None:
        """Where the folder is served, the page takes the claim keys of a large edition from beside it."""
        folder = Path(shutil.copytree(published.folder, tmp_path / "web"))
        (folder / VERIFIER_NAME).write_bytes(verifier_page(published.dossier, most_tags=29))
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder))) as host:
            thread = Thread(target=host.serve_forever)
            thread.start()
            other = visit.context.new_page()
            other.goto(f"http://127.0.0.1:{host.server_port}/{VERIFIER_NAME}")
            sentence, _ = check(other, published.code(1).text, published.node.url)
            host.shutdown()
            thread.join()
        assert sentence.startswith("Genuine code.")
        assert other.locator("#no-tags").is_hidden()

    def test_texts_of_a_series(self, visit: Page, published: Published, tmp_path: Path) -> None:
        """A title that would end the script that holds it is a title, and nothing else."""
        title = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
        facts = replace(published.dossier.series, title=title)
        page = tmp_path / VERIFIER_NAME
        page.write_bytes(verifier_page(replace(published.dossier, series=facts)))
        other = visit.context.new_page()
        other.goto(page.as_uri())
        assert check(other, published.code(1).text, published.node.url)[0].startswith("Genuine code. </script>")
        expect(other.locator("#result h2")).to_contain_text(title)
        assert other.evaluate("window.hacked") is None
