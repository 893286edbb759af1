"""Write simulated AIS messages: `python -m infra.upstream.ais --out FOLDER --ships 300`.

Hourly files of each station (``ais-2026-11-20T07-WGQ.nmea.gz`` or ``.csv.gz``) by time of delivery, a register of a
part of the ships, and in ``truth/`` the true fuel of every ship-hour and the planted faults, which only scores read.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from infra.upstream.ais.writer import Order, write


def main(arguments: list[str] | None = None) -> int:
    """Parse, simulate, print one JSON line."""
    parser = argparse.ArgumentParser(prog="python -m infra.upstream.ais", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--ships", type=int, default=300)
    parser.add_argument("--day", default="2026-11-20", help="first local day (default %(default)s)")
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--format", choices=("nmea", "csv"), default="nmea")
    parser.add_argument("--thin", type=int, default=1, help="send only every so many-th position")
    parser.add_argument("--seed", type=int, default=20241101)
    given = parser.parse_args(arguments)
    order = Order(given.out, given.day, given.days, given.ships, given.seed, given.format, given.thin)
    print(json.dumps(write(order)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
