"""Run benchmarks by name and print what they measured; scripts/benchmark starts this in the virtual environment."""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import pkgutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks import harness
from cryptostamp.errors import CryptostampError

_NOT_BENCHMARKS = {"harness"}


def benchmarks() -> Mapping[str, str]:
    """Return the benchmarks by name, with what each measures, without importing them."""
    folder = Path(__file__).parent
    found = {}
    for module in pkgutil.iter_modules([str(folder)]):
        if not module.name.startswith("_") and module.name not in _NOT_BENCHMARKS:
            text = ast.get_docstring(ast.parse((folder / f"{module.name}.py").read_text(encoding="utf-8"))) or ""
            found[module.name] = text.partition("\n")[0]
    return found


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; return 1 if a full run misses a target."""
    known = benchmarks()
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark",
        description="Measure, with peers in the same run. Exit code 1 if a full run misses a target.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="benchmarks:\n" + "\n".join(f"  {name:10} {text}" for name, text in known.items()),
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--json", action="store_true", help="print JSON, one document for each benchmark")
    parser.add_argument("--quick", action="store_true", help="measure less, within a minute; misses no target")
    parser.add_argument("--write", action="store_true", help="keep the figures of a full run in the project")
    parser.add_argument("--minutes", type=float, help="how long fuzz (60 without it) and soak (30) run")
    parser.add_argument("--soak", action="store_true", help="the same as the name soak")
    wanted = parser.parse_args(arguments)
    names = _names(parser, wanted, known)
    if wanted.minutes is not None:
        os.environ["BENCHMARK_MINUTES"] = str(wanted.minutes)
    if wanted.write and wanted.quick:
        parser.error("only figures of a full run are written: leave out --quick or --write")

    missed = False
    for name in names:
        module = importlib.import_module(f"benchmarks.{name}")
        if wanted.write and not hasattr(module, "write"):
            parser.error(f"the figures of {name} are not kept in the project")
        on = harness.machine()
        report: harness.Report = module.run(wanted.quick)
        if wanted.json:
            print(harness.to_json(report, on))
        else:
            harness.show(report, on, Console(width=None if sys.stdout.isatty() else 160))
        if wanted.write:
            for path in module.write(report):
                print(f"Wrote {os.path.relpath(path)}.", file=sys.stderr)
        missed = missed or bool(report.missed and not report.quick)
    return int(missed)


def _names(parser: argparse.ArgumentParser, wanted: argparse.Namespace, known: Mapping[str, str]) -> Sequence[str]:
    """Return which benchmarks are wanted; end the program if it has none of them."""
    names = [*wanted.names, *(["soak"] if wanted.soak and "soak" not in wanted.names else [])]
    if not names:
        parser.error("name at least one benchmark")
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(sorted(known))}")
    return names


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CryptostampError as error:
        print(f"\n{error.diagnostics()}", file=sys.stderr)
        sys.exit(error.exit_code)
