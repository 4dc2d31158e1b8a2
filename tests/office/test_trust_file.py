"""The trust file says whom a verifier believes, and nothing in it is taken as something else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from cryptostamp.errors import InputError
from cryptostamp.office import load_trust
from cryptostamp.scan import Trust

GOOD = f"""
[[registry]]
chain = 8453
address = "0x{"4e" * 20}"

[[issuer]]
name = "Lilypond Post"
domain = "lilypond.example"
accounts = ["0x{"11" * 20}"]

[[contract]]
chain = 8453
address = "0x{"12" * 20}"
post = "Lilypond Post"

[[chain]]
id = 8453
stale_after_minutes = 5
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "trust.toml"
    file.write_text(text, encoding="utf-8")
    return file


class TestTrustFile:
    def test_all_of_it(self, tmp_path: Path) -> None:
        """Registries, issuers, contracts and terms are what stands there."""
        trust = load_trust(written(tmp_path, GOOD))
        assert (len(trust.registries), len(trust.issuers), len(trust.contracts)) == (1, 1, 1)
        (chain_id,) = trust.registries
        assert trust.terms(chain_id).stale_after == timedelta(minutes=5)

    def test_nothing(self, tmp_path: Path) -> None:
        """An empty file trusts nobody."""
        assert load_trust(written(tmp_path, "")) == Trust()

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("lilypond.example", "https://lilypond.example"),
            ("0x" + "11" * 20, "0x11"),
            ("chain = 8453", 'chain = "8453"'),
            ("chain = 8453", "chain = 0"),
            ("post =", "poste ="),
            ("[[registry]]", '[[registry]]\nchain = 8453\naddress = "0x' + "4f" * 20 + '"\n[[registry]]'),
            ("[[chain]]", "[[chain"),
        ],
    )
    def test_mistakes(self, tmp_path: Path, old: str, new: str) -> None:
        """A mistake is refused with the file's name, never passed over."""
        file = written(tmp_path, GOOD.replace(old, new, 1))
        with pytest.raises(InputError) as refusal:
            load_trust(file)
        assert refusal.value.where == str(file)

    def test_no_file(self, tmp_path: Path) -> None:
        """A file that is not there is the caller's mistake."""
        with pytest.raises(InputError, match="cannot be read"):
            load_trust(tmp_path / "none.toml")
