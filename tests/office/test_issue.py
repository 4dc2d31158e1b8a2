"""Issuing puts exactly one series on the chain, however often it is stopped, and refuses what does not fit."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.desk import LEAPFROG, PASSPHRASE, Desk
from support.registry import LILYPOND, admit

from cryptostamp.chain import (
    Chain,
    DevSigner,
    MemoryJournal,
    PostalRegistry,
    Sender,
    StampSeries,
    UnsignedTransaction,
    deploy_registry,
    start_local_node,
)
from cryptostamp.edition import EditionSecret
from cryptostamp.errors import InputError, Refused, StorageProblem
from cryptostamp.office import Issue, Workspace, issue
from cryptostamp.primitives import Address, ChainId, Serial
from cryptostamp.series import Series, load_series, rescale


@pytest.fixture
def quick_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave age's deliberately slow passphrase function to the tests of the secret itself."""
    monkeypatch.setattr(EditionSecret, "seal", lambda self, _passphrase: self._secret)
    monkeypatch.setattr(EditionSecret, "unseal", classmethod(lambda cls, data, _passphrase: cls(data)))


@pytest.fixture
def tiny(leapfrog: Series) -> Series:
    """Return the series with six stamps, for tests that issue anew."""
    return rescale(leapfrog, 6)


def issue_on(chain: Chain, series: Series, folder: Path, **changes: Any) -> Issue:
    options: dict[str, Any] = {"post": DevSigner(0), "passphrase": PASSPHRASE} | changes
    return issue(series, workspace=Workspace(folder), chain=chain, **options)


class TestIssue:
    def test_every_stamp_has_its_token(self, desk: Desk) -> None:
        """The contract holds the edition that the dossier publishes, all of it in custody."""
        contract = StampSeries(desk.chain, desk.dossier.deployment.contract)
        terms = contract.terms()
        assert (terms.name, terms.symbol, terms.edition) == ("Leapfrog", "LEAP", 30)
        assert terms.edition_root == desk.dossier.edition.root
        assert contract.balance_of(terms.custody) == 30
        for serial in (1, 17, 30):
            stamp = contract.stamp(Serial(serial))
            assert stamp is not None
            assert (stamp.owner, stamp.left_custody) == (desk.sender.address, False)
            assert stamp.variant == desk.dossier.edition.variant_index(Serial(serial))

    def test_the_post_stands_behind_it(self, desk: Desk) -> None:
        """The registry names the post of the series file as the one that registered the contract."""
        place = desk.dossier.deployment
        status = PostalRegistry(desk.chain, place.registry).series_status(place.contract)
        assert status is not None
        assert (status.post.name, status.post.domain, status.active) == ("Lilypond Post", "lilypond.example", True)

    def test_the_ledger_has_every_stamp_at_its_place(self, desk: Desk) -> None:
        """Each stamp is in the ledger with its sheet and position, and the step has begun and ended."""
        record = desk.ledger.stamp("LEAP", Serial(26))
        assert record is not None
        assert (record.planned.sheet, record.planned.position) == (2, 1)
        assert record.planned.claim_key == desk.dossier.edition.claim_key(Serial(26))
        (step,) = desk.ledger.steps("LEAP")
        assert (step.step, step.ended_at is None) == ("issue", False)

    def test_issuing_again_changes_nothing(self, desk: Desk) -> None:
        """The same command run again finds the series, sends nothing, and says the same."""
        before, head = desk.ledger.transactions(), desk.chain.head()
        again = issue_on(desk.chain, desk.series, desk.workspace.folder)
        assert again.issued == desk.ledger.issued("LEAP")
        assert (desk.ledger.transactions(), desk.chain.head()) == (before, head)

    def test_the_progress_reaches_its_end(self, chain: Chain, tiny: Series, tmp_path: Path, quick_seal: None) -> None:
        """Whoever watches sees each kind of work from its beginning to its end."""
        seen: list[tuple[str, int, int]] = []
        issue_on(chain, tiny, tmp_path, progress=lambda *what: seen.append(what))
        assert ("Deriving claim keys", 6, 6) in seen
        assert seen[-1] == ("Issuing on the chain", 3, 3)


class _Killed(BaseException):
    """The process ends here."""


class TestKilled:
    """Process killed between any two lines: going on gives one series, never two."""

    def assert_one_series(self, chain: Chain, folder: Path, done: Issue) -> None:
        """Exactly five transactions were sent, and all files speak of the one series they made."""
        with Workspace(folder).ledger() as ledger:
            sent = ledger.transactions()
            assert [each.succeeded for each in sent] == [True] * 5
            assert chain.transaction_count(DevSigner(0).address) + chain.transaction_count(DevSigner(1).address) == 5
            assert ledger.issued("LEAP") == done.issued
        assert Workspace(folder).dossier().deployment.contract == done.issued.contract

    @pytest.fixture
    def fresh(self) -> Any:
        """Start a chain on which nobody has sent anything."""
        with start_local_node() as node:
            yield Chain.connect(node.url)

    def test_at_each_moment_that_is_reported(
        self, fresh: Chain, tiny: Series, tmp_path: Path, quick_seal: None
    ) -> None:
        """Killed at the first, second, third … report in turn, each run goes on where the last one stopped."""

        def dies_at(count: int) -> Callable[[str, int, int], None]:
            left = iter(range(count))

            def report(*_what: object) -> None:
                if next(left, None) is None:
                    raise _Killed

            return report

        deaths = 0
        while True:
            try:
                done = issue_on(fresh, tiny, tmp_path, progress=dies_at(deaths))
            except _Killed:
                deaths += 1
            else:
                break
        assert deaths >= 4
        self.assert_one_series(fresh, tmp_path, done)

    @pytest.mark.parametrize("moment", ["record_signed", "record_mined"])
    @pytest.mark.parametrize("after", [False, True])
    def test_around_each_write_of_the_journal(
        self,
        fresh: Chain,
        tiny: Series,
        tmp_path: Path,
        quick_seal: None,
        monkeypatch: pytest.MonkeyPatch,
        moment: str,
        after: bool,  # noqa: FBT001
    ) -> None:
        """Killed just before or just after every single write of the journal, nothing is sent twice."""
        original = getattr(Workspace(tmp_path).ledger().__class__, moment)
        writes = 0
        deadly = 1

        def dying(self: object, *arguments: object, **options: object) -> None:
            nonlocal writes
            writes += 1
            if writes == deadly and not after:
                raise _Killed
            original(self, *arguments, **options)
            if writes == deadly and after:
                raise _Killed

        monkeypatch.setattr(f"cryptostamp.ledger.Ledger.{moment}", dying)
        deaths = 0
        while True:
            writes = 0
            try:
                done = issue_on(fresh, tiny, tmp_path)
            except _Killed:
                deaths += 1
                deadly = 1 if after else min(deaths % 2 + 1, 2)
                monkeypatch.setattr(f"cryptostamp.ledger.Ledger.{moment}", dying if deaths < 4 else original)
            else:
                break
        assert deaths == 4
        self.assert_one_series(fresh, tmp_path, done)

    def test_before_the_answer_of_the_node_is_heard(
        self, fresh: Chain, tiny: Series, tmp_path: Path, quick_seal: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Killed right after the node took the bytes, the same bytes are found mined, not signed anew."""
        broadcast = Chain.broadcast

        def taken_then_killed(self: Chain, raw: bytes) -> None:
            broadcast(self, raw)
            raise _Killed

        monkeypatch.setattr(Chain, "broadcast", taken_then_killed)
        deaths = 0
        while True:
            try:
                done = issue_on(fresh, tiny, tmp_path)
            except _Killed:
                deaths += 1
            else:
                break
        assert deaths == 5  # once for each transaction: registry, proposal, acceptance, series, registration
        self.assert_one_series(fresh, tmp_path, done)


class TestRefusals:
    def test_a_wrong_passphrase(self, desk: Desk) -> None:
        """The secret does not open, and nothing is sent."""
        before = desk.ledger.transactions()
        with pytest.raises(InputError, match="passphrase"):
            issue_on(desk.chain, desk.series, desk.workspace.folder, passphrase="another one")
        assert desk.ledger.transactions() == before

    def test_a_changed_series(self, desk: Desk, tmp_path: Path) -> None:
        """A title that was changed after the issue is refused, so that paper and token keep agreeing."""
        with pytest.raises(InputError, match="LEAP has been changed"):
            issue_on(desk.chain, replace(desk.series, title="Leapfrogs"), desk.workspace.folder)

    def test_a_changed_picture(self, desk: Desk, tmp_path: Path) -> None:
        """Artwork that was changed after the issue is refused, too."""
        copy = tmp_path / "leapfrog"
        shutil.copytree(LEAPFROG, copy)
        picture = copy / "dive.svg"
        picture.write_text(
            picture.read_text(encoding="utf-8").replace("</svg>", "<path d='M0 0h1v1z'/></svg>"), "utf-8"
        )
        with pytest.raises(InputError, match="LEAP has been changed"):
            issue_on(desk.chain, rescale(load_series(copy), 30), desk.workspace.folder)

    def test_another_chain(self, desk: Desk) -> None:
        """A ledger of a chain that is gone is not continued on the next one, though its id is the same."""
        with start_local_node() as other, pytest.raises(InputError, match="begun on another chain"):
            issue_on(Chain.connect(other.url), desk.series, desk.workspace.folder)

    def test_the_secret_of_another_edition(self, desk: Desk, quick_seal: None) -> None:
        """An edition.age that was swapped is noticed before anything is sent."""
        desk.workspace.secret_path.write_bytes(b"\1" * 32)
        with pytest.raises(InputError, match="not the one that this series was planned with"):
            issue_on(desk.chain, desk.series, desk.workspace.folder)

    def test_a_lost_secret(self, desk: Desk) -> None:
        """A planned series whose secret is gone does not silently get another one."""
        desk.workspace.secret_path.unlink()
        with pytest.raises(StorageProblem, match="sealed secret of the edition cannot be read"):
            issue_on(desk.chain, desk.series, desk.workspace.folder)

    def test_a_post_that_nobody_admitted(self, chain: Chain, tiny: Series, tmp_path: Path, quick_seal: None) -> None:
        """A registry that does not know the account refuses before the series is deployed."""
        registry = self._registry(chain)
        with pytest.raises(Refused, match="has not admitted the account"):
            issue_on(chain, tiny, tmp_path, registry=registry)
        assert chain.transaction_count(DevSigner(0).address) == self._sent(chain)

    def test_a_post_under_another_name(self, chain: Chain, tiny: Series, tmp_path: Path, quick_seal: None) -> None:
        """A series that says another domain than the registry is not issued."""
        registry = self._registry(chain)
        admit(*self._parties(chain, registry), domain="other.example")
        with pytest.raises(InputError, match=r"other\.example"):
            issue_on(chain, tiny, tmp_path, registry=registry)

    def test_a_post_that_has_not_accepted(self, chain: Chain, tiny: Series, tmp_path: Path, quick_seal: None) -> None:
        """An account that was proposed and has not accepted is told as what, and how it accepts."""
        registry = self._registry(chain)
        office, authority, account = self._parties(chain, registry)
        office.propose_post(authority, intent="propose", account=account.address, **LILYPOND)
        with pytest.raises(Refused, match=r"Lilypond Post \(XL, lilypond\.example\), and it has not") as refusal:
            issue_on(chain, tiny, tmp_path, registry=registry)
        assert f"cryptostamp registry accept 1 --registry {registry}" in refusal.value.remedy
        office.accept_post(account, intent="accept", post_id=1)
        assert issue_on(chain, tiny, tmp_path, registry=registry).issued.registry == registry

    @pytest.mark.parametrize("action", ["suspend_post", "revoke_post"])
    def test_a_post_that_does_not_stand(
        self, chain: Chain, tiny: Series, tmp_path: Path, quick_seal: None, action: str
    ) -> None:
        """A suspended or revoked post issues nothing, and is told since when and why."""
        registry = self._registry(chain)
        office, authority, account = self._parties(chain, registry)
        admit(office, authority, account)
        getattr(office, action)(authority, intent="change", post_id=1, reason="A key was lost.")
        sent = chain.transaction_count(account.address)
        day = f"{datetime.fromtimestamp(chain.head().timestamp, UTC):%Y-%m-%d}"
        with pytest.raises(Refused, match=rf"Lilypond Post has been (suspended|revoked) since {day}: A key was lost\."):
            issue_on(chain, tiny, tmp_path, registry=registry)
        assert chain.transaction_count(account.address) == sent

    def test_no_default_account_on_a_public_chain(self, tiny: Series, tmp_path: Path, quick_seal: None) -> None:
        """Without registry and keystore, nothing is done on a chain that is not a local one."""

        class Elsewhere:
            address = DevSigner(0).address

            def sign_transaction(self, _transaction: UnsignedTransaction) -> bytes:
                raise AssertionError("nothing must be signed")

        with (
            start_local_node(chain_id=ChainId(424242)) as node,
            pytest.raises(InputError, match="not a local test chain") as refusal,
        ):
            issue_on(Chain.connect(node.url), tiny, tmp_path, post=Elsewhere())
        assert "cryptostamp registry propose" in refusal.value.remedy

    def _registry(self, chain: Chain) -> Address:
        authority = Sender(chain, DevSigner(1), MemoryJournal())
        self._before = chain.transaction_count(DevSigner(0).address)
        return deploy_registry(authority, intent="registry", authority=authority.address).contract

    def _parties(self, chain: Chain, registry: Address) -> tuple[PostalRegistry, Sender, Sender]:
        """Return the registry, its authority, and the account of the post."""
        authority, account = (Sender(chain, DevSigner(index), MemoryJournal()) for index in (1, 0))
        return PostalRegistry(chain, registry), authority, account

    def _sent(self, _chain: Chain) -> int:
        return self._before


class TestSecrets:
    def test_nothing_secret_lies_in_the_clear(self, desk: Desk) -> None:
        """No file of an issued series but the sealed one holds a claim code, a claim key or the secret."""
        codes = [desk.secret.claim_code(Serial(serial)) for serial in range(1, 31)]
        needles = [desk.secret._secret, *(code.secret for code in codes)]
        needles += [text.encode() for needle in needles for text in (needle.hex(), needle.hex().upper())]
        needles += [form.encode() for code in codes for form in (code.text, code.text.replace("-", ""))]
        files = [path for path in desk.workspace.folder.rglob("*") if path.is_file()]
        assert len(files) > 5
        for path in files:
            content = path.read_bytes()
            assert not any(needle in content for needle in needles), path.name

    def test_the_sealed_secret_is_its_owner_s_alone(self, desk: Desk) -> None:
        """Nobody else on the machine can even copy the sealed file."""
        assert desk.workspace.secret_path.stat().st_mode & 0o077 == 0
