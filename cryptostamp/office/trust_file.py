"""The trust file: whom a verifier believes, in TOML, stated by the verifier and shipped by nobody.

::

    [[registry]]
    chain = 8453
    address = "0x…"

    [[issuer]]                       # believed without a network
    name = "Lilypond Post"
    domain = "lilypond.example"
    accounts = ["0x…"]

    [[contract]]                     # believed without a registry
    chain = 8453
    address = "0x…"
    post = "Lilypond Post"

    [[chain]]
    id = 8453
    stale_after_minutes = 60         # 0 for a chain that makes blocks only when asked
"""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from cryptostamp.codes import check_host
from cryptostamp.errors import InputError
from cryptostamp.primitives import ChainId, parse_address
from cryptostamp.scan import ChainTerms, Issuer, Trust

__all__ = ["load_trust"]

_LARGEST_FILE = 1_000_000


def _refusing(text: str) -> str:
    try:
        return parse_address(text)
    except InputError as error:
        raise ValueError(error.what) from error


def _host(text: str) -> str:
    try:
        return check_host(text)
    except InputError as error:
        raise ValueError(error.what) from error


_Account = Annotated[str, AfterValidator(_refusing)]
_Chain = Annotated[int, Field(ge=1, lt=1 << 63)]
_Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _RegistryEntry(_Strict):
    chain: _Chain
    address: _Account


class _IssuerEntry(_Strict):
    name: _Name
    domain: Annotated[str, AfterValidator(_host)]
    accounts: Annotated[list[_Account], Field(min_length=1)]


class _ContractEntry(_Strict):
    chain: _Chain
    address: _Account
    post: _Name


class _ChainEntry(_Strict):
    id: _Chain
    stale_after_minutes: Annotated[int, Field(ge=0, le=1_000_000)]


class _File(_Strict):
    registry: list[_RegistryEntry] = []
    issuer: list[_IssuerEntry] = []
    contract: list[_ContractEntry] = []
    chain: list[_ChainEntry] = []


def load_trust(path: Path) -> Trust:
    """Return the trust that a file states; raise `InputError` with the entry that is wrong."""
    try:
        with path.open("rb") as file:
            content = tomllib.loads(file.read(_LARGEST_FILE).decode("utf-8"))
        stated = _File.model_validate(content)
    except OSError as error:
        raise InputError(f"The trust file cannot be read: {error.strerror}.", where=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"The trust file is wrong at {place}: {first['msg']}.", where=str(path)) from error
    except (ValueError, RecursionError) as error:  # TOML, UTF-8
        raise InputError(f"The trust file is not TOML: {error}.", where=str(path)) from error
    if len({each.chain for each in stated.registry}) != len(stated.registry):
        raise InputError("The trust file names two registries of one chain.", where=str(path))
    return Trust(
        registries={ChainId(each.chain): parse_address(each.address) for each in stated.registry},
        issuers=tuple(
            Issuer(
                name=each.name,
                domain=each.domain,
                accounts=frozenset(parse_address(account) for account in each.accounts),
            )
            for each in stated.issuer
        ),
        contracts={(ChainId(each.chain), parse_address(each.address)): each.post for each in stated.contract},
        chains={
            ChainId(each.id): ChainTerms(stale_after=timedelta(minutes=each.stale_after_minutes) or None)
            for each in stated.chain
        },
    )
