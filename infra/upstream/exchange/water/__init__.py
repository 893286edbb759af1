"""Resources of ports and shipping."""

from __future__ import annotations

from infra.upstream.exchange.resource import Resource
from infra.upstream.exchange.water.ais import AIS
from infra.upstream.exchange.water.bunker import NOTE
from infra.upstream.exchange.water.cranes import CRANE, CRANE_MOVE
from infra.upstream.exchange.water.fleet_register import FLEET
from infra.upstream.exchange.water.port_energy import PORT_ENERGY
from infra.upstream.exchange.water.shore_power import CALL, FACILITY
from infra.upstream.exchange.water.throughput import THROUGHPUT

RESOURCES: tuple[Resource, ...] = (THROUGHPUT, PORT_ENERGY, CRANE, CRANE_MOVE, FACILITY, CALL, FLEET, NOTE, AIS)
