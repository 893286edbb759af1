"""Urea solution that enterprises of road transport use for exhaust treatment, by month and stage of review.

It comes with the monthly report: the same days of submission, review, verification and approval. These are the odd
versions; an even one mends the version before it.
"""

from __future__ import annotations

from collections.abc import Iterator

from infra.upstream.clock import iso, label, month_of, shift
from infra.upstream.exchange.resource import Month, Row
from infra.upstream.exchange.road.fleets import of_sector, parameters, transport_use
from infra.upstream.rates import load_rates
from infra.upstream.reporting.schedule import steps, submission
from infra.upstream.rng import draws, normals
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.model import World

SECTORS = ("coach", "urban_passenger", "road_freight")
MONTHS_BACK = 5  # the last approval comes at most 60 + 30 days after the due day
COLUMNS = (
    "enterprise_code", "period", "urea_solution_t", "urea_percent", "diesel_t", "status", "version", "updated_at",
)  # fmt: skip


def months(world: World, known: Month) -> Iterator[Row]:
    """Every version that became known in the month."""
    rates = load_rates()["reporting"]
    for back in range(MONTHS_BACK, 0, -1):
        month = shift(known, -back)
        for e in (e for sector in SECTORS for e in of_sector(world, sector)):
            submitted = submission(world.seed, e, month, rates)
            if submitted is None or not transport_use(world, e, "diesel", month):
                continue
            for step in steps(world.seed, ("urea", e.index, *month), submitted, None):
                if month_of(step.at) == known:
                    yield (*_content(world, e, month), step.status, 2 * step.version - 1, iso(step.at))


def _content(world: World, e: Enterprise, month: Month) -> Row:
    u, spec = draws(world.seed, "urea", e.index), parameters()["urea"]
    diesel = round(transport_use(world, e, "diesel", month), 2)
    low, high = spec["share_of_diesel"]
    noise = 1.0 + 0.03 * normals(world.seed, "urea month", e.index, *month)[0]
    purest, percent = spec["percent"][1], spec["percent"][0]
    return (
        e.code, label(month), round(diesel * (low + (high - low) * u[0]) * noise, 3),
        round(percent + (purest - percent) * u[1], 1), diesel,
    )  # fmt: skip
