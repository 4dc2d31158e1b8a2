"""Folders become the blocks that IPFS makes of them, small ones and sharded ones."""

from __future__ import annotations

import base64
import random

import mmh3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.ipfs_tools import ask

from cryptostamp.content import SHARDED_ABOVE_BYTES, Cid, Folder, Node, add_bytes
from cryptostamp.errors import InputError

ODD_NAMES = ["a", "B", "b", "ä", "a.json", "10", "9", " ", "日本", "🐸", "%2e", "..a", "a b"]
EDGE = next(n for n in range(5000, 6000) if sum(41 + len(str(i)) for i in range(1, n + 1)) > SHARDED_ABOVE_BYTES)
"""The smallest number of files "1.json", "2.json" … that needs shards."""

ALIKE = ("253742.json", "3099237.json")
"""Of all serials of the largest edition, those whose hashes agree for longest: 51 bits of 64. No two are the same."""


def ignore(_cid: Cid, _block: bytes) -> None:
    """Keep no block."""


def folder_of(files: dict[str, bytes]) -> Node:
    folder = Folder()
    for name, data in files.items():
        folder.add(name, add_bytes(data, ignore))
    return folder.finish(ignore)


def numbered(count: int) -> dict[str, bytes]:
    return {f"{number}.json": f"stamp {number}".encode() for number in range(1, count + 1)}


class TestAgainstAnotherImplementation:
    def test_folders_of_all_sizes(self) -> None:
        """CID and size agree, up to the edge between one block and many, just above it, and far above."""
        counts = (1, 2, 255, 256, 257, EDGE - 1, EDGE, 10_000)
        for count, answer in zip(counts, ask("folders", [{"numbered": count} for count in counts]), strict=True):
            node = folder_of(numbered(count))
            assert (str(node.cid), node.size) == (answer["cid"], answer["size"]), count

    def test_odd_names(self) -> None:
        """Names of any script and with blanks are sorted by their bytes and kept as they are."""
        contents = [base64.b64encode(name.encode()).decode() for name in ODD_NAMES]
        small, large = ask(
            "folders",
            [{"names": ODD_NAMES, "contents": contents}, {"names": ODD_NAMES, "contents": contents, "numbered": EDGE}],
        )
        odd = {name: name.encode() for name in ODD_NAMES}
        assert str(folder_of(odd).cid) == small["cid"]
        assert str(folder_of(odd | numbered(EDGE)).cid) == large["cid"]

    def test_hashes_that_agree_for_long(self) -> None:
        """The two serials whose names agree for longest lie seven shards deep."""
        asked = {"names": list(ALIKE), "contents": ["", ""], "numbered": EDGE}
        node = folder_of(dict.fromkeys(ALIKE, b"") | numbered(EDGE))
        assert str(node.cid) == ask("folders", [asked])[0]["cid"]


class TestShards:
    def test_one_block_as_long_as_it_fits(self) -> None:
        """Names and CIDs of 256 KiB in all are one block; one more byte, and there are shards."""
        folder, node = Folder(), add_bytes(b"", ignore)
        for number in range(4096):
            folder.add(f"{number:028d}", node)
        blocks: list[bytes] = []
        folder.finish(lambda _cid, block: blocks.append(block))
        assert (folder.is_sharded, len(blocks)) == (False, 1)
        folder.add("x", node)
        folder.finish(lambda _cid, block: blocks.append(block))
        assert (folder.is_sharded, len(blocks) > 256) == (True, True)

    @given(st.randoms(use_true_random=False), st.sampled_from([3, 300]))
    def test_the_order_of_adding_does_not_matter(self, order: random.Random, count: int) -> None:
        """What lies in a folder decides its CID, and nothing else."""
        files = list(numbered(count).items())
        before = folder_of(dict(files))
        order.shuffle(files)
        assert folder_of(dict(files)) == before

    def test_nor_in_a_sharded_folder(self) -> None:
        """The same of a folder that needs shards."""
        files = numbered(EDGE)
        assert folder_of(dict(reversed(files.items()))) == folder_of(files)

    @pytest.mark.parametrize("count", [10, EDGE])
    def test_a_changed_byte_changes_the_root(self, count: int) -> None:
        """Whichever file is changed, renamed or left out, the folder is another one."""
        files = numbered(count)
        before = folder_of(files).cid
        assert folder_of(files | {"7.json": b"stamp 8"}).cid != before
        assert folder_of({name: data for name, data in files.items() if name != "7.json"}).cid != before
        renamed = {("seven.json" if name == "7.json" else name): data for name, data in files.items()}
        assert folder_of(renamed).cid != before


class TestRefusals:
    @pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/", "a\0b"])
    def test_names_that_no_path_can_have(self, name: str) -> None:
        """A name that would lead somewhere else is refused."""
        with pytest.raises(InputError, match="not a name that a file in a folder may have"):
            Folder().add(name, add_bytes(b"", ignore))

    @pytest.mark.parametrize("count", [10, EDGE])
    def test_a_name_that_is_there_twice(self, count: int) -> None:
        """Two files of one name are refused by that name, in small folders and in sharded ones."""
        folder = Folder()
        for name, data in [*numbered(count).items(), ("7.json", b"another")]:
            folder.add(name, add_bytes(data, ignore))
        with pytest.raises(InputError, match=r"'7\.json' is in the folder twice"):
            folder.finish(ignore)

    def test_names_of_one_hash(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Two names that no level of the trie tells apart are refused, as kubo does."""
        real = mmh3.hash64
        monkeypatch.setattr(mmh3, "hash64", lambda name, **how: real(name.replace(b"twin", b"1"), **how))
        with pytest.raises(InputError, match=r"'1\.json' and 'twin\.json' have the same hash"):
            folder_of(numbered(EDGE) | {"twin.json": b""})
