"""A ledger of an older version opens, and nothing in it is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from cryptostamp.errors import StorageProblem
from cryptostamp.ledger import Ledger, TransactionState
from cryptostamp.ledger.migrations import HEAD
from cryptostamp.ledger.models import Base
from cryptostamp.primitives import ChainId, Serial, keccak256, parse_address

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
ALICE = parse_address("0x" + "a1" * 20)
BOB = parse_address("0x" + "b0" * 20)
CHAIN = ChainId(31337)


@pytest.fixture
def old(tmp_path: Path) -> Callable[[int], Path]:
    """Make a ledger as a version of the schema wrote it."""

    def make(version: int) -> Path:
        path = tmp_path / f"ledger-{version}.sqlite3"
        with closing(sqlite3.connect(path)) as raw:
            raw.executescript((VECTORS / f"ledger-{version}.sql").read_text(encoding="utf-8"))
        return path

    return make


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
            "version": raw.execute("SELECT version_num FROM alembic_version").fetchall(),
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
    def test_every_transaction_is_there(self, old: Callable[[int], Path]) -> None:
        """Intents, nonces, bytes and receipts are as they were; a failed one has reverted."""
        with Ledger(old(1)) as ledger:
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

    def test_it_goes_on_where_it_was(self, old: Callable[[int], Path]) -> None:
        """What was signed is still live and is not signed again; what had failed is free."""
        with Ledger(old(1)) as ledger:
            assert ledger.highest_nonce(CHAIN, ALICE) == 3
            live = ledger.live_transaction("LEAP: register")
            assert live is not None
            assert (live.nonce, live.state) == (2, TransactionState.MINED)
            with pytest.raises(StorageProblem, match="UNIQUE"):
                ledger.record_signed(intent="LEAP: claim", chain_id=CHAIN, sender=ALICE, nonce=4, offer=live.offers[0])


class TestFromVersion2:
    def test_every_transaction_is_there(self, old: Callable[[int], Path]) -> None:
        """Offers, final states and remarks are as they were."""
        with Ledger(old(2)) as ledger:
            found = ledger.transactions()
            assert [each.state.value for each in found] == ["final", "reverted", "mined", "signed", "abandoned"]
            assert [len(each.offers) for each in found] == [1, 1, 1, 2, 1]
            assert found[3].offers[1].raw == b"more"
            assert found[4].remark == "the wallet on the shelf"


@pytest.mark.parametrize("version", [1, 2])
class TestAny:
    def test_the_rest_is_untouched(self, old: Callable[[int], Path], version: int) -> None:
        """Series, stamps, prints, steps and challenges are as they were."""
        path = old(version)
        before = [line for line in dump(path) if line.startswith("INSERT") and "transactions" not in line]
        with Ledger(path) as ledger:
            issued = ledger.issued("LEAP")
            assert issued is not None
            assert (issued.gas_used, ledger.count_claimed("LEAP")) == (21_007, 1)
            assert ledger.stamp("LEAP", Serial(3)) is not None
        # The one column that was added is empty.
        after = [line.replace(",NULL);", ");") if '"prints"' in line else line for line in dump(path)]
        assert [line for line in before if line not in after] == []

    def test_the_same_schema_as_a_new_ledger(self, old: Callable[[int], Path], version: int, tmp_path: Path) -> None:
        """Columns, keys and indexes are those of a ledger that was made today."""
        paths = (old(version), tmp_path / "new.sqlite3")
        for path in paths:
            Ledger(path).close()
        assert shape(paths[0]) == shape(paths[1])

    def test_a_second_time_changes_nothing(self, old: Callable[[int], Path], version: int) -> None:
        """A ledger that is up to date is opened as it is."""
        path = old(version)
        Ledger(path).close()
        before = dump(path)
        Ledger(path).close()
        assert dump(path) == before

    def test_older_programs_refuse_it(self, old: Callable[[int], Path], version: int) -> None:
        """Programs from before Alembic see a version that they do not write."""
        path = old(version)
        Ledger(path).close()
        with closing(sqlite3.connect(path)) as raw:
            assert raw.execute("PRAGMA user_version").fetchone() == (100,)


class TestKilled:
    @pytest.mark.parametrize("survived", range(9))
    def test_within(self, old: Callable[[int], Path], survived: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ended after any of its operations, it leaves the old ledger, and the next start brings it up to date."""
        path = old(1)
        before = dump(path)
        left = survived

        def mortal(operation: Callable[..., object]) -> Callable[..., object]:
            def run(*arguments: object, **options: object) -> object:
                nonlocal left
                left -= 1
                if left < 0:
                    raise KeyboardInterrupt
                return operation(*arguments, **options)

            return run

        with monkeypatch.context() as patch:
            for name in ("create_table", "create_index", "drop_index", "drop_table", "rename_table", "execute"):
                patch.setattr(op, name, mortal(getattr(op, name)))
            with pytest.raises(KeyboardInterrupt):
                Ledger(path)
        assert dump(path) == before
        with Ledger(path) as ledger:
            assert len(ledger.transactions()) == 5


class TestNew:
    def test_the_revisions_make_what_the_models_say(self, ledger: Ledger) -> None:
        """Alembic finds no difference between the database and the models."""
        with ledger._engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = compare_metadata(context, Base.metadata)
            assert [each for each in differences if "alembic_version" not in str(each)] == []
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == HEAD
