"""Write simulated truck positions: `python -m infra.upstream.fleet --out FOLDER --rows 20000000`.

Hourly files (``positions-2026-11-20T07-g0.parquet`` or ``.csv.gz``) by time of receipt, a register, and beside them in
``truth/`` the true fuel of every vehicle-hour, which only scores read.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from multiprocessing import get_context
from pathlib import Path

from infra.upstream.fleet.writer import BLOCK, FORMATS, Order, write

ROWS_A_VEHICLE_DAY = 836  # measured mean


def main(arguments: list[str] | None = None) -> int:
    """Parse, simulate, print one JSON line."""
    parser = argparse.ArgumentParser(prog="python -m infra.upstream.fleet", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--rows", type=int, help="about so many positions in all")
    size.add_argument("--vehicles", type=int)
    parser.add_argument("--day", default="2026-11-20", help="first local day (default %(default)s)")
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--format", choices=(*FORMATS, "both"), default="parquet")
    parser.add_argument("--minutes-of", type=int, metavar="HOUR", help="files of a minute, of this hour only")
    parser.add_argument("--gateways", type=int, default=2, help="processes, each with files of its own")
    parser.add_argument("--seed", type=int, default=20241101)
    given = parser.parse_args(arguments)
    vehicles = given.vehicles or max(1, round(given.rows / ROWS_A_VEHICLE_DAY / given.days))
    hour = given.minutes_of
    order = Order(
        given.out, given.day, given.days, vehicles, given.seed, FORMATS if given.format == "both" else (given.format,),
        3600 if hour is None else 60, None if hour is None else (hour, hour + 1),
    )  # fmt: skip
    gateways = max(1, min(given.gateways, -(-vehicles // BLOCK)))
    start = time.monotonic()
    with get_context("spawn").Pool(gateways) as pool:
        told = pool.starmap(write, [(order, g, gateways) for g in range(gateways)])
    total = sum((Counter(part) for part in told), Counter())
    seconds = time.monotonic() - start
    print(json.dumps({**total, "vehicles": vehicles, "seconds": round(seconds, 1)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
