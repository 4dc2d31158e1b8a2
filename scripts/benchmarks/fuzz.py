"""Whether bytes of strangers can break the parsers of codes, dossiers and pictures: atheris, for as long as is asked.

--minutes says how long, 60 without it; --quick is a fifth of a minute. A crash ends the run and shows the bytes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile

from benchmarks.harness import Report, Row, progress

__all__ = ["run"]

_TARGETS = ("codes", "facts", "pictures")


def run(quick):
    """Run the targets one after the other, each for its share of the time."""
    minutes = 0.2 if quick else float(os.environ.get("BENCHMARK_MINUTES", "60"))
    share = minutes / len(_TARGETS)
    rows = []
    for target in _TARGETS:
        progress(f"fuzzing {target} for {share:g} minutes")
        seconds = max(round(share * 60), 5)
        with tempfile.TemporaryDirectory() as folder:
            answer = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "benchmarks._fuzz_target",
                    target,
                    f"-max_total_time={seconds}",
                    "-timeout=30",
                    f"-artifact_prefix={folder}/",
                ],
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        if answer.returncode:
            print(answer.stderr[-4000:], file=sys.stderr)
        done = re.findall(r"Done (\d+) runs", answer.stderr)
        rows.append(Row(what=f"{target}: crashes", unit="crashes", ours=int(answer.returncode != 0), target=0))
        rows.append(Row(what=f"{target}: executions", unit="runs", better="higher", ours=int(done[-1]) if done else 0))
    return Report(benchmark="fuzz", quick=quick, rows=rows)
