"""Whatever happens on the way, an intent is done once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from eth_account import Account

from cryptostamp.chain import (
    Chain,
    DevSigner,
    FeePolicy,
    MemoryJournal,
    Moment,
    PostalRegistry,
    Sender,
    SeriesTerms,
    SignedTransaction,
    deploy_registry,
    deploy_series,
    load_artifact,
)
from cryptostamp.chain.signers import _LocalSigner
from cryptostamp.errors import (
    CannotTell,
    ContractRefusal,
    EnvironmentProblem,
    NodeUnreachable,
    Refused,
    TransactionFailed,
)
from cryptostamp.primitives import keccak256, parse_address

if TYPE_CHECKING:
    from tests.chain.conftest import Answer, ScriptedNode

ALICE = parse_address("0x" + "a1" * 20)
POST = {"country": "XL", "name": "Lilypond Post", "domain": "lilypond.example", "account": ALICE}


class Crash(BaseException):
    """The process ends here."""


class CrashingJournal(MemoryJournal):
    """A journal whose process is killed right after a signature is recorded."""

    armed = True

    def record_signed(self, transaction: SignedTransaction) -> None:
        """Record, then crash the first time."""
        super().record_signed(transaction)
        if self.armed:
            self.armed = False
            raise Crash


def impatient(chain: Chain, journal: MemoryJournal, index: int = 5) -> Sender:
    """Return a sender that looks once and does not wait."""
    return Sender(chain, DevSigner(index), journal, patience_s=0)


def count(chain: Chain) -> int:
    """Return how many transactions of the sending test account are mined."""
    return chain.transaction_count(DevSigner(5).address)


@pytest.fixture
def manual(chain: Chain) -> Iterator[Chain]:
    """A chain that mines a block only when it is told to."""
    chain.rpc.request("evm_setAutomine", False)  # noqa: FBT003
    yield chain
    chain.rpc.request("evm_setAutomine", True)  # noqa: FBT003


class TestOnce:
    def test_again_with_the_same_intent(self, sender: Sender) -> None:
        """Calling again gives the same receipt and sends nothing."""
        first = deploy_registry(sender, intent="registry", authority=sender.address)
        assert deploy_registry(sender, intent="registry", authority=sender.address) == first
        assert count(sender.chain) == 1

    def test_killed_between_recording_and_sending(self, chain: Chain) -> None:
        """After a crash before the broadcast, the recorded bytes are sent, and no others."""
        journal = CrashingJournal()
        with pytest.raises(Crash):
            deploy_registry(Sender(chain, DevSigner(5), journal), intent="registry", authority=ALICE)
        assert count(chain) == 0
        recorded = journal.live("registry")
        assert recorded is not None
        deployment = deploy_registry(Sender(chain, DevSigner(5), journal), intent="registry", authority=ALICE)
        assert deployment.transaction_hash == recorded.offers[0].hash
        assert count(chain) == 1

    def test_the_answer_is_lost_after_delivery(self, between: ScriptedNode) -> None:
        """A broadcast whose answer never came is looked up, not repeated with other bytes."""
        chain = Chain.connect(between.url)

        sent: set[str] = set()

        def lose(parameters: list[str]) -> Answer:
            sent.update(parameters)
            between.pass_on("eth_sendRawTransaction", parameters)
            return None

        between.behaviour["eth_sendRawTransaction"] = lose
        sender = Sender(chain, DevSigner(5), MemoryJournal(), pause=lambda _seconds: None)
        deploy_registry(sender, intent="registry", authority=ALICE)
        assert count(chain) == 1
        assert len(sent) == 1

    def test_no_patience_for_a_lost_answer(self, between: ScriptedNode) -> None:
        """Who does not wait is told that the node did not answer, and goes on with the same transaction later."""
        chain = Chain.connect(between.url)
        between.behaviour["eth_sendRawTransaction"] = lambda _: 502
        journal = MemoryJournal()
        with pytest.raises(NodeUnreachable, match="HTTP 502") as error:
            deploy_registry(impatient(chain, journal), intent="registry", authority=ALICE)
        assert error.value.where == "registry"
        assert "the same command goes on with it" in error.value.remedy
        del between.behaviour["eth_sendRawTransaction"]
        deploy_registry(Sender(chain, DevSigner(5), journal), intent="registry", authority=ALICE)
        assert count(chain) == 1

    def test_not_mined_in_time(self, manual: Chain) -> None:
        """Waiting ends with a CannotTell; later calls go on with the same transaction."""
        journal = MemoryJournal()
        for _ in range(3):
            with pytest.raises(CannotTell, match="not mined yet"):
                deploy_registry(impatient(manual, journal), intent="registry", authority=ALICE)
        manual.rpc.request("evm_mine")
        deploy_registry(impatient(manual, journal), intent="registry", authority=ALICE)
        assert count(manual) == 1

    def test_waits_with_growing_pauses(self, manual: Chain) -> None:
        """The sender asks again after a pause until the transaction is mined."""
        pauses: list[float] = []

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                manual.rpc.request("evm_mine")

        deploy_registry(Sender(manual, DevSigner(5), MemoryJournal(), pause=pause), intent="registry", authority=ALICE)
        assert pauses == sorted(pauses)
        assert len(pauses) == 3


class TestNonce:
    def test_counts_what_is_signed_but_not_mined(self, manual: Chain) -> None:
        """Two intents that wait at the same time have consecutive nonces, and both are mined."""
        journal = MemoryJournal()
        for intent in ("one", "two"):
            with pytest.raises(CannotTell):
                deploy_registry(impatient(manual, journal), intent=intent, authority=ALICE)
        assert [journal.live(intent).nonce for intent in ("one", "two")] == [0, 1]
        manual.rpc.request("evm_mine")
        assert count(manual) == 2

    def test_follows_the_chain(self, chain: Chain) -> None:
        """A journal that knows nothing goes on where the chain is."""
        deploy_registry(Sender(chain, DevSigner(5), MemoryJournal()), intent="one", authority=ALICE)
        journal = MemoryJournal()
        deploy_registry(Sender(chain, DevSigner(5), journal), intent="two", authority=ALICE)
        assert journal.highest_nonce(chain.chain_id, DevSigner(5).address) == 1

    def test_used_by_somebody_else(self, chain: Chain) -> None:
        """When another program used the nonce of a recorded transaction, a person is asked."""
        journal = CrashingJournal()
        with pytest.raises(Crash):
            deploy_registry(Sender(chain, DevSigner(5), journal), intent="mine", authority=ALICE)
        deploy_registry(Sender(chain, DevSigner(5), MemoryJournal()), intent="other", authority=DevSigner(5).address)
        with pytest.raises(CannotTell, match="for something else"):
            deploy_registry(Sender(chain, DevSigner(5), journal), intent="mine", authority=ALICE)
        assert count(chain) == 1


class TestRefusals:
    def test_a_refusal_is_known_before_anything_is_signed(self, sender: Sender, terms: SeriesTerms) -> None:
        """The contract's reason comes back decoded; nothing was signed, sent or paid."""
        with pytest.raises(ContractRefusal) as refusal:
            deploy_series(sender, intent="issue", terms=replace(terms, edition=0))
        assert refusal.value.name == "InvalidEdition"
        assert sender._journal.live("issue") is None
        assert sender.chain.balance(sender.address) == 10_000 * 10**18

    def test_mined_but_failed(self, manual: Chain) -> None:
        """What was possible when it was signed but not when it was mined fails with the reason, and may be retried."""
        journal = MemoryJournal()
        with pytest.raises(CannotTell):
            deploy_registry(impatient(manual, journal), intent="registry", authority=DevSigner(5).address)
        manual.rpc.request("evm_mine")
        deployment = deploy_registry(impatient(manual, journal), intent="registry", authority=DevSigner(5).address)
        registry = PostalRegistry(manual, deployment.contract)
        for intent in ("propose", "propose the same"):
            with pytest.raises(CannotTell):
                registry.propose_post(impatient(manual, journal), intent=intent, **POST)
        manual.rpc.request("evm_mine")
        registry.propose_post(impatient(manual, journal), intent="propose", **POST)
        with pytest.raises(TransactionFailed, match="has been proposed for a post already"):
            registry.propose_post(impatient(manual, journal), intent="propose the same", **POST)
        with pytest.raises(ContractRefusal) as refusal:
            registry.propose_post(impatient(manual, journal), intent="propose the same", **POST)
        assert refusal.value.name == "ProposalPending"
        assert count(manual) == 3

    def test_out_of_gas(self, between: ScriptedNode) -> None:
        """What needs more gas than was estimated fails, and that is said instead of a reason the contract never had."""

        def too_little(parameters: list[object]) -> Answer:
            answer = between.pass_on("eth_estimateGas", parameters)
            return {"result": hex(int(answer["result"], 16) * 7 // 10)}

        between.behaviour["eth_estimateGas"] = too_little
        sender = Sender(Chain.connect(between.url), DevSigner(5), MemoryJournal())
        with pytest.raises(TransactionFailed, match=r"failed\. It ran out of gas: it may use \d"):
            deploy_registry(sender, intent="registry", authority=ALICE)

    def test_no_money(self, chain: Chain) -> None:
        """An account that cannot pay the worst case is told so before anything is signed."""
        signer = _LocalSigner(Account.from_key(keccak256(b"an empty account")))
        with pytest.raises(EnvironmentProblem, match=r"holds 0\.000000 .* may cost up to 0\.0"):
            deploy_registry(Sender(chain, signer, MemoryJournal()), intent="registry", authority=ALICE)

    def test_too_large_for_a_transaction(self, between: ScriptedNode) -> None:
        """More gas than a transaction may have is refused with both numbers."""
        between.behaviour["eth_estimateGas"] = lambda _: {"result": hex(16_777_217)}
        sender = Sender(Chain.connect(between.url), DevSigner(5), MemoryJournal())
        with pytest.raises(Refused, match="needs 16,777,217 gas; a transaction may use 16,777,216"):
            deploy_registry(sender, intent="registry", authority=ALICE)

    def test_the_margin_stays_below_the_cap(self, between: ScriptedNode) -> None:
        """What just fits is sent with the cap as its limit."""
        between.behaviour["eth_estimateGas"] = lambda _: {"result": hex(16_700_000)}
        chain = Chain.connect(between.url)
        done = deploy_registry(Sender(chain, DevSigner(5), MemoryJournal()), intent="registry", authority=ALICE)
        sent = chain.rpc.request("eth_getTransactionByHash", "0x" + done.transaction_hash.hex())
        assert int(sent["gas"], 16) == 16_777_216

    def test_no_contract_at_the_address(self, sender: Sender) -> None:
        """A call to an address without code would be taken by the chain and do nothing: it is refused."""
        with pytest.raises(Refused, match="no contract at 0xA1A1a1a1") as refusal:
            sender.send(intent="call", to=ALICE, data=b"1234")
        assert refusal.value.where == "call"
        assert sender._journal.live("call") is None
        sender.send(intent="nothing is said to an account", to=ALICE, data=b"")

    def test_an_intent_of_another_account(self, sender: Sender) -> None:
        """A step that one account began is not taken over by another by accident."""
        deploy_registry(sender, intent="registry", authority=ALICE)
        other = Sender(sender.chain, DevSigner(6), sender._journal)
        with pytest.raises(Refused, match="was signed by"):
            deploy_registry(other, intent="registry", authority=ALICE)

    def test_code_that_is_not_ours_at_the_end(self, between: ScriptedNode) -> None:
        """A deployment counts only when our code is what lies there afterwards."""
        between.behaviour["eth_getCode"] = lambda _: {"result": "0x00"}
        sender = Sender(Chain.connect(between.url), DevSigner(5), MemoryJournal())
        with pytest.raises(TransactionFailed, match="there is no PostalRegistry"):
            deploy_registry(sender, intent="registry", authority=ALICE)


class TestDryRun:
    def test_what_it_would_cost(self, sender: Sender, terms: SeriesTerms) -> None:
        """The cost is told without anything being signed, and is not less than what it costs in the end."""
        data = load_artifact("PostalRegistry").bytecode + bytes(12) + bytes.fromhex(ALICE[2:])
        cost = sender.dry_run(to=None, data=data)
        assert sender._journal.entries(sender.chain.chain_id, sender.address) == ()
        assert cost.balance == 10_000 * 10**18
        done = deploy_registry(sender, intent="registry", authority=ALICE)
        paid = cost.balance - sender.chain.balance(sender.address)
        assert cost.gas == done.gas_used
        assert cost.gas_limit == cost.gas + cost.gas // 5
        assert paid <= cost.likely <= cost.worst == cost.gas_limit * cost.fees.max_fee

    def test_refused_as_it_would_be(self, sender: Sender) -> None:
        """What would be refused is refused, with the reason."""
        with pytest.raises(Refused, match="no contract"):
            sender.dry_run(to=ALICE, data=b"1234")

    def test_the_cap_is_below_the_price(self, chain: Chain) -> None:
        """When gas costs more than may be offered, nothing is signed, and both prices are told."""
        sender = Sender(chain, DevSigner(5), MemoryJournal(), fees=FeePolicy(max_fee_cap=10**6))
        with pytest.raises(EnvironmentProblem, match=r"gwei now, more than the 0\.001 gwei that may be offered"):
            deploy_registry(sender, intent="registry", authority=ALICE)
        assert sender._journal.live("registry") is None


class TestWatching:
    def test_each_moment(self, chain: Chain) -> None:
        """Whoever watches is told of each moment, with the intent, and of none before it is over."""
        seen: list[tuple[Moment, str]] = []
        journal = MemoryJournal()

        def watch(moment: Moment, sentence: str) -> None:
            live = journal.live("registry")
            assert (live is not None) is (moment is not Moment.SIGNED)
            assert sentence.startswith("registry: ")
            seen.append((moment, "" if live is None else live.state.value))

        deploy_registry(
            Sender(chain, DevSigner(5), journal, watch=watch), intent="registry", authority=DevSigner(5).address
        )
        assert seen == [
            (Moment.SIGNED, ""),
            (Moment.RECORDED, "signed"),
            (Moment.SENT, "signed"),
            (Moment.SEEN, "signed"),
            (Moment.FINAL, "final"),
        ]

    def test_how_many_questions_it_takes(self, between: ScriptedNode) -> None:
        """On a local chain a step costs eight questions, and two when it is done already: whether it still is."""
        chain = Chain.connect(between.url)
        sender = Sender(chain, DevSigner(5), MemoryJournal())
        for questions in (8, 2):
            between.asked.clear()
            sender.send(intent="hello", to=ALICE, data=b"")
            waiting = between.asked.count("eth_getTransactionReceipt") - 1  # a busy machine mines late
            assert len(between.asked) - waiting == questions


class TestAnswersToABroadcast:
    """What nodes say about a transaction, as they word it."""

    def send(self, between: ScriptedNode, message: str) -> Callable[[], object]:
        """Return a broadcast that the node answers with this message."""
        between.behaviour["eth_sendRawTransaction"] = lambda _: {"error": {"code": -32000, "message": message}}
        sender = impatient(Chain.connect(between.url), MemoryJournal())
        return lambda: deploy_registry(sender, intent="registry", authority=ALICE)

    @pytest.mark.parametrize(
        "message",
        [
            "already known",
            "AlreadyKnown",
            "Known transaction",
            "transaction already imported",
            "replacement transaction underpriced",
        ],
    )
    def test_it_waits_there_already(self, between: ScriptedNode, message: str) -> None:
        """The node has it, so the sender waits for it to be mined."""
        with pytest.raises(CannotTell, match="sent but not mined yet"):
            self.send(between, message)()

    def test_no_money(self, between: ScriptedNode) -> None:
        """Money that left the account since the check is the owner's to mend."""
        with pytest.raises(EnvironmentProblem, match="not enough money"):
            self.send(between, "insufficient funds for gas * price + value: have 0 want 1")()

    def test_another_chain(self, between: ScriptedNode) -> None:
        """A node that serves another chain than it said is not sent anything more."""
        with pytest.raises(EnvironmentProblem, match="does not serve chain 31337"):
            self.send(between, "invalid chain id for signer: have 31337 want 1")()

    def test_nonce_too_low_but_ours(self, between: ScriptedNode, chain: Chain) -> None:
        """A nonce that is used up by this very transaction is a success, however late the node's receipts come."""
        looks = 0

        def blind_at_first(parameters: list[str]) -> Answer:
            nonlocal looks
            looks += 1
            if looks <= 2:
                return {"result": None}
            return between.pass_on("eth_getTransactionReceipt", parameters)

        def deliver_and_complain(parameters: list[str]) -> Answer:
            between.pass_on("eth_sendRawTransaction", parameters)
            return {"error": {"code": -32000, "message": "nonce too low: next nonce 1, tx nonce 0"}}

        between.behaviour["eth_getTransactionReceipt"] = blind_at_first
        between.behaviour["eth_sendRawTransaction"] = deliver_and_complain
        sender = Sender(Chain.connect(between.url), DevSigner(5), MemoryJournal(), pause=lambda _seconds: None)
        deploy_registry(sender, intent="registry", authority=ALICE)
        assert count(chain) == 1
        assert looks >= 3

    def test_anything_else(self, between: ScriptedNode) -> None:
        """A complaint that we do not know is passed on, and nothing is concluded from it."""
        with pytest.raises(CannotTell, match="txpool is full"):
            self.send(between, "txpool is full")()
