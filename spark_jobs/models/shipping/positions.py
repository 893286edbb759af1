"""`lake model shipping-positions`: fuel and CO2 from AIS positions, by ship and phase or by interval."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from spark_jobs.models.emission import emissions
from spark_jobs.models.frame import BoolArray, FloatArray, Frame, Options, arrow, choose
from spark_jobs.models.interval import combined, lognormal_95
from spark_jobs.models.shipping import settings as s
from spark_jobs.models.shipping.fuels import FUEL_SET
from spark_jobs.models.shipping.join import positions_of, refuse_unknown, ship_file
from spark_jobs.models.shipping.mix import by_fuel
from spark_jobs.models.shipping.particulars import PHASES, Particulars, baseline_sfc
from spark_jobs.models.shipping.power import demand_fuel_rate, main_fuel_rate
from spark_jobs.models.tracks import KM_PER_NM, great_circle_km, steps, track_order

KG_PER_TONNE, SECONDS_PER_HOUR = 1000.0, 3600.0
AIS_NO_SPEED = 102.2  # AIS speed field: 102.3 means not available, 102.2 or more (ITU-R M.1371)
CRUISE, SLOW, MANOEUVRE, ANCHOR, BERTH = range(5)
GAP = 5
LABELS = (*PHASES, "gap")


@dataclass(frozen=True)
class Intervals:
    """One entry per usable position, in order of ship and time: what happened since the position before.

    ``row`` is the place in the input; hours and distance are zero on the first position of a ship.
    """

    row: npt.NDArray[np.intp]
    ship: npt.NDArray[np.int64]
    first: BoolArray
    hours: FloatArray
    distance_nm: FloatArray
    speed_kn: FloatArray
    load: FloatArray
    phase: npt.NDArray[np.int64]
    in_eca: BoolArray


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row per ship and phase, or with ``points`` one per input row in the same order."""
    ids, ships, reasons, ship_frame = ship_file(options)
    index, codes, texts = positions_of(frame, ids)
    refuse_unknown(frame, index, reasons, np.ones(len(frame), dtype=np.bool_))
    intervals = _intervals(frame, index, ships, ship_frame.number("design_draught_m"))
    fuel = _fuel(intervals, ships, ship_frame.flag("shore_power", absent=False))
    if options["points"]:
        return _points(frame, intervals, fuel, ships)
    return _by_phase(frame, intervals, fuel, ships, ids, (codes, texts))


def _intervals(frame: Frame, index: npt.NDArray[np.int64], ships: Particulars, design: FloatArray) -> Intervals:
    usable = np.flatnonzero(frame.usable)
    seconds = frame.seconds("time")[usable]
    order, first = track_order(index[usable], seconds)
    row = usable[order]
    ship = index[row]
    hours = steps(seconds[order], first) / SECONDS_PER_HOUR
    speed, distance = _movement(frame, row, first, hours)
    area_codes, areas = frame.index("area")
    in_port = area_codes[row] == (areas.index("port") if "port" in areas else -2)
    ratio = _draught_ratio(frame, row, ship, design)
    cubic = ships.reference_power_kw / (ships.reference_speed_kn**3 * ships.margin * ships.main_power_kw)
    load = np.minimum(cubic[ship] * speed * speed * speed * ratio, 1.0)
    phase = _phases(speed, load, in_port)
    phase[hours > s.MAX_GAP.value] = GAP
    load[(phase == ANCHOR) | (phase == BERTH)] = 0.0
    return Intervals(row, ship, first, hours, distance, speed, load, phase, frame.flag("eca", absent=False)[row])


def _movement(
    frame: Frame, row: npt.NDArray[np.intp], first: BoolArray, hours: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean speed of each interval (kn) and its distance (nm): great circle, or speed × time where that jumps."""
    lat, lon = frame.number("latitude_deg")[row], frame.number("longitude_deg")[row]
    arc = np.zeros(len(row))
    arc[1:] = great_circle_km(lat[:-1], lon[:-1], lat[1:], lon[1:]) / KM_PER_NM
    arc[first] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        implied = np.where(hours > 0, arc / hours, 0.0)
    reported = frame.number("speed_kn")[row]
    reported[reported >= AIS_NO_SPEED] = np.nan
    before = np.concatenate([reported[:1], reported[:-1]])
    mean = np.where(first, reported, (reported + before) / 2)
    jump = implied > s.MAX_SPEED.value
    speed = np.where(np.isfinite(mean), mean, np.where(jump, 0.0, implied))
    return speed, np.where(jump, speed * hours, arc)


def _draught_ratio(
    frame: Frame, row: npt.NDArray[np.intp], ship: npt.NDArray[np.int64], design: FloatArray
) -> FloatArray | float:
    """(T/T_design)^(2/3); a ship without design draught takes the deepest of its own in the file."""
    if not frame.has("draught_m"):
        return 1.0
    draught = frame.number("draught_m")[row]
    draught[draught == 0] = np.nan
    deepest = np.full(len(design), -np.inf)
    known = np.isfinite(draught)
    np.maximum.at(deepest, ship[known], draught[known])
    reference = np.where(np.isfinite(design), design, deepest)[ship]
    ratio = np.cbrt(np.square(draught / np.where(reference > 0, reference, np.nan)))
    return np.where(np.isfinite(ratio), ratio, 1.0)


def _phases(speed: FloatArray, load: FloatArray, in_port: BoolArray) -> npt.NDArray[np.int64]:
    """GHG4 table 16 with port areas for its distance to port; without an area the ship is off the coast."""
    phase = np.where(load > s.CRUISE_LOAD.value, CRUISE, SLOW)
    phase[in_port & (speed > s.PHASE_DRIFT.value)] = MANOEUVRE
    phase[speed <= s.PHASE_DRIFT.value] = ANCHOR
    phase[in_port & (speed <= s.PHASE_STOP.value)] = BERTH
    return phase


@dataclass(frozen=True)
class _Fuel:
    """Tonnes of each interval by machinery, and kWh taken from shore."""

    main: FloatArray
    auxiliary: FloatArray
    boiler: FloatArray
    shore_kwh: FloatArray

    def without_gaps(self) -> _Fuel:
        """Zero where a gap has no value."""
        return _Fuel(*(np.nan_to_num(getattr(self, f.name)) for f in fields(self)))


def _fuel(at: Intervals, ships: Particulars, shore: BoolArray) -> _Fuel:
    distillate = baseline_sfc(ships.engine, np.full(len(ships.fuel), "mdo", dtype=object), ships.age)
    oil = np.isin(ships.fuel.astype(str), ("hfo", "lfo"))
    switch = at.in_eca & oil[at.ship]
    sfc = [
        np.where(switch, eca[at.ship], own[at.ship])
        for own, eca in zip((ships.sfc_main, ships.sfc_auxiliary, ships.sfc_boiler), distillate, strict=True)
    ]
    counted = np.where(at.phase == GAP, np.nan, at.hours)
    phase = np.minimum(at.phase, BERTH)
    auxiliary_kw = ships.auxiliary_kw[at.ship, phase]
    at_shore = (at.phase == BERTH) & shore[at.ship]
    main = main_fuel_rate(at.load, ships.main_power_kw[at.ship], sfc[0], ships.load_dependent[at.ship])
    return _Fuel(
        main * counted,
        np.where(at_shore, 0.0, demand_fuel_rate(auxiliary_kw, sfc[1]) * counted),
        demand_fuel_rate(ships.boiler_kw[at.ship, phase], sfc[2]) * counted,
        np.where(at_shore, auxiliary_kw * counted, 0.0),
    )


def _codes(at: Intervals, ships: Particulars) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Fuel codes burnt by main engine, and by auxiliary engines and boilers, in each interval."""
    main, other = ships.fuel[at.ship], ships.auxiliary_fuel[at.ship]
    if not at.in_eca.any():
        return main, other
    switch = at.in_eca & np.isin(main.astype(str), ("hfo", "lfo"))
    return np.where(switch, "mdo", main), np.where(switch, "mdo", other)


def _points(frame: Frame, at: Intervals, fuel: _Fuel, ships: Particulars) -> pa.Table:
    main_code, other_code = _codes(at, ships)
    tonnes = by_fuel((fuel.main, main_code), (fuel.auxiliary, other_code), (fuel.boiler, other_code))
    emission = emissions(tonnes, FUEL_SET, "t")
    rows = len(frame)

    def spread(values: FloatArray) -> FloatArray:
        out = np.full(rows, np.nan)
        out[at.row] = values
        return out

    phase = np.full(rows, None, dtype=object)
    phase[at.row] = np.array(LABELS, dtype=object)[at.phase]
    frame.refuse(_mask(rows, at.row[at.phase == GAP]), f"silence longer than {s.MAX_GAP.value:g} h before it")
    return arrow(
        {
            "ship_id": frame.table["ship_id"], "time": frame.table["time"], "phase": phase,
            "hours": spread(at.hours), "distance_nm": spread(at.distance_nm), "speed_used_kn": spread(at.speed_kn),
            "main_load": spread(at.load), "main_fuel_t": spread(fuel.main), "auxiliary_fuel_t": spread(fuel.auxiliary),
            "boiler_fuel_t": spread(fuel.boiler), "fuel_t": spread(fuel.main + fuel.auxiliary + fuel.boiler),
            "co2_t": spread(emission.co2_kg / KG_PER_TONNE), "shore_power_kwh": spread(fuel.shore_kwh),
            "reason": frame.reasons,
        }
    )  # fmt: skip


def _mask(rows: int, places: npt.NDArray[np.intp]) -> BoolArray:
    out = np.zeros(rows, dtype=np.bool_)
    out[places] = True
    return out


def _by_phase(
    frame: Frame, at: Intervals, fuel: _Fuel, ships: Particulars, ids: list[str],
    source: tuple[npt.NDArray[np.int32], list[str]],
) -> pa.Table:  # fmt: skip
    """Sums over ship and phase; then a row per ship for positions that were refused, so that none is lost."""
    key = at.ship * len(LABELS) + at.phase
    size = len(ids) * len(LABELS)
    present = np.flatnonzero(np.bincount(key[~at.first], minlength=size)) if len(key) else np.zeros(0, dtype=np.int64)

    def total(values: FloatArray) -> FloatArray:
        return np.bincount(key, weights=values, minlength=size)[present].astype(np.float64)

    fuel = fuel.without_gaps()

    ship, phase = present // len(LABELS), present % len(LABELS)
    switched = at.in_eca
    main, auxiliary, boiler = fuel.main, fuel.auxiliary, fuel.boiler
    other = auxiliary + boiler
    oil = np.isin(ships.fuel.astype(str), ("hfo", "lfo"))[ship]
    tonnes = by_fuel(
        (total(np.where(switched, 0, main)), ships.fuel[ship]),
        (total(np.where(switched, 0, other)), ships.auxiliary_fuel[ship]),
        (total(np.where(switched, main, 0)), np.where(oil, "mdo", ships.fuel[ship])),
        (total(np.where(switched, other, 0)), np.where(oil, "mdo", ships.auxiliary_fuel[ship])),
    )
    emission = emissions(tonnes, FUEL_SET, "t")
    known = phase != GAP
    sd = combined(s.SD_POWER.value, np.where(ships.defaulted[ship], s.SD_PARTICULARS.value, 0), emission.factor_sd)
    low, high = lognormal_95(emission.co2_kg, sd)
    gap = f"silence longer than {s.MAX_GAP.value:g} h: not computed"
    table: dict[str, Any] = {
        "ship_id": np.array(ids, dtype=object)[ship], "phase": np.array(LABELS, dtype=object)[phase],
        "positions": total(np.ones(len(key))), "hours": total(at.hours), "distance_nm": total(at.distance_nm),
        "main_fuel_t": total(main), "auxiliary_fuel_t": total(auxiliary), "boiler_fuel_t": total(boiler),
        "fuel_t": total(main + other), "co2_t": emission.co2_kg / KG_PER_TONNE, "co2_low_95_t": low / KG_PER_TONNE,
        "co2_high_95_t": high / KG_PER_TONNE, "shore_power_kwh": total(fuel.shore_kwh),
        "tier": None,
        "factor_ids": emission.factor_ids, "reason": choose(known, None, gap),
    }  # fmt: skip
    for name in (
        "main_fuel_t",
        "auxiliary_fuel_t",
        "boiler_fuel_t",
        "fuel_t",
        "co2_t",
        "co2_low_95_t",
        "co2_high_95_t",
    ):
        table[name] = np.where(known, table[name], np.nan)
    table["tier"] = choose(known, choose(ships.defaulted[ship], "2 positions, particulars by type", "2 positions"))
    return pa.concat_tables([_typed(table), _typed(_refused(frame, source, list(table)))], promote_options="permissive")


def _typed(table: dict) -> pa.Table:
    return arrow({**table, "positions": table["positions"].astype(np.int64)})


def _refused(frame: Frame, source: tuple[npt.NDArray[np.int32], list[str]], names: list[str]) -> dict:
    """One row per ship and reason for the positions that were not computed."""
    reasons = frame.reasons
    rows = np.flatnonzero(~frame.usable)
    codes, texts = source
    counts: dict[tuple[str | None, str], int] = {}
    for row in rows.tolist():
        key = (texts[codes[row]] if codes[row] >= 0 else None, reasons[row])
        counts[key] = counts.get(key, 0) + 1
    out = {name: np.full(len(counts), np.nan) for name in names}
    out |= {name: np.full(len(counts), None, dtype=object) for name in ("phase", "tier", "factor_ids")}
    out["ship_id"] = np.array([ship for ship, _ in counts], dtype=object)
    out["reason"] = np.array([reason for _, reason in counts], dtype=object)
    out["positions"] = np.array(list(counts.values()), dtype=np.float64)
    return out
