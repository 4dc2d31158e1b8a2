"""The public codes of an edition and the form of their symbols: one version and one mask for all its stamps.

Both follow from the dossier alone, so that whoever prints a stamp, draws its picture or compares a scan with it gets
the same modules, today and in fifty years. The version is that of the longest code. The mask is the one with the
fewest penalty points (ISO/IEC 18004, 7.8.3) over a sample that is fixed here and must never change: at most a
hundred serials, spread evenly. Hidden codes have no part in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from cryptostamp.codes import PublicCode, PublicCodes, QrSymbol, best_mask, public_symbol
from cryptostamp.edition.dossier import Dossier
from cryptostamp.primitives import Address, ChainId, Serial

__all__ = ["SymbolForm", "face_code", "face_codes", "face_symbol", "symbol_form"]

_SAMPLE: Final = 100
_ADDRESS_BYTES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolForm:
    """What the symbols of all faces of an edition have in common."""

    version: int
    """1..40."""
    mask: int
    """0..7."""


def face_code(dossier: Dossier, serial: Serial) -> PublicCode:
    """Return the public code of one stamp."""
    return PublicCode.make(
        host=dossier.series.issuer.domain,
        chain_id=dossier.deployment.chain_id,
        contract=dossier.deployment.contract,
        serial=serial,
        claim_key=dossier.edition.claim_key(serial),
    )


def face_codes(dossier: Dossier, serials: range, tags: bytes | None = None) -> PublicCodes:
    """Return the public codes of many stamps, in the order of `serials`; all must belong to the edition.

    `tags` are those of these very stamps, 8 bytes each, if somebody has computed them already.
    """
    numbers = np.arange(serials.start, serials.stop, serials.step, dtype=np.int64)
    host, deployment, keys = dossier.series.issuer.domain, dossier.deployment, dossier.edition.claim_keys
    if tags is not None:
        known = np.frombuffer(tags, dtype=np.uint64)
        return PublicCodes(
            host=host, chain_id=deployment.chain_id, contract=deployment.contract, serials=numbers, tags=known
        )
    return PublicCodes.make(
        host=host,
        chain_id=deployment.chain_id,
        contract=deployment.contract,
        serials=numbers,
        claim_keys=keys.raw[_ADDRESS_BYTES * (serials.start - 1) : _ADDRESS_BYTES * (serials.stop - 1)]
        if serials.step == 1
        else b"".join(keys.raw_at(serial - 1) for serial in serials),
    )


def face_symbol(dossier: Dossier, serial: Serial) -> QrSymbol:
    """Return the symbol on the face of one stamp, as it is printed."""
    form = symbol_form(dossier)
    return public_symbol(face_code(dossier, serial), mask=form.mask, least_version=form.version)


def symbol_form(dossier: Dossier) -> SymbolForm:
    """Return version and mask of the symbols of an edition."""
    keys, deployment = dossier.edition.claim_keys, dossier.deployment
    size = len(keys)
    count = min(size, _SAMPLE)
    serials = tuple(1 + number * size // count for number in range(count))
    sample = b"".join(keys.raw_at(serial - 1) for serial in serials)
    return _form(dossier.series.issuer.domain, deployment.chain_id, deployment.contract, size, serials, sample)


@lru_cache(maxsize=16)
def _form(
    host: str, chain_id: ChainId, contract: Address, size: int, serials: tuple[int, ...], claim_keys: bytes
) -> SymbolForm:
    longest = PublicCode(host=host, chain_id=chain_id, contract=contract, serial=Serial(size), tag="Z" * 8)
    version = public_symbol(longest).version
    codes = PublicCodes.make(
        host=host,
        chain_id=chain_id,
        contract=contract,
        serials=np.array(serials, dtype=np.int64),
        claim_keys=claim_keys,
    )
    return SymbolForm(version=version, mask=best_mask(codes, least_version=version))
