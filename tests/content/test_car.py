"""Archives are read back by another implementation, block for block."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from support.ipfs_tools import ask

from cryptostamp.content import CarWriter, Cid, Folder, Node, Put, add_bytes
from cryptostamp.content.files import CHUNK_BYTES

LARGE = bytes(range(256)) * 1024 + b"one more than a chunk"


def build(count: int, put: Put) -> Node:
    """Make a folder with many small files, a large one and a folder in it."""
    inner = Folder()
    inner.add("large.bin", add_bytes(LARGE, put))
    outer = Folder()
    outer.add("inner", inner.finish(put))
    for number in range(1, count + 1):
        outer.add(f"{number}.json", add_bytes(f"stamp {number}".encode(), put))
    return outer.finish(put)


class TestArchive:
    @pytest.mark.parametrize("count", [3, 6000])
    def test_another_reader_finds_everything(self, count: int, tmp_path: Path) -> None:
        """The archive has the one root, each block under its hash, and all files at their paths."""
        root = build(count, lambda _cid, _block: None)
        path = tmp_path / "folder.car"
        with path.open("wb") as stream:
            writer = CarWriter(stream, root.cid)
            assert build(count, writer.put) == root
        answer = ask("car", {"path": str(path), "read": ["3.json", "inner/large.bin"]})
        assert (answer["roots"], answer["wrong"]) == ([str(root.cid)], 0)
        assert answer["count"] == writer.blocks
        assert sorted(answer["names"]) == sorted(["inner", *(f"{number}.json" for number in range(1, count + 1))])
        assert base64.b64decode(answer["contents"]["3.json"] + "==") == b"stamp 3"
        assert base64.b64decode(answer["contents"]["inner/large.bin"] + "==") == LARGE
        assert len(LARGE) > CHUNK_BYTES

    def test_known_bytes(self, tmp_path: Path) -> None:
        """The archive of an empty file, byte by byte."""
        path = tmp_path / "empty.car"
        cid = Cid.of(0x55, b"")
        with path.open("wb") as stream:
            CarWriter(stream, cid).put(cid, b"")
        name = "01551220" + "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        header = "a265726f6f747381d82a582500" + name + "6776657273696f6e01"
        assert path.read_bytes().hex() == "3a" + header + "24" + name
