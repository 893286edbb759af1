"""Bronze of a feed, or of all feeds of a source: landed payloads of the windows become rows of text."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from spark_jobs.contracts import Contract
from spark_jobs.engine import bronze, job_run, session
from spark_jobs.engine.windows import received, targeted
from spark_jobs.jobs import FEEDS_AT_ONCE


def run(target: str, window_from: str, window_to: str) -> int:
    """Exit code: 0 rows were added, 99 bronze already held all that was received."""
    asked = {c.feed: received(c, window_from, window_to) for c in targeted(target)}
    contracts = [c for c in targeted(target) if asked[c.feed]]
    if not contracts:
        return job_run.NOTHING_TO_DO
    spark = session.connect()
    try:

        def one(contract: Contract) -> int:
            return bronze.load(spark, contract, asked[contract.feed])

        with ThreadPoolExecutor(FEEDS_AT_ONCE) as pool:
            payloads = sum(pool.map(one, contracts))
        job_run.flush(spark)
    finally:
        session.close(spark)
    return job_run.DONE if payloads else job_run.NOTHING_TO_DO
