"""``python -m infra.process run | start | compute | stop | status | clean``; what the Makefile's targets call."""

from __future__ import annotations

import shutil
import sys

from rich.console import Console

from infra.process import demonstration, layout, ownership
from infra.process.registry import upstream_pools
from infra.process.service import LOAD_STAGE, PAGES_STAGE, SPARK_STAGE
from infra.process.supervision import StartFailed, open_lake, start, stop, supervised

console = Console(highlight=False, soft_wrap=True)


def _say(text: str) -> None:
    console.print(f"  {text}")


def run() -> int:
    """Start, load the demonstration window, build, publish, deploy; a second run resumes."""
    lake = open_lake()
    console.print("start")
    start(lake, upstream_pools(), _say, PAGES_STAGE if demonstration.deployed(lake) else LOAD_STAGE)
    return demonstration.load(lake, console)


def start_only() -> int:
    """Start the processes."""
    lake = open_lake()
    start(lake, upstream_pools(), _say, PAGES_STAGE if demonstration.deployed(lake) else LOAD_STAGE)
    return status()


def compute() -> int:
    """Start what stores and computes; no Airflow, no pages."""
    lake = open_lake()
    start(lake, upstream_pools(), _say, SPARK_STAGE)
    return status()


def stop_all() -> int:
    """End every process of this lake."""
    place = layout.layout()
    if not place.run.exists():
        console.print("nothing runs: this lake was never started")
        return 0
    ended = stop(place)
    console.print(f"stopped{f'; {ended} left-over processes ended' if ended else ''}")
    return 0


def status() -> int:
    """Processes, addresses, memory; exit 3 where nothing runs."""
    place = layout.layout()
    states = supervised(place) if place.run.exists() else {}
    if not states:
        console.print(f"nothing runs for {place.home}; run: make run")
        return 3
    lake = open_lake()
    for service in lake.services:
        addresses = " ".join(lake.values[name] for name in service.addresses)
        console.print(f"{service.name:<18}{states.get(service.name, 'absent'):<9}{service.title}  {addresses}")
    console.print(f"memory (PSS): {ownership.memory_pss(lake.instance) / 2**30:.2f} GiB")
    return 0


def clean() -> int:
    """Remove the state of this lake, after ending its processes."""
    place = layout.layout()
    if place.run.exists():
        stop(place)
        shutil.rmtree(place.sockets, ignore_errors=True)
    shutil.rmtree(place.home, ignore_errors=True)
    console.print(f"removed {place.home}")
    return 0


COMMANDS = {"run": run, "start": start_only, "compute": compute, "stop": stop_all, "status": status, "clean": clean}


def main(argv: list[str]) -> int:
    """Dispatch; a failed start prints its reason, not a traceback."""
    if len(argv) != 1 or argv[0] not in COMMANDS:
        console.print(f"usage: python -m infra.process {' | '.join(COMMANDS)}")
        return 2
    try:
        return COMMANDS[argv[0]]()
    except (StartFailed, demonstration.LoadFailed, layout.SettingsConflict, OSError) as error:
        console.print(f"{argv[0]}: {error}", markup=False)
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
