"""Particulars of ships: what is given, and by type and size what is not."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

import numpy as np
import numpy.typing as npt

from factor_library.library import library
from spark_jobs.models.frame import BoolArray, FloatArray, Frame
from spark_jobs.models.shipping import settings as s
from spark_jobs.models.shipping.fuels import FUELS
from spark_jobs.models.shipping.ship_types import SHIP_TYPES

PHASES = ("cruise", "slow", "manoeuvre", "anchor", "berth")
_PHASE_COLUMN = {
    "cruise": "Transit",
    "slow": "Transit",
    "manoeuvre": "Maneuvering",
    "anchor": "Anchorage",
    "berth": "Berth",
}
_COASTAL = frozenset(
    {"service_tug", "misc_fishing", "offshore", "service_other", "misc_other", "ferry_ropax", "ferry_pax_only"}
)
_SMALL_BELOW = {
    "bulk_carrier": 10_000,
    "chemical_tanker": 10_000,
    "general_cargo": 10_000,
    "oil_tanker": 10_000,
    "container": 1_000,
    "cruise": 2_000,
    "roro": 5_000,
}  # GHG4, text of equation 8
_TONNAGE_RATIO = {
    "cruise_ship": s.GT_CRUISE,
    "passenger_ship": s.GT_CRUISE,
    "passenger_ferry": s.GT_CRUISE,
    "vehicle_carrier": s.GT_VEHICLE,
    "ro_ro_cargo_ship": s.GT_RORO,
    "container_ro_ro_cargo_ship": s.GT_RORO,
    "ro_pax_ship": s.GT_ROPAX,
    "high_speed_ro_pax_ship": s.GT_ROPAX,
}
_GAS_ENGINE = "LNG-Otto-MS"


@dataclass(frozen=True)
class Particulars:
    """One entry per ship, all arrays of shape (ships,) unless stated.

    ``reference_power_kw`` is the power at ``reference_speed_kn`` in calm water at design draught; ``margin`` the
    product of hull and weather efficiency that power is divided by. ``auxiliary_kw`` and ``boiler_kw`` have shape
    (ships, phases). ``sfc_*`` are g/kWh. ``defaulted`` is true where power or reference speed came by type and size.
    """

    ship_type: npt.NDArray[np.object_]
    deadweight_t: FloatArray
    gross_tonnage: FloatArray
    main_power_kw: FloatArray
    reference_power_kw: FloatArray
    reference_speed_kn: FloatArray
    margin: FloatArray
    auxiliary_kw: FloatArray
    boiler_kw: FloatArray
    sfc_main: FloatArray
    sfc_auxiliary: FloatArray
    sfc_boiler: FloatArray
    load_dependent: BoolArray
    engine: npt.NDArray[np.object_]
    age: npt.NDArray[np.object_]
    fuel: npt.NDArray[np.object_]
    auxiliary_fuel: npt.NDArray[np.object_]
    defaulted: BoolArray

    def take(self, index: npt.NDArray[np.integer]) -> Particulars:
        """Entries by position, e.g. one per voyage; −1 (an unknown ship) takes any and must be refused."""
        return Particulars(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


def refuse_incomplete(frame: Frame, ships: Particulars) -> None:
    """A reason on ships whose main-engine power or consumption cannot be known."""
    no_power = ~np.isfinite(ships.main_power_kw * ships.reference_power_kw)
    frame.refuse(no_power, np.array([_power_reason(kind) for kind in ships.ship_type], dtype=object))
    no_sfc = ~np.isfinite(ships.sfc_main)
    frame.refuse(no_sfc, "no published consumption for this engine_type and fuel; give sfc_main_g_per_kwh")


def particulars(frame: Frame) -> Particulars:
    """Particulars of a conformed table with the columns of a ships file; NaN where a value cannot be known."""
    kinds = frame.text("ship_type")
    deadweight = frame.number("deadweight_t")
    gross = _gross(kinds, deadweight, frame.number("gross_tonnage"))
    power, speed = frame.number("main_engine_kw"), frame.number("reference_speed_kn")
    size = ghg4_size(kinds, deadweight, gross, frame.number("teu"), frame.number("capacity_m3"))
    mean_power, mean_speed = reference_power_speed(kinds, deadweight, gross)
    own = np.isfinite(power) & np.isfinite(speed)
    main = np.where(np.isfinite(power), power, mean_power)
    reference_power = np.where(np.isfinite(speed), main * design_load(kinds, size), s.EEXI_LOAD.value * mean_power)
    fuel, engine, age = _fuels_and_engines(frame, kinds)
    sfc = baseline_sfc(engine, fuel, age)
    given = [frame.number(f"sfc_{name}_g_per_kwh") for name in ("main", "auxiliary", "boiler")]
    used = [np.where(np.isfinite(g), g, v) for g, v in zip(given, sfc, strict=True)]
    auxiliary, boiler = auxiliary_and_boiler(kinds, size, main)
    return Particulars(
        ship_type=kinds,
        deadweight_t=deadweight,
        gross_tonnage=gross,
        main_power_kw=main,
        reference_power_kw=reference_power,
        reference_speed_kn=np.where(np.isfinite(speed), speed, mean_speed),
        margin=s.HULL.value * weather(kinds, size),
        auxiliary_kw=auxiliary,
        boiler_kw=boiler,
        sfc_main=used[0],
        sfc_auxiliary=used[1],
        sfc_boiler=used[2],
        load_dependent=~np.isin(engine.astype(str), ("gas_turbine", "steam_turbine")),
        engine=engine,
        age=age,
        fuel=fuel,
        auxiliary_fuel=auxiliary_fuel(fuel),
        defaulted=~own,
    )


def _gross(kinds: npt.NDArray[np.object_], deadweight: FloatArray, gross: FloatArray) -> FloatArray:
    """Gross tonnage; of ships that carry volume rather than mass by a ratio to deadweight where it is absent."""
    out = gross.copy()
    for kind, ratio in _TONNAGE_RATIO.items():
        absent = (kinds == kind) & ~np.isfinite(gross)
        out[absent] = deadweight[absent] * ratio.value
    return out


def _unknown(kinds: npt.NDArray[np.object_]) -> BoolArray:
    return np.array([kind is None for kind in kinds], dtype=np.bool_)


def _power_reason(kind: str | None) -> str:
    if kind is None:
        return "ship_type: missing, and needed"
    measure = "gross_tonnage" if SHIP_TYPES[kind].cii.startswith("Cruise") else "deadweight_t"
    return f"no {measure} to take main-engine power from; give {measure}, or main_engine_kw and reference_speed_kn"


def _by_type(kinds: npt.NDArray[np.object_]) -> list[tuple[str, BoolArray]]:
    return [(kind, kinds == kind) for kind in dict.fromkeys(k for k in kinds if k is not None)]


@cache
def _regressions() -> dict[tuple[str, str], dict]:
    rows = library().table("ship_reference_speed_power").to_pylist()
    return {(row["quantity"], row["ship_type"]): row for row in rows}


def reference_power_speed(
    kinds: npt.NDArray[np.object_], deadweight: FloatArray, gross: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """MCR_avg (kW) and V_ref,avg (kn, at 75 % of MCR) by type and size, MEPC.333(76)."""
    out = {"MCR_avg": np.full(len(kinds), np.nan), "V_ref,avg": np.full(len(kinds), np.nan)}
    for kind, rows in _by_type(kinds):
        for quantity, values in out.items():
            fit = _regressions()[quantity, SHIP_TYPES[kind].cii]
            size = (gross if fit["size_measure"] == "GT" else deadweight)[rows]
            capped = np.minimum(size, fit["size_cap"]) if fit["size_cap"] else size
            values[rows] = fit["coefficient"] * np.where(capped > 0, capped, np.nan) ** fit["exponent"]
    return out["MCR_avg"], out["V_ref,avg"]


def ghg4_size(
    kinds: npt.NDArray[np.object_], deadweight: FloatArray, gross: FloatArray, teu: FloatArray, volume: FloatArray
) -> FloatArray:
    """Size in the unit of the type's rows of GHG4 table 17 (t, GT, TEU or m³); by ratios where it is not given."""
    out = deadweight.copy()
    for kind, rows in _by_type(kinds):
        name = SHIP_TYPES[kind].ghg4
        unit = _power_rows(name)[0]["sizeUnits"]
        if unit == "TEU":
            out[rows] = np.where(np.isfinite(teu), teu, deadweight / s.TEU_TONNES.value)[rows]
        elif unit == "cbm":
            out[rows] = np.where(np.isfinite(volume), volume, deadweight * s.GAS_M3.value)[rows]
        elif unit == "GT":
            out[rows] = np.where(np.isfinite(gross), gross, deadweight)[rows]
    return out


@cache
def _power_rows(name: str) -> list[dict]:
    rows = library().table("ship_aux_boiler_power").to_pylist()
    return [row for row in rows if row["dataset"] == "IMO4_Table17" and row["shipType"] == name]


def auxiliary_and_boiler(
    kinds: npt.NDArray[np.object_], size: FloatArray, main: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """kW by ship and phase, GHG4 table 17 with its rule for ships of small main power."""
    out = {name: np.zeros((len(kinds), len(PHASES))) for name in ("auxiliary_engine", "boiler")}
    for kind, rows in _by_type(kinds):
        for row in _power_rows(SHIP_TYPES[kind].ghg4):
            unknown = ~np.isfinite(size) if row["sizeMin"] == 0 else np.zeros(len(kinds), np.bool_)
            inside = rows & (((size >= row["sizeMin"]) & (size < row["sizeMax"])) | unknown)
            out[row["equipment"]][inside] = [row[_PHASE_COLUMN[phase]] for phase in PHASES]
    auxiliary, boiler = out["auxiliary_engine"], out["boiler"]
    medium = main <= s.MID_POWER.value
    auxiliary[medium] = (main[medium] * s.MID_SHARE.value)[:, None]
    small = main < s.SMALL_POWER.value
    auxiliary[small], boiler[small] = 0.0, 0.0
    return auxiliary, boiler


def weather(kinds: npt.NDArray[np.object_], size: FloatArray) -> FloatArray:
    """Weather efficiency by type and size, GHG4 text of equation 8."""
    out = np.full(len(kinds), s.WEATHER_SEA.value)
    for kind, rows in _by_type(kinds):
        name = SHIP_TYPES[kind].ghg4
        coastal = rows & ((size < _SMALL_BELOW.get(name, 0)) | (name in _COASTAL))
        out[coastal] = s.WEATHER_COAST.value
    return out


def design_load(kinds: npt.NDArray[np.object_], size: FloatArray) -> FloatArray:
    """Share of MCR at which the design speed is reached in calm water (GHG4's δ_w)."""
    out = np.ones(len(kinds))
    out[(kinds == "container_ship") & (size > s.BIG_CONTAINER_TEU.value)] = s.BIG_CONTAINER.value
    out[kinds == "cruise_ship"] = s.CRUISE.value
    return out


def auxiliary_fuel(fuel: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Fuel of auxiliary engines and boilers: the main engine's, but diesel oil where that is methanol."""
    return np.where(fuel == "methanol", "mdo", fuel)


def _fuels_and_engines(
    frame: Frame, kinds: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    fuel, engine, built = frame.text("fuel"), frame.text("engine_type"), frame.number("built_year")
    for kind, rows in _by_type(kinds):
        no_fuel, no_engine = rows & _unknown(fuel), rows & _unknown(engine)
        fuel[no_fuel] = SHIP_TYPES[kind].fuel
        engine[no_engine] = SHIP_TYPES[kind].engine
        engine[no_engine & (fuel == "lng")] = _GAS_ENGINE
    engine[(fuel == "lng") & np.isin(engine.astype(str), ("SSD", "MSD", "HSD"))] = _GAS_ENGINE
    age = np.where(built <= 1983, "<=1983", np.where(built <= 2000, "1984-2000", ">=2001")).astype(object)
    return fuel, engine, age


@cache
def _sfc_table() -> dict[tuple[str, str, str], float]:
    rows = [r for r in library().table("ship_sfc").to_pylist() if r["set"] == "IMO4_Table19"]
    return {(r["engineType"], r["fuelType"], r["age"]): r["value"] for r in rows}


def baseline_sfc(
    engine: npt.NDArray[np.object_], fuel: npt.NDArray[np.object_], age: npt.NDArray[np.object_]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Baseline SFC (g/kWh) of main engine, auxiliary engines and boilers, GHG4 table 19."""
    auxiliary, boiler = (np.full(len(fuel), name, dtype=object) for name in ("auxiliary_engine", "steam_boiler"))
    return _sfc(engine, fuel, age), _sfc(auxiliary, fuel, age), _sfc(boiler, fuel, age)


def _sfc(engine: npt.NDArray[np.object_], fuel: npt.NDArray[np.object_], age: npt.NDArray[np.object_]) -> FloatArray:
    """Baseline SFC in g/kWh; where the age class has no row, the newest class; auxiliary of methanol ships on MDO."""
    keys = list(zip(engine.tolist(), fuel.tolist(), age.tolist(), strict=True))
    known = {key: _sfc_of(*key) for key in set(keys)}
    return np.array([known[key] for key in keys], dtype=np.float64)


def _sfc_of(engine: str | None, fuel: str | None, age: str) -> float:
    if engine is None or fuel is None:
        return float("nan")
    name = FUELS[fuel].sfc_name
    if engine in ("auxiliary_engine", "steam_boiler") and fuel == "methanol":
        name = "MDO"
    table = _sfc_table()
    return table.get((engine, name, age), table.get((engine, name, ">=2001"), float("nan")))
