"""Polars: files are sorted, so neighbours are plain shifts; a few files at a time, all of the machine's cores."""

from __future__ import annotations

import time

import polars as pl
import pyarrow as pa

from spark_jobs.engine.fleet import settings as fleet
from spark_jobs.models.diesel_regional import cleaning, fused
from spark_jobs.models.diesel_regional import parameters as p
from spark_jobs.models.diesel_regional import settings as s
from spark_jobs.models.diesel_regional.intervals import KMH_PER_M_S, M_S_PER_MPH
from tests.bench.fleet.sql import HALF_WINDOW, UNITS_PER_M

c = pl.col
GAP = int(s.MAX_GAP.value)
STOPPED = s.STOPPED.value * M_S_PER_MPH
KEYS = ["vehicle_key", "hour", "cell"]


def _rate(v1: pl.Expr, v0: pl.Expr, t1: pl.Expr, t0: pl.Expr) -> pl.Expr:
    lapse = t1 - t0
    rate = ((v1 - v0) / lapse).clip(-s.MAX_DECELERATION.value, s.MAX_ACCELERATION.value)
    return pl.when((lapse >= 1) & (lapse <= GAP)).then(rate)


def _tracked(files: list[str]) -> pl.DataFrame:
    """Fixes with neighbours, accelerations, path and stretch."""
    step, south = int(fleet.SQUARE.value), round(fleet.GRID_SOUTH.value * 1e6)
    west = round(fleet.GRID_WEST.value * 1e6)
    near = (c("starts") == 0) & (c("moved") <= HALF_WINDOW)
    return (
        pl.scan_parquet(files)
        .filter(c("state") & 8 == 0)
        .select(
            "vehicle_key", c("second").alias("t"), c("speed_clean").cast(pl.Int64).alias("u"), "state",
            (c("speed_clean") / 360.0).alias("v"), c("altitude").cast(pl.Float64).alias("h"),
            (c("second") // 3600).alias("hour"), ((c("latitude") - south) // step).alias("north"),
            ((c("longitude") - west) // step).alias("east"),
        )
        .with_columns(same=c("vehicle_key") == c("vehicle_key").shift(1))
        .with_columns(
            t1=pl.when("same").then(c("t").shift(1)), v1=pl.when("same").then(c("v").shift(1)),
            u1=pl.when("same").then(c("u").shift(1)), same2=c("same") & c("same").shift(1),
            same3=c("same").shift(-1),
        )
        .with_columns(
            lapse=c("t") - c("t1"), a=_rate(c("v"), c("v1"), c("t"), c("t1")), mean=0.5 * (c("v") + c("v1")),
            starts=pl.when(c("t") - c("t1") <= GAP).then(0).otherwise(1),
            moved=pl.when(c("t") - c("t1") <= GAP).then((c("u") + c("u1")) * (c("t") - c("t1"))).otherwise(0),
        )
        .with_columns(
            a1=pl.when("same2").then(c("a").shift(1)), lapse1=pl.when("same2").then(c("lapse").shift(1)),
            a3=pl.when("same3").then(c("a").shift(-1)), lapse3=pl.when("same3").then(c("lapse").shift(-1)),
            stretch=c("starts").cum_sum(), path=c("moved").cum_sum(),
            close=near | near.shift(-1, fill_value=False),
        )
        .with_row_index("row")
        .collect()
    )  # fmt: skip


def _averaged(close: pl.DataFrame, h: str, path: str, suffix: str) -> pl.DataFrame:
    window = close.rolling(
        "path", period=f"{2 * HALF_WINDOW}i", offset=f"-{HALF_WINDOW}i", closed="both", group_by="stretch"
    ).agg(c(h).mean().alias(f"h{suffix}"), c(path).mean().alias(f"p{suffix}"))
    return close.with_columns(window[f"h{suffix}"], window[f"p{suffix}"])


def _slopes(fixes: pl.DataFrame) -> pl.Series:
    """Slope of the interval that ends at each fix; only fixes with another within 75 m are averaged."""
    close = fixes.filter("close").select("row", "stretch", "path", "h", c("path").cast(pl.Float64).alias("p"))
    twice = _averaged(_averaged(close, "h", "p", "_1"), "h_1", "p_1", "_2").select("row", "h_2", "p_2")
    run, limit = c("p").diff(), s.MAX_SLOPE.value
    found = (
        fixes.select("row", "starts", "moved", "h", c("path").cast(pl.Float64).alias("p"))
        .join(twice, on="row", how="left", maintain_order="left")
        .with_columns(h=c("h_2").fill_null(c("h")), p=c("p_2").fill_null(c("p")) / UNITS_PER_M)
        .select(
            slope=pl.when((c("starts") == 1) | (c("moved") == 0)).then(0.0)
            .when(run > cleaning.NO_RUN_M).then((c("h").diff() / run).clip(-limit, limit))
            .otherwise(None)
        )
    )  # fmt: skip
    return found["slope"].forward_fill()


def _fine(fixes: pl.DataFrame, vehicle: pl.DataFrame, share: pl.DataFrame, square: pl.DataFrame) -> pl.DataFrame:
    line, efficiency = p.willans(), p.driveline_efficiency()
    squares = c("v1") ** 2 + c("v") ** 2
    wheel = (
        c("rolling") * c("mass") * c("mean") + c("linear") * (squares + c("v1") * c("v")) / 3.0
        + c("drag") * 0.5 * c("mean") * squares
        + c("mass") * c("mean") * (c("a") + s.GRAVITY.value * c("slope") / (1.0 + c("slope") ** 2).sqrt())
    )  # fmt: skip
    engine = pl.when(c("wheel") > 0).then(c("wheel") / efficiency).otherwise(c("wheel") * efficiency) + c(
        "auxiliary_kw"
    )
    least = pl.when(c("mean") > s.CUT_ABOVE.value / KMH_PER_M_S + fused.TIE_M_S).then(0.0).otherwise(c("idle_kw"))
    rough = (
        pl.when(c("lapse1") > 0.5 * c("lapse")).then(c("v1") * (c("a") - c("a1")).abs()).fill_null(0.0)
        + pl.when(c("lapse3") > 0.5 * c("lapse")).then(c("v") * (c("a3") - c("a")).abs()).fill_null(0.0)
    )  # fmt: skip
    moving = pl.min_horizontal(
        c("idle_kw") + line.slope * c("most_kw"),
        pl.max_horizontal(c("idle_kw") + line.slope * engine, least)
        + line.slope / efficiency * c("mass") * 0.5 * c("share") * rough,
    )
    idling = pl.when(c("state") & 1 == 1).then(c("idle_kw") + line.slope * c("auxiliary_kw")).otherwise(0.0)
    whole, rests = c("a").is_not_null(), c("mean") < STOPPED
    mass = pl.when(c("state") & 6 == 0).then("mass_0").when(c("state") & 6 == 2).then("mass_1")
    return (
        fixes.lazy()
        .join(vehicle.lazy(), on="vehicle_key")
        .join(share.lazy(), on="lapse", how="left")
        .join(square.lazy(), on=["north", "east"], how="left")
        .with_columns(mass=mass.when(c("state") & 6 == 4).then("mass_2").otherwise("mass_3"))
        .with_columns(wheel=wheel)
        .select(
            "vehicle_key", "hour", c("cell").fill_null(0),
            metres=pl.when(whole).then(c("mean") * c("lapse")).otherwise(0.0),
            moving_s=pl.when(whole & ~rests).then(c("lapse")).otherwise(0),
            idle_s=pl.when(whole & rests & (c("state") & 1 == 1)).then(c("lapse")).otherwise(0),
            energy_kj=pl.when(whole).then(pl.when(rests).then(idling).otherwise(moving) * c("lapse")).otherwise(0.0),
        )
        .group_by(KEYS)
        .agg(pl.len().alias("positions"), c("metres", "moving_s", "idle_s", "energy_kj").sum())
        .collect()
    )  # fmt: skip


def run(files: list[str], tables: dict[str, pa.Table], together: int = 4) -> tuple[float, dict[str, pa.Table]]:
    """Seconds and both results, as ``duck.whole``."""
    small = [pl.from_arrow(tables[name]) for name in ("vehicle", "share", "square")]
    start, parts = time.monotonic(), []
    for n in range(0, len(files), together):
        fixes = _tracked(files[n : n + together])
        parts.append(_fine(fixes.with_columns(slope=_slopes(fixes)), *small))
    fine, per_kg = pl.concat(parts), p.heating_value_mj_per_kg() * 1000.0
    sums = (c("positions").sum(), (c("metres").sum() / 1000.0).alias("distance_km"), c("moving_s").sum())
    fuel = (c("energy_kj").sum() / per_kg).alias("fuel_kg")
    vehicle = fine.group_by("vehicle_key", "hour").agg(*sums, c("idle_s").sum(), fuel)
    cell = fine.group_by("cell", "hour").agg(*sums, pl.len().alias("vehicles"), fuel)
    found = {
        "vehicle": vehicle.filter((c("fuel_kg") > 0) | (c("distance_km") > 0)).rename({"vehicle_key": "object_id"}),
        "cell": cell.rename({"cell": "object_id"}),
    }
    return time.monotonic() - start, {name: table.to_arrow() for name, table in found.items()}
