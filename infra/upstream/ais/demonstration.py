"""Fill a drop folder with AIS messages of a stated number of ships, as two coastal stations receive them.

    python -m infra.upstream.ais.demonstration --drop FOLDER --truth FOLDER --day 2026-11-20 --days 1 --ships 40

Ships send a fix a minute under way (every sixth of those of the standard). Only files of closed hours are dropped: what
a station delivers a day late stays in ``--truth``, where only scores read. The register of ships goes first.
"""

from __future__ import annotations

import argparse
import json
from datetime import date, timedelta
from pathlib import Path

from infra.upstream.ais.writer import Order, write

THIN = 6


def main(arguments: list[str] | None = None) -> int:
    """Simulate into ``--truth``, move what stations would have delivered into ``--drop``, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drop", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True, help="folder of what only scores read")
    parser.add_argument("--day", type=date.fromisoformat, required=True, help="first local day")
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--ships", type=int, required=True)
    parser.add_argument("--seed", type=int, default=20241101)
    given = parser.parse_args(arguments)
    told = write(Order(given.truth, given.day.isoformat(), given.days, given.ships, given.seed, thin=THIN))
    given.drop.mkdir(parents=True, exist_ok=True)
    (given.truth / "register.csv").replace(given.drop / "register.csv")
    open_day = (given.day + timedelta(days=given.days)).isoformat()
    closed = [path for path in sorted(given.truth.glob("ais-*")) if path.name < f"ais-{open_day}"]
    for path in closed:
        path.replace(given.drop / path.name)
    print(json.dumps({"files": len(closed), "lines": told["lines"], "ships": given.ships}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
