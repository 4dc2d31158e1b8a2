"""A scan log: how often the code of a stamp was scanned, from when, and whether it travelled impossibly fast."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "4"
down_revision = "3"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table, empty."""
    op.create_table(
        "scans",
        sa.Column("series_id", sa.String(), sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("serial", sa.Integer(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", _BIG, nullable=False),
        sa.Column("last_at", _BIG),
        sa.Column("last_latitude", sa.Integer()),
        sa.Column("last_longitude", sa.Integer()),
        sa.Column("impossible", sa.Integer(), nullable=False),
    )
