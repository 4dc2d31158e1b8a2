"""Nodes that misbehave."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.scripted_node import Answer, ScriptedNode

from cryptostamp.chain import Chain, LocalNode

__all__ = ["Answer", "ScriptedNode"]


@pytest.fixture
def scripted() -> Iterator[ScriptedNode]:
    """A node that says only what the test makes it say."""
    node = ScriptedNode()
    yield node
    node.close()


@pytest.fixture
def between(chain: Chain, local_node: LocalNode) -> Iterator[ScriptedNode]:
    """A node in front of the local one, in the clean state that `chain` gives."""
    assert chain.chain_id == local_node.chain_id
    node = ScriptedNode(local_node.url)
    yield node
    node.close()
