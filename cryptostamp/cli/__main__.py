"""Run the command line with ``python -m cryptostamp.cli``."""

from __future__ import annotations

from cryptostamp.cli import main

main()
