"""Fuel that airlines took up, by month, kind and feedstock; it adds up to what they report, but for stock and noise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.upstream.clock import label
from infra.upstream.exchange.air.aircraft import airlines
from infra.upstream.exchange.air.parameters import parameters
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, operated
from infra.upstream.rng import draws, normals
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.model import World

COLUMNS = (
    "enterprise_code", "period", "fuel_code", "saf_feedstock", "uplift_t", "fossil_t", "saf_t", "saf_share",
    "ncv_gj_per_t", "carbon_content_tc_per_gj", "density_kg_per_l", "version", "updated_at",
)  # fmt: skip
LEAST_NCV, MOST_NCV = 41.0, 47.0
LEAST_CARBON, MOST_CARBON = 0.017, 0.023
MONTHS_OF_QUARTER = 3


def rows(world: World, known: Month) -> Iterator[Row]:
    """One row an airline, fuel and feedstock."""
    month = operated(known)
    for operator, e in airlines(world):
        at = known_at(world.seed, known, "uplift", e.code, last_day=14)
        for cells in _kinds(world, operator["code"], e, month):
            yield (e.code, label(month), *cells, 1, at)


def _kinds(world: World, operator: str, e: Enterprise, month: Month) -> Iterator[tuple[object, ...]]:
    spec = parameters()["fuel"]
    z = normals(world.seed, "uplift", e.index, *month)
    whole = world.physics.consumption(e, "jet_kerosene", *month) * (1 + spec["uplift_noise"] * z[0])
    blends = list(_blends(world, operator, e, month, whole))
    yield _row("航空煤油", "无", whole - sum(f + s for _, f, s in blends), 0.0, spec, z)
    for feedstock, fossil, saf in blends:
        yield _row("可持续航空燃料混合油", feedstock, fossil, saf, spec, z)
    gasoline = spec["gasoline"]
    if operator in gasoline["operators"]:
        tonnes = round(gasoline["t"] * (1 + 0.2 * z[3]), 2)
        yield ("航空汽油", "无", tonnes, tonnes, 0.0, 0.0, gasoline["ncv"], gasoline["carbon"], gasoline["density"])


def _blends(
    world: World, operator: str, e: Enterprise, month: Month, whole: float
) -> Iterator[tuple[str, float, float]]:
    """Feedstock, fossil part and sustainable part of each blend, in t."""
    spec = parameters()["fuel"]["saf"]
    quarters = ((month[0] - spec["from"][0]) * 12 + month[1] - spec["from"][1]) // MONTHS_OF_QUARTER
    if quarters < 0 or operator not in spec["share"]:
        return
    stocks = spec["feedstock"][operator]
    for feedstock in stocks:
        u = draws(world.seed, "saf", e.index, feedstock, *month)
        saf = whole * spec["share"][operator] * 1.1**quarters * (0.7 + 0.6 * u[0]) / len(stocks)
        blend = spec["blend"][0] + (spec["blend"][1] - spec["blend"][0]) * u[1]
        yield feedstock, saf * (1 - blend) / blend, saf


def _row(fuel: str, feedstock: str, fossil: float, saf: float, spec: dict[str, Any], z: tuple[float, ...]) -> tuple:
    fossil, saf = round(fossil, 3), round(saf, 3)
    share = saf / (fossil + saf)
    ncv = (spec["ncv"][0] + spec["ncv"][1] * z[1]) * (1 - share) + spec["saf"]["ncv"] * share
    carbon = spec["carbon"][0] + spec["carbon"][1] * z[2]
    density = spec["density"][0] + spec["density"][1] * z[3]
    return (
        fuel, feedstock, round(fossil + saf, 3), fossil, saf, round(share, 6), round(ncv, 3), round(carbon, 5),
        round(density, 4),
    )  # fmt: skip


FUEL = Resource(
    name="fuel_uplift_month",
    title_zh="航空燃料加注月报",
    columns=COLUMNS,
    rows=rows,
    key=("enterprise_code", "period", "fuel_code", "saf_feedstock"),
    period="period",
    faults=(
        Fault("late"),
        Fault("correction", ("uplift_t", "fossil_t", "saf_t")),
        Fault("duplicate"),
        Fault("malformed", ("uplift_t", "ncv_gj_per_t")),
        Fault("impossible", ("ncv_gj_per_t",), low=LEAST_NCV, high=MOST_NCV),
        Fault("unit_slip", ("carbon_content_tc_per_gj",), low=LEAST_CARBON, high=MOST_CARBON),
        Fault("broken_identity", ("uplift_t",), relative=0.005, absolute=0.02),
    ),
)
