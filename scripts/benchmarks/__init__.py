"""The benchmarks: one module each, run by scripts/benchmark.

A benchmark is a module of this folder whose name has no underscore in front. Its docstring's first line says what it
measures, and it has a function ``run(quick: bool) -> Report``. If its figures are kept in the repository, it also has
``write(report: Report) -> Sequence[Path]``, which `--write` calls and which returns what it wrote.
"""
