"""`lake model diesel-regional`: a table of fixes in; a row a vehicle, or with ``--points`` a row a fix, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from spark_jobs.models.diesel_regional import kernel, opmodes
from spark_jobs.models.diesel_regional import parameters as p
from spark_jobs.models.diesel_regional import settings as s
from spark_jobs.models.diesel_regional.intervals import (
    KMH_PER_M_S,
    M_S_PER_MPH,
    Fixes,
    Intervals,
    intervals,
    pollutants,
)
from spark_jobs.models.emission import emissions
from spark_jobs.models.frame import BoolArray, FloatArray, Frame, Options, arrow, choose
from spark_jobs.models.interval import combined, lognormal_95
from spark_jobs.models.road.vehicles import STAGES
from spark_jobs.models.tracks import track_order

FUEL_SET, ENERGY = "cn_guideline", "diesel"
KG_PER_TONNE, SECONDS_PER_HOUR, KJ_PER_MJ = 1000.0, 3600.0, 1000.0
STAGE_CODES = tuple(STAGES.codes)
NO_NUMBERS = np.zeros(0)


@dataclass(frozen=True)
class _Tracks:
    """Fixes in track order, one an instant. ``row``: place in the input. ``vehicle``: index into ``names``.

    ``same``: every input row is there, in its place. ``twins``: places of input rows at an instant that another row of
    the track already holds. ``typical``: mass is the class's.
    """

    row: npt.NDArray[np.intp]
    same: bool
    twins: npt.NDArray[np.intp]
    vehicle: npt.NDArray[np.int64]
    names: list[str]
    fixes: Fixes
    typical: BoolArray


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row per vehicle, or with ``points`` one per fix in the order of the input."""
    tracks = _ordered(frame)
    at = intervals(tracks.fixes)
    grams = pollutants(tracks.fixes, at, STAGE_CODES)
    return (_points if options["points"] else _vehicles)(frame, tracks, at, grams)


def _ordered(frame: Frame) -> _Tracks:
    """Usable rows by track and time; of rows at one instant the first is kept, with the lowest speed among them."""
    codes, names = frame.index("vehicle_id")
    vehicle = codes.astype(np.int64)
    track = vehicle
    if frame.has("trace_id"):
        traces, known = frame.index("trace_id")
        track = vehicle * (len(known) + 1) + traces + 1
    seconds, speed = frame.seconds("time"), _numbers(frame, "speed_kmh") / KMH_PER_M_S
    usable = frame.usable
    row = np.arange(len(track)) if bool(usable.all()) else np.flatnonzero(usable)
    whole = len(row) == len(track)
    order, first = track_order(track if whole else track[row], seconds if whole else seconds[row])
    same = whole and bool(np.all(order[1:] > order[:-1]))
    row = row[order]
    twins, own_speed = row[:0], speed if same else speed[row]
    instant = seconds if same else seconds[row]
    twin = np.zeros(len(row), dtype=np.bool_)
    twin[1:] = (instant[1:] == instant[:-1]) & ~first[1:]
    if bool(twin.any()):
        own_speed = np.minimum.reduceat(own_speed, np.flatnonzero(~twin))
        twins, row, first, same = row[twin], row[~twin], first[~twin], False

    def of(values: npt.NDArray) -> npt.NDArray:
        return values if same else values[row]

    def given(name: str) -> FloatArray:
        return of(_numbers(frame, name)) if frame.has(name) else NO_NUMBERS

    mass, kind, typical = _mass(frame)
    stage = np.zeros(0, dtype=np.int64)
    if frame.has("emission_standard"):
        stage_codes, texts = frame.index("emission_standard")
        stage = of(np.array([STAGE_CODES.index(text) for text in texts] + [-1])[stage_codes])
    latitude, longitude = given("latitude_deg"), given("longitude_deg")
    if not (len(latitude) and len(longitude)):
        latitude = longitude = NO_NUMBERS
    running = of(frame.flag("engine_on", absent=True)) if frame.has("engine_on") else np.ones(len(row), dtype=np.bool_)
    fixes = Fixes(
        of(seconds), own_speed, first, of(mass), of(kind), latitude, longitude, given("altitude_m"), stage, running
    )
    return _Tracks(row, same, twins, of(vehicle), names, fixes, of(typical))


def _numbers(frame: Frame, name: str) -> FloatArray:
    """As ``frame.number``, with one copy where nothing is missing."""
    column = frame.table.column(name)
    if column.null_count or column.num_chunks != 1:
        return frame.number(name)
    return np.array(column.chunk(0).to_numpy(zero_copy_only=False), dtype=np.float64)


def _mass(frame: Frame) -> tuple[FloatArray, npt.NDArray[np.int64], BoolArray]:
    """Mass (t) and class index of every row, and where the mass is the class's typical one."""
    rows = len(frame)
    default = p.class_names().index(p.data()["default"])
    kind = np.full(rows, default, dtype=np.int64)
    if not frame.has("mass_t") and not frame.has("mass_class"):
        return np.full(rows, p.class_parameters().typical_t[default]), kind, np.ones(rows, dtype=np.bool_)
    mass = frame.number("mass_t")
    typical = ~np.isfinite(mass)
    if frame.has("mass_class"):
        codes, texts = frame.index("mass_class")
        places = np.array([p.class_names().index(text) for text in texts] + [-1])
        kind = places[codes]
    if not frame.has("mass_class") or bool((kind < 0).any()):
        unknown = kind < 0 if frame.has("mass_class") else ~typical
        by_mass = unknown & ~typical
        kind = np.where(unknown & typical, default, kind)
        kind[by_mass] = p.class_of_mass(mass[by_mass])
    if bool(typical.any()):
        mass = np.where(typical, p.class_parameters().typical_t[kind], mass)
    return mass, kind, typical


def _fuel_kg(energy_kj: FloatArray) -> FloatArray:
    return energy_kj / (p.heating_value_mj_per_kg() * KJ_PER_MJ)


def _points(frame: Frame, tracks: _Tracks, at: Intervals, grams: FloatArray) -> pa.Table:
    rows, row, fixes = len(frame), tracks.row, tracks.fixes

    def spread(values: FloatArray) -> FloatArray:
        if tracks.same:
            return values
        out = np.full(rows, np.nan)
        out[row] = values
        out[tracks.twins] = 0.0
        return out

    lapse, mean = at.lapse, at.mean_m_s
    fuel = _fuel_kg(at.fuel_kw * lapse)
    per_tonne = emissions({ENERGY: np.ones(1)}, FUEL_SET, "t").co2_kg[0]
    if len(fixes.stage):
        in_guide = (fixes.stage >= 0) & (fixes.stage != STAGE_CODES.index("VI"))
        grams = np.where((in_guide & ~np.isfinite(at.acceleration))[:, None], 0.0, grams)
    power = at.wheel_kw / p.class_parameters().fixed_mass_t[fixes.kind]
    per_mph = opmodes.MPH_PER_M_S
    mode = np.full(rows, -1, dtype=np.int64)
    mode[row] = opmodes.operating_modes(power, mean * per_mph, at.acceleration * per_mph, lapse)
    silent = np.zeros(rows, dtype=np.bool_)
    silent[row[_silences(fixes)]] = True
    return arrow(
        {
            "vehicle_id": frame.table["vehicle_id"], "time": frame.table["time"],
            "hours": spread(lapse / SECONDS_PER_HOUR), "distance_km": spread(mean * lapse / KG_PER_TONNE),
            "speed_used_kmh": spread(mean * KMH_PER_M_S), "slope_percent": spread(at.slope * 100.0),
            "wheel_power_kw": spread(at.wheel_kw), "operating_mode": pa.array(mode, mask=mode < 0),
            "fuel_kg": spread(fuel), "co2_kg": spread(fuel * (per_tonne / KG_PER_TONNE)), "nox_g": spread(grams[:, 0]),
            "pm_g": spread(grams[:, 1]),
            "break": silent, "reason": frame.reasons,
        }
    )  # fmt: skip


def _silences(fixes: Fixes) -> BoolArray:
    """True where a silence too long to be filled ends."""
    out = np.zeros(len(fixes.seconds), dtype=np.bool_)
    out[1:] = np.diff(fixes.seconds) > s.MAX_GAP.value
    return out & ~fixes.first


def _vehicles(frame: Frame, tracks: _Tracks, at: Intervals, grams: FloatArray) -> pa.Table:
    vehicle, names, fixes = tracks.vehicle, tracks.names, tracks.fixes
    size = len(names)
    sums = np.zeros((size, 4))
    kernel.totals(vehicle, at.acceleration, at.seconds, at.speed_m_s, at.fuel_kw, s.STOPPED.value * M_S_PER_MPH, sums)
    counted = np.bincount(vehicle, minlength=size)
    silence = np.zeros(size)
    breaks = np.flatnonzero(_silences(fixes))
    np.add.at(silence, vehicle[breaks], at.seconds[breaks] - at.seconds[breaks - 1])
    seen = counted > 0
    fuel = np.where(seen, _fuel_kg(sums[:, 3]), np.nan)
    emission = emissions({ENERGY: fuel / KG_PER_TONNE}, FUEL_SET, "t")
    by_class = np.bincount(vehicle, weights=tracks.typical, minlength=size) > 0
    level = np.full(size, not len(fixes.altitude_m))
    sd = combined(s.SD_MODEL.value, np.where(by_class, s.SD_MASS.value, 0.0), np.where(level, s.SD_SLOPE.value, 0.0))
    fuel_low, fuel_high = lognormal_95(fuel, sd)
    co2_low, co2_high = lognormal_95(emission.co2_kg, combined(sd, emission.factor_sd))
    nox, pm = (_guide_sum(vehicle, fixes, at, grams[:, n], size) for n in range(grams.shape[1]))
    tier = choose(by_class, "2 positions, mass by class", "2 positions, mass given")
    refused, reasons = _refused(frame, size)
    table = {
        "vehicle_id": np.array(names, dtype=object), "positions": counted, "refused_positions": refused,
        "hours": sums[:, 0], "distance_km": sums[:, 1], "idle_hours": sums[:, 2],
        "silent_hours": silence / SECONDS_PER_HOUR, "fuel_kg": fuel, "fuel_low_95_kg": fuel_low,
        "fuel_high_95_kg": fuel_high, "co2_kg": emission.co2_kg, "co2_low_95_kg": co2_low, "co2_high_95_kg": co2_high,
        "nox_g": nox, "pm_g": pm, "tier": choose(seen, tier), "factor_ids": choose(seen, emission.factor_ids),
        "reason": choose(seen, None, reasons),
    }  # fmt: skip
    out = arrow({name: np.where(seen, v, np.nan) if name in _SUMS else v for name, v in table.items()})
    return pa.concat_tables([out, *_nameless(frame, out.schema)])


def _nameless(frame: Frame, schema: pa.Schema) -> list[pa.Table]:
    """One row for the fixes of no vehicle, so that none is lost."""
    places = np.flatnonzero(np.asarray(frame.table.column("vehicle_id").is_null()))
    if not len(places):
        return []
    told = {"positions": 0, "refused_positions": len(places), "reason": frame.reasons[places[0]]}
    return [pa.table([pa.array([told.get(field.name)], field.type) for field in schema], schema=schema)]


_SUMS = ("hours", "distance_km", "idle_hours", "silent_hours")


def _guide_sum(vehicle: npt.NDArray[np.int64], fixes: Fixes, at: Intervals, grams: FloatArray, size: int) -> FloatArray:
    """Grams per vehicle; NaN where a driven interval has no factor, and where no stage is known at all."""
    if not len(fixes.stage):
        return np.full(size, np.nan)
    driven = at.mean_m_s >= s.STOPPED.value * M_S_PER_MPH
    known = np.bincount(vehicle, weights=np.where(driven, grams, 0.0), minlength=size)
    no_stage = np.bincount(vehicle, weights=fixes.stage < 0, minlength=size) > 0
    not_in_guide = np.bincount(vehicle, weights=fixes.stage == STAGE_CODES.index("VI"), minlength=size) > 0
    return np.where(no_stage | not_in_guide, np.nan, known)


def _refused(frame: Frame, size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
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
