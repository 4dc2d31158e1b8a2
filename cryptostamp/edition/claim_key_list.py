"""The addresses of all claim keys of an edition, serial by serial, in 20 bytes each.

An edition has up to 16 million of them: as text they would fill two gigabytes of memory. Public data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, overload

from eth_utils.address import to_checksum_address

from cryptostamp.errors import InputError
from cryptostamp.primitives import Address

__all__ = ["ClaimKeyList"]

_ADDRESS_BYTES: Final = 20


class ClaimKeyList(Sequence[Address]):
    """An immutable sequence of addresses; the claim key of serial n stands at index n - 1."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        if len(raw) % _ADDRESS_BYTES:
            raise InputError("A list of claim keys has 20 bytes for each stamp.")
        self._raw = bytes(raw)

    @classmethod
    def of(cls, addresses: Iterable[Address]) -> ClaimKeyList:
        """Return the list of these addresses."""
        if isinstance(addresses, ClaimKeyList):
            return cls(addresses.raw)
        return cls(b"".join(bytes.fromhex(address[2:]) for address in addresses))

    @property
    def raw(self) -> bytes:
        """All addresses, 20 bytes each."""
        return self._raw

    def raw_at(self, index: int) -> bytes:
        """Return the 20 bytes at `index`, which is not negative."""
        return self._raw[_ADDRESS_BYTES * index : _ADDRESS_BYTES * (index + 1)]

    def __len__(self) -> int:
        return len(self._raw) // _ADDRESS_BYTES

    @overload
    def __getitem__(self, index: int) -> Address: ...

    @overload
    def __getitem__(self, index: slice) -> ClaimKeyList: ...

    def __getitem__(self, index: int | slice) -> Address | ClaimKeyList:
        chosen = range(len(self))[index]
        if isinstance(chosen, range):
            return ClaimKeyList(b"".join(map(self.raw_at, chosen)))
        return Address(to_checksum_address(self.raw_at(chosen)))

    def find(self, address: Address) -> int | None:
        """Return the index of an address, `None` if it is not here; quick, however long the list is."""
        wanted, at = bytes.fromhex(address[2:]), -1
        while (at := self._raw.find(wanted, at + 1)) >= 0:
            if at % _ADDRESS_BYTES == 0:
                return at // _ADDRESS_BYTES
        return None

    def __eq__(self, other: object) -> bool:
        return self._raw == other._raw if isinstance(other, ClaimKeyList) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._raw)

    def __repr__(self) -> str:
        return f"<ClaimKeyList of {len(self)}>"
