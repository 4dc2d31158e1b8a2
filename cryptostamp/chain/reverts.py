"""Say in plain words why a contract refused.

Rests on ERC-6093 and the custom errors of our contracts, decoded by their ABIs, plus Solidity's two built-in errors
(``Error(string)`` and ``Panic(uint256)``). Every custom error of every shipped contract has its sentence here; a test
holds the table and the ABIs together. Texts that a foreign contract sends are shown shortened and without controls.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from cryptostamp.chain.artifacts import CONTRACTS, load_artifact
from cryptostamp.chain.interface import ContractInterface
from cryptostamp.errors import ContractRefusal

__all__ = ["SENTENCES", "refusal_from"]

SENTENCES: dict[str, tuple[str, str]] = {
    # StampSeries, at issue.
    "InvalidEdition": ("An edition of {edition} stamps cannot be issued.", "An edition has 1 to 16,000,000 stamps."),
    "InvalidCustody": ("The account {custody} cannot hold the unclaimed stamps.", "Name an account of the issuer."),
    "InvalidEditionRoot": ("The edition root is missing.", "Build the edition again."),
    "InvalidVariantCounts": (
        "The counts of the variants do not fit the edition.",
        "Give 1 to 255 variants, each with at least one stamp, that add up to the edition.",
    ),
    "InvalidShortString": ("A text of the contract is damaged.", "Compare the contract's code with its source."),
    "StringTooLong": ("A text is too long for the contract.", "Shorten it to 31 bytes."),
    # StampSeries, at a claim.
    "NotInEdition": ("There is no stamp {serial} in this edition.", "Check the serial."),
    "AlreadyClaimed": (
        "Stamp {serial} has been claimed already; a claim code works once.",
        "Scan the public code to see who owns the token and since when.",
    ),
    "InvalidRecipient": ("The token cannot be delivered to {to}.", "Name the account of the person who claims."),
    "ClaimExpired": ("The claim was valid until {deadline}, which has passed.", "Sign the claim again."),
    "InvalidSignature": ("The signature of the claim is damaged.", "Sign the claim again."),
    "InvalidProof": (
        "The claim code of stamp {serial} did not sign this claim, for this series, recipient and deadline.",
        "Check the claim code and that it belongs to this stamp, then sign the claim again.",
    ),
    # StampSeries, at a transfer; most are those of ERC-6093.
    "StillInCustody": (
        "Stamp {serial} has not been claimed: nobody can move its token without its claim code.",
        "Claim the stamp.",
    ),
    "ERC721NonexistentToken": ("There is no token {tokenId} in this series.", "Check the serial."),
    "ERC721IncorrectOwner": ("Token {tokenId} belongs to {owner}, not to {sender}.", "Ask who owns it now."),
    "ERC721InsufficientApproval": (
        "The account {operator} is not allowed to move token {tokenId}.",
        "Let its owner move it, or approve the account.",
    ),
    "ERC721InvalidApprover": (
        "The account {approver} is not allowed to approve others for this token.",
        "Only the owner of a token, and accounts the owner has approved for all, can do that.",
    ),
    "ERC721InvalidOperator": ("The account {operator} cannot be approved.", "Name another account."),
    "ERC721InvalidOwner": ("The account {owner} cannot own a token.", "Name another account."),
    "ERC721InvalidReceiver": ("The account {receiver} does not take tokens.", "Name another account."),
    "ERC721InvalidSender": ("The account {sender} cannot send this token.", "Ask who owns it now."),
    # PostalRegistry.
    "InvalidCountry": ("A post's country is not two letters A to Z.", "Use the ISO 3166-1 alpha-2 code."),
    "InvalidPostName": (
        "The name of the post is missing, too long, or holds characters that cannot be shown.",
        "A name is a text of 1 to 100 bytes.",
    ),
    "InvalidPostDomain": (
        "The domain of the post is not a host name in lower case.",
        "Use a to z, 0 to 9, dots and hyphens, 253 characters at most.",
    ),
    "InvalidPostAccount": ("The account {account} cannot stand for a post.", "Name an account of the post."),
    "InvalidReasonText": (
        "The reason is missing, too long, or holds characters that cannot be shown.",
        "A reason is one line of 1 to 200 bytes.",
    ),
    "AccountTaken": (
        "The account {account} stands for a post already, or once did.",
        "Use a new account: each stands for one post only.",
    ),
    "ProposalPending": (
        "The account {account} has been proposed for a post already.",
        "Let it accept that proposal, or withdraw the proposal first.",
    ),
    "UnknownPost": ("There is no post number {postId} in the registry.", "Check the number."),
    "NotProposed": (
        "Post number {postId} is no open proposal: it was accepted or withdrawn.",
        "Ask the registry how it stands.",
    ),
    "NotAdmitted": ("Post number {postId} has not been admitted.", "Let its account accept the proposal first."),
    "PostIsSuspended": ("Post number {postId} is suspended.", "Ask the authority of the registry."),
    "PostNotSuspended": ("Post number {postId} is not suspended.", "Nothing is left to do."),
    "PostIsRevoked": (
        "Post number {postId} has been revoked, for good.",
        "Ask the authority of the registry; it may admit the post anew, with a new account.",
    ),
    "NoRotation": ("No new account is proposed for post number {postId}.", "Propose one first."),
    "NotAPost": ("The account {account} does not stand for a post.", "Send from the account of the post."),
    "NotAllowed": (
        "The account {account} is none of those that may do this.",
        "Send from the account that was proposed, from that of the post, or from that of the authority.",
    ),
    "NotAContract": ("There is no contract at {series} on this chain.", "Check the address and the chain."),
    "CodeHashMismatch": (
        "The code at {series} is not the one that was to be registered.",
        "Check the address, and ask another node: this one may be on another branch of the chain.",
    ),
    "SeriesAlreadyRegistered": (
        "The series {series} is registered, or this post's registration of it was revoked.",
        "Ask the registry how it stands.",
    ),
    "SeriesNotRegistered": ("The series {series} is not in the registry.", "Register it first."),
    "SeriesIsSuspended": ("The series {series} is suspended already.", "Nothing is left to do."),
    "SeriesNotSuspended": ("The series {series} is not suspended.", "Nothing is left to do."),
    "SuspendedByAuthority": (
        "The authority suspended the series {series}, so the post cannot reinstate it.",
        "Ask the authority of the registry.",
    ),
    "SeriesIsRevoked": ("The series {series} has been revoked, for good.", "Nothing is left to do."),
    "OwnableUnauthorizedAccount": (
        "The account {account} is not the authority of the registry.",
        "Send from the account of the authority.",
    ),
    "OwnableInvalidOwner": ("The account {owner} cannot be the authority of the registry.", "Name another account."),
}
"""What happened and what to do, by the name of the Solidity error; braces hold its arguments."""

_TEXT_SELECTOR = bytes.fromhex("08c379a0")
_PANIC_SELECTOR = bytes.fromhex("4e487b71")
_LONGEST_TEXT = 200


def refusal_from(data: bytes, *, where: str = "") -> ContractRefusal:
    """Return the refusal that the revert `data` of a call stands for."""
    for interface in _interfaces():
        decoded = interface.decode_error(data)
        if decoded is not None:
            name, arguments = decoded
            what, remedy = SENTENCES[name]
            shown = {key: _show(key, value) for key, value in arguments.items()}
            return ContractRefusal(what.format(**shown), name=name, where=where, remedy=remedy)
    return ContractRefusal(_foreign_reason(data), where=where, remedy="Check that this is the contract you mean.")


def _show(name: str, value: object) -> str:
    """Return an argument as a person reads it."""
    if name == "deadline" and isinstance(value, int):
        try:
            return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC"
        except (ValueError, OverflowError, OSError):
            return f"second {value}"
    return str(value)


def _foreign_reason(data: bytes) -> str:
    try:
        if data.startswith(_TEXT_SELECTOR):
            (text,) = decode(["string"], data[4:])
            printable = "".join(letter if letter.isprintable() else " " for letter in text)
            return f"The contract refuses and says: {printable[:_LONGEST_TEXT]!r}."
        if data.startswith(_PANIC_SELECTOR):
            (code,) = decode(["uint256"], data[4:])
            return f"The contract failed inside (Solidity panic 0x{code:02x})."
    except (DecodingError, ValueError, OverflowError):
        pass
    if data:
        return f"The contract refuses with an error of its own (0x{data[:4].hex()})."
    return "The contract refuses without a reason."


@cache
def _interfaces() -> tuple[ContractInterface, ...]:
    return tuple(load_artifact(name).interface for name in CONTRACTS)
