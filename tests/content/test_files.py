"""Files become the blocks that IPFS makes of them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from support.ipfs_tools import ask

from cryptostamp.content import Cid, Node, add_bytes, add_file
from cryptostamp.content.files import CHUNK_BYTES, MOST_LINKS

SIZES = (0, 1, 700, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, (MOST_LINKS + 2) * CHUNK_BYTES + 5)
"""The last one needs two levels of nodes, and its second node has three parts."""


def patterned(size: int) -> bytes:
    """Return what reference.js makes of a size."""
    index = np.arange(size, dtype=np.uint64)
    return (((index * index + 7 * index) >> np.uint64(8)) & np.uint64(255)).astype(np.uint8).tobytes()


def ignore(_cid: Cid, _block: bytes) -> None:
    """Keep no block."""


class TestAgainstAnotherImplementation:
    def test_cid_and_size_of_files_of_all_shapes(self) -> None:
        """Empty, of one chunk, at the edges of a chunk, and of more chunks than one node links to."""
        answers = ask("files", [{"bytes": size} for size in SIZES])
        for size, answer in zip(SIZES, answers, strict=True):
            node = add_bytes(patterned(size), ignore)
            assert (str(node.cid), node.size) == (answer["cid"], answer["size"]), size


class TestBlocks:
    def test_a_stream_gives_what_its_bytes_give(self) -> None:
        """Whether a file comes as bytes or as a stream makes no difference."""
        data = patterned(2 * CHUNK_BYTES + 3)
        assert add_file(io.BytesIO(data), ignore) == add_bytes(data, ignore)
        assert add_file(io.BytesIO(), ignore) == add_bytes(b"", ignore)

    def test_a_stream_is_taken_from_where_it_stands(self) -> None:
        """What has been read of a stream already is not part of the file."""
        stream = io.BytesIO(b"headrest")
        stream.seek(4)
        assert add_file(stream, ignore) == add_bytes(b"rest", ignore)

    def test_parents_follow_their_children(self) -> None:
        """Each block is handed on once, under its own hash, and the root last."""
        blocks: list[tuple[Cid, bytes]] = []
        root = add_bytes(patterned(2 * CHUNK_BYTES), lambda *block: blocks.append(block))
        assert [len(block) for _, block in blocks[:2]] == [CHUNK_BYTES, CHUNK_BYTES]
        assert blocks[-1][0] == root.cid
        assert all(Cid.of(cid.codec, block) == cid for cid, block in blocks)
        assert root == Node(root.cid, sum(len(block) for _, block in blocks))

    @pytest.mark.parametrize("place", [0, CHUNK_BYTES - 1, CHUNK_BYTES, 3 * CHUNK_BYTES - 1])
    def test_a_changed_byte_changes_the_root(self, place: int) -> None:
        """No byte of a file is left out of its CID."""
        data = bytearray(patterned(3 * CHUNK_BYTES))
        before = add_bytes(bytes(data), ignore)
        data[place] ^= 1
        assert add_bytes(bytes(data), ignore).cid != before.cid
