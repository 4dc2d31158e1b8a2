"""Only whoever holds the owner's key can answer a challenge: once, in time, while the token is theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from support.desk import Desk
from support.wallets import counterfactual, deploy, sign_for, wallet_address

from cryptostamp.chain import Chain, DevSigner, MemoryJournal, Sender, StampSeries, start_local_node
from cryptostamp.codes import PublicCode
from cryptostamp.edition import claim_key_of, recover_claim_signer
from cryptostamp.errors import CannotTell, CodeFormatError, InputError, Refused
from cryptostamp.office import ask_holder, ask_owner, check_holder, check_owner, claim, public_code_of
from cryptostamp.primitives import Address, Serial, parse_address
from cryptostamp.scan import Challenge, OwnershipProof, ProofCode

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
OWNER, STRANGER = DevSigner(4), DevSigner(5)
SERIAL = Serial(6)
ALICE, MALLORY = Account.from_key(b"\x01" * 32), Account.from_key(b"\x02" * 32)

Ask = Callable[..., Challenge]


def answer(challenge: Challenge, signer: DevSigner = OWNER) -> bytes:
    return bytes(signer._account.sign_message(encode_defunct(text=challenge.text)).signature)


def code_of(desk: Desk) -> PublicCode:
    return public_code_of(desk.dossier, SERIAL)


def failed(proof: OwnershipProof) -> list[ProofCode]:
    return [check.code for check in proof.checks if check.outcome == "failed"]


@pytest.fixture
def ask(desk: Desk) -> Ask:
    """Let the owner claim the stamp, and ask for proofs of it."""
    claim(desk.secret.claim_code(SERIAL), desk.dossier, to=OWNER.address, sender=desk.sender, ledger=desk.ledger)

    def asked(**options: object) -> Challenge:
        given: dict[str, object] = {"now": lambda: NOW, "verifier": "dealer.example"} | options
        return ask_owner(code_of(desk), desk.dossier, chain=desk.chain, ledger=desk.ledger, **given)  # type: ignore[arg-type]

    return asked


def check(desk: Desk, nonce: str, signature: bytes, *, after: timedelta = timedelta(minutes=1)) -> OwnershipProof:
    return check_owner(nonce, signature, chain=desk.chain, ledger=desk.ledger, now=lambda: NOW + after)


class TestProof:
    def test_the_owner(self, desk: Desk, ask: Ask) -> None:
        """The owner's signature proves ownership at this moment."""
        challenge = ask()
        proof = check(desk, challenge.nonce, answer(challenge))
        assert proof.proven
        assert OWNER.address in proof.sentence
        assert failed(proof) == []

    def test_the_challenge_says_what_is_signed(self, desk: Desk, ask: Ask) -> None:
        """The message names verifier, account, stamp and chain, as EIP-4361 lays it down."""
        challenge = ask(nonce=lambda: "abcdef0123456789")
        place = desk.dossier.deployment
        lines = challenge.text.splitlines()
        assert lines[:2] == ["dealer.example wants you to sign in with your Ethereum account:", OWNER.address]
        assert "Nonce: abcdef0123456789" in lines
        assert lines[-1] == f"- eip155:{place.chain_id}/erc721:{place.contract}/6"
        recorded = desk.ledger.challenge("abcdef0123456789")
        assert recorded is not None
        assert (recorded.public_code, recorded.address) == (code_of(desk).text, OWNER.address)

    def test_each_challenge_is_new(self, ask: Ask) -> None:
        """Two challenges never share a nonce."""
        assert ask().nonce != ask().nonce

    def test_a_stranger(self, desk: Desk, ask: Ask) -> None:
        """A stranger proves nothing, and does not use the challenge up."""
        challenge = ask()
        proof = check(desk, challenge.nonce, answer(challenge, STRANGER))
        assert (proof.proven, failed(proof)) == (False, [ProofCode.SIGNED_BY_ACCOUNT])
        assert check(desk, challenge.nonce, answer(challenge)).proven

    @pytest.mark.parametrize("signature", [b"", bytes(65), b"\xff" * 65, bytes(64)])
    def test_no_signature_at_all(self, desk: Desk, ask: Ask, signature: bytes) -> None:
        """Bytes that are no signature prove nothing."""
        proof = check(desk, ask().nonce, signature)
        assert (proof.proven, failed(proof)) == (False, [ProofCode.SIGNED_BY_ACCOUNT])

    def test_the_second_time(self, desk: Desk, ask: Ask) -> None:
        """An answer is worth something once, so that nobody can repeat what they overheard."""
        challenge = ask()
        assert check(desk, challenge.nonce, answer(challenge)).proven
        again = check(desk, challenge.nonce, answer(challenge))
        assert (again.proven, failed(again)) == (False, [ProofCode.ANSWERED_ONCE])

    def test_for_another_verifier(self, desk: Desk, ask: Ask) -> None:
        """An answer to one verifier is not accepted by another."""
        challenge, other = ask(), ask(verifier="other.example")
        assert not check(desk, other.nonce, answer(challenge)).proven

    def test_too_late(self, desk: Desk, ask: Ask) -> None:
        """After ten minutes a challenge has expired."""
        challenge = ask()
        proof = check(desk, challenge.nonce, answer(challenge), after=timedelta(minutes=10, seconds=1))
        assert (proof.proven, failed(proof)) == (False, [ProofCode.IN_TIME])

    def test_after_a_transfer(self, desk: Desk, ask: Ask) -> None:
        """Once the token has moved on, the old owner's answer fails, and the new owner's succeeds."""
        old = ask()
        StampSeries(desk.chain, desk.dossier.deployment.contract).transfer(
            Sender(desk.chain, OWNER, MemoryJournal()), intent="sell", serial=SERIAL, to=STRANGER.address
        )
        proof = check(desk, old.nonce, answer(old))
        assert (proof.proven, failed(proof)) == (False, [ProofCode.ACCOUNT_OWNS_STAMP])
        assert f"belongs to {STRANGER.address}" in proof.sentence
        new = ask()
        assert new.address == STRANGER.address
        assert check(desk, new.nonce, answer(new, STRANGER)).proven


class TestRefusals:
    def test_a_challenge_that_nobody_asked(self, desk: Desk) -> None:
        """A nonce of somebody else's is refused."""
        with pytest.raises(Refused, match="was not asked here"):
            check(desk, "0123456789abcdef", bytes(65))

    def test_a_stamp_that_was_not_claimed(self, desk: Desk) -> None:
        """While the post keeps the token there is nothing to prove, and nothing is written down."""
        with pytest.raises(Refused, match=r"no\. 6 has not been claimed"):
            ask_owner(
                code_of(desk),
                desk.dossier,
                chain=desk.chain,
                ledger=desk.ledger,
                verifier="dealer.example",
                nonce=lambda: "abcdef0123456789",
            )
        assert desk.ledger.challenge("abcdef0123456789") is None

    def test_a_code_of_another_series(self, desk: Desk) -> None:
        """A code that is not of this dossier is not asked about."""
        foreign = replace(code_of(desk), contract=Address("0x" + "c0" * 20))
        with pytest.raises(InputError, match="not of the series in this dossier"):
            ask_owner(foreign, desk.dossier, chain=desk.chain, ledger=desk.ledger, verifier="dealer.example")

    @pytest.mark.parametrize("change", [{"serial": Serial(31)}, {"tag": "00000000"}])
    def test_an_invented_code(self, desk: Desk, change: dict[str, Serial]) -> None:
        """A code that the post never issued is refused."""
        with pytest.raises(Refused, match="never issued this code"):
            ask_owner(
                replace(code_of(desk), **change),
                desk.dossier,
                chain=desk.chain,
                ledger=desk.ledger,
                verifier="dealer.example",
            )

    @pytest.mark.parametrize("verifier", ["", "dealer", "https://dealer.example", "dealer.example\nURI: x"])
    def test_a_verifier_that_is_no_domain(self, ask: Ask, verifier: str) -> None:
        """Whoever asks must have a domain, and nothing else can stand in its place in the message."""
        with pytest.raises(CodeFormatError):
            ask(verifier=verifier)

    def test_a_chain_without_the_stamp(self, desk: Desk, ask: Ask) -> None:
        """A chain that has no such contract cannot tell who owns anything of it."""
        challenge = ask()
        with start_local_node() as other, pytest.raises(CannotTell, match="does not answer"):
            check_owner(challenge.nonce, answer(challenge), chain=Chain.connect(other.url), ledger=desk.ledger)


def asked_of(desk: Desk, ask_for: Ask) -> Challenge:
    return ask_for(
        code_of(desk),
        desk.dossier,
        chain=desk.chain,
        ledger=desk.ledger,
        verifier="dealer.example",
        now=lambda: NOW,
    )


def holder_check(desk: Desk, nonce: str, signature: bytes) -> OwnershipProof:
    return check_holder(nonce, signature, desk.dossier, chain=desk.chain, ledger=desk.ledger, now=lambda: NOW)


class TestContractWallets:
    def test_a_wallet_that_is_a_contract(self, desk: Desk) -> None:
        """The owner of an ERC-1271 wallet proves that the wallet owns the stamp; a stranger's signature does not."""
        wallet = deploy(desk.sender, "ContractWallet", ALICE.address)
        claim(desk.secret.claim_code(SERIAL), desk.dossier, to=wallet, sender=desk.sender, ledger=desk.ledger)
        challenge = asked_of(desk, ask_owner)
        stranger = check(desk, challenge.nonce, sign_for(MALLORY, desk.chain.chain_id, wallet, challenge.digest))
        assert failed(stranger) == [ProofCode.SIGNED_BY_ACCOUNT]
        proof = check(desk, challenge.nonce, sign_for(ALICE, desk.chain.chain_id, wallet, challenge.digest))
        assert proof.proven
        assert wallet in proof.sentence

    def test_a_wallet_that_is_yet_to_be_deployed(self, desk: Desk) -> None:
        """A token claimed to a counterfactual address is proven by an EIP-6492 signature, without deploying."""
        factory = deploy(desk.sender, "WalletFactory")
        owner = parse_address(ALICE.address)
        wallet = wallet_address(desk.chain, factory, owner)
        claim(desk.secret.claim_code(SERIAL), desk.dossier, to=wallet, sender=desk.sender, ledger=desk.ledger)
        challenge = asked_of(desk, ask_owner)
        inner = sign_for(ALICE, desk.chain.chain_id, wallet, challenge.digest)
        assert check(desk, challenge.nonce, counterfactual(factory, owner, inner)).proven
        assert desk.chain.code(wallet) == b""


class TestHiddenCode:
    """Who has the hidden code proves it before the claim, and neither shows nor uses it."""

    def test_the_holder(self, desk: Desk) -> None:
        """The signature of the claim key proves it once; the code can be used afterwards as before."""
        code = desk.secret.claim_code(SERIAL)
        challenge = asked_of(desk, ask_holder)
        signature = claim_key_of(code).sign_message(challenge.text)
        assert "neither shows the code nor claims" in challenge.text
        assert holder_check(desk, challenge.nonce, signature).proven
        again = holder_check(desk, challenge.nonce, signature)
        assert failed(again) == [ProofCode.ANSWERED_ONCE]
        claim(code, desk.dossier, to=OWNER.address, sender=desk.sender, ledger=desk.ledger)

    def test_another_code(self, desk: Desk) -> None:
        """The hidden code of another stamp proves nothing."""
        challenge = asked_of(desk, ask_holder)
        signature = claim_key_of(desk.secret.claim_code(Serial(7))).sign_message(challenge.text)
        assert failed(holder_check(desk, challenge.nonce, signature)) == [ProofCode.SIGNED_BY_ACCOUNT]

    def test_a_code_that_is_used_meanwhile(self, desk: Desk) -> None:
        """After the claim the code is worthless, so the proof fails, and no new challenge is asked."""
        code = desk.secret.claim_code(SERIAL)
        challenge = asked_of(desk, ask_holder)
        claim(code, desk.dossier, to=OWNER.address, sender=desk.sender, ledger=desk.ledger)
        proof = holder_check(desk, challenge.nonce, claim_key_of(code).sign_message(challenge.text))
        assert failed(proof) == [ProofCode.CODE_IS_UNUSED]
        with pytest.raises(Refused, match="used up or void"):
            asked_of(desk, ask_holder)

    def test_it_is_no_proof_of_ownership(self, desk: Desk) -> None:
        """An answer about the hidden code is not accepted as one of an owner, nor the other way round."""
        challenge = asked_of(desk, ask_holder)
        signature = claim_key_of(desk.secret.claim_code(SERIAL)).sign_message(challenge.text)
        assert not check(desk, challenge.nonce, signature).proven

    def test_it_can_never_be_a_claim(self, desk: Desk) -> None:
        """The contract refuses the answer as the signature of a claim, whatever the claim says."""
        challenge = asked_of(desk, ask_holder)
        signature = claim_key_of(desk.secret.claim_code(SERIAL)).sign_message(challenge.text)
        place = desk.dossier.deployment
        signer = recover_claim_signer(
            chain_id=place.chain_id,
            contract=place.contract,
            serial=SERIAL,
            to=OWNER.address,
            deadline=2**40,
            signature=signature,
        )
        assert signer != challenge.address
