"""The program as a person or a script sees it: its exit code and what it writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Outcome", "Run"]


@dataclass(frozen=True)
class Outcome:
    """How the program ended, and what it wrote to standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on standard output; fails if there is anything else."""
        return json.loads(self.out)


Run = Callable[..., Outcome]
