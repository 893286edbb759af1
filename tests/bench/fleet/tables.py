"""Small tables that every competitor needs: vehicles with their parameters, the share by second, squares and cells."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from spark_jobs.engine.fleet import grid as grids
from spark_jobs.engine.fleet import register as registers
from spark_jobs.engine.fleet import settings as s
from spark_jobs.models.diesel_regional import fused
from spark_jobs.models.diesel_regional import parameters as p

CLASS = ("rolling", "linear", "drag", "idle_kw", "auxiliary_kw", "most_kw")


def small_tables(register_path: str, grid_path: str) -> dict[str, pa.Table]:
    """``vehicle``, ``share`` and ``square`` by name."""
    register, grid = registers.load(register_path), grids.load(grid_path)
    classes = p.class_parameters()
    vehicle = {"vehicle_key": register.keys} | {name: getattr(classes, name)[register.kind] for name in CLASS}
    vehicle |= {f"mass_{code}": register.mass_t[:, code] for code in range(4)}
    share = fused.physics(s.STOP.value).share
    north, east = np.indices(grid.cell.shape)
    return {
        "vehicle": pa.table(vehicle),
        "share": pa.table({"lapse": np.arange(len(share), dtype=np.int32), "share": share}),
        "square": pa.table(
            {
                "north": north.ravel().astype(np.int32), "east": east.ravel().astype(np.int32),
                "cell": grid.ids[grid.cell.ravel()],
            }
        ),
    }  # fmt: skip
