"""Lists of road transport: coaches, urban passenger transport, road freight, and the urea of all three."""

from __future__ import annotations

from infra.upstream.exchange.resource import Resource
from infra.upstream.exchange.road import coach, freight, registers, urban, urea
from infra.upstream.exchange.road import planted as faults

_FLEET_KEY = ("enterprise_code", "district_code", "period")

RESOURCES: tuple[Resource, ...] = (
    Resource(
        "coach_vehicle", "营运客车名录", registers.COACH_COLUMNS, registers.coaches, ("vehicle_id",),
        register=True, faults=faults.COACH_VEHICLE,
    ),
    Resource(
        "coach_route_month", "客运班线与包车月度运营", coach.COLUMNS, coach.route_months, ("route_id", "period"),
        "period", faults=faults.COACH_ROUTE,
    ),
    Resource(
        "urban_vehicle", "城市客运车辆名录", registers.URBAN_COLUMNS, registers.urban_vehicles, ("vehicle_id",),
        register=True, charset="gb18030", faults=faults.URBAN_VEHICLE,
    ),
    Resource(
        "urban_route_month", "公交线路月度运营", urban.ROUTE_COLUMNS, urban.bus_route_months, ("route_id", "period"),
        "period", faults=faults.BUS_ROUTE,
    ),
    Resource(
        "urban_fleet_month", "出租与网约车队月度运营", urban.FLEET_COLUMNS, urban.fleet_months,
        (*_FLEET_KEY, "service", "fuel"), "period", faults=faults.CAR_FLEET,
    ),
    Resource(
        "charging_month", "充电站月度充电量", urban.CHARGING_COLUMNS, urban.charging_months, ("station_id", "period"),
        "period", faults=faults.CHARGING,
    ),
    Resource(
        "truck", "营运货车名录", registers.TRUCK_COLUMNS, registers.trucks, ("vehicle_id",),
        register=True, faults=faults.TRUCK,
    ),
    Resource(
        "truck_fleet_month", "货运车队月度运营", freight.FLEET_COLUMNS, freight.fleet_months,
        (*_FLEET_KEY, "mass_class", "fuel"), "period", faults=faults.TRUCK_FLEET,
    ),
    Resource(
        "waybill", "电子运单", freight.WAYBILL_COLUMNS, freight.waybills, ("waybill_id",), keeps_months=1,
        faults=faults.WAYBILL,
    ),
    Resource(
        "urea_month", "车用尿素月度消耗", urea.COLUMNS, urea.months, ("enterprise_code", "period"), "period",
        faults=faults.UREA,
    ),
)  # fmt: skip
