"""Files of AIS messages from the drop folder into landing: hashed, chained in a manifest, taken out of the drop folder.

The landed file is bronze. Stations write ``ais-2026-11-20T07-….nmea.gz`` (``.nmea``, ``.csv.gz``, ``.csv``; of an hour
or a minute) and an operator ``register.csv`` or ``register.parquet`` (ships by MMSI); ``lake job ships`` lands them.
"""

from __future__ import annotations

from pathlib import Path

from infra.settings import now, settings
from spark_jobs.engine.ais import question
from spark_jobs.engine.dropped import Kind
from spark_jobs.engine.fleet import fields
from spark_jobs.ingest.landing import Delivery, Landing

FEED, REGISTER_FEED = "position.ship", "position.ship_register"
REGISTERS = {"register.csv": "text/csv", "register.parquet": "application/vnd.apache.parquet"}
SUFFIXES = {".nmea.gz": "application/gzip", ".nmea": "text/plain", ".csv.gz": "application/gzip", ".csv": "text/csv"}
FILES = Kind(FEED, "ais-", SUFFIXES, fields.window)


def drop_folder() -> Path:
    """Where stations put files."""
    return settings().home / "drop" / "ships"


def land_register(folder: Path, run_id: str) -> int:
    """Land a register of ships and put it into force, where there is a new one; returns its ships, else 0.

    Raises:
        ValueError: the register is not usable; it stays in the drop folder, the former one stays in force.
    """
    ships = 0
    for path in (folder / name for name in REGISTERS if (folder / name).exists()):
        ships = question.keep_register(path)
        delivery = Delivery(path.read_bytes(), REGISTERS[path.name], "", path.name)
        Landing().land(REGISTER_FEED, now().date().isoformat(), delivery, run_id)
        path.unlink()
    return ships
