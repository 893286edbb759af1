"""The aviation models as `lake model` shows them."""

from __future__ import annotations

from spark_jobs.models.aviation import settings
from spark_jobs.models.aviation.columns import CARBON, FLIGHT, FUEL, FUEL_HIGH, FUEL_LOW, PHASE_FUEL, TIER, TYPE
from spark_jobs.models.frame import REASON_COLUMN, Column, Model, Option, Setting

_PACKAGE = "spark_jobs.models.aviation"
_SETTINGS = tuple(value for value in vars(settings).values() if isinstance(value, Setting))
_SOURCES = (
    "FEAT: Seymour et al., Transportation Research D 88 (2020) 102528, coefficients of 133 types",
    "Poll and Schumann, The Aeronautical Journal 125 (2021) 257 and 296, 129 (2025), parameters of 68 types",
    "ICAO Aircraft Engine Emissions Databank; ICAO Annex 16 Vol II reference cycle; EMEP/EEA 2009 for turboprops",
    "ICAO Carbon Emissions Calculator methodology: distance correction, passenger and freight split",
    "ICAO Annex 16 Vol IV (CORSIA): 3.16 kg CO2 per kg of jet fuel, 3.10 of aviation gasoline",
)


def _time(name: str, doc: str, zh: str, absence: str) -> Column:
    return Column(name, "time", "", doc, zh, absence=absence)


FLIGHTS = Model(
    name="aviation",
    modules=(134,),
    title="Fuel and CO2 of flights by phase, from records",
    title_zh="航班记录分阶段燃油与碳排放",
    compute=f"{_PACKAGE}.flights:compute",
    inputs=(
        FLIGHT, TYPE,
        Column("tail", "text", "", "registration; kept for the reader", "机号"),
        Column("origin", "text", "", "IATA or ICAO code", "起飞机场", absence="distance_km, else from the times alone"),
        Column("destination", "text", "", "IATA or ICAO code", "到达机场", absence="as origin"),
        Column("distance_km", "number", "km", "great circle between the airports", "大圆距离", low=0, high=20_040,
               absence="from origin and destination"),
        _time("off_block_at", "leaves the gate", "撤轮挡时间", "usual taxi-out time"),
        _time("takeoff_at", "leaves the ground", "起飞时间", "off-block and usual taxi time, else the usual detour"),
        _time("landing_at", "touches the ground", "落地时间", "on-block and usual taxi time, else the usual detour"),
        _time("on_block_at", "reaches the gate", "挡轮挡时间", "usual taxi-in time"),
        Column("passengers", "number", "1", "passengers on board", "旅客人数", low=0, high=900,
               absence="usual load factor; no CO2 per passenger"),
        Column("freight_kg", "number", "kg", "freight and mail", "货邮重量", low=0, high=300_000,
               absence="usual belly freight of wide bodies; all CO2 is the passengers'"),
        Column("seats", "number", "1", "seats of this aircraft", "座位数", low=0, high=900,
               absence="usual for the type"),
        Column("apu_min", "number", "min", "auxiliary power unit running for this flight", "APU运行时间", low=0,
               high=1_440, absence="usual time"),
    ),
    outputs=(
        FLIGHT, TYPE, FUEL, *PHASE_FUEL, FUEL_LOW, FUEL_HIGH, *CARBON,
        Column("passenger_share", "number", "1", "share of CO2 that is the passengers'", "旅客分摊比例"),
        Column("co2_kg_per_passenger", "number", "kg", "CO2 per passenger", "人均二氧化碳"),
        Column("co2_kg_per_tkm", "number", "kg/(t·km)", "CO2 of freight per tonne and great-circle kilometre",
               "货运单位周转量二氧化碳"),
        Column("fuel_kg_per_air_h", "number", "kg/h", "fuel over hours in the air", "空中小时油耗"),
        Column("distance_km", "number", "km", "great circle", "大圆距离"),
        Column("air_distance_km", "number", "km", "equivalent distance in still air", "静风等效距离"),
        TIER, REASON_COLUMN,
    ),
    sources=_SOURCES,
    settings=_SETTINGS,
    notes=("A distance of zero without time in the air is no flight: zero fuel.",
           "Piston types burn aviation gasoline: 3.10 kg CO2 per kg, as CORSIA has it."),
    card="aviation.md",
)  # fmt: skip

TRAJECTORY = Model(
    name="aviation-trajectory",
    modules=(134,),
    title="Fuel and CO2 of flights from tracks",
    title_zh="航迹燃油与碳排放",
    compute=f"{_PACKAGE}.trajectory:compute",
    inputs=(
        FLIGHT,
        TYPE,
        Column("time", "time", "", "time of the point", "时间", needed=True),
        Column("altitude_ft", "number", "ft", "pressure altitude", "气压高度", needed=True, low=-2_000, high=60_000),
        Column("ground_speed_kt", "number", "kt", "speed over ground", "地速", needed=True, low=0, high=1_000),
        Column("latitude_deg", "number", "deg", "WGS-84; not needed for fuel", "纬度", low=-90, high=90),
        Column("longitude_deg", "number", "deg", "WGS-84; not needed for fuel", "经度", low=-180, high=180),
        Column("true_air_speed_kt", "number", "kt", "true air speed", "真空速", low=0, high=800,
               absence="between ground speed and the usual speed of type and height: lower tier"),
        Column("vertical_rate_fpm", "number", "ft/min", "rate of climb", "升降率", low=-20_000, high=20_000,
               absence="from altitude over time"),
        Column("mass_kg", "number", "kg", "mass of the aircraft at the point", "飞机质量", low=300, high=650_000,
               absence="usual mass by type and hours in the air, less what was burnt: lower tier"),
    ),
    outputs=(
        FLIGHT, TYPE, FUEL, *PHASE_FUEL, FUEL_LOW, FUEL_HIGH, *CARBON,
        Column("hours", "number", "h", "length of the track", "航迹时长"),
        Column("gap_h", "number", "h", "of which in intervals above 300 s", "航迹缺口时长"),
        Column("points_left_out", "integer", "", "points that could not be used", "未采用点数"),
        TIER, REASON_COLUMN,
    ),
    point_outputs=(
        FLIGHT, Column("time", "time", "", "time of the point", "时间"),
        Column("phase", "text", "", "phase of the interval that ends here", "飞行阶段"),
        Column("fuel_kg", "number", "kg", "fuel of the interval since the point before; zero on the first", "区间燃油"),
        Column("fuel_kg_per_h", "number", "kg/h", "the same per hour", "区间小时油耗"),
        Column("co2_kg", "number", "kg", "CO2 of the interval", "区间二氧化碳"), REASON_COLUMN,
    ),
    options=(Option("points", "flag", "one row per input row, in the same order", default=False),),
    sources=_SOURCES,
    settings=_SETTINGS,
    notes=("apu_fuel_kg is zero: a track does not show the gate.",
           "Points that cannot be used are left out and bridged; --points says why."),
    card="aviation-trajectory.md",
)  # fmt: skip

HOURLY = Model(
    name="aviation-hourly",
    modules=(134,),
    title="Fuel and CO2 per hour by aircraft type and scenario",
    title_zh="机型小时油耗与碳排放",
    compute=f"{_PACKAGE}.hourly:compute",
    inputs=(
        TYPE,
        Column("scenario", "text", "", "name of the scenario; comes back", "情景"),
        Column("load_factor", "number", "1", "seats taken", "客座率", low=0, high=1.2, absence="usual load factor"),
        Column("cruise_altitude_ft", "number", "ft", "cruising level", "巡航高度", low=5_000, high=51_000,
               absence="usual for type, mass and distance"),
        Column("headwind_kt", "number", "kt", "mean headwind, tailwind negative", "顶风分量", low=-250, high=250,
               absence="still air"),
        Column("taxi_min", "number", "min", "taxi out and in", "滑行时间", low=0, high=480, absence="26 min"),
        Column("distance_km", "number", "km", "great circle of the flight", "大圆距离", low=100, high=18_000,
               absence="1,500 km, 6,000 km with two aisles"),
    ),
    outputs=(
        Column("row", "integer", "", "position of the scenario in the input, from 1", "输入行号"),
        Column("scenario", "text", "", "name of the scenario", "情景"), TYPE,
        Column("phase", "text", "", "taxi, takeoff, climb, cruise, descent, approach; block: gate to gate", "飞行阶段"),
        Column("fuel_kg_per_h", "number", "kg/h", "fuel per hour in the phase", "小时油耗"),
        Column("co2_kg_per_h", "number", "kg/h", "CO2 per hour in the phase", "小时二氧化碳排放"),
        Column("co2e_ar6_kg_per_h", "number", "kg/h", "CO2e per hour in the phase", "小时二氧化碳当量（AR6）"),
        Column("hours", "number", "h", "time in the phase", "阶段时长"),
        Column("fuel_kg", "number", "kg", "fuel of the phase", "阶段燃油"),
        CARBON[-1], TIER, REASON_COLUMN,
    ),
    sources=_SOURCES,
    settings=_SETTINGS,
    notes=("One row a scenario and phase; the row block is the flight without auxiliary power unit.",),
    card="aviation-hourly.md",
)  # fmt: skip

MODELS = (FLIGHTS, TRAJECTORY, HOURLY)
