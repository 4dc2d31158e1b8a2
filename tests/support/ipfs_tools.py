"""An IPFS implementation that is not ours, locked in tests/support/ipfs/package-lock.json: what it says of our folders.

scripts/test brings it. Where it is missing, a test fails; it never passes by.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.contract_tools import node, run

__all__ = ["ask"]

FOLDER = Path(__file__).resolve().parent / "ipfs"


def ask(question: str, about: object) -> Any:
    """Return the answer of reference.js, whose head lists the questions."""
    if not (FOLDER / "node_modules").is_dir():
        pytest.fail("The JavaScript implementation of IPFS was not found. Run scripts/test, which brings it.")
    return json.loads(run(node(), FOLDER / "reference.js", question, cwd=FOLDER, given=json.dumps(about)))
