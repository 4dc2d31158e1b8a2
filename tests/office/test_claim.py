"""A hidden code moves its token once, to the account that its signature names, and is shown to nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_account import Account
from support.desk import Desk

from cryptostamp.chain import DevSigner, Sender, StampSeries
from cryptostamp.codes import ClaimCode
from cryptostamp.edition import join
from cryptostamp.errors import ContractRefusal, InputError, Refused
from cryptostamp.office import (
    Claim,
    LedgerJournal,
    SignedClaim,
    claim,
    join_halves,
    send_claim,
    send_claims,
    sign_claim,
)
from cryptostamp.primitives import Address, Serial, parse_address

THIEF = Address("0x" + "66" * 20)


def newcomer() -> Address:
    """Return an account that has never been used."""
    return parse_address(Account.create().address)


def claimed(desk: Desk, serial: int, to: Address) -> Claim:
    return claim(desk.secret.claim_code(Serial(serial)), desk.dossier, to=to, sender=desk.sender, ledger=desk.ledger)


def signed(desk: Desk, serial: int, to: Address, *, lifetime_s: int = 600) -> SignedClaim:
    deadline = desk.chain.head().timestamp + lifetime_s
    return sign_claim(desk.secret.claim_code(Serial(serial)), desk.dossier, to=to, deadline=deadline)


def owner_of(desk: Desk, serial: int) -> Address:
    stamp = StampSeries(desk.chain, desk.dossier.deployment.contract).stamp(Serial(serial))
    assert stamp is not None
    return stamp.owner


class TestHalves:
    """What lay under two scratch fields takes the token only together."""

    def test_two_halves_of_a_stamp(self, desk: Desk) -> None:
        """In either order they are the code, and it claims."""
        a, b = desk.secret.claim_halves(Serial(3))
        code = join_halves(b, a, desk.dossier)
        assert code == desk.secret.claim_code(Serial(3))
        to = newcomer()
        assert claim(code, desk.dossier, to=to, sender=desk.sender, ledger=desk.ledger).serial == 3
        assert owner_of(desk, 3) == to

    def test_halves_of_two_stamps(self, desk: Desk) -> None:
        """They are noticed for what they are, and neither half is shown."""
        a, b = desk.secret.claim_halves(Serial(3))[0], desk.secret.claim_halves(Serial(4))[1]
        with pytest.raises(Refused, match="not of one stamp of the series Leapfrog") as refusal:
            join_halves(a, b, desk.dossier)
        shown = refusal.value.diagnostics()
        assert not any(group in shown for half in (a, b) for group in half.text.split("-")[1:])

    def test_two_halves_of_one_letter(self, desk: Desk) -> None:
        """The missing half is named."""
        a, _ = desk.secret.claim_halves(Serial(3))
        with pytest.raises(InputError, match="Both are halves A"):
            join_halves(a, a, desk.dossier)

    @pytest.mark.parametrize("which", [0, 1])
    def test_a_printer_with_one_layer_cannot_claim(self, desk: Desk, which: int) -> None:
        """The whole of one layer, taken for codes, as it is and against itself, signs for no stamp; both layers do."""
        serials = [Serial(n) for n in range(1, 31)]
        shares = [desk.secret.claim_halves(serial)[which].share for serial in serials]
        tries = [ClaimCode(share) for share in shares]
        tries += [
            ClaimCode(bytes(x ^ y for x, y in zip(one, other, strict=True))) for one in shares for other in shares
        ]
        for code in tries:
            with pytest.raises(Refused, match="belongs to no stamp"):
                sign_claim(code, desk.dossier, to=THIEF, deadline=2_000_000_000)
        together = [
            sign_claim(join(*desk.secret.claim_halves(serial)), desk.dossier, to=THIEF, deadline=1).serial
            for serial in serials
        ]
        assert together == serials


class TestClaim:
    def test_a_wallet_without_money(self, desk: Desk) -> None:
        """An account that owns nothing receives the token; the post pays."""
        to = newcomer()
        before = desk.chain.balance(desk.sender.address)
        done = claimed(desk, 3, to)
        assert (done.serial, done.to, done.mined.succeeded) == (3, to, True)
        assert owner_of(desk, 3) == to
        assert desk.chain.balance(to) == 0
        assert desk.chain.balance(desk.sender.address) < before

    def test_the_ledger_knows_it(self, desk: Desk) -> None:
        """The ledger counts claims and says who claimed what."""
        assert desk.ledger.count_claimed("LEAP") == 0
        to = newcomer()
        claimed(desk, 3, to)
        claimed(desk, 30, to)
        assert desk.ledger.count_claimed("LEAP") == 2
        record, untouched = desk.ledger.stamp("LEAP", Serial(30)), desk.ledger.stamp("LEAP", Serial(4))
        assert record is not None
        assert untouched is not None
        assert (record.claimed_by, untouched.claimed_by) == (to, None)

    def test_the_same_claim_again(self, desk: Desk) -> None:
        """The same claim run again gives the same transaction, and nothing is sent twice."""
        to = newcomer()
        first = claimed(desk, 3, to)
        sent, count = desk.ledger.transactions(), desk.chain.transaction_count(desk.sender.address)
        assert claimed(desk, 3, to) == first
        assert desk.ledger.transactions() == sent
        assert desk.chain.transaction_count(desk.sender.address) == count
        assert desk.ledger.count_claimed("LEAP") == 1

    def test_anybody_can_carry_it(self, desk: Desk) -> None:
        """A signed claim can be sent by a stranger, and still gives the token to the account it names."""
        to = newcomer()
        stranger = Sender(desk.chain, DevSigner(5), LedgerJournal(desk.ledger))
        send_claim(signed(desk, 8, to), desk.dossier, sender=stranger, ledger=desk.ledger)
        assert owner_of(desk, 8) == to


class TestBatch:
    def test_each_for_itself(self, desk: Desk) -> None:
        """Many tokens move in one transaction; a claim that is refused says why, and holds up no other."""
        to = newcomer()
        claimed(desk, 5, to)
        batch = [signed(desk, serial, to) for serial in (2, 5, 30)] + [signed(desk, 7, to, lifetime_s=-1)]
        batch.append(replace(signed(desk, 8, to), to=THIEF))
        done = send_claims(batch, desk.dossier, sender=desk.sender, ledger=desk.ledger)
        assert [(each.serial, each.refusal.name if each.refusal else None) for each in done] == [
            (2, None),
            (5, "AlreadyClaimed"),
            (30, None),
            (7, "ClaimExpired"),
            (8, "InvalidProof"),
        ]
        assert len({each.mined.hash for each in done}) == 1
        assert [owner_of(desk, serial) for serial in (2, 30, 8)] == [to, to, desk.sender.address]
        assert desk.ledger.count_claimed("LEAP") == 3

    @pytest.mark.parametrize("count", [1, 2, 3, 16, 30])
    def test_of_any_size(self, desk: Desk, count: int) -> None:
        """A batch of any size, up to the whole edition, finds its level of the tree."""
        to = newcomer()
        batch = [signed(desk, serial, to) for serial in range(1, count + 1)]
        done = send_claims(batch, desk.dossier, sender=desk.sender, ledger=desk.ledger)
        assert [each.refusal for each in done] == [None] * count
        assert desk.ledger.count_claimed("LEAP") == count

    def test_the_same_batch_again(self, desk: Desk) -> None:
        """The same batch is found, with what became of each claim; nothing is sent twice."""
        batch = [signed(desk, serial, newcomer()) for serial in (2, 3)]
        batch.append(signed(desk, 4, newcomer(), lifetime_s=-1))
        first = send_claims(batch, desk.dossier, sender=desk.sender, ledger=desk.ledger)
        sent = desk.ledger.transactions()
        again = send_claims(batch, desk.dossier, sender=desk.sender, ledger=desk.ledger)
        assert [(each.mined, each.refusal is None) for each in again] == [
            (each.mined, each.refusal is None) for each in first
        ]
        assert desk.ledger.transactions() == sent

    def test_no_batch(self, desk: Desk) -> None:
        """None, too many, and one stamp twice are refused before anything is sent."""
        one = signed(desk, 2, newcomer())
        sent = desk.ledger.transactions()
        for batch, words in (([], "batch of 0"), ([one] * 129, "batch of 129"), ([one, one], "claimed twice")):
            with pytest.raises(InputError, match=words):
                send_claims(batch, desk.dossier, sender=desk.sender, ledger=desk.ledger)
        assert desk.ledger.transactions() == sent


class TestRefusals:
    def test_a_second_claim(self, desk: Desk) -> None:
        """A used code moves nothing again, and the ledger keeps the first owner."""
        to = newcomer()
        claimed(desk, 3, to)
        with pytest.raises(ContractRefusal, match="claimed already") as refusal:
            claimed(desk, 3, THIEF)
        assert refusal.value.name == "AlreadyClaimed"
        assert owner_of(desk, 3) == to
        record = desk.ledger.stamp("LEAP", Serial(3))
        assert record is not None
        assert record.claimed_by == to

    def test_an_unknown_code(self, desk: Desk) -> None:
        """A well-formed code of no stamp is refused, without a word of it."""
        code = ClaimCode(bytes(range(16)))
        with pytest.raises(Refused, match="belongs to no stamp of the series Leapfrog") as refusal:
            claim(code, desk.dossier, to=THIEF, sender=desk.sender, ledger=desk.ledger)
        said = refusal.value.diagnostics() + repr(refusal.value)
        assert code.secret.hex() not in said
        assert not any(group in said for group in code.text.split("-"))

    @pytest.mark.parametrize("change", ["to", "serial", "deadline"])
    def test_a_changed_claim(self, desk: Desk, change: str) -> None:
        """A claim that somebody overheard is worth nothing for another account, stamp or time."""
        genuine = signed(desk, 9, newcomer())
        changed = {
            "to": replace(genuine, to=THIEF),
            "serial": replace(genuine, serial=Serial(10)),
            "deadline": replace(genuine, deadline=genuine.deadline + 1),
        }[change]
        before = desk.ledger.transactions()
        with pytest.raises(ContractRefusal) as refusal:
            send_claim(changed, desk.dossier, sender=desk.sender, ledger=desk.ledger)
        assert refusal.value.name == "InvalidProof"
        assert (owner_of(desk, 9), owner_of(desk, 10)) == (desk.sender.address, desk.sender.address)
        assert (desk.ledger.transactions(), desk.ledger.count_claimed("LEAP")) == (before, 0)

    def test_a_claim_that_came_too_late(self, desk: Desk) -> None:
        """After its deadline a claim is refused; signed anew, it works."""
        to = newcomer()
        with pytest.raises(ContractRefusal, match="was valid has passed") as refusal:
            send_claim(signed(desk, 9, to, lifetime_s=-1), desk.dossier, sender=desk.sender, ledger=desk.ledger)
        assert refusal.value.name == "ClaimExpired"
        assert claimed(desk, 9, to).to == to

    @pytest.mark.parametrize("to", [Address("0x" + "0" * 40), None])
    def test_an_account_that_cannot_receive(self, desk: Desk, to: Address | None) -> None:
        """Neither nobody nor the post's own custody can claim."""
        with pytest.raises(ContractRefusal) as refusal:
            claimed(desk, 9, to or desk.sender.address)
        assert refusal.value.name == "InvalidRecipient"

    def test_a_signed_claim_shows_no_code(self, desk: Desk) -> None:
        """What is carried to the chain does not hold the hidden code."""
        code = desk.secret.claim_code(Serial(9))
        carried = signed(desk, 9, newcomer())
        assert code.secret not in carried.signature
        assert code.secret.hex() not in repr(carried)
        assert len(carried.signature) == 65
