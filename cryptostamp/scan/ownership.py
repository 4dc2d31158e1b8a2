"""Proof of ownership: a challenge that only the holder of the owner's key can answer.

The challenge is a message by EIP-4361 (Sign-In with Ethereum), bound to one stamp (its CAIP-19
asset id stands among the resources), to the verifier who asks, and to a span of time. Its nonce is
accepted once. The answer is an EIP-191 signature, which costs nothing and moves nothing. For accounts that are
contracts (ERC-1271), deployed or not (EIP-6492), a chain is asked (`AccountSignatures`).

Before the claim the same challenge is put to the claim key: who can sign it has the hidden code, and neither shows nor
uses it. An EIP-191 text can never be a claim, which is signed by EIP-712.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from eth_account import Account
from eth_account.messages import encode_defunct
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError

from cryptostamp.codes import PublicCode
from cryptostamp.errors import CryptostampError, InputError
from cryptostamp.primitives import Address, Hash32, keccak256, parse_address
from cryptostamp.scan.checks import Outcome

__all__ = [
    "AccountSignatures",
    "Challenge",
    "OwnershipCheck",
    "OwnershipProof",
    "ProofCode",
    "check_answer",
    "check_possession",
    "make_challenge",
]

LIFETIME = timedelta(minutes=10)
"""How long a challenge may be answered, unless the verifier says otherwise."""


AccountSignatures = Callable[[Address, Hash32, bytes], bool]
"""Tells whether an account stands behind a signature over a digest; raises `CryptostampError` if that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A question to whoever says that a stamp's token is theirs. Times are UTC, to the second."""

    code: PublicCode
    verifier: str
    """The domain of whoever asks: an answer given to one verifier is worth nothing to another."""
    address: Address
    """The account that is said to own the token, or the claim key of the stamp."""
    hidden_code: bool = False
    """Whether possession of the hidden code is asked for, not ownership of the token."""
    nonce: str
    issued_at: datetime
    expires_at: datetime

    @property
    def text(self) -> str:
        """The message to be signed, as EIP-4361 lays it down."""
        code = self.code
        return (
            f"{self.verifier} wants you to sign in with your Ethereum account:\n"
            f"{self.address}\n"
            "\n"
            f"{self._statement}\n"
            "\n"
            f"URI: https://{self.verifier}/prove\n"
            "Version: 1\n"
            f"Chain ID: {code.chain_id}\n"
            f"Nonce: {self.nonce}\n"
            f"Issued At: {_iso(self.issued_at)}\n"
            f"Expiration Time: {_iso(self.expires_at)}\n"
            "Resources:\n"
            f"- {asset_id(code)}"
        )

    @property
    def digest(self) -> Hash32:
        """What is signed: the hash of the text by EIP-191."""
        text = self.text.encode()
        return keccak256(b"\x19Ethereum Signed Message:\n%d" % len(text) + text)

    @property
    def _statement(self) -> str:
        if self.hidden_code:
            return (
                f"Prove that you have the hidden code of stamp no. {self.code.serial}. "
                "This neither shows the code nor claims the token."
            )
        return f"Prove that stamp no. {self.code.serial} is yours. Signing costs nothing and moves nothing."


class ProofCode(StrEnum):
    """The checks of an answer, in the order in which they are made."""

    IN_TIME = "in-time"
    SIGNED_BY_ACCOUNT = "signed-by-account"
    ACCOUNT_OWNS_STAMP = "account-owns-stamp"
    KEY_IS_COMMITTED = "key-is-committed"
    CODE_IS_UNUSED = "code-is-unused"
    ANSWERED_ONCE = "answered-once"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipCheck:
    """One check of an answer, how it ended, and one sentence for a person."""

    code: ProofCode
    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipProof:
    """What an answer proves: `proven` only if every check passed."""

    proven: bool
    sentence: str
    checks: tuple[OwnershipCheck, ...]


def asset_id(code: PublicCode) -> str:
    """Return the CAIP-19 id of a stamp's token."""
    return f"eip155:{code.chain_id}/erc721:{code.contract}/{code.serial}"


def make_challenge(
    code: PublicCode,
    *,
    address: Address,
    verifier: str,
    now: datetime,
    nonce: str,
    lifetime: timedelta = LIFETIME,
    hidden_code: bool = False,
) -> Challenge:
    """Return the challenge for one stamp and one account.

    `nonce` is at least 8 random letters and digits (EIP-4361) that the verifier has never used.
    Raises `InputError` for another nonce or a time without zone.
    """
    if not (nonce.isascii() and nonce.isalnum() and len(nonce) >= 8):  # noqa: PLR2004  (EIP-4361)
        raise InputError("The nonce of a challenge must be at least 8 letters and digits.")
    if now.tzinfo is None:
        raise InputError("The time of a challenge needs a time zone.")
    issued = now.astimezone(UTC).replace(microsecond=0)
    return Challenge(
        code=code,
        verifier=verifier,
        address=address,
        nonce=nonce,
        issued_at=issued,
        expires_at=issued + lifetime,
        hidden_code=hidden_code,
    )


def check_answer(
    challenge: Challenge,
    signature: bytes,
    *,
    owner: Address,
    now: datetime,
    use_nonce: Callable[[str], bool],
    account_signatures: AccountSignatures | None = None,
) -> OwnershipProof:
    """Return what a signature under a challenge proves.

    `owner` is whom the chain names as the owner now; `account_signatures` is asked about a signature that no key of
    the account has made. `use_nonce` uses a nonce up for good and returns `False` if it was used before. It is called
    only when everything else is right, so that a stranger cannot spoil a challenge that the owner has yet to answer.
    """
    checks = [
        _in_time(challenge, now),
        _signed(challenge, signature, account_signatures),
        _check(
            ProofCode.ACCOUNT_OWNS_STAMP,
            challenge.address == owner and not challenge.hidden_code,
            f"That account owns stamp no. {challenge.code.serial}.",
            f"Stamp no. {challenge.code.serial} belongs to {owner}.",
        ),
    ]
    proven = f"at {_iso(now)} the holder of the key of {owner} answered, and owned the stamp."
    return _proof(challenge, checks, use_nonce, proven)


def check_possession(
    challenge: Challenge,
    signature: bytes,
    *,
    claim_key: Address,
    unclaimed: bool,
    now: datetime,
    use_nonce: Callable[[str], bool],
) -> OwnershipProof:
    """Return what a signature of the claim key under a challenge proves: that the hidden code is at hand, unused.

    `claim_key` is the one that the edition commits to for the stamp, `unclaimed` what the chain says of it now.
    """
    serial = challenge.code.serial
    checks = [
        _in_time(challenge, now),
        _signed(challenge, signature, None),
        _check(
            ProofCode.KEY_IS_COMMITTED,
            challenge.hidden_code and challenge.address == claim_key,
            f"It is the key of the hidden code of stamp no. {serial}, to which the edition is bound.",
            f"It is not the key of the hidden code of stamp no. {serial}.",
        ),
        _check(
            ProofCode.CODE_IS_UNUSED,
            unclaimed,
            "The token is with the post, so the hidden code can still be used.",
            "The token has left the post or is void: the hidden code is worthless.",
        ),
    ]
    proven = f"at {_iso(now)} the holder of the hidden code of stamp no. {serial} answered, and it was unused."
    return _proof(challenge, checks, use_nonce, proven)


def _proof(
    challenge: Challenge, checks: list[OwnershipCheck], use_nonce: Callable[[str], bool], proven: str
) -> OwnershipProof:
    """Use the nonce up if all checks passed, and sum up."""
    if all(check.outcome is Outcome.PASSED for check in checks):
        checks.append(
            _check(
                ProofCode.ANSWERED_ONCE,
                use_nonce(challenge.nonce),
                "This challenge was answered for the first time.",
                "This challenge was answered before; ask for a new one.",
            )
        )
    else:
        checks.append(
            OwnershipCheck(
                code=ProofCode.ANSWERED_ONCE,
                outcome=Outcome.NOT_CHECKED,
                sentence="The challenge can still be answered by the owner.",
            )
        )
    by_weight = sorted(checks, key=lambda check: check.outcome is not Outcome.FAILED)
    wrong = next((check for check in by_weight if check.outcome is not Outcome.PASSED), None)
    if wrong is not None:
        return OwnershipProof(proven=False, sentence=f"Not proven. {wrong.sentence}", checks=tuple(checks))
    return OwnershipProof(proven=True, sentence=f"Proven: {proven}", checks=tuple(checks))


def _in_time(challenge: Challenge, now: datetime) -> OwnershipCheck:
    in_time = challenge.issued_at <= now <= challenge.expires_at
    return _check(
        ProofCode.IN_TIME, in_time, "The answer came in time.", "The challenge has expired; ask for a new one."
    )


def _signed(challenge: Challenge, signature: bytes, chain: AccountSignatures | None) -> OwnershipCheck:
    signer = _signer(challenge.text, signature)
    passed = f"The account {challenge.address} signed."
    other = (
        "The signature is not one at all."
        if signer is None
        else f"Somebody else signed: {signer}, not {challenge.address}."
    )
    if signer == challenge.address or chain is None:
        return _check(ProofCode.SIGNED_BY_ACCOUNT, signer == challenge.address, passed, other)
    try:
        stands = chain(challenge.address, challenge.digest, signature)
    except CryptostampError as error:
        return OwnershipCheck(
            code=ProofCode.SIGNED_BY_ACCOUNT,
            outcome=Outcome.NOT_CHECKED,
            sentence=f"Whether the account {challenge.address} stands behind the signature is not known: {error.what}",
        )
    by_wallet = f"The account {challenge.address}, a contract, stands behind the signature."
    return _check(ProofCode.SIGNED_BY_ACCOUNT, stands, by_wallet, other)


def _check(code: ProofCode, holds: bool, passed: str, failed: str) -> OwnershipCheck:  # noqa: FBT001  (private)
    return OwnershipCheck(
        code=code, outcome=Outcome.PASSED if holds else Outcome.FAILED, sentence=passed if holds else failed
    )


def _signer(text: str, signature: bytes) -> Address | None:
    if len(signature) != 65:  # noqa: PLR2004  (r, s and v)
        return None
    try:
        return parse_address(Account.recover_message(encode_defunct(text=text), signature=signature))
    except (BadSignature, ValidationError, ValueError, TypeError):
        return None


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
