"""The platforms by name; an application is imported only when it is served."""

from __future__ import annotations

from importlib import import_module

from starlette.applications import Starlette

from infra.upstream.clock import Clock
from infra.upstream.world.model import World

APPS = {
    "reporting": ("infra.upstream.reporting.app", "ReportingApp"),
    "metering": ("infra.upstream.metering.app", "MeteringApp"),
    "ship_energy": ("infra.upstream.ship_energy.app", "ShipEnergyApp"),
    "pollutant": ("infra.upstream.pollutant.app", "PollutantApp"),
    "exchange": ("infra.upstream.exchange.app", "ExchangeApp"),
}


def build_app(
    platform: str,
    world: World,
    clock: Clock,
    rates: dict[str, dict[str, float]],
    credentials: dict[str, dict[str, str]],
) -> Starlette:
    """The application of one platform."""
    module, name = APPS[platform]
    return getattr(import_module(module), name)(world, clock, rates, credentials.get(platform, {})).app
