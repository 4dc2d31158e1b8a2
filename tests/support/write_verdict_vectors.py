"""Write tests/vectors/verdicts.json: cases by hand, codes and signatures by this program.

Run as ``python tests/support/write_verdict_vectors.py``. What is expected stands here and was not copied from an
answer; the keys that sign are keccak-256 of the words below and worth nothing.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import encode_defunct

from cryptostamp.codes import PublicCode, sign_with, signing_text
from cryptostamp.primitives import Address, ChainId, Hash32, Serial, keccak256, parse_address

NOW = 1_790_000_000
CHAIN = ChainId(8453)
REGISTRY = parse_address("0x" + "4e" * 20)
CONTRACT = parse_address("0x" + "c0" * 20)
LOOK_ALIKE = parse_address("0x" + "c1" * 20)
OTHER_SERIES = parse_address("0x" + "b1" * 20)
CUSTODY = parse_address("0x" + "11" * 20)
OWNER = parse_address("0x" + "22" * 20)
SIZE = 1000
STATES = {
    1: "unclaimed",
    2: "claimed",
    3: "delivered",
    4: "spoiled",
    5: "lost",
    6: "stolen",
    7: "recalled",
    8: "postmarked",
    9: "claimed and postmarked",
    10: "not revealed",
    11: "melted",
    12: "claimed after the final block",
}
ALL = (
    "well-formed",
    "host-of-post",
    "issuer-signature",
    "chain-reached",
    "contract-registered",
    "contract-code",
    "serial-in-edition",
    "tag-agrees",
    "state-known",
    "not-void",
    "block-recent",
)
P, F, N = "passed", "failed", "not checked"
GOOD = dict.fromkeys(ALL, P) | {"issuer-signature": N}
NOTHING = dict.fromkeys(ALL, N)
OFFLINE = NOTHING | {"well-formed": P}


def hex_(data: bytes) -> str:
    return "0x" + data.hex()


def account(words: str) -> Any:
    return Account.from_key(keccak256(words.encode()))


POST, FORMER, STRANGER = account("the post"), account("the post, formerly"), account("a stranger")


def claim_key(contract: Address, serial: int) -> Address:
    return parse_address(hex_(keccak256(f"{contract}/{serial}".encode())[12:]))


def root(contract: Address) -> Hash32:
    return keccak256(f"root of {contract}".encode())


def code(
    serial: int, *, contract: Address = CONTRACT, chain: int = CHAIN, host: str = "lilypond.example"
) -> PublicCode:
    return PublicCode.make(
        host=host,
        chain_id=ChainId(chain),
        contract=contract,
        serial=Serial(serial),
        claim_key=claim_key(contract, serial),
    )


def invented(serial: int, **fields: Any) -> PublicCode:
    genuine = code(serial, **fields)
    return replace(genuine, tag="0" * 8 if genuine.tag != "0" * 8 else "1" * 8)


def signed(unsigned: PublicCode, by: Any) -> PublicCode:
    return sign_with(unsigned, bytes(by.sign_message(encode_defunct(text=signing_text(unsigned))).signature))


def stamp(state: str) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "owner": CUSTODY,
        "state": "unclaimed",
        "since": None,
        "void_reason": None,
        "variant": 1,
        "postmarks": 0,
        "first_postmark": None,
    }
    moved = {"owner": OWNER, "since": 1_780_000_000}
    mark = {"postmarks": 1, "first_postmark": {"office": "LEAP-01", "day": "2026-05-01", "kind": "first-day"}}
    changes: dict[str, dict[str, Any]] = {
        "unclaimed": {},
        "claimed": {"state": "claimed"} | moved,
        "delivered": {"state": "delivered"} | moved,
        "postmarked": mark,
        "claimed and postmarked": {"state": "claimed"} | moved | mark | {"postmarks": 3},
        "not revealed": {"variant": None},
        "melted": {"state": "melted"},
        "claimed after the final block": {"state": "claimed", "owner": OWNER, "since": NOW - 40},
    }
    void = {"state": "void", "since": 1_780_000_000, "void_reason": state}
    return facts | changes.get(state, void)


def status(**changes: Any) -> dict[str, Any]:
    post = {
        "name": "Lilypond Post",
        "domain": "lilypond.example",
        "account": POST.address,
        "active": True,
        "suspended": False,
        "since": 1_770_000_000,
        "reason": "",
    }
    series = {"active": True, "suspended": False, "since": 1_775_000_000, "reason": ""}
    series |= {"by_authority": False, "code_unchanged": True}
    return (
        series
        | {key: value for key, value in changes.items() if key != "post"}
        | {"post": post | changes.get("post", {})}
    )


def block(number: int, *, age: int = 12, branch: str = "") -> dict[str, Any]:
    return {"number": number, "hash": hex_(keccak256(f"block {number} {branch}".encode())), "timestamp": NOW - age}


def view(number: int = 1000, *, age: int = 12, branch: str = "", **changes: Any) -> dict[str, Any]:
    contracts = {
        contract: {
            "code_is_ours": True,
            "edition_root": hex_(root(CONTRACT)),
            "stamps": {str(serial): stamp(state) for serial, state in STATES.items()},
        }
        for contract in (CONTRACT,)
    }
    contracts[LOOK_ALIKE] = contracts[CONTRACT] | {"stamps": {"1": stamp("unclaimed")}}
    facts = {
        "block": block(number, age=age, branch=branch),
        "final": block(number - 64, age=age + 768),
        "registries": {REGISTRY: {CONTRACT: status()}},
        "contracts": contracts,
    }
    return facts | changes


def node(*views: Mapping[str, Any], chain: int = CHAIN) -> dict[str, Any]:
    return {"chain_id": chain, "views": list(views)}


def told(serial: int, state: str, **of: Any) -> dict[str, Any]:
    """Return a view in which one stamp stands otherwise."""
    facts = copy.deepcopy(view(**of))
    facts["contracts"][CONTRACT]["stamps"][str(serial)] = stamp(state)
    return facts


def registered(**changes: Any) -> list[dict[str, Any]]:
    return [node(view(registries={REGISTRY: {CONTRACT: status(**changes)}}))]


def coded(*, ours: bool) -> list[dict[str, Any]]:
    facts = view()
    facts["contracts"][CONTRACT]["code_is_ours"] = ours
    return [node(facts)]


HONEST = node(view())
DOWN = {"fault": "The node at node.example does not answer in time."}
TRUSTS: dict[str, dict[str, Any]] = {
    "nobody": {},
    "registry": {"registries": [{"chain_id": CHAIN, "registry": REGISTRY}]},
    "edition": {
        "editions": [
            {
                "chain_id": CHAIN,
                "contract": CONTRACT,
                "title": "Leapfrog",
                "size": SIZE,
                "root": hex_(root(CONTRACT)),
                "variants": ["Meadow green", "Azure blue"],
                "claim_keys": {str(serial): claim_key(CONTRACT, serial) for serial in [*STATES, SIZE]},
            }
        ]
    },
    "issuer": {
        "issuers": [{"name": "Lilypond Post", "domain": "lilypond.example", "accounts": [POST.address, FORMER.address]}]
    },
    "pinned": {"contracts": [{"chain_id": CHAIN, "contract": CONTRACT, "post": "Lilypond Post"}]},
    "patient": {"chains": [{"chain_id": CHAIN, "stale_after_s": None}]},
}
EMPTY: dict[str, list[Any]] = {"registries": [], "editions": [], "issuers": [], "contracts": [], "chains": []}
CASES: list[dict[str, Any]] = []
STATED: dict[str, Any] = {}
NODES: dict[str, Any] = {}


def case(
    name: str,
    text: PublicCode | str,
    conclusion: str,
    checks: Mapping[str, str],
    *,
    nodes: list[dict[str, Any]] | None = None,
    trust: str = "registry edition",
    state: str | None = None,
    typed: bool = False,
) -> None:
    stated = dict(EMPTY)
    for each in trust.split():
        stated |= TRUSTS[each]
    CASES.append(
        {
            "name": name,
            "text": text if isinstance(text, str) else text.text,
            "typed": typed,
            "trust": _named(STATED, stated, trust.replace(" ", "+")),
            "nodes": [_named(NODES, each, f"node {len(NODES) + 1}") for each in nodes or [HONEST]],
            "expect": {"conclusion": conclusion, "state": state, "checks": dict(checks)},
        }
    )


def _named(known: dict[str, Any], facts: Any, name: str) -> str:
    """Return the name of facts, under which they stand in the file once."""
    for each, before in known.items():
        if before == facts:
            return each
    known[name] = facts
    return name


def lines(content: Mapping[str, Any] | list[Any], name: str) -> str:
    """Return a part of the file with one line for each entry."""
    rows = (
        [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items()]
        if isinstance(content, Mapping)
        else [json.dumps(each) for each in content]
    )
    opening, closing = "{}" if isinstance(content, Mapping) else "[]"
    return f"{json.dumps(name)}: {opening}\n  " + ",\n  ".join(rows) + f"\n {closing}"


def stamps() -> None:
    """Write the cases of stamps that the post issued."""
    for serial, name in STATES.items():
        if name in {"spoiled", "lost", "stolen", "recalled"}:
            case(f"void: {name}", code(serial), "not genuine", GOOD | {"not-void": F}, state="void")
        elif name != "melted":
            state = {"postmarked": "unclaimed", "not revealed": "unclaimed"}.get(name, name.split()[0])
            case(name, code(serial), "genuine", GOOD, state=state)
    case("a state that nobody knows", code(11), "unknown", GOOD | {"state-known": N, "not-void": N})
    case("any letter case", code(1).text.lower(), "genuine", GOOD, state="unclaimed", typed=True)
    case("another host", code(1, host="frogs.example"), "genuine", GOOD | {"host-of-post": F}, state="unclaimed")
    case(
        "pinned, without a registry",
        code(1),
        "genuine",
        GOOD | {"host-of-post": N},
        trust="pinned edition",
        state="unclaimed",
    )
    case(
        "pinned, and nobody has registered it",
        code(1),
        "genuine",
        GOOD | {"host-of-post": N},
        trust="pinned registry edition",
        state="unclaimed",
        nodes=[node(view(registries={REGISTRY: {}}))],
    )
    soulbound = "a soulbound token is claimed like any other: the verdict does not depend on it"
    case(soulbound, code(2), "genuine", GOOD, state="claimed")


def forgeries() -> None:
    """Write the cases of what the post did not issue."""
    case(
        "invented code", invented(1), "not genuine",
        GOOD | {"tag-agrees": F, "state-known": N, "not-void": N},
    )  # fmt: skip
    case(
        "invented code of a void stamp",
        invented(4),
        "not genuine",
        GOOD | {"tag-agrees": F, "state-known": N, "not-void": N},
    )
    beyond = GOOD | {"serial-in-edition": F, "tag-agrees": N, "state-known": N, "not-void": N}
    case("serial beyond the edition", code(1001), "not genuine", beyond)
    reached = OFFLINE | {"chain-reached": P, "block-recent": P}
    case("look-alike contract", code(1, contract=LOOK_ALIKE), "not genuine", reached | {"contract-registered": F})
    case("no contract at all", code(1, contract=OTHER_SERIES), "not genuine", reached | {"contract-registered": F})
    case(
        "empty trust",
        code(1),
        "unknown",
        GOOD | {"host-of-post": N, "contract-registered": N, "tag-agrees": N},
        trust="nobody",
        state="unclaimed",
    )
    case("without the dossier", code(1), "unknown", GOOD | {"tag-agrees": N}, trust="registry", state="unclaimed")
    case(
        "invented code, without the dossier",
        invented(1),
        "unknown",
        GOOD | {"tag-agrees": N},
        trust="registry",
        state="unclaimed",
    )
    case(
        "void, without the dossier",
        code(6),
        "not genuine",
        GOOD | {"tag-agrees": N, "not-void": F},
        trust="registry",
        state="void",
    )
    other = view()
    other["contracts"][CONTRACT]["edition_root"] = hex_(root(OTHER_SERIES))
    case(
        "a dossier that the contract does not commit to",
        code(1),
        "unknown",
        GOOD | {"tag-agrees": N},
        nodes=[node(other)],
        state="unclaimed",
    )
    revoked = {"active": False, "since": 1_780_000_000, "reason": "Its key was sold."}
    suspended = {"active": False, "suspended": True, "since": 1_780_000_000, "reason": "The key may be stolen."}
    refused = reached | {"contract-registered": F}
    case("revoked post", code(1), "not genuine", refused, nodes=registered(post=revoked))
    case("revoked series", code(1), "not genuine", refused, nodes=registered(**revoked))
    case("revoked by the authority", code(1), "not genuine", refused, nodes=registered(**revoked, by_authority=True))
    case(
        "revoked, though it is pinned",
        code(1),
        "not genuine",
        refused,
        nodes=registered(**revoked),
        trust="registry edition pinned",
    )
    open_ = GOOD | {"contract-registered": N}
    case("suspended post", code(1), "unknown", open_, nodes=registered(post=suspended), state="unclaimed")
    case("suspended series", code(1), "unknown", open_, nodes=registered(**suspended), state="unclaimed")
    case(
        "revoked post of a suspended series",
        code(1),
        "not genuine",
        refused,
        nodes=registered(**suspended, post=revoked),
    )
    case(
        "invented code of a suspended series",
        invented(1),
        "not genuine",
        open_ | {"tag-agrees": F, "state-known": N, "not-void": N},
        nodes=registered(**suspended),
    )
    bad_code = reached | {"contract-registered": P, "contract-code": F, "host-of-post": P}
    case("a registered contract that is not ours", code(1), "not genuine", bad_code, nodes=coded(ours=False))
    case("code that was changed since", code(1), "not genuine", bad_code, nodes=registered(code_unchanged=False))
    wild = "\u001b[31m\u202enuf" + "x" * 300
    case(
        "a registry that writes control characters",
        code(1),
        "genuine",
        GOOD | {"host-of-post": F},
        nodes=registered(post={"name": wild, "domain": wild}),
        state="unclaimed",
    )


def texts() -> None:
    """Write the cases of texts that are no codes: printed they are refused, typed they may be a slip."""
    genuine = code(1).text
    mistyped = genuine[:-2] + ("2" if genuine[-2] != "2" else "3") + genuine[-1]
    for name, text in {
        "the menu of a restaurant": "https://example.com/menu",
        "a wallet": "ethereum:0xC0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0@8453",
        "a script": "javascript:alert(document.cookie)",
        "a page of data": "data:text/html,<script>alert(1)</script>",
        "http": genuine.replace("https", "http"),
        "a user name in the host": genuine.replace("https://", "https://LILYPOND.EXAMPLE@evil.example/"),
        "a port": genuine.replace(".EXAMPLE", ".EXAMPLE:8443"),
        "a query": genuine + "?next=https://evil.example",
        "a part after #": genuine + "#0000",
        "control characters": genuine.replace("/S/", "/\u001b[2J/S/"),
        "a line feed at the end": genuine + "\n",
        "a right-to-left trick": genuine.replace("LILY", "\u202eYLIL"),
        "a letter of another alphabet": genuine.replace("LILY", "LI\u0406Y"),
        "4,000 characters": genuine + "0" * (4000 - len(genuine)),
        "mistyped": mistyped,
        "cut short": genuine[:-6],
        "serial 0": genuine.replace("/1.", "/0."),
        "a serial that starts with a zero": genuine.replace("/1.", "/01."),
        "a serial in other digits": genuine.replace("/1.", "/\u0661."),
        "a chain id beyond every wallet": genuine.replace(str(CHAIN), str(2**63)),
        "empty": "",
        "a short code, which only its dossier resolves": code(1).short("LEAP").text,
        "a signature that is cut short": signed(code(1), POST).text[:-1],
        "a signature that is too large a number": genuine + "." + "Z" * 103,
    }.items():
        case(f"printed: {name}", text, "not genuine", NOTHING | {"well-formed": F})
        case(f"typed: {name}", text, "unknown", NOTHING, typed=True)


def signatures() -> None:
    """Write the cases of signed codes, with a node and without."""
    trust = "registry edition issuer"
    good = signed(code(1), POST)
    case("signed", good, "genuine", GOOD | {"issuer-signature": P}, trust=trust, state="unclaimed")
    case(
        "signed by a former account",
        signed(code(1), FORMER),
        "genuine",
        GOOD | {"issuer-signature": P},
        trust=trust,
        state="unclaimed",
    )
    case("unsigned, of a post that is pinned", code(1), "genuine", GOOD, trust=trust, state="unclaimed")
    case(
        "signed, and the registry knows the signer", good, "genuine", GOOD | {"issuer-signature": P}, state="unclaimed"
    )
    case("signed by whom nobody knows", signed(code(1), STRANGER), "genuine", GOOD, state="unclaimed")
    known = OFFLINE | {"host-of-post": P}
    case("offline: signed", good, "unknown", known | {"issuer-signature": P}, nodes=[DOWN], trust=trust)
    case("offline: unsigned", code(1), "unknown", known, nodes=[DOWN], trust=trust)
    case(
        "offline: signed by a stranger",
        signed(code(1), STRANGER),
        "not genuine",
        known | {"issuer-signature": F},
        nodes=[DOWN],
        trust=trust,
    )
    moved = replace(good, serial=Serial(2), tag=code(2).tag)
    case(
        "offline: the signature of another stamp",
        moved,
        "not genuine",
        known | {"issuer-signature": F},
        nodes=[DOWN],
        trust=trust,
    )
    flat = replace(code(1), signature=bytes(64))
    case(
        "offline: a signature of zeros", flat, "not genuine", known | {"issuer-signature": F}, nodes=[DOWN], trust=trust
    )
    high = replace(code(1), signature=good.signature[:32] + b"\x7f" + b"\xff" * 31) if good.signature else good
    case("offline: a high s", high, "not genuine", known | {"issuer-signature": F}, nodes=[DOWN], trust=trust)
    case(
        "offline: an unknown host, signed by a stranger",
        signed(code(1, host="frogs.example"), STRANGER),
        "unknown",
        OFFLINE,
        nodes=[DOWN],
        trust=trust,
    )
    case(
        "offline: another host, signed by the post",
        signed(code(1, host="frogs.example"), POST),
        "unknown",
        OFFLINE | {"issuer-signature": P},
        nodes=[DOWN],
        trust=trust,
    )
    case("offline: signed, and nobody is trusted", good, "unknown", OFFLINE, nodes=[DOWN], trust="nobody")


def nodes() -> None:
    """Write the cases of nodes that lie, lag, fall silent or serve another chain."""
    case("node down", code(1), "unknown", OFFLINE, nodes=[DOWN])
    case("node down, and the code is invented", invented(1), "unknown", OFFLINE, nodes=[DOWN])
    case("node of another chain", code(1), "unknown", OFFLINE, nodes=[node(view(), chain=1)])
    case("code of another chain", code(1, chain=1), "unknown", OFFLINE)
    case("two nodes that agree", code(2), "genuine", GOOD, nodes=[HONEST, HONEST], state="claimed")
    case("one of two nodes is down", code(2), "genuine", GOOD, nodes=[HONEST, DOWN], state="claimed")
    case("both nodes are down", code(2), "unknown", OFFLINE, nodes=[DOWN, DOWN])
    case(
        "one of two nodes is of another chain",
        code(2),
        "genuine",
        GOOD,
        nodes=[node(view(), chain=1), HONEST],
        state="claimed",
    )
    case("a node lies about the state", code(4), "unknown", OFFLINE, nodes=[HONEST, node(told(4, "unclaimed"))])
    case("two of three nodes agree", code(4), "unknown", OFFLINE, nodes=[HONEST, HONEST, node(told(4, "unclaimed"))])
    registry = node(view(registries={REGISTRY: {LOOK_ALIKE: status(), CONTRACT: status()}}))
    case("a node lies about the registry", code(1, contract=LOOK_ALIKE), "unknown", OFFLINE, nodes=[HONEST, registry])
    behind, then = view(990, age=132), view(990, age=132)
    case("a node is only behind", code(2), "genuine", GOOD, nodes=[node(behind), node(then, view())], state="claimed")
    before = told(1, "unclaimed", number=990, age=132)
    since = told(1, "claimed")
    case(
        "a claim that the node behind has not seen",
        code(1),
        "genuine",
        GOOD,
        nodes=[node(before), node(before, since)],
        state="claimed",
    )
    case(
        "a node behind that lies",
        code(4),
        "unknown",
        OFFLINE,
        nodes=[node(told(4, "unclaimed", number=990, age=132)), node(then, view())],
    )
    case("a node ahead that cannot say what was", code(2), "unknown", OFFLINE, nodes=[node(behind), node(view())])
    case("two branches of the chain", code(2), "unknown", OFFLINE, nodes=[HONEST, node(view(branch="other"))])
    old = [node(view(age=3601))]
    case("stale block", code(1), "unknown", GOOD | {"block-recent": N}, nodes=old, state="unclaimed")
    case(
        "stale block, void stamp",
        code(5),
        "not genuine",
        GOOD | {"block-recent": N, "not-void": F},
        nodes=old,
        state="void",
    )
    case(
        "stale block, contract not registered then",
        code(1, contract=LOOK_ALIKE),
        "unknown",
        OFFLINE | {"chain-reached": P},
        nodes=old,
    )
    case("block on the edge of staleness", code(1), "genuine", GOOD, nodes=[node(view(age=3600))], state="unclaimed")
    case(
        "block from the future",
        code(1),
        "unknown",
        GOOD | {"block-recent": N},
        nodes=[node(view(age=-3601))],
        state="unclaimed",
    )
    case(
        "old block, and the verifier does not mind",
        code(1),
        "genuine",
        GOOD,
        nodes=[node(view(age=90_000))],
        trust="registry edition patient",
        state="unclaimed",
    )
    reached = OFFLINE | {"chain-reached": P, "block-recent": P}
    host = {"host-of-post": P, "contract-registered": P}
    for silent, checks in {
        "status": reached,
        "code": reached | host,
        "stamp": reached | host | {"contract-code": P},
        "edition_root": reached | host | {"contract-code": P, "serial-in-edition": P},
    }.items():
        case(
            f"a node that is silent about the {silent}", code(1), "unknown", checks, nodes=[node(view(silent=[silent]))]
        )


if __name__ == "__main__":
    stamps()
    forgeries()
    texts()
    signatures()
    nodes()
    head = json.dumps({"format": "cryptostamp verdict vectors 1", "now": NOW, "checks": list(ALL)})
    parts = [head[1:-1], lines(STATED, "trusts"), lines(NODES, "nodes"), lines(CASES, "cases")]
    target = Path(__file__).parents[1] / "vectors" / "verdicts.json"
    target.write_text("{\n " + ",\n ".join(parts) + "\n}\n", encoding="utf-8")
