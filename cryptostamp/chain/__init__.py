"""The only room that talks to a node: contracts, calls, sending, events, and a local chain to try them on.

Knows nothing of paper and of where things are stored: what must be remembered goes through the `Journal` protocol.
`cryptostamp.chain.compile` is not imported here; it is for a checkout only.
"""

from cryptostamp.chain.anvil import LocalNode, find_anvil, start_local_node
from cryptostamp.chain.artifacts import Artifact, compiler_input, load_artifact
from cryptostamp.chain.claim_batch import BatchClaim, ClaimBatch
from cryptostamp.chain.fees import FeeMarket, FeePolicy, Fees
from cryptostamp.chain.finality import Finality
from cryptostamp.chain.journal import (
    EntryState,
    Journal,
    JournalEntry,
    MemoryJournal,
    MinedTransaction,
    SignedTransaction,
)
from cryptostamp.chain.names import normal_name
from cryptostamp.chain.node import MAX_TRANSACTION_GAS, Block, Chain, Log
from cryptostamp.chain.plain_tokens import Holding
from cryptostamp.chain.postal_registry import Post, PostalRegistry, SeriesStatus, Standing, deploy_registry
from cryptostamp.chain.preflight import Cost
from cryptostamp.chain.pursuit import Moment
from cryptostamp.chain.reader import ChainReader
from cryptostamp.chain.remembered import BlockReader, RememberingReader
from cryptostamp.chain.rpc import host_of
from cryptostamp.chain.sender import Sender
from cryptostamp.chain.series_events import ChainEvent, SeriesEvents
from cryptostamp.chain.signatures import is_valid_signature
from cryptostamp.chain.signers import (
    DEV_ACCOUNTS,
    LOCAL_CHAIN_IDS,
    DevSigner,
    KeystoreSigner,
    RemoteSigner,
    Signer,
    UnsignedTransaction,
)
from cryptostamp.chain.stamp import Postmark, PostmarkKind, Stamp, StampState, VoidReason
from cryptostamp.chain.stamp_series import (
    Call,
    Deployment,
    SeriesRole,
    SeriesTerms,
    StampSeries,
    deploy_series,
    series_deployment,
)
from cryptostamp.chain.token_moves import Move, moves_of

__all__ = [
    "DEV_ACCOUNTS",
    "LOCAL_CHAIN_IDS",
    "MAX_TRANSACTION_GAS",
    "Artifact",
    "BatchClaim",
    "Block",
    "BlockReader",
    "Call",
    "Chain",
    "ChainEvent",
    "ChainReader",
    "ClaimBatch",
    "Cost",
    "Deployment",
    "DevSigner",
    "EntryState",
    "FeeMarket",
    "FeePolicy",
    "Fees",
    "Finality",
    "Holding",
    "Journal",
    "JournalEntry",
    "KeystoreSigner",
    "LocalNode",
    "Log",
    "MemoryJournal",
    "MinedTransaction",
    "Moment",
    "Move",
    "Post",
    "PostalRegistry",
    "Postmark",
    "PostmarkKind",
    "RememberingReader",
    "RemoteSigner",
    "Sender",
    "SeriesEvents",
    "SeriesRole",
    "SeriesStatus",
    "SeriesTerms",
    "SignedTransaction",
    "Signer",
    "Stamp",
    "StampSeries",
    "StampState",
    "Standing",
    "UnsignedTransaction",
    "VoidReason",
    "compiler_input",
    "deploy_registry",
    "deploy_series",
    "find_anvil",
    "host_of",
    "is_valid_signature",
    "load_artifact",
    "moves_of",
    "normal_name",
    "series_deployment",
    "start_local_node",
]
