"""Named numbers of the shipping methods that are no factors, each with source and mark."""

from __future__ import annotations

from spark_jobs.models.frame import Setting

GHG4 = "Fourth IMO GHG Study 2020"
_EQ8 = f"{GHG4}, equation 8 (p. 64) and its text"
_OWN = "expert value of this platform"

HULL = Setting(
    "HULL_EFFICIENCY",
    0.917,
    "1",
    "fouling margin of the hull, divides power",
    _EQ8,
    True,
)
WEATHER_SEA = Setting(
    "WEATHER_SEA",
    0.867,
    "1",
    "weather margin of ocean-going ships, divides power",
    _EQ8,
    True,
)
WEATHER_COAST = Setting(
    "WEATHER_COAST",
    0.909,
    "1",
    "weather margin of small and coastal ships",
    _EQ8,
    True,
)
EEXI_LOAD = Setting(
    "EEXI_REFERENCE_LOAD", 0.75, "1", "share of MCR at which V_ref,avg is reached", "IMO MEPC.333(76), 2.2.3.5", True
)
BIG_CONTAINER = Setting(
    "DESIGN_LOAD_CONTAINER_14500_TEU",
    0.75,
    "1",
    "share of MCR at design speed",
    _EQ8,
    True,
)
BIG_CONTAINER_TEU = Setting(
    "BIG_CONTAINER_ABOVE",
    14500.0,
    "TEU",
    "container ships the former holds for",
    _EQ8,
    True,
)
CRUISE = Setting(
    "DESIGN_LOAD_CRUISE",
    0.70,
    "1",
    "share of MCR at design speed, cruise ships",
    _EQ8,
    True,
)
SFC_A = Setting(
    "SFC_LOAD_SQUARED",
    0.455,
    "1",
    "SFC(L) = SFC_base (a L² + b L + c), diesel main engines",
    f"{GHG4}, equation 10",
    True,
)
SFC_B = Setting("SFC_LOAD_LINEAR", -0.710, "1", "b of the same", f"{GHG4}, equation 10", True)
SFC_C = Setting("SFC_LOAD_CONSTANT", 1.280, "1", "c of the same", f"{GHG4}, equation 10", True)
LOAD_OFF = Setting(
    "MAIN_ENGINE_OFF_LOAD",
    0.07,
    "1",
    "below this load the main engine burns nothing",
    f"{GHG4}, text of table 20",
    True,
)
SMALL_POWER = Setting(
    "SMALL_SHIP_POWER", 150.0, "kW", "below it auxiliary and boiler are zero", f"{GHG4}, table 17 note", True
)
MID_POWER = Setting(
    "MEDIUM_SHIP_POWER", 500.0, "kW", "below it auxiliary is 5 % of main power", f"{GHG4}, table 17 note", True
)
MID_SHARE = Setting(
    "MEDIUM_SHIP_AUXILIARY_SHARE", 0.05, "1", "auxiliary per main power between the two", f"{GHG4}, table 17 note", True
)

PHASE_STOP = Setting(
    "STOPPED_BELOW",
    1.0,
    "kn",
    "berth or anchor at or below it",
    f"{GHG4}, table 16",
    True,
)
PHASE_DRIFT = Setting(
    "ANCHORED_BELOW",
    3.0,
    "kn",
    "anchored at or below it",
    f"{GHG4}, table 16",
    True,
)
PHASE_SLOW = Setting(
    "MANOEUVRING_BELOW", 5.0, "kn", "manoeuvring in port, slow at sea, at or below it", f"{GHG4}, table 16", True
)
CRUISE_LOAD = Setting(
    "CRUISE_ABOVE_LOAD", 0.65, "1", "main-engine load above which a ship cruises", f"{GHG4}, table 16", True
)

TEU_TONNES = Setting(
    "DEADWEIGHT_PER_TEU",
    12.0,
    "t/TEU",
    "size class of containers when teu is absent",
    _OWN,
    False,
)
GAS_M3 = Setting(
    "GAS_CAPACITY_PER_DEADWEIGHT", 1.6, "m3/t", "size class of gas carriers when capacity_m3 is absent", _OWN, False
)
GT_VEHICLE = Setting(
    "GT_PER_DEADWEIGHT_VEHICLE",
    3.0,
    "GT/t",
    "size when gross_tonnage is absent",
    _OWN,
    False,
)
GT_RORO = Setting("GT_PER_DEADWEIGHT_RORO", 2.5, "GT/t", "size when gross_tonnage is absent", _OWN, False)
GT_ROPAX = Setting(
    "GT_PER_DEADWEIGHT_ROPAX",
    4.5,
    "GT/t",
    "size when gross_tonnage is absent",
    _OWN,
    False,
)
GT_CRUISE = Setting(
    "GT_PER_DEADWEIGHT_CRUISE",
    10.0,
    "GT/t",
    "size when gross_tonnage is absent",
    _OWN,
    False,
)

SPEED_RATIO = Setting(
    "OPERATING_SPEED_RATIO",
    0.79,
    "1",
    "speed at sea over V_ref,avg when hours are absent",
    f"{_OWN}; GHG3 p. 12 has 0.75 of design speed in 2012",
    False,
)
SPEED_RATIO_BOX = Setting(
    "OPERATING_SPEED_RATIO_CONTAINER",
    0.65,
    "1",
    "the same for container ships",
    "derived: 16.0–16.3 kn of ships of 3,000–14,500 TEU (Third IMO GHG Study 2014, p. 53) over V_ref,avg",
    False,
)
SEA_SHARE = Setting(
    "SHARE_OF_TIME_AT_SEA",
    0.55,
    "1",
    "share of the year under way when nothing is known",
    _OWN,
    False,
)
BERTH_SHARE = Setting(
    "SHARE_OF_PORT_TIME_AT_BERTH",
    0.6,
    "1",
    "the rest of the stopped time is at anchor",
    _OWN,
    False,
)

TREND = Setting(
    "YEARLY_IMPROVEMENT",
    0.01,
    "1/year",
    "decline of median intensity from 2019 on",
    "IMO MEPC.338(76): 1 % a year for 2020–2022, stated as business as usual",
    True,
)
DEFAULT_YEAR = Setting(
    "REFERENCE_YEAR",
    2021.0,
    "year",
    "year meant when the column year is absent",
    _OWN,
    False,
)
LINE_WEIGHT = Setting(
    "CII_LINE_WEIGHT",
    0.85,
    "1",
    "weight of the CII line against the power model, in logarithms",
    f"{_OWN}: about the inverse of their squared errors (0.08 and 0.20)",
    False,
)
BUILT_UP_LEVEL = Setting(
    "POWER_MODEL_LEVEL",
    0.98,
    "1",
    "power model over CII line, geometric mean over types and sizes measured by DWT",
    "derived: MEPC.333(76) and GHG4 table 17 against MEPC.353(78), recomputed by a test",
    False,
)
SPEED_DAMPING = Setting(
    "SPEED_DAMPING", 0.7, "1", "exponent on the power model's answer to a ship's own speed", _OWN, False
)
SPEED_BOUND = Setting(
    "SPEED_BOUND", 0.5, "1", "own over typical speed is held between this and its inverse", _OWN, False
)
MAX_SPEED = Setting(
    "FASTEST_SHIP",
    60.0,
    "kn",
    "a step that implies more is a jump: speed × time is its distance",
    _OWN,
    False,
)
MAX_GAP = Setting(
    "LONGEST_GAP",
    24.0,
    "h",
    "a longer silence is not computed and stands as phase gap",
    _OWN,
    False,
)

SD_FACTOR = Setting(
    "SD_REPORTED_FUEL",
    0.025,
    "1",
    "relative standard uncertainty of reported fuel",
    _OWN,
    False,
)
SD_POWER = Setting(
    "SD_POWER_MODEL",
    0.10,
    "1",
    "of the power model with own particulars",
    _OWN,
    False,
)
SD_PARTICULARS = Setting(
    "SD_DEFAULT_PARTICULARS", 0.15, "1", "added when power or reference speed come by type and size", _OWN, False
)
SD_SPEED = Setting(
    "SD_DEFAULT_SPEED",
    0.15,
    "1",
    "added when the speed is not known",
    _OWN,
    False,
)
SD_TRANSFER = Setting(
    "SD_TRANSFER", 0.14, "1", "spread of one ship-year beyond the quantiles of MEPC.354(78)", _OWN, False
)
SD_PROXY = Setting(
    "SD_PROXY_TYPE",
    0.40,
    "1",
    "added for types the CII does not cover",
    _OWN,
    False,
)
SD_SMALL = Setting(
    "SD_SMALL_SHIP",
    0.15,
    "1",
    "added below the 5,000 GT of the CII's sample",
    _OWN,
    False,
)

ALL: tuple[Setting, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Setting))
POWER_SETTINGS = tuple(s for s in ALL if s.name not in {TREND.name, DEFAULT_YEAR.name, SD_TRANSFER.name, SD_PROXY.name})
