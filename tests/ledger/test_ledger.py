"""The ledger keeps what it was told, once, and says clearly when it cannot."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import create_engine, text

from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.ledger import (
    ChallengeRecord,
    IssuedSeries,
    Ledger,
    Offer,
    PlannedStamp,
    PrintedFile,
    Receipt,
    SeriesPlan,
    TransactionRecord,
    TransactionState,
)
from cryptostamp.ledger.database import to_write
from cryptostamp.primitives import Address, ChainId, Serial, keccak256, parse_address

ALICE = parse_address("0x" + "a1" * 20)
BOB = parse_address("0x" + "b0" * 20)
CHAIN = ChainId(31337)

PLAN = SeriesPlan(
    id="LEAP",
    description_sha256=keccak256(b"description"),
    edition=30,
    edition_root=keccak256(b"root"),
    rarity_seed=keccak256(b"seed"),
    chain_id=CHAIN,
    genesis_hash=keccak256(b"genesis"),
)


def key_of(serial: int) -> Address:
    return parse_address("0x" + serial.to_bytes(20, "big").hex())


def stamps(count: int = 30) -> Iterator[PlannedStamp]:
    for serial in range(1, count + 1):
        yield PlannedStamp(
            serial=Serial(serial), variant=serial % 5, claim_key=key_of(serial), sheet=1, position=serial
        )


def transaction(intent: str = "issue", nonce: int = 0, sender: Address = ALICE) -> TransactionRecord:
    raw = f"{intent} {nonce} {sender}".encode()
    offer = Offer(hash=keccak256(raw), raw=raw)
    return TransactionRecord(intent=intent, chain_id=CHAIN, sender=sender, nonce=nonce, offers=(offer,))


def sign(ledger: Ledger, record: TransactionRecord) -> None:
    ledger.record_signed(
        intent=record.intent,
        chain_id=record.chain_id,
        sender=record.sender,
        nonce=record.nonce,
        offer=record.offers[0],
    )


def mine(ledger: Ledger, record: TransactionRecord, *, succeeded: bool = True, final: bool = True) -> Receipt:
    receipt = Receipt(
        hash=record.offers[-1].hash,
        succeeded=succeeded,
        block_number=7,
        block_hash=keccak256(b"7"),
        gas_used=21_000,
        contract=None,
    )
    ledger.record_mined(receipt, final=final)
    return receipt


def query(path: Path, statement: str) -> tuple[object, ...] | None:
    """Run one statement as another program would, and return its first row."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        row: tuple[object, ...] | None = raw.execute(statement).fetchone()
        return row


def ask(ledger: Ledger, statement: str) -> tuple[object, ...] | None:
    """Run one statement in a session of its own, and return its first row."""
    engine = create_engine(ledger._engine.url)
    with engine.begin() as connection:
        row = connection.execute(text(statement)).first()
    engine.dispose()
    return None if row is None else tuple(row)


class TestSeries:
    def test_a_plan_and_its_stamps_are_kept(self, ledger: Ledger, place: Path | str) -> None:
        """A planned series and each of its stamps come back as they were written, also from a new process' view."""
        ledger.plan_series(PLAN, stamps())
        with Ledger(place) as again:
            assert again.plan_of("LEAP") == PLAN
            assert again.issued("LEAP") is None
            record = again.stamp("LEAP", Serial(30))
            assert record is not None
            assert (record.planned, record.claimed_by) == (list(stamps())[29], None)
            assert again.stamp("LEAP", Serial(31)) is None

    def test_planning_the_same_series_again_changes_nothing(self, ledger: Ledger) -> None:
        """A step that was killed can plan again without a second set of stamps."""
        ledger.plan_series(PLAN, stamps())
        ledger.plan_series(PLAN, stamps())
        assert ask(ledger, "SELECT count(*) FROM stamps") == (30,)

    def test_another_series_under_the_same_id_is_refused(self, ledger: Ledger) -> None:
        """A changed description never replaces what may have been issued."""
        ledger.plan_series(PLAN, stamps())
        with pytest.raises(InputError, match="already holds another series LEAP"):
            ledger.plan_series(replace(PLAN, edition=31), stamps(31))
        assert ledger.plan_of("LEAP") == PLAN

    def test_a_plan_that_breaks_off_leaves_nothing(self, ledger: Ledger) -> None:
        """If the stamps cannot all be written, the series is not there either."""

        def broken() -> Iterator[PlannedStamp]:
            yield from stamps(3)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            ledger.plan_series(PLAN, broken())
        assert ledger.plan_of("LEAP") is None
        assert ledger.stamp("LEAP", Serial(1)) is None

    def test_where_the_series_was_issued_is_kept(self, ledger: Ledger) -> None:
        """Contract, registry, block and gas of the issue come back."""
        ledger.plan_series(PLAN, stamps())
        issued = IssuedSeries(
            plan=PLAN, registry=ALICE, contract=BOB, transaction=keccak256(b"tx"), block_number=3, gas_used=2_000_000
        )
        ledger.record_issued(issued)
        assert ledger.issued("LEAP") == issued

    def test_a_stamp_is_found_by_its_claim_key(self, ledger: Ledger) -> None:
        """The address of a claim key leads to its stamp, a stranger's to none."""
        ledger.plan_series(PLAN, stamps())
        found = ledger.stamp_by_claim_key("LEAP", key_of(12))
        assert found is not None
        assert found.planned.serial == 12
        assert ledger.stamp_by_claim_key("LEAP", ALICE) is None

    def test_claims_are_counted(self, ledger: Ledger) -> None:
        """A claimed stamp names its claimer and is counted once."""
        ledger.plan_series(PLAN, stamps())
        for _ in range(2):
            ledger.record_claimed("LEAP", Serial(5), BOB)
        found = ledger.stamp("LEAP", Serial(5))
        assert found is not None
        assert found.claimed_by == BOB
        assert ledger.count_claimed("LEAP") == 1


class TestSteps:
    def test_a_finished_step_has_both_times(self, ledger: Ledger) -> None:
        """A step that ends is recorded with when it began and ended."""
        times = iter([100, 107])
        with ledger.step("LEAP", "issue", clock=lambda: next(times)):
            assert ledger.steps("LEAP")[0].ended_at is None
        (step,) = ledger.steps("LEAP")
        assert (step.step, step.begun_at, step.ended_at) == ("issue", 100, 107)

    def test_a_step_that_fails_never_ended(self, ledger: Ledger) -> None:
        """A step that raises stays visible as begun."""
        with pytest.raises(ZeroDivisionError), ledger.step("LEAP", "print", clock=lambda: 1):
            raise ZeroDivisionError
        assert ledger.steps("LEAP")[0].ended_at is None

    def test_a_file_printed_again_replaces_its_record(self, ledger: Ledger) -> None:
        """The ledger holds the newest hash of a file, not two rows of one name."""
        ledger.plan_series(PLAN, stamps())
        first = PrintedFile(name="a.pdf", sha256=keccak256(b"1"), first_serial=Serial(1), last_serial=Serial(25))
        second = replace(first, sha256=keccak256(b"2"))
        ledger.record_printed("LEAP", first)
        ledger.record_printed("LEAP", second)
        assert ledger.printed("LEAP") == (second,)


class TestTransactions:
    def test_signed_bytes_are_durable_before_anything_else(self, ledger: Ledger) -> None:
        """What was recorded as signed is read by another process at once."""
        record = transaction()
        sign(ledger, record)
        assert ask(ledger, "SELECT raw, state FROM offers, transactions") == (record.offers[0].raw, "signed")

    def test_an_intent_has_one_live_transaction(self, ledger: Ledger) -> None:
        """A second transaction for a live intent is refused by the database itself."""
        sign(ledger, transaction(nonce=0))
        with pytest.raises(StorageProblem, match=r"(?i)unique"):
            sign(ledger, transaction(nonce=1))
        assert ask(ledger, "SELECT count(*) FROM offers") == (1,)

    def test_a_nonce_is_used_once(self, ledger: Ledger) -> None:
        """Two intents cannot take one nonce of one account, and another account is free to."""
        sign(ledger, transaction("a", nonce=4))
        with pytest.raises(StorageProblem, match=r"(?i)unique"):
            sign(ledger, transaction("b", nonce=4))
        sign(ledger, transaction("b", nonce=4, sender=BOB))
        assert ledger.highest_nonce(CHAIN, BOB) == 4

    def test_a_failed_transaction_frees_its_intent_but_not_its_nonce(self, ledger: Ledger) -> None:
        """After a revert the intent may be signed again, with the next nonce."""
        record = transaction(nonce=2)
        sign(ledger, record)
        mine(ledger, record, succeeded=False)
        assert ledger.live_transaction("issue") is None
        assert ledger.highest_nonce(CHAIN, ALICE) == 2
        sign(ledger, transaction(nonce=3))
        assert [each.succeeded for each in ledger.transactions()] == [False, None]

    def test_a_mined_transaction_stays_live(self, ledger: Ledger) -> None:
        """A mined intent is never signed again; its receipt is kept."""
        record = transaction()
        sign(ledger, record)
        receipt = mine(ledger, record)
        assert ledger.live_transaction("issue") == replace(record, state=TransactionState.FINAL, receipt=receipt)

    def test_who_gave_it_up_said_why(self, ledger: Ledger) -> None:
        """A transaction that a person gave up stays in the ledger with the reason."""
        record = transaction()
        sign(ledger, record)
        ledger.record_abandoned(record.offers[0].hash, "the wallet on the shelf had used it")
        (kept,) = ledger.transactions()
        assert (kept.state, kept.remark) == (TransactionState.ABANDONED, "the wallet on the shelf had used it")
        assert ledger.live_transaction("issue") is None

    def test_no_nonce_was_signed_yet(self, ledger: Ledger) -> None:
        """An account that has not sent has no highest nonce."""
        assert ledger.highest_nonce(CHAIN, ALICE) is None

    def test_the_raw_bytes_stay_out_of_the_repr(self) -> None:
        """A transaction in a log line does not carry bytes that anybody could broadcast."""
        assert "raw" not in repr(transaction())

    def test_a_writer_waits_for_another_one(self, ledger: Ledger) -> None:
        """A process that writes while another one does waits for it instead of failing."""
        sign(ledger, transaction())
        engine = to_write(create_engine(ledger._engine.url, connect_args=_any_thread(ledger)))
        other = engine.connect()
        other.execute(text("UPDATE transactions SET remark = 'from elsewhere'"))
        release = Timer(0.05, other.commit)
        release.start()
        mine(ledger, transaction())
        release.join()
        other.close()
        engine.dispose()
        (kept,) = ledger.transactions()
        assert (kept.remark, kept.state) == ("from elsewhere", TransactionState.FINAL)


def _any_thread(ledger: Ledger) -> dict[str, bool]:
    return {"check_same_thread": False} if ledger._engine.dialect.name == "sqlite" else {}


class TestChallenges:
    CHALLENGE = ChallengeRecord(
        nonce="a1b2c3d4",
        public_code="https://POST.EXAMPLE/S/1",
        verifier="dealer.example",
        address=ALICE,
        issued_at=100,
        expires_at=700,
    )

    def test_a_challenge_is_kept_as_it_was_asked(self, ledger: Ledger) -> None:
        """The verifier answers from its own record, not from what it is shown."""
        ledger.record_challenge(self.CHALLENGE)
        assert ledger.challenge("a1b2c3d4") == self.CHALLENGE
        assert ledger.challenge("other") is None

    def test_a_nonce_is_accepted_once(self, ledger: Ledger, place: Path | str) -> None:
        """The same answer presented again is refused, also by a new process."""
        ledger.record_challenge(self.CHALLENGE)
        assert ledger.use_nonce("a1b2c3d4", at=200)
        with Ledger(place) as again:
            assert not again.use_nonce("a1b2c3d4", at=201)

    def test_a_nonce_that_was_never_asked_is_refused(self, ledger: Ledger) -> None:
        """A challenge somebody wrote for themselves is worth nothing."""
        assert not ledger.use_nonce("invented", at=1)

    def test_a_nonce_is_asked_once(self, ledger: Ledger) -> None:
        """Two challenges never share a nonce."""
        ledger.record_challenge(self.CHALLENGE)
        with pytest.raises(StorageProblem, match=r"(?i)unique"):
            ledger.record_challenge(self.CHALLENGE)


HOLD = f"""
import sys
from pathlib import Path
from cryptostamp.ledger import Ledger
place = sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])
with Ledger(place) as ledger, ledger.sole_writer({CHAIN}, {ALICE!r}):
    pass
"""


def hold(place: Path | str) -> subprocess.CompletedProcess[str]:
    """Take the right to send in another process."""
    return subprocess.run([sys.executable, "-c", HOLD, str(place)], capture_output=True, text=True, check=False)


class TestSoleWriter:
    def test_a_second_process_is_told_who_holds_the_account(self, ledger: Ledger, place: Path | str) -> None:
        """Two processes never send from one account at once; the second names the first."""
        with ledger.sole_writer(CHAIN, ALICE, clock=lambda: 1_800_000_000):
            held = hold(place)
        assert held.returncode != 0
        assert f"Another Cryptostamp process (id {os.getpid()}, since 2027-01-15 08:00:00 UTC, on" in held.stderr
        free = hold(place)
        assert (free.returncode, free.stderr) == (0, "")

    def test_two_accounts_do_not_wait_for_each_other(self, ledger: Ledger) -> None:
        """The lock is on one account of one chain."""
        with ledger.sole_writer(CHAIN, ALICE), ledger.sole_writer(CHAIN, BOB), ledger.sole_writer(ChainId(1), ALICE):
            assert ledger.plan_of("LEAP") is None

    def test_a_thread_may_take_it_twice(self, ledger: Ledger, place: Path | str) -> None:
        """Who has the right already is not stopped by itself, and keeps it until the outer block ends."""
        with ledger.sole_writer(CHAIN, ALICE):
            with ledger.sole_writer(CHAIN, ALICE):
                pass
            assert hold(place).returncode != 0
        assert hold(place).returncode == 0

    @pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"pid": 1, "host": "a", "since": 1e99}'])
    def test_a_holder_that_has_not_said_its_name(self, tmp_path: Path, content: str) -> None:
        """A lock file that cannot be read stops the second process all the same."""
        path = tmp_path / f"ledger.sqlite3.{CHAIN}-{ALICE}.lock"
        path.write_text(content)
        with path.open("rb") as other, Ledger(tmp_path / "ledger.sqlite3") as ledger:
            fcntl.flock(other, fcntl.LOCK_EX)
            with pytest.raises(StorageProblem, match="has not said its name"), ledger.sole_writer(CHAIN, ALICE):
                pass


class TestRefusals:
    def test_a_ledger_of_another_version_is_refused(self, tmp_path: Path) -> None:
        """A ledger written by another schema is left alone."""
        path = tmp_path / "ledger.sqlite3"
        query(path, "PRAGMA user_version = 99")
        with pytest.raises(StorageProblem, match=r"another schema \(unknown\) than"):
            Ledger(path)

    def test_a_strange_database_is_refused(self, tmp_path: Path) -> None:
        """Somebody else's SQLite file is not turned into a ledger."""
        path = tmp_path / "ledger.sqlite3"
        query(path, "CREATE TABLE notes (text)")
        with pytest.raises(StorageProblem, match="another schema"):
            Ledger(path)

    def test_a_file_that_is_no_database_is_refused(self, tmp_path: Path) -> None:
        """A text file under the ledger's name gives one sentence and stays as it is."""
        path = tmp_path / "ledger.sqlite3"
        path.write_text("Dear printer, " * 200)
        with pytest.raises(StorageProblem, match="file is not a database"):
            Ledger(path)
        assert path.read_text().startswith("Dear printer")

    @pytest.mark.parametrize(
        "url", ["", "ledger", "mysql://post@localhost/ledger", "sqlite:///x", "postgresql//x", "a:b:c://"]
    )
    def test_a_url_that_is_none(self, url: str) -> None:
        """A text that is no URL of PostgreSQL is the caller's mistake."""
        with pytest.raises(InputError, match="not the URL of a ledger"):
            Ledger(url)

    def test_a_server_that_is_not_there(self) -> None:
        """A server that does not answer is told without the password."""
        with pytest.raises(StorageProblem) as caught:
            Ledger("postgresql://post:pa55word@127.0.0.1:1/ledger")
        assert "pa55word" not in caught.value.diagnostics()
        assert "***@127.0.0.1:1/ledger" in caught.value.where

    def test_a_strange_database_of_postgresql(self, new_database: Callable[[], str]) -> None:
        """Somebody else's database is not turned into a ledger."""
        url = new_database()
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE notes (line TEXT)"))
        engine.dispose()
        with pytest.raises(StorageProblem, match="another schema"):
            Ledger(url)

    def test_a_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        """A file where the folder should be is reported with the ledger's path."""
        (tmp_path / "issued").write_text("")
        with pytest.raises(StorageProblem) as caught:
            Ledger(tmp_path / "issued" / "ledger.sqlite3")
        assert caught.value.where.endswith("ledger.sqlite3")
        assert caught.value.exit_code == 3
