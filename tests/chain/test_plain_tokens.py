"""Tokens of any ERC-721 contract are found, and what a contract says of them is harmless."""

from __future__ import annotations

import base64

import pytest
from support.plain_tokens import deploy_counted, deploy_plain, mint_counted, mint_plain

from cryptostamp.chain import Chain, DevSigner, Holding, Sender, plain_tokens
from cryptostamp.chain.plain_tokens import PlainTokens
from cryptostamp.errors import CannotTell
from cryptostamp.primitives import Address, parse_address

ANNA = parse_address("0x" + "a1" * 20)
BOB = parse_address("0x" + "b0" * 20)


def holding(chain: Chain, contract: Address, owner: Address = ANNA) -> Holding:
    """What somebody has now."""
    return PlainTokens(chain, contract, block=chain.head().number).of_owner(owner)


def test_enumerable(chain: Chain, sender: Sender) -> None:
    """A contract that counts is asked for each token; more than a page holds are only counted."""
    contract = deploy_counted(sender)
    mint_counted(sender, contract, ANNA, 1, 64)
    mint_counted(sender, contract, BOB, 100, 2)
    assert holding(chain, contract).owned == 64
    assert len(holding(chain, contract).tokens) == 60
    assert [each.token_id for each in holding(chain, contract, BOB).tokens] == [100, 101]
    assert holding(chain, contract, parse_address("0x" + "cc" * 20)) == Holding(owned=0, tokens=())


def test_by_events(chain: Chain, sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody counts, what was passed on is not there, and what lies long ago is found."""
    contract, me = deploy_plain(sender), sender.address
    mint_plain(sender, contract, me, 7)
    mint_plain(sender, contract, me, 2**256 - 1)
    chain.rpc.request("anvil_mine", "0x12c")  # 300 blocks
    monkeypatch.setattr(plain_tokens, "_FIRST_RANGE", 40)
    mint_plain(sender, contract, ANNA, 9)
    assert [each.token_id for each in holding(chain, contract, me).tokens] == [7, 2**256 - 1]
    data = "0x23b872dd" + "".join(part.rjust(64, "0") for part in (me[2:], ANNA[2:], "7"))
    sender.send(intent="pass on", to=contract, data=bytes.fromhex(data[2:]))
    assert [each.token_id for each in holding(chain, contract, me).tokens] == [2**256 - 1]
    assert [each.token_id for each in holding(chain, contract).tokens] == [7, 9]


METADATA = [
    ('data:application/json,{"name": "Frog <b>1</b>"}', "Frog <b>1</b>"),
    ("data:application/json;base64," + base64.b64encode(b'{"name": "Frog"}').decode(), "Frog"),
    ("data:application/json;utf8,%7B%22name%22:%22Fr%C3%B6g%22%7D", "Frög"),
    ('data:application/json,{"name": "a\\u202eb\\u0000"}', "a b"),
    ('data:application/json,{"name": {"x": 1}}', ""),
    ('data:application/json,["name"]', ""),
    ("data:application/json;base64,!!!", ""),
    ("data:application/json," + "[" * 5000, ""),
    ("data:text/html,<script>", ""),
    ("https://evil.example/1.json", ""),
    ("", ""),
]
"""Where a contract says its metadata is, and what is read of a name."""


def test_metadata(chain: Chain, sender: Sender) -> None:
    """Only what lies in the contract is read, as plain text; nothing is fetched."""
    contract = deploy_plain(sender)
    for number, (uri, _) in enumerate(METADATA):
        mint_plain(sender, contract, ANNA, number, uri)
    found = {METADATA[each.token_id][0]: each.name for each in holding(chain, contract).tokens}
    assert found == dict(METADATA)


def test_no_such_contract(chain: Chain, sender: Sender) -> None:
    """What is no ERC-721 contract is said to be none."""
    for address in (ANNA, DevSigner(1).address):
        with pytest.raises(CannotTell, match="no ERC-721"):
            holding(chain, address)
