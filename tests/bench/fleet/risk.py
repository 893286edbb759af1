"""Risk of re-identification: how many trucks are alone with four of their own places and hours.

    python -m tests.bench.fleet.risk FILE…       silver files of a day

Somebody who knows of a truck four cells and hours it was in, and had every truck's cells and hours, finds it when no
other truck was in all four. Open tables hold no truck's track; this says why they must not.
"""

from __future__ import annotations

import sys

import numpy as np

from spark_jobs.engine.fleet import ordering, silver_file
from spark_jobs.engine.fleet import settings as s

POINTS, SAMPLE, SEED = 4, 2000, 1
HOUR_S = 3600


def places(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Vehicle and place-hour (one number) of every different one in a file; squares of the size of an H3 cell."""
    columns = silver_file.read(path, ["vehicle_key", "second", "latitude", "longitude"])
    edge = 10 * int(s.SQUARE.value)
    north, east = columns["latitude"] // edge, columns["longitude"] // edge
    spot = (columns["second"] // HOUR_S).astype(np.int64) * 10**10 + north.astype(np.int64) * 10**5 + east
    begin = ordering.begins(columns["vehicle_key"])
    vehicle = np.repeat(np.arange(len(begin) - 1), np.diff(begin))
    pairs = np.unique(np.column_stack([vehicle, spot]), axis=0)
    return columns["vehicle_key"][begin[:-1]][pairs[:, 0]], pairs[:, 1]


def alone(vehicle: np.ndarray, spot: np.ndarray, points: int) -> float:
    """Share of sampled vehicles (of at least ``points`` places) alone with that many drawn places."""
    rng = np.random.default_rng(SEED)
    own = np.flatnonzero(np.diff(vehicle, prepend=vehicle[0] - 1))
    order = np.argsort(spot, kind="stable")
    sorted_spot = spot[order]
    found = tried = 0
    for v in rng.permutation(len(own))[:SAMPLE]:
        mine = spot[own[v] : own[v + 1] if v + 1 < len(own) else len(spot)]
        if len(mine) < points:
            continue
        tried += 1
        others: set[int] | None = None
        for drawn in rng.choice(mine, points, replace=False):
            low, high = np.searchsorted(sorted_spot, [drawn, drawn + 1])
            there = set(vehicle[order[low:high]].tolist())
            others = there if others is None else others & there
        found += len(others or ()) == 1
    return found / max(tried, 1)


def main() -> None:
    """Print the share for one to four points."""
    parts = [places(path) for path in sys.argv[1:]]
    vehicle, spot = (np.concatenate([part[n] for part in parts]) for n in range(2))
    order = np.lexsort((spot, vehicle))
    vehicle, spot = vehicle[order], spot[order]
    print(f"{len(np.unique(vehicle)):,} trucks, {len(vehicle):,} place-hours")
    for points in range(1, POINTS + 1):
        print(f"{points} points known: {alone(vehicle, spot, points):.1%} of trucks are alone with them")


if __name__ == "__main__":
    main()
