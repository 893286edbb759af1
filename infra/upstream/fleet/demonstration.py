"""Fill a drop folder with positions of a share of the trucks that the data exchange lists.

    python -m infra.upstream.fleet.demonstration --drop FOLDER --truth FOLDER --day 2026-11-20 --days 2 --world full

Plates, masses and classes are those of the exchange's register (``road/truck``), so that positions meet it; of its
diesel trucks above 4.5 t with a terminal, each has the same chance to be among the share. Only files of closed hours
are written.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

import numpy as np

from infra.upstream.exchange.road.registers import TRUCK_COLUMNS, trucks
from infra.upstream.fleet.network import parameters
from infra.upstream.fleet.vehicles import Listed
from infra.upstream.fleet.writer import Order, write
from infra.upstream.world.model import World

TRACTOR_FROM_T = 40.0  # gross mass of a combination; lighter ones are rigid
HOURS_A_DAY = 24


def candidates(world: World, month: tuple[int, int]) -> Listed:
    """Diesel trucks above 4.5 t with a terminal, in order of the register."""
    kinds, found = list(parameters()["kinds"]), list[tuple[str, int, float, float]]()
    column = {name: place for place, name in enumerate(TRUCK_COLUMNS)}
    for row in trucks(world, month):
        klass, gross = row[column["mass_class"]], float(str(row[column["gross_mass_t"]]))
        if row[column["fuel"]] != "柴油" or row[column["positioned"]] != "Y" or klass == "小于4.5t":
            continue
        heavy = "gt_12t" if gross >= TRACTOR_FROM_T else "gt_12t_rigid"
        kind = kinds.index(heavy if klass == "大于12t" else "4_5_to_12t")
        payload = float(str(row[column["payload_t"]]))
        found.append((str(row[column["plate"]]), kind, round(gross - payload, 2), payload))
    plates, numbers, kerbs, payloads = zip(*found, strict=True)
    return Listed(plates, np.array(numbers), np.array(kerbs), np.array(payloads))


def drawn(all_of: Listed, count: int, seed: int) -> Listed:
    """``count`` of the trucks, by chance but always the same; a larger count has the trucks of a smaller one."""
    order = np.random.default_rng([seed, len(all_of.plate)]).permutation(len(all_of.plate))[:count]
    return Listed(
        tuple(all_of.plate[n] for n in order), all_of.kind[order], all_of.kerb_t[order], all_of.payload_t[order]
    )


def main(arguments: list[str] | None = None) -> int:
    """Simulate into ``--truth``, move what gateways would deliver into ``--drop``, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drop", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True, help="folder of what only scores read")
    parser.add_argument("--day", type=date.fromisoformat, required=True, help="first local day")
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--vehicles", type=int, required=True)
    parser.add_argument("--world", choices=("full", "small"), default="full")
    parser.add_argument("--seed", type=int, default=20241101)
    given = parser.parse_args(arguments)
    all_of = candidates(World(given.seed, given.world), (given.day.year, given.day.month))
    listed = drawn(all_of, given.vehicles, given.seed)
    count, hours = len(listed.plate), (0, HOURS_A_DAY * given.days)
    told = write(Order(given.truth, given.day.isoformat(), given.days, count, given.seed, hours=hours, trucks=listed))
    given.drop.mkdir(parents=True, exist_ok=True)
    for path in sorted(given.truth.glob("*.parquet"), reverse=True):  # the register first
        path.replace(given.drop / path.name)
    print(json.dumps({"rows": told["rows"], "vehicles": count, "candidates": len(all_of.plate)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
