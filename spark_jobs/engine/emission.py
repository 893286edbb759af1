"""gold.emission and gold.energy: factors applied to activity, rebuilt by month; the ledger of what was accounted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from spark_jobs.accounting.accounts import boundaries, status_order
from spark_jobs.engine import tables
from spark_jobs.engine.activity_spec import method_columns
from spark_jobs.engine.emission_rows import EMISSION, ENERGY, UNACCOUNTED, emissions, energies, unaccounted
from spark_jobs.engine.factor_snapshot import write_snapshot
from spark_jobs.engine.gold_quarantine import QUARANTINE, replace_held
from spark_jobs.engine.session_tuning import for_many_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ACTIVITY, LEDGER = "gold.activity", "ops.activity_ledger"
LAYER, RULE = "emission", "no_factor"
_ASKED = (
    *("activity_id", "activity_class", "fuel_set", "activity_type", "quantity", "unit", "date", "region", "series"),
    *("record_id", "ncv_measured", "carbon_content_measured", "oxidation_measured"),
)
_KEPT = ("entity_id", "period_month", "known_from", "known_to", "source_feed", "object_id")
_EMITTING = "activity_class IN ('energy', 'co2_statement')"


class LedgerOpen(RuntimeError):
    """Activity went in that is neither accounted nor in quarantine."""

    exit_code = 65


def build(spark: SparkSession, months: Iterable[str]) -> int:
    """Rebuild gold.emission, gold.energy and their ledger for whole months; returns the number of emission rows.

    A pure function of gold.activity and the factor library. Raises LedgerOpen where the ledger does not close.
    """
    wanted = sorted(set(months))
    if not wanted or not tables.exists(ACTIVITY):
        return 0
    where = tables.one_of("period_month", wanted)
    for_many_rows(spark)
    tables.read(spark, ACTIVITY).where(where).createOrReplaceTempView("activity_months")
    asked = spark.sql(_question_sql(official=True))
    narrow = spark.sql(_question_sql(official=False)).select(*_ASKED, *_KEPT)
    for name, rows, frame in ((EMISSION, emissions, asked), (ENERGY, energies, narrow)):
        table = tables.dictionary()[name]
        tables.replace(frame.mapInArrow(rows, schema=table.ddl), table, where)
    _quarantine(spark, narrow, wanted)
    write_snapshot(spark)
    _close_ledger(spark, wanted)
    return tables.read(spark, EMISSION).where(where).count()


def all_months(spark: SparkSession) -> list[str]:
    """Months that gold.activity has."""
    if not tables.exists(ACTIVITY):
        return []
    return sorted(r[0] for r in tables.read(spark, ACTIVITY).select("period_month").distinct().collect())


def official_sql() -> str:
    """SELECT entity_id, period_month, boundary, official_account over the view activity_months.

    The candidate with the highest status wins, its status being that of its lowest current row; ties go to the
    candidate that stands first. Superseded rows follow the current choice: an entity and month never mix accounts.
    """
    rank = " ".join(f"WHEN '{status}' THEN {i}" for i, status in enumerate(status_order()))
    candidates = ", ".join(
        f"('{name}', '{account}', '{account.split(':')[0]}', {place})"
        for name, boundary in boundaries().items()
        for place, account in enumerate(boundary.official)
    )
    return f"""SELECT entity_id, period_month, boundary,
  MIN_BY(account, STRUCT(-status_rank, place)) AS official_account
FROM (
  SELECT a.entity_id, a.period_month, a.boundary, c.account, c.place,
    MIN(CASE a.verification_status {rank} END) AS status_rank
  FROM activity_months a
  JOIN (VALUES {candidates}) AS c (boundary, account, evidence, place)
    ON c.boundary = a.boundary AND c.evidence = a.evidence
  WHERE {_EMITTING} AND a.known_to IS NULL
  GROUP BY a.entity_id, a.period_month, a.boundary, c.account, c.place
)
GROUP BY entity_id, period_month, boundary"""


def _question_sql(official: bool) -> str:
    """Emitting activity with what apply_factors asks of it, and its official account where wanted."""
    sets = " ".join(f"WHEN '{name}' THEN '{fuel_set}'" for name, (_, fuel_set) in method_columns().items())
    regions = " ".join(f"WHEN '{name}' THEN '{b.region}'" for name, b in boundaries().items())
    series = " ".join(
        f"WHEN a.boundary = '{name}' AND a.evidence = '{evidence}' THEN ARRAY({', '.join(repr(s) for s in listed)})"
        for name, boundary in boundaries().items()
        for evidence, listed in boundary.series.items()
    )
    account, join = "", ""
    if official:
        account = "o.official_account, "
        join = f"""LEFT JOIN ({official_sql()}) o
  ON o.entity_id = a.entity_id AND o.period_month = a.period_month AND o.boundary = a.boundary"""
    return f"""SELECT a.*, {account}CASE a.method {sets} END AS fuel_set,
  DATE_FORMAT(a.period_start, 'yyyy-MM-dd') AS date, CASE a.boundary {regions} END AS region,
  CASE {series} END AS series, ELEMENT_AT(a.source_record_ids, 1) AS record_id
FROM activity_months a
{join}
WHERE {_EMITTING} AND CASE {series} END IS NOT NULL"""


def _quarantine(spark: SparkSession, asked: DataFrame, months: list[str]) -> None:
    """Activity without a factor. It has no payload row of its own: ``payload_sm3`` holds the activity's id."""
    schema = ", ".join(f"{name} {kind}" for name, kind in UNACCOUNTED.items())
    asked.mapInArrow(unaccounted, schema=schema).createOrReplaceTempView("unaccounted_rows")
    frame = spark.sql(f"""
SELECT '{LAYER}' AS layer, source_feed AS feed, period_month AS period, '' AS receipt_window,
  activity_id AS payload_sm3, CAST(0 AS BIGINT) AS row_no, object_id AS business_key,
  TRANSFORM(SORT_ARRAY(COLLECT_SET(part)), p -> CONCAT('{RULE}_', p)) AS rule_ids,
  CONCAT_WS('；', SORT_ARRAY(COLLECT_SET(reason_zh))) AS reason_zh, activity_type AS field,
  CAST(FIRST(quantity) AS STRING) AS value,
  TO_JSON(NAMED_STRUCT('activity_id', activity_id, 'unit', FIRST(unit),
    'series', SORT_ARRAY(COLLECT_SET(electricity_series)))) AS row_json
FROM unaccounted_rows GROUP BY source_feed, period_month, activity_id, object_id, activity_type""")
    replace_held(frame, f"layer = '{LAYER}' AND {tables.one_of('period', months)}")


def _close_ledger(spark: SparkSession, months: list[str]) -> None:
    where = tables.one_of("period_month", months)
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
    WHERE {_EMITTING}
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
