"""Each threat to the site, and what becomes of it."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from eth_account import Account
from support.collector import RunningSite, Served, claim_body

from cryptostamp.web import Limits
from cryptostamp.web.limits import Buckets, client_of
from cryptostamp.web.logs import JsonLines

PAGES = ["/", "/claim", "/prove", "/album", "/series/LEAP", "/nowhere", "/api/v1/series", "/static/style.css"]


@pytest.fixture
def strict(running_site: RunningSite) -> Iterator[httpx.Client]:
    """The same site with limits that a test reaches."""
    limits = Limits(requests=30, photos=2, claims=3, claims_of_stamp=2)
    with (
        Served(replace(running_site.settings, limits=limits)) as url,
        httpx.Client(base_url=url, timeout=20) as visitor,
    ):
        yield visitor


class TestHeaders:
    """The browser is told to trust our own files alone."""

    @pytest.mark.parametrize("path", PAGES)
    def test_every_answer(self, client: httpx.Client, path: str) -> None:
        """No answer is without its headers, errors and files included."""
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "camera=(self)" in headers["permissions-policy"]

    @pytest.mark.parametrize("path", PAGES[:6])
    def test_nothing_inline(self, client: httpx.Client, path: str) -> None:
        """No page has a script, a style or a handler of its own, or names another site's file."""
        text = client.get(path).text
        assert "style=" not in text
        assert " on" not in "".join(part.split(">")[0] for part in text.split("<")[1:] if " on" in part and "=" in part)
        assert 'src="http' not in text
        assert 'href="http' not in text
        for script in text.split("<script")[1:]:
            assert 'type="application/json"' in script[:60] or 'src="/static/' in script[:80]


class TestBodies:
    """What a stranger sends is bounded in depth as in length."""

    @pytest.mark.parametrize("path", ["/api/v1/verdicts", "/api/v1/claims"])
    def test_nested(self, client: httpx.Client, path: str) -> None:
        """JSON nested without end is refused, and the site goes on."""
        answer = client.post(path, content=b"[" * 60_000, headers={"content-type": "application/json"})
        assert answer.status_code in {400, 413, 422}
        assert client.get("/").status_code == 200


class TestForeignForms:
    """Another site cannot make a visitor's browser do anything here."""

    @pytest.mark.parametrize("path", ["/look-up", "/photo", "/prove", "/album", "/language", "/api/v1/claims"])
    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": "http://[broken"},
        ],
    )
    def test_refused(self, client: httpx.Client, path: str, headers: dict[str, str]) -> None:
        """A post that another site sent is not looked at."""
        answer = client.post(path, headers=headers, content=b"")
        assert answer.status_code == 403

    def test_own(self, client: httpx.Client) -> None:
        """Our own forms and programs are."""
        for headers in ({"sec-fetch-site": "same-origin", "origin": "null"}, {"origin": str(client.base_url)}, {}):
            answer = client.post("/look-up", data={"code": "x"}, headers=headers)
            assert answer.status_code == 200

    @pytest.mark.parametrize("path", ["/look-up", "/photo", "/language", "/api/v1/claims", "/api/v1/challenges"])
    def test_nothing_by_get(self, client: httpx.Client, path: str) -> None:
        """What changes something cannot be asked for by following a link."""
        assert client.get(path).status_code == 405


class TestFloods:
    """Strangers ask as often as people do."""

    def test_client(self, strict: httpx.Client) -> None:
        """A client that asks too often is told when to come again; the probe of a balancer is not counted."""
        answers = [strict.get("/api/v1/series") for _ in range(40)]
        assert answers[0].status_code == 200
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert strict.get("/healthz").status_code == 200

    def test_photos(self, strict: httpx.Client) -> None:
        """Photos are dearer than pages."""
        statuses = [strict.post("/photo", files={"photo": ("a.jpg", b"")}).status_code for _ in range(4)]
        assert statuses == [422, 422, 429, 429]

    def test_stamp(self, strict: httpx.Client, running_site: RunningSite) -> None:
        """One stamp cannot be asked for proofs again and again, whoever asks."""
        asked = {"code": running_site.code(24)}
        statuses = [strict.post("/api/v1/challenges", json=asked).status_code for _ in range(3)]
        assert statuses == [409, 409, 429]

    def test_large_body(self, client: httpx.Client) -> None:
        """A body that is larger than any form is not read, whether it says so or not."""
        large = b"a" * (65 * 1024)
        assert client.post("/look-up", content=large).status_code == 413

        def drips() -> Iterator[bytes]:
            for _ in range(70):
                yield b"code=" + b"a" * 1024

        headers = {"content-type": "application/x-www-form-urlencoded"}
        try:
            status = client.post("/look-up", content=drips(), headers=headers).status_code
        except httpx.HTTPError:
            return  # the connection was ended
        assert status in {400, 413, 422, 500}

    def test_bucket(self) -> None:
        """A bucket fills again with time, holds no more than a minute's worth, and 0 is no limit."""
        now = 0.0
        buckets = Buckets(60, clock=lambda: now)
        assert [buckets.take("a") > 0 for _ in range(61)] == [False] * 60 + [True]
        assert buckets.take("b") == 0
        now = 1.0
        assert buckets.take("a") == 0
        assert buckets.take("a") > 0
        assert Buckets(0).take("a") == 0

    def test_households(self) -> None:
        """The addresses of one IPv6 network are one client."""
        assert client_of("2001:db8:1:2::1") == client_of("2001:db8:1:2:ffff::9") != client_of("2001:db8:1:3::1")
        assert client_of("192.0.2.1") == "192.0.2.1"
        assert client_of("testclient") == "testclient"
        assert client_of(None) == "unknown"


class TestClaims:
    """The post's account pays for nothing but genuine claims."""

    def test_stranger(self, client: httpx.Client, running_site: RunningSite) -> None:
        """A signature of another key, of another stamp or for another account is not relayed."""
        to, thief = Account.create().address, Account.create().address
        good = claim_body(running_site, 25, to)
        for bad in (
            {**good, "to": thief},
            {**good, "serial": 26},
            {**good, "deadline": int(good["deadline"]) + 1},  # type: ignore[call-overload]
            {**good, "signature": "0x" + "11" * 65},
        ):
            answer = client.post("/api/v1/claims", json=bad)
            assert answer.status_code in {409, 422}, bad
        ledger = running_site.workspace.ledger()
        assert ledger.claims.of_stamp("LEAP", 25) is None  # type: ignore[arg-type]
        assert ledger.claims.of_stamp("LEAP", 26) is None  # type: ignore[arg-type]
        ledger.close()

    def test_malleable(self, client: httpx.Client, running_site: RunningSite) -> None:
        """The other form of a signature is refused before anything is paid."""
        good = claim_body(running_site, 25, Account.create().address)
        raw = bytes.fromhex(str(good["signature"])[2:])
        order = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
        high = (order - int.from_bytes(raw[32:64])).to_bytes(32)
        flipped = "0x" + (raw[:32] + high + bytes([55 - raw[64]])).hex()
        assert client.post("/api/v1/claims", json={**good, "signature": flipped}).status_code == 422

    @pytest.mark.parametrize("seconds", [-10, 10, 10_000_000])
    def test_deadline(self, client: httpx.Client, running_site: RunningSite, seconds: int) -> None:
        """A claim that has ended, or will end on its way, or never, must be signed anew."""
        body = claim_body(running_site, 25, Account.create().address, lifetime_s=seconds)
        answer = client.post("/api/v1/claims", json=body)
        assert answer.status_code == 422
        assert "clock" in answer.json()["remedy"]

    def test_other_series(self, client: httpx.Client, running_site: RunningSite) -> None:
        """A claim of another contract or chain is none of ours."""
        good = claim_body(running_site, 25, Account.create().address)
        for change in ({"contract": "0x" + "66" * 20}, {"chain_id": 1}):
            assert client.post("/api/v1/claims", json={**good, **change}).status_code == 422

    def test_again(self, client: httpx.Client, running_site: RunningSite) -> None:
        """The same claim is taken in once; one for another account while it is under way is refused."""
        body = claim_body(running_site, 27, Account.create().address)
        first, second = (client.post("/api/v1/claims", json=body) for _ in range(2))
        assert first.status_code == second.status_code == 202
        assert first.json()["id"] == second.json()["id"]
        other = client.post("/api/v1/claims", json=claim_body(running_site, 27, Account.create().address))
        assert other.status_code == 409

    def test_many_at_once(self, client: httpx.Client, running_site: RunningSite) -> None:
        """Claims that wait together are sent together, and each comes to its end."""
        bodies = [claim_body(running_site, serial, Account.create().address) for serial in range(30, 36)]
        ids = [client.post("/api/v1/claims", json=body).json()["id"] for body in bodies]
        deadline = time.monotonic() + 30
        states: list[str] = []
        while time.monotonic() < deadline:
            states = [client.get(f"/api/v1/claims/{each}").json()["state"] for each in ids]
            if set(states) == {"done"}:
                break
            time.sleep(0.2)
        assert set(states) == {"done"}


class TestLogs:
    """What is written down names no stamp and no person."""

    def test_request(self, running_site: RunningSite, caplog: pytest.LogCaptureFixture) -> None:
        """A request is logged by its route."""
        logging.getLogger("cryptostamp.web").propagate = True
        with (
            caplog.at_level(logging.INFO, "cryptostamp.web"),
            Served(running_site.settings) as url,
            httpx.Client(base_url=url, timeout=20) as visitor,
        ):
            visitor.get(running_site.path(8))
            visitor.get(f"/album/0x{'66' * 20}")
            visitor.post("/api/v1/verdicts", json={"code": running_site.hidden(8)})
        lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
        assert {"/S/{chain_id}/{contract}/{stamp}", "/album/{address}", "/api/v1/verdicts"} <= {
            line.get("route") for line in lines
        }
        text = json.dumps(lines)
        for secret in (running_site.path(8).rpartition("/")[2], "66" * 20, running_site.hidden(8)):
            assert secret not in text

    def test_mistake(self) -> None:
        """A mistake of ours is logged with its place, not with what a stranger sent."""
        try:
            int("a hidden code")
        except ValueError as error:
            told = (ValueError, error, error.__traceback__)
        record = logging.LogRecord("x", logging.ERROR, "", 0, "mistake", None, told)
        line = JsonLines().format(record)
        assert "hidden" not in line
        assert "test_security.py" in line


class TestMetrics:
    """What is counted has few labels."""

    def test_no_stamp(self, client: httpx.Client, running_site: RunningSite) -> None:
        """The counters name routes and conclusions."""
        client.get(running_site.path(8))
        client.request("EVIL-METHOD", "/")
        text = client.get("/metrics").text
        assert 'cryptostamp_verdicts_total{conclusion="genuine"}' in text
        assert running_site.path(8).rpartition("/")[2] not in text
        assert "EVIL" not in text
