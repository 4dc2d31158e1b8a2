"""Archives of blocks: a file that any IPFS node or pinning service imports as exactly the folder it was made of.

CAR version 1 (https://ipld.io/specs/transport/car/carv1/): a header that names the root, then block after
block, each behind its length and CID. Written as a stream: nothing is kept but the count. A block that comes
twice is written twice, which the format allows; the root is known before the first block.
"""

from __future__ import annotations

from typing import BinaryIO, Final

from cryptostamp.content.cid import CID_BYTES, Cid
from cryptostamp.content.dag_pb import varint

__all__ = ["CarWriter"]

_ROOTS: Final = b"\xa2\x65roots\x81\xd8\x2a\x58\x25\x00"  # DAG-CBOR: {"roots": [CID], with its leading zero byte …
_VERSION: Final = b"\x67version\x01"  # … "version": 1}


class CarWriter:
    """Writes blocks into a stream as they come; `CarWriter(stream, root).put` is what `Folder.finish` takes."""

    def __init__(self, stream: BinaryIO, root: Cid) -> None:
        self._stream = stream
        self.blocks = 0
        """How many blocks have been written."""
        header = _ROOTS + bytes(root) + _VERSION
        stream.write(varint(len(header)) + header)

    def put(self, cid: Cid, block: bytes) -> None:
        """Write one block."""
        self._stream.write(b"".join((varint(CID_BYTES + len(block)), bytes(cid), block)))
        self.blocks += 1
