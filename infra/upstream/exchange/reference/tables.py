"""Registers of published figures (CSV beside this file; each row names its source), and what is simulated to go on."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, register_version
from infra.upstream.rng import normals
from infra.upstream.world.model import World

HERE = Path(__file__).parent
FIRST_YEAR = 2023
YEAR_KNOWN_MONTH = 3
SIMULATED = "模拟值，不是统计数据"
# Own round numbers: yearly growth, its spread, shares of the quarters.
COURSE = {
    "gdp": (0.05, 0.004, (0.235, 0.245, 0.25, 0.27)),
    "population": (0.0, 0.002, None),
    "inbound_tourists": (0.12, 0.03, (0.21, 0.25, 0.25, 0.29)),
    "domestic_tourists": (0.06, 0.02, (0.24, 0.26, 0.27, 0.23)),
}
STATISTIC_COLUMNS = (
    "indicator_code", "period_kind", "period", "value", "unit", "simulated", "verified", "source_document", "url",
    "version", "updated_at",
)  # fmt: skip


@lru_cache(maxsize=2)
def table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of a CSV beside this file."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _statistics(world: World, known: Month) -> Iterator[Row]:
    """Published years as they are; later years and all quarters simulated, quarters adding up to their year."""
    version = register_version(known)
    for code in COURSE:
        rows = [row for row in table("city_statistics.csv") if row["indicator_code"] == code]
        unit, last = rows[0]["unit"], max(int(row["period"]) for row in rows)
        years = {int(row["period"]): float(row["value"]) for row in rows}
        for row in rows:
            yield (
                code, "year", row["period"], float(row["value"]), unit, "N", row["verified"], row["source_document"],
                row["url"] or None, version, known_at(world.seed, known, code, row["period"]),
            )  # fmt: skip
        for year in range(last + 1, known[0] + 1):
            growth, spread, _ = COURSE[code]
            z = normals(world.seed, "statistic", code, year)[0]
            years[year] = round(years[year - 1] * math.exp(growth + spread * z), 2)
            if (year + 1, YEAR_KNOWN_MONTH) <= known:
                yield _simulated(world, known, code, "year", str(year), years[year], unit)
        yield from _quarters(world, known, code, years, unit)


def _quarters(world: World, known: Month, code: str, years: dict[int, float], unit: str) -> Iterator[Row]:
    shares = COURSE[code][2]
    for year, value in years.items():
        if shares is None or year < FIRST_YEAR:
            continue
        parts = [round(value * share, 2) for share in shares[:3]]
        parts.append(round(value - sum(parts), 2))
        for quarter, part in enumerate(parts, 1):
            if (year, 3 * quarter) < known:
                yield _simulated(world, known, code, "quarter", f"{year}Q{quarter}", part, unit)


def _simulated(world: World, known: Month, code: str, kind: str, period: str, value: float, unit: str) -> Row:
    at = known_at(world.seed, known, code, period)
    return (code, kind, period, value, unit, "Y", "no", SIMULATED, None, register_version(known), at)


def _benchmarks(world: World, known: Month) -> Iterator[Row]:
    for row in table("metro_benchmarks.csv"):
        at = known_at(world.seed, known, "benchmark", row["benchmark_id"])
        yield (*(value or None for value in row.values()), register_version(known), at)


STATISTIC = Resource(
    name="city_statistic",
    title_zh="城市统计指标",
    columns=STATISTIC_COLUMNS,
    rows=_statistics,
    key=("indicator_code", "period"),
    register=True,
    faults=(Fault("duplicate"),),
)
BENCHMARK = Resource(
    name="metro_benchmark",
    title_zh="国际轨道交通对标",
    columns=(*table("metro_benchmarks.csv")[0], "version", "updated_at"),
    rows=_benchmarks,
    key=("benchmark_id",),
    register=True,
)
