"""The same result as the fused kernel in SQL, for DuckDB and Spark: windows over each vehicle's fixes.

One pass of windows gives every fix its neighbours. The path is kept as a whole number (0.01 km/h × s), so that the
±75 m of the slope's average are exact; fixes with no other within 75 m need no average and skip those windows. Hours
and cells come from one fine sum by vehicle, hour and cell.
"""

from __future__ import annotations

from dataclasses import dataclass

from spark_jobs.engine.fleet import settings as fleet
from spark_jobs.models.diesel_regional import cleaning, fused
from spark_jobs.models.diesel_regional import parameters as p
from spark_jobs.models.diesel_regional import settings as s
from spark_jobs.models.diesel_regional.intervals import KMH_PER_M_S, M_S_PER_MPH

UNITS_PER_M = 720  # path units: 0.01 km/h × s, both ends of an interval added up
HALF_WINDOW = round(s.SLOPE_WINDOW.value / 2 * UNITS_PER_M)


@dataclass(frozen=True)
class Dialect:
    """What differs between the two: whole division and the last known value."""

    whole: str
    last_known: str


DUCKDB = Dialect("({0}) // {1}", "last_value(raw_slope IGNORE NULLS)")
SPARK = Dialect("({0}) div {1}", "last_value(raw_slope) IGNORE NULLS")


def _bounded(value: str, low: float, high: float) -> str:
    return f"least({high!r}, greatest({low!r}, {value}))"


def _acceleration(v1: str, v0: str, t1: str, t0: str) -> str:
    rate = _bounded(f"({v1} - {v0}) / ({t1} - {t0})", -s.MAX_DECELERATION.value, s.MAX_ACCELERATION.value)
    return f"CASE WHEN {t1} - {t0} BETWEEN 1 AND {int(s.MAX_GAP.value)} THEN {rate} END"


def _fuel_kw() -> str:
    """Fuel power of a row that has an interval; the row carries its vehicle's class parameters and mass."""
    line, efficiency = p.willans(), p.driveline_efficiency()
    squares = "(v1 * v1 + v * v)"
    wheel = (
        f"rolling * mass * mean + linear * ({squares} + v1 * v) / 3.0 + drag * 0.5 * mean * {squares}"
        f" + mass * mean * (a + {s.GRAVITY.value} * slope / sqrt(1.0 + slope * slope))"
    )
    engine = f"CASE WHEN wheel > 0 THEN wheel / {efficiency!r} ELSE wheel * {efficiency!r} END + auxiliary_kw"
    least = f"CASE WHEN mean > {s.CUT_ABOVE.value / KMH_PER_M_S + fused.TIE_M_S!r} THEN 0.0 ELSE idle_kw END"
    rough = (
        "coalesce(CASE WHEN t1 - t2 > 0.5 * lapse THEN v1 * abs(a - a1) END, 0.0)"
        " + coalesce(CASE WHEN t3 - t > 0.5 * lapse THEN v * abs(a3 - a) END, 0.0)"
    )
    moving = (
        f"least(idle_kw + {line.slope!r} * most_kw, greatest(idle_kw + {line.slope!r} * ({engine}), {least})"
        f" + {line.slope / efficiency!r} * mass * 0.5 * share * ({rough}))"
    )
    idling = f"CASE WHEN engine_on THEN idle_kw + {line.slope!r} * auxiliary_kw ELSE 0.0 END"
    return wheel, f"CASE WHEN mean < {s.STOPPED.value * M_S_PER_MPH!r} THEN {idling} ELSE {moving} END"


def segments(source: str, dialect: Dialect, with_slope: bool = True) -> str:
    """SELECT of one row per fix: vehicle, hour, square, metres, moving and idle seconds, fuel energy (kJ).

    Needs the tables ``vehicle`` (vehicle_key, class parameters, mass_0 … mass_3) and ``share`` (lapse, share).
    """
    wheel, fuel = _fuel_kw()
    step = int(fleet.SQUARE.value)
    south, west = round(fleet.GRID_SOUTH.value * 1e6), round(fleet.GRID_WEST.value * 1e6)
    north = f"CAST(floor((latitude - {south}) / {step}.0) AS INT)"
    east = f"CAST(floor((longitude - {west}) / {step}.0) AS INT)"
    window = "WINDOW w AS (PARTITION BY vehicle_key ORDER BY t)"
    reach = (
        "(PARTITION BY vehicle_key, stretch ORDER BY path "
        f"RANGE BETWEEN {HALF_WINDOW} PRECEDING AND {HALF_WINDOW} FOLLOWING)"
    )
    limit, gap = s.MAX_SLOPE.value, int(s.MAX_GAP.value)
    slope = f"""
  alone AS (SELECT *, CAST(h AS DOUBLE) AS h_1, CAST(path AS DOUBLE) AS p_1, CAST(h AS DOUBLE) AS h_2,
      CAST(path AS DOUBLE) / {UNITS_PER_M} AS p_2 FROM tracked WHERE is_alone),
  close AS (SELECT *, avg(h) OVER {reach} AS h_1, avg(path) OVER {reach} AS p_1 FROM tracked WHERE NOT is_alone),
  smoother AS (SELECT *, avg(h_1) OVER {reach} AS h_2, avg(p_1) OVER {reach} / {UNITS_PER_M}.0 AS p_2 FROM close
    UNION ALL SELECT * FROM alone),
  stepped AS (SELECT *, h_2 - lag(h_2) OVER w AS rise, p_2 - lag(p_2) OVER w AS run FROM smoother {window}),
  raw AS (SELECT *, CASE WHEN starts = 1 OR moved = 0 THEN 0.0
      WHEN run > {cleaning.NO_RUN_M} THEN {_bounded("rise / run", -limit, limit)} END AS raw_slope FROM stepped),
  sloped AS (SELECT *, coalesce(raw_slope, {dialect.last_known} OVER w) AS slope FROM raw {window}),"""
    level = "\n  sloped AS (SELECT *, 0.0 AS slope FROM tracked),"
    return f"""
WITH fix AS (
    SELECT vehicle_key, second AS t, speed_clean AS u, CAST(speed_clean AS DOUBLE) / 360 AS v, altitude AS h, state,
      {dialect.whole.format("second", 3600)} AS hour, {north} AS north, {east} AS east
    FROM {source} WHERE state & 8 = 0),
  near AS (SELECT *, lag(t) OVER w AS t1, lag(t, 2) OVER w AS t2, lead(t) OVER w AS t3,
      lag(u) OVER w AS u1, lead(u) OVER w AS u3, lag(v) OVER w AS v1,
      lag(v, 2) OVER w AS v2, lead(v) OVER w AS v3 FROM fix {window}),
  rated AS (SELECT *, t - t1 AS lapse, 0.5 * (v1 + v) AS mean, {_acceleration("v", "v1", "t", "t1")} AS a,
      {_acceleration("v1", "v2", "t1", "t2")} AS a1, {_acceleration("v3", "v", "t3", "t")} AS a3,
      CASE WHEN t - t1 <= {gap} THEN 0 ELSE 1 END AS starts,
      CASE WHEN t - t1 <= {gap} THEN CAST(u + u1 AS BIGINT) * (t - t1) ELSE 0 END AS moved,
      NOT coalesce(t - t1 <= {gap} AND CAST(u + u1 AS BIGINT) * (t - t1) <= {HALF_WINDOW}, false)
        AND NOT coalesce(t3 - t <= {gap} AND CAST(u3 + u AS BIGINT) * (t3 - t) <= {HALF_WINDOW}, false)
        AS is_alone FROM near),
  tracked AS (SELECT *, CAST(sum(starts) OVER w AS INT) AS stretch, CAST(sum(moved) OVER w AS BIGINT) AS path
      FROM rated {window}),{slope if with_slope else level}
  known AS (
    SELECT s.*, c.rolling, c.linear, c.drag, c.idle_kw, c.auxiliary_kw, c.most_kw, share.share,
      state & 1 = 1 AS engine_on,
      CASE (state & 6) WHEN 0 THEN mass_0 WHEN 2 THEN mass_1 WHEN 4 THEN mass_2 ELSE mass_3 END AS mass
    FROM sloped AS s JOIN vehicle AS c ON s.vehicle_key = c.vehicle_key LEFT JOIN share ON share.lapse = s.lapse),
  driven AS (SELECT *, {wheel} AS wheel FROM known)
SELECT vehicle_key, hour, north, east,
  CASE WHEN a IS NULL THEN 0.0 ELSE mean * lapse END AS metres,
  CASE WHEN a IS NULL OR mean < {s.STOPPED.value * M_S_PER_MPH!r} THEN 0 ELSE lapse END AS moving_s,
  CASE WHEN a IS NULL OR mean >= {s.STOPPED.value * M_S_PER_MPH!r} OR NOT engine_on THEN 0 ELSE lapse END AS idle_s,
  CASE WHEN a IS NULL THEN 0.0 ELSE ({fuel}) * lapse END AS energy_kj
FROM driven"""


def fine(select: str) -> str:
    """Sums by vehicle, hour and cell; needs ``square`` (north, east, cell)."""
    return f"""
SELECT vehicle_key, hour, coalesce(cell, 0) AS cell, count(*) AS positions, sum(metres) AS metres,
  sum(moving_s) AS moving_s, sum(idle_s) AS idle_s, sum(energy_kj) AS energy_kj
FROM ({select}) AS segment LEFT JOIN square ON segment.north = square.north AND segment.east = square.east
GROUP BY vehicle_key, hour, coalesce(cell, 0)"""


def vehicle_hours(table: str) -> str:
    """Vehicle-hours in which the engine ran, from ``fine`` sums."""
    return f"""
SELECT vehicle_key AS object_id, hour, sum(positions) AS positions, sum(metres) / 1000.0 AS distance_km,
  sum(moving_s) AS moving_s, sum(idle_s) AS idle_s,
  sum(energy_kj) / {p.heating_value_mj_per_kg() * 1000.0!r} AS fuel_kg
FROM {table} GROUP BY vehicle_key, hour HAVING sum(energy_kj) > 0 OR sum(metres) > 0"""


def cell_hours(table: str) -> str:
    """Cell-hours from ``fine`` sums."""
    return f"""
SELECT cell AS object_id, hour, sum(positions) AS positions, sum(metres) / 1000.0 AS distance_km,
  sum(moving_s) AS moving_s, count(*) AS vehicles,
  sum(energy_kj) / {p.heating_value_mj_per_kg() * 1000.0!r} AS fuel_kg
FROM {table} GROUP BY cell, hour"""
