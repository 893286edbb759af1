"""gold.carbon_forecast: the next months of the official account, from gold.emission and the month of the clock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from infra.settings import now
from spark_jobs.engine import tables
from spark_jobs.models.registry import model

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FORECAST = "gold.carbon_forecast"
CITY = "all"
HORIZON_MONTHS = 6  # half a year: what the regulator plans by; beyond it the interval says little
DUE_DAY = 15  # reports of a month are due on this day of the next; before it the last month is not complete
# A history begins with the first month in which this share of the reporting entities is known: of earlier months only
# late corrections are, and their sums would read as a collapse.
WHOLE_SHARE = 0.8
SEPARATOR = "|"


def build(spark: SparkSession) -> int:
    """Replace the table; returns the number of rows (0 where no series has the months that a forecast needs)."""
    table = tables.dictionary()[FORECAST]
    history = _history(spark, _last_month(now().date()))
    rows = forecast_rows(history)
    frame = (
        spark.createDataFrame(rows.to_pandas(), schema=table.ddl)
        if rows.num_rows
        else spark.createDataFrame([], table.ddl)
    )
    tables.replace(frame, table, "true")
    return int(rows.num_rows)


def _last_month(today: date) -> str:
    """The newest month whose reports are due."""
    first = today.replace(day=1)
    back = 1 if today.day > DUE_DAY else 2
    for _ in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return first.strftime("%Y-%m")


def _history(spark: SparkSession, last_month: str) -> pa.Table:
    """Official tank-to-wheel CO2 in t; grain boundary × sector × month, the city's total as sector ``all``."""
    tables.read(spark, "gold.emission").createOrReplaceTempView("emission_all")
    return spark.sql(history_sql("emission_all", last_month)).toArrow()


def history_sql(emission: str, last_month: str) -> str:
    """SELECT boundary, sector, period_month, co2_t, over a table of emission rows; months that are whole only."""
    return f"""
WITH official AS (
  SELECT boundary, sector, period_month, entity_id, mass_kg
  FROM {emission}
  WHERE is_official AND known_to IS NULL AND memo_item = '' AND gas = 'CO2' AND chain = 'TTW' AND counted_in_city
    AND period_grain = 'month' AND period_month <= '{last_month}'
),
reporting AS (
  SELECT boundary, period_month, COUNT(DISTINCT entity_id) AS entities FROM official GROUP BY boundary, period_month
),
begun AS (
  SELECT boundary, MIN(period_month) AS first_month
  FROM (SELECT *, MAX(entities) OVER (PARTITION BY boundary) AS most FROM reporting)
  WHERE entities >= {WHOLE_SHARE} * most
  GROUP BY boundary
)
SELECT o.boundary, COALESCE(o.sector, '{CITY}') AS sector, o.period_month, SUM(o.mass_kg) / 1000 AS co2_t
FROM official o JOIN begun b ON b.boundary = o.boundary AND o.period_month >= b.first_month
GROUP BY GROUPING SETS ((o.boundary, o.sector, o.period_month), (o.boundary, o.period_month))
ORDER BY boundary, sector, period_month
"""


def forecast_rows(history: pa.Table) -> pa.Table:
    """Rows of the table from monthly history (boundary, sector, period_month, co2_t); short series give none."""
    names = [
        f"{boundary}{SEPARATOR}{sector}"
        for boundary, sector in zip(history["boundary"].to_pylist(), history["sector"].to_pylist(), strict=True)
    ]
    months: dict[str, list[str]] = {}
    for name, month in zip(names, history["period_month"].to_pylist(), strict=True):
        months.setdefault(name, []).append(month)
    series = pa.table(
        {"series_id": pa.array(names, pa.string()), "period": history["period_month"], "value": history["co2_t"]}
    )
    out = model("forecast").run(series, horizon=HORIZON_MONTHS).to_pylist()
    rows = [_row(row, months[row["series_id"]]) for row in out if row["mean"] is not None]
    columns = [column.name for column in tables.dictionary()[FORECAST].columns]
    return pa.table({name: [row[name] for row in rows] for name in columns})


def _row(row: dict[str, object], months: list[str]) -> dict[str, object]:
    boundary, sector = str(row["series_id"]).split(SEPARATOR)
    return {
        "boundary": boundary,
        "sector": sector,
        "period_month": row["period"],
        "co2_t": row["mean"],
        "low_90_t": row["low_90"],
        "high_90_t": row["high_90"],
        "method": row["method"],
        "history_months": len(months),
        "last_month": max(months),
    }
