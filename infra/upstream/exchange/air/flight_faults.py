"""What is planted in flight records, and the list itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from infra.upstream.exchange.air.flights import COLUMNS, TIMES, rows
from infra.upstream.exchange.resource import Fault, Resource
from infra.upstream.planting import Planted
from infra.upstream.rng import log_uniform

MOST_PASSENGERS, MOST_CARGO_KG = 900, 150_000
UNKNOWN_TYPES = ("A32X", "B7E7", "32N", "ZZZZ")
EARLIER_MINUTES = (1.0, 600.0)


def disordered(row: dict[str, Any], u: tuple[float, ...]) -> Planted | None:
    """A later time that lies before the one it follows, by one minute to ten hours."""
    place = 1 + int(u[1] * 3)
    before, name = row[TIMES[place - 1]], TIMES[place]
    if before is None or row[name] is None:
        return None
    true = row[name]
    minutes = log_uniform(u[2], *EARLIER_MINUTES)
    row[name] = (datetime.fromisoformat(before) - timedelta(minutes=minutes)).isoformat(timespec="seconds")
    return Planted("impossible", name, true, row[name])


def unknown_type(row: dict[str, Any], u: tuple[float, ...]) -> Planted:
    """A type code that no register has."""
    true = row["aircraft_type"]
    row["aircraft_type"] = UNKNOWN_TYPES[int(u[1] * len(UNKNOWN_TYPES))]
    return Planted("malformed", "aircraft_type", true, row["aircraft_type"])


FLIGHT = Resource(
    name="flight",
    title_zh="航班运行记录",
    columns=COLUMNS,
    rows=rows,
    key=("flight_date", "flight_no", "origin"),
    period="flight_date",
    keeps_months=1,
    faults=(
        Fault("duplicate"),
        Fault("malformed", ("cargo_kg", "passengers"), share=0.3),
        Fault("malformed", ("aircraft_type",), share=0.3, plant=unknown_type),
        Fault("impossible", ("passengers",), share=0.2, low=0, high=MOST_PASSENGERS),
        Fault("impossible", ("takeoff_at",), share=0.6, plant=disordered),
        Fault("unit_slip", ("cargo_kg",), share=0.3, low=0, high=MOST_CARGO_KG, factors=(1000.0,)),
    ),
)
