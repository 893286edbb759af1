"""Silver: the periods that a receipt touches are rebuilt from all bronze rows of these periods.

A pure function of bronze (and of the current rows of the feeds a contract joins): the same rows come out whatever the
order of deliveries, runs and kills. A change in a joined feed touches the periods of the rows that point to it. The
judgement itself is ``conform``: run here where a feed has few rows, because Spark's statements would cost more than the
rows, and in Spark's tasks where it has many. Spark writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from spark_jobs.contracts import Contract, load_contracts
from spark_jobs.contracts import contract as contract_of
from spark_jobs.engine import conform, job_run, lake_reader, tables
from spark_jobs.engine.conform import References, Scope
from spark_jobs.engine.layers import QUARANTINE, silver_name, silver_table
from spark_jobs.engine.session import one_at_a_time, retry_conflict
from spark_jobs.engine.session_tuning import many_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TASKS_BY_PERIOD = 2  # where a period is part of the key, tasks share the rows by period
ROWS_HERE = 30_000  # bronze rows judged in this process; what comes out travels to the server with the statement


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
    with _classified(spark, contract, scope) as (classified, counts):
        if not counts:
            return None
        before = tables.version(name)
        of_feed = f"feed = '{contract.feed}' AND layer = 'silver'"
        within = "" if scope.whole else tables.one_of("period", counts)
        where = of_feed if scope.whole else f"{of_feed} AND {within}"
        tables.ensure(spark, tables.dictionary()[QUARANTINE])
        if any(refused for _, refused in counts.values()) or _was_refused(contract):
            refused = classified.where("SIZE(rule_ids) > 0").selectExpr(*_quarantine_columns(contract))
            tables.replace(refused.coalesce(1), tables.dictionary()[QUARANTINE], where, retry=False)
        kept = classified.where("SIZE(rule_ids) = 0")
        written = tables.replace(kept.coalesce(1), silver_table(contract), within, retry=False)
    job_run.note(rows_in=sum(rows for rows, _ in counts.values()))
    return Rebuilt(contract, tuple(sorted(counts)), name, written, before, scope.whole)


@contextmanager
def _classified(
    spark: SparkSession, contract: Contract, scope: Scope
) -> Iterator[tuple[DataFrame, dict[str, tuple[int, int]]]]:
    """Classified rows, and by period how many there are and how many of them are refused."""
    task = conform.task_of(contract, scope, _references(contract))
    bronze = _few_rows(contract)
    if bronze is not None:
        here = pa.Table.from_batches(task(iter(bronze.to_batches())), conform.schema(contract))
        yield tables.of_arrow(spark, here, conform.ddl(contract)), _counted(here)
        return
    with many_rows(spark):
        rows = _rows(spark, contract).mapInArrow(task, conform.ddl(contract)).persist()
        try:
            from pyspark.sql.connect.functions import expr

            sums = expr("COUNT(*)"), expr("COUNT_IF(SIZE(rule_ids) > 0)")
            yield rows, {row[0]: (row[1], row[2]) for row in rows.groupBy("period").agg(*sums).collect()}
        finally:
            rows.unpersist()


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


def _few_rows(contract: Contract) -> pa.Table | None:
    """Bronze's rows, None where they are more than ROWS_HERE."""
    columns = ", ".join(f'"{name}"' for name in conform.bronze_columns(contract))
    with lake_reader.reading() as lake:
        few = lake_reader.at_most(lake, ROWS_HERE, f"SELECT {columns} FROM {lake_reader.scan(contract.bronze_table)}")
        return None if few is None else few.to_arrow_table()


def _counted(classified: pa.Table) -> dict[str, tuple[int, int]]:
    """Period → rows, and how many of them are refused."""
    refused = pc.greater(pc.list_value_length(classified["rule_ids"]), 0)
    flags = pa.table({"period": classified["period"], "refused": pc.cast(refused, pa.int64())})
    sums = flags.group_by("period").aggregate([("refused", "count"), ("refused", "sum")])
    return {row["period"]: (row["refused_count"], row["refused_sum"]) for row in sums.to_pylist()}


def _was_refused(contract: Contract) -> bool:
    """Whether quarantine holds rows of the feed; only this feed's rebuild writes them."""
    with lake_reader.reading() as lake:
        rows = f"SELECT 1 FROM {lake_reader.scan(QUARANTINE)} WHERE feed = ? AND layer = 'silver' LIMIT 1"
        return bool(lake.execute(rows, [contract.feed]).fetchall())


def _references(contract: Contract) -> References:
    found = {}
    with lake_reader.reading() as lake:
        for join in contract.joins:
            other = contract_of(join.feed)
            if tables.exists(silver_name(other)):
                columns = ", ".join(f'"{name}"' for name in (other.key[0], *join.take))
                current = f"SELECT {columns} FROM {lake_reader.scan(silver_name(other))} WHERE known_to IS NULL"
                found[join.feed] = lake.execute(current).to_arrow_table()
    return References(found)


def dependents(contract: Contract) -> list[Contract]:
    """Contracts that join this feed and have rows in silver."""
    return [
        other
        for other in load_contracts().values()
        if any(join.feed == contract.feed for join in other.joins) and tables.exists(silver_name(other))
    ]


def changed_keys(done: Rebuilt, dependent: Contract) -> tuple[tuple[str, str], ...]:
    """``Scope.changed`` for a dependent: keys of ``done`` whose taken columns differ from before its rebuild."""
    (join,) = [join for join in dependent.joins if join.feed == done.contract.feed]
    columns = [done.contract.key[0], *join.take]

    def current(version: int) -> set[tuple]:
        listed = ", ".join(f'"{name}"' for name in columns)
        with lake_reader.reading() as lake:
            source = lake_reader.scan(done.silver_name, version)
            return set(lake.execute(f"SELECT {listed} FROM {source} WHERE known_to IS NULL").fetchall())

    had_rows = done.before > 0  # version 0 is the empty table
    differing = current(done.silver_version) ^ (current(done.before) if had_rows else set())
    return conform.changed_pairs((join.by, str(row[0])) for row in differing)
