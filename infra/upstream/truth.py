"""``python -m infra.upstream.truth``: writes what the simulated platforms planted in a window, without serving.

One JSON line per planted fault; only tests and scores read it. Grain: one version of a record, or one span of a meter.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.upstream.clock import Clock, epoch_of, iso, local, month_of, parse, shift
from infra.upstream.exchange.app import exchange_truth
from infra.upstream.metering.source import MeteringSource
from infra.upstream.pollutant.source import PollutantSource
from infra.upstream.rates import load_rates
from infra.upstream.reporting.source import ReportingSource
from infra.upstream.ship_energy.source import ShipSource
from infra.upstream.world.model import World

DEMONSTRATION_MONTHS, METER_DAYS = 24, 3


def truth_lines(
    world: World, rates: dict[str, dict[str, float]], window: tuple[int, int], days: list[date], now: int
) -> Iterator[dict[str, Any]]:
    """Faults of reports and voyages that became known in a window, of meters and pollutants on days; none after now."""
    since, before = window[0], min(window[1], now + 1)
    yield from ReportingSource(world, rates["reporting"]).truth(since, before)
    yield from ShipSource(world, rates["ship_energy"]).truth(since, before)
    yield from exchange_truth(world, rates["exchange"], (since, before), Clock(local(now)))
    meters, pollutants = MeteringSource(world, rates["metering"]), PollutantSource(world, rates["pollutant"])
    for day in days:
        yield from (line for line in meters.truth(day) if _meter_time(line) <= iso(now))
        start = epoch_of(day.year, day.month, day.day)
        yield from pollutants.truth(start, min(start + 86_400, now + 1))


def _meter_time(line: dict[str, Any]) -> str:
    key = line["business_key"]
    return key.get("from") or key.get("read_at", "").replace(" ", "T")


def meter_days(first: date, stop: date) -> list[date]:
    """Days from first to the one before stop."""
    return [first + timedelta(days=i) for i in range((stop - first).days)]


def write(path: Path, lines: Iterator[dict[str, Any]]) -> int:
    """Writes the file in one piece (a part file, then a rename); answers the number of lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    number = 0
    with part.open("w", encoding="utf-8") as out:
        for line in lines:
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            number += 1
    part.replace(path)
    return number


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Command line; see README.md."""
    parser = argparse.ArgumentParser(prog="python -m infra.upstream.truth", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--from", dest="since", help="start of the window of update times; default: 24 months back")
    parser.add_argument("--to", dest="before", help="end of the window, excluded; default: now")
    parser.add_argument(
        "--meter-days", type=int, default=METER_DAYS, help="full days of meters and pollutants before --meter-to"
    )
    parser.add_argument("--meter-to", help="day after the last one of meters and pollutants; default: tomorrow")
    parser.add_argument("--world", choices=["full", "small"], default="full")
    parser.add_argument("--seed", type=int, default=20241101)
    parser.add_argument("--now", type=datetime.fromisoformat, help="fixes the clock; ISO 8601 with an offset")
    parser.add_argument("--fault-rates", type=Path)
    parser.add_argument("--nice", action="store_true", help="give way to other processes")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Writes the truth file; exit code 2 when an option is wrong."""
    options = arguments(argv)
    if options.nice:
        os.nice(10)
    try:
        now = Clock(options.now).epoch()
        start = (
            parse(options.since, "--from") if options.since else epoch_of(*shift(month_of(now), -DEMONSTRATION_MONTHS))
        )
        stop = parse(options.before, "--to") if options.before else now + 1
        last = date.fromisoformat(options.meter_to) if options.meter_to else local(now).date() + timedelta(days=1)
        rates = load_rates(options.fault_rates)
    except (ValueError, OSError) as reason:
        print(f"truth: {reason}", file=sys.stderr)
        return 2
    extra = 0 if options.meter_to else 1
    days = meter_days(last - timedelta(days=options.meter_days + extra), last)
    number = write(options.out, truth_lines(World(options.seed, options.world), rates, (start, stop), days, now))
    print(json.dumps({"truth": str(options.out), "lines": number}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
