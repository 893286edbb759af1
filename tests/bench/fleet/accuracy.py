"""The platform's vehicle-hours against the simulator's truth, with every fix and with one in four kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from spark_jobs.engine.fleet import hours, merge, silver_file
from spark_jobs.engine.fleet.register import load

DRIVEN_H = 0.25  # vehicle-hours with less engine time are too short to be judged one by one


def hourly(files: list[str], day: int, register: str, grid: str) -> pd.DataFrame:
    """Vehicle-hours by the kernel, in this process."""
    found = pa.Table.from_batches(list(hours.rows([hours.DayFile(f) for f in files], day, register, grid)))
    return with_hour(found.filter(pc.equal(found["kind"], hours.VEHICLE)).to_pandas())


def with_hour(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the local hour of the day."""
    return rows.assign(hour=rows["hour_start"].dt.tz_convert("Asia/Shanghai").dt.hour)


def thinned(files: list[str], register_path: str, folder: Path, keep: int = 4) -> list[str]:
    """Silver files as they would be had every vehicle sent one fix in ``keep``."""
    register, out = load(register_path), []
    shutil.rmtree(folder, ignore_errors=True)
    for n, path in enumerate(files):
        raw = silver_file.read(path, ["vehicle_key", "second", *silver_file.RAW])
        first = np.flatnonzero(np.diff(raw["vehicle_key"], prepend=0))
        within = np.arange(len(raw["second"])) - np.repeat(first, np.diff(np.append(first, len(raw["second"]))))
        rows = np.flatnonzero(within % keep == 0)
        columns = {name: values[rows] for name, values in raw.items() if name != "vehicle_key"}
        present, vehicle = np.unique(raw["vehicle_key"][rows], return_inverse=True)
        place = np.searchsorted(register.keys, present)
        marked = merge.marked_columns(columns, vehicle.astype(np.int32), register, place)
        out.append(str(folder / f"{n}.parquet"))
        silver_file.write(silver_file.table(marked), out[-1])
    return out


def score(found: pd.DataFrame, truth: pa.Table) -> dict[str, float]:
    """Fleet error of fuel and distance; absolute errors of vehicle-hours: weighted by fuel, median, 90th percentile."""
    true = truth.to_pandas()
    both = true.merge(found, on=["object_id", "hour"], how="left", suffixes=("", "_found")).fillna(
        {"fuel_kg_found": 0.0, "distance_km_found": 0.0}
    )
    driven = both[both["engine_hours"] >= DRIVEN_H]
    error = (driven["fuel_kg_found"] - driven["fuel_kg"]).abs()
    share = error / driven["fuel_kg"]
    return {
        "fleet_fuel": float(found["fuel_kg"].sum() / true["fuel_kg"].sum() - 1),
        "fleet_distance": float(found["distance_km"].sum() / true["distance_km"].sum() - 1),
        "hour_weighted": float(error.sum() / driven["fuel_kg"].sum()),
        "hour_median": float(share.median()),
        "hour_p90": float(share.quantile(0.9)),
        "hours": len(driven),
    }
