"""Simulated weather of the city by day: about the months that the simulated enterprises felt, too."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from infra.upstream.clock import days_in
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, operated
from infra.upstream.rng import draws, normals
from infra.upstream.world.climate import temperature
from infra.upstream.world.model import World

CELSIUS = (-15.0, 45.0)


@lru_cache(maxsize=1)
def parameters() -> dict[str, list[float]]:
    return yaml.safe_load((Path(__file__).parent / "weather_parameters.yaml").read_text(encoding="utf-8"))


def _days(world: World, known: Month) -> Iterator[Row]:
    """Days of the month before; their means have the month's mean."""
    month = operated(known)
    days, spec = range(1, days_in(month) + 1), parameters()
    swings = _swings(world.seed, month, len(days))
    mean = temperature(world.seed, *month) - sum(swings) / len(swings)
    for day, swing in zip(days, swings, strict=True):
        u, z = draws(world.seed, "weather", *month, day), normals(world.seed, "weather", *month, day)
        celsius = round(mean + swing, 1)
        wet = u[0] < spec["wet_share"][month[1] - 1]
        rain = round(-spec["wet_mm"][month[1] - 1] * math.log(1.0 - u[1]), 1) if wet else 0.0
        half = spec["half_range_c"][0] * math.exp(0.2 * z[0]) * (0.7 if wet else 1.0)
        humidity = min(100.0, max(20.0, spec["humidity_pct"][month[1] - 1] + 7.0 * z[1] + (8.0 if wet else 0.0)))
        yield (
            date(*month, day).isoformat(), celsius, round(celsius + half, 1), round(celsius - half, 1), rain,
            round(humidity, 1), round(spec["wind_ms"][0] * math.exp(0.3 * z[2]), 1), 1,
            known_at(world.seed, known, "weather", day),
        )  # fmt: skip


def _swings(seed: int, month: Month, days: int) -> list[float]:
    """Departures from the month's mean: each day remembers the day before."""
    spread, memory, swings, last = parameters()["swing_c"][month[1] - 1], 0.75, [], 0.0
    for day in range(1, days + 1):
        last = memory * last + math.sqrt(1.0 - memory**2) * spread * normals(seed, "swing", *month, day)[0]
        swings.append(last)
    return swings


DAY = Resource(
    name="weather_day",
    title_zh="全市逐日气象（模拟）",
    columns=(
        "day", "mean_c", "max_c", "min_c", "precipitation_mm", "humidity_pct", "wind_ms", "version", "updated_at",
    ),
    rows=_days,
    key=("day",),
    period="day",
    faults=(
        Fault("duplicate"),
        Fault("late"),
        Fault("malformed", ("mean_c", "precipitation_mm")),
        Fault("impossible", ("max_c",), high=CELSIUS[1]),
        Fault("impossible", ("precipitation_mm",), high=1000.0),
    ),
)  # fmt: skip
