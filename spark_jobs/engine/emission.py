"""gold.emission and gold.energy: factors applied to activity, rebuilt by month; the ledger of what was accounted."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from spark_jobs.accounting.factor_register import Register
from spark_jobs.accounting.in_force import State
from spark_jobs.engine import factor_change, tables
from spark_jobs.engine.emission_question import EMITTING, question_sql
from spark_jobs.engine.emission_rows import EMISSION, ENERGY, UNACCOUNTED, emissions, energies, unaccounted
from spark_jobs.engine.factor_snapshot import write_snapshot
from spark_jobs.engine.gold_quarantine import replace_held
from spark_jobs.engine.layers import QUARANTINE
from spark_jobs.engine.session_tuning import for_many_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from spark_jobs.engine.factor_change import Scope

ACTIVITY, LEDGER = "gold.activity", "ops.activity_ledger"
LAYER, RULE = "emission", "no_factor"
_ASKED = (
    *("activity_id", "activity_class", "fuel_set", "activity_type", "quantity", "unit", "date", "region", "series"),
    *("record_id", "ncv_measured", "carbon_content_measured", "oxidation_measured"),
)
_KEPT = (
    *("entity_id", "period_month", "boundary", "method", "method_tier", "known_from", "known_to"),
    *("source_feed", "object_id"),
)


class LedgerOpen(RuntimeError):
    """Activity went in that is neither accounted nor in quarantine."""

    exit_code = 65


def build(spark: SparkSession, months: Iterable[str]) -> int:
    """Rebuild gold.emission, gold.energy and their ledger for whole months; returns the number of emission rows.

    A pure function of gold.activity and of the factors and methods in force since when. Raises LedgerOpen where the
    ledger does not close. What an installed library brings that this lake has not seen is in force from now on, in
    all months.
    """
    wanted = sorted(set(months))
    if not wanted or not tables.exists(ACTIVITY):
        return 0
    for_many_rows(spark)
    register = Register()
    with register.reckoning():
        register.receive()
        if register.applied < len(register.changes) and tables.exists(EMISSION):
            factor_change.catch_up(spark, register)
        write_reckoned(spark, register.timeline(), wanted)
        write_snapshot(spark, register)
        close_ledger(spark, wanted)
        register.mark_applied()
    return tables.read(spark, EMISSION).where(tables.one_of("period_month", wanted)).count()


def write_reckoned(
    spark: SparkSession, timeline: tuple[State, ...], months: list[str], scope: Scope | None = None
) -> None:
    """Replace the emission, energy and quarantine rows of these months; with a scope only those that lie in it."""
    where = tables.one_of("period_month", months)
    view_months(spark, months)
    every = spark.sql(question_sql(official=False)).select(*_ASKED, *_KEPT)
    if scope is None or scope.results:
        rows = partial(emissions, timeline=timeline, only=scope.results if scope else None)
        asked = spark.sql(question_sql(official=True)).where(scope.where if scope else "true")
        _replace(asked.mapInArrow(rows, schema=_ddl(EMISSION)), EMISSION, scope.emission_where if scope else where)
    if scope is None or scope.moves_energy:
        here = every.where(scope.where if scope else "true")
        made = here.mapInArrow(partial(energies, timeline=timeline), schema=_ddl(ENERGY))
        _replace(made, ENERGY, scope.where if scope else where)
    if scope is None or scope.opens_or_closes:
        _quarantine(spark, every, months, timeline, scope)


def _ddl(name: str) -> str:
    return tables.dictionary()[name].ddl


def _replace(frame: DataFrame, name: str, where: str) -> None:
    tables.replace(frame, tables.dictionary()[name], where)


def view_months(spark: SparkSession, months: list[str]) -> None:
    """The view activity_months: the activity of these months."""
    where = tables.one_of("period_month", months)
    tables.read(spark, ACTIVITY).where(where).createOrReplaceTempView("activity_months")


def all_months(spark: SparkSession) -> list[str]:
    """Months that gold.activity has."""
    if not tables.exists(ACTIVITY):
        return []
    return sorted(r[0] for r in tables.read(spark, ACTIVITY).select("period_month").distinct().collect())


def _quarantine(
    spark: SparkSession, asked: DataFrame, months: list[str], timeline: tuple[State, ...], scope: Scope | None
) -> None:
    """Activity without a factor. It has no payload row of its own: ``payload_sm3`` holds the activity's id."""
    schema = ", ".join(f"{name} {kind}" for name, kind in UNACCOUNTED.items())
    kinds = sorted(scope.types) if scope else []
    asked = asked.where(tables.one_of("activity_type", kinds)) if scope else asked
    asked.mapInArrow(partial(unaccounted, timeline=timeline), schema=schema).createOrReplaceTempView("unaccounted_rows")
    frame = spark.sql(f"""
SELECT '{LAYER}' AS layer, source_feed AS feed, period_month AS period, '' AS receipt_window,
  activity_id AS payload_sm3, CAST(0 AS BIGINT) AS row_no, object_id AS business_key,
  TRANSFORM(SORT_ARRAY(COLLECT_SET(part)), p -> CONCAT('{RULE}_', p)) AS rule_ids,
  CONCAT_WS('；', SORT_ARRAY(COLLECT_SET(reason_zh))) AS reason_zh, activity_type AS field,
  CAST(FIRST(quantity) AS STRING) AS value,
  TO_JSON(NAMED_STRUCT('activity_id', activity_id, 'unit', FIRST(unit),
    'series', SORT_ARRAY(COLLECT_SET(electricity_series)))) AS row_json
FROM unaccounted_rows GROUP BY source_feed, period_month, activity_id, object_id, activity_type""")
    where = f"layer = '{LAYER}' AND {tables.one_of('period', months)}"
    replace_held(frame, f"{where} AND {tables.one_of('field', kinds)}" if scope else where)


def close_ledger(spark: SparkSession, months: list[str]) -> None:
    where = tables.one_of("period_month", months)
    view_months(spark, months)
    tables.read(spark, EMISSION).where(where).createOrReplaceTempView("emission_months")
    refused = "SELECT CAST(NULL AS STRING) AS activity_id WHERE FALSE"
    if tables.exists(QUARANTINE):
        tables.read(spark, QUARANTINE).createOrReplaceTempView("quarantine_all")
        refused = (
            f"SELECT payload_sm3 AS activity_id FROM quarantine_all WHERE layer = '{LAYER}'"
            f" AND ARRAY_CONTAINS(rule_ids, '{RULE}_emission') AND {tables.one_of('period', months)}"
        )
    frame = spark.sql(f"""
SELECT source_feed AS feed, period_month, COUNT(*) AS activity_in, SUM(done) AS accounted, SUM(held) AS quarantined,
  COUNT(*) = SUM(done) + SUM(held) AS closes
FROM (
  SELECT source_feed, period_month, CAST(has_co2 AND NOT is_held AS BIGINT) AS done, CAST(is_held AS BIGINT) AS held
  FROM (
    SELECT a.source_feed, a.period_month, a.activity_id IN ({refused}) AS is_held,
      EXISTS (SELECT 1 FROM emission_months e WHERE e.activity_id = a.activity_id AND e.chain <> 'WTT'
        AND e.gas IN ('CO2', 'CO2e')) AS has_co2
    FROM activity_months a
    WHERE {EMITTING}
  )
)
GROUP BY source_feed, period_month""")
    tables.replace(frame, tables.dictionary()[LEDGER], where)
    lost = tables.read(spark, LEDGER).where(f"NOT closes AND {where}").orderBy("feed", "period_month").collect()
    if lost:
        named = "; ".join(
            f"{r.feed} {r.period_month}: {r.activity_in} in, {r.accounted} accounted, {r.quarantined} held"
            for r in lost[:5]
        )
        raise LedgerOpen(f"the activity ledger does not close in {len(lost)} places: {named}")
