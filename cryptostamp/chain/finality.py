"""When a mined transaction counts as done: how deep its block must lie.

Rests on the depth of a block, or on the ``finalized`` block of a proof-of-stake chain (Gasper), which is undone only by
an attack that costs a third of all stake. Until then a reorganisation may put a transaction back to where it was
signed. Does not wait and remembers nothing: it looks at the chain once.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptostamp.chain.journal import MinedTransaction
from cryptostamp.chain.node import Chain
from cryptostamp.chain.signers import LOCAL_CHAIN_IDS
from cryptostamp.errors import InputError
from cryptostamp.primitives import ChainId

__all__ = ["Finality"]

_PATIENCE_S = 600.0
_SLOWEST_BLOCK_S = 12.0
_FINALIZED_S = 1_800.0  # 13 to 19 minutes on Ethereum, longer on some chains above it


@dataclass(frozen=True, slots=True, kw_only=True)
class Finality:
    """How deep a block must lie: `confirmations` blocks, its own included, or what the chain calls finalized."""

    confirmations: int | None
    """1 is satisfied with any block; `None` waits for the ``finalized`` block."""

    def __post_init__(self) -> None:
        if self.confirmations is not None and self.confirmations < 1:
            raise InputError("A transaction has at least one confirmation, its own block.", remedy="Give 1 or more.")

    @classmethod
    def finalized(cls) -> Finality:
        """Return the policy that waits until the chain calls a block finalized: 13 minutes and more on Ethereum."""
        return cls(confirmations=None)

    @classmethod
    def default(cls, chain_id: ChainId) -> Finality:
        """Return any block for a local test chain, which undoes none by itself, and 12 blocks for every other."""
        return cls(confirmations=1 if chain_id in LOCAL_CHAIN_IDS else 12)

    def __str__(self) -> str:
        return "finalized" if self.confirmations is None else f"{self.confirmations} confirmations"

    @property
    def patience_s(self) -> float:
        """How long to wait for it before the caller is told how far it came: ten minutes, and what the depth takes."""
        return _PATIENCE_S + (_FINALIZED_S if self.confirmations is None else _SLOWEST_BLOCK_S * self.confirmations)

    def deepest_block(self, chain: Chain) -> int | None:
        """Return the number of the newest block that lies deep enough; `None` if the newest of all does."""
        if self.confirmations == 1:
            return None
        if self.confirmations is None:
            return chain.finalized().number
        return chain.head().number - self.confirmations + 1

    def is_reached(self, chain: Chain, mined: MinedTransaction) -> bool:
        """Return whether the block of `mined` lies deep enough and is still the chain's."""
        deep = self.deepest_block(chain)
        if deep is None:
            return True
        # The depth is asked first: a block that is replaced in between then shows another hash.
        return mined.block_number <= deep and chain.block(mined.block_number).hash == mined.block_hash
