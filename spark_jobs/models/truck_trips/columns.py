"""Input and output columns of truck-trips."""

from __future__ import annotations

from spark_jobs.models.codes import CodeList
from spark_jobs.models.frame import REASON_COLUMN, Column
from spark_jobs.models.truck_trips import coordinates

KINDS = CodeList(
    "kind of place",
    {
        "fuel_station": "加油站", "service_area": "服务区", "parking": "停车场", "depot": "驻地", "port": "港区",
        "warehouse": "仓库", "factory": "工厂", "customer": "客户",
    },
    {"gas_station": "fuel_station", "加油站": "fuel_station", "服务区": "service_area", "停车场": "parking",
     "港口": "port", "仓库": "warehouse", "工厂": "factory"},
)  # fmt: skip
SYSTEMS = (*coordinates.SYSTEMS, "auto")

_VEHICLE = Column("vehicle_id", "text", "", "truck", "车辆标识", needed=True)
_TIME = Column("time", "time", "", "time of the fix", "时间", needed=True)
_LAT = Column("latitude_deg", "number", "deg", "latitude", "纬度", needed=True, low=-90, high=90)
_LON = Column("longitude_deg", "number", "deg", "longitude", "经度", needed=True, low=-180, high=180)

INPUTS = (
    _VEHICLE, _TIME, _LAT, _LON,
    Column("speed_kmh", "number", "km/h", "speed at the fix", "速度", low=0, high=300,
           absence="states from displacement alone"),
    Column("engine_on", "flag", "", "engine running (ACC)", "发动机运行", absence="purposes are less certain"),
)  # fmt: skip

PLACES = (
    Column("place_id", "text", "", "name of the place", "地点", needed=True),
    Column("latitude_deg", "number", "deg", "WGS-84", "纬度", needed=True, low=-90, high=90),
    Column("longitude_deg", "number", "deg", "WGS-84", "经度", needed=True, low=-180, high=180),
    Column("kind", "text", "", "kind of place", "类型", codes=KINDS, absence="says nothing of the purpose"),
)
NETWORK = (
    Column("road_id", "text", "", "name of the road", "道路", needed=True),
    Column("latitude_deg", "number", "deg", "WGS-84, points along the road at most 100 m apart", "纬度", needed=True,
           low=-90, high=90),
    Column("longitude_deg", "number", "deg", "WGS-84", "经度", needed=True, low=-180, high=180),
)  # fmt: skip

OUTPUTS = (
    _VEHICLE, Column("sequence", "integer", "", "number of the row within the truck, from 1", "序号"),
    Column("kind", "text", "", "trip or stop; empty for fixes that could not be used", "类别"),
    Column("start_time", "time", "", "first fix", "开始时间"), Column("end_time", "time", "", "last fix", "结束时间"),
    Column("hours", "number", "h", "end less start", "时长"),
    Column("distance_km", "number", "km", "along the fixes, drift at rest left out; zero for stops", "里程"),
    Column("straight_km", "number", "km", "straight from start to end", "直线距离"),
    Column("start_latitude_deg", "number", "deg", "WGS-84; of a stop, its median place", "起点纬度"),
    Column("start_longitude_deg", "number", "deg", "WGS-84", "起点经度"),
    Column("end_latitude_deg", "number", "deg", "WGS-84", "终点纬度"),
    Column("end_longitude_deg", "number", "deg", "WGS-84", "终点经度"),
    Column("start_h3", "text", "", "H3 cell of the start: origin of a trip", "起点网格"),
    Column("end_h3", "text", "", "H3 cell of the end: destination of a trip", "终点网格"),
    Column("positions", "integer", "", "fixes", "点数"),
    Column("max_gap_min", "number", "min", "longest time without a fix", "最长间断"),
    Column("halts", "integer", "", "stops too short for a row, within a trip", "短停次数"),
    Column("halt_hours", "number", "h", "time in them", "短停时长"),
    Column("confidence", "number", "1", "of a stop's purpose; of a trip, mean probability of its states", "置信度"),
    Column("purpose", "text", "", "loading_unloading, rest, home_base, fuel, traffic; empty for trips", "目的"),
    Column("engine_on_share", "number", "1", "share of a stop's fixes with the engine running", "发动机运行占比"),
    Column("place", "integer", "", "place of a stop within the truck, from 1 by first visit", "地点编号"),
    Column("known_place", "text", "", "place_id of --places at the stop", "已知地点"),
    Column("origin_place", "integer", "", "place of the stop before a trip", "起点地点编号"),
    Column("destination_place", "integer", "", "place of the stop after a trip", "终点地点编号"),
    Column("route_trips", "integer", "", "trips of the truck between the same two places, this way", "同线路次数"),
    Column("regular_route", "flag", "", "the pair is driven regularly", "常跑线路"),
    Column("home_h3", "text", "", "H3 cell of the truck's home base", "驻地网格"),
    Column("home_latitude_deg", "number", "deg", "WGS-84", "驻地纬度"),
    Column("home_longitude_deg", "number", "deg", "WGS-84", "驻地经度"),
    Column("home_confidence", "number", "1", "of the home base", "驻地置信度"),
    Column("corridors", "text", "", "roads of --network by km, most first", "通道"),
    Column("network_km", "number", "km", "distance on roads of --network", "路网里程"),
    Column("coordinates", "text", "", "system the input was read in", "坐标系"), REASON_COLUMN,
)  # fmt: skip

POINT_OUTPUTS = (
    _VEHICLE, _TIME, Column("state", "text", "", "moving or stopped", "状态"),
    Column("probability", "number", "1", "of the state", "概率"),
    Column("sequence", "integer", "", "row of the trip or stop the fix belongs to", "序号"),
    Column("cleaned", "text", "", "duplicate or jump: state of the fix before", "清洗"), REASON_COLUMN,
)  # fmt: skip
