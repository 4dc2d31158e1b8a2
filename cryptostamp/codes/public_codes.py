"""The public codes of many stamps of one series: `PublicCode` and `ShortCode`, as arrays.

Rests on what `public_code` and `short_code` say of one stamp, and gives the same texts. Tags are kept as the numbers
that `tags_of` returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from cryptostamp.codes import crockford
from cryptostamp.codes.characters import (
    Characters,
    characters_of,
    crockford_of,
    decimal_of,
    mod37_36_of,
    to_ascii,
)
from cryptostamp.codes.fields import contract_text
from cryptostamp.codes.public_code import PublicCode
from cryptostamp.codes.tags import TAG_BITS, tags_of
from cryptostamp.errors import CodeFormatError
from cryptostamp.primitives import MAX_EDITION, Address, ChainId, Serial

__all__ = ["Ending", "PublicCodes"]

_TAG_LENGTH: Final = 8
_POWERS: Final = 10 ** np.arange(1, len(str(MAX_EDITION)))


@dataclass(frozen=True, slots=True)
class Ending:
    """The last characters of those codes whose serials have equally many digits."""

    places: slice | npt.NDArray[np.intp]
    """Which codes."""
    characters: Characters
    """(characters, codes): serial, separator, tag, check character."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PublicCodes:
    """Which stamps these are: host, chain and contract of their series, a serial and a tag for each.

    Cut it into parts, ``codes[start:stop]``, to work through an edition in flat memory.
    """

    host: str
    chain_id: ChainId
    contract: Address
    serials: npt.NDArray[np.int64] = field(repr=False)
    """(n,), in any order."""
    tags: npt.NDArray[np.uint64] = field(repr=False)
    """(n,), see `tags_of`."""

    def __post_init__(self) -> None:
        """Refuse fields that no code can carry."""
        PublicCode(
            host=self.host, chain_id=self.chain_id, contract=self.contract, serial=Serial(1), tag="0" * _TAG_LENGTH
        )
        if self.serials.shape != (len(self.serials),) or self.serials.shape != self.tags.shape:
            raise CodeFormatError("Each code needs one serial and one tag.")
        if self.serials.dtype != np.int64 or self.tags.dtype != np.uint64:
            raise CodeFormatError("Serials are 64-bit integers; tags are the same without a sign.")
        if len(self) and not 1 <= self.serials.min() <= self.serials.max() <= MAX_EDITION:
            raise CodeFormatError(f"A serial is not between 1 and {MAX_EDITION}.")
        if len(self) and int(self.tags.max()) >> TAG_BITS:
            raise CodeFormatError(f"A tag has more than {TAG_BITS} bits.")

    @classmethod
    def make(
        cls, *, host: str, chain_id: ChainId, contract: Address, serials: npt.NDArray[np.int64], claim_keys: bytes
    ) -> PublicCodes:
        """Return the codes of stamps (n,); the tags follow from the addresses of their claim keys, 20 bytes each."""
        tags = tags_of(chain_id=chain_id, contract=contract, serials=serials, claim_keys=claim_keys)
        return cls(host=host, chain_id=chain_id, contract=contract, serials=serials, tags=tags)

    def __len__(self) -> int:
        return len(self.serials)

    def __getitem__(self, part: slice) -> PublicCodes:
        return PublicCodes(
            host=self.host,
            chain_id=self.chain_id,
            contract=self.contract,
            serials=self.serials[part],
            tags=self.tags[part],
        )

    def code(self, index: int) -> PublicCode:
        """Return one of the codes."""
        return PublicCode(
            host=self.host,
            chain_id=self.chain_id,
            contract=self.contract,
            serial=Serial(int(self.serials[index])),
            tag=crockford.encode(int(self.tags[index]), _TAG_LENGTH),
        )

    @property
    def beginning(self) -> str:
        """What all codes begin with, up to the serial."""
        return f"https://{self.host.upper()}/S/{self.chain_id}/{contract_text(self.contract)}/"

    @property
    def longest_ending(self) -> int:
        """The number of characters of the longest ending; 0 if there are no codes."""
        return len(str(self.serials.max())) + 1 + _TAG_LENGTH + 1 if len(self) else 0

    def endings(self, separator: str = ".") -> Iterator[Ending]:
        """Yield the rest of the codes, by the number of digits of their serials; in short codes a hyphen separates."""
        contract = characters_of(contract_text(self.contract))
        for digits, places in self._by_digits():
            serial = decimal_of(self.serials[places], digits)
            tag = crockford_of(self.tags[places], _TAG_LENGTH)
            characters = np.empty((digits + 1 + _TAG_LENGTH + 1, serial.shape[1]), dtype=np.intp)
            characters[:digits] = serial
            characters[digits] = characters_of(separator)
            characters[digits + 1 : -1] = tag
            characters[-1] = mod37_36_of(contract, np.concatenate((serial, tag)))
            yield Ending(places, characters)

    def texts(self) -> npt.NDArray[np.bytes_]:
        """Return the texts (n,) in ASCII, see `PublicCode.text`."""
        return self._texts(self.beginning, ".")

    def short_texts(self, series_id: str) -> npt.NDArray[np.bytes_]:
        """Return the short codes (n,) in ASCII, see `ShortCode.text`."""
        return self._texts(f"{series_id}-", "-")

    def _texts(self, beginning: str, separator: str) -> npt.NDArray[np.bytes_]:
        endings = list(self.endings(separator))
        length = len(beginning) + self.longest_ending
        octets = np.zeros((len(self), length), dtype=np.uint8)
        octets[:, : len(beginning)] = np.frombuffer(beginning.encode("ascii"), dtype=np.uint8)
        for ending in endings:
            end = len(beginning) + len(ending.characters)
            octets[ending.places, len(beginning) : end] = to_ascii(ending.characters).T
        return octets.view(f"S{length}")[:, 0]

    def _by_digits(self) -> Iterator[tuple[int, slice | npt.NDArray[np.intp]]]:
        """Yield each number of digits that occurs, and where: a slice if these serials stand side by side."""
        if not len(self):
            return
        least, most = (len(str(int(bound))) for bound in (self.serials.min(), self.serials.max()))
        if least == most:
            yield most, slice(None)
            return
        counts = np.searchsorted(_POWERS, self.serials, side="right") + 1
        for digits in range(least, most + 1):
            places = np.flatnonzero(counts == digits)
            if len(places) and places[-1] - places[0] + 1 == len(places):
                yield digits, slice(places[0], places[-1] + 1)
            elif len(places):
                yield digits, places
