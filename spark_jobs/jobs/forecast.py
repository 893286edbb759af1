"""Forecast the official monthly CO2 of the city and of each sector, by `lake model forecast`."""

from __future__ import annotations

from spark_jobs.engine import carbon_forecast, job_run, session


def run(target: str, window_from: str, window_to: str) -> int:
    """Replace gold.carbon_forecast as a whole; target and windows are not used. 99 where no series is long enough."""
    spark = session.connect()
    try:
        rows = carbon_forecast.build(spark)
        job_run.note(rows_out=rows)
        return job_run.DONE if rows else job_run.NOTHING_TO_DO
    finally:
        session.close(spark)
