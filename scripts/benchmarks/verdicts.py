"""How fast codes are judged: one verdict, a thousand at once, and a server's stream of them.

The chain is a local Anvil without delay: what is measured is our side of the work and the node's, not a network. The
peer asks the same contracts the same questions with web3.py, call by call, and judges nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from web3 import HTTPProvider, Web3

from benchmarks.harness import ROOT, Report, Row, median_seconds, progress
from cryptostamp.chain import Chain, DevSigner, load_artifact, start_local_node
from cryptostamp.codes import PublicCode
from cryptostamp.edition import Dossier
from cryptostamp.office import Workspace, issue, public_code_of, source_at, trust_in
from cryptostamp.primitives import Serial
from cryptostamp.scan import Conclusion, Trust, verify_code, verify_codes
from cryptostamp.series import load_series, rescale

__all__ = ["run"]

_PASSPHRASE = "a benchmark"  # noqa: S105  (of an edition that nobody keeps)
_AT_ONCE = 1_000
_TARGET_S = 5.0
_THREADS = 4


def run(quick: bool) -> Report:  # noqa: FBT001  (the seam of all benchmarks)
    """Measure verdicts from codes."""
    repeats = 3 if quick else 7
    progress(f"issuing {_AT_ONCE:,} stamps")
    with tempfile.TemporaryDirectory() as folder, start_local_node() as node:
        workspace = Workspace(Path(folder))
        series = rescale(load_series(ROOT / "artwork" / "leapfrog"), _AT_ONCE)
        issue(series, workspace=workspace, chain=Chain.connect(node.url), post=DevSigner(0), passphrase=_PASSPHRASE)
        dossier = workspace.dossier()
        codes = [public_code_of(dossier, Serial(serial)) for serial in range(1, _AT_ONCE + 1)]
        trust = trust_in([dossier])
        progress("judging")
        rows = list(_rows(node.url, codes, dossier, trust, repeats=repeats))
    return Report(benchmark="verdicts", quick=quick, rows=rows)


def _rows(url: str, codes: Sequence[PublicCode], dossier: Dossier, trust: Trust, *, repeats: int) -> Sequence[Row]:
    texts = [code.text for code in codes]
    peer = _Peer(url, dossier)
    source = source_at([url])

    def fresh() -> None:
        _genuine([verify_code(texts[0], trust=trust, source=source_at([url]))])

    def warm() -> None:
        _genuine([verify_code(texts[0], trust=trust, source=source)])

    def at_once() -> None:
        _genuine(verify_codes(texts, trust=trust, source=source_at([url])))

    def streamed() -> None:
        with ThreadPoolExecutor(_THREADS) as pool:
            _genuine(list(pool.map(lambda text: verify_code(text, trust=trust, source=source), texts)))

    one_by_one = median_seconds(lambda: [peer.ask(code) for code in codes[:100]], repeats=repeats) / 100
    name = "web3.py, call by call"
    return [
        Row(
            what="one verdict, nothing known before",
            unit="ms",
            ours=1000 * median_seconds(fresh, repeats=3 * repeats),
            peers={name: 1000 * one_by_one},
        ),
        Row(
            what="one verdict, the series known as of this block",
            unit="ms",
            ours=1000 * median_seconds(warm, repeats=3 * repeats),
            peers={name: 1000 * one_by_one},
        ),
        Row(
            what=f"{_AT_ONCE:,} verdicts at once",
            unit="s",
            ours=median_seconds(at_once, repeats=repeats),
            peers={name: _AT_ONCE * one_by_one},
            target=_TARGET_S,
            note="the peer's figure is that of 100 codes, times 10",
        ),
        Row(
            what=f"{_AT_ONCE:,} verdicts one by one, {_THREADS} threads over one source",
            unit="s",
            ours=median_seconds(streamed, repeats=repeats),
            peers={name: _AT_ONCE * one_by_one},
            note="the peer's figure is that of 100 codes on one thread, times 10",
        ),
    ]


def _genuine(verdicts: Sequence[object]) -> None:
    if any(getattr(verdict, "conclusion", None) is not Conclusion.GENUINE for verdict in verdicts):
        raise AssertionError("a verdict of the benchmark is wrong")


class _Peer:
    """Whoever asks what a verdict needs with web3.py and its contract objects."""

    def __init__(self, url: str, dossier: Dossier) -> None:
        place = dossier.deployment
        self._w3 = Web3(HTTPProvider(url))
        abi = {name: _abi(name) for name in ("StampSeries", "PostalRegistry")}
        self._series = self._w3.eth.contract(place.contract, abi=abi["StampSeries"])
        self._registry = self._w3.eth.contract(place.registry, abi=abi["PostalRegistry"])

    def ask(self, code: PublicCode) -> None:
        """Ask about one code."""
        assert self._w3.eth.chain_id == code.chain_id  # noqa: S101
        self._w3.eth.get_block("latest")
        self._registry.functions.statusOf(code.contract).call()
        self._w3.eth.get_code(code.contract)
        self._series.functions.editionRoot().call()
        self._series.functions.stampOf(code.serial).call()


def _abi(name: str) -> list:
    return load_artifact(name).interface._contract.abi  # noqa: SLF001 - the peer gets the same ABI
