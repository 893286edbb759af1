"""Silver of a feed, or of all feeds of a source: the periods that the windows touched, and their ledger."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from infra.settings import now
from spark_jobs.contracts import Contract
from spark_jobs.engine import job_run, ledger, meters, session, silver, tables
from spark_jobs.engine.conform import Scope
from spark_jobs.engine.silver import Rebuilt
from spark_jobs.engine.windows import received, targeted
from spark_jobs.jobs import FEEDS_AT_ONCE

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def run(target: str, window_from: str, window_to: str) -> int:
    """Exit code: 0 rebuilt, 65 the ledger does not close, 99 nothing was received."""
    asked = {c.feed: received(c, window_from, window_to) for c in targeted(target)}
    contracts = [c for c in targeted(target) if asked[c.feed] and tables.exists(c.bronze_table)]
    if not contracts:
        return job_run.NOTHING_TO_DO
    spark = session.connect()
    try:
        done = _records(spark, [c for c in contracts if not meters.reads(c)], asked)
        for contract in contracts:
            if meters.reads(contract):
                done += meters.rebuild(spark, contract, asked[contract.feed])
        if done:
            _tell_touched(spark, done, asked)
        ledgers = {item.contract.feed: item.contract for item in done if not meters.reads(item.contract)}
        if ledgers:
            ledger.account(spark, list(ledgers.values()))
        job_run.flush(spark)
    finally:
        session.close(spark)
    return job_run.DONE if done else job_run.NOTHING_TO_DO


def _records(spark: SparkSession, contracts: list[Contract], asked: dict[str, list[str]]) -> list[Rebuilt]:
    """Feeds that others join come first; then those others, and whatever a changed row of the first touches."""
    feeds = {c.feed for c in contracts}
    second = [c for c in contracts if any(join.feed in feeds for join in c.joins)]
    first = [c for c in contracts if c not in second]

    def plain(contract: Contract) -> Rebuilt | None:
        windows = tuple(asked[contract.feed])
        return silver.rebuild(spark, contract, Scope(set(windows) >= set(received(contract, "", "")), windows))

    with ThreadPoolExecutor(FEEDS_AT_ONCE) as pool:
        done = [item for item in pool.map(plain, first) if item]
    done += [item for item in map(plain, second) if item]
    whole = {item.contract.feed for item in done if item.whole}
    for item in list(done):
        for other in silver.dependents(item.contract):
            if meters.reads(other) or (other in second and other.feed in whole):
                continue
            changed = silver.changed_keys(item, other)
            again = silver.rebuild(spark, other, Scope(False, changed=changed)) if changed else None
            done += [again] if again else []
    return done


def _tell_touched(spark: SparkSession, done: list[Rebuilt], asked: dict[str, list[str]]) -> None:
    """``ops.touched``: what the jobs after this one have to rebuild."""
    moment, run = now(), job_run.run_id()
    rows = {
        (item.contract.feed, period): {
            "run_id": run,
            "feed": item.contract.feed,
            "period": period,
            "receipt_window_from": min(asked.get(item.contract.feed) or [""]),
            "receipt_window_to": max(asked.get(item.contract.feed) or [""]),
            "silver_table": item.silver_name,
            "silver_version": item.silver_version,
            "touched_at": moment,
        }
        for item in done
        for period in item.periods
    }
    table = tables.dictionary()["ops.touched"]
    tables.append(tables.frame(spark, table, list(rows.values())), table)
