"""Generate the base expectation suites from contracts and dictionaries."""

from __future__ import annotations


def app() -> None:
    """Write ``expectations/base/*.json``; hand-written rules in ``expectations/rules`` are left alone."""
    from spark_jobs.engine.suites import write_base

    names = write_base()
    print(f"{len(names)} suites written: {', '.join(names)}")
