"""Bring a ledger that an older version wrote to the schema of this one, losing nothing.

Rests on SQLite's transactional DDL: all steps and the new ``PRAGMA user_version`` are committed together or not at all,
so a crash leaves the old ledger. Each step is plain SQL and stays as it is for ever: it speaks of the schema of its
time, not of today's models. Writes no copy and does not go back.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from cryptostamp.ledger.models import SCHEMA_VERSION

__all__ = ["OLDEST_VERSION", "migrate"]

OLDEST_VERSION = 1
"""The oldest schema version that can be brought up to date."""

_STEPS: dict[int, tuple[str, ...]] = {
    # From 1 to 2: a transaction may have several offers. What was mined has to be looked at again, for version 1 did
    # not ask how deep its block lies.
    1: (
        "DROP INDEX one_live_transaction_an_intent",
        "DROP INDEX one_transaction_a_nonce",
        "ALTER TABLE transactions RENAME TO transactions_1",
        """
        CREATE TABLE transactions (
            id INTEGER NOT NULL PRIMARY KEY,
            intent VARCHAR NOT NULL,
            chain_id INTEGER NOT NULL,
            sender VARCHAR NOT NULL,
            nonce INTEGER NOT NULL,
            state VARCHAR NOT NULL,
            mined_hash BLOB,
            succeeded BOOLEAN,
            block_number INTEGER,
            block_hash BLOB,
            gas_used INTEGER,
            contract VARCHAR,
            remark VARCHAR
        )
        """,
        """
        CREATE TABLE offers (
            hash BLOB NOT NULL PRIMARY KEY,
            transaction_id INTEGER NOT NULL REFERENCES transactions (id),
            number INTEGER NOT NULL,
            raw BLOB NOT NULL
        )
        """,
        """
        INSERT INTO transactions
        SELECT
            rowid, intent, chain_id, sender, nonce,
            CASE state WHEN 'failed' THEN 'reverted' ELSE state END,
            CASE state WHEN 'signed' THEN NULL ELSE hash END,
            CASE state WHEN 'signed' THEN NULL ELSE state = 'mined' END,
            block_number, block_hash, gas_used, contract, NULL
        FROM transactions_1
        """,
        "INSERT INTO offers SELECT hash, rowid, 1, raw FROM transactions_1",
        "DROP TABLE transactions_1",
        """
        CREATE UNIQUE INDEX one_live_transaction_an_intent ON transactions (intent)
        WHERE state NOT IN ('reverted', 'abandoned')
        """,
        """
        CREATE UNIQUE INDEX one_transaction_a_nonce ON transactions (chain_id, sender, nonce)
        WHERE state != 'abandoned'
        """,
        "CREATE UNIQUE INDEX offers_of_a_transaction ON offers (transaction_id, number)",
    ),
}


def migrate(connection: Connection, version: int) -> None:
    """Bring a ledger of `version` to today's, within the transaction that `connection` is in."""
    for step in range(version, SCHEMA_VERSION):
        for statement in _STEPS[step]:
            connection.execute(text(statement))
    connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
