"""Named numbers of the method that are no factors, each with source and mark."""

from __future__ import annotations

from spark_jobs.models.frame import Setting

_OWN = "expert value of this platform"

FIT_FROM = Setting(
    "WILLANS_FIT_FROM_SHARE", 0.03, "1", "output share from which the fuel line is fitted to the maps", _OWN, False
)
AUXILIARY = Setting(
    "AUXILIARY_KW", 3.233333333, "kW", "fan, compressor, alternator of a heavy truck; scaled by rated power",
    "T3CO class 8 conventional 2025 (aux_kw); with the fuel line it gives 2.57 kg/h at idle, "
    "0.8 US gal/h as reported for heavy trucks", True,
)  # fmt: skip
CUT_ABOVE = Setting(
    "OVERRUN_CUT_ABOVE", 20.0, "km/h", "in gear above it: overrun cuts the fuel down to none; below it the engine "
    "idles at least", _OWN, False,
)  # fmt: skip
STOPPED = Setting("STOPPED_BELOW", 1.0, "mph", "idling", "MOVES operating mode 1 (|v| < 1 mph)", True)
MAX_GAP = Setting("MAX_GAP", 300.0, "s", "longer silence breaks the track: no fuel is invented for it", _OWN, False)
SMOOTH_STEP = Setting(
    "SMOOTH_STEPS_UP_TO", 2.5, "s", "speeds of fixes this close are smoothed with weights 1-2-1, twice", _OWN, False
)
CLOSE_STEP = Setting(
    "CLOSE_STEP", 0.75, "s", "fixes closer than this are averaged over SMOOTH_STEPS_UP_TO instead, twice",
    _OWN, False,
)  # fmt: skip
MAX_SPEED = Setting("MAX_SPEED", 130.0, "km/h", "a faster displacement is a jump of the position", _OWN, False)
MAX_ACCELERATION = Setting("MAX_ACCELERATION", 2.5, "m/s2", "more is noise of the speed", _OWN, False)
MAX_DECELERATION = Setting("MAX_DECELERATION", 8.0, "m/s2", "more is noise of the speed", _OWN, False)
FROZEN_FIXES = Setting(
    "FROZEN_FIXES", 3.0, "fixes", "a speed unchanged so long, against the displacement, is frozen", _OWN, False
)
FROZEN_WINDOW = Setting("FROZEN_WINDOW", 10.0, "s", "time over which displacement is held against it", _OWN, False)
FROZEN_SLACK_M = Setting("FROZEN_SLACK", 30.0, "m", "difference that is error of position", _OWN, False)
FROZEN_SLACK = Setting("FROZEN_SLACK_SHARE", 0.3, "1", "and as share of the distance", _OWN, False)
SLOPE_WINDOW = Setting(
    "SLOPE_WINDOW", 150.0, "m", "altitude is averaged this far to each side, weights triangular", _OWN, False
)
MAX_SLOPE = Setting("MAX_SLOPE", 0.10, "1", "steeper is noise of the altitude", _OWN, False)
SECTION = Setting(
    "GUIDE_SECTION", 300.0, "s", "mean speed over so long picks the guide's speed bin: it is made for mean speeds",
    _OWN, False,
)  # fmt: skip
GRAVITY = Setting("GRAVITY", 9.81, "m/s2", "as in MOVES", "MOVES source, statement MOVES_VSP", True)
SD_MODEL = Setting("SD_MODEL", 0.10, "1", "relative sd of one truck's fuel, mass known", _OWN, False)
SD_MASS = Setting("SD_MASS", 0.15, "1", "added where the mass is the class's typical one", _OWN, False)
SD_SLOPE = Setting("SD_SLOPE", 0.03, "1", "added where the altitude is unknown", _OWN, False)

ALL = (
    FIT_FROM, AUXILIARY, CUT_ABOVE, STOPPED, MAX_GAP, SMOOTH_STEP, CLOSE_STEP, MAX_SPEED, MAX_ACCELERATION,
    MAX_DECELERATION, FROZEN_FIXES, FROZEN_WINDOW, FROZEN_SLACK_M, FROZEN_SLACK, SLOPE_WINDOW, MAX_SLOPE, SECTION,
    GRAVITY, SD_MODEL, SD_MASS, SD_SLOPE,
)  # fmt: skip
