"""Files of positions from the drop folder into landing: hashed, chained in a manifest, taken out of the drop folder.

The landed file is bronze: it is never copied into a table. Gateways write ``positions-2026-11-20T07-….parquet`` or
``….csv.gz`` (of an hour or a minute) and ``register.parquet`` into the drop folder; ``lake job positions`` lands them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.settings import now, settings
from spark_jobs.engine.fleet import fields, network
from spark_jobs.engine.fleet.register import seal_file
from spark_jobs.ingest.landing import Delivery, Landing

FEED, REGISTER_FEED = "position.vehicle", "position.register"
REGISTER = "register.parquet"
NETWORK_FEED, NETWORKS = "position.network", ("network.parquet", "network.csv")
SUFFIXES = {".parquet": "application/vnd.apache.parquet", ".csv.gz": "application/gzip"}
SHOWN_SM3 = 12


@dataclass(frozen=True)
class LandedFile:
    """A file of positions in landing. ``name``: as received; ``window``: local day of receipt."""

    name: str
    window: str
    payload_sm3: str
    path: Path


def drop_folder() -> Path:
    """Where gateways put files."""
    return settings().home / "drop" / "positions"


def suffix_of(name: str) -> str:
    """The known ending of a file's name, empty where there is none."""
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), "")


def dropped(folder: Path) -> list[Path]:
    """Files of positions in the drop folder, by name. A gateway gives a file such a name when it is whole."""
    return sorted(path for path in folder.glob("positions-*") if suffix_of(path.name))


def land(folder: Path, run_id: str) -> list[str]:
    """Land what is in the drop folder; returns the days of receipt. A file leaves it once it stands in the manifest.

    Raises:
        UnreadableFile: a name without its window; files before it are landed, it stays where it is.
    """
    landing, days = Landing(), set[str]()
    for path in dropped(folder):
        day = fields.window(path.name)[:10]
        delivery = Delivery(path.read_bytes(), SUFFIXES[suffix_of(path.name)], "", path.name)
        landing.land(FEED, day, delivery, run_id)
        path.unlink()
        days.add(day)
    return sorted(days)


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


def landed(last: str = "") -> list[LandedFile]:
    """Distinct payloads of the days of receipt up to ``last`` (empty: all), in order of name."""
    landing, found = Landing(), dict[str, LandedFile]()
    for day in landing.windows(FEED):
        if last and day > last:
            continue
        for entry in landing.entries(FEED, day):
            path = landing.folder(FEED, day) / entry.payload_sm3
            found.setdefault(entry.payload_sm3, LandedFile(entry.request, day, entry.payload_sm3, path))
    return sorted(found.values(), key=lambda file: (file.name, file.payload_sm3))


@contextmanager
def under_own_names(files: list[LandedFile]) -> Iterator[dict[str, str]]:
    """Path → SM3 of links to the files under their names as received, which say window and format."""
    run = settings().run
    run.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="positions-", dir=run) as folder:
        links = {}
        for file in files:
            suffix = suffix_of(file.name)
            name = f"{file.name.removesuffix(suffix)}.{file.payload_sm3[:SHOWN_SM3]}{suffix}"
            link = Path(folder) / name
            os.symlink(file.path, link)
            links[str(link)] = file.payload_sm3
        yield links
