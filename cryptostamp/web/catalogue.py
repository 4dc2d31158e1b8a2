"""The series that this site serves, and what is known of each: its dossier, its ledger, its chain.

A dossier is read once, when the server starts; the ledger and the chain are asked again and again. The chain may be
down at any time, also when the server starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptostamp.chain import BlockReader, RememberingReader, host_of
from cryptostamp.codes import PublicCode
from cryptostamp.edition import Dossier
from cryptostamp.errors import InputError
from cryptostamp.ledger import Ledger
from cryptostamp.office import Workspace, resolve_code
from cryptostamp.office.metadata import picture_name
from cryptostamp.office.verify import trust_in
from cryptostamp.primitives import Address, ChainId, Serial
from cryptostamp.scan import Trust
from cryptostamp.web.settings import Settings

__all__ = ["Catalogue", "ServedSeries", "path_of"]


def path_of(code: PublicCode) -> str:
    """Return the path of the page of a stamp, exactly as its QR has it."""
    return code.text[code.text.index("/", len("https://")) :]


@dataclass(frozen=True, slots=True)
class ServedSeries:
    """One issued series."""

    workspace: Workspace
    dossier: Dossier
    ledger: Ledger

    @property
    def id(self) -> str:
        """The short name of the series, such as LEAP."""
        return self.dossier.series.id

    @property
    def contract(self) -> Address:
        """Where its tokens are."""
        return self.dossier.deployment.contract

    def design_index(self, serial: Serial) -> int:
        """Return which design a stamp has: serials take them in turn."""
        return (serial - 1) % len(self.dossier.series.designs)

    def variant_index(self, serial: Serial) -> int:
        """Return which variant a stamp has."""
        return self.dossier.edition.variant_index(serial)

    def picture_of(self, design: int, variant: int) -> str | None:
        """Return the name of the picture of a design and variant, `None` if the series was issued without."""
        facts = self.dossier.series
        name = picture_name(facts.designs[design].key, facts.variants[variant].key)
        return name if name in self.dossier.files else None

    def path_of(self, serial: Serial, site: str) -> str:
        """Return the path of a stamp's page."""
        return path_of(self.code_of(serial, site))

    def code_of(self, serial: Serial, site: str) -> PublicCode:
        """Return the public code of a stamp as this site answers for it."""
        place = self.dossier.deployment
        return PublicCode.make(
            host=site,
            chain_id=place.chain_id,
            contract=place.contract,
            serial=serial,
            claim_key=self.dossier.edition.claim_key(serial),
        )


class Catalogue:
    """All series of this site. Make it with `Catalogue.open`, and close it."""

    def __init__(self, series: Iterable[ServedSeries], settings: Settings) -> None:
        self._series = {each.id: each for each in series}
        first = next(iter(self._series.values())).dossier
        self.site = settings.site or first.series.issuer.domain
        self.chain_id: ChainId = first.deployment.chain_id
        self.trust: Trust = trust_in(each.dossier for each in self)
        self.nodes = tuple(host_of(url) for url in settings.rpc)
        """The hosts that are asked, with their ports: for whoever runs the site, not for its visitors."""
        self.reader = RememberingReader(
            settings.rpc,
            chain_id=first.deployment.chain_id,
            genesis_hash=first.deployment.genesis_hash,
            fresh_s=settings.fresh_s,
        )

    @classmethod
    def open(cls, settings: Settings) -> Catalogue:
        """Read the dossiers and open the ledgers; `InputError` for folders that one site cannot serve together."""
        found: list[ServedSeries] = []
        for folder in settings.folders:
            workspace = Workspace(folder)
            dossier = workspace.dossier()
            if any(each.id == dossier.series.id for each in found):
                raise InputError(f"Two of the folders hold a series {dossier.series.id}.", where=str(folder))
            if found and found[0].dossier.deployment.genesis_hash != dossier.deployment.genesis_hash:
                raise InputError(
                    f"The series {dossier.series.id} is on another chain than {found[0].id}.",
                    where=str(folder),
                    remedy="Serve the series of one chain together, and others with another server.",
                )
            found.append(ServedSeries(workspace, dossier, workspace.ledger()))
        if not found:
            raise InputError("There is no series to serve.", remedy="Name the folder of an issued series.")
        return cls(found, settings)

    def close(self) -> None:
        """Close the ledgers."""
        for each in self:
            each.ledger.close()

    def __iter__(self) -> Iterator[ServedSeries]:
        return iter(self._series.values())

    def find(self, series_id: str) -> ServedSeries | None:
        """Return a series by its short name, in any letter case."""
        return self._series.get(series_id.upper())

    def of_contract(self, chain_id: ChainId, contract: Address) -> ServedSeries | None:
        """Return the series whose tokens a contract holds."""
        return next((each for each in self if each.contract == contract and self.chain_id == chain_id), None)

    def of_claim_key(self, claim_key: Address) -> tuple[ServedSeries, Serial] | None:
        """Return the stamp that a claim key belongs to."""
        for each in self:
            index = each.dossier.edition.claim_keys.find(claim_key)
            if index is not None:
                return each, Serial(index + 1)
        return None

    def resolve(self, text: str) -> str:
        """Return the public code that a typed text stands for; raise `CodeFormatError` with what is wrong with it."""
        return resolve_code(text, [each.dossier for each in self]).text

    def block(self) -> BlockReader:
        """Return the chain at its newest block; raise `NodeUnreachable` while it cannot be asked."""
        return self.reader.newest()
