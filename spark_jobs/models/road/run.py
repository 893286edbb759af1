"""Energy and gases of road vehicles by what is known of each: reported, speed function, rate per distance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from factor_library.library import library
from spark_jobs.models.frame import BoolArray, FloatArray, Frame, Options, arrow
from spark_jobs.models.interval import combined, lognormal_95
from spark_jobs.models.road.carriers import carriers, road_emission
from spark_jobs.models.road.columns import DEFAULT_LOAD, DEFAULT_STAGE, LIGHT_T, RATE, REPORTED, SD, SPEED
from spark_jobs.models.road.copert import Surface, surface
from spark_jobs.models.road.vehicles import CARRIER, class_index_of_mass, curve_of, data, finer_limits
from spark_jobs.models.road.weather import cold_start_multiplier, electric_multiplier

_PERCENT = 100.0
_RATE_UNIT = {"electricity": "kWh/100km", "hydrogen": "kg/100km"}  # carriers without carbon: rates are of energy
_DRIVING = ("mean_speed_kmh", "load_factor", "slope_percent", "temperature_c", "distance_km")


@dataclass(frozen=True)
class Group:
    """Rows of one class, fuel, stage and bracket of gross mass: they share their functions.

    Args:
        gross_t: upper limit of the bracket, None where the mass is not known. ``rows``: positions, shape (n,).
    """

    kind: str
    code: str
    fuel: str
    stage: str
    gross_t: float | None
    rows: np.ndarray

    @property
    def spec(self) -> dict:
        """The class's entry in ``classes.yaml``."""
        return dict(data()[self.kind]["classes"][self.code])

    def function(self, fuel: str) -> Surface | None:
        """Energy function of the class for a fuel at the stage."""
        curve = curve_of(self.kind, self.code, fuel, self.gross_t)
        return surface(curve, self.stage) if curve else None


def compute_coach(frame: Frame, options: Options) -> pa.Table:
    """`lake model coach`."""
    return _compute(frame, "coach")


def compute_urban_passenger(frame: Frame, options: Options) -> pa.Table:
    """`lake model urban-passenger`."""
    return _compute(frame, "urban-passenger")


def compute_road_freight(frame: Frame, options: Options) -> pa.Table:
    """`lake model road-freight`."""
    return _compute(frame, "road-freight")


def _compute(frame: Frame, kind: str) -> pa.Table:
    """One row a vehicle record; a reported quantity of any carrier beats a model."""
    used = {fuel: frame.number(carrier.column).copy() for fuel, carrier in carriers().items()}
    reported = np.any([np.isfinite(q) for q in used.values()], axis=0) & frame.usable
    frame.refuse(~reported & np.isnan(frame.number("distance_km")), "distance_km: neither fuel nor distance is given")
    nothing = np.full(len(frame), None, dtype=object)
    tier = np.where(reported, np.full(len(frame), REPORTED, dtype=object), nothing)
    columns = {name: frame.number(name) for name in _DRIVING}
    for group in _groups(frame, kind, frame.usable & ~reported):
        _model(frame, group, {name: values[group.rows] for name, values in columns.items()}, used, tier)
    usable = frame.usable
    used = {fuel: np.where(usable, quantity, np.nan) for fuel, quantity in used.items()}
    gases = road_emission(used)
    sd = combined(np.select([tier == name for name in SD], list(SD.values()), np.nan), gases.factor_sd)
    low, high = lognormal_95(gases.co2_kg, sd)
    wtw_low, wtw_high = lognormal_95(gases.co2e_wtw_kg, sd)
    return arrow(
        {
            "vehicle_id": frame.text("vehicle_id"),
            **{carriers()[fuel].column: quantity for fuel, quantity in used.items()},
            "co2_kg": gases.co2_kg,
            "co2_low_95_kg": low,
            "co2_high_95_kg": high,
            "co2e_wtw_ar6_kg": gases.co2e_wtw_kg,
            "co2e_wtw_ar6_low_95_kg": wtw_low,
            "co2e_wtw_ar6_high_95_kg": wtw_high,
            "tier": np.where(usable, tier, nothing),
            "factor_ids": np.where(usable, gases.factor_ids, nothing),
            "reason": frame.reasons,
        }
    )


def _groups(frame: Frame, kind: str, open_rows: BoolArray) -> Iterator[Group]:
    """Rows to model; without a class they take that of their mass, else the default class."""
    codes, limits = list(data()[kind]["classes"]), finer_limits(kind)
    mass = frame.number("mass_t")
    given, names = frame.index("mass_class")
    own = np.array([*(codes.index(name) for name in names), -1])[given]
    by_mass = np.where(np.isnan(mass), codes.index(data()[kind]["default"]), class_index_of_mass(kind, mass))
    stage, stages = frame.index("emission_standard")
    fuel, fuels = frame.index("fuel")
    bracket = np.where(
        np.isnan(mass) | (len(limits) == 0), -1, np.minimum(np.searchsorted(limits, mass), len(limits) - 1)
    )
    shape = (len(codes), len(fuels) + 1, len(stages) + 1, len(limits) + 1)
    parts = (np.where(own < 0, by_mass, own), fuel + 1, stage + 1, bracket + 1)
    keys = np.ravel_multi_index([part[open_rows] for part in parts], shape)
    order = np.argsort(keys, kind="stable")
    cuts = np.flatnonzero(np.diff(keys[order])) + 1
    for chosen in np.split(np.flatnonzero(open_rows)[order], cuts) if len(order) else ():
        c, f, g, k = (int(part[chosen[0]]) - (position > 0) for position, part in enumerate(parts))
        yield Group(
            kind, codes[c], fuels[f], stages[g] if g >= 0 else DEFAULT_STAGE, None if k < 0 else limits[k], chosen
        )


def _model(
    frame: Frame, group: Group, driving: dict[str, FloatArray], used: dict[str, FloatArray], tier: np.ndarray
) -> None:
    """Fill the carrier of a group's rows and their tiers, or refuse them. ``driving``: its rows of the columns."""
    speed, load, slope, temperature, distance = (driving[name] for name in _DRIVING)
    load, slope = np.where(np.isnan(load), DEFAULT_LOAD.value, load), np.nan_to_num(slope) / _PERCENT
    function = _by_function(group, np.where(np.isnan(speed), group.spec["speed_kmh"], speed), load, slope)
    rate = _by_rate(group, function)
    if function is None and rate is None:
        where = np.zeros(len(frame), dtype=np.bool_)
        where[group.rows] = True
        frame.refuse(where, f"fuel: no consumption with a source is known for {group.fuel} in class {group.code}")
        return
    by_speed = ~np.isnan(speed) if function is not None else np.zeros(len(speed), dtype=np.bool_)
    per_km = np.where(by_speed, function if function is not None else 0.0, rate if rate is not None else 0.0)
    energy = per_km * distance * _weather(group, temperature)
    fuel = CARRIER.get(group.fuel, group.fuel)
    used[fuel][group.rows] = energy / carriers()[fuel].mj
    tier[group.rows] = np.where(by_speed, SPEED, RATE)


def _by_function(group: Group, speed: FloatArray, load: FloatArray, slope: FloatArray) -> FloatArray | None:
    """MJ/km by the class's function, else by that of diesel times the ratio of two rates of the library."""
    own = group.function(group.fuel)
    if own is not None:
        return own.mj_per_km(speed, load, slope)
    ratio, diesel = data()["by_ratio"].get(group.fuel), group.function("diesel")
    if ratio is None or diesel is None:
        return None
    return (
        diesel.mj_per_km(speed, load, slope) * _mj_per_km(ratio["of"], group.fuel) / _mj_per_km(ratio["to"], "diesel")
    )


def _by_rate(group: Group, function: FloatArray | None) -> FloatArray | None:
    """MJ/km by the class's rate of the library; without one, its function at the class's planning speed."""
    factor_id = group.spec["rate"].get(group.fuel)
    return function if factor_id is None else np.full(len(group.rows), _mj_per_km(factor_id, group.fuel))


def _mj_per_km(factor_id: str, fuel: str) -> float:
    """A rate of the library in MJ/km: its energy per distance, or CO2 per distance through the fuel's own factor."""
    if fuel in _RATE_UNIT:
        return library().value(factor_id, _RATE_UNIT[fuel]) * carriers()[fuel].mj / _PERCENT
    one_unit = road_emission({fuel: np.array([1.0])})
    return library().value(factor_id, "kgCO2/km") / float(one_unit.co2_kg[0]) * carriers()[fuel].mj


def _weather(group: Group, temperature: FloatArray) -> FloatArray:
    if group.fuel in _RATE_UNIT:
        return electric_multiplier(group.spec["temperature"], group.fuel, temperature)
    fuel = CARRIER.get(group.fuel, group.fuel)
    if group.spec["gross_t"][1] > LIGHT_T.value or fuel not in ("petrol", "diesel"):
        return np.ones(len(temperature))
    return cold_start_multiplier(fuel, temperature)
