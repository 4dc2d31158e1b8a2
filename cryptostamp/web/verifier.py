"""The static verifier: one HTML file with which anybody checks the stamps of a series, with nobody's site.

The page itself is built with the front end (`frontend/src/pages/verifier.ts`); what is put in here is the dossier, the
hash of the contract's code, and the words of all languages. The same dossier gives the same bytes. It loads nothing
and asks nobody but the nodes that a person names; its own policy (CSP) holds it to that.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from cryptostamp.chain import LOCAL_CHAIN_IDS, load_artifact
from cryptostamp.edition import Dossier, content_address, face_codes
from cryptostamp.edition.dossier import write_claim_keys
from cryptostamp.edition.dossier_json import write_facts
from cryptostamp.errors import StorageProblem
from cryptostamp.primitives import keccak256
from cryptostamp.web.i18n import LANGUAGES, language
from cryptostamp.web.i18n import mark as _
from cryptostamp.web.site import STATIC
from cryptostamp.web.verdicts import VERDICT_WORDS

__all__ = ["MOST_TAGS", "VERIFIER_NAME", "is_built", "verifier_page"]

VERIFIER_NAME: Final = "verifier.html"
MOST_TAGS: Final = 1_000_000
"""Editions of up to so many stamps lie in the page, in 5 bytes each; the claim keys of larger ones stay beside it."""

_PLACE: Final = b'id="contents">CONTENTS<'
_CHUNK: Final = 20_000

_WORDS: Final[Mapping[str, str]] = {
    **VERDICT_WORDS,
    "cannot-tell.tag-agrees": _(
        "The dossier with the codes that the post has published for this series is not at hand."
    ),
    "brand": _("Crypto stamps"),
    "skip": _("Skip to the content"),
    "title": _("What is this stamp?"),
    "lead": _(
        "This page checks a stamp by itself: against the chain, and against what {post} published when it issued the "
        "series. It needs nobody's web site, and works from a file."
    ),
    "stamps": _("stamps"),
    "no-tags": _(
        "This edition is too large to lie in the page. Choose the file claim-keys.txt of its dossier below, under "
        "“What this page believes”; until then it cannot be said whether the post issued a code."
    ),
    "node-label": _("A node of chain {chain}, to ask"),
    "node-hint": _("Any node that you trust. The page asks it, and nobody else."),
    "node-missing": _("Name a node of the chain first: an address that begins with https:// or http://"),
    "node-wrong": _("This is not the address of a node. It begins with https:// or http://"),
    "node-advice": _(
        "Is the address of the node right, and is it of this chain? Some nodes let no page ask them: try another."
    ),
    "second": _("Compare with a second node"),
    "second-label": _("Another node of the chain"),
    "code-label": _("The letters beside the QR code, or its link"),
    "code-hint": _("The last letter catches slips of the finger."),
    "check": _("Check the stamp"),
    "asking": _("Asking the chain …"),
    "photo": _("From a photo"),
    "photo-label": _("A picture of one stamp or many"),
    "photo-hint": _("It does not leave this page. Do not photograph a scratched hidden code."),
    "looking": _("Looking for a code …"),
    "no-code": _("No QR code was found in the picture. Take it closer, and in good light."),
    "no-picture": _("This file is not a picture that your browser can show."),
    "camera": _("Start the camera"),
    "camera-stop": _("Stop the camera"),
    "starting": _("The camera is starting …"),
    "searching": _("Hold the QR code into the frame."),
    "refused-camera": _("The camera may not be used, or there is none. Take a photo, or type the code."),
    "hidden": _(
        "This is a hidden code. Whoever sees it can take the token: it is for claiming only, and not kept here."
    ),
    "other": _("This QR code is not that of a crypto stamp."),
    "short-unknown": _(
        "The short code is mistyped, or it is of a series {series} whose dossier is not at hand. Compare it with the "
        "stamp."
    ),
    "found": _("What was found"),
    "no": _("No."),
    "count": _("({count} of {edition})"),
    "cancelled": _("Cancelled on {day} by the office {office}."),
    "owner": _("Owner"),
    "as-of": _("As of"),
    "block": _("block"),
    "checked": _("What was checked"),
    "copy": _("Could this be a copy?"),
    "copy-says": _(
        "The QR code on the face is public: anybody can photograph and print it, and this page looks the same for the "
        "copy. No scan can tell whether this paper is the one that the post printed."
    ),
    "copy-unclaimed": _(
        "The token goes to whoever uses the hidden code first. Buy only if the scratch field is untouched, and claim "
        "soon."
    ),
    "copy-claimed": _(
        "The hidden code of this stamp is used up. Whoever offers the paper as unclaimed offers an empty one; whoever "
        "offers the token can prove that it is theirs."
    ),
    "believes": _("What this page believes"),
    "believes-says": _(
        "The code on a stamp is not believed about what to trust. This page believes the registry of posts that the "
        "dossier of {series} names, and the dossier itself only where the contract commits to it. Compare the "
        "fingerprint with the one that the post tells."
    ),
    "fact-chain": _("Chain"),
    "fact-contract": _("Contract"),
    "fact-registry": _("Registry of posts"),
    "fact-root": _("Edition root"),
    "fact-address": _("Fingerprint of the dossier"),
    "files-label": _("Files of a dossier"),
    "files-hint": _(
        "dossier.json and claim-keys.txt of another series, together. You believe the registry that it names, too."
    ),
    "computing": _("Computing the edition root from the claim keys: {part} % …"),
    "taken": _("The dossier of {series} is at hand."),
    "unreadable": _("The files cannot be read."),
    "limits": _("What a scan can tell, and what not"),
    "limits-say": _(
        "A scan says whether the post issued this code, what has become of its token, and whose it is. It cannot say "
        "whether this paper is the one that the post printed: a QR code can be copied. The hidden code under the "
        "scratch field cannot be seen, and works once."
    ),
    "promise": _(
        "Keep this file: it goes on working when every site is gone, as long as there is a node of the chain to ask."
    ),
}


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""


def verifier_page(
    dossier: Dossier, *, most_tags: int = MOST_TAGS, progress: Callable[[int, int], None] = _silent
) -> bytes:
    """Return the page for a dossier, UTF-8; raise `StorageProblem` if the front end was not built.

    An edition of more than `most_tags` stamps is not put into the page, which then takes the claim keys from a file.
    `progress` is called with the stamps done and the stamps in all.
    """
    small = dossier.edition.size <= most_tags
    contents = {
        "address": content_address(dossier),
        "claim_keys_sha256": None if small else _sha256(write_claim_keys(dossier.edition.claim_keys)),
        "contract": _contract_code(),
        "dossier": json.loads(write_facts(dossier)),
        "languages": list(LANGUAGES.items()),
        "local_chains": sorted(LOCAL_CHAIN_IDS),
        "tags": _tags(dossier, progress) if small else None,
        "words": {key: {name: language(key).text(message) for name, message in _WORDS.items()} for key in LANGUAGES},
    }
    text = json.dumps(contents, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # No text of a series can end the element that holds it, or begin another.
    before, place, after = _built().partition(_PLACE)
    return before + place.replace(b"CONTENTS", text.replace("<", "\\u003c").encode()) + after


def is_built() -> bool:
    """Tell whether the page was built with the front end."""
    return (STATIC / VERIFIER_NAME).is_file()


def _built() -> bytes:
    try:
        page = (STATIC / VERIFIER_NAME).read_bytes()
    except OSError:
        page = b""
    if page.count(_PLACE) == 1:
        return page
    raise StorageProblem(
        "The page of the verifier was not built, or is damaged.",
        where=str(STATIC / VERIFIER_NAME),
        remedy="Install cryptostamp again, or run in a checkout any of the scripts, such as scripts/demo --help.",
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _contract_code() -> dict[str, object]:
    """Return by what the code of a series is known: length, immutables, and the hash of the code without these."""
    artifact = load_artifact("StampSeries")
    return {
        "length": len(artifact.runtime),
        "immutables": sorted(artifact.immutable_spans),
        "keccak256": f"0x{keccak256(artifact.runtime).hex()}",
    }


def _tags(dossier: Dossier, progress: Callable[[int, int], None]) -> str:
    """Return the tags of all stamps, the 40 bits of each as 5 bytes, in base64."""
    size = dossier.edition.size
    parts = []
    for first in range(1, size + 1, _CHUNK):
        last = min(first + _CHUNK - 1, size)
        tags = face_codes(dossier, range(first, last + 1)).tags
        parts.append(tags.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 3:].tobytes())
        progress(last, size)
    return base64.b64encode(b"".join(parts)).decode("ascii")
