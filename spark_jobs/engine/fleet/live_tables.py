"""Tables of the live database, made from the state of the fleet; ``live_tables.yaml`` is their dictionary.

Open tables hold no cell, class or minute of fewer vehicles than FLEET_FEWEST_VEHICLES; ``live_vehicle`` is restricted.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import h3
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import yaml

from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.hours import co2_kg
from spark_jobs.engine.fleet.live import (
    ALARM,
    DIRECTION,
    ENGINE_ON,
    FILE,
    HIGH_KW,
    LATITUDE,
    LONGITUDE,
    LOW_KW,
    RATE_KW,
    SPEED,
    STATUS,
    TIME,
    Live,
)  # fmt: skip
from spark_jobs.models.diesel_regional import fused
from spark_jobs.models.diesel_regional import parameters as p
from spark_jobs.models.diesel_regional.groups import fuel_kg
from spark_jobs.models.frame import FloatArray

HOUR_S, MICRO, OFFSET_S, DEGREE, KMH = 3600.0, 1_000_000, 8 * 3600, 1e-6, 3.6
FILE_NAME = "live.duckdb"  # below serving/
ROUNDING = 1e-9  # a rate as far outside its band is a rounding error
BANDS = np.array(["off", "below", "within", "above"])
RATES = ("fuel_kg_per_h", "usual_low_kg_per_h", "usual_high_kg_per_h", "co2_kg_per_h", "usual_low_co2_kg_per_h",
         "usual_high_co2_kg_per_h")  # fmt: skip
Ints = npt.NDArray[np.int64]


@cache
def dictionary() -> dict[str, dict[str, Any]]:
    """Table → its entry of the dictionary."""
    return dict(yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")))


def columns(name: str) -> dict[str, str]:
    """Column → type of a live table, in order."""
    entry = dictionary()[name]
    return {column["name"]: column["type"] for column in [*entry.get("key", []), *entry["columns"]]}


@dataclass(frozen=True)
class Seen:
    """Vehicles heard since some moment: rows of the state, ``rate`` by name of RATES (kg/h), ``band`` 0 … 3."""

    at: Ints
    numbers: FloatArray
    fields: Ints
    rate: dict[str, FloatArray]
    band: Ints

    @classmethod
    def of(cls, live: Live, since: float) -> Seen:
        """Those whose last fix is of local second ``since`` or later."""
        at = np.flatnonzero(live.numbers[:, TIME] >= max(since, 1.0))
        n, f = live.numbers[at], live.fields[at]
        fuel = [fuel_kg(n[:, column] * HOUR_S) for column in (RATE_KW, LOW_KW, HIGH_KW)]
        rate = dict(zip(RATES, [*fuel, *(co2_kg(one) for one in fuel)], strict=True))
        above, below = fuel[0] > fuel[2] * (1 + ROUNDING), fuel[0] < fuel[1] * (1 - ROUNDING)
        band = np.where(f[:, STATUS] & ENGINE_ON, np.where(above, 3, np.where(below, 1, 2)), 0)
        return cls(at, n, f, rate, band)

    def sums(self, group: Ints, size: int) -> dict[str, np.ndarray]:
        """Measures of groups 0 … ``size`` - 1; ``group`` of each vehicle."""
        vehicles = np.bincount(group, minlength=size)
        speed = np.bincount(group, weights=self.numbers[:, SPEED] * KMH, minlength=size)
        return {
            "vehicles": vehicles,
            **{f"vehicles_{name}": np.bincount(group[self.band == code], minlength=size)
               for code, name in enumerate(BANDS) if code},
            "distance_km_per_h": speed,
            "mean_speed_kmh": speed / np.maximum(vehicles, 1),
            **{name: np.bincount(group, weights=values, minlength=size) for name, values in self.rate.items()},
        }  # fmt: skip


def minute(live: Live, window_end: int) -> dict[str, Any] | None:
    """Measures of the fleet at the end of a receipt window (local s); None where too few vehicles were heard."""
    seen = Seen.of(live, window_end - HOUR_S)
    if len(seen.at) < s.FEWEST.value:
        return None
    sums = seen.sums(np.zeros(len(seen.at), np.int64), 1)
    local = np.datetime64(window_end, "s").astype(object)
    return {"window_end": local} | {name: values[0].item() for name, values in sums.items()}


def vehicles(live: Live, seen: Seen, payloads: list[str]) -> pa.Table:
    """``live_vehicle``. ``payloads``: SM3 of the files by the numbers they were taken under."""
    n, f, kinds = seen.numbers, seen.fields, np.array(p.class_names())
    at = pa.array(((n[:, TIME] - OFFSET_S) * MICRO).astype(np.int64)).cast(pa.timestamp("us", "UTC"))
    return pa.table(
        {
            "vehicle_code": [format(int(key), "016x") for key in live.register.keys[seen.at].view(np.uint64)],
            "fixed_at": at, "latitude_deg": f[:, LATITUDE] * DEGREE, "longitude_deg": f[:, LONGITUDE] * DEGREE,
            "speed_kmh": n[:, SPEED] * KMH, "direction_deg": f[:, DIRECTION],
            "engine_on": (f[:, STATUS] & ENGINE_ON).astype(bool), "load_code": f[:, STATUS] >> 1,
            "alarm": f[:, ALARM], "mass_class": kinds[live.register.kind[seen.at]].astype(object),
            "band": BANDS[seen.band].astype(object), **seen.rate,
            "payload_sm3": [payloads[number] for number in f[:, FILE]],
        }
    )  # fmt: skip


def classes(live: Live, seen: Seen) -> pa.Table:
    """``live_class``: classes of enough vehicles."""
    names = np.array(p.class_names())
    sums = seen.sums(live.register.kind[seen.at], len(names))
    shown = np.flatnonzero(sums["vehicles"] >= s.FEWEST.value)
    return pa.table({"mass_class": names[shown].astype(object)} | {key: v[shown] for key, v in sums.items()})


def cells(seen: Seen, grid: fused.Grid) -> pa.Table:
    """``live_cell``: cells of enough vehicles; the others together as one row, where they hold enough."""
    f, size = seen.fields, len(grid.ids)
    north, east = (f[:, LATITUDE] - grid.south) // grid.step, (f[:, LONGITUDE] - grid.west) // grid.step
    inside = (north >= 0) & (east >= 0) & (north < grid.cell.shape[0]) & (east < grid.cell.shape[1])
    cell = np.zeros(len(f), np.int64)
    cell[inside] = grid.cell[north[inside], east[inside]]
    few = np.bincount(cell, minlength=size) < s.FEWEST.value
    cell[few[cell]] = 0
    sums = seen.sums(cell, size)
    shown = np.flatnonzero(sums["vehicles"] >= s.FEWEST.value)
    names = ["" if number == 0 else format(int(grid.ids[number]), "x") for number in shown]
    middle = [h3.cell_to_latlng(name) if name else (None, None) for name in names]
    own = {
        "cell": pa.array(names, pa.string()),
        "latitude_deg": pa.array([one[0] for one in middle], pa.float64()),
        "longitude_deg": pa.array([one[1] for one in middle], pa.float64()),
    }
    return pa.table(own | {key: values[shown] for key, values in sums.items()})


def publish(made: dict[str, pa.Table], path: Path) -> None:
    """Write the live database anew and put it in place of the old one; readers never see half of it.

    Tables that ``made`` lacks are there and empty.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    with duckdb.connect(str(draft)) as database:
        for name in dictionary():
            body = ", ".join(f"{column} {kind}" for column, kind in columns(name).items())
            database.execute(f"CREATE TABLE {name} ({body})")
            if name in made:
                database.register("given", made[name])
                database.execute(f"INSERT INTO {name} BY NAME SELECT * FROM given")
                database.unregister("given")
    os.replace(draft, path)


def ensure(path: Path) -> None:
    """Put an empty live database where there is none, so that dashboards open before the first file."""
    if not path.exists():
        publish({}, path)
