"""The pages, asked without a browser: what they say of bad input, and what they never do."""

from __future__ import annotations

import io
import re
import socket

import cv2
import httpx
import pytest
from PIL import Image
from support.collector import RunningSite
from support.torn import torn_stamp

from cryptostamp.codes import PublicCode
from cryptostamp.primitives import ChainId, Serial, parse_address
from cryptostamp.web.verifier import verifier_page

STRANGER = parse_address("0x" + "66" * 20)


def invented(site: RunningSite, **changes: object) -> PublicCode:
    """A well-formed code that the post never issued."""
    place = site.dossier.deployment
    facts = {"host": site.dossier.series.issuer.domain, "chain_id": place.chain_id, "contract": place.contract}
    return PublicCode.make(**{**facts, "serial": Serial(3), "claim_key": STRANGER, **changes})  # type: ignore[arg-type]


def shown(client: httpx.Client, code: str) -> httpx.Response:
    """Look a code up as the form does, and return the page that comes of it."""
    return client.post("/look-up", data={"code": code}, follow_redirects=True)


class TestVerdicts:
    """A page says what is known, and no more."""

    def test_genuine(self, client: httpx.Client, running_site: RunningSite) -> None:
        """The path of a QR opens the stamp, in capitals and in lower case."""
        for path in (running_site.path(2), running_site.path(2).lower()):
            page = client.get(path)
            assert page.status_code == 200
            assert "Genuine code" in page.text
            assert "No scan can tell whether this paper" in page.text
            assert "Issued; the post keeps the token" in page.text

    def test_invented(self, client: httpx.Client, running_site: RunningSite) -> None:
        """An invented tag is not genuine."""
        page = shown(client, invented(running_site).text)
        assert "Not genuine" in page.text
        assert "never issued this code" in page.text

    def test_beyond_the_edition(self, client: httpx.Client, running_site: RunningSite) -> None:
        """A number that the edition does not have is not genuine."""
        assert "no stamp of this number" in shown(client, invented(running_site, serial=Serial(41)).text).text

    def test_unknown_contract(self, client: httpx.Client, running_site: RunningSite) -> None:
        """A contract that no post has registered is a look-alike."""
        page = shown(client, invented(running_site, contract=STRANGER).text)
        assert "No post stands behind this contract" in page.text

    def test_other_chain(self, client: httpx.Client, running_site: RunningSite) -> None:
        """A code of a chain that is not asked cannot be checked."""
        page = shown(client, invented(running_site, chain_id=ChainId(1)).text)
        assert "Cannot be checked now" in page.text
        assert "Not genuine" not in page.text

    def test_foreign_host(self, client: httpx.Client, running_site: RunningSite) -> None:
        """A copy of a code that leads to another site is shown with a warning, at no address of ours."""
        code = running_site.code(2).replace("LILYPOND", "LILYP0ND")
        page = shown(client, code)
        assert page.url.path == "/look-up"
        assert "Do not enter the hidden code there" in page.text

    @pytest.mark.parametrize(
        "typed", ["javascript:alert(1)", "https://lilypond.example/", "LEAP-3-000000000", "<script>alert(1)</script>"]
    )
    def test_no_code(self, client: httpx.Client, typed: str) -> None:
        """What is no code cannot be told anything about, and comes back as text at most."""
        page = shown(client, typed)
        assert page.status_code == 200
        assert "Not genuine" not in page.text
        assert "<script>alert" not in page.text
        assert 'href="javascript' not in page.text

    def test_hidden_code(self, client: httpx.Client, running_site: RunningSite) -> None:
        """A hidden code in the wrong field is recognised and not repeated."""
        hidden = running_site.hidden(4)
        page = shown(client, hidden)
        assert hidden not in page.text
        assert "hidden code" in page.text

    def test_mistyped_path(self, client: httpx.Client, running_site: RunningSite) -> None:
        """A path with a wrong check character is no stamp, and no counterfeit."""
        path = running_site.path(2)
        page = client.get(path[:-1] + ("0" if path[-1] != "0" else "1"))
        assert page.status_code == 404
        assert "mistyped" in page.text
        assert "Not genuine" not in page.text

    def test_looking_changes_nothing(self, client: httpx.Client, running_site: RunningSite) -> None:
        """A GET counts no scan; the page's own message does."""
        path = running_site.path(5)
        client.get(path)
        assert "Scans" not in client.get(path).text
        assert client.post(path.replace("/S/", "/seen/")).status_code == 204
        assert "1, the first on" in client.get(path).text


class TestPhotos:
    """A photo of a stranger is bounded in every way."""

    def test_stamp(self, client: httpx.Client, filmed_picture: bytes) -> None:
        """A photo of a stamp leads to its page."""
        page = client.post("/photo", files={"photo": ("a.jpg", filmed_picture)}, follow_redirects=True)
        assert "Genuine code" in page.text

    def test_torn(self, client: httpx.Client, running_site: RunningSite) -> None:
        """A stamp without finder patterns, which no general reader reads, leads to its page too."""
        photo = cv2.imencode(".png", torn_stamp(running_site.series, running_site.dossier, 8))[1].tobytes()
        page = client.post("/photo", files={"photo": ("torn.png", photo)}, follow_redirects=True)
        assert page.url.path == running_site.path(8)
        assert "Genuine code" in page.text

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
            ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
            ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100)),
            ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(50)),
        ],
    )
    def test_no_photo(self, client: httpx.Client, name: str, data: bytes) -> None:
        """What is no picture, or a broken one, is a clear page."""
        page = client.post("/photo", files={"photo": (name, data)})
        assert page.status_code == 200
        assert "No code was found" in page.text

    def test_bomb(self, client: httpx.Client) -> None:
        """A small file of very many pixels is not unpacked."""
        out = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(out, "PNG")
        page = client.post("/photo", files={"photo": ("bomb.png", out.getvalue())})
        assert page.status_code == 200
        assert "No code was found" in page.text

    def test_forty_megapixels(self, client: httpx.Client) -> None:
        """The picture of a good telephone is looked at."""
        out = io.BytesIO()
        Image.new("L", (7_300, 5_500), 200).save(out, "JPEG")
        assert client.post("/photo", files={"photo": ("large.jpg", out.getvalue())}).status_code == 200

    def test_too_large(self, client: httpx.Client, running_site: RunningSite) -> None:
        """A file over the limit is turned away before it is read."""
        length = running_site.settings.limits.photo_bytes + 1
        address = httpx.URL(running_site.url)
        with socket.create_connection((address.host, address.port or 80), timeout=10) as line:
            line.sendall(f"POST /photo HTTP/1.1\r\nhost: {address.host}\r\ncontent-length: {length}\r\n\r\n".encode())
            assert line.recv(40).startswith(b"HTTP/1.1 413")

    def test_nothing(self, client: httpx.Client) -> None:
        """A form without a file is a clear page."""
        page = client.post("/photo", files={"photo": ("a.jpg", b"")})
        assert page.status_code == 422
        assert "That did not work" in page.text


class TestSeries:
    """The pages of a series hand out what the post has published."""

    def test_dossier(self, client: httpx.Client, running_site: RunningSite) -> None:
        """Every file of the dossier is there byte for byte, to be kept and not to be opened as a page of ours."""
        for file in running_site.workspace.dossier_folder.iterdir():
            answer = client.get(f"/dossier/LEAP/{file.name}")
            assert answer.content == file.read_bytes()
            assert answer.headers["content-disposition"].startswith("attachment")

    def test_verifier(self, client: httpx.Client, running_site: RunningSite) -> None:
        """The page that needs no site is handed out to be kept, as `dossier publish` writes it."""
        (link,) = re.findall(r'href="(/verifier/[^"]+)"', client.get("/series/LEAP").text)
        answer = client.get(link)
        assert answer.content == verifier_page(running_site.dossier)
        assert "leap-verifier.html" in answer.headers["content-disposition"]
        assert client.get("/verifier/NONE").status_code == 404

    @pytest.mark.parametrize(
        "path",
        ["/dossier/LEAP/..%2fledger.sqlite3", "/dossier/LEAP/edition.age", "/dossier/../LEAP", "/static/../app.py"],
    )
    def test_nothing_else(self, client: httpx.Client, path: str) -> None:
        """No other file of the folder can be reached."""
        assert client.get(path).status_code == 404

    def test_picture(self, client: httpx.Client) -> None:
        """The pictures of the page are there, and may be kept for ever."""
        page = client.get("/series/leap")
        pictures = re.findall(r'src="(/pictures/[^"]+)"', page.text)
        assert pictures
        answer = client.get(pictures[0])
        assert answer.headers["content-type"] == "image/webp"
        assert "immutable" in answer.headers["cache-control"]

    def test_unknown(self, client: httpx.Client) -> None:
        """Another series is a clear page."""
        page = client.get("/series/NONE")
        assert page.status_code == 404
        assert "There is nothing at this address." in page.text


class TestProofs:
    """Proofs are for owners."""

    def test_unclaimed(self, client: httpx.Client, running_site: RunningSite) -> None:
        """Nobody owns a stamp that was not claimed."""
        page = client.post("/prove", data={"code": running_site.code(6)})
        assert page.status_code == 409
        assert "has not been claimed" in page.text

    def test_unknown_link(self, client: httpx.Client) -> None:
        """A link that proves nothing says so."""
        page = client.get("/proof/" + "0" * 32)
        assert page.status_code == 404
        assert "No proof, or its time is over" in page.text


class TestLanguages:
    """The pages speak the reader's language."""

    @pytest.mark.parametrize(
        ("wish", "said"),
        [
            ("de-AT,de;q=0.9", "Echter Code"),
            ("fr", "Code authentique"),
            ("hr;q=0.8,xx", "Pravi kod"),
            ("xx, *;q=0.1", "Genuine code"),
            ("de;q=broken,fr", "Code authentique"),
        ],
    )
    def test_wish_of_the_browser(self, client: httpx.Client, running_site: RunningSite, wish: str, said: str) -> None:
        """The browser's wish counts, by its order."""
        assert said in client.get(running_site.path(2), headers={"accept-language": wish}).text

    @pytest.mark.parametrize(
        ("wish", "said"),
        [("de", "Der Code ist vertippt"), ("fr", "Le code contient une faute"), ("hr", "Kod je krivo utipkan")],
    )
    def test_mistyped(self, client: httpx.Client, running_site: RunningSite, wish: str, said: str) -> None:
        """What only the library says in English is said in general, and a hidden code as it is in English."""
        typed = {"code": "LEAP-1-000000000"}
        page = client.post("/look-up", data=typed, headers={"accept-language": wish}, follow_redirects=True)
        headline, _, details = page.text.partition("<details")
        assert said in headline
        assert "mistyped" not in headline
        assert "mistyped" in details
        hidden = {"code": running_site.hidden(4)}
        page = client.post("/look-up", data=hidden, headers={"accept-language": wish}, follow_redirects=True)
        assert said not in page.text
        assert "This is a hidden code" not in page.text.partition("<details")[0]

    def test_choice(self, client: httpx.Client, running_site: RunningSite) -> None:
        """A choice is kept in a cookie that says nothing else, and leads back to where it was made."""
        path = running_site.path(2)
        answer = client.post("/language", data={"language": "fr", "back": path})
        assert answer.status_code == 303
        assert answer.headers["location"] == path
        assert "SameSite=lax" in answer.headers["set-cookie"]
        assert "Code authentique" in client.get(path).text

    @pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/a b", "/#x"])
    def test_leads_nowhere_else(self, client: httpx.Client, back: str) -> None:
        """The way back is one of our own pages."""
        answer = client.post("/language", data={"language": "de", "back": back})
        assert answer.headers["location"] == "/"
