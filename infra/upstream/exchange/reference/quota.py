"""Yearly quotas of every enterprise: CO2 and energy, from what it did the year before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.upstream.clock import FIRST_MONTH
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, register_version
from infra.upstream.reporting.rows import Rows
from infra.upstream.rng import draws
from infra.upstream.world.model import World

METHODS = ("历史强度法", "历史排放法", "基准线法")
ADJUSTED_SHARE = 0.15


def _quotas(world: World, known: Month) -> Iterator[Row]:
    """One row for each enterprise and year up to this one; some quotas are adjusted within their year."""
    truth = Rows(world)
    for e in world.enterprises:
        for year in range(FIRST_MONTH[0], known[0] + 1):
            tce, co2 = truth.yearly(e, (year - 1, 12))
            u = draws(world.seed, "quota", e.index, year)
            first = round(co2 * (0.96 + 0.06 * u[0]), 1)
            change = round(first * (0.06 * u[2] - 0.02), 1) if u[1] < ADJUSTED_SHARE else 0.0
            yield (
                e.code, year, METHODS[e.index % len(METHODS)], first, change, round(first + change, 1),
                round(tce * (0.97 + 0.05 * u[3]), 1), round(0.9 * (first + change), 1), register_version(known),
                known_at(world.seed, known, "quota", e.index, year),
            )  # fmt: skip


def _whole(factor: float) -> Any:
    return lambda row: factor * (row["initial_quota_t"] + row["adjustment_t"])


QUOTA = Resource(
    name="quota_yearly",
    title_zh="单位年度配额与阈值（模拟）",
    columns=(
        "enterprise_code", "year", "method", "initial_quota_t", "adjustment_t", "co2_quota_t", "energy_quota_tce",
        "warning_threshold_t", "version", "updated_at",
    ),
    rows=_quotas,
    key=("enterprise_code", "year"),
    period="year",
    register=True,
    faults=(
        Fault("duplicate"),
        Fault("unit_slip", ("co2_quota_t",), low=_whole(0.995), high=_whole(1.005)),
        Fault("broken_identity", ("co2_quota_t",)),
    ),
)  # fmt: skip
