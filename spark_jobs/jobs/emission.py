"""Build gold.emission and gold.energy for the months that receipts touched, and close the activity ledger."""

from __future__ import annotations

from spark_jobs.engine import activity, emission, job_run, session


def run(target: str, window_from: str, window_to: str) -> int:
    """``target`` is a feed or all; windows are receipt windows. Without windows every month is rebuilt."""
    spark = session.connect()
    try:
        months = (
            activity.months_touched(spark, target, window_from, window_to)
            if window_from
            else emission.all_months(spark)
        )
        if not months:
            return job_run.NOTHING_TO_DO
        job_run.note(rows_out=emission.build(spark, months))
        return job_run.DONE
    finally:
        session.close(spark)
