"""The gas benchmark proves what it sends, shows its figures as they are, and names what its peers leave out."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cryptostamp.errors import InputError
from cryptostamp.primitives import keccak256, parse_address

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "contracts" / "peers"
ANYBODY = parse_address("0x" + "a1" * 20)


@pytest.fixture(scope="module", autouse=True)
def scripts_on_path() -> Iterator[None]:
    sys.path.insert(0, str(ROOT / "scripts"))
    yield
    sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture
def gas() -> Any:
    return importlib.import_module("benchmarks.gas")


@pytest.fixture
def report(gas: Any) -> Any:
    """A report with one row that all designs share, and one of ours alone whose target is missed."""
    rows = [
        gas.Row(what=gas.FRESH, unit="gas", ours=90_000, peers={"A": 80_000, "B": 100_000}, target=93_500, note="n"),
        gas.Row(what=gas.HOLDER, unit="gas", ours=70_000, peers={"B": 80_000}),
        gas.Row(what="deployment", unit="gas", ours=4_000_000, peers={"A": 1_000_000}, target=3_500_000),
    ]
    return gas.Report(benchmark="gas", quick=False, rows=rows)


class TestFigures:
    def test_the_designs_stand_side_by_side(self, gas: Any, report: Any) -> None:
        """Ours comes first, each peer has a line, and a figure that a peer lacks stays empty."""
        lines = gas.markdown(report).splitlines()
        assert "| **StampSeries** | **90,000** | **70,000** |" in lines
        assert "| A | 80,000 |  |" in lines
        assert "| B | 100,000 | 80,000 |" in lines

    def test_a_missed_target_is_written_down_as_missed(self, gas: Any, report: Any) -> None:
        """The page says which target is missed, and does not call a met one missed."""
        (missed,) = (line for line in gas.markdown(report).splitlines() if "missed" in line)
        assert missed == "| deployment | gas | 4,000,000 | 3,500,000, missed | A 1,000,000 |"

    def test_only_what_is_marked_is_replaced(self, gas: Any) -> None:
        """The text around the figures stays, and writing twice gives the same."""
        page = f"# Before\n\n{gas.BEGIN}\nold\n{gas.END}\n\nAfter.\n"
        written = gas.insert(page, "new\n")
        assert written == f"# Before\n\n{gas.BEGIN}\n\nnew\n\n{gas.END}\n\nAfter.\n"
        assert gas.insert(written, "new\n") == written

    @pytest.mark.parametrize("page", ["no mark", "<!-- gas:begin --> and no end"])
    def test_a_page_without_marks_is_left_alone(self, gas: Any, page: str) -> None:
        """Without both marks nothing is guessed and nothing is lost."""
        with pytest.raises(InputError, match="not marked"):
            gas.insert(page, "new")

    def test_the_page_has_the_marks(self, gas: Any) -> None:
        """The figures have their place in the page about the contracts."""
        assert gas.README.read_text(encoding="utf-8").count(gas.BEGIN) == 1


class TestStamps:
    @pytest.mark.parametrize("edition", [1, 2, 100, 128])
    def test_requests_end_at_their_node_of_the_crown(self, edition: int) -> None:
        """At every level the shortened proof leads from the leaf to the node that the request names."""
        lab = importlib.import_module("benchmarks._lab")
        series = importlib.import_module("benchmarks._series")
        stamps = lab.Stamps(edition, claimable=20)
        for serial in stamps.serials:
            key, proof = stamps.key(serial), stamps.tree.proof(serial)
            claim = lab.Claim(serial=serial, to=ANYBODY, deadline=1, proof=proof, signature=bytes(64) + b"\x1b")
            for level in range(len(proof) + 1):
                if 2**level > edition:  # a lowest row that is not full is no crown, for the contract neither
                    with pytest.raises(InputError, match="no full level"):
                        series.request_of(claim, stamps.tree, level)
                    continue
                *_, place = series.request_of(claim, stamps.tree, level)
                index, length = divmod(place, 256)
                node = keccak256(keccak256(serial.to_bytes(32, "big") + bytes(12) + key.raw_address))
                for sibling in proof[:length]:
                    node = keccak256(min(node, sibling) + max(node, sibling))
                assert node == stamps.tree.crown(level)[index]

    def test_the_signature_is_packed_as_the_contract_reads_it(self) -> None:
        """The recovery bit moves to the top of s (EIP-2098)."""
        lab = importlib.import_module("benchmarks._lab")
        series = importlib.import_module("benchmarks._series")
        stamps = lab.Stamps(1, claimable=1)
        for last, top in ((27, 0x00), (28, 0x80)):
            signature = b"\x11" * 32 + b"\x22" * 32 + bytes([last])
            claim = lab.Claim(serial=stamps.serials[0], to=ANYBODY, deadline=1, proof=(), signature=signature)
            _, _, _, r, packed, _ = series.request_of(claim, stamps.tree, 0)
            assert (r, packed) == (b"\x11" * 32, bytes([0x22 | top]) + b"\x22" * 31)

    def test_the_same_edition_comes_out_every_time(self) -> None:
        """Serials, keys and root follow from the size alone, so that figures can be compared between runs."""
        lab = importlib.import_module("benchmarks._lab")
        one, two = lab.Stamps(50, claimable=5), lab.Stamps(50, claimable=5)
        assert (one.root, one.serials) == (two.root, two.serials)


class TestPeers:
    def test_every_peer_says_what_it_models_and_leaves_out(self) -> None:
        """The header of each source tells a reader how fair the comparison is."""
        sources = sorted((PEERS / "src").glob("*.sol"))
        assert len(sources) >= 5
        for source in sources:
            text = source.read_text(encoding="utf-8")
            assert re.search(r"/// (Left out|@notice Nothing is added)|Leaves out", text), source.name

    def test_every_peer_of_the_table_has_its_source(self) -> None:
        """Nothing is measured that is not there to be read."""
        peers = importlib.import_module("benchmarks._peers")
        sources = {peer.source for peer in peers.PEERS.values()} | {peers.THIRDWEB_SOURCE}
        assert {f"{source}.sol" for source in sources} <= {path.name for path in (PEERS / "src").iterdir()}

    def test_the_packages_are_locked_by_hash_and_name_no_host(self) -> None:
        """The lock pins the bytes of what others have published, and says nothing of where they came from."""
        lock = json.loads((PEERS / "package-lock.json").read_text(encoding="utf-8"))
        wanted = json.loads((PEERS / "package.json").read_text(encoding="utf-8"))["dependencies"]
        packages = {name: entry for name, entry in lock["packages"].items() if name}
        for name, version in wanted.items():
            assert packages[f"node_modules/{name}"]["version"] == version
        assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
        assert "resolved" not in json.dumps(lock)
