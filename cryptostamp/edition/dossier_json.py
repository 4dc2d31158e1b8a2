"""dossier.json: the facts of a dossier as text, in one canonical form.

UTF-8 JSON (RFC 8259), keys sorted, two spaces, one line feed at the end; numbers that are money or
lengths are strings, hashes are ``0x`` and 64 digits in lower case. What differs from the canonical
form by a byte is refused, so that equal facts have equal hashes.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cryptostamp.content import parse_cid
from cryptostamp.edition.claim_key_list import ClaimKeyList
from cryptostamp.edition.dossier import (
    FACTS_NAME,
    Deployment,
    DesignFacts,
    Dossier,
    FileFacts,
    SeriesFacts,
    TemplateFacts,
)
from cryptostamp.edition.edition import Edition
from cryptostamp.errors import InputError
from cryptostamp.primitives import MAX_EDITION, Address, ChainId, Hash32, parse_address
from cryptostamp.series.models import Issuer, Money, StampFormat, Variant

__all__ = ["parse_facts", "write_facts"]

_FORMAT: Final = "cryptostamp dossier 1"

_Hash = Annotated[str, Field(pattern=r"^0x[0-9a-f]{64}$")]
_Account = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]
_Amount = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
_Text = Annotated[str, Field(max_length=2000)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Issuer(_Model):
    name: _Text
    country: _Text
    country_name: _Text
    domain: _Text


class _FaceValue(_Model):
    amount: _Amount
    currency: _Text


class _Stamp(_Model):
    width_mm: _Amount
    height_mm: _Amount


class _Design(_Model):
    key: _Text
    title: _Text
    artwork: _Text
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _File(_Model):
    name: _Text
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Template(_File):
    pictures: Annotated[list[_File], Field(max_length=255)]


class _Variant(_Model):
    key: _Text
    name: _Text
    colour: _Text
    count: Annotated[int, Field(ge=1, le=MAX_EDITION)]


class _Series(_Model):
    id: _Text
    title: _Text
    description: _Text
    year: int
    face_value: _FaceValue
    tariff: _Text
    issuer: _Issuer
    stamp: _Stamp
    designs: Annotated[list[_Design], Field(min_length=1, max_length=255)]
    variants: Annotated[list[_Variant], Field(min_length=1, max_length=255)]
    template: _Template | None = None


class _Edition(_Model):
    size: Annotated[int, Field(ge=1, le=MAX_EDITION)]
    root: _Hash
    seed: _Hash
    seed_commitment: _Hash


class _Chain(_Model):
    chain_id: Annotated[int, Field(ge=1)]
    genesis_hash: _Hash
    contract: _Account
    registry: _Account
    transaction: _Hash


class _Facts(_Model):
    format: Literal["cryptostamp dossier 1"]
    series: _Series
    edition: _Edition
    chain: _Chain
    metadata_root: _Text | None = None


def write_facts(dossier: Dossier) -> bytes:
    """Return the bytes of dossier.json."""
    series, edition, deployment = dossier.series, dossier.edition, dossier.deployment
    facts = _Facts(
        format=_FORMAT,
        series=_Series(
            id=series.id,
            title=series.title,
            description=series.description,
            year=series.year,
            face_value=_FaceValue(amount=_plain(series.face_value.amount), currency=series.face_value.currency),
            tariff=series.tariff,
            issuer=_Issuer(
                name=series.issuer.name,
                country=series.issuer.country,
                country_name=series.issuer.country_name,
                domain=series.issuer.domain,
            ),
            stamp=_Stamp(width_mm=_plain(series.stamp.width_mm), height_mm=_plain(series.stamp.height_mm)),
            designs=[
                _Design(key=design.key, title=design.title, artwork=design.artwork, sha256=design.sha256)
                for design in series.designs
            ],
            variants=[
                _Variant(key=variant.key, name=variant.name, colour=variant.colour, count=variant.count)
                for variant in series.variants
            ],
            template=None if series.template is None else _template(series.template),
        ),
        edition=_Edition(
            size=edition.size,
            root=_hex(edition.root),
            seed=_hex(edition.seed),
            seed_commitment=_hex(edition.seed_commitment),
        ),
        chain=_Chain(
            chain_id=deployment.chain_id,
            genesis_hash=_hex(deployment.genesis_hash),
            contract=deployment.contract,
            registry=deployment.registry,
            transaction=_hex(deployment.transaction),
        ),
        metadata_root=dossier.metadata_root,
    )
    return (
        json.dumps(facts.model_dump(exclude_none=True), sort_keys=True, indent=2, ensure_ascii=False) + "\n"
    ).encode()


def parse_facts(
    data: bytes, claim_keys: ClaimKeyList, files: dict[str, bytes], *, root_checked: bool = False
) -> Dossier:
    """Return the dossier with these facts, claim keys and further files.

    `root_checked` says that the root of these very facts and claim keys is known to agree. Raises `InputError` that
    names dossier.json if it is malformed, not canonical, or does not agree with itself or with the claim keys: sizes,
    counts, edition root, seed commitment.
    """
    try:
        facts = _Facts.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _refusal(f"{place or 'The file'} is not as it must be: {first['msg']}.") from error
    if facts.edition.size != len(claim_keys):
        raise _refusal(f"It speaks of {facts.edition.size} stamps, but there are {len(claim_keys)} claim keys.")
    counts = [variant.count for variant in facts.series.variants]
    if sum(counts) != facts.edition.size:
        raise _refusal(f"Its variants add up to {sum(counts)}, but the edition is {facts.edition.size}.")
    seed = Hash32(_bytes(facts.edition.seed))
    if root_checked:
        edition = Edition.of_checked(claim_keys, counts, seed, Hash32(_bytes(facts.edition.root)))
    else:
        edition = Edition.of(claim_keys, counts, seed)
    if _hex(edition.root) != facts.edition.root:
        raise _refusal("The edition root is not the one that the claim keys give.")
    if _hex(edition.seed_commitment) != facts.edition.seed_commitment:
        raise _refusal("The seed is not the one that was committed to.")
    dossier = Dossier(
        series=_series(facts.series),
        edition=edition,
        deployment=Deployment(
            chain_id=ChainId(facts.chain.chain_id),
            genesis_hash=Hash32(_bytes(facts.chain.genesis_hash)),
            contract=_account(facts.chain.contract),
            registry=_account(facts.chain.registry),
            transaction=Hash32(_bytes(facts.chain.transaction)),
        ),
        files=files,
        metadata_root=_cid(facts.metadata_root),
    )
    if write_facts(dossier) != data:
        raise _refusal("It is not written in the canonical form.")
    return dossier


def _series(facts: _Series) -> SeriesFacts:
    return SeriesFacts(
        id=facts.id,
        title=facts.title,
        description=facts.description,
        year=facts.year,
        face_value=Money(amount=Decimal(facts.face_value.amount), currency=facts.face_value.currency),
        tariff=facts.tariff,
        issuer=Issuer(**facts.issuer.model_dump()),
        stamp=StampFormat(width_mm=Decimal(facts.stamp.width_mm), height_mm=Decimal(facts.stamp.height_mm)),
        designs=tuple(DesignFacts(**design.model_dump()) for design in facts.designs),
        variants=tuple(Variant(**variant.model_dump()) for variant in facts.variants),
        template=None
        if facts.template is None
        else TemplateFacts(
            name=facts.template.name,
            sha256=facts.template.sha256,
            pictures=tuple(FileFacts(name=file.name, sha256=file.sha256) for file in facts.template.pictures),
        ),
    )


def _template(template: TemplateFacts) -> _Template:
    pictures = [_File(name=file.name, sha256=file.sha256) for file in template.pictures]
    return _Template(name=template.name, sha256=template.sha256, pictures=pictures)


def _account(text: str) -> Address:
    try:
        return parse_address(text)
    except InputError as error:
        raise _refusal(error.what) from error


def _cid(text: str | None) -> str | None:
    try:
        return None if text is None else str(parse_cid(text))
    except InputError as error:
        raise _refusal(error.what) from error


def _refusal(what: str) -> InputError:
    return InputError(what, where=FACTS_NAME, remedy="Get the dossier again from somebody who has it whole.")


def _plain(number: Decimal) -> str:
    """Return a number without an exponent."""
    return f"{number:f}"


def _hex(data: bytes) -> str:
    return f"0x{data.hex()}"


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
