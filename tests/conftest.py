"""Fixtures that several rooms share: a local chain, and a clean state of it for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cryptostamp.chain import Chain, LocalNode, start_local_node


@pytest.fixture(scope="session")
def local_node() -> Iterator[LocalNode]:
    """Run one local chain for each worker of the test run."""
    with start_local_node() as node:
        yield node


@pytest.fixture
def chain(local_node: LocalNode) -> Iterator[Chain]:
    """Give the test a chain as new: whatever it does there is undone."""
    connected = Chain.connect(local_node.url)
    snapshot = connected.rpc.request("evm_snapshot")
    yield connected
    assert connected.rpc.request("evm_revert", snapshot) is True
