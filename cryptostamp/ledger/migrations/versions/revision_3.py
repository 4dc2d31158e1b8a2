"""An index of the chain: the events of a series, how far they were read, and where each stamp stands by them.

Print files get the time at which they were made; of older ones it is not known.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "3"
down_revision = "2"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables of the index; they are filled from the chain."""
    op.create_table(
        "indexed_blocks",
        sa.Column("series_id", sa.String(), sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("number", _BIG, primary_key=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("timestamp", _BIG, nullable=False),
    )
    op.create_table(
        "events",
        sa.Column("series_id", sa.String(), sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("block_number", _BIG, primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("block_hash", sa.LargeBinary(), nullable=False),
        sa.Column("transaction_hash", sa.LargeBinary(), nullable=False),
        sa.Column("timestamp", _BIG, nullable=False),
        sa.Column("first_serial", sa.Integer()),
        sa.Column("last_serial", sa.Integer()),
        sa.Column("arguments", sa.String(), nullable=False),
    )
    op.create_index("events_of_a_stamp", "events", ["series_id", "first_serial", "last_serial"])
    op.create_table(
        "standings",
        sa.Column("series_id", sa.String(), sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("serial", sa.Integer(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("owner", sa.String()),
        sa.Column("since", _BIG),
        sa.Column("void_reason", sa.String()),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("postmarks", sa.Integer(), nullable=False),
    )
    op.create_index("standings_of_an_owner", "standings", ["owner"])
    op.add_column("prints", sa.Column("made_at", _BIG))
