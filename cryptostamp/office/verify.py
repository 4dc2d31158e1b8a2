"""Verify what a collector holds up: a photo of stamps, or a code typed from one.

It joins reading, judging and the chain. Nothing is looked up on anybody's web site, and nothing is
believed that the caller did not hand in: dossiers, and the registry of a chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptostamp.chain import LOCAL_CHAIN_IDS, Chain, ChainReader, moves_of
from cryptostamp.codes import Kind, PublicCode, ShortCode, classify, parse_public_code, parse_short_code
from cryptostamp.edition import Dossier, face_code
from cryptostamp.errors import CannotTell, CodeFormatError, InputError, NodeUnreachable
from cryptostamp.office.known_edition import known_edition
from cryptostamp.primitives import Address, ChainId, Hash32, Serial
from cryptostamp.scan import (
    ChainSource,
    ChainTerms,
    ComparedNodes,
    MoveView,
    Place,
    Trust,
    Verdict,
    read_photo,
    verify_code,
    verify_codes,
    verify_nothing,
)

__all__ = ["DossierEdition", "judge_texts", "resolve_code", "source_at", "trust_in", "verify", "with_moves"]

_HIDDEN_CODE = (
    "This picture shows a hidden code. Whoever sees it can take the token: "
    "do not send the picture to anybody, and photograph the face of the stamp instead."
)


_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".pdf"})
_LONGEST_PATH = 1024
_LEFT_CUSTODY = frozenset({"claimed", "delivered"})
_FEW = 3
"""Of the eight characters of a tag: a tag of another stamp differs in nearly all."""


@dataclass(frozen=True, slots=True)
class DossierEdition:
    """A dossier as what a verdict compares a code with."""

    dossier: Dossier

    @property
    def title(self) -> str:
        """The title of the series."""
        return self.dossier.series.title

    @property
    def size(self) -> int:
        """The number of stamps."""
        return self.dossier.edition.size

    @property
    def root(self) -> Hash32:
        """The edition root that follows from the published claim keys."""
        return self.dossier.edition.root

    @property
    def variant_names(self) -> tuple[str, ...]:
        """The names of the variants in the order of the contract."""
        return tuple(variant.name for variant in self.dossier.series.variants)

    def claim_key(self, serial: Serial) -> Address:
        """Return the published claim key of a stamp."""
        return self.dossier.edition.claim_key(serial)


def trust_in(dossiers: Iterable[Dossier], *, stated: Trust | None = None) -> Trust:
    """Return the trust of somebody who holds these dossiers, and believes the registries that they name.

    What is `stated` besides goes before. A local chain makes blocks only when asked, so their age does not matter.
    """
    held = tuple(dossiers)
    more = Trust() if stated is None else stated
    return replace(
        more,
        registries={
            **{dossier.deployment.chain_id: dossier.deployment.registry for dossier in held},
            **more.registries,
        },
        editions={
            **{(each.deployment.chain_id, each.deployment.contract): DossierEdition(each) for each in held},
            **more.editions,
        },
        chains={**dict.fromkeys(LOCAL_CHAIN_IDS, ChainTerms(stale_after=None)), **more.chains},
    )


def source_at(rpcs: Sequence[str], *, timeout_s: float = 10.0) -> ChainSource:
    """Return what answers at these URLs: one node, or several that are compared."""
    readers = [ChainReader(rpc, timeout_s=timeout_s) for rpc in dict.fromkeys(rpcs)]
    if len(readers) == 1:
        return readers[0]
    hosts = [reader.host for reader in readers]
    return ComparedNodes(
        {
            host if hosts.count(host) == 1 else f"{host} ({number})": reader
            for number, (host, reader) in enumerate(zip(hosts, readers, strict=True), 1)
        }
    )


def verify(
    target: str,
    *,
    dossiers: Iterable[Dossier],
    rpc: str | Sequence[str],
    registry: Address | None = None,
    trust: Trust | None = None,
) -> tuple[Verdict, ...]:
    """Return a verdict for every code in a picture file, or for one code that was typed.

    `target` is the path of a JPEG, PNG, WebP, HEIC or PDF file, a public code or a short code. `rpc` is the URL of a
    node, or of several, which are compared. `registry` is believed instead of the ones the dossiers name, and `trust`
    states whatever else the verifier believes. A node that cannot be reached makes verdicts unknown. Raises
    `InputError` for a file that is not there and for a hidden code, which is nobody's business here.
    """
    held = tuple(dossiers)
    rpcs = [rpc] if isinstance(rpc, str) else list(rpc)
    source = source_at(rpcs)
    trust = trust_in(held, stated=trust)
    if registry is not None:
        trust = replace(trust, registries=_everywhere(registry, rpcs))
    if _names_a_file(target):
        reading = read_photo(Path(target), [known_edition(dossier) for dossier in held])
        if reading.problem:
            return (verify_nothing(reading.problem),)
        verdicts = judge_texts([symbol.text for symbol in reading.symbols], trust=trust, source=source)
        return tuple(
            replace(verdict, place=Place(corners=symbol.corners, page=symbol.page, error=symbol.error))
            for symbol, verdict in zip(reading.symbols, verdicts, strict=True)
        )
    if classify(target) is Kind.CLAIM:
        raise InputError(
            "This is a hidden code. It is only for claiming the token, and nobody should see it.",
            remedy="Verify the public code on the face of the stamp, or claim with: cryptostamp claim",
        )
    try:
        text = resolve_code(target, held).text
    except CodeFormatError as error:
        if classify(target) is Kind.SHORT:
            return (verify_nothing(error.what),)
        text = target  # the verdict says what is wrong with it
    return (verify_code(text, trust=trust, source=source, typed=True),)


def with_moves(verdict: Verdict, *, dossiers: Iterable[Dossier], rpc: str) -> Verdict:
    """Return a verdict that also tells how often the token went on to others, up to the block the verdict rests on.

    One node is asked, and believed. A stamp that nobody has claimed has no moves. Raises `NodeUnreachable`, and
    `CannotTell` for a node that does not search so many blocks.
    """
    code, stamp = verdict.code, verdict.stamp
    if code is None or stamp is None:
        return verdict
    if stamp.state not in _LEFT_CUSTODY:
        return replace(verdict, stamp=replace(stamp, moves=()))
    chain = Chain.connect(rpc, expected=code.chain_id)
    place = next((each.deployment for each in dossiers if each.deployment.contract == code.contract), None)
    deployed = None if place is None else chain.receipt(place.transaction)
    out_of_custody, *moves = moves_of(
        chain,
        code.contract,
        code.serial,
        first_block=0 if deployed is None else deployed.block_number,
        last_block=stamp.block_number,
    ) or (None,)
    if out_of_custody is None:
        raise CannotTell(f"The node at {chain.rpc.host} tells of no event of a token that has left the post.")
    told = (MoveView(receiver=move.receiver, at=datetime.fromtimestamp(move.timestamp, UTC)) for move in moves)
    return replace(verdict, stamp=replace(stamp, moves=tuple(told)))


def resolve_code(text: str, dossiers: Iterable[Dossier]) -> PublicCode:
    """Return the public code that a text stands for: itself, or what a short code abbreviates.

    Raises `CodeFormatError` if it is neither, or if no dossier at hand has the series of the short code.
    """
    if classify(text) is not Kind.SHORT:
        return parse_public_code(text)
    short = parse_short_code(text)
    of_series = [dossier for dossier in dossiers if dossier.series.id == short.series_id]
    for dossier in of_series:
        place = dossier.deployment
        if short.agrees_with(place.contract):
            return PublicCode(
                host=dossier.series.issuer.domain,
                chain_id=place.chain_id,
                contract=place.contract,
                serial=short.serial,
                tag=short.tag,
            )
    guess = f" {_suspect_part(short, of_series[0])}" if len(of_series) == 1 else ""
    raise CodeFormatError(
        f"The short code is mistyped, or it is of a series {short.series_id} whose dossier is not at hand.{guess}",
        remedy="Compare it with the stamp, letter by letter, or scan the QR code instead.",
    )


def _suspect_part(short: ShortCode, dossier: Dossier) -> str:
    """Say which part of a short code is mistyped, by the tag that the dossier has for its number."""
    if short.serial > dossier.edition.size:
        return f"There is no stamp no. {short.serial:,}: look at the number."
    issued = face_code(dossier, short.serial).tag
    wrong = sum(ours != theirs for ours, theirs in zip(issued, short.tag, strict=True))
    if wrong == 0:
        return "If it is, look at its last character."
    return f"If it is, look at {'the nine characters at its end' if wrong <= _FEW else 'the number'}."


def _names_a_file(target: str) -> bool:
    """Tell a file from a code: a code never ends in the suffix of a picture."""
    return Path(target).suffix.lower() in _PICTURES or (len(target) < _LONGEST_PATH and Path(target).is_file())


def judge_texts(texts: Sequence[str], *, trust: Trust, source: ChainSource) -> tuple[Verdict, ...]:
    """Return the verdict on each text that was read in a picture, in their order, with one round trip for all of them.

    A hidden code is judged by nobody: its verdict is a warning.
    """
    hidden = [classify(text) is Kind.CLAIM for text in texts]
    public = [text for text, secret in zip(texts, hidden, strict=True) if not secret]
    verdicts = iter(verify_codes(public, trust=trust, source=source))
    return tuple(verify_nothing(_HIDDEN_CODE) if secret else next(verdicts) for secret in hidden)


def _everywhere(registry: Address, rpcs: Sequence[str]) -> dict[ChainId, Address]:
    """Return the registry for each chain that is asked; none while no node answers: the verdict will say so."""
    found = {}
    for rpc in rpcs:
        try:
            found[ChainReader(rpc).chain_id()] = registry
        except NodeUnreachable:
            continue
    return found
