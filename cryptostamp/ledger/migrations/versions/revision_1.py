"""The first schema: series, stamps, transactions, steps, prints and ownership challenges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "1"
down_revision = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "series",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("description_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("edition_root", sa.LargeBinary(), nullable=False),
        sa.Column("rarity_seed", sa.LargeBinary(), nullable=False),
        sa.Column("chain_id", _BIG, nullable=False),
        sa.Column("genesis_hash", sa.LargeBinary(), nullable=False),
        sa.Column("registry_address", sa.String()),
        sa.Column("contract", sa.String()),
        sa.Column("issue_transaction", sa.LargeBinary()),
        sa.Column("issue_block", _BIG),
        sa.Column("issue_gas", _BIG),
    )
    op.create_table(
        "stamps",
        sa.Column("series_id", sa.String(), sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("serial", sa.Integer(), primary_key=True),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("claim_key", sa.String(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String()),
    )
    op.create_index("stamps_by_claim_key", "stamps", ["claim_key"])
    op.create_table(
        "transactions",
        sa.Column("hash", sa.LargeBinary(), primary_key=True),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("chain_id", _BIG, nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("nonce", _BIG, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("block_number", _BIG),
        sa.Column("block_hash", sa.LargeBinary()),
        sa.Column("gas_used", _BIG),
        sa.Column("contract", sa.String()),
    )
    live = sa.text("state != 'failed'")
    op.create_index(
        "one_live_transaction_an_intent",
        "transactions",
        ["intent"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index("one_transaction_a_nonce", "transactions", ["chain_id", "sender", "nonce"], unique=True)
    op.create_table(
        "steps",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("series_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("begun_at", _BIG, nullable=False),
        sa.Column("ended_at", _BIG),
    )
    op.create_table(
        "prints",
        sa.Column("series_id", sa.String(), sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("first_serial", sa.Integer(), nullable=False),
        sa.Column("last_serial", sa.Integer(), nullable=False),
    )
    op.create_table(
        "challenges",
        sa.Column("nonce", sa.String(), primary_key=True),
        sa.Column("public_code", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("issued_at", _BIG, nullable=False),
        sa.Column("expires_at", _BIG, nullable=False),
        sa.Column("used_at", _BIG),
    )
