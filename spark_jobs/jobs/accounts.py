"""Test each enterprise-month's figures against each other, and share its carbon out to districts and uses."""

from __future__ import annotations

from spark_jobs.engine import allocation, job_run, session, triangulation
from spark_jobs.engine.session_tuning import for_many_rows


def run(target: str, window_from: str, window_to: str) -> int:
    """Replace gold.triangulation and gold.allocation_share as a whole; target and windows are not used.

    99 where there is nothing in gold yet.
    """
    spark = session.connect()
    for_many_rows(spark)
    try:
        rows = triangulation.build(spark) + allocation.build(spark)
        job_run.note(rows_out=rows)
        return job_run.DONE if rows else job_run.NOTHING_TO_DO
    finally:
        session.close(spark)
