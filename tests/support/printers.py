"""Programs with which printers look at a PDF: Ghostscript, qpdf and poppler, from the packages of Debian."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

__all__ = ["PACKAGES", "silently"]

PACKAGES = {"gs": "ghostscript", "qpdf": "qpdf", "pdftoppm": "poppler-utils", "pdffonts": "poppler-utils"}


def silently(program: str, *arguments: str) -> str:
    """Run a program that must succeed without a word on standard error, and return what it says on standard output.

    A program that is missing skips the test and names its package; in CI, where all are brought, the test fails.
    """
    path = shutil.which(program)
    if path is None:
        reason = f"{program} is missing: install {PACKAGES[program]}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stderr) == (0, ""), f"{program}: {done.stderr}"
    return done.stdout
