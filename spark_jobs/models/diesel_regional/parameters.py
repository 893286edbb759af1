"""Physical parameters per mass class, all from the factor library: road load, fuel line, unresolved work, guide."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from factor_library.library import library
from spark_jobs.models.codes import CodeList
from spark_jobs.models.diesel_regional import settings as s
from spark_jobs.models.frame import FloatArray

KW_PER_W = 1e-3
SPEED_LEVELS = ("S20", "S20_30", "S30_40", "S40_80", "S80")
SPEED_LIMITS_KMH = (20.0, 30.0, 40.0, 80.0)
POLLUTANTS = ("NOx", "PM10")


@dataclass(frozen=True)
class Willans:
    """Fuel power of an engine: ``idle_kw + slope × output``, both in kW; ``rated_kw`` bounds the output."""

    idle_kw: float
    slope: float
    rated_kw: float


@dataclass(frozen=True)
class ClassParameters:
    """Arrays over the mass classes, in the order of ``class_names``.

    ``rolling``: kW s/m per tonne. ``drag``: kW s³/m³. ``typical_t``: mass where none is known. ``fixed_mass_t``:
    MOVES' f, which makes power a scaled tractive power. ``idle_kw, auxiliary_kw``: kW. ``most_kw``: the most
    output, kW, that of the stronger reference truck, so that a strong truck uphill is not cut short.
    """

    rolling: FloatArray
    linear: FloatArray
    drag: FloatArray
    typical_t: FloatArray
    fixed_mass_t: FloatArray
    idle_kw: FloatArray
    auxiliary_kw: FloatArray
    most_kw: FloatArray


@cache
def data() -> dict[str, Any]:
    """The whole of ``classes.yaml``."""
    return dict(yaml.safe_load(Path(__file__).with_name("classes.yaml").read_text(encoding="utf-8")))


def class_names() -> list[str]:
    """Codes of the mass classes, in order."""
    return list(data()["classes"])


def class_codes() -> CodeList:
    """Mass classes as printed by help."""
    return CodeList("mass class", {code: spec["zh"] for code, spec in data()["classes"].items()}, data()["aliases"])


def class_of_mass(mass_t: FloatArray) -> np.ndarray:
    """Class index of an actual mass (t); −1 never occurs, the heaviest class has no upper limit."""
    limits = [(spec["up_to_t"], n) for n, spec in enumerate(data()["classes"].values()) if spec["up_to_t"]]
    upper = np.array([limit for limit, _ in limits])
    index = np.array([n for _, n in limits])
    return index[np.minimum(np.searchsorted(upper, mass_t), len(upper) - 1)]


def fitted_line(vehicle: str) -> Willans:
    """Least-squares line of fuel power over output through a published efficiency map."""
    rows = [r for r in library().table("truck_engine_maps").to_pylist() if r["vehicle"] == vehicle]
    rated = rows[0]["rated_kw"]
    points = [r for r in rows if r["output_share"] >= s.FIT_FROM.value]
    output = np.array([r["output_share"] for r in points]) * rated
    fuel = output / np.array([r["efficiency"] for r in points])
    slope, idle = np.polyfit(output, fuel, 1)
    return Willans(float(idle), float(slope), rated)


@cache
def willans() -> Willans:
    """The one line for a fleet of mixed age: the mean of the lines of the two published maps."""
    vehicles = sorted({r["vehicle"] for r in library().table("truck_engine_maps").to_pylist()})
    lines = [fitted_line(vehicle) for vehicle in vehicles]
    return Willans(*(float(np.mean([getattr(line, name) for line in lines])) for name in Willans.__annotations__))


@cache
def driveline_efficiency() -> float:
    """Engine to wheel: mean of the trucks whose maps make the fuel line."""
    maps = {r["vehicle"] for r in library().table("truck_engine_maps").to_pylist()}
    rows = [r for r in library().table("truck_reference_vehicles").to_pylist() if r["vehicle"] in maps]
    return float(np.mean([r["driveline_efficiency"] for r in rows]))


@cache
def heating_value_mj_per_kg() -> float:
    """Lower heating value of conventional diesel (MOVES), MJ/kg: turns fuel power into fuel mass."""
    rows = library().table("road_moves_fuel_subtype").to_pylist()
    return float(next(r["energyContent"] for r in rows if r["fuelSubtypeDesc"] == "Conventional Diesel Fuel"))


@cache
def unresolved() -> tuple[FloatArray, FloatArray]:
    """Interval (s) and share of roughness that is work unseen between fixes; derived from open driving cycles."""
    rows = library().table("truck_unresolved_work").to_pylist()
    return np.array([r["interval_s"] for r in rows]), np.array([r["share_of_roughness"] for r in rows])


@cache
def class_parameters() -> ClassParameters:
    """Parameters of every mass class; raises LookupError where MOVES has no row for it."""
    line = willans()
    strongest = max(library().table("truck_engine_maps").column("rated_kw").to_pylist())
    columns: dict[str, list[float]] = {name: [] for name in ClassParameters.__annotations__}
    for spec in data()["classes"].values():
        row = _road_load(*spec["moves"])
        share = (spec["rated_kw"] or line.rated_kw) / line.rated_kw
        columns["rolling"].append(row["A_kW_s_per_m"] / row["M_tonne"])
        columns["linear"].append(row["B_kW_s2_per_m2"])
        columns["drag"].append(row["C_kW_s3_per_m3"])
        columns["typical_t"].append(row["M_tonne"])
        columns["fixed_mass_t"].append(row["f_scale"])
        columns["idle_kw"].append(line.idle_kw * share)
        columns["auxiliary_kw"].append(s.AUXILIARY.value * share)
        columns["most_kw"].append(strongest * share)
    return ClassParameters(**{name: np.array(values) for name, values in columns.items()})


def _road_load(source_type: int, reg_class: int) -> dict[str, Any]:
    year = data()["model_year"]
    for row in library().table("road_moves_stp_coefficients").to_pylist():
        if (row["sourceTypeID"], row["regClassID"]) == (source_type, reg_class) and (
            row["beginModelYearID"] <= year <= row["endModelYearID"]
        ):
            return dict(row)
    raise LookupError(f"no MOVES road load for source type {source_type}, regulatory class {reg_class}, year {year}")


@cache
def guide_g_per_km(stages: tuple[str, ...]) -> FloatArray:
    """g/km of shape (class, stage, speed bin, pollutant); NaN for stage VI, which the guide does not have."""
    base = {
        (r["TYPE"], r["STANDARD"], r["POLLUTANT"]): r["value"]
        for r in library().table("road_mee2014_base_ef").to_pylist()
        if r["VEH"] == "Trucks" and r["FUEL"] == "D"
    }
    factor = {
        (r["STANDARD"], r["POLLUTANT"], r["level"]): r["factor"]
        for r in library().table("road_mee2014_corrections").to_pylist()
        if r["correction"] == "speed km/h bin" and r["FUEL"] == "D"
    }
    out = np.full((len(class_names()), len(stages), len(SPEED_LEVELS), len(POLLUTANTS)), np.nan)
    for c, spec in enumerate(data()["classes"].values()):
        for t, stage in enumerate(stages):
            for b, level in enumerate(SPEED_LEVELS):
                for p, pollutant in enumerate(POLLUTANTS):
                    value = base.get((spec["guide"], stage, pollutant))
                    if value is not None:
                        out[c, t, b, p] = value * factor[stage, pollutant, level]
    return out
