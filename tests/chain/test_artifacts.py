"""Our code is recognised on a chain whatever its terms are, and nobody else's is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cryptostamp.chain import Sender, SeriesTerms, deploy_series, load_artifact
from cryptostamp.errors import StorageProblem


class TestIsCode:
    def test_deployed_code(self, sender: Sender, terms: SeriesTerms) -> None:
        """Two series with other terms, hence other immutables, both hold our code."""
        artifact = load_artifact("StampSeries")
        codes = set()
        for edition in (20, 21):
            fitted = replace(terms, edition=edition, variant_counts=(edition,))
            codes.add(sender.chain.code(deploy_series(sender, intent=f"issue {edition}", terms=fitted).contract))
        assert len(codes) == 2
        assert all(artifact.is_code(code) for code in codes)

    def test_one_changed_byte(self) -> None:
        """A single byte changed outside the immutables makes it somebody else's code."""
        artifact = load_artifact("StampSeries")
        immutable = {place for start, length in artifact.immutable_spans for place in range(start, start + length)}
        for place in range(0, len(artifact.runtime), 97):
            changed = bytearray(artifact.runtime)
            changed[place] ^= 1
            assert artifact.is_code(bytes(changed)) is (place in immutable)

    def test_other_code(self) -> None:
        """No code, longer code and another contract of ours are not this contract."""
        artifact = load_artifact("StampSeries")
        for code in (b"", artifact.runtime + b"\0", artifact.runtime[:-1], load_artifact("PostalRegistry").runtime):
            assert not artifact.is_code(code)


class TestLoad:
    def test_unknown_contract(self) -> None:
        """An installation without the compiled contract says so."""
        with pytest.raises(StorageProblem, match="missing or damaged"):
            load_artifact("Nothing")
