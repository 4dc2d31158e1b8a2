"""What a server counts, for Prometheus. Labels are few and fixed: never a code, a stamp or an address.

Each worker process counts for itself; with several, `/metrics` tells of the one that answers, unless the environment
names a folder for all of them (PROMETHEUS_MULTIPROC_DIR), as `cryptostamp serve` does.
"""

from __future__ import annotations

import os
from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from cryptostamp.scan import Conclusion

__all__ = ["CLAIMS", "PHOTOS", "REFUSALS", "WAITING_CLAIMS", "count_request", "count_verdict", "exposition"]

_REQUESTS = Counter("cryptostamp_requests_total", "Requests answered.", ["route", "method", "status"])
_SECONDS = Histogram(
    "cryptostamp_request_seconds",
    "Seconds until a request was answered.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_VERDICTS = Counter("cryptostamp_verdicts_total", "Verdicts given.", ["conclusion"])
PHOTOS = Counter("cryptostamp_photos_total", "Photos that were looked at.", ["result"])
CLAIMS = Counter("cryptostamp_claims_total", "Claims that were handed in.", ["result"])
REFUSALS = Counter("cryptostamp_refused_requests_total", "Requests that were not looked at.", ["why"])
WAITING_CLAIMS = Gauge(
    "cryptostamp_open_claims", "Claims that are not yet done.", ["series"], multiprocess_mode="mostrecent"
)


@cache
def _verdicts(conclusion: Conclusion) -> Counter:
    return _VERDICTS.labels(conclusion.value)


@cache
def _requests(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    return _REQUESTS.labels(route, method, str(status)), _SECONDS.labels(route)


def count_verdict(conclusion: Conclusion) -> None:
    """Count a verdict that was given."""
    _verdicts(conclusion).inc()


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count a request that was answered. Routes and methods are few: that is the caller's care."""
    requests, times = _requests(route, method, status)
    requests.inc()
    times.observe(seconds)


def exposition() -> bytes:
    """Return everything in the text format of Prometheus."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
