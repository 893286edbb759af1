"""Positions of vehicles: from the drop folder to landing, silver files, hours of vehicles and cells.

What lies in the drop folder is landed whatever its day; what was landed up to the last day asked for and not taken yet
is taken, so that a late file does not wait for a run of its day. ``--from`` names the run.
"""

from __future__ import annotations

import os

from infra.crypto.keys import KeyStore
from infra.settings import settings
from spark_jobs.contracts import UnknownTarget
from spark_jobs.engine import job_run, session
from spark_jobs.engine.fleet import days, landed

TARGETS = ("all", landed.FEED)


def run(target: str, window_from: str, window_to: str) -> int:
    """Exit code: 0 new files were taken or left work finished, 65 bad files or no register, 99 nothing is new."""
    if target not in TARGETS:
        raise UnknownTarget(f"positions: no target {target!r}; known: {', '.join(TARGETS)}")
    keys = KeyStore(settings().run / "secrets")
    keys.ensure_all()
    secret = bytes.fromhex(keys.read("hmac_identity", keys.current("hmac_identity")))
    landed.land_register(landed.drop_folder(), days.register_path(), secret, job_run.run_id())
    landed.land_network(landed.drop_folder(), str(settings().warehouse / "silver"), job_run.run_id())
    landed.land(landed.drop_folder(), job_run.run_id())
    files = landed.landed(window_to)
    if not files:
        return job_run.NOTHING_TO_DO
    spark = session.connect()
    try:
        with landed.under_own_names(files) as links:
            done = days.refine(spark, links, os.cpu_count() or 1, links)
        job_run.flush(spark)
    finally:
        session.close(spark)
    print(f"{done.files} files, {done.rows_in:,} rows, hours of {', '.join(done.gold_days) or 'no day'}")
    return job_run.DONE if done.gold_days or done.files else job_run.NOTHING_TO_DO
