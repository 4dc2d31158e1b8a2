"""The public surface is what it is on purpose."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cryptostamp

PUBLIC = """
Address Chain ChainId ClaimCode Conclusion CryptostampError DevSigner Dossier KeystoreSigner Ledger LedgerJournal Money
Outcome OwnershipProof PublicCode Sender Serial Series Signer Trust Verdict Workspace ask_owner check check_metadata
check_owner claim create_series describe issue load_series parse_address parse_claim_code parse_public_code preview
print_stamps publish_metadata read_dossier rescale run_demo start_local_node verify
""".split()  # noqa: SIM905  (easier to read and to change than forty quoted lines)


class TestPublicApi:
    def test_the_names_are_pinned(self) -> None:
        """A name is added to or taken from the public API in a change that says so here."""
        assert cryptostamp.__all__ == PUBLIC

    @pytest.mark.parametrize("name", PUBLIC)
    def test_each_name_leads_somewhere(self, name: str) -> None:
        """Every public name is there, documented, and the same object as in its room."""
        thing = getattr(cryptostamp, name)
        assert thing is getattr(cryptostamp, name)
        assert getattr(thing, "__doc__", None)

    def test_an_unknown_name_is_refused(self) -> None:
        """A misspelt name is an AttributeError, as with any module."""
        with pytest.raises(AttributeError, match="no attribute 'mint'"):
            cryptostamp.mint  # noqa: B018

    def test_reading_a_series_loads_no_chain_library(self) -> None:
        """Who only reads a series.toml does not wait for web3."""
        program = "import sys, cryptostamp; cryptostamp.load_series; sys.exit('web3' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

    def test_brackets_do_not_end_the_process(self) -> None:
        """Threat: JSON nested so deep that the stack overflows: an error, whatever libraries are loaded."""
        program = (
            "import sys, json, importlib, cryptostamp\n"
            "for room in ('office', 'web', 'cli'): importlib.import_module('cryptostamp.' + room)\n"
            "assert 'py_ecc' in sys.modules\n"
            "try: json.loads('[' * 200_000)\n"
            "except RecursionError: sys.exit(7)"
        )
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 7
