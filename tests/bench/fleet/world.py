"""Simulated input of a bench run, made once and kept: a day of positions and the truth about it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from infra.settings import ROOT
from spark_jobs.engine.fleet.register import sealed

HOME = ROOT / ".lake" / "bench" / "fleet"
DAY = "2026-11-20"
SECRET = b"bench"


def received(rows: int, form: str) -> tuple[Path, list[str]]:
    """Folder and hourly files of about ``rows`` positions as received (``parquet`` or ``csv``)."""
    folder = HOME / f"{form}-{rows}"
    done = folder / "complete"
    if not done.exists():
        print(f"simulating {rows:,} positions as {form} …", flush=True)
        command = [sys.executable, "-m", "infra.upstream.fleet", "--out", str(folder), "--rows", str(rows)]
        subprocess.run([*command, "--day", DAY, "--format", form], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        done.touch()
    suffix = {"parquet": ".parquet", "csv": ".csv.gz"}[form]
    return folder, sorted(str(path) for path in folder.glob(f"positions-*{suffix}"))


def register(folder: Path, target: str) -> pa.Table:
    """Write the sealed register of a world to ``target``; returns it."""
    table = sealed(pq.read_table(folder / "register.parquet"), SECRET)
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, target)
    return table


def truth(folder: Path, sealed_register: pa.Table) -> pa.Table:
    """True vehicle-hours of registered vehicles: object_id, hour, fuel_kg, distance_km, engine_hours."""
    parts = [pq.read_table(path) for path in sorted((folder / "truth").glob("fuel-*.parquet"))]
    joined = pa.concat_tables(parts).join(sealed_register.select(["terminal_id", "vehicle_key"]), "terminal_id",
                                          join_type="inner")  # fmt: skip
    seconds = pc.divide(joined["hour_start"].cast(pa.int64()), 1_000_000).to_numpy()
    hour = ((seconds + 8 * 3600) // 3600 % 24).astype(np.int64)
    return pa.table({"object_id": joined["vehicle_key"], "hour": hour, "fuel_kg": joined["fuel_kg"],
                     "distance_km": joined["distance_km"], "engine_hours": joined["engine_hours"]})  # fmt: skip
