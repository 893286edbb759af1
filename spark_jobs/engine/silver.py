"""Silver: the periods that a receipt touches are rebuilt from all bronze rows of these periods.

A pure function of bronze (and of the current rows of the feeds a contract joins): the same rows come out whatever the
order of deliveries, runs and kills. A change in a joined feed touches the periods of the rows that point to it. Spark
reads and writes; the judgement itself is ``conform``, run in the tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spark_jobs.contracts import Contract, load_contracts
from spark_jobs.contracts import contract as contract_of
from spark_jobs.engine import conform, job_run, tables
from spark_jobs.engine.conform import References, Scope
from spark_jobs.engine.layers import silver_name, silver_table
from spark_jobs.engine.session import one_at_a_time, retry_conflict

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

QUARANTINE = "silver.quarantine"
TASKS_BY_PERIOD = 2  # where a period is part of the key, tasks share the rows by period


@dataclass(frozen=True)
class Rebuilt:
    """What one feed's rebuild did."""

    contract: Contract
    periods: tuple[str, ...]
    silver_name: str
    silver_version: int
    before: int  # silver version before, -1 if there was none
    whole: bool  # every period was rebuilt


def rebuild(spark: SparkSession, contract: Contract, scope: Scope) -> Rebuilt | None:
    """Rebuild the periods in ``scope``; None where nothing is touched.

    Quarantine is written first, then silver; both are replaced by period, so that a rebuild killed between the two is
    mended by the next. One rebuild of a feed at a time, and after a conflict everything is read again: a write never
    carries rows judged on an older bronze than what it replaces.
    """
    with one_at_a_time(f"silver.{contract.feed}"):
        return retry_conflict(lambda: _rebuild(spark, contract, scope))


def _rebuild(spark: SparkSession, contract: Contract, scope: Scope) -> Rebuilt | None:
    name = silver_name(contract)
    task = conform.task_of(contract, scope, _references(spark, contract))
    classified = _rows(spark, contract).mapInArrow(task, conform.ddl(contract)).persist()
    try:
        counts = classified.groupBy("period").count().collect()
        periods = {row.period for row in counts}
        if not periods:
            return None
        before = tables.version(name)
        refused = classified.where("SIZE(rule_ids) > 0").selectExpr(*_quarantine_columns(contract))
        of_feed = f"feed = '{contract.feed}' AND layer = 'silver'"
        within = "" if scope.whole else tables.one_of("period", periods)
        where = of_feed if scope.whole else f"{of_feed} AND {within}"
        tables.replace(refused.coalesce(1), tables.dictionary()[QUARANTINE], where, retry=False)
        kept = classified.where("SIZE(rule_ids) = 0")
        written = tables.replace(kept.coalesce(1), silver_table(contract), within, retry=False)
    finally:
        classified.unpersist()
    job_run.note(rows_in=sum(row["count"] for row in counts))
    return Rebuilt(contract, tuple(sorted(periods)), name, written, before, scope.whole)


def _quarantine_columns(contract: Contract) -> list[str]:
    """A feed may itself have a field named ``value`` or ``field``."""
    given = {
        "layer": "'silver'",
        "feed": f"'{contract.feed}'",
        "field": "refused_field",
        "value": "refused_value",
    }
    return [f"{given.get(c.name, c.name)} AS {c.name}" for c in tables.dictionary()[QUARANTINE].columns]


def _rows(spark: SparkSession, contract: Contract) -> DataFrame:
    """Bronze's rows, whole keys in one task."""
    rows = tables.read(spark, contract.bronze_table).select(*conform.bronze_columns(contract))
    if contract.period.field in contract.key and contract.period.field in contract.field_names:
        from pyspark.sql.connect.functions import col, trim

        return rows.repartition(TASKS_BY_PERIOD, trim(col(contract.period.field)))
    return rows.coalesce(1)


def _references(spark: SparkSession, contract: Contract) -> References:
    found = {}
    for join in contract.joins:
        other = contract_of(join.feed)
        if tables.exists(silver_name(other)):
            current = tables.read(spark, silver_name(other)).where("known_to IS NULL")
            found[join.feed] = current.select(other.key[0], *join.take).toArrow()
    return References(found)


def dependents(contract: Contract) -> list[Contract]:
    """Contracts that join this feed and have rows in silver."""
    return [
        other
        for other in load_contracts().values()
        if any(join.feed == contract.feed for join in other.joins) and tables.exists(silver_name(other))
    ]


def changed_keys(spark: SparkSession, done: Rebuilt, dependent: Contract) -> tuple[tuple[str, str], ...]:
    """``Scope.changed`` for a dependent: keys of ``done`` whose taken columns differ from before its rebuild."""
    (join,) = [join for join in dependent.joins if join.feed == done.contract.feed]
    columns = [done.contract.key[0], *join.take]

    def current(version: int) -> set[tuple]:
        rows = tables.read(spark, done.silver_name, version).where("known_to IS NULL").select(*columns).collect()
        return {tuple(row) for row in rows}

    had_rows = done.before > 0  # version 0 is the empty table
    differing = current(done.silver_version) ^ (current(done.before) if had_rows else set())
    return conform.changed_pairs((join.by, str(row[0])) for row in differing)
