"""Metro and railway: registers, energy and work by line, station, use and train."""

from __future__ import annotations

from infra.upstream.exchange.rail import metro_operations, metro_registers
from infra.upstream.exchange.resource import Resource

RESOURCES: tuple[Resource, ...] = (
    metro_registers.LINE,
    metro_registers.STATION,
    metro_operations.LINE_MONTH,
    metro_operations.STATION_MONTH,
    metro_operations.FLOW_MONTH,
)
