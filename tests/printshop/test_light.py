"""A process that makes print files begins with what it needs and no more."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = "{'web3', 'eth_account', 'sqlalchemy', 'zxingcpp'}"


@pytest.mark.parametrize("module", ["workers", "cluster", "picture_task"])
def test_workers_do_not_load_a_chain_library(module: str) -> None:
    """What a process needs to make a file is all it waits for."""
    code = f"import sys, cryptostamp.printshop.{module}; sys.exit(', '.join({HEAVY} & set(sys.modules)) or 0)"
    subprocess.run([sys.executable, "-c", code], check=True)
