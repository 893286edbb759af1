"""AIS messages of all ships: from the drop folder to landing, silver files, hours of ships and cells, tracks.

What lies in the drop folder is landed whatever its day; what was landed up to the last day asked for (none asked: all)
and not taken yet is taken. ``--from`` names the run.
"""

from __future__ import annotations

import os

from spark_jobs.contracts import UnknownTarget
from spark_jobs.engine import job_run, session
from spark_jobs.engine.ais import days, landed

TARGETS = ("all", landed.FEED)


def run(target: str, window_from: str, window_to: str) -> int:
    """Exit code: 0 new files were taken or left work finished, 65 bad files, 99 nothing is new."""
    if target not in TARGETS:
        raise UnknownTarget(f"ships: no target {target!r}; known: {', '.join(TARGETS)}")
    landed.land_register(landed.drop_folder(), job_run.run_id())
    landed.FILES.land(landed.drop_folder(), job_run.run_id())
    files = landed.FILES.landed(window_to)
    if not files:
        return job_run.NOTHING_TO_DO
    spark = session.connect()
    try:
        with landed.FILES.under_own_names(files) as links:
            done = days.refine(spark, links, os.cpu_count() or 1, links)
        job_run.flush(spark)
    finally:
        session.close(spark)
    print(f"{done.files} files, {done.rows_in:,} lines, hours of {', '.join(done.gold_days) or 'no day'}")
    return job_run.DONE if done.gold_days or done.files else job_run.NOTHING_TO_DO
