"""Names are those of ENSIP-15, and stand for what a registry on the chain says, and nobody else."""

from __future__ import annotations

import pytest
from support.names import registry_of_names

from cryptostamp.chain import Chain, DevSigner, MemoryJournal, Sender, normal_name
from cryptostamp.chain.names import NameRegistry, name_hash
from cryptostamp.errors import CannotTell, InputError
from cryptostamp.primitives import parse_address

ANNA = parse_address("0x" + "a1" * 20)


class TestWriting:
    """One name is written in one way."""

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("anna.eth", "anna.eth"),
            (" Anna.ETH ", "anna.eth"),
            ("\uff41nna.eth", "anna.eth"),
            ("Žaba.eth", "žaba.eth"),
            ("Z\u030caba.eth", "žaba.eth"),
            ("a.b.c.frog", "a.b.c.frog"),
            ("👨‍👩‍👧.eth", "👨‍👩‍👧.eth"),
        ],
    )
    def test_normal(self, text: str, name: str) -> None:
        """Letter cases, widths and compositions are made the same."""
        assert normal_name(text) == name

    @pytest.mark.parametrize(
        "text",
        [
            *("", "anna", "anna..eth", ".eth", "anna.eth.", "an_na.eth", "an na.eth", "a/b.eth", "https://anna.eth"),
            *("\u0430nna.eth", "a\u202enna.eth", "a\x00.eth", "xn--a.eth", "a" * 256 + ".eth"),
        ],
    )
    def test_no_name(self, text: str) -> None:
        """Characters of two scripts that look alike, invisible ones and paths are in no name."""
        with pytest.raises(InputError, match="not a name"):
            normal_name(text)

    def test_hash(self) -> None:
        """The hash is that of the examples of ERC-137."""
        assert name_hash("eth").hex() == "93cdeb708b7545dc668eb9280176169d1c33cfd8ed6f04690a0bcc88a93fc4ae"
        assert name_hash("foo.eth").hex() == "de9b09fd7c5f901e23a3f19fecc54828e9c848539801e86591bd9801b019f84f"


def test_resolving(chain: Chain) -> None:
    """A registered name has its account; others have none, also those that are kept elsewhere."""
    sender = Sender(chain, DevSigner(0), MemoryJournal())
    names = NameRegistry(chain, registry_of_names(sender, {"anna.eth": ANNA}))
    assert names.account("anna.eth") == ANNA
    for name in ("nobody.eth", "eth", "below.anna.eth", "far.eth"):
        assert names.account(name) is None
    with pytest.raises(CannotTell):
        NameRegistry(chain, ANNA).account("anna.eth")
