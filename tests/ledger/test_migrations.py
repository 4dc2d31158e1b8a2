"""A ledger of an older version opens, and nothing in it is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cryptostamp.errors import StorageProblem
from cryptostamp.ledger import SCHEMA_VERSION, Ledger, TransactionState, migrations
from cryptostamp.primitives import ChainId, Serial, keccak256, parse_address

VERSION_1 = Path(__file__).resolve().parents[1] / "vectors" / "ledger-1.sql"
ALICE = parse_address("0x" + "a1" * 20)
BOB = parse_address("0x" + "b0" * 20)
CHAIN = ChainId(31337)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A ledger as version 1 of the schema wrote it."""
    path = tmp_path / "ledger.sqlite3"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(VERSION_1.read_text(encoding="utf-8"))
    return path


def dump(path: Path) -> list[str]:
    """Return everything that a database holds, as SQL, and its version."""
    with closing(sqlite3.connect(path)) as raw:
        return [*raw.iterdump(), str(raw.execute("PRAGMA user_version").fetchone())]


def shape(path: Path) -> dict[str, object]:
    """Return the columns, keys and indexes of every table."""
    with closing(sqlite3.connect(path)) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        indexes = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        return {
            "version": raw.execute("PRAGMA user_version").fetchone(),
            "indexes": {name: " ".join(sql.split()) for name, sql in indexes},
            **{
                name: (
                    raw.execute(f"PRAGMA table_info({name})").fetchall(),
                    raw.execute(f"PRAGMA foreign_key_list({name})").fetchall(),
                )
                for name in tables
            },
        }


class TestFromVersion1:
    def test_every_transaction_is_there(self, old: Path) -> None:
        """Intents, nonces, bytes and receipts are as they were; a failed one has reverted."""
        with Ledger(old) as ledger:
            found = ledger.transactions()
            assert [(each.intent, each.sender, each.nonce, each.state.value) for each in found] == [
                ("LEAP: issue", ALICE, 0, "mined"),
                ("LEAP: register", ALICE, 1, "reverted"),
                ("LEAP: register", ALICE, 2, "mined"),
                ("LEAP: claim", ALICE, 3, "signed"),
                ("LEAP: admit", BOB, 0, "signed"),
            ]
            for each in found:
                (offer,) = each.offers
                assert offer.raw == f"{each.intent} {each.nonce}".encode()
                assert offer.hash == keccak256(offer.raw)
            issue, failed = found[0].receipt, found[1].receipt
            assert issue is not None
            assert (issue.hash, issue.block_number, issue.gas_used) == (found[0].offers[0].hash, 7, 21_007)
            assert (issue.block_hash, issue.contract) == (keccak256(b"\7"), parse_address("0x" + f"{99:040x}"))
            assert failed is not None
            assert (failed.succeeded, found[3].receipt) == (False, None)

    def test_the_rest_is_untouched(self, old: Path) -> None:
        """Series, stamps, prints, steps and challenges are as they were."""
        before = [line for line in dump(old) if line.startswith("INSERT") and '"transactions"' not in line]
        with Ledger(old) as ledger:
            issued = ledger.issued("LEAP")
            assert issued is not None
            assert (issued.gas_used, ledger.count_claimed("LEAP")) == (21_007, 1)
            assert ledger.stamp("LEAP", Serial(3)) is not None
        after = dump(old)
        assert [line for line in before if line not in after] == []

    def test_it_goes_on_where_it_was(self, old: Path) -> None:
        """What was signed is still live and is not signed again; what had failed is free."""
        with Ledger(old) as ledger:
            assert ledger.highest_nonce(CHAIN, ALICE) == 3
            live = ledger.live_transaction("LEAP: register")
            assert live is not None
            assert (live.nonce, live.state) == (2, TransactionState.MINED)
            with pytest.raises(StorageProblem, match="UNIQUE"):
                ledger.record_signed(intent="LEAP: claim", chain_id=CHAIN, sender=ALICE, nonce=4, offer=live.offers[0])

    def test_the_same_schema_as_a_new_ledger(self, old: Path, tmp_path: Path) -> None:
        """Columns, keys and indexes are those of a ledger that was made today."""
        for path in (old, tmp_path / "new.sqlite3"):
            Ledger(path).close()
        assert shape(old) == shape(tmp_path / "new.sqlite3")
        assert shape(old)["version"] == (SCHEMA_VERSION,)

    def test_a_second_time_changes_nothing(self, old: Path) -> None:
        """A ledger that is up to date is opened as it is."""
        Ledger(old).close()
        before = dump(old)
        Ledger(old).close()
        assert dump(old) == before

    @pytest.mark.parametrize("statement", range(len(migrations._STEPS[1])))
    def test_killed_within(self, old: Path, statement: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ended before any of its statements, it leaves the old ledger, and the next start brings it up to date."""
        before = dump(old)
        steps = migrations._STEPS[1]
        broken = (*steps[:statement], "SELECT * FROM nowhere", *steps[statement:])
        with monkeypatch.context() as patch:
            patch.setitem(migrations._STEPS, 1, broken)
            with pytest.raises(StorageProblem, match="no such table"):
                Ledger(old)
        assert dump(old) == before
        with Ledger(old) as ledger:
            assert len(ledger.transactions()) == 5


def test_there_is_a_step_from_each_version() -> None:
    """Every version since the oldest leads to the next one."""
    assert sorted(migrations._STEPS) == list(range(migrations.OLDEST_VERSION, SCHEMA_VERSION))
