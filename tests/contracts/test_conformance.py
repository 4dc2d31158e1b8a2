"""A specification of ERC-721 that we did not write holds for our series: SolidState's, from npm, against our Anvil.

contracts/test/conformance runs it; what it cannot ask of any series, and why, stands there next to each exception.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.contract_tools import CONTRACTS, node, run

from cryptostamp.chain import Chain, LocalNode

ARTIFACT = Path(__file__).parents[2] / "cryptostamp" / "artifacts" / "StampSeries.json"
MOCHA = CONTRACTS / "test" / "node_modules" / "mocha" / "bin" / "mocha.js"

TERMS: dict[str, Any] = {
    "name": "Leapfrog",
    "symbol": "LEAP",
    "editionRoot": "0x" + "11" * 32,
    "seed": "0x" + "22" * 32,
    "entropyBlock": 0,
    "soulbound": False,
    "metadataFrozen": True,
    "royaltyReceiver": "0x" + "c0" * 20,
    "royaltyBps": 500,
    "baseURI": "https://lilypond.example/LEAP/",
}
KINDS: dict[str, dict[str, Any]] = {
    "printed": {},
    "blind": {"entropyBlock": 1_000_000},
    "without royalty": {"royaltyReceiver": "0x" + "00" * 20, "royaltyBps": 0},
}


class TestSolidState:
    @pytest.mark.parametrize("kind", KINDS)
    def test_erc721_and_erc165(self, chain: Chain, local_node: LocalNode, kind: str) -> None:
        """Every test of the foreign specification that says something about ERC-721 passes."""
        settings = {
            "NODE_URL": local_node.url,
            "SERIES_ARTIFACT": str(ARTIFACT),
            "SERIES_TERMS": json.dumps(TERMS | KINDS[kind]),
        }
        answer = run(
            node(), MOCHA, "--reporter", "json", CONTRACTS / "test" / "conformance" / "erc721.js", changes=settings
        )
        stats = json.loads(answer[answer.index("{") :])["stats"]
        assert (stats["passes"], stats["failures"], stats["pending"]) == (38, 0, 0)
