"""Ship fuels: code list and report columns; their codes are those of the fuel set ``imo_ship``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spark_jobs.models.codes import CodeList
from spark_jobs.models.frame import Column, FloatArray, Frame


@dataclass(frozen=True)
class Fuel:
    """One fuel of the set ``imo_ship``: the GHG4 fuel name of its SFC rows, and names."""

    sfc_name: str
    title: str
    title_zh: str
    aliases: tuple[str, ...] = ()


FUEL_SET = "imo_ship"
FUELS: dict[str, Fuel] = {
    "hfo": Fuel("HFO", "heavy fuel oil (RME–RMK)", "重质燃料油", ("HSFO", "residual", "RMG", "LSHFO")),
    "lfo": Fuel("HFO", "light fuel oil (RMA–RMD)", "轻质燃料油", ("VLSFO",)),
    "mdo": Fuel("MDO", "marine diesel or gas oil (DMX–DMB)", "船用柴油", ("MGO", "diesel", "gas oil", "MDO/MGO", "DO")),
    "lng": Fuel("LNG", "liquefied natural gas", "液化天然气", ("natural gas",)),
    "methanol": Fuel("MeOH", "methanol", "甲醇", ("MeOH",)),
    "ethanol": Fuel("", "ethanol", "乙醇"),
    "lpg_propane": Fuel("", "LPG, propane", "液化石油气（丙烷）", ("propane",)),
    "lpg_butane": Fuel("", "LPG, butane", "液化石油气（丁烷）", ("butane",)),
    "ethane": Fuel("", "ethane", "乙烷"),
}
ENGINE_FUELS = tuple(code for code, fuel in FUELS.items() if fuel.sfc_name)
CODES = CodeList(
    "fuel",
    {code: f"{FUELS[code].title} ({FUELS[code].title_zh})" for code in ENGINE_FUELS},
    {alias: code for code in ENGINE_FUELS for alias in FUELS[code].aliases},
)
FUEL_COLUMNS = tuple(
    Column(
        f"{code}_t",
        "number",
        "t",
        f"{fuel.title} consumed",
        fuel.title_zh,
        low=0,
        absence="counts as none burnt; without any fuel column the tier is lower",
    )
    for code, fuel in FUELS.items()
)


def reported_t(frame: Frame) -> dict[str, FloatArray]:
    """Fuel code → reported tonnes, NaN where not reported."""
    return {code: frame.number(f"{code}_t") for code in FUELS}


def any_reported(fuel_t: Mapping[str, FloatArray]) -> np.ndarray:
    """True for rows with at least one fuel value (a zero is a value)."""
    return np.any([np.isfinite(tonnes) for tonnes in fuel_t.values()], axis=0)
