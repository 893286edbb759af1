"""Airlines and airports: aircraft, flights, fuel taken up, energy of the airports by system."""

from __future__ import annotations

from infra.upstream.exchange.air.aircraft import AIRCRAFT
from infra.upstream.exchange.air.airport_energy import ENERGY
from infra.upstream.exchange.air.flight_faults import FLIGHT
from infra.upstream.exchange.air.fuel import FUEL
from infra.upstream.exchange.resource import Resource

RESOURCES: tuple[Resource, ...] = (AIRCRAFT, FLIGHT, FUEL, ENERGY)
