"""Plan, ledger, print files and chain are compared; whatever differs is found and named, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from support.desk import Desk

from cryptostamp.chain import DevSigner, MinedTransaction, PostalRegistry, Stamp, StampSeries, VoidReason
from cryptostamp.ledger import PrintedFile
from cryptostamp.office import Audit, StampDesk, VoidOrder, audit, claim, print_stamps, runs_of
from cryptostamp.office.audit_report import AuditCode, Difference, Outcome
from cryptostamp.primitives import Hash32, Serial, keccak256, parse_address

ALICE = parse_address("0x" + "a1" * 20)
DEAD = "http://127.0.0.1:9"


def take(desk: Desk, serial: int) -> None:
    claim(desk.secret.claim_code(Serial(serial)), desk.dossier, to=ALICE, sender=desk.sender, ledger=desk.ledger)


def void(desk: Desk, first: int, last: int) -> None:
    StampDesk(desk.dossier, desk.sender, desk.ledger).void(
        VoidOrder(serials=runs_of([(first, last)]), reason=VoidReason.STOLEN)
    )


def audited(desk: Desk, rpc: str | None = None) -> Audit:
    return audit(desk.series, workspace=desk.workspace, rpc=rpc or desk.url)


def found(desk: Desk) -> list[tuple[AuditCode, tuple[tuple[int, int], ...]]]:
    return [(each.code, each.serials) for each in audited(desk).differences]


@pytest.fixture
def sql(desk: Desk) -> Callable[[str], None]:
    """Change the ledger behind the program's back."""

    def execute(statement: str) -> None:
        engine = create_engine(f"sqlite:///{desk.workspace.ledger_path}")
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    return execute


class TestAgreement:
    def test_as_issued(self, desk: Desk) -> None:
        """A series that was just issued agrees in all parts."""
        done = audited(desk)
        assert {part.name: part.outcome for part in done.parts} == dict.fromkeys(
            ("ledger", "contract", "stamps", "transactions", "print files"), Outcome.AGREES
        )
        assert done.outcome is Outcome.AGREES

    def test_after_a_life(self, desk: Desk) -> None:
        """Printed, claimed, delivered and voided stamps agree as well."""
        print_stamps(desk.series, workspace=desk.workspace, clock=lambda: 1)
        take(desk, 5)
        StampSeries(desk.chain, desk.dossier.deployment.contract).transfer(
            desk.sender, intent="send no. 7", serial=Serial(7), to=ALICE
        )
        void(desk, 11, 20)
        assert found(desk) == []

    def test_without_a_node(self, desk: Desk) -> None:
        """A node that is down makes parts that were not checked: never a difference, never agreement."""
        done = audited(desk, DEAD)
        assert done.outcome is Outcome.NOT_CHECKED
        assert done.differences == ()
        assert {part.name for part in done.parts if part.outcome is Outcome.AGREES} == {"ledger"}


class TestLedger:
    @pytest.mark.parametrize(
        ("statement", "difference"),
        [
            ("DELETE FROM stamps WHERE serial IN (3, 4, 9)", (AuditCode.LEDGER_MISSING, ((3, 4), (9, 9)))),
            ("DELETE FROM stamps WHERE serial = 30", (AuditCode.LEDGER_MISSING, ((30, 30),))),
            ("UPDATE stamps SET serial = 31 WHERE serial = 30", (AuditCode.LEDGER_MISSING, ((30, 30),))),
            ("UPDATE stamps SET variant = variant + 1 WHERE serial = 2", (AuditCode.LEDGER_DIFFERS, ((2, 2),))),
            ("UPDATE stamps SET sheet = 7 WHERE serial > 28", (AuditCode.LEDGER_DIFFERS, ((29, 30),))),
            ("UPDATE stamps SET claim_key = 'ALICE' WHERE serial = 1", (AuditCode.LEDGER_DIFFERS, ((1, 1),))),
            ("UPDATE stamps SET claimed_by = 'ALICE' WHERE serial = 8", (AuditCode.CLAIM_NOT_ON_CHAIN, ((8, 8),))),
        ],
    )
    def test_stamps(
        self, desk: Desk, sql: Callable[[str], None], statement: str, difference: tuple[AuditCode, object]
    ) -> None:
        """A ledger that has lost, gained or changed a stamp is found out, with the stamp."""
        sql(statement.replace("ALICE", ALICE))
        assert difference in found(desk)
        extra = (AuditCode.LEDGER_EXTRA, ((31, 31),))
        assert (extra in found(desk)) == ("serial = 31" in statement)

    def test_something_under_way(self, desk: Desk, sql: Callable[[str], None]) -> None:
        """A transaction that was signed and is not final is told."""
        take(desk, 2)
        sql("UPDATE transactions SET state = 'signed' WHERE intent LIKE '%claim no. 2%'")
        (difference,) = audited(desk).differences
        assert difference.code is AuditCode.TRANSACTION_UNFINISHED
        assert "claim no. 2" in difference.what

    def test_what_the_chain_lost(self, desk_alone: Desk) -> None:
        """A claim that a reorganisation has undone is found as sent and as claimed."""
        take(desk_alone, 2)
        desk_alone.chain.rpc.request("anvil_reorg", 1, [])
        codes = {each.code: each for each in audited(desk_alone).differences}
        assert set(codes) == {AuditCode.TRANSACTION_LOST, AuditCode.CLAIM_NOT_ON_CHAIN}
        assert codes[AuditCode.CLAIM_NOT_ON_CHAIN].serials == ((2, 2),)


class TestChain:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"owner": ALICE}, None),  # of a stamp in custody nobody else than custody is asked for
            ({"postmarks": 1}, AuditCode.STATE_DIFFERS),
            ({"variant": 4}, AuditCode.VARIANT_DIFFERS),
            ({"since": 12}, AuditCode.STATE_DIFFERS),
        ],
    )
    def test_a_contract_that_says_otherwise(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], code: AuditCode | None
    ) -> None:
        """What the contract says of a stamp is compared with what its events told and the edition drew."""
        serial = next(number for number in range(1, 31) if desk.dossier.edition.variant_index(Serial(number)) != 4)
        honest = StampSeries.stamps

        def stamps(contract: StampSeries, serials: list[Serial]) -> tuple[Stamp, ...]:
            return tuple(
                replace(stamp, **changes) if stamp.serial == serial else stamp  # type: ignore[arg-type]
                for stamp in honest(contract, serials)
            )

        monkeypatch.setattr(StampSeries, "stamps", stamps)
        assert found(desk) == ([] if code is None else [(code, ((serial, serial),))])

    def test_a_wrong_owner(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A claimed token with another owner than its events told is found."""
        take(desk, 6)
        honest = StampSeries.stamps
        monkeypatch.setattr(
            StampSeries,
            "stamps",
            lambda contract, serials: tuple(
                replace(stamp, owner=DevSigner(3).address) for stamp in honest(contract, serials)
            ),
        )
        assert found(desk) == [(AuditCode.STATE_DIFFERS, ((6, 6),))]

    def test_another_contract(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A contract with other terms than the dossier's is named, term by term."""
        honest = StampSeries.terms
        monkeypatch.setattr(
            StampSeries, "terms", lambda contract: replace(honest(contract), edition_root=keccak256(b"another"))
        )
        (difference,) = audited(desk).differences
        assert difference == Difference(
            code=AuditCode.CONTRACT_DIFFERS, what="The edition root of the contract is not that of the dossier."
        )

    def test_a_post_that_does_not_stand(self, desk: Desk) -> None:
        """A series that was suspended is told."""
        registry = PostalRegistry(desk.chain, desk.dossier.deployment.registry)
        registry.suspend_series(
            desk.sender, intent="suspend", contract=desk.dossier.deployment.contract, reason="an inquiry"
        )
        assert [code for code, _ in found(desk)] == [AuditCode.NOT_REGISTERED]

    def test_a_claim_between_two_answers(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A stamp that is claimed while the audit runs is no difference."""
        honest = StampSeries.stamps
        mined: list[MinedTransaction | None] = []

        def stamps(contract: StampSeries, serials: list[Serial]) -> tuple[Stamp, ...]:
            if not mined:
                mined.append(None)
                take(desk, 9)
            return honest(contract, serials)

        monkeypatch.setattr(StampSeries, "stamps", stamps)
        assert found(desk) == []
        assert mined


class TestPrintFiles:
    @pytest.fixture
    def printed(self, desk: Desk) -> Path:
        """The PDF of the whole edition."""
        return print_stamps(desk.series, workspace=desk.workspace, clock=lambda: 1).faces[0]

    def test_a_file_that_is_gone(self, desk: Desk, printed: Path) -> None:
        """A print file that is not there any more is missed by its name."""
        printed.unlink()
        (difference,) = audited(desk).differences
        assert (difference.code, printed.name in difference.what) == (AuditCode.FILE_MISSING, True)

    def test_a_file_that_changed(self, desk: Desk, printed: Path) -> None:
        """A print file in which one byte is another one is named."""
        data = bytearray(printed.read_bytes())
        data[len(data) // 2] ^= 1
        printed.write_bytes(data)
        (difference,) = audited(desk).differences
        assert (difference.code, printed.name in difference.what) == (AuditCode.FILE_CHANGED, True)

    def test_printed_though_void(self, desk: Desk) -> None:
        """Stamps that were void before they were printed are told; those that were voided later are not."""
        void(desk, 3, 4)
        now = desk.chain.head().timestamp
        print_stamps(desk.series, workspace=desk.workspace, clock=lambda: now + 60)
        assert found(desk) == [(AuditCode.PRINTED_BUT_VOID, ((3, 4),))]

    def test_going_on_keeps_the_time(self, desk: Desk, printed: Path) -> None:
        """A job that is run again finds its files, and they stay as old as they are."""
        void(desk, 3, 4)
        print_stamps(desk.series, workspace=desk.workspace, clock=lambda: 9_999_999_999)
        assert printed.exists()
        assert found(desk) == []

    def test_printed_twice(self, desk: Desk, printed: Path) -> None:
        """Stamps that lie in two print files are told: there may be two papers of one number."""
        other = printed.with_name("LEAP-trial-faces.pdf")
        other.write_bytes(b"a trial")
        desk.ledger.record_printed(
            "LEAP",
            PrintedFile(
                name=other.name,
                sha256=Hash32(bytes.fromhex("37f8ee8bd8c2f6ae8eef0ab7a5b6e1a3d2de2a7b9e30c8d2f4c59e0b5c3f6a10")),
                first_serial=Serial(2),
                last_serial=Serial(3),
            ),
        )
        assert (AuditCode.PRINTED_TWICE, ((2, 3),)) in found(desk)
