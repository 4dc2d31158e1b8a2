"""An album shows plain tokens of other posts, and nothing that they bring from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from eth_account import Account
from support.collector import RunningSite, Served
from support.plain_tokens import deploy_counted, deploy_plain, mint_counted, mint_plain

from cryptostamp.chain import DevSigner, MemoryJournal, Sender
from cryptostamp.cli import main
from cryptostamp.primitives import Address, parse_address
from cryptostamp.web import Limits, OtherContract

OWNER = parse_address(Account.from_key(b"\x09" * 32).address)


@pytest.fixture(scope="module")
def contracts(running_site: RunningSite) -> tuple[OtherContract, ...]:
    """Two contracts of other posts, and an address at which there is none."""
    sender = Sender(running_site.chain, DevSigner(6), MemoryJournal())
    plain, counted = deploy_plain(sender), deploy_counted(sender)
    mint_plain(
        sender, plain, OWNER, 5, 'data:application/json,{"name": "<b>Crane</b>", "image": "https://evil.example"}'
    )
    mint_plain(sender, plain, OWNER, 6, "https://evil.example/6.json")
    mint_counted(sender, counted, OWNER, 1, 61)
    return (
        OtherContract(address=plain, name="Cranes & co."),
        OtherContract(address=counted, name="Herons"),
        OtherContract(address=Address(OWNER), name="Nothing"),
    )


@pytest.fixture
def visitor(running_site: RunningSite, contracts: tuple[OtherContract, ...]) -> Iterator[httpx.Client]:
    """A visitor of the site whose operator named those contracts, and who may look at three albums a minute."""
    limits = Limits(requests=0, albums=3)
    with (
        Served(replace(running_site.settings, others=contracts, limits=limits)) as url,
        httpx.Client(base_url=url, timeout=20) as opened,
    ):
        yield opened


def test_other_tokens(visitor: httpx.Client) -> None:
    """They are listed by contract and number, with what the contract itself says, escaped; nothing leads elsewhere."""
    page = visitor.get(f"/album/{OWNER}").text
    assert "Cranes &amp; co." in page
    assert "&lt;b&gt;Crane&lt;/b&gt;" in page
    assert "60 of 61 are shown." in page
    assert "Cannot be told now" in page
    assert "evil.example" not in page
    plain, counted, nothing = visitor.get(f"/api/v1/albums/{OWNER}").json()["others"]
    assert plain["tokens"] == [{"id": "5", "name": "<b>Crane</b>"}, {"id": "6", "name": ""}]
    assert (counted["owned"], len(counted["tokens"])) == (61, 60)
    assert nothing["owned"] is None


def test_flood(visitor: httpx.Client) -> None:
    """Who looks at very many albums sees the stamps, and is told to wait for the rest."""
    answers = [visitor.get(f"/api/v1/albums/{OWNER}") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert [answer.json()["others"][1]["owned"] for answer in answers] == [61, 61, 61, None, None]


@pytest.mark.parametrize("text", ["Herons", "0x12=Herons", f"{OWNER}=", f"{OWNER}@x=Herons", f"{OWNER}@-1=Herons"])
def test_naming_a_contract(running_site: RunningSite, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An operator who names no contract is told how to."""
    command = ["serve", str(running_site.workspace.folder), "--rpc", running_site.node.url, "--no-relay"]
    with pytest.raises(SystemExit) as ended:
        main([*command, "--tokens", text])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "--tokens" in said or "account address" in said
