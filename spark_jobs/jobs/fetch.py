"""Ask a platform for windows of its feeds and land the answers as received."""

from __future__ import annotations

from spark_jobs.engine import job_run
from spark_jobs.ingest.fetch import fetch


def run(target: str, window_from: str, window_to: str) -> int:
    """Fetch a feed, a source or ``all``; exit code 0 done, 65 refused, 75 try again, 99 nothing to do."""
    report = fetch(target, window_from, window_to or window_from, run=job_run.run_id())
    job_run.note(rows_out=report.payloads, bytes_in=report.bytes)
    for failure in report.failures:
        job_run.failure(
            f"{failure['feed']} {failure['window']}", f"{failure['kind']}: {failure['request']}: {failure['reason']}"
        )
    print(f"fetch {target} {window_from}..{window_to}: {report.summary()}")
    return report.exit_code()
