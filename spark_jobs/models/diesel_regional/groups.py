"""Sums over vehicles, and over a vehicle's hours or cells: fuel, CO2 with its interval, NOx and PM."""

from __future__ import annotations

from dataclasses import dataclass

import h3
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from spark_jobs.models.diesel_regional import kernel
from spark_jobs.models.diesel_regional import parameters as p
from spark_jobs.models.diesel_regional import settings as s
from spark_jobs.models.diesel_regional.intervals import M_S_PER_MPH, Fixes, Intervals
from spark_jobs.models.diesel_regional.order import STAGE_CODES, Tracks
from spark_jobs.models.emission import emissions
from spark_jobs.models.frame import BoolArray, FloatArray, Frame, IntArray, Options, arrow, choose
from spark_jobs.models.interval import combined, lognormal_95

FUEL_SET, ENERGY = "cn_guideline", "diesel"
KG_PER_TONNE, SECONDS_PER_HOUR, KJ_PER_MJ = 1000.0, 3600.0, 1000.0
QUARTER_S = 900.0  # offsets of time zones are whole quarters of an hour
_SUMS = ("hours", "distance_km", "idle_hours", "silent_hours")


@dataclass(frozen=True)
class _Groups:
    """``of``: group of each fix. Per group: ``vehicle`` index, ``hour`` (Unix s, NaN none), ``cell`` (None none)."""

    of: IntArray
    vehicle: IntArray
    hour: FloatArray
    cell: npt.NDArray[np.object_]


def fuel_kg(energy_kj: FloatArray) -> FloatArray:
    """kJ of diesel, lower heating value → kg."""
    return energy_kj / (p.heating_value_mj_per_kg() * KJ_PER_MJ)


def silences(fixes: Fixes) -> BoolArray:
    """True where a silence too long to be filled ends."""
    out = np.zeros(len(fixes.seconds), dtype=np.bool_)
    out[1:] = np.diff(fixes.seconds) > s.MAX_GAP.value
    return out & ~fixes.first


def group_rows(frame: Frame, options: Options, tracks: Tracks, at: Intervals, grams: FloatArray) -> pa.Table:
    """One row per group of ``by``; an interval belongs to the hour and cell in which it ends."""
    fixes = tracks.fixes
    groups = _groups(options, tracks)
    of, size = groups.of, len(groups.vehicle)
    sums = np.zeros((size, 4))
    kernel.totals(of, at.acceleration, at.seconds, at.speed_m_s, at.fuel_kw, s.STOPPED.value * M_S_PER_MPH, sums)
    counted = np.bincount(of, minlength=size)
    silence = np.zeros(size)
    breaks = np.flatnonzero(silences(fixes))
    np.add.at(silence, of[breaks], at.seconds[breaks] - at.seconds[breaks - 1])
    seen = counted > 0
    fuel = np.where(seen, fuel_kg(sums[:, 3]), np.nan)
    emission = emissions({ENERGY: fuel / KG_PER_TONNE}, FUEL_SET, "t")
    by_class = np.bincount(of, weights=tracks.typical, minlength=size) > 0
    level = 0.0 if len(fixes.altitude_m) else s.SD_SLOPE.value
    sd = combined(s.SD_MODEL.value, np.where(by_class, s.SD_MASS.value, 0.0), level)
    fuel_low, fuel_high = lognormal_95(fuel, sd)
    co2_low, co2_high = lognormal_95(emission.co2_kg, combined(sd, emission.factor_sd))
    nox, pm = (_guide_sum(of, fixes, at, grams[:, n], size) for n in range(grams.shape[1]))
    tier = choose(by_class, "2 positions, mass by class", "2 positions, mass given")
    per_vehicle = options["by"] == "vehicle"
    refused, reasons = _refused(frame, len(tracks.names))
    table = {
        "vehicle_id": np.array([*tracks.names, None], dtype=object)[groups.vehicle],
        "hour_start": pa.array(np.nan_to_num(groups.hour).astype(np.int64), mask=~np.isfinite(groups.hour)).cast(
            pa.timestamp("s", tz="UTC")).cast(pa.timestamp("us", tz="UTC")),
        "h3": groups.cell, "positions": counted,
        "refused_positions": refused if per_vehicle else np.zeros(size, dtype=np.int64),
        "hours": sums[:, 0], "distance_km": sums[:, 1], "idle_hours": sums[:, 2],
        "silent_hours": silence / SECONDS_PER_HOUR, "fuel_kg": fuel, "fuel_low_95_kg": fuel_low,
        "fuel_high_95_kg": fuel_high, "co2_kg": emission.co2_kg, "co2_low_95_kg": co2_low, "co2_high_95_kg": co2_high,
        "nox_g": nox, "pm_g": pm, "tier": choose(seen, tier), "factor_ids": choose(seen, emission.factor_ids),
        "reason": choose(seen, None, reasons if per_vehicle else None),
    }  # fmt: skip
    out = arrow({name: np.where(seen, v, np.nan) if name in _SUMS else v for name, v in table.items()})
    lost = [] if per_vehicle else [n for n in range(len(tracks.names)) if refused[n]]
    told = [(tracks.names[n], int(refused[n]), reasons[n]) for n in lost] + _nameless(frame)
    return pa.concat_tables([out, *(_told(out.schema, *what) for what in told)])


def _groups(options: Options, tracks: Tracks) -> _Groups:
    vehicle, size = tracks.vehicle, len(tracks.names)
    if options["by"] == "vehicle":
        return _Groups(vehicle, np.arange(size), np.full(size, np.nan), np.full(size, None, dtype=object))
    if options["by"] == "hour":
        part = _hours(tracks.fixes.seconds, options.tz)
        keys, of = np.unique(np.column_stack([vehicle, part]), axis=0, return_inverse=True)
        return _Groups(of.ravel(), keys[:, 0].astype(np.int64), keys[:, 1], np.full(len(keys), None, dtype=object))
    places = zip(tracks.fixes.latitude_deg.tolist(), tracks.fixes.longitude_deg.tolist(), strict=True)
    cells = [h3.latlng_to_cell(a, b, options["resolution"]) if a == a and b == b else "" for a, b in places]
    codes, names = pd.factorize(np.array(cells, dtype=object), sort=True)
    keys, of = np.unique(np.column_stack([vehicle, codes]), axis=0, return_inverse=True)
    cell = np.array([name or None for name in names], dtype=object)[keys[:, 1]]
    return _Groups(of.ravel(), keys[:, 0], np.full(len(keys), np.nan), cell)


def _hours(seconds: FloatArray, tz: str) -> FloatArray:
    """Start (Unix s) of the local hour of each instant."""
    quarters, of = np.unique(np.floor(seconds / QUARTER_S), return_inverse=True)
    minute = pd.to_datetime(quarters * QUARTER_S, unit="s", utc=True).tz_convert(tz).minute.to_numpy()
    return (quarters * QUARTER_S - minute * 60.0)[of.ravel()]


def _nameless(frame: Frame) -> list[tuple[str | None, int, str]]:
    """Fixes of no vehicle: one row, so that none is lost."""
    places = np.flatnonzero(np.asarray(frame.table.column("vehicle_id").is_null()))
    return [(None, len(places), frame.reasons[places[0]])] if len(places) else []


def _told(schema: pa.Schema, vehicle: str | None, count: int, reason: str) -> pa.Table:
    told = {"vehicle_id": vehicle, "positions": 0, "refused_positions": count, "reason": reason}
    return pa.table([pa.array([told.get(field.name)], field.type) for field in schema], schema=schema)


def _guide_sum(of: IntArray, fixes: Fixes, at: Intervals, grams: FloatArray, size: int) -> FloatArray:
    """Grams per group; NaN where a driven interval has no factor, and where no stage is known at all."""
    if not len(fixes.stage):
        return np.full(size, np.nan)
    driven = at.mean_m_s >= s.STOPPED.value * M_S_PER_MPH
    known = np.bincount(of, weights=np.where(driven, grams, 0.0), minlength=size)
    no_stage = np.bincount(of, weights=fixes.stage < 0, minlength=size) > 0
    not_in_guide = np.bincount(of, weights=fixes.stage == STAGE_CODES.index("VI"), minlength=size) > 0
    return np.where(no_stage | not_in_guide, np.nan, known)


def _refused(frame: Frame, size: int) -> tuple[IntArray, npt.NDArray[np.object_]]:
    """Count of refused fixes per vehicle, and the first reason of each."""
    rows = np.flatnonzero(~frame.usable)
    counts, reasons = np.zeros(size, dtype=np.int64), np.full(size, None, dtype=object)
    if not len(rows):
        return counts, reasons
    codes, _ = frame.index("vehicle_id")
    texts = frame.reasons
    for row in rows.tolist():
        if codes[row] >= 0:
            counts[codes[row]] += 1
            if reasons[codes[row]] is None:
                reasons[codes[row]] = texts[row]
    return counts, reasons
