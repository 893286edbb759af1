"""Rows of the kernel with roads (view ``fleet_rows``) → road-hours, corridor-hours, trips, flows, datums."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from spark_jobs.engine import tables
from spark_jobs.engine.exact_sum import whole_sum
from spark_jobs.engine.fleet import network, ordering
from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.hours import co2_kg

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROAD_HOURS, CORRIDOR_HOURS = "gold.fleet_road_hour", "gold.fleet_corridor_hour"
PARTS, TRIPS, FLOWS = "silver.fleet_trip_part", "gold.fleet_trip", "gold.fleet_flow_hour"
WRONG_DATUM, DATUMS = "gold.fleet_wrong_datum", "ops.position_datum"
DAY = "date_format(hour_start, 'yyyy-MM-dd') AS day"
MEASURES = ("distance_km", "moving_s", "fuel_kg", "co2_kg")
SUMS = ("positions", *MEASURES)
MEASURED = ", ".join(f"{whole_sum(name)} AS {name}" for name in MEASURES)
ADDED = f"SUM(positions) AS positions, {MEASURED}"
METRES_PER_DEGREE = ordering.METRES_PER_MICRODEGREE * 1e6
EDGE = ("edge_id", "road_name", "direction", "corridor_id", "road_class", "district_code")
CORRIDOR = ("corridor_id", "direction")


def write(spark: SparkSession, days: Sequence[str], source: str, model: str) -> None:
    """Replace the days in every table that follows from roads, trips and datums.

    Args:
        days: local days of which ``fleet_rows`` has all rows.
        source: the network file the rows were matched against; empty: the shipped schematic one.
        model: SQL of the columns model_name and model_version.
    """
    names = network.names(source)
    spark.createDataFrame(names.table).createOrReplaceTempView("fleet_edge")
    spark.createDataFrame(names.corridors).createOrReplaceTempView("fleet_corridor")
    inside = tables.one_of("day", list(days))
    for name, frame in (
        (ROAD_HOURS, _by_road(spark, "edge", "fleet_edge", EDGE, names.name, model)),
        (CORRIDOR_HOURS, _by_road(spark, "corridor", "fleet_corridor", CORRIDOR, names.name, model)),
        (PARTS, _parts(spark)), (WRONG_DATUM, _wrong_datum(spark)), (DATUMS, _datums(spark)),
    ):  # fmt: skip
        tables.replace(frame, tables.dictionary()[name], inside)
    starts = _span(days, int(s.LONGEST_TRIP_DAYS.value), 0)
    begun = tables.one_of("day", starts)
    tables.replace(_trips(spark, days, model).where(begun), tables.dictionary()[TRIPS], begun)
    tables.replace(_flows(spark, begun, model), tables.dictionary()[FLOWS], begun)


def _span(days: Sequence[str], before: int, after: int) -> list[str]:
    first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    count = (last - first).days + before + after + 1
    return [(first + timedelta(days=n - before)).isoformat() for n in range(count)]


def _by_road(spark: SparkSession, kind: str, view: str, names: Sequence[str], title: str, model: str) -> DataFrame:
    """Roads of enough vehicles by themselves, the rest of an hour as one row without a name: sums stay whole."""
    enough = f"vehicles >= {int(s.FEWEST.value)}"
    named = ", ".join(f"CASE WHEN {enough} THEN {name} ELSE '' END AS {name}" for name in names)
    keys = ", ".join(names)
    return spark.sql(f"""
      WITH road AS (
        SELECT object_id AS number, hour_start, SUM(vehicles) AS vehicles, {ADDED}
        FROM fleet_rows WHERE kind = '{kind}' GROUP BY object_id, hour_start),
      named AS (
        SELECT {named}, hour_start, CASE WHEN {enough} THEN vehicles END AS vehicles, {", ".join(SUMS)}
        FROM road JOIN {view} USING (number))
      SELECT {keys}, hour_start, {DAY}, '{title}' AS network, MAX(vehicles) AS vehicles, {ADDED},
        {model}
      FROM named GROUP BY {keys}, hour_start""")


def _parts(spark: SparkSession) -> DataFrame:
    return spark.sql("""
      SELECT object_id AS vehicle_key, hour_start AS start_at, end_at,
        date_format(end_at, 'yyyy-MM-dd') AS day, start_latitude_deg, start_longitude_deg,
        end_latitude_deg, end_longitude_deg, start_district, end_district, positions, distance_km, moving_s, fuel_kg,
        halt_before_kg, halt_after_kg
      FROM fleet_rows WHERE kind = 'trip'""")


def _trips(spark: SparkSession, days: Sequence[str], model: str) -> DataFrame:
    """Parts joined over midnight, by the rule of ``trips.goes_on``."""
    reach = int(s.LONGEST_TRIP_DAYS.value)
    parts = tables.read(spark, PARTS).where(tables.one_of("day", _span(days, 2 * reach, reach)))
    parts.createOrReplaceTempView("fleet_part")
    per_fuel = float(co2_kg(np.ones(1))[0])
    east = (
        f"{METRES_PER_DEGREE} * COS(RADIANS(0.5 * (start_latitude_deg + last_lat))) * (start_longitude_deg - last_lon)"
    )
    return spark.sql(f"""
      WITH ordered AS (
        SELECT *, LAG(end_latitude_deg) OVER w AS last_lat, LAG(end_longitude_deg) OVER w AS last_lon,
          LAG(day) OVER w AS last_day, LAG(halt_after_kg) OVER w AS last_halt_kg,
          (unix_micros(start_at) - unix_micros(LAG(end_at) OVER w)) / 1e6 AS still_s
        FROM fleet_part WINDOW w AS (PARTITION BY vehicle_key ORDER BY start_at, end_at)),
      marked AS (
        SELECT *, COALESCE(still_s < {s.STOP.value} OR (still_s <= {s.SILENT_TRIP.value} AND
          SQRT(POW({METRES_PER_DEGREE} * (start_latitude_deg - last_lat), 2) + POW({east}, 2)) > {s.JUMP_SLACK.value}),
          FALSE) AS goes_on FROM ordered),
      numbered AS (
        SELECT *, SUM(CASE WHEN goes_on THEN 0 ELSE 1 END) OVER (PARTITION BY vehicle_key ORDER BY start_at, end_at
          ROWS UNBOUNDED PRECEDING) AS trip,
          fuel_kg + CASE WHEN goes_on AND day <> last_day THEN last_halt_kg + halt_before_kg ELSE 0 END AS fuel
        FROM marked),
      joined AS (
        SELECT vehicle_key, MIN(start_at) AS start_at, MAX(end_at) AS end_at,
          MIN_BY(start_latitude_deg, start_at) AS start_latitude_deg,
          MIN_BY(start_longitude_deg, start_at) AS start_longitude_deg,
          MAX_BY(end_latitude_deg, end_at) AS end_latitude_deg, MAX_BY(end_longitude_deg, end_at) AS end_longitude_deg,
          MIN_BY(start_district, start_at) AS origin_district, MAX_BY(end_district, end_at) AS destination_district,
          SUM(positions) AS positions, SUM(distance_km) AS distance_km, SUM(moving_s) AS moving_s, SUM(fuel) AS fuel_kg
        FROM numbered GROUP BY vehicle_key, trip)
      SELECT *, fuel_kg * {per_fuel!r} AS co2_kg, date_format(start_at, 'yyyy-MM-dd') AS day,
        (unix_micros(LEAD(start_at) OVER (PARTITION BY vehicle_key ORDER BY start_at)) - unix_micros(end_at)) / 1e6
          AS stop_after_s, {model}
      FROM joined""")


def _flows(spark: SparkSession, begun: str, model: str) -> DataFrame:
    """Pairs of districts with enough vehicles in an hour; the others of the hour as one row without names."""
    tables.read(spark, TRIPS).where(begun).createOrReplaceTempView("fleet_trips")
    enough = f"vehicles >= {int(s.FEWEST.value)}"
    return spark.sql(f"""
      WITH pair AS (
        SELECT origin_district, destination_district, date_trunc('HOUR', start_at) AS hour_start,
          COUNT(DISTINCT vehicle_key) AS vehicles, COUNT(*) AS trips, {MEASURED}
        FROM fleet_trips GROUP BY origin_district, destination_district, date_trunc('HOUR', start_at)),
      named AS (
        SELECT * EXCEPT (origin_district, destination_district, vehicles),
          CASE WHEN {enough} THEN origin_district ELSE '' END AS origin_district,
          CASE WHEN {enough} THEN destination_district ELSE '' END AS destination_district,
          CASE WHEN {enough} THEN vehicles END AS vehicles FROM pair)
      SELECT origin_district, destination_district, hour_start, {DAY}, MAX(vehicles) AS vehicles,
        SUM(trips) AS trips, {MEASURED},
        {model}
      FROM named GROUP BY origin_district, destination_district, hour_start""")


def _wrong_datum(spark: SparkSession) -> DataFrame:
    return spark.sql(f"""
      SELECT object_id AS vehicle_key, {DAY}, positions, compared, near_as_sent, near_turned, log_likelihood
      FROM fleet_rows WHERE kind = 'datum' AND datum = 'gcj02'""")


def _datums(spark: SparkSession) -> DataFrame:
    return spark.sql(f"""
      SELECT {DAY}, COUNT(*) AS vehicle_days, COUNT_IF(datum = 'wgs84') AS told_wgs84,
        COUNT_IF(datum = 'gcj02') AS told_gcj02, COUNT_IF(datum = '') AS not_told, SUM(positions) AS positions,
        SUM(CASE WHEN datum = 'gcj02' THEN positions ELSE 0 END) AS positions_turned
      FROM fleet_rows WHERE kind = 'datum' GROUP BY hour_start""")
