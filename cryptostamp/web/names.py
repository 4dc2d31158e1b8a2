"""Names such as anna.eth as collectors give them: looked up on the chain of the series, if this site has a registry."""

from __future__ import annotations

from cryptostamp.chain import normal_name
from cryptostamp.errors import CryptostampError, Refused
from cryptostamp.primitives import Address
from cryptostamp.web.site import Site

__all__ = ["NotFound", "account_of"]


class NotFound(CryptostampError):
    """There is nothing under this name."""


def account_of(site: Site, text: str) -> tuple[str, Address]:
    """Return a name as it is written, and the account that it stands for at the newest block.

    Raises `InputError` for what is no name, `NotFound` for one that stands for nobody, `Refused` if this site looks no
    names up, `NodeUnreachable` or `CannotTell` if nobody knows now.
    """
    registry = site.settings.names
    if registry is None:
        raise Refused("This site does not look names up.", remedy="Give the address that the name stands for.")
    name = normal_name(text)
    account = site.catalogue.block().account_of(registry, name)
    if account is None:
        raise NotFound(
            "This name stands for no account here.",
            remedy="Names that are kept outside this chain, or answered for by another name, are not looked up.",
        )
    return name, account
