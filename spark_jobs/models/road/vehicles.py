"""Classes of road vehicles, their fuels and stages, and the functions that ``classes.yaml`` names for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from spark_jobs.models.codes import CodeList
from spark_jobs.models.frame import FloatArray

FUELS = CodeList(
    "fuel",
    {
        "diesel": "柴油",
        "petrol": "汽油",
        "lng": "液化天然气",
        "cng": "压缩天然气",
        "hydrogen": "氢气",
        "electricity": "电力",
        "hybrid_petrol": "汽油混合动力",
        "hybrid_diesel": "柴油混合动力",
    },
    {
        "gasoline": "petrol",
        "汽油": "petrol",
        "柴油": "diesel",
        "电": "electricity",
        "bev": "electricity",
        "ev": "electricity",
        "h2": "hydrogen",
        "fcev": "hydrogen",
        "hev": "hybrid_petrol",
        "hybrid": "hybrid_petrol",
    },
)
STAGES = CodeList(
    "emission standard",
    {"I": "国一", "II": "国二", "III": "国三", "IV": "国四", "V": "国五", "VI": "国六"},
    {
        "1": "I",
        "2": "II",
        "3": "III",
        "4": "IV",
        "5": "V",
        "6": "VI",
        "国一": "I",
        "国二": "II",
        "国三": "III",
        "国四": "IV",
        "国五": "V",
        "国六": "VI",
        "国1": "I",
        "国2": "II",
        "国3": "III",
        "国4": "IV",
        "国5": "V",
        "国6": "VI",
        "china v": "V",
        "china vi": "VI",
        "euro v": "V",
        "euro vi": "VI",
    },
)
CARRIER = {"hybrid_petrol": "petrol", "hybrid_diesel": "diesel"}
"""A hybrid's fuel is what is filled in."""

_ALIASES = {
    "coach": {"coach": "coach_le_18t", "standard": "coach_le_18t", "客车": "coach_le_18t"},
    "urban-passenger": {
        "taxi": "car",
        "ride_hailing": "car",
        "出租车": "car",
        "网约车": "car",
        "bus": "bus_15_18t",
        "公交": "bus_15_18t",
    },
    "road-freight": {
        "<4.5t": "lt_4_5t",
        "light": "lt_4_5t",
        "4.5-12t": "4_5_to_12t",
        "medium": "4_5_to_12t",
        ">12t": "gt_12t",
        "heavy": "gt_12t",
        "小于4.5吨": "lt_4_5t",
        "4.5吨-12吨": "4_5_to_12t",
        "大于12吨": "gt_12t",
    },
}


@dataclass(frozen=True)
class Curve:
    """Name of a consumption function in a COPERT table of the library."""

    table: str
    fuel: str
    segment: str


@cache
def data() -> dict[str, Any]:
    """The whole of ``classes.yaml``."""
    return dict(yaml.safe_load(Path(__file__).with_name("classes.yaml").read_text(encoding="utf-8")))


def class_codes(kind: str) -> CodeList:
    """Mass classes of a kind of transport (coach, urban-passenger, road-freight)."""
    classes = data()[kind]["classes"]
    return CodeList("mass class", {code: spec["zh"] for code, spec in classes.items()}, _ALIASES[kind])


def class_index_of_mass(kind: str, gross_t: FloatArray) -> npt.NDArray[np.int64]:
    """Position of the class of a permitted gross mass (t, shape (rows,)) among the kind's classes."""
    upper = [spec["gross_t"][1] for spec in data()[kind]["classes"].values()]
    return np.minimum(np.searchsorted(upper, gross_t, side="right"), len(upper) - 1)


def finer_limits(kind: str) -> list[float]:
    """Upper limits (t) of the brackets of gross mass that have functions of their own; empty for none."""
    return [float(limit) for limit, *_ in data()[kind].get("by_gross_t", ())]


def curve_of(kind: str, code: str, fuel: str, gross_t: float | None) -> Curve | None:
    """Consumption function of a class and fuel, finer where the gross mass is known; None where there is none."""
    named = data()[kind]["classes"][code]["copert"].get(fuel)
    if named is not None and fuel == "diesel" and gross_t is not None:
        for limit, *finer in data()[kind].get("by_gross_t", ()):
            if gross_t <= limit:
                named = finer
                break
    return Curve(*named) if named else None
