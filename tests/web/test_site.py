"""The site as a whole: for everybody, light, in every language, and honest while its node is down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from babel.messages.pofile import read_po
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Page
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from support.collector import RunningSite, Served, claim_body

import cryptostamp.web
from cryptostamp.web.i18n import LANGUAGE_COOKIE, LANGUAGES, language

WEB = Path(cryptostamp.web.__file__).parent
AXE = WEB / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
LIGHT = 200 * 1000


@pytest.fixture
def blind(running_site: RunningSite) -> Iterator[httpx.Client]:
    """A visitor of the same site while its node is down."""
    with (
        Served(replace(running_site.settings, rpc=("http://127.0.0.1:9",))) as url,
        httpx.Client(base_url=url, timeout=20) as visitor,
    ):
        yield visitor


class TestNodeDown:
    """A node that is down makes nothing counterfeit."""

    def test_stamp(self, blind: httpx.Client, running_site: RunningSite) -> None:
        """The page says that it cannot be checked now; what the dossier says is still there."""
        page = blind.get(running_site.path(2))
        assert page.status_code == 200
        assert "Cannot be checked now" in page.text
        assert "Leapfrog" in page.text
        assert "Not genuine" not in page.text
        assert "The node of this site cannot be reached" in page.text
        assert "127.0.0.1:9" not in page.text

    def test_api(self, blind: httpx.Client, running_site: RunningSite) -> None:
        """Verdicts are unknown, and claims are to be sent again later."""
        verdict = blind.post("/api/v1/verdicts", json={"code": running_site.code(2)}).json()
        assert verdict["conclusion"] == "unknown"
        assert "127.0.0.1:9" not in str(verdict)
        answer = blind.post("/api/v1/claims", json=claim_body(running_site, 23, "0x" + "77" * 20))
        assert answer.status_code == 503
        assert "retry-after" in answer.headers
        assert "127.0.0.1" not in answer.text

    def test_probes(self, blind: httpx.Client, client: httpx.Client) -> None:
        """The process is alive, and not ready; with its node it is."""
        assert blind.get("/healthz").status_code == 200
        assert blind.get("/readyz").status_code == 503
        assert client.get("/readyz").json()["ready"] is True


class TestApi:
    """Programs get what people see."""

    def test_batch(self, client: httpx.Client, running_site: RunningSite) -> None:
        """Many verdicts come in the order of their codes, and as of one block."""
        codes = [running_site.code(serial) for serial in range(36, 41)] + ["nothing"]
        answers = client.post("/api/v1/verdicts/batch", json={"codes": codes}).json()
        assert [each["conclusion"] for each in answers] == ["genuine"] * 5 + ["not genuine"]
        assert [each["stamp"]["serial"] for each in answers[:5]] == [36, 37, 38, 39, 40]
        assert len({each["stamp"]["block_number"] for each in answers[:5]}) == 1

    def test_one_and_again(self, client: httpx.Client, running_site: RunningSite) -> None:
        """What is remembered of a block gives the same verdict as what was asked."""
        first, second = (client.post("/api/v1/verdicts", json={"code": running_site.code(36)}).json() for _ in range(2))
        by_path = client.get("/api/v1/stamps/" + running_site.path(36).removeprefix("/S/")).json()
        assert first["conclusion"] == second["conclusion"] == by_path["conclusion"] == "genuine"
        assert first["stamp"]["variant"] == by_path["stamp"]["variant"]

    def test_errors_are_json(self, client: httpx.Client) -> None:
        """Whatever goes wrong is said in one form."""
        for answer in (
            client.get("/api/v1/series/NONE"),
            client.get("/api/v1/nowhere"),
            client.post("/api/v1/verdicts", json={}),
            client.post("/api/v1/verdicts", content=b"{"),
            client.get("/api/v1/claims/" + "0" * 32),
        ):
            assert answer.status_code >= 400
            assert set(answer.json()) == {"what", "remedy"}


def test_no_server_errors(running_site: RunningSite) -> None:
    """Whatever fits the description of the API, or does not, is no mistake of ours."""
    schema = schemathesis.openapi.from_url(f"{running_site.url}/api/v1/openapi.json")
    operations = [each.ok() for each in schema.get_all_operations()]
    assert len(operations) >= 11
    for operation in operations:
        call_with(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        if operation.body or list(operation.path_parameters):  # others have nothing that could be sent wrongly
            call_with(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))


def call_with(cases: Any) -> None:
    """Call one operation with what the strategy gives."""

    @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def call(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=[not_a_server_error])

    call()


class TestForEverybody:
    """The pages are for keyboards, for screen readers, and for slow lines."""

    def test_axe(self, visit: Page, running_site: RunningSite) -> None:
        """axe-core finds nothing serious on any page, in light and in dark."""
        axe = AXE.read_text(encoding="utf-8")
        found = []
        for scheme in ("light", "dark"):
            visit.emulate_media(color_scheme=scheme)
            for path in (
                "/",
                running_site.path(2),
                f"/claim#{running_site.hidden(24)}",
                "/prove",
                "/series/LEAP",
                "/album",
                f"/album/0x{'66' * 20}",
                "/nowhere",
                "/proof/" + "0" * 32,
            ):
                visit.goto("/healthz")  # a page that differs in its fragment alone is not loaded anew
                visit.goto(path)
                visit.wait_for_load_state("networkidle")
                visit.evaluate(axe)
                assert visit.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
                result = visit.evaluate("axe.run()")
                found += [
                    (path, scheme, each["id"], [node["html"][:100] for node in each["nodes"]][:2])
                    for each in result["violations"]
                    if each["impact"] in {"serious", "critical"}
                ]
        assert found == []

    @pytest.mark.parametrize("key", [key for key in LANGUAGES if key != "en"])
    def test_no_page_is_wider_than_the_screen(self, visit: Page, running_site: RunningSite, key: str) -> None:
        """In no language do words or the names of the pages need more room than there is."""
        visit.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": key, "url": running_site.url}])
        for path in ("/", running_site.path(8), "/claim", "/prove", "/album", "/series/LEAP", "/nowhere"):
            visit.goto(path)
            assert visit.evaluate("document.documentElement.lang") == key
            assert visit.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path

    def test_weight(self, visit: Page) -> None:
        """The first page is under 200 KB on the line before the camera starts, and needs no reader of symbols."""
        total = 0
        names: list[str] = []

        def weigh(response: Any) -> None:
            nonlocal total
            sizes = response.request.sizes()
            total += sizes["responseBodySize"] + sizes["responseHeadersSize"]
            names.append(response.url)

        visit.on("requestfinished", lambda request: weigh(request.response()))
        visit.goto("/")
        visit.wait_for_load_state("networkidle")
        assert any(name.endswith("scan.js") for name in names)
        assert not any(name.endswith(".wasm") for name in names)
        assert 0 < total < LIGHT


class TestCatalogue:
    """Every message is there in every language."""

    @pytest.mark.parametrize("key", [key for key in LANGUAGES if key != "en"])
    def test_complete(self, key: str) -> None:
        """Nothing is missing, nothing is left over, and every place of a value is kept."""
        with (WEB / "translations" / f"{key}.po").open("rb") as file:
            catalogue = {str(each.id): str(each.string) for each in read_po(file) if each.id}
        assert set(catalogue) == messages()
        for message, translated in catalogue.items():
            assert translated
            assert set(re.findall(r"{\w+}", translated)) == set(re.findall(r"{\w+}", message))

    def test_numbers_and_days(self) -> None:
        """Shares and days are written as the language writes them."""
        noon = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
        told = {key: (language(key).share(21, 40), language(key).moment(noon)) for key in LANGUAGES}
        assert told == {
            "en": ("52.5 %", "1 May 2026, 12:00 UTC"),
            "de": ("52,5 %", "1. Mai 2026, 12:00 UTC"),
            "fr": ("52,5 %", "1 mai 2026, 12:00 UTC"),
            "hr": ("52,5 %", "1. svibnja 2026., 12:00 UTC"),
        }

    def test_what_has_no_translation(self) -> None:
        """What only English has is said in general elsewhere; what is in the catalogue is said itself."""
        assert language("en").said("The tag is odd.", "Not genuine") == "The tag is odd."
        assert language("de").said("The tag is odd.", "Not genuine") == "Nicht echt"
        assert language("de").said("Genuine code", "Not genuine") == "Echter Code"

    def test_values(self) -> None:
        """A value with braces of its own is a value, and nothing else."""
        assert language("de").text("Proven on {moment}", moment="{x}") == "Bewiesen am {x}"


def messages() -> set[str]:
    """Return every message in the source."""
    found: set[str] = set()
    for template in (WEB / "templates").glob("*.html"):
        text = template.read_text(encoding="utf-8")
        found |= {ast.literal_eval(each) for each in re.findall(r"""_\(\s*("[^"]*"|'[^']*')""", text)}
    for module in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                argument = node.args[-1]
                if node.func.id in {"_", "RefusedRequest"} and isinstance(argument, ast.Constant):
                    found.add(argument.value)
    return found
