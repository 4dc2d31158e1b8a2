"""Say in plain words why a contract refused.

Rests on ERC-6093 and the custom errors of our contracts, decoded by their ABIs, plus Solidity's two built-in errors
(``Error(string)`` and ``Panic(uint256)``). Every custom error of every shipped contract has its sentence here; a test
holds the table and the ABIs together. Texts that a foreign contract sends are shown shortened and without controls.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from cryptostamp.chain.artifacts import CONTRACTS, load_artifact
from cryptostamp.chain.interface import ContractInterface
from cryptostamp.errors import ContractRefusal
from cryptostamp.primitives import printable

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
    "InvalidSeed": ("The seed of the draw is missing.", "Build the edition again."),
    "InvalidEntropyBlock": (
        "The block {blockNumber} cannot decide a draw.",
        "Name a block after that of the issue, at most 60,000,000 blocks later.",
    ),
    "InvalidRoyalty": (
        "A royalty of {bps} hundredths of a per cent for {receiver} cannot be set.",
        "Set 1 to 1,000 (10 %) for an account, or 0 for nobody.",
    ),
    # StampSeries, at a claim.
    "NotInEdition": ("There is no stamp {serial} in this edition.", "Check the serial."),
    "AlreadyClaimed": (
        "Stamp {serial} has been claimed already, or sent by the post itself; a claim code works once.",
        "Scan the public code to see who owns the token and since when.",
    ),
    "StampIsVoid": (
        "Stamp {serial} is void: its token stays where it is, and its hidden code is worthless.",
        "Scan the public code to see why and since when.",
    ),
    "InvalidRecipient": (
        "The token of stamp {serial} cannot be delivered to this account.",
        "Name the account of the person who claims.",
    ),
    "ClaimExpired": ("The time in which the claim of stamp {serial} was valid has passed.", "Sign the claim again."),
    "InvalidSignature": ("The signature of the claim of stamp {serial} is damaged.", "Sign the claim again."),
    "InvalidProof": (
        "The claim code of stamp {serial} did not sign this claim, for this series, recipient and deadline.",
        "Check the claim code and that it belongs to this stamp, then sign the claim again.",
    ),
    "InvalidCrown": (
        "The batch of claims does not fit the edition: what its proofs have in common does not lead to the root.",
        "Make the batch again from the dossier of this series.",
    ),
    # StampSeries, at an act of the issuer.
    "InvalidRange": ("There are no stamps {first} to {last} in this edition.", "Check both serials and their order."),
    "VoidReasonMissing": ("A stamp is voided for a reason.", "Say why: spoiled, lost, stolen or recalled."),
    "InvalidOffice": ("The postmark names no post office.", "Name its code."),
    "InvalidDay": ("The day {day} of the postmark has not come yet.", "Check the date."),
    "NoSuchPostmark": ("Stamp {serial} has no postmark number {number}.", "Ask how many it has."),
    "TooManyPostmarks": ("Stamp {serial} has 65,535 postmarks, and room for no more.", "Check the serial."),
    "MetadataIsFrozen": ("The metadata of the series is frozen, for good.", "Nothing is left to do."),
    "MissingRole": (
        "The account {account} does not have the role that this needs: {role}.",
        "Send from an account that has it, or let the administrator of the series give it.",
    ),
    "NotAdmin": (
        "The account {account} is not the administrator of the series.",
        "Send from the account of the administrator.",
    ),
    "NotOffered": (
        "The administration of the series has not been offered to the account {account}.",
        "Let the administrator offer it first.",
    ),
    "InvalidRoles": (
        "The roles {roles} cannot be given to {account}.",
        "Name an account, and 0 for no role, 1 for issuer, 2 for postmaster or 3 for both.",
    ),
    # StampSeries, at the draw of a blind series.
    "NothingToReveal": ("The variants of this series are known already.", "Nothing is left to do."),
    "EntropyAlreadyCaptured": ("The block hash that decides the draw is kept already.", "Reveal the seed."),
    "EntropyNotAvailable": (
        "The hash of block {blockNumber}, which decides the draw, cannot be had now.",
        "Try again after that block; if it is long gone, the draw moves on to the block 8,192 later.",
    ),
    "EntropyNotCaptured": ("The block hash that decides the draw is not kept yet.", "Capture it first."),
    "WrongSeed": (
        "This is not the seed that the series has committed to.",
        "Use the seed of the issue; once its time is over the draw is made without it.",
    ),
    "NotRevealed": ("The variants of this series are not drawn yet.", "Wait for the draw."),
    # StampSeries, at a transfer; most are those of ERC-6093.
    "TokenLocked": ("Token {serial} stays with its owner: the series is soulbound.", "Nothing can be done."),
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
_ROLES: dict[object, str] = {1: "issuer", 2: "postmaster"}


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
    if name == "day" and isinstance(value, int):
        try:
            return (date(1970, 1, 1) + timedelta(days=value)).isoformat()
        except OverflowError:
            return str(value)
    if name == "role":
        return _ROLES.get(value, str(value))
    return str(value)


def _foreign_reason(data: bytes) -> str:
    try:
        if data.startswith(_TEXT_SELECTOR):
            (text,) = decode(["string"], data[4:])
            return f"The contract refuses and says: {printable(text, _LONGEST_TEXT)!r}."
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
