"""Energy of ports by process, with photovoltaics and power sold on; own use is what the enterprise reports."""

from __future__ import annotations

from collections.abc import Iterator

from infra.upstream.clock import label
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, operated
from infra.upstream.exchange.water.parameters import parameters, ports, split
from infra.upstream.exchange.water.shore_power import calls
from infra.upstream.rng import draws, normals
from infra.upstream.world.activity import DECIMALS, UNITS
from infra.upstream.world.climate import cooling_need, temperature
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.model import World

PROCESSES = ("handling", "transport", "yard", "lighting", "reefer", "office", "workshop", "craft", "other")
PARTS = tuple(f"{name}_quantity" for name in PROCESSES)
FLOWS = ("purchased", "photovoltaic_mwh", "sold_shore_mwh", "sold_tenant_mwh")
COLUMNS = ("enterprise_code", "period", "energy_code", "unit", *PARTS, "own_use", *FLOWS, "version", "updated_at")


def rows(world: World, known: Month) -> Iterator[Row]:
    """One row an enterprise and energy."""
    month = operated(known)
    shore = shore_by_owner(world, month)
    for e in ports(world):
        for code in world.physics.energies(e):
            digits = DECIMALS.get(code, 2)
            used = round(world.physics.consumption(e, code, *month), digits)
            parts = split(used, _weights(world, e, code, month), digits)
            flows = _electric(world, e, used, shore.get(e.code, 0.0), month) if code == "electricity" else (None,) * 4
            at = known_at(world.seed, known, "port energy", e.code, code, last_day=14)
            yield (e.code, label(month), code, UNITS[code], *parts, used, *flows, 1, at)


def shore_by_owner(world: World, month: Month) -> dict[str, float]:
    """Shore power sold in a month, MWh by enterprise."""
    sold: dict[str, float] = {}
    for call in calls(world, month):
        sold[call.facility.owner.code] = sold.get(call.facility.owner.code, 0.0) + call.kwh / 1000.0
    return sold


def _weights(world: World, e: Enterprise, code: str, month: Month) -> list[float]:
    """Shares by process: the enterprise's own, reefers by the weather, noise by month."""
    hot = cooling_need(temperature(world.seed, *month))
    out = []
    for process in PROCESSES:
        share = parameters()["port"]["processes"][code][process]
        own = 0.8 + 0.4 * draws(world.seed, "process", e.index, code, process)[0]
        noise = 1.0 + 0.03 * normals(world.seed, "process month", e.index, code, process, *month)[0]
        out.append(share * own * noise * (1.0 + 0.25 * hot if process == "reefer" else 1.0))
    return out


def _electric(
    world: World, e: Enterprise, used: float, shore: float, month: Month
) -> tuple[float, float, float, float]:
    """Purchased, photovoltaic, sold to ships, sold to tenants (MWh): what comes in is what is used or sold on."""
    spec = parameters()["port"]
    sold = max(round(used * spec["sold_on"], 2), round(shore, 2))
    u = draws(world.seed, "photovoltaic", e.index)
    low, high = spec["photovoltaic"]["share"]
    share = low + (high - low) * u[1] if u[0] < spec["photovoltaic"]["enterprises"] else 0.0
    sun = round(used * share * spec["photovoltaic"]["season"][month[1] - 1], 2)
    return round(used + sold - sun, 2), sun, round(shore, 2), round(sold - round(shore, 2), 2)


PORT_ENERGY = Resource(
    name="port_energy_month",
    title_zh="港口月度分环节能耗",
    columns=COLUMNS,
    rows=rows,
    key=("enterprise_code", "period", "energy_code"),
    period="period",
    faults=(
        Fault("duplicate"), Fault("late"), Fault("correction", (*PARTS, "own_use", *FLOWS)),
        Fault("malformed", ("own_use", "office_quantity", "handling_quantity")),
        Fault("broken_identity", ("own_use",), relative=0.005, absolute=0.02),
        Fault("impossible", ("office_quantity", "transport_quantity"), low=0.0),
        Fault("unit_slip", ("own_use",), low=lambda r: r["own_use"] * 0.995, high=lambda r: r["own_use"] * 1.005),
    ),
)  # fmt: skip
