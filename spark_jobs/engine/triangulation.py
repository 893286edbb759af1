"""gold.triangulation: the figures of each enterprise-month, from gold and the meters, tested against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spark_jobs.accounting.accounts import activity_rsu
from spark_jobs.accounting.triangulation import settings
from spark_jobs.accounting.triangulation_rows import figures, triangulate
from spark_jobs.engine import tables
from spark_jobs.engine.exact_sum import exact_sum

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TABLE = "gold.triangulation"
EMISSION, ACTIVITY, ENERGY = "gold.emission", "gold.activity", "gold.energy"
HOURLY, METER = "silver.meter_hourly", "silver.meter"
_MEDIA = "('electricity', 'natural_gas', 'heat', 'diesel')"


def build(spark: SparkSession) -> int:
    """Replace the table; returns its rows. A pure function of gold, the metered hours and the register of meters."""
    if not tables.exists(EMISSION):
        return 0
    for name, view in ((EMISSION, "emission_all"), (ACTIVITY, "activity_all"), (ENERGY, "energy_all")):
        tables.read(spark, name).where("known_to IS NULL").createOrReplaceTempView(view)
    has_meters = tables.exists(HOURLY) and tables.exists(METER)
    if has_meters:
        tables.read(spark, HOURLY).createOrReplaceTempView("hourly_all")
        tables.read(spark, METER).where("known_to IS NULL").createOrReplaceTempView("meter_all")
    known = spark.sql(known_sql(has_meters)).toArrow()
    activity = spark.sql(ACTIVITY_SQL).toArrow()
    rows = triangulate(figures(known, activity, activity_rsu()["modelled"]))
    table = tables.dictionary()[TABLE]
    tables.replace(tables.frame(spark, table, rows.to_pylist()), table, "true")
    return int(rows.num_rows)


ACTIVITY_SQL = f"""
SELECT entity_id AS enterprise_code, period_month, activity_type, {exact_sum("quantity")} AS quantity
FROM activity_all
WHERE activity_class = 'transport' AND object_type = 'enterprise' AND boundary = 'legal_entity'
GROUP BY entity_id, period_month, activity_type
ORDER BY entity_id, period_month, activity_type"""

# CO2 of a figure with its relative standard uncertainty: activity data independent, rows of one factor together. Sums
# are DECIMAL: the same whatever the order of rows.
_STATED_SQL = f"""
SELECT enterprise_code, sector, period_month, figure,
  {exact_sum("co2_t", 28, 12)} AS co2_t,
  SQRT({exact_sum("independent + factor_kg * factor_kg", 38, 9)})
    / NULLIF({exact_sum("co2_t", 28, 12)} * 1000, 0) AS rsu,
  '' AS media
FROM (
  SELECT entity_id AS enterprise_code, sector, period_month,
    CASE WHEN account = 'reported' THEN 'reported' ELSE 'computed' END AS figure, factor_id,
    {exact_sum("mass_kg")} / 1000 AS co2_t,
    {exact_sum("POWER(mass_kg * activity_rsu, 2)", 38, 9)} AS independent,
    {exact_sum("mass_kg * factor_rsu")} AS factor_kg
  FROM emission_all
  WHERE gas = 'CO2' AND chain = 'TTW' AND boundary = 'legal_entity' AND object_type = 'enterprise'
    AND account IN ('reported', 'computed:sh_guide') AND data_grade <> 'estimated'
  GROUP BY entity_id, sector, period_month, account, factor_id
)
GROUP BY enterprise_code, sector, period_month, figure"""

# The metered figure is the computed one times what meters say of the media they cover: metered energy, scaled up by the
# share that the meters cover, over the reported energy of the same media. Green power passes the meter as any power.
_METERED_SQL = f"""
SELECT c.enterprise_code, c.sector, c.period_month, 'metered' AS figure,
  MAX(c.co2_t) * {exact_sum("m.metered_gj")}
    / {exact_sum("r.reported_gj")} AS co2_t, {{rsu}} AS rsu,
  ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(m.medium)), ',') AS media
FROM ({_STATED_SQL}) c
JOIN (
  SELECT a.entity_id, a.period_month, a.activity_type AS medium,
    {exact_sum("e.energy_gj")} / MAX(v.covered) AS metered_gj
  FROM activity_all a
  JOIN energy_all e ON e.activity_id = a.activity_id
  JOIN (
    SELECT enterprise_code, medium, {exact_sum("covered_energy_share")} AS covered, COUNT(*) AS meters
    FROM meter_all WHERE medium IN {_MEDIA} GROUP BY enterprise_code, medium
  ) v ON v.enterprise_code = a.entity_id AND v.medium = a.activity_type AND v.covered > 0
  JOIN (
    SELECT enterprise_code, medium, SUBSTRING(day, 1, 7) AS period_month, {exact_sum("covered_share")} AS hours
    FROM hourly_all GROUP BY enterprise_code, medium, SUBSTRING(day, 1, 7)
  ) h ON h.enterprise_code = a.entity_id AND h.medium = a.activity_type AND h.period_month = a.period_month
  WHERE a.evidence = 'metered'
    AND h.hours >= {{share}} * v.meters * 24 * DAY(LAST_DAY(CAST(CONCAT(a.period_month, '-01') AS DATE)))
  GROUP BY a.entity_id, a.period_month, a.activity_type
) m ON m.entity_id = c.enterprise_code AND m.period_month = c.period_month
JOIN (
  SELECT a.entity_id, a.period_month, {exact_sum("e.energy_gj")} AS reported_gj,
    CASE a.activity_type WHEN 'electricity_green' THEN 'electricity' ELSE a.activity_type END AS medium
  FROM activity_all a
  JOIN energy_all e ON e.activity_id = a.activity_id
  WHERE a.evidence = 'computed' AND a.boundary = 'legal_entity' AND a.object_type = 'enterprise'
  GROUP BY a.entity_id, a.period_month,
    CASE a.activity_type WHEN 'electricity_green' THEN 'electricity' ELSE a.activity_type END
) r ON r.entity_id = m.entity_id AND r.period_month = m.period_month AND r.medium = m.medium
WHERE c.figure = 'computed'
GROUP BY c.enterprise_code, c.sector, c.period_month"""


def known_sql(has_meters: bool) -> str:
    """SELECT of the figures that are no model: enterprise_code, sector, period_month, figure, co2_t, rsu, media."""
    if not has_meters:
        return _STATED_SQL
    metered = _METERED_SQL.format(share=settings().metered_hours_share_least, rsu=repr(activity_rsu()["measured"]))
    return f"{_STATED_SQL}\nUNION ALL\n{metered}"
