"""silver.energy_gap: estimates for monthly reports that were not there at their deadline; gold.activity reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spark_jobs.accounting.gap_filling import fill, month_shift
from spark_jobs.contracts import Contract, contract, load_contracts, resolve
from spark_jobs.engine import tables
from spark_jobs.engine.session import one_at_a_time

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TABLE = "silver.energy_gap"
_REACH = 24  # months before a gap that its estimate may rest on


def months_moved(spark: SparkSession, target: str, window_from: str) -> list[str]:
    """Months whose estimates receipts may move, so that activity must follow; without windows, all there are.

    Receipts of a window can move every estimate whose deadline lies in that window or after it: what was known at the
    deadline has changed. None where the feed is not asked for or not there.
    """
    roles = [_feed(role) for role in ("reports", "register")]
    feeds = set(load_contracts()) if target == "all" else {c.feed for c in resolve(target)}
    if not {c.feed for c in roles} & feeds or not all(tables.exists(f"silver.{c.silver_table}") for c in roles):
        return []
    main = tables.read(spark, f"silver.{roles[0].silver_table}")
    months = sorted(row.period for row in main.select("period").distinct().collect())
    # A month is due in the next one. One more before: whether a deadline has passed shows by what is known after it.
    return [m for m in months if not window_from or m >= month_shift(window_from[:7], -2)]


def build(spark: SparkSession, months: list[str]) -> int:
    """Replace the estimates of whole months; a pure function of the reports and the register. Returns the rows."""
    reports, register = _feed("reports"), _feed("register")
    if not months:
        return 0
    earliest = month_shift(min(months), -_REACH)
    for feed, view in ((reports, "gap_reports"), (register, "gap_register")):
        tables.read(spark, f"silver.{feed.silver_table}").createOrReplaceTempView(view)
    known = spark.sql(_REPORTS_SQL.format(first=earliest, last=max(months))).toArrow()
    entities = spark.sql("SELECT enterprise_code, sector FROM gap_register WHERE known_to IS NULL").collect()
    sector = {row.enterprise_code: row.sector for row in entities}
    if reports.deadline_days is None:
        raise ValueError(f"{reports.feed} states no deadline_days: nothing can be said to be missing")
    rows = fill(known, sector, months, reports.deadline_days)
    table = tables.dictionary()[TABLE]
    with one_at_a_time(TABLE):
        where = tables.one_of("period", months)
        tables.replace(tables.frame(spark, table, rows.to_pylist()), table, where)
    return int(rows.num_rows)


# Green power is an energy of its own, as in the activity that is made of a report.
_REPORTS_SQL = """
SELECT enterprise_code, period, i.energy AS activity_type, i.quantity, unit, record_id, known_from, known_to
FROM (
  SELECT *, EXPLODE(ARRAY(
    NAMED_STRUCT('energy', energy_code, 'quantity', consumption - COALESCE(green_power, 0)),
    NAMED_STRUCT('energy', 'electricity_green', 'quantity', green_power))) AS i
  FROM gap_reports WHERE period BETWEEN '{first}' AND '{last}'
)
WHERE i.quantity >= 0 AND NOT (i.energy = 'electricity_green' AND i.quantity = 0)
ORDER BY period, enterprise_code, activity_type, known_from"""


def _feed(role: str) -> Contract:
    return contract(tables.dictionary()[TABLE].built_from[role])
