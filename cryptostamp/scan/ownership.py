"""Proof of ownership: a challenge that only the holder of the owner's key can answer.

The challenge is a message by EIP-4361 (Sign-In with Ethereum), bound to one stamp (its CAIP-19
asset id stands among the resources), to the verifier who asks, and to a span of time. Its nonce is
accepted once. The answer is an EIP-191 signature, which costs nothing and moves nothing.

Accounts that are contracts (ERC-1271) cannot answer yet: their signature is reported as another
account's, never as the owner's.
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
from cryptostamp.errors import InputError
from cryptostamp.primitives import Address, parse_address
from cryptostamp.scan.checks import Outcome

__all__ = ["Challenge", "OwnershipCheck", "OwnershipProof", "ProofCode", "check_answer", "make_challenge"]

LIFETIME = timedelta(minutes=10)
"""How long a challenge may be answered, unless the verifier says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A question to whoever says that a stamp's token is theirs. Times are UTC, to the second."""

    code: PublicCode
    verifier: str
    """The domain of whoever asks: an answer given to one verifier is worth nothing to another."""
    address: Address
    """The account that is said to own the token."""
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
            f"Prove that stamp no. {code.serial} is yours. Signing costs nothing and moves nothing.\n"
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


class ProofCode(StrEnum):
    """The checks of an answer, in the order in which they are made."""

    IN_TIME = "in-time"
    SIGNED_BY_ACCOUNT = "signed-by-account"
    ACCOUNT_OWNS_STAMP = "account-owns-stamp"
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
        code=code, verifier=verifier, address=address, nonce=nonce, issued_at=issued, expires_at=issued + lifetime
    )


def check_answer(
    challenge: Challenge,
    signature: bytes,
    *,
    owner: Address,
    now: datetime,
    use_nonce: Callable[[str], bool],
) -> OwnershipProof:
    """Return what a signature under a challenge proves.

    `owner` is whom the chain names as the owner now; `use_nonce` uses a nonce up for good and
    returns `False` if it was used before. It is called only when everything else is right, so that
    a stranger cannot spoil a challenge that the owner has yet to answer.
    """
    signer = _signer(challenge.text, signature)
    in_time = challenge.issued_at <= now <= challenge.expires_at
    signed = signer == challenge.address
    owns = challenge.address == owner
    checks = [
        _check(ProofCode.IN_TIME, in_time, "The answer came in time.", "The challenge has expired; ask for a new one."),
        _check(
            ProofCode.SIGNED_BY_ACCOUNT,
            signed,
            f"The account {challenge.address} signed.",
            "The signature is not one at all."
            if signer is None
            else f"Somebody else signed: {signer}, not {challenge.address}.",
        ),
        _check(
            ProofCode.ACCOUNT_OWNS_STAMP,
            owns,
            f"That account owns stamp no. {challenge.code.serial}.",
            f"Stamp no. {challenge.code.serial} belongs to {owner}.",
        ),
    ]
    if in_time and signed and owns:
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
    failed = next((check for check in checks if check.outcome is Outcome.FAILED), None)
    if failed is not None:
        return OwnershipProof(proven=False, sentence=f"Not proven. {failed.sentence}", checks=tuple(checks))
    sentence = f"Proven: at {_iso(now)} the holder of the key of {owner} answered, and owned the stamp."
    return OwnershipProof(proven=True, sentence=sentence, checks=tuple(checks))


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
