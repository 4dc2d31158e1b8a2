"""The command line: one module for each command, written for a philatelic department.

Exit codes: 0 done or genuine, 1 refused or not genuine, 2 the input must be corrected, 3 something
on this machine or network is missing, 4 cannot tell, 70 a mistake in this program, 130 stopped.
"""

from __future__ import annotations

from cryptostamp.cli.main import main

__all__ = ["main"]
