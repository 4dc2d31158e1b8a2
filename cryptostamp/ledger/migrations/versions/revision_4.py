"""Signed claims that collectors hand in, for one process to send; and a scan log of stamps, without anybody in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "4"
down_revision = "3"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NOT_REFUSED = sa.text("state != 'refused'")


def upgrade() -> None:
    """Create the tables of claims and of scans; a stamp has one claim that was not refused."""
    op.create_table(
        "claims",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("series_id", sa.String(), sa.ForeignKey("series.id"), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("deadline", _BIG, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", _BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("intent", sa.String()),
        sa.Column("transaction", sa.LargeBinary()),
        sa.Column("reason", sa.String()),
    )
    op.create_index(
        "one_live_claim_a_stamp",
        "claims",
        ["series_id", "serial"],
        unique=True,
        sqlite_where=_NOT_REFUSED,
        postgresql_where=_NOT_REFUSED,
    )
    op.create_index("claims_by_state", "claims", ["series_id", "state"])
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
