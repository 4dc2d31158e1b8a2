"""A transaction may have several offers; it is final, reverted or abandoned in the end.

What was mined has to be looked at again, for the first schema did not ask how deep its block lies.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "2"
down_revision = "1"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Split each transaction into what is to be done and what was signed for it."""
    op.drop_index("one_live_transaction_an_intent", "transactions")
    op.drop_index("one_transaction_a_nonce", "transactions")
    op.rename_table("transactions", "transactions_1")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX transactions_pkey RENAME TO transactions_1_pkey")
    op.create_table(
        "transactions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("chain_id", _BIG, nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("nonce", _BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("mined_hash", sa.LargeBinary()),
        sa.Column("succeeded", sa.Boolean()),
        sa.Column("block_number", _BIG),
        sa.Column("block_hash", sa.LargeBinary()),
        sa.Column("gas_used", _BIG),
        sa.Column("contract", sa.String()),
        sa.Column("remark", sa.String()),
    )
    op.create_table(
        "offers",
        sa.Column("hash", sa.LargeBinary(), primary_key=True),
        sa.Column("transaction_id", sa.Integer(), sa.ForeignKey("transactions.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
    )
    op.execute(
        """
        INSERT INTO transactions (
            intent, chain_id, sender, nonce, state, mined_hash, succeeded, block_number, block_hash, gas_used, contract
        )
        SELECT
            intent, chain_id, sender, nonce,
            CASE state WHEN 'failed' THEN 'reverted' ELSE state END,
            CASE state WHEN 'signed' THEN NULL ELSE hash END,
            CASE state WHEN 'signed' THEN NULL ELSE state = 'mined' END,
            block_number, block_hash, gas_used, contract
        FROM transactions_1 ORDER BY chain_id, sender, nonce
        """
    )
    op.execute(
        """
        INSERT INTO offers (hash, transaction_id, number, raw)
        SELECT old.hash, new.id, 1, old.raw
        FROM transactions_1 AS old
        JOIN transactions AS new
        ON new.chain_id = old.chain_id AND new.sender = old.sender AND new.nonce = old.nonce
        """
    )
    op.drop_table("transactions_1")
    live, kept = sa.text("state NOT IN ('reverted', 'abandoned')"), sa.text("state != 'abandoned'")
    op.create_index(
        "one_live_transaction_an_intent",
        "transactions",
        ["intent"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index(
        "one_transaction_a_nonce",
        "transactions",
        ["chain_id", "sender", "nonce"],
        unique=True,
        sqlite_where=kept,
        postgresql_where=kept,
    )
    op.create_index("offers_of_a_transaction", "offers", ["transaction_id", "number"], unique=True)
