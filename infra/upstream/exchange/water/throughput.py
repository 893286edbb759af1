"""Throughput of ports by kind of cargo, scope and route; it adds up to what the enterprise reports for the month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.upstream.clock import label
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, operated
from infra.upstream.exchange.water.parameters import parameters, ports, split
from infra.upstream.rng import draws, normals
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.model import World

COLUMNS = (
    "enterprise_code", "period", "cargo_kind", "scope", "route", "throughput_t", "inbound_t", "outbound_t", "teu",
    "passengers", "version", "updated_at",
)  # fmt: skip
MOST_T_PER_TEU, LEAST_T_PER_TEU = 30.0, 1.0  # the guide's bounds


def rows(world: World, known: Month) -> Iterator[Row]:
    """One row an enterprise, cargo kind, scope and route."""
    month = operated(known)
    for place, e in enumerate(ports(world)):
        at = known_at(world.seed, known, "throughput", e.code, last_day=12)
        for cells in [*_cargo(world, e, month), *_passengers(world, e, place, month)]:
            yield (e.code, label(month), *cells, 1, at)


def _cargo(world: World, e: Enterprise, month: Month) -> Iterator[tuple[object, ...]]:
    tonnes, teu = (world.physics.activity(e, code, *month) for code in ("throughput_t", "teu"))
    boxes = min(parameters()["port"]["container_tonnes"] * teu, parameters()["port"]["container_most"] * tonnes)
    kinds = _kinds(world, e)
    others = [k for k in kinds if k != "container"]
    by_kind = dict(zip(others, split(tonnes - round(boxes), [kinds[k]["weight"] for k in others], 0), strict=True))
    by_kind["container"] = round(boxes)
    for kind, spec in kinds.items():
        lanes = [(scope, route) for scope, routes in spec["routes"].items() for route in routes]
        weights = [_lane(world.seed, e, kind, lane, month) for lane in lanes]
        loads = split(by_kind[kind], weights, 0)
        counts = split(teu, weights, 0) if kind == "container" else [None] * len(lanes)
        for (scope, route), load, count in zip(lanes, loads, counts, strict=True):
            share = 0.3 + 0.4 * draws(world.seed, "inbound", e.index, kind, scope, route, *month)[0]
            inbound = round(load * share)
            out = (spec["zh"], scope, route, int(load), inbound, int(load) - inbound)
            yield (*out, None if count is None else int(count), None)


def _kinds(world: World, e: Enterprise) -> dict[str, dict[str, Any]]:
    """Kinds of cargo that the enterprise handles."""
    spec = parameters()["port"]
    if world.size == "small":
        return {kind: spec["cargo"][kind] for kind in spec["small_cargo"]}
    gone = {kind for kind, p in spec["absent"].items() if draws(world.seed, "cargo", e.index, kind)[0] < p}
    return {kind: one for kind, one in spec["cargo"].items() if kind not in gone}


def _lane(seed: int, e: Enterprise, kind: str, lane: tuple[str, str], month: Month) -> float:
    """Weight of a route: its own size, with a little noise by month."""
    size = 0.4 + draws(seed, "lane", e.index, kind, *lane)[0]
    return size * (1.0 + 0.05 * normals(seed, "lane month", e.index, kind, *lane, *month)[0])


def _passengers(world: World, e: Enterprise, place: int, month: Month) -> Iterator[tuple[object, ...]]:
    spec = parameters()["port"]["passengers"]
    if world.size == "small" or place >= spec["enterprises"]:
        return
    for scope, routes in spec["routes"].items():
        for route in routes:
            load = world.physics.load(e, *month) * (1.0 + 0.06 * normals(world.seed, "pax", e.index, route, *month)[0])
            yield (spec["zh"], scope, route, 0, 0, 0, None, round(spec["base"][scope] * load))


THROUGHPUT = Resource(
    name="port_throughput_month",
    title_zh="港口月度吞吐量（货种×内外贸×航线）",
    columns=COLUMNS,
    rows=rows,
    key=("enterprise_code", "period", "cargo_kind", "scope", "route"),
    period="period",
    faults=(
        Fault("duplicate"), Fault("late"), Fault("correction", ("throughput_t", "inbound_t", "outbound_t", "teu")),
        Fault("malformed", ("throughput_t", "inbound_t", "teu")),
        Fault("broken_identity", ("throughput_t",), relative=0.0005, absolute=2.0),
        Fault("impossible", ("teu",), low=lambda r: r["throughput_t"] / MOST_T_PER_TEU,
              high=lambda r: r["throughput_t"] / LEAST_T_PER_TEU),
        Fault("unit_slip", ("teu",), low=lambda r: r["throughput_t"] / MOST_T_PER_TEU,
              high=lambda r: r["throughput_t"] / LEAST_T_PER_TEU),
    ),
)  # fmt: skip
