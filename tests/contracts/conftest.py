"""A series issued on the local chain, with the claim codes a printer would have got."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.series_bench import Config, SeriesBench

from cryptostamp.chain import Chain


@pytest.fixture
def issue(chain: Chain) -> Callable[..., SeriesBench]:
    """Return a function that issues a series with claim codes; one variant unless counts are given."""

    def issue_series(*, edition: int = 20, secret: bytes = b"s" * 32, **terms: Any) -> SeriesBench:
        terms.setdefault("variant_counts", (12, 5, 3) if edition == 20 else (edition,))
        return SeriesBench(chain, Config(edition=edition, **terms), secret=secret)

    return issue_series


@pytest.fixture
def leap(issue: Callable[..., SeriesBench]) -> SeriesBench:
    """A printed series of 20 stamps."""
    return issue()


@pytest.fixture
def bare(chain: Chain) -> Callable[..., SeriesBench]:
    """Return a function that issues a series without claim codes, of any size."""

    def issue_series(**terms: Any) -> SeriesBench:
        return SeriesBench(chain, Config(**terms), with_codes=False)

    return issue_series
