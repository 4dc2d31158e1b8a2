"""Verify what a collector holds up: a photo of stamps, or a code typed from one.

It joins reading, judging and the chain. Nothing is looked up on anybody's web site, and nothing is
believed that the caller did not hand in: dossiers, and the registry of a chain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from cryptostamp.chain import ChainReader
from cryptostamp.codes import Kind, PublicCode, classify, parse_public_code, parse_short_code
from cryptostamp.edition import Dossier
from cryptostamp.errors import CodeFormatError, InputError, NodeUnreachable
from cryptostamp.office.known_edition import known_edition
from cryptostamp.primitives import Address, Hash32, Serial
from cryptostamp.scan import ChainSource, Trust, Verdict, read_photo, verify_code, verify_nothing

__all__ = ["DossierEdition", "resolve_code", "trust_in", "verify"]

_HIDDEN_CODE = (
    "This picture shows a hidden code. Whoever sees it can take the token: "
    "do not send the picture to anybody, and photograph the face of the stamp instead."
)


_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".pdf"})
_LONGEST_PATH = 1024


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


def trust_in(dossiers: Iterable[Dossier]) -> Trust:
    """Return the trust of somebody who holds these dossiers, and believes the registries that they name."""
    held = tuple(dossiers)
    return Trust(
        registries={dossier.deployment.chain_id: dossier.deployment.registry for dossier in held},
        editions={
            (dossier.deployment.chain_id, dossier.deployment.contract): DossierEdition(dossier) for dossier in held
        },
    )


def verify(
    target: str, *, dossiers: Iterable[Dossier], rpc: str, registry: Address | None = None
) -> tuple[Verdict, ...]:
    """Return a verdict for every code in a picture file, or for one code that was typed.

    `target` is the path of a JPEG, PNG, WebP, HEIC or PDF file, a public code or a short code. `registry` is
    believed instead of the ones the dossiers name. A node that cannot be reached makes verdicts
    unknown. Raises `InputError` for a file that is not there and for a hidden code, which is
    nobody's business here.
    """
    held = tuple(dossiers)
    source = ChainReader(rpc)
    trust = trust_in(held)
    if registry is not None:
        try:
            chain_id = source.chain_id()
        except NodeUnreachable:
            pass  # the verdict will say so
        else:
            trust = replace(trust, registries={chain_id: registry})
    if _names_a_file(target):
        reading = read_photo(Path(target), [known_edition(dossier) for dossier in held])
        if reading.problem:
            return (verify_nothing(reading.problem),)
        return tuple(_verdict(symbol.text, trust, source) for symbol in reading.symbols)
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


def resolve_code(text: str, dossiers: Iterable[Dossier]) -> PublicCode:
    """Return the public code that a text stands for: itself, or what a short code abbreviates.

    Raises `CodeFormatError` if it is neither, or if no dossier at hand has the series of the short code.
    """
    if classify(text) is not Kind.SHORT:
        return parse_public_code(text)
    short = parse_short_code(text)
    for dossier in dossiers:
        place = dossier.deployment
        if dossier.series.id == short.series_id and short.agrees_with(place.contract):
            return PublicCode(
                host=dossier.series.issuer.domain,
                chain_id=place.chain_id,
                contract=place.contract,
                serial=short.serial,
                tag=short.tag,
            )
    raise CodeFormatError(
        f"The short code is mistyped, or it is of a series {short.series_id} whose dossier is not at hand.",
        remedy="Compare it with the stamp, letter by letter, or scan the QR code instead.",
    )


def _names_a_file(target: str) -> bool:
    """Tell a file from a code: a code never ends in the suffix of a picture."""
    return Path(target).suffix.lower() in _PICTURES or (len(target) < _LONGEST_PATH and Path(target).is_file())


def _verdict(text: str, trust: Trust, source: ChainSource) -> Verdict:
    if classify(text) is Kind.CLAIM:
        return verify_nothing(_HIDDEN_CODE)
    return verify_code(text, trust=trust, source=source)
