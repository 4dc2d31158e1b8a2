"""A page of an album and its verdicts, from the photo to the chain: an edition that was issued on a local node."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks._scan_pages import album_page, holds
from benchmarks._scan_series import Printed
from benchmarks.harness import ROOT, Row, progress
from cryptostamp.chain import Chain, DevSigner, start_local_node
from cryptostamp.office import Workspace, issue, verify
from cryptostamp.scan import Conclusion
from cryptostamp.series import load_series, rescale

__all__ = ["album_rows"]

_PASSPHRASE = "a benchmark"  # noqa: S105 - of an edition that nobody keeps
_STAMPS = 40


def album_rows(size):
    """Issue an edition of `size` stamps, and judge a page with forty of them, each with its place."""
    progress(f"an album page and its chain: issuing {size:,} stamps")
    with tempfile.TemporaryDirectory() as place, start_local_node() as node:
        folder = Path(place)
        workspace = Workspace(folder / "issued")
        series = rescale(load_series(ROOT / "artwork" / "leapfrog"), size)
        issue(series, workspace=workspace, chain=Chain.connect(node.url), post=DevSigner(0), passphrase=_PASSPHRASE)
        dossier = workspace.dossier()
        data, places = album_page(Printed(size, dossier))
        photo = folder / "page.jpg"
        photo.write_bytes(data)
        progress("an album page and its chain: judging")
        seconds = []
        for _ in range(2):
            begun = time.perf_counter()
            verdicts = verify(str(photo), dossiers=[dossier], rpc=node.url)
            seconds.append(time.perf_counter() - begun)
    right = sum(
        any(
            verdict.code is not None
            and verdict.code.text == text
            and verdict.conclusion is Conclusion.GENUINE
            and holds(verdict.place.corners, middle)
            for verdict in verdicts
        )
        for text, middle in places.items()
    )
    what = f"an album page with {_STAMPS} stamps of an edition of {size:,} on a chain"
    yield Row(
        what=f"{what}: verdicts that say genuine, each with its place",
        unit="verdicts",
        better="higher",
        ours=right if len(verdicts) == _STAMPS else 0,
        target=_STAMPS,
    )
    yield Row(
        what=f"{what}: time from the photo to the verdicts",
        unit="s",
        ours=seconds[1],
        target=3,
        note=f"the edition prepared; {seconds[0]:.1f} s the first time",
    )
