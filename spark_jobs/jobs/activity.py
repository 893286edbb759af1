"""Build what models compute, what stands in for missing reports, and gold.activity, for the months touched."""

from __future__ import annotations

from spark_jobs.engine import activity, energy_gap, job_run, modelled, session


def run(target: str, window_from: str, window_to: str) -> int:
    """``target`` is a feed or all; windows are receipt windows. Without windows every month is rebuilt."""
    spark = session.connect()
    try:
        modelled.build_touched(spark, target, window_from, window_to)
        energy_gap.build(spark, energy_gap.months_moved(spark, target, window_from))
        months = activity.months_touched(spark, target, window_from, window_to)
        if not months:
            return job_run.NOTHING_TO_DO
        job_run.note(rows_out=activity.build(spark, months))
        return job_run.DONE
    finally:
        session.close(spark)
