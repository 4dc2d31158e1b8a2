"""The whole life of a series, on a local chain that this starts itself.

Nothing is pretended: the chain is real, the picture is photographed and decoded, and each forgery
is tried and must fail, or the demonstration does. Only the accounts are a local chain's public
ones, so that nothing here is worth stealing.
"""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from eth_account import Account
from eth_account.messages import encode_defunct
from eth_account.signers.local import LocalAccount
from PIL import Image
from pyrage import x25519  # type: ignore[import-untyped]

from cryptostamp.chain import Chain, LocalNode, Sender, SeriesTerms, StampSeries, deploy_series, start_local_node
from cryptostamp.codes import PublicCode, parse_claim_code
from cryptostamp.edition import Dossier
from cryptostamp.errors import InputError, Refused
from cryptostamp.files import write_file
from cryptostamp.ledger import Ledger
from cryptostamp.office.chains import local_post, local_stranger
from cryptostamp.office.claim import claim, send_claim, sign_claim
from cryptostamp.office.compiling import compile_checkout
from cryptostamp.office.issue import Issue, issue
from cryptostamp.office.journal import LedgerJournal
from cryptostamp.office.printing import claim_part_of, png_bytes, print_stamps, public_code_of
from cryptostamp.office.progress import Progress
from cryptostamp.office.prove import ask_owner, check_owner
from cryptostamp.office.verify import verify
from cryptostamp.office.workspace import Workspace
from cryptostamp.press import photograph, render_claim_part, sheets_of, unseal
from cryptostamp.primitives import Address, Serial, parse_address
from cryptostamp.scan import Conclusion, Verdict, read_photo
from cryptostamp.series import Series, describe, load_series, rescale

__all__ = ["DEMO_PASSPHRASE", "Demo", "DemoListener", "Refusal", "StepTime", "run_demo"]

DEMO_PASSPHRASE = "leapfrog"  # noqa: S105  (it guards an edition on a chain that ends with the demonstration)

_MARK = ".cryptostamp-demo"
_CLAIM_PART_DPI = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTime:
    """How long a step took."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something that was tried and must not work, and the reason that was given."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the demonstration made and saw."""

    title: str
    stamps: int
    registry: Address
    contract: Address
    gas_per_stamp: float
    issue_gas: int
    claim_gas: int
    before_claim: Verdict
    after_claim: Verdict
    refusals: tuple[Refusal, ...]
    steps: tuple[StepTime, ...]
    files: tuple[Path, ...]
    issued: Path
    photo: Path
    node_url: str | None
    """Where the chain still runs, if it was to be kept."""
    node_pid: int | None


class DemoListener(Protocol):
    """Who is told what happens."""

    def step(self, name: str) -> None:
        """A step begins."""

    def say(self, text: str) -> None:
        """Something worth telling happened."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Long work has come so far."""


def run_demo(
    series_file: Path,
    *,
    folder: Path,
    stamps: int | None = None,
    keep: bool = False,
    listener: DemoListener,
) -> Demo:
    """Run the whole life of the series in `series_file`, and return what came of it.

    Files go into `folder`, which is made anew if an earlier demonstration made it, and refused
    otherwise. `stamps` changes the edition; `keep` leaves the chain running. Raises `Refused` if a
    forgery was accepted.
    """
    stage = _Stage(listener)
    with stage.step("Describe"):
        series = load_series(series_file)
        if stamps is not None:
            series = rescale(series, stamps)
        _empty(folder)
        listener.say(describe(series))
    with stage.step("Compile"):
        listener.say(compile_checkout())
    node = start_local_node(keep=keep)
    finished = False
    try:
        demo = _Life(series, Workspace(folder / "issued"), folder, node, stage).run(keep=keep)
        finished = True
    finally:
        if not (keep and finished):
            node.stop()
    return demo


class _Stage:
    """Times the steps and passes on what is said."""

    def __init__(self, listener: DemoListener) -> None:
        self.listener = listener
        self.times: list[StepTime] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.listener.step(name)
        begun = time.perf_counter()
        yield
        self.times.append(StepTime(name=name, seconds=round(time.perf_counter() - begun, 3)))


class _Life:
    """One series from issue to the last forgery."""

    def __init__(self, series: Series, workspace: Workspace, folder: Path, node: LocalNode, stage: _Stage) -> None:
        self.series = series
        self.workspace = workspace
        self.folder = folder
        self.node = node
        self.stage = stage
        self.say = stage.listener.say
        self.chain = Chain.connect(node.url)
        self.collector: LocalAccount = Account.create()
        self.refusals: list[Refusal] = []

    def run(self, *, keep: bool) -> Demo:
        stage = self.stage
        with stage.step("Issue"):
            issued = self._issue(stage.listener.progress)
            dossier = self.dossier = self.workspace.dossier()
        serial = Serial(min(3, self.series.edition - 1))
        with stage.step("Print"):
            files = self._print(dossier, serial, stage.listener.progress)
        with stage.step("Scan"):
            photo, before = self._scan(serial)
        with self.workspace.ledger() as ledger:
            post = Sender(self.chain, local_post(self.chain), LedgerJournal(ledger))
            with stage.step("Claim"):
                claim_gas = self._claim(dossier, serial, post, ledger)
            with stage.step("Scan again"):
                after = self._verdict(str(photo), Conclusion.GENUINE)
                self.say(after.sentence)
            with stage.step("Prove"):
                self._prove(public_code_of(dossier, serial), dossier, ledger)
            with stage.step("Forge"):
                self._forge(dossier, serial, post, ledger)
        return Demo(
            title=self.series.title,
            stamps=self.series.edition,
            registry=issued.issued.registry,
            contract=issued.issued.contract,
            gas_per_stamp=round(issued.gas_per_stamp, 2),
            issue_gas=issued.issued.gas_used,
            claim_gas=claim_gas,
            before_claim=before,
            after_claim=after,
            refusals=tuple(self.refusals),
            steps=tuple(stage.times),
            files=(*files, photo),
            issued=self.workspace.folder,
            photo=photo,
            node_url=self.node.url if keep else None,
            node_pid=self.node.pid if keep else None,
        )

    def _issue(self, progress: Progress) -> Issue:
        self.say(f"A local chain runs at {self.node.url}.")
        done = issue(
            self.series,
            workspace=self.workspace,
            chain=self.chain,
            post=local_post(self.chain),
            passphrase=DEMO_PASSPHRASE,
            progress=progress,
        )
        plan = done.issued.plan
        self.say(
            f"{self.series.issuer.name} was proposed by the authority of the registry {done.issued.registry}, has "
            "accepted, and stands behind the series.\n"
            f"The contract {done.issued.contract} holds {plan.edition:,} tokens, "
            f"issued in block {done.issued.block_number} by one transaction: {done.issued.gas_used:,} gas, "
            f"{done.gas_per_stamp:,.1f} a stamp.\n"
            f"The public dossier is {done.dossier_address}."
        )
        return done

    def _print(self, dossier: Dossier, serial: Serial, progress: Progress) -> tuple[Path, ...]:
        series = self.series
        printer = x25519.Identity.generate()
        sheet = range(1, min(series.sheet.stamps, series.edition) + 1)
        rarest = min(range(len(series.variants)), key=lambda index: series.variants[index].count)
        rare = next(
            Serial(number)
            for number in range(1, series.edition + 1)
            if dossier.edition.variant_index(Serial(number)) == rarest
        )
        shown = sorted({*map(Serial, sheet[: len(series.designs)]), serial, rare})
        job = print_stamps(
            series,
            workspace=self.workspace,
            serials=sheet,
            images=shown,
            printer=[str(printer.to_public())],
            passphrase=DEMO_PASSPHRASE,
            progress=progress,
        )
        if not job.claims or not unseal(job.claims[0].read_bytes(), str(printer)).startswith(b"%PDF"):
            raise Refused("The sealed layer of hidden codes does not open with the printer's key.")
        self.secret = self.workspace.open_secret(DEMO_PASSPHRASE)
        part = claim_part_of(series, dossier, self.secret, serial)
        claim_part = self.folder / f"{series.id}-{serial:06d}-claim-part.png"
        image = render_claim_part(series, part, dpi=_CLAIM_PART_DPI)
        write_file(claim_part, png_bytes(image, dpi=_CLAIM_PART_DPI))
        self.claim_part = claim_part
        self.say(
            f"Sheet 1 of {sheets_of(series):,} as PDF, {len(job.images)} single stamps as PNG "
            f"(no. {rare:,} is the rarest, {series.variants[rarest].name}),\n"
            "the hidden codes of the sheet sealed to the printer's key, "
            f"and the claim part of no. {serial:,} with its scratch field scratched off."
        )
        return (*job.files, claim_part)

    def _scan(self, serial: Serial) -> tuple[Path, Verdict]:
        printed = self.workspace.print_folder / f"{self.series.id}-{serial:06d}.png"
        with Image.open(io.BytesIO(printed.read_bytes())) as image:
            picture = photograph(image, seed=2026, degrees=11, scale=0.8, jpeg_quality=70)
        photo = self.folder / f"photo-of-{self.series.id}-{serial:06d}.jpg"
        write_file(photo, picture)
        verdict = self._verdict(str(photo), Conclusion.GENUINE)
        self.say(verdict.sentence)
        self.say(verdict.caveat)
        return photo, verdict

    def _claim(self, dossier: Dossier, serial: Serial, post: Sender, ledger: Ledger) -> int:
        (symbol,) = read_photo(self.claim_part).symbols
        self.hidden = parse_claim_code(symbol.text)
        to = parse_address(self.collector.address)
        claimed = claim(self.hidden, dossier, to=to, sender=post, ledger=ledger)
        self.say(
            f"The hidden code signed for {to}, which owns {self.chain.balance(to)} wei; the post paid "
            f"{claimed.mined.gas_used:,} gas. The token of no. {serial:,} has moved."
        )
        return claimed.mined.gas_used

    def _prove(self, code: PublicCode, dossier: Dossier, ledger: Ledger) -> None:
        challenge = ask_owner(code, dossier, chain=self.chain, ledger=ledger, verifier="dealer.example")
        stranger: LocalAccount = Account.create()
        wrong = check_owner(challenge.nonce, _sign(stranger, challenge.text), chain=self.chain, ledger=ledger)
        if wrong.proven:
            raise Refused("A stranger could prove ownership.")
        self._refused("A stranger proves ownership", wrong.sentence)
        right = check_owner(challenge.nonce, _sign(self.collector, challenge.text), chain=self.chain, ledger=ledger)
        if not right.proven:
            raise Refused(f"The owner could not prove ownership. {right.sentence}")
        self.say(right.sentence)

    def _forge(self, dossier: Dossier, serial: Serial, post: Sender, ledger: Ledger) -> None:
        genuine = public_code_of(dossier, serial)
        nobody = parse_address(Account.create().address)
        self._refuse_code(
            "A serial beyond the edition",
            PublicCode.make(
                host=genuine.host,
                chain_id=genuine.chain_id,
                contract=genuine.contract,
                serial=Serial(dossier.edition.size + 1),
                claim_key=nobody,
            ),
        )
        self._refuse_code(
            "An invented code",
            PublicCode.make(
                host=genuine.host,
                chain_id=genuine.chain_id,
                contract=genuine.contract,
                serial=serial,
                claim_key=nobody,
            ),
        )
        self._refuse_code("A look-alike contract", replace(genuine, contract=self._look_alike(genuine, ledger)))
        thief = parse_address(Account.create().address)
        with self._must_refuse("A second claim with the same code"):
            claim(self.hidden, dossier, to=thief, sender=post, ledger=ledger)
        other = self.secret.claim_code(Serial(serial + 1))
        deadline = self.chain.head().timestamp + 3600
        overheard = sign_claim(other, dossier, to=parse_address(self.collector.address), deadline=deadline)
        with self._must_refuse("A claim redirected to another address"):
            send_claim(replace(overheard, to=thief), dossier, sender=post, ledger=ledger)

    def _look_alike(self, genuine: PublicCode, ledger: Ledger) -> Address:
        """Deploy a contract with the very same code and terms from a stranger's account."""
        stranger = Sender(self.chain, local_stranger(self.chain), LedgerJournal(ledger))
        terms: SeriesTerms = StampSeries(self.chain, genuine.contract).terms()
        return deploy_series(stranger, intent=f"{self.series.id}: look-alike", terms=terms).contract

    def _refuse_code(self, what: str, code: PublicCode) -> None:
        self._refused(what, self._verdict(code.text, Conclusion.NOT_GENUINE).sentence)

    @contextmanager
    def _must_refuse(self, what: str) -> Iterator[None]:
        try:
            yield
        except Refused as refusal:
            self._refused(what, refusal.what)
        else:
            raise Refused(f"{what} was accepted.")

    def _refused(self, what: str, reason: str) -> None:
        self.refusals.append(Refusal(what=what, reason=reason))
        self.say(f"{what}: refused. {reason}")

    def _verdict(self, target: str, expected: Conclusion) -> Verdict:
        (verdict,) = verify(target, dossiers=[self.dossier], rpc=self.node.url)
        if verdict.conclusion is not expected:
            raise Refused(f"The verdict should be {expected}. {verdict.sentence}")
        return verdict


def _sign(account: LocalAccount, text: str) -> bytes:
    return bytes(account.sign_message(encode_defunct(text=text)).signature)


def _empty(folder: Path) -> None:
    """Make the folder of the demonstration, or empty the one of an earlier demonstration."""
    try:
        if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).is_file():
            raise InputError(
                "This folder holds files that no demonstration made.",
                where=str(folder),
                remedy="Choose another folder with --out.",
            )
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / _MARK).write_text("Made by cryptostamp demo, which may delete this folder.\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"The folder cannot be made: {error.strerror}.", where=str(folder)) from error
