"""Files of positions from the drop folder into landing: hashed, chained in a manifest, taken out of the drop folder.

The landed file is bronze: it is never copied into a table. Gateways write ``positions-2026-11-20T07-….parquet`` or
``….csv.gz`` (of an hour or a minute) and ``register.parquet`` into the drop folder; ``lake job positions`` lands them.
"""

from __future__ import annotations

from pathlib import Path

from infra.settings import now, settings
from spark_jobs.engine.dropped import Kind
from spark_jobs.engine.fleet import fields, network
from spark_jobs.engine.fleet.register import seal_file
from spark_jobs.ingest.landing import Delivery, Landing

FEED, REGISTER_FEED = "position.vehicle", "position.register"
REGISTER = "register.parquet"
NETWORK_FEED, NETWORKS = "position.network", ("network.parquet", "network.csv")
SUFFIXES = {".parquet": "application/vnd.apache.parquet", ".csv.gz": "application/gzip"}
FILES = Kind(FEED, "positions-", SUFFIXES, fields.window)
land, landed, under_own_names = FILES.land, FILES.landed, FILES.under_own_names


def drop_folder() -> Path:
    """Where gateways put files."""
    return settings().home / "drop" / "positions"


def land_register(folder: Path, target: str, secret: bytes, run_id: str) -> int:
    """Land and seal the vehicle register, where there is a new one; returns its vehicles, 0 without a new one.

    Raises:
        ValueError: the register is not usable; it stays in the drop folder, the former one stays in force.
    """
    path = folder / REGISTER
    if not path.exists():
        return 0
    vehicles = seal_file(path, Path(target), secret)
    delivery = Delivery(path.read_bytes(), SUFFIXES[".parquet"], "", path.name)
    Landing().land(REGISTER_FEED, now().date().isoformat(), delivery, run_id)
    path.unlink()
    return vehicles


def land_network(folder: Path, target: str, run_id: str) -> int:
    """Land a road network and put it into force, where there is a new one; returns its edges, 0 without a new one.

    Raises:
        WrongNetwork: the file is not usable; it stays in the drop folder, the former network stays in force.
    """
    edges = 0
    for path in (folder / name for name in NETWORKS if (folder / name).exists()):
        edges = network.seal_file(path, target)
        kind = SUFFIXES[".parquet"] if path.suffix == ".parquet" else "text/csv"
        Landing().land(NETWORK_FEED, now().date().isoformat(), Delivery(path.read_bytes(), kind, "", path.name), run_id)
        path.unlink()
    return edges
