"""Metro and railway: registers, energy and work by line, station, use and train."""

from __future__ import annotations

from infra.upstream.exchange.rail import metro_operations, metro_registers, railway_operations, railway_registers
from infra.upstream.exchange.resource import Resource

RESOURCES: tuple[Resource, ...] = (
    metro_registers.LINE,
    metro_registers.STATION,
    metro_operations.LINE_MONTH,
    metro_operations.STATION_MONTH,
    metro_operations.FLOW_MONTH,
    railway_registers.LINE,
    railway_registers.STATION,
    railway_registers.TRAIN,
    railway_operations.ENERGY_MONTH,
    railway_operations.MONTH,
    railway_operations.STATION_MONTH,
)
