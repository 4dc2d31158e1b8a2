"""ERC-721 contracts as other posts may have made them, on OpenZeppelin's, deployed on a local chain."""

from __future__ import annotations

from cryptostamp.chain import Sender
from cryptostamp.primitives import Address
from support.solidity import compiled, deploy_compiled

__all__ = ["deploy_counted", "deploy_plain", "mint_counted", "mint_plain"]

_FILE = "PlainTokens.sol"


def deploy_plain(sender: Sender) -> Address:
    """Deploy a contract that does not count the tokens of an owner."""
    return deploy_compiled(sender, compiled(_FILE)["PlainTokens"])


def deploy_counted(sender: Sender) -> Address:
    """Deploy a contract that does."""
    return deploy_compiled(sender, compiled(_FILE)["CountedTokens"])


def mint_plain(sender: Sender, contract: Address, to: Address, token_id: int, uri: str = "") -> None:
    """Make one token, with its metadata's address."""
    data = compiled(_FILE)["PlainTokens"][0].encode_call("mint", to, token_id, uri)
    sender.send(intent=f"mint {token_id} {uri[:40]} {to}", to=contract, data=data)


def mint_counted(sender: Sender, contract: Address, to: Address, first: int, count: int) -> None:
    """Make tokens with numbers that follow each other."""
    data = compiled(_FILE)["CountedTokens"][0].encode_call("mint", to, first, count)
    sender.send(intent=f"mint {first} {count}", to=contract, data=data)
