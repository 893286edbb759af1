"""gold.allocation_share: by which activity an enterprise's direct and indirect carbon falls to districts and uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spark_jobs.accounting.allocation import shares
from spark_jobs.engine import tables
from spark_jobs.engine.exact_sum import exact_sum

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TABLE = "gold.allocation_share"
EMISSION, ACTIVITY = "gold.emission", "gold.activity"
REPORTS, METER = "silver.energy_monthly", "silver.meter"


def build(spark: SparkSession) -> int:
    """Replace the table; returns its rows. A pure function of gold, the energy reports and the register of meters."""
    if not tables.exists(EMISSION):
        return 0
    spark.sql(
        f"SELECT * FROM delta.`{tables.place(EMISSION)}` WHERE known_to IS NULL AND gas = 'CO2' AND chain = 'TTW'"
        " AND scope IN ('direct', 'indirect')"
    ).createOrReplaceTempView("allocation_emission")
    parts = [_TERRITORY_SQL, _OBJECT_SQL]
    if tables.exists(REPORTS):
        tables.read(spark, ACTIVITY).where("known_to IS NULL").createOrReplaceTempView("allocation_activity")
        tables.read(spark, REPORTS).where("known_to IS NULL").createOrReplaceTempView("allocation_report")
        parts.append(_USE_SQL)
    if tables.exists(METER):
        tables.read(spark, METER).where("known_to IS NULL").createOrReplaceTempView("allocation_meter")
        parts.append(_METER_SQL)
    rows = shares(spark.sql(" UNION ALL ".join(f"({p})" for p in parts)).toArrow())
    table = tables.dictionary()[TABLE]
    tables.replace(tables.frame(spark, table, rows.to_pylist()), table, "true")
    return int(rows.num_rows)


# Sums are DECIMAL: the same whatever the order of rows. First: where an enterprise's own energy is used, by its
# territorial account: always there where a report is.
_TERRITORY_SQL = f"""
SELECT entity_id AS enterprise_code, period_month, scope, 'district' AS dimension, 'territory' AS key_code,
  district_code AS part, {exact_sum("mass_kg")} AS weight
FROM allocation_emission
WHERE boundary = 'territorial' AND account = 'computed:sh_guide' AND object_type = 'enterprise'
GROUP BY entity_id, period_month, scope, district_code"""

# Objects (lines, stations, fleets) of one kind: kinds overlap, so the one that holds most of the carbon counts alone,
# and only where it lies in more than one district; what has no district cannot say where.
_OBJECT_SQL = f"""
SELECT enterprise_code, period_month, scope, 'district' AS dimension, 'object_activity' AS key_code, part, weight
FROM (
  SELECT *, RANK() OVER (PARTITION BY enterprise_code, period_month, scope ORDER BY of_kind DESC, object_type) AS place
  FROM (
    SELECT *, SUM(weight) OVER (PARTITION BY enterprise_code, period_month, scope, object_type) AS of_kind,
      COUNT(*) OVER (PARTITION BY enterprise_code, period_month, scope, object_type) AS districts
    FROM (
      SELECT entity_id AS enterprise_code, period_month, scope, object_type, district_code AS part,
        {exact_sum("mass_kg")} AS weight
      FROM allocation_emission
      WHERE boundary = 'legal_entity' AND object_type NOT IN ('enterprise', 'meter')
        AND district_code NOT IN ('unallocated', 'outside') AND electricity_series IN ('', 'sh_guide')
      GROUP BY entity_id, period_month, scope, object_type, district_code
    )
  )
  WHERE districts > 1
)
WHERE place = 1"""

# Power by where its meters stand, as far as they cover it; the rest at the enterprise's own place.
_METER_SQL = f"""
SELECT e.enterprise_code, e.period_month, e.scope, 'district' AS dimension, 'meter_place' AS key_code, m.part, m.weight
FROM (
  SELECT entity_id AS enterprise_code, period_month, scope, MIN(district_code) AS district_code
  FROM allocation_emission
  WHERE boundary = 'legal_entity' AND object_type = 'enterprise' AND scope = 'indirect'
  GROUP BY entity_id, period_month, scope
) e
JOIN (
  SELECT enterprise_code, district_code AS part, {exact_sum("covered_energy_share")} AS weight
  FROM allocation_meter WHERE medium = 'electricity' AND district_code IS NOT NULL
  GROUP BY enterprise_code, district_code
) m ON m.enterprise_code = e.enterprise_code
UNION ALL
SELECT e.enterprise_code, e.period_month, e.scope, 'district', 'meter_place', e.district_code, 1 - m.covered
FROM (
  SELECT entity_id AS enterprise_code, period_month, scope, MIN(district_code) AS district_code
  FROM allocation_emission
  WHERE boundary = 'legal_entity' AND object_type = 'enterprise' AND scope = 'indirect'
  GROUP BY entity_id, period_month, scope
) e
JOIN (
  SELECT enterprise_code, {exact_sum("covered_energy_share")} AS covered
  FROM allocation_meter WHERE medium = 'electricity' AND district_code IS NOT NULL GROUP BY enterprise_code
) m ON m.enterprise_code = e.enterprise_code AND m.covered < 1"""

# Carbon of each reported energy by the uses that its report states.
_USE_SQL = f"""
SELECT enterprise_code, period_month, scope, 'use' AS dimension, 'reported_use' AS key_code, u.part,
  {exact_sum("u.weight")} AS weight
FROM (
  SELECT e.entity_id AS enterprise_code, e.period_month, e.scope, EXPLODE(ARRAY(
    NAMED_STRUCT('part', 'transport', 'weight', e.mass_kg * r.use_transport / r.consumption),
    NAMED_STRUCT('part', 'production', 'weight', e.mass_kg * r.use_production / r.consumption),
    NAMED_STRUCT('part', 'other', 'weight', e.mass_kg * r.use_other / r.consumption))) AS u
  FROM allocation_emission e
  JOIN allocation_activity a ON a.activity_id = e.activity_id
  JOIN allocation_report r ON r.record_id = ELEMENT_AT(a.source_record_ids, 1)
  WHERE e.boundary = 'legal_entity' AND e.account = 'computed:sh_guide' AND e.data_grade <> 'estimated'
    AND r.consumption > 0
)
WHERE u.weight > 0
GROUP BY enterprise_code, period_month, scope, u.part"""
