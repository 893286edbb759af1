"""Named numbers of the method, each with source and mark: none is published for trucks at 30 s, all are shown."""

from __future__ import annotations

from spark_jobs.models.frame import Setting

_OWN = "expert value of this platform"


def _own(name: str, value: float, unit: str, doc: str) -> Setting:
    return Setting(name, value, unit, doc, _OWN, False)


MAX_SPEED = _own("MAX_SPEED", 150.0, "km/h", "a fix that would need more is a jump")
RELOCATION = _own("RELOCATION_FIXES", 5.0, "fixes", "so many in agreement at the new place are a true one")
WINDOW = _own("DISPLACEMENT_WINDOW", 60.0, "s", "displacement is measured over at least so long")
DRIFT = _own("DRIFT_M", 20.0, "m", "mean displacement of a stopped truck over the window (drift of positions)")
MOVING_SPEED = _own("MOVING_SPEED", 30.0, "km/h", "mean speed of a moving truck")
REST_SPEED = _own("REST_SPEED", 1.5, "km/h", "mean reported speed of a stopped truck")
EVIDENCE = _own("EVIDENCE_LIMIT", 6.0, "1", "most that one fix says, as log of the likelihood ratio")
DWELL = _own("DWELL", 900.0, "s", "mean time in a state before it changes")
MIN_STOP = _own("MIN_STOP", 300.0, "s", "shorter stops are halts within a trip")
MIN_TRIP_KM = _own("MIN_TRIP", 0.3, "km", "shorter moves between two stops are shunting within one stop")
SILENCE = _own("SILENCE", 600.0, "s", "longer without a fix is a silence; without displacement it is a stop")
SAME_PLACE = _own("SAME_PLACE", 300.0, "m", "nearer is the same place across a silence")
PLACE = _own("PLACE_RADIUS", 150.0, "m", "stops of a truck this near are one place")
NIGHT_FROM = _own("NIGHT_FROM", 22.0, "h", "local time")
NIGHT_TO = _own("NIGHT_TO", 6.0, "h", "local time")
HOME_NIGHTS = _own("HOME_NIGHTS", 3.0, "nights", "nights at the base that make its confidence full")
HOME_LEAST = _own("HOME_LEAST", 4.0, "h", "night hours a base must have at least")
ROUTE_TRIPS = _own("ROUTE_TRIPS", 3.0, "trips", "from so many the pair of places is a regular route")
NEAR_PLACE = _own("NEAR_KNOWN_PLACE", 200.0, "m", "a stop this near to a known place has its kind")
NEAR_ROAD = _own("NEAR_ROAD", 60.0, "m", "a fix this near to a point of a road is on it")
TELL_CLEAR = _own("TELL_SYSTEM_SHARE", 0.5, "1", "median distance to known points: best against second best")
TELL_NEAR = _own("TELL_SYSTEM_NEAR", 150.0, "m", "and at most this")

ALL = (
    MAX_SPEED, RELOCATION, WINDOW, DRIFT, MOVING_SPEED, REST_SPEED, EVIDENCE, DWELL, MIN_STOP, MIN_TRIP_KM, SILENCE,
    SAME_PLACE, PLACE, NIGHT_FROM, NIGHT_TO, HOME_NIGHTS, HOME_LEAST, ROUTE_TRIPS, NEAR_PLACE, NEAR_ROAD, TELL_CLEAR,
    TELL_NEAR,
)  # fmt: skip
